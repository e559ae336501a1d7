"""HODI (EVALITA 2023): homotransphobia in tweets, and the words that express it.

Columns follow the organisers' scorer. The names of the test files with gold were not available.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.errors import DataError
from bench.files import Files
from bench.outputs import Answer, Span
from bench.task import Example, Input, Split, Splits
from bench.tasks._readers import optional_file, required_file
from bench.tasks.evalita import _lab as lab

BINARY = {"0": "non omotransfobico", "1": "omotransfobico"}
LICENCE = "CC BY-NC-SA 4.0"
CITATION = lab.overview(
    "Nozza, D., Cignarella, A. T., Damo, G., Caselli, T. and Patti, V.",
    "HODI at EVALITA 2023: Overview of the first Shared Task on Homotransphobia Detection in "
    "Italian",
)
WHERE = (
    "put HODI_2023_train_subtask{0}.tsv, and for the test HODI_2023_test_subtask{0}_GOLD.tsv (or, "
    "without gold, HODI_2023_test_subtask{0}.tsv) in DIR/evalita/; request them with the form "
    "at github.com/HODI-EVALITA/HODI_2023"
)
Labels = Mapping[str, str]


def binary(files: Files) -> Splits:
    """Load subtask A: the train split, and the test split where its gold is available."""
    return _splits(files, "A", "homotransphobic")


def rationales(files: Files) -> Splits:
    """Load subtask B: the train split, and the test split where its gold is available."""
    return _splits(files, "B", "rationales")


def _splits(files: Files, part: str, column: str) -> Splits:
    train = required_file(files, f"HODI_2023_train_subtask{part}.tsv")
    rows: dict[Split, Sequence[Example]] = {"train": _rows(train, column, "train")}
    test = _test(files, part)
    if test and lab.labelled(test, column):
        rows["test"] = _rows(test, column, "test")
    return rows


def _test(files: Files, part: str) -> Path | None:
    stem = f"HODI_2023_test_subtask{part}"
    return optional_file(files, f"{stem}_GOLD.tsv", f"{stem}_gold.tsv", f"{stem}.tsv")


def _rows(path: Path, column: str, split: str) -> list[Example]:
    parsed = lab.table(path, "id", "text", column)
    lab.refuse_repeated_ids(path, parsed.column("id"))
    read = _spans if column == "rationales" else _label
    # Both splits may number their rows from one.
    return [
        Example(f"{split}/{id_}", text, read(gold, text, lab.place(path, n)))
        for n, (id_, text, gold) in enumerate(lab.rows_of(parsed, "id", "text", column), 2)
    ]


def _label(written: str, text: str, place: str) -> Answer:
    return lab.chosen(BINARY, written, place)


def _spans(written: str, text: str, place: str) -> Answer:
    """Return a span for each run of consecutive characters in the list."""
    offsets = _offsets(written, place)
    if offsets and not 0 <= offsets[0] <= offsets[-1] < len(text):
        raise DataError(
            f"{place}: character {offsets[-1]} is outside a text of {len(text)} characters; leave "
            "the texts as published"
        )
    covered = {*offsets}
    starts = [k for k in offsets if k - 1 not in covered]
    ends = [k + 1 for k in offsets if k + 1 not in covered]
    return tuple(Span(a, b, "odio") for a, b in zip(starts, ends, strict=True))


def _offsets(written: str, place: str) -> list[int]:
    try:
        offsets = json.loads(written or "[]")
    except ValueError:
        offsets = None
    if not isinstance(offsets, list) or not all(type(k) is int for k in offsets):
        raise DataError(f"{place}: rationales {written!r} are not a list of character positions")
    return sorted({*offsets})


def unscored(files: Files, part: str, column: str) -> list[Input]:
    """Return the texts of the official test, where its gold is not available."""
    path = _test(files, part)
    return [] if path is None or lab.labelled(path, column) else lab.inputs(path, "test/")


def submission_a(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Write `id`, and 0 or 1."""
    codes = {label: code for code, label in BINARY.items()}
    rows = [(_id(row), codes[str(answer)]) for row, answer in answers.items()]
    return {"textbench.A.run1.tsv": lab.written(["id", "homotransphobic"], rows)}


def submission_b(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Write `id`, and the list of character positions."""
    rows = [(_id(row), json.dumps(_characters(answer))) for row, answer in answers.items()]
    return {"textbench.B.run1.tsv": lab.written(["id", "rationales"], rows)}


def _characters(answer: Answer) -> list[int]:
    spans = [s for s in answer if isinstance(s, Span)] if isinstance(answer, tuple) else []
    return sorted({k for span in spans for k in range(span.start, span.end)})


def _id(row: str) -> str:
    return row.partition("/")[2]
