"""Target of the emotion in a tweet: direction, topic, both, neither (EMit B, EVALITA 2023)."""

from functools import partial

from bench.task import Task
from bench.tasks.evalita import _emit
from bench.tasks.evalita._common import prompt

TASK = Task(
    name="emit_b",
    # Two official labels; both together, and neither, are written with the names that the
    # instruction gives them.
    output=_emit.NamedSets(
        *_emit.TARGETS.values(),
        named={"entrambi": tuple(_emit.TARGETS.values()), "non specificato": ()},
    ),
    load=partial(_emit.load, part="B", labels=_emit.TARGETS),
    unscored=partial(_emit.unscored, labels=_emit.TARGETS),
    submission=_emit.submission("B", _emit.TARGETS),
    metrics=_emit.METRICS,
    prompt=prompt(
        'Di cosa parla il testo, tra "direzione", "argomento", "entrambi", "non specificato"?'
    ),
    licence=_emit.LICENCE,
    citation=_emit.CITATION,
    source="emit",
    language="it",
    how_to_get_data=_emit.WHERE.format("B"),
)
