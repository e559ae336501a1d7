"""Sentiment of a tweet as a number, -4 to 4: people's mean rating (Hutto & Gilbert, 2014)."""

from functools import partial

from bench.metrics import pearson
from bench.outputs import Regression
from bench.task import Prompt, Task
from bench.tasks.starter import _vader

TASK = Task(
    name="vader_intensity",
    output=Regression(-4.0, 4.0),
    load=partial(_vader.intensity, corpus="tweets"),
    metrics=(pearson,),
    prompt=Prompt(
        instruction="Rate the feeling expressed in the tweet with a number from -4 (extremely "
        "negative) through 0 (neutral) to 4 (extremely positive), with two decimals."
    ),
    annotations=partial(_vader.ratings, corpus="tweets"),
    licence=_vader.LICENCE,
    citation=_vader.CITATION,
    source="vader",
    how_to_get_data=_vader.WHERE,
)
