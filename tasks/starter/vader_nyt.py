"""Polarity of a sentence of a NYT editorial, from people's ratings (Hutto & Gilbert, 2014)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.starter import _vader

TASK = Task(
    name="vader_nyt",
    output=SingleLabel("negative", "positive"),
    load=partial(_vader.polarity, corpus="nytEditorialSnippets", grouped=True),
    metrics=(macro_f1, accuracy),
    prompt=_vader.polarity_prompt("sentence from a newspaper editorial"),
    annotations=partial(_vader.opinions, corpus="nytEditorialSnippets"),
    licence=_vader.LICENCE,
    citation=_vader.CITATION,
    source="vader",
    how_to_get_data=_vader.WHERE,
)
