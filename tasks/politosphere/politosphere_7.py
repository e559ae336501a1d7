"""Opinion on guns in a Reddit comment, seven labels: side, tone, or neither (Politosphere).

The examples are the 113 of 150 on which two people agree. The study split them 90/23 at random,
which puts four authors on both sides. Here the split is 90/23 too, but by author. The published
split is the suite `politosphere_as_published`. Of the prompts, `as_published` has the study's
definitions of Support Gun and Anti Gun, which are swapped.
"""

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.politosphere import _comments as _politosphere
from bench.tasks.politosphere import _prompts as _politosphere_prompts

TASK = Task(
    name="politosphere_7",
    output=SingleLabel(*_politosphere.LABELS),
    load=_politosphere.by_author,
    metrics=(macro_f1, accuracy),
    prompt=_politosphere_prompts.seven,
    prompts={
        "as_published": _politosphere_prompts.seven_as_published,
        "without_definitions": _politosphere_prompts.prompt(_politosphere_prompts.SEVEN),
    },
    licence=_politosphere.LICENCE,
    citation=_politosphere.CITATION,
    source="politosphere",
    how_to_get_data=_politosphere.WHERE,
)
