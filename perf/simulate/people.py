"""Scores of a model that is as good as a person: against everybody's consensus, as it was, beside
leave-one-out, as each person is scored.

Run: python -m perf.simulate people [REPETITIONS].
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from bench.data.annotations import Annotations
from bench.metrics import accuracy
from bench.metrics.aligned import align
from bench.outputs import SingleLabel
from bench.prediction import Prediction
from bench.scoring.agreement import people
from bench.task import Example, Prompt, Task

ROWS, RIGHT, LABELS = 300, 0.8, ("a", "b", "c")
TASK = Task(
    name="rated",
    output=SingleLabel(*LABELS),
    load=lambda files: {},
    metrics=(accuracy,),
    prompt=Prompt(instruction="?"),
    licence="made up",
    citation="made up",
    source="made up",
)


def scores(raters: int, *, seed: int) -> tuple[float, float, float]:
    """Return the scores of a person, of a model against the consensus of all people, and of the
    model like a person; each answers rightly with probability `RIGHT`."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, ROWS)
    wrong = random.random((raters + 1, ROWS)) > RIGHT
    answers = (truth + wrong * random.integers(1, 3, wrong.shape)) % 3
    columns = [[LABELS[k] for k in row] for row in answers]
    ids = [f"{seed} {i:04}" for i in range(ROWS)]
    said = list(zip(*columns[:-1], strict=True))
    gold = [Counter(each).most_common(1)[0][0] for each in said]
    test = [Example(i, "", g) for i, g in zip(ids, gold, strict=True)]
    scored = align(TASK.output, test, [Prediction(value) for value in columns[-1]])
    facts = people(TASK, Annotations(dict(zip(ids, said, strict=True)), {}), scored)
    assert facts is not None and facts.model_score is not None
    return facts.score, accuracy.point(scored), facts.model_score


def main(arguments: Sequence[str]) -> None:
    """Print the mean scores for several numbers of people."""
    repetitions = int(arguments[0]) if arguments else 20
    print("people  person  model against all  model like a person (wanted: the person's)")
    for raters in (3, 5, 9):
        found = [scores(raters, seed=k) for k in range(repetitions)]
        person, whole, alike = np.mean(found, axis=0)
        print(f"{raters:6}  {person:6.3f}  {whole:17.3f}  {alike:.3f}", flush=True)
