"""Continuation of a passage by a sentence, yes or no (DisCoTEX subtask 1, EVALITA 2023).

There is one ranking per corpus, TED and wiki; the main metric is the accuracy over both. The
training file of the wiki half may be missing, which the page then reports as a fault of the reader.
The submission format could not be verified: it is id, tab, class, in one file.
"""

from collections.abc import Mapping

from bench.errors import Unavailable
from bench.files import Files
from bench.metrics import accuracy, macro_f1, of_rows
from bench.outputs import Answer, SingleLabel
from bench.task import Example, Input, Splits, Task
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita import _discotex

LABELS = {"0": "incoherent", "1": "coherent"}
CORPORA = {"TED": "discotex_1_ted", "wiki": "discotex_1_wiki"}


def load(files: Files) -> Splits:
    """Load passages and their continuations; ids begin with the corpus."""
    train = _rows(files, "TED", "train", "train")
    try:
        train += _rows(files, "wiki", "train", "train")
    except Unavailable:
        files.fault("wiki_training_file_missing")
    tests = [_rows(files, corpus, "test/gold", "test") for corpus in CORPORA]
    return {"train": train, "test": [row for rows in tests for row in rows]}


def _rows(files: Files, corpus: str, folder: str, split: str) -> list[Example]:
    path = _discotex.path(files, folder, f"{CORPORA[corpus]}_{split}_set_release.tsv")
    return [
        Example(
            f"{corpus}/{row.name('ID')}",
            row.text("PROMPT"),
            row.label("CLASS", LABELS),
            pair=row.text("TARGET"),
            group=_discotex.document(row.name("ID")),
        )
        for row in _evalita.table(path, "ID", "PROMPT", "TARGET", "CLASS")
    ]


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Write id, tab, class."""
    code = _evalita.codes(LABELS)
    rows = [(_evalita.published(id_), code[str(answer)]) for id_, answer in answers.items()]
    return {"TEAM.subtask1.run1.tsv": _evalita.as_csv((), rows, delimiter="\t")}


TASK = Task(
    name="discotex_1",
    output=SingleLabel(*LABELS.values()),
    load=load,
    metrics=(accuracy, *(of_rows(corpus, accuracy) for corpus in CORPORA), macro_f1),
    prompt=_evalita.yes_no("discotex_1", yes="coherent", no="incoherent"),
    submission=submission,
    licence=_discotex.LICENCE,
    citation=_discotex.CITATION,
    source="discotex",
    language="it",
    how_to_get_data=_discotex.WHERE,
)
