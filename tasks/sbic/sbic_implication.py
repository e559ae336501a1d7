"""Implied bias about a social group in a post, yes or no (Social Bias Inference Corpus).

In the corpus the column `hasBiasedImplication` is 1 where no annotator wrote down an implication:
the opposite of its name. Here the labels are words; a file whose column matches its name is
refused.
"""

from functools import partial

from bench.files import Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Prompt, Splits, Task
from bench.tasks.sbic import _posts as _sbic


def load(files: Files) -> Splits:
    """Load the posts; biased where at least one annotator wrote down an implication."""
    return _sbic.splits(files, label, "posts_without_answer_left_out")


def label(post: _sbic.Post) -> str:
    """Return the label of a post."""
    return _sbic.BIASED if post.implications else _sbic.UNBIASED


def annotator_answer(reading: _sbic.Reading) -> str:
    """Return the label that corresponds to one annotator's answer."""
    return _sbic.BIASED if reading.implication else _sbic.UNBIASED


TASK = Task(
    name="sbic_implication",
    output=SingleLabel(_sbic.BIASED, _sbic.UNBIASED),
    load=load,
    metrics=(macro_f1, accuracy),
    prompt=Prompt(
        instruction="Decide whether the post implies a biased statement about a social group.",
        labels={
            _sbic.BIASED: "it suggests something negative or stereotyped about a group of people",
            _sbic.UNBIASED: "it suggests nothing of the kind",
        },
        input_name="Post",
    ),
    annotations=partial(_sbic.ratings, answer=annotator_answer),
    licence=_sbic.LICENCE,
    citation=_sbic.CITATION,
    source="sbic",
    how_to_get_data=_sbic.WHERE,
)
