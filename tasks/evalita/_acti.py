"""ACTI at EVALITA 2023: conspiracy theories in Italian Telegram messages (a Kaggle competition)."""

from collections.abc import Mapping, Sequence

from bench.files import Files
from bench.outputs import Answer
from bench.task import Example, Input, Split, Splits
from bench.tasks.evalita._common import Row, as_csv, codes, local, published, table

CITATION = (
    "Russo, G., Stoehr, N. and Horta Ribeiro, M. (2023). ACTI at EVALITA 2023: Automatic "
    "Conspiracy Theory Identification Task Overview. EVALITA 2023, CEUR Workshop Proceedings 3473."
)
LICENCE = "not stated (data of a Kaggle competition)"
WHERE = (
    "subtask{0}_train.csv and subtask{0}_test.csv of the Kaggle competition acti-subtask-{1}, "
    "in DIR/evalita/acti/; a test file with a column `{2}` becomes the test split"
)


def load(files: Files, *, part: str, column: str, labels: Mapping[str, str]) -> Splits:
    """Load the labelled messages. The test gold was never published: if the user's test file has
    the gold column it is the test split, else the train split is divided.

    Args:
        files: the available files.
        part: the subtask's letter.
        column: column of the label's code.
        labels: code -> label.
    """
    train = _rows(files, part, "train", column)
    test = _rows(files, part, "test")
    splits: dict[Split, list[Example]] = {
        "train": [_example("train", row, column, labels) for row in train]
    }
    if _has_gold(test, column):
        splits["test"] = [_example("test", row, column, labels) for row in test]
    return splits


def unscored(files: Files, *, part: str, column: str) -> Sequence[Input]:
    """Return the messages of the test, where it has no gold."""
    rows = _rows(files, part, "test")
    if _has_gold(rows, column):
        return []
    return [Input(f"test/{row.name('Id')}", row.text("comment_text")) for row in rows]


def submission(
    answers: Mapping[str, Answer],
    inputs: Mapping[str, Input],
    *,
    part: str,
    labels: Mapping[str, str],
) -> Mapping[str, bytes]:
    """Return the file that Kaggle accepts: `Id,Expected`."""
    code = codes(labels)
    rows = [(published(id_), code[str(answer)]) for id_, answer in answers.items()]
    return {f"subtask{part}.csv": as_csv(("Id", "Expected"), rows)}


def _rows(files: Files, part: str, split: str, *columns: str) -> list[Row]:
    path = local(files, "acti", f"subtask{part}_{split}.csv")
    return table(path, "Id", "comment_text", *columns)


def _has_gold(rows: Sequence[Row], column: str) -> bool:
    return column in rows[0].fields


def _example(split: str, row: Row, column: str, labels: Mapping[str, str]) -> Example:
    label = row.label(column, labels)
    named = row.fields.get("topic", label)
    if named != label:
        raise row.error(
            f"topic {named!r} contradicts {column} {row.name(column)}, which means {label!r}"
        )
    return Example(f"{split}/{row.name('Id')}", row.text("comment_text"), label)
