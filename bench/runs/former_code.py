"""Code that computes for plain texts what former code computed: there a key keeps its digest.

Words, near duplicates and metrics of text came to know every script; for most texts nothing changed
by that, and their stored results stay valid. Where a module below is changed again, its digest
differs from the one here, and counts like any other.
"""

FORMER: dict[str, tuple[str, str]] = {
    "bench.text": (
        "52f62eaf8f311dfe03f3e523af69b9af4b46c0099a12f97d1a9084854ab5acbc",
        "bc5f84212443447220c2b9b98a70ee949b4dc1184d70a25f900942afe6d789a4",
    ),
    "bench.scripts": (
        "a136851bb7b6bdec16ed3e837a7793559bd4aa558fe4866f654dcdd1487407ed",
        "",
    ),
    "bench.data.split": (
        "05a0df85572abd23e20115974aa6dbd96cd1e19e42c67ed138986aa382da9e21",
        "c06c35c9b6df91edba79fc6583c543652a4d5b8c041e3acd8696e66c7e7eef03",
    ),
    "bench.data.near_twins": (
        "446f3da5fab0f7e897d769613356c52de0eb3c9e11d8d9ae133a3d6288d01c12",
        "060393d42d99793a592f5725d82e5e7a37f925688cac356e8427cc881aaae3dc",
    ),
    "bench.metrics.text": (
        "734ca04761f9b54a6bd294d8564fdfdda8f5a79942a614545f9d447a5e7ee1ab",
        "97d1ccce91d225dffdb804b87eebdf93b9fe02d29fe85b839cc0c8f68cd6f440",
    ),
    "bench.metrics.multi_label": (
        "492ea04c5439de2baf8a2cf46032332216f642728e0a54c5b69a9066002f9942",
        "b806f1799084f0dadb3e458db88a828d3a3b540a7fcb8d68a35a01823ed89530",
    ),
    "bench.metrics.spans": (
        "bf21137ea9dd75ddcdee507fa22d045c0d22ab1ecd0db4a5d5b7a727d5eb3498",
        "a48a4433858da3f3253c21449f4fbdcf564e003d03acd8b4a474df259c200af1",
    ),
    "bench.baselines._bag_of_words.vectors": (
        "7a8753250f41e674fa9131069a8776088107f9c85726ffca1df5a22481d3f13b",
        "761182f27eb99c94df68e141202b15b9bd3320aa88e1aec9f4611fb319ce1806",
    ),
    "bench.baselines._shared.bio_tags": (
        "a969ff2ca3c2bfceb2108052df01386e379e7326c12328cc4d16861726e7a598",
        "9bbcea50fd935f48c5ebc531e02583c67bcd3654c34d5e9dcd1ca6040b4dadca",
    ),
    "bench.baselines._encoders.vocabulary": (
        "a4630561cb5b34d155ab1977270cdf044297176c49d4bf8d8662033e018bee6e",
        "6cd8682feda609b1fd54e751e2bb8fe8a3520c8bb065afb5270211c73f27fbff",
    ),
    "bench.baselines.naive_bayes": (
        "824884749b9c81aa737747c43521088a10ec436bd81242df6f37aca8ecaa2496",
        "1a52db5b64273ab688335c76ef231982e528acd02589cdc71da36c44bed3e591",
    ),
    "bench.baselines.lstm": (
        "03c34ccb47589fdf966fcbd1a86418773ddc6af8531be06aa3e2c0235405d727",
        "fdaf9ad93fd641d2d4b9628981e4c49a27af05b934e064b340f5989f015df39b",
    ),
}
"""Module -> digest of its present code, and of the former; "" if it is new."""
