"""Code that computes for plain texts what former code computed: there a key keeps its digest.

Words, near duplicates and metrics of text came to know every script; for most texts nothing changed
by that, and their stored results stay valid. Near twins and the counts of the data checks, the same
ones, came to be found for many texts at a time. Where a module below is changed again, its digest
differs from the one here, and counts like any other.
"""

FORMER: dict[str, tuple[str, str]] = {
    "bench.text": (
        "a69361ae9c7241f74e2b0602529f733166dc4b0fe5d94a16cde7721177fa346a",
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
        "5661968e21551890c30aeaaf5d4ea88a93b6fb37565225380cde614574e736f6",
        "060393d42d99793a592f5725d82e5e7a37f925688cac356e8427cc881aaae3dc",
    ),
    "bench.data.shingles": (
        "2de50b05d176b544150a2e58df677b3e2b359b7dcb256a0164678895b12f53c7",
        "",
    ),
    "bench.data.facts": (
        "6ae9a4b2bb7a4972364617b8c488c82e951f26003dc2d78344ba8981883ee5fb",
        "",
    ),
    "bench.data.loaded": (
        "cf81bba486bfd7d84f49ab06d27b7298b96e887f2802b87de6e1f5a10e62b56c",
        "",
    ),
    "bench.data.checks": (
        "77894b3cb096edf85f3836845e6d01d278d061b3735924fb615921aa49a0024b",
        "31993ed422eb08d2d3d1a0e2553e4cff4a93e1f2335c7b0a62854057fad2e4dd",
    ),
    "bench.metrics.text": (
        "6a3a19fd13f68b9760c814e8d1914b370b98a13a7b990e5f5e656231e222561c",
        "97d1ccce91d225dffdb804b87eebdf93b9fe02d29fe85b839cc0c8f68cd6f440",
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
