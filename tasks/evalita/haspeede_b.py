"""Hate speech across domains: politics and religion (HaSpeeDe 3 task B, EVALITA 2023).

Two official rankings: XPolitical has the test of task A, XReligious is test only and must be met
with what was learnt from politics. No official figure joins them; the main metric is their mean.
The contextual data of the shared task is not supported.
"""

from collections.abc import Mapping

from bench.files import Files
from bench.metrics import accuracy, macro_f1, mean_of, of_rows
from bench.outputs import Answer, SingleLabel
from bench.task import Input, Splits, Task
from bench.tasks import _haspeede

TESTS = {"test_politics": "XPolitical", "test_religious": "XReligious"}
RANKINGS = [of_rows(test, macro_f1) for test in TESTS.values()]


def load(files: Files) -> Splits:
    """Political tweets to learn from, both corpora to be tested on."""
    return {
        "train": _haspeede.rows(files, "train", {"training_politics": "train"}),
        "test": _haspeede.rows(files, "test", TESTS),
    }


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """The organisers' form, a file for each ranking."""
    return {
        f"TEAM_taskB_{test}Hate_run_1.csv": _haspeede.as_submission(answers, test)
        for test in TESTS.values()
    }


TASK = Task(
    name="haspeede_b",
    output=SingleLabel(*_haspeede.LABELS.values()),
    load=load,
    metrics=(mean_of("mean_macro_f1", *RANKINGS), *RANKINGS, macro_f1, accuracy),
    prompt=_haspeede.PROMPT,
    submission=submission,
    licence=_haspeede.LICENCE,
    citation=_haspeede.CITATION,
    source="haspeede3",
    language="it",
    where=_haspeede.WHERE,
)
