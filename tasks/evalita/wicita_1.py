"""Same or different meaning of a word in two sentences (WiC-ITA subtask 1, EVALITA 2023).

There are two official rankings by macro-F1: both sentences Italian (`it/`), or the second English
(`eng/`). No official figure combines them; the main metric is their mean.
"""

from collections.abc import Mapping
from functools import partial

from bench.metrics import accuracy, macro_f1, mean_of, of_rows
from bench.outputs import Answer, SingleLabel
from bench.task import Input, Task
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita import _wicita

LABELS = {"0": "different", "1": "same"}
RANKINGS = [of_rows(language, macro_f1) for language in _wicita.TESTS]


def gold(row: _evalita.Row) -> Answer:
    """Return the label of a pair."""
    return row.label("label", LABELS)


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return files in the organisers' format."""
    code = _evalita.codes(LABELS)
    return _wicita.as_submission(
        answers, kind="binary", key="label", written=lambda answer: int(code[str(answer)])
    )


TASK = Task(
    name="wicita_1",
    output=SingleLabel(*LABELS.values()),
    load=partial(_wicita.load, kind="binary", column="label", gold=gold),
    metrics=(mean_of("mean_macro_f1", *RANKINGS), *RANKINGS, macro_f1, accuracy),
    prompt=_evalita.yes_no("wicita", yes="same", no="different"),
    submission=submission,
    licence=_wicita.LICENCE,
    citation=_wicita.CITATION,
    source="wicita",
    language="it",
    how_to_get_data=_wicita.WHERE.format("binary"),
)
