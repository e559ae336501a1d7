"""The conspiracy theory that a Telegram message is about (ACTI subtask B, EVALITA 2023)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _acti
from bench.tasks.evalita import _common as _evalita

COLUMN = "conspiracy"
LABELS = {"0": "Covid", "1": "Qanon", "2": "Russia", "3": "Terra Piatta"}

TASK = Task(
    name="acti_b",
    output=SingleLabel(*LABELS.values()),
    load=partial(_acti.load, part="B", column=COLUMN, labels=LABELS),
    metrics=(macro_f1, accuracy),
    # The instruction and the data use different words for flat-earthers.
    prompt=_evalita.prompt(
        _evalita.INSTRUCTIONS["acti_b"], words={"Terra Piatta": "Terrapiattista"}
    ),
    unscored=partial(_acti.unscored, part="B", column=COLUMN),
    submission=partial(_acti.submission, part="B", labels=LABELS),
    licence=_acti.LICENCE,
    citation=_acti.CITATION,
    source="acti",
    language="it",
    how_to_get_data=_acti.WHERE.format("B", "b", COLUMN),
)
