"""Coherence of a passage as rated by people, 0 to 5 (DisCoTEX subtask 2, EVALITA 2023).

The instruction asks for 0 to 5; published means lie between 1 and 5. The submission format could
not be verified: it is id, tab, score.
"""

from collections.abc import Mapping

from bench.files import Files
from bench.metrics import pearson, spearman
from bench.outputs import Answer, Regression
from bench.task import Example, Input, Splits, Task
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita import _discotex

SCALE = Regression(0, 5)
FILES = {
    "train": ("train", "discotex_2_train_clean_release.tsv"),
    "test": ("test/gold", "discotex_2_test_set_release.tsv"),
}


def load(files: Files) -> Splits:
    """Load passages with the mean of their ratings; those of one talk or article form a group."""
    return {"train": _rows(files, "train"), "test": _rows(files, "test")}


def _rows(files: Files, split: str) -> list[Example]:
    rows = _evalita.table(_discotex.path(files, *FILES[split]), "ID", "TEXT", "SCORE")
    return [
        Example(
            f"{split}/{row.name('ID')}",
            row.text("TEXT"),
            row.score("SCORE", SCALE),
            group=_discotex.document(row.name("ID")),
        )
        for row in rows
    ]


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Write id, tab, score."""
    rows = [(_evalita.published(id_), answer) for id_, answer in answers.items()]
    return {"TEAM.subtask2.run1.tsv": _evalita.as_csv((), rows, delimiter="\t")}


TASK = Task(
    name="discotex_2",
    output=SCALE,
    load=load,
    metrics=(pearson, spearman),
    prompt=_evalita.prompt(_evalita.INSTRUCTIONS["discotex_2"]),
    submission=submission,
    licence=_discotex.LICENCE,
    citation=_discotex.CITATION,
    source="discotex",
    language="it",
    how_to_get_data=_discotex.WHERE,
)
