"""Polarity of a movie-review snippet, from people's ratings (Hutto & Gilbert, ICWSM 2014)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.starter import _vader

TASK = Task(
    name="vader_movies",
    output=SingleLabel("negative", "positive"),
    load=partial(_vader.polarity, corpus="movieReviewSnippets", grouped=False),
    metrics=(macro_f1, accuracy),
    prompt=_vader.polarity_prompt("sentence from a film review"),
    annotations=partial(_vader.opinions, corpus="movieReviewSnippets"),
    licence=_vader.LICENCE,
    citation=_vader.CITATION,
    source="vader",
    how_to_get_data=_vader.WHERE,
)
