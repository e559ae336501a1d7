"""Valence, arousal and dominance of a sentence (EmotivITA subtask B, EVALITA 2023).

The instruction specifies a scale of 1 to 5, yet published means go up to 5.5: 75 values of the
development set and 21 of the test set exceed 5. They are kept as published, so the scale declared
here ends at 5.5. The official scorer was not accessible: the organisers report Pearson's r for each
dimension, and the mean of the three is ours. The submission is the table that participants sent.
"""

from collections.abc import Mapping

from bench.files import Files
from bench.metrics import mean_of, of_part, pearson, rmse, spearman
from bench.outputs import Answer, Fields, Regression
from bench.task import Example, Input, Splits, Task
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita._common import local

SCALE = Regression(1, 5.5)
PARTS = {"valence": "V", "arousal": "A", "dominance": "D"}
FILES = {
    "train": ("Development set.csv", "development_set.csv"),
    "test": ("Test set - Gold labels.csv", "test_set_gold_labels.csv"),
}
CORRELATIONS = [of_part(part, pearson) for part in PARTS]


def load(files: Files) -> Splits:
    """Load the development set and the test set, with the means of their ratings."""
    return {"train": _rows(files, "train"), "test": _rows(files, "test")}


def _rows(files: Files, split: str) -> list[Example]:
    path = local(files, "emotivita", *FILES[split])
    return [
        Example(
            f"{split}/{row.name('id')}",
            row.text("text"),
            tuple(row.score(column, SCALE) for column in PARTS.values()),
        )
        for row in _evalita.table(path, "id", "text", *PARTS.values())
    ]


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Write `id,V,A,D`."""
    rows = [(_evalita.published(id_), *_parts(answer)) for id_, answer in answers.items()]
    table = _evalita.as_csv(("id", *PARTS.values()), rows)
    return {"TEAM_SubtaskB_unconstrained_run1.csv": table}


def _parts(answer: Answer) -> tuple[object, ...]:
    assert isinstance(answer, tuple)
    return answer


TASK = Task(
    name="emotivita",
    output=Fields("{valence} {arousal} {dominance}", **dict.fromkeys(PARTS, SCALE)),
    load=load,
    metrics=(
        mean_of("mean_pearson", *CORRELATIONS),
        *CORRELATIONS,
        *(of_part(part, metric) for part in PARTS for metric in (spearman, rmse)),
    ),
    prompt=_evalita.prompt(_evalita.INSTRUCTIONS["emotivita"]),
    submission=submission,
    licence="not stated",
    citation="Gafà, G., Cutugno, F. and Venuti, M. (2023). EmotivITA at EVALITA2023: Overview of "
    "the Dimensional and Multidimensional Emotion Analysis Task. EVALITA 2023, CEUR Workshop "
    "Proceedings 3473.",
    source="emotivita",
    language="it",
    how_to_get_data="Development set.csv and Test set - Gold labels.csv, in DIR/evalita/emotivita/",
)
