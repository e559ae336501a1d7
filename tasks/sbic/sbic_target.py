"""Social groups targeted by a post, in free words (Social Bias Inference Corpus).

Each annotator's answer is a reference, and may name several groups, separated by commas. Posts for
which no annotator names a group are left out and counted: whether a group is targeted at all is the
question of `sbic_implication`.
"""

from functools import partial

from bench.files import Files
from bench.metrics import bleu_2, exact_match, group_f1, rouge_l
from bench.outputs import FreeText
from bench.task import Prompt, Splits, Task
from bench.tasks.sbic import _posts as _sbic


def load(files: Files) -> Splits:
    """Load the posts with the groups that annotators name."""
    return _sbic.splits(files, groups, "posts_without_target_left_out")


def groups(post: _sbic.Post) -> tuple[str, ...] | None:
    """Return the references of a post."""
    return post.targets or None


def annotator_answer(reading: _sbic.Reading) -> str | None:
    """Return the groups named by one annotator."""
    return reading.target or None


TASK = Task(
    name="sbic_target",
    output=FreeText(),
    load=load,
    metrics=(rouge_l, bleu_2, exact_match, group_f1),
    prompt=Prompt(
        instruction="Name the social group or groups that the post targets, separated by commas.",
        input_name="Post",
    ),
    annotations=partial(_sbic.ratings, answer=annotator_answer),
    licence=_sbic.LICENCE,
    citation=_sbic.CITATION,
    source="sbic",
    how_to_get_data=_sbic.WHERE,
)
