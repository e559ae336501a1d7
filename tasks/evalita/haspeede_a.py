"""Hate speech in tweets about politics (HaSpeeDe 3 task A, textual; EVALITA 2023).

The contextual ranking of task A is not supported: it needs metadata beside the text.
"""

from collections.abc import Mapping

from bench.files import Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import Answer, SingleLabel
from bench.task import Input, Splits, Task
from bench.tasks import _haspeede


def load(files: Files) -> Splits:
    """Political tweets; those about religion in the test file belong to task B."""
    return {
        "train": _haspeede.rows(files, "train", {"training_politics": "train"}),
        "test": _haspeede.rows(files, "test", {"test_politics": "test"}),
    }


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """The organisers' form."""
    return {"TEAM_taskA_textual_run_1.csv": _haspeede.as_submission(answers, "test")}


TASK = Task(
    name="haspeede_a",
    output=SingleLabel(*_haspeede.LABELS.values()),
    load=load,
    metrics=(macro_f1, accuracy),
    prompt=_haspeede.PROMPT,
    submission=submission,
    licence=_haspeede.LICENCE,
    citation=_haspeede.CITATION,
    source="haspeede3",
    language="it",
    where=_haspeede.WHERE,
)
