"""Hate speech across domains: politics and religion (HaSpeeDe 3 task B, EVALITA 2023).

There are two official rankings: XPolitical uses the test of task A; XReligious has a test only, to
be predicted after training on politics. No official figure combines them; the main metric is their
mean. The contextual data of the shared task is not supported.
"""

from functools import partial

from bench.metrics import accuracy, macro_f1, mean_of, of_rows
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _haspeede

TESTS = {"test_politics": "XPolitical", "test_religious": "XReligious"}
RANKINGS = [of_rows(test, macro_f1) for test in TESTS.values()]
FORMS = {f"TEAM_taskB_{test}Hate_run_1.csv": test for test in TESTS.values()}

TASK = Task(
    name="haspeede_b",
    output=SingleLabel(*_haspeede.LABELS.values()),
    load=partial(_haspeede.load, tests=TESTS),
    metrics=(mean_of("mean_macro_f1", *RANKINGS), *RANKINGS, macro_f1, accuracy),
    prompt=_haspeede.PROMPT,
    submission=partial(_haspeede.submission, forms=FORMS),
    licence=_haspeede.LICENCE,
    citation=_haspeede.CITATION,
    source="haspeede3",
    language="it",
    how_to_get_data=_haspeede.WHERE,
)
