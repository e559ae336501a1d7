"""Telegram messages: about a conspiracy or not (ACTI subtask A, EVALITA 2023)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _acti
from bench.tasks.evalita import _common as _evalita

COLUMN = "conspiratorial"
LABELS = {"0": "not_conspiratorial", "1": "conspiratorial"}

TASK = Task(
    name="acti_a",
    output=SingleLabel(*LABELS.values()),
    load=partial(_acti.load, part="A", column=COLUMN, labels=LABELS),
    metrics=(macro_f1, accuracy),
    prompt=_evalita.yes_no("acti_a", yes="conspiratorial", no="not_conspiratorial"),
    unscored=partial(_acti.unscored, part="A", column=COLUMN),
    submission=partial(_acti.submission, part="A", labels=LABELS),
    licence=_acti.LICENCE,
    citation=_acti.CITATION,
    source="acti",
    language="it",
    how_to_get_data=_acti.WHERE.format("A", "a", COLUMN),
)
