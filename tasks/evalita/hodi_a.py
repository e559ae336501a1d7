"""Homotransphobia in a tweet, yes or no (HODI subtask A, EVALITA 2023)."""

from functools import partial

from bench.metrics import macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _hodi
from bench.tasks.evalita._common import prompt

TASK = Task(
    name="hodi_a",
    output=SingleLabel(*_hodi.BINARY.values()),
    load=_hodi.binary,
    unscored=partial(_hodi.unscored, part="A", column="homotransphobic"),
    submission=_hodi.submission_a,
    metrics=(macro_f1,),
    prompt=prompt(
        "In questo testo si esprime odio omotransfobico? Rispondi sì o no.",
        words={"non omotransfobico": "no", "omotransfobico": "sì"},
    ),
    licence=_hodi.LICENCE,
    citation=_hodi.CITATION,
    source="hodi",
    language="it",
    how_to_get_data=_hodi.WHERE.format("A"),
)
