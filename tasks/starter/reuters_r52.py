"""Topic of a Reuters newswire story, 52 topics with a long tail (R52 of Reuters-21578)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Prompt, Task
from bench.tasks.starter import _orange, _reuters

TASK = Task(
    name="reuters_r52",
    output=SingleLabel(*sorted(_reuters.R52)),
    load=partial(_orange.published, name="reuters-r52"),
    metrics=(macro_f1, accuracy),
    prompt=Prompt(instruction=_reuters.INSTRUCTION, labels=_reuters.R52, input_name="Story"),
    licence=_reuters.LICENCE,
    citation=_reuters.CITATION,
    source="reuters",
    how_to_get_data=_orange.WHERE,
    seen_in_pretraining="yes",
)
