"""Whether a post implies something of a social group (Social Bias Inference Corpus).

In the corpus the column `hasBiasedImplication` is 1 where no annotator wrote an implication down:
the other way round than its name. Here the labels are in words; a file that has the column in the
direction of its name is refused.
"""

from functools import partial

from bench.files import Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Prompt, Splits, Task
from bench.tasks.sbic import _posts as _sbic


def load(files: Files) -> Splits:
    """Biased where at least one annotator wrote an implication down."""
    return _sbic.splits(files, label, "posts_without_answer_left_out")


def label(post: _sbic.Post) -> str:
    """The label of a post."""
    return _sbic.BIASED if post.implications else _sbic.UNBIASED


def said(reading: _sbic.Reading) -> str:
    """The label that one annotator's answer amounts to."""
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
    ratings=partial(_sbic.ratings, answer=said),
    licence=_sbic.LICENCE,
    citation=_sbic.CITATION,
    source="sbic",
    where=_sbic.WHERE,
)
