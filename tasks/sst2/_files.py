"""The binary Stanford Sentiment Treebank in its two published forms (Socher et al., EMNLP 2013)."""

from bench.errors import DataError
from bench.files import Files, read_table
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Splits
from bench.tasks._readers import coded, lines, required_file

OUTPUT = SingleLabel("negative", "positive")
NAMES = {"0": "negative", "1": "positive"}
# The system prompt of the published study, verbatim. Its own example calls the first training row
# positive, although the data says negative: the example was written by hand.
PROMPT = Prompt(
    instruction="You are a helpful, respectful and honest sentiment analysis assistant. And you "
    "are supposed to classify the sentiment of the sentence into one of the following categories: "
    "'positive' or 'negative'.",
    input_name="Sentence",
    answer_name="Sentiment",
    list_labels=False,
)
LICENCE = "not stated"
CITATION = (
    "Socher, R. et al. (2013). Recursive Deep Models for Semantic Compositionality Over a "
    "Sentiment Treebank. EMNLP. "
)


def glue(files: Files) -> Splits:
    """Load GLUE's phrases and sentences; its dev set is the test split, since its test gold is not
    published."""
    return {"train": _table(files, "train"), "test": _table(files, "dev")}


def _table(files: Files, name: str) -> list[Example]:
    table = read_table(files.local(f"{name}.tsv"))
    rows = zip(table.column("sentence"), coded(table, "label", NAMES), strict=True)
    return [Example(f"{name}/{n}", text, label) for n, (text, label) in enumerate(rows, 1)]


def sentences(files: Files) -> Splits:
    """Load whole sentences only, in the treebank's own three splits."""
    train, validation, test = (_labelled(files, name) for name in ("train", "dev", "test"))
    return {"train": train, "validation": validation, "test": test}


def _labelled(files: Files, name: str) -> list[Example]:
    file = f"stsa.binary.{name}.txt"
    path, rows = required_file(files, f"sentence_level/{file}", file), []
    for row, line in lines(path):
        code, _, text = line.partition(" ")
        if code not in NAMES or not text.strip():
            raise DataError(f"{path}, row {row}: {line[:40]!r}; expected '0 TEXT' or '1 TEXT'")
        rows.append(Example(f"{name}/{row}", text, NAMES[code]))
    return rows
