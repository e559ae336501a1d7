"""Scores of a language model's unranked readouts: greedy decoding and sampling."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from bench.example import Example
from bench.metrics.aligned import align
from bench.outputs import Answer
from bench.prediction import GreedyAnswer, Prediction
from bench.records import Irregular, ReadoutScores
from bench.scoring.evaluate import refuse_what_is_not_finite
from bench.task import Task

MOST = 20
"""Largest number of irregular answers that a record lists; the rest is counted."""
LONGEST = 60
"""Largest number of characters of each."""


def readouts(
    task: Task,
    test: Sequence[Example],
    predictions: Sequence[Prediction],
    *,
    others: Sequence[Task] = (),
) -> dict[str, ReadoutScores]:
    """Return the scores of the readouts `greedy` and `sample`, each only if all test examples have
    it.

    Args:
        task: the task with its metrics; those that need label scores are left out.
        test: the test examples.
        predictions: one prediction per example, in the form that gold has.
        others: the other tasks of the run.

    Raises:
        BenchError: a number is not finite.
    """
    scores = {}
    greedy = [p.greedy_answer for p in predictions if p.greedy_answer is not None]
    if greedy and len(greedy) == len(test):
        scores["greedy"] = _greedy(task, test, greedy, others)
    draws = min((len(p.samples) for p in predictions), default=0)
    if draws:
        scores["sample"] = _sample(task, test, [p.samples[:draws] for p in predictions])
    return scores


def _greedy(
    task: Task, test: Sequence[Example], answers: Sequence[GreedyAnswer], others: Sequence[Task]
) -> ReadoutScores:
    unread = [(row, a) for row, a in zip(test, answers, strict=True) if a.value is None]
    labelled = [task_of_run for task_of_run in others if task_of_run.output.labels]
    counts = Counter((shown(a.raw), a.status == "refused") for _, a in unread)
    listed = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return ReadoutScores(
        scores=_scores(task, test, [a.value for a in answers]),
        unparsed=sum(a.status == "unparsed" for _, a in unread),
        refused=sum(a.status == "refused" for _, a in unread),
        irregular=tuple(
            Irregular(answer=answer, refused=refused, count=n) for (answer, refused), n in listed
        ),
        irregular_rest=len(unread) - sum(n for _, n in listed),
        foreign=sum(_is_foreign(a.raw, row.text, labelled) for row, a in unread)
        if labelled
        else None,
    )


def _sample(
    task: Task, test: Sequence[Example], rows: Sequence[Sequence[Answer | None]]
) -> ReadoutScores:
    tables = [_scores(task, test, values) for values in zip(*rows, strict=True)]
    names = list(tables[0])
    columns = {name: [table[name] for table in tables] for name in names}
    several = len(tables) > 1
    return ReadoutScores(
        scores={name: float(np.mean(column)) for name, column in columns.items()},
        sd={n: float(np.std(c, ddof=1)) for n, c in columns.items()} if several else {},
        draws=len(tables),
        unparsed=sum(value is None for values in rows for value in values),
    )


def _scores(
    task: Task, test: Sequence[Example], values: Iterable[Answer | None]
) -> dict[str, float]:
    scored = align(task.output, test, [Prediction(value) for value in values])
    refuse_what_is_not_finite(scored)
    return {m.name: m.point(scored) for m in task.all_metrics if not m.needs_scores}


def _is_foreign(generated: str, text: str, others: Sequence[Task]) -> bool:
    """Return True if generated text consists of one or more labels of another task; an empty set
    does not count."""
    generated = generated.strip()
    return any(bool(o.output.decode(generated, text, words=o.prompt.label_words)) for o in others)


def shown(generated: str) -> str:
    """Return generated text on one line, cut to LONGEST characters, with control characters
    replaced."""
    line = " ".join(generated.split())
    clean = "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 1]}…"
