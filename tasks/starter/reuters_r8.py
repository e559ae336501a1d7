"""Topic of a Reuters newswire story, the eight largest topics (R8 of Reuters-21578)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Prompt, Task
from bench.tasks.starter import _orange, _reuters

TASK = Task(
    name="reuters_r8",
    output=SingleLabel(*sorted(_reuters.R8)),
    load=partial(_orange.published, name="reuters-r8"),
    metrics=(macro_f1, accuracy),
    prompt=Prompt(instruction=_reuters.INSTRUCTION, labels=_reuters.R8, input_name="Story"),
    licence=_reuters.LICENCE,
    citation=_reuters.CITATION,
    source="reuters",
    how_to_get_data=_orange.WHERE,
    seen_in_pretraining="yes",
)
