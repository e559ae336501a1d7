"""Similarity of a word's meanings in two sentences, 1 to 4 (WiC-ITA subtask 2, EVALITA 2023).

There are two official rankings by Spearman's rho: both sentences Italian (`it/`), or the second
English (`eng/`). No official figure combines them; the main metric is their mean. The original
instruction asks for yes or no, so the one for a number is our own.
"""

from collections.abc import Mapping
from functools import partial

from bench.metrics import mean_of, of_rows, pearson, spearman
from bench.outputs import Answer, Regression
from bench.task import Input, Task
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita import _wicita

SCALE = Regression(1, 4)
RANKINGS = [of_rows(language, spearman) for language in _wicita.TESTS]
INSTRUCTION = (
    "Quanto è simile, nelle due frasi, il significato della parola compresa tra [TGTS] e [TGTE], "
    "su una scala da 1 a 4?"
)


def gold(row: _evalita.Row) -> Answer:
    """Return the mean rating of a pair."""
    return row.score("score", SCALE)


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return files in the organisers' format."""
    return _wicita.as_submission(
        answers, kind="ranking", key="score", written=lambda answer: answer
    )


TASK = Task(
    name="wicita_2",
    output=SCALE,
    load=partial(_wicita.load, kind="ranking", column="score", gold=gold),
    metrics=(mean_of("mean_spearman", *RANKINGS), *RANKINGS, spearman, pearson),
    prompt=_evalita.prompt(INSTRUCTION),
    submission=submission,
    licence=_wicita.LICENCE,
    citation=_wicita.CITATION,
    source="wicita",
    language="it",
    how_to_get_data=_wicita.WHERE.format("ranking"),
)
