"""Possible offensiveness of a post to anyone: yes, maybe or no (Social Bias Inference Corpus).

The gold is the nearest of 1, 0.5 and 0 to the mean of the annotators' answers; halfway is maybe.
"""

from functools import partial

from bench.files import Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Prompt, Splits, Task
from bench.tasks.sbic import _posts as _sbic


def load(files: Files) -> Splits:
    """Load the posts that at least one annotator answered."""
    return _sbic.splits(files, label, "posts_without_answer_left_out")


def label(post: _sbic.Post) -> str | None:
    """Return the label of a post."""
    return None if post.offensive is None else _sbic.offensiveness(post.offensive)


def annotator_answer(reading: _sbic.Reading) -> str | None:
    """Return the label chosen by one annotator."""
    return None if reading.offensive is None else _sbic.OFFENSIVE[reading.offensive]


TASK = Task(
    name="sbic_offensive",
    output=SingleLabel("yes", "maybe", "no"),
    load=load,
    metrics=(macro_f1, accuracy),
    prompt=Prompt(
        instruction="Decide whether the post could be offensive to anyone: yes, maybe or no.",
        input_name="Post",
        list_labels=False,
    ),
    annotations=partial(_sbic.ratings, answer=annotator_answer),
    licence=_sbic.LICENCE,
    citation=_sbic.CITATION,
    source="sbic",
    how_to_get_data=_sbic.WHERE,
)
