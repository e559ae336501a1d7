"""Veracity of an event in a post or article, four classes, text only (MULTI-Fake-DetectiVE)."""

from bench.metrics import of_rows, weighted_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _multifake
from bench.tasks.evalita._common import prompt
from bench.tasks.evalita._lab import GATED, overview

TASK = Task(
    name="multifakedetective",
    output=SingleLabel(*_multifake.LABELS.values()),
    load=_multifake.load,
    unscored=_multifake.unscored,
    submission=_multifake.submission,
    metrics=(
        of_rows("official", weighted_f1),
        of_rows("additional", weighted_f1),
    ),
    prompt=prompt(
        'L\'evento riportato nel testo è "certamente vero", "probabilmente vero", "probabilmente '
        'falso", o "certamente falso"?'
    ),
    licence=GATED,
    citation=overview(
        "Bondielli, A., Dell'Oglio, P., Lenci, A., Marcelloni, F., Passaro, L. C. and "
        "Sabbatini, M.",
        "MULTI-Fake-DetectiVE at EVALITA 2023: Overview of the MULTImodal Fake News Detection and "
        "VErification Task",
    ),
    source="multifakedetective",
    language="it",
    how_to_get_data=_multifake.WHERE,
)
