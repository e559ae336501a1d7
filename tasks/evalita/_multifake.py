"""MULTI-Fake-DetectiVE (EVALITA 2023), task 1: is an event true; the text without its images.

Columns are those that other readers of the file use: ID, Text, Label; the others are ignored. The
names of the labelled test files were not available.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.files import Files
from bench.outputs import Answer
from bench.task import Example, Input, Split, Splits
from bench.tasks._readers import optional_file, required_file
from bench.tasks.evalita import _lab as lab

LABELS = {
    "0": "certamente falso",
    "1": "probabilmente falso",
    "2": "probabilmente vero",
    "3": "certamente vero",
}
STEM = "MULTI-Fake-Detective_Task1"
TESTS = {"official": f"{STEM}_Test.tsv", "additional": f"{STEM}_Test_Additional.tsv"}
WHERE = (
    f"put {STEM}_Data.tsv, and for the tests {TESTS['official']} and {TESTS['additional']} (as the "
    "organisers' download script writes them, with a column Label where they have gold) in "
    "DIR/multifakedetective/; see sites.google.com/unipi.it/multi-fake-detective/data"
)


def load(files: Files) -> Splits:
    """Load the train split, and the tests whose gold is available; ids begin with official/ or
    additional/."""
    train = required_file(files, f"{STEM}_Data.tsv")
    rows: dict[Split, Sequence[Example]] = {"train": _rows(files, train, "official")}
    tests = {corpus: optional_file(files, name) for corpus, name in TESTS.items()}
    golden = {c: path for c, path in tests.items() if path and lab.labelled(path, "Label")}
    if golden:
        rows["test"] = [row for c, path in golden.items() for row in _rows(files, path, c)]
    return rows


def _rows(files: Files, path: Path, corpus: str) -> list[Example]:
    """Return each id once; an id whose rows differ in text or label is left out."""
    cells = lab.rows_of(lab.table(path, "ID", "Text", "Label"), "ID", "Text", "Label")
    seen: dict[str, set[tuple[str, str]]] = {}
    for n, (id_, text, written) in enumerate(cells, 2):
        label = lab.chosen(LABELS, written, lab.place(path, n))
        seen.setdefault(id_, set()).add((text, label))
    files.fault("rows_of_an_id_again_left_out", len(cells) - len(seen))
    files.fault(
        "ids_with_differing_rows_left_out", sum(len(variants) > 1 for variants in seen.values())
    )
    return [
        Example(f"{corpus}/{id_}", *variants)
        for id_, variants_of_id in seen.items()
        if len(variants_of_id) == 1
        for variants in variants_of_id
    ]


def unscored(files: Files) -> list[Input]:
    """Return the texts of the tests whose gold is not available, each id once."""
    inputs: dict[str, Input] = {}
    for corpus, name in TESTS.items():
        path = optional_file(files, name)
        if path and not lab.labelled(path, "Label"):
            for id_, text in lab.rows_of(lab.table(path, "ID", "Text"), "ID", "Text"):
                inputs.setdefault(f"{corpus}/{id_}", Input(f"{corpus}/{id_}", text))
    return list(inputs.values())


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return one file per test: id and label number, without a header."""
    codes = {label: code for code, label in LABELS.items()}
    files = {}
    for corpus, name in {"official": "predictions", "additional": "predictions_additional"}.items():
        of_corpus = [(id_, a) for id_, a in answers.items() if id_.startswith(f"{corpus}/")]
        if of_corpus:
            rows = [(id_.partition("/")[2], codes[str(a)]) for id_, a in of_corpus]
            files[f"{name}.tsv"] = lab.written((), rows)
    return files
