"""Hate speech in tweets about politics (HaSpeeDe 3 task A, textual; EVALITA 2023).

The contextual ranking of task A is not supported: it needs metadata in addition to the text.
"""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _haspeede

TASK = Task(
    name="haspeede_a",
    output=SingleLabel(*_haspeede.LABELS.values()),
    # Tweets about religion in the test file belong to task B.
    load=partial(_haspeede.load, tests={"test_politics": "test"}),
    metrics=(macro_f1, accuracy),
    prompt=_haspeede.PROMPT,
    submission=partial(_haspeede.submission, forms={"TEAM_taskA_textual_run_1.csv": "test"}),
    licence=_haspeede.LICENCE,
    citation=_haspeede.CITATION,
    source="haspeede3",
    language="it",
    how_to_get_data=_haspeede.WHERE,
)
