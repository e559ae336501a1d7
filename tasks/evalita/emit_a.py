"""Emotions in a tweet about television, ten labels (EMit subtask A, EVALITA 2023)."""

from functools import partial

from bench.task import Task
from bench.tasks.evalita import _emit
from bench.tasks.evalita._common import prompt

TASK = Task(
    name="emit_a",
    # A few published rows have no label at all; neutro is a label of its own.
    output=_emit.NamedSets(*_emit.EMOTIONS.values(), named={"nessuna": ()}),
    load=partial(_emit.load, part="A", labels=_emit.EMOTIONS),
    unscored=partial(_emit.unscored, labels=_emit.EMOTIONS),
    submission=_emit.submission("A", _emit.EMOTIONS),
    metrics=_emit.METRICS,
    prompt=prompt(
        "Quali emozioni sono espresse in questo testo? Puoi scegliere una o più emozioni tra "
        '"rabbia", "anticipazione", "disgusto", "paura", "gioia", "amore", "tristezza", '
        '"sorpresa", "fiducia", o "neutro".'
    ),
    licence=_emit.LICENCE,
    citation=_emit.CITATION,
    source="emit",
    language="it",
    how_to_get_data=_emit.WHERE.format("A"),
)
