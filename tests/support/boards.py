"""Odd and ordinary boards by name, for tests of what is said about each."""

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Limit, Outside
from bench.store.store import StoredResult
from tests.support.costs import spent
from tests.support.fakes import fake_draws, fake_multi, fake_result, fake_scores

QUICK = Limit(train=128, test=150)


def entry(
    name: str,
    score: float,
    fit: float = 1.0,
    *,
    task: str = "reviews",
    noise: float = 0.02,
    facts: dict[str, Any] | None = None,
    **changes: Any,
) -> StoredResult:
    """Return a result.

    Args:
        name: its baseline.
        score: its main metric.
        fit: seconds to fit; to answer 1,000 texts takes two more.
        task: its task.
        noise: standard error of the score, most of it shared with the others of the task.
        facts: fields of the task's scores to replace.
        changes: fields of the result to replace.
    """
    fields = {"seeded": False, "cost": spent(fit), **changes}
    scores = fake_scores(task, score, **(facts or {}))
    return fake_result(
        name,
        task,
        score,
        scores=scores,
        draws=fake_draws(task, score, own=name, noise=noise),
        **fields,
    )


def board(*results: StoredResult) -> Leaderboard:
    """Return the leaderboard of some results."""
    return compute(results, [])


def floor(task: str = "reviews", score: float = 0.3, **changes: Any) -> StoredResult:
    """Return a floor entry."""
    return entry("majority", score, 0.0, task=task, **changes)


def _smaller(metric: str, **scores: float) -> Leaderboard:
    return board(
        *(
            entry(name, score, 90.0 if name == "bert" else 1.0, facts={"metric": metric})
            for name, score in scores.items()
        )
    )


def _margin(metric: str, margin: float, **scores: float) -> Leaderboard:
    from bench.records import MetricDirection

    way = MetricDirection(greater_is_better=False, perfect=None, margin=margin)
    facts = {"metric": metric, "way": way}
    return board(
        *(
            entry(name, score, 90.0 if name == "bert" else 1.0, facts=facts)
            for name, score in scores.items()
        )
    )


def _many_classes() -> Leaderboard:
    labels = tuple(f"class {i}" for i in range(60))
    few = fake_scores("tickets", 0.16, labels=labels, test=600)
    every = few.data.model_copy(update={"train": 2000, "validation": 400})
    small = {"labels": labels, "test": 600}
    whole = {**small, "data": every}
    limit = Limit(train=128)
    return board(
        entry("majority", 0.01, 0.0, task="tickets", facts=small, limit=limit),
        entry("naive_bayes", 0.16, task="tickets", facts=small, limit=limit),
        entry("bert", 0.4, 90.0, task="tickets", facts=small, limit=limit),
        entry("majority", 0.01, 0.0, task="tickets", facts=whole, full_data_row=True),
        entry("naive_bayes", 0.15, task="tickets", facts=whole, full_data_row=True),
    )


def _few_labels() -> Leaderboard:
    labels = tuple(f"class {i}" for i in range(60))
    facts = {"labels": labels, "test": 600}
    return board(
        entry("majority", 0.01, 0.0, task="tickets", facts=facts),
        entry("naive_bayes", 0.16, task="tickets", facts=facts),
    )


def _outside(name: str, score: float) -> StoredResult:
    made = Outside(file="answers.csv", sha256="0" * 64)
    return entry(name, score, cost=None, outside=made)


def _seeds() -> Leaderboard:
    lstm = [entry("lstm", 0.8 + 0.02 * i, 30.0, seed=i, seeded=True) for i in range(3)]
    bert = [entry("bert", 0.82, 90.0, seed=i, seeded=True) for i in (0, 7)]
    return board(floor(), *lstm, *bert, entry("qlora", 0.81, 60.0, seed=5, seeded=True))


def _two_tasks(second: int) -> Leaderboard:
    facts = {"test": second}
    return board(
        *(floor(task, facts=f) for task, f in (("reviews", {}), ("tiny", facts))),
        *(
            entry(name, score, fit, task=task, facts=f)
            for name, score, fit in (("naive_bayes", 0.79, 1.0), ("bert", 0.8, 90.0))
            for task, f in (("reviews", {}), ("tiny", facts))
        ),
    )


def _shared_fit() -> Leaderboard:
    shared = [entry("qlora", 0.8, 200.0, task=task) for task in ("x", "y")]
    return board(
        *(floor(task) for task in ("x", "y")),
        *(entry("bert", 0.8, 140.0, task=task) for task in ("x", "y")),
        fake_multi(*shared),
    )


BOARDS: dict[str, Callable[[], Leaderboard]] = {
    "nothing": board,
    "one entry": lambda: board(entry("bert", 0.8)),
    "one entry above guessing": lambda: board(floor(), entry("bert", 0.8)),
    "all tied": lambda: board(
        floor(), *(entry(name, 0.8, fit) for name, fit in (("a", 90.0), ("b", 50.0), ("c", 1.0)))
    ),
    "all tied and alike in cost": lambda: board(floor(), *(entry(name, 0.8) for name in "abc")),
    "clear": lambda: board(floor(), entry("bert", 0.8, 90.0), entry("lstm", 0.6)),
    "cheap and near": lambda: board(floor(), entry("bert", 0.8, 90.0), entry("lstm", 0.79)),
    "noisy": lambda: board(
        floor(),
        entry("bert", 0.8, 90.0, noise=0.1),
        entry("lstm", 0.79, noise=0.1),
        entry("naive_bayes", 0.7, 0.1, noise=0.1),
    ),
    "no floor": lambda: board(entry("bert", 0.8, 90.0), entry("lstm", 0.79)),
    "nothing beats guessing": lambda: board(
        floor(), entry("bert", 0.31, noise=0.1), entry("lstm", 0.2, noise=0.1)
    ),
    "one test example": lambda: board(
        *(entry(name, score, facts={"test": 1}) for name, score in (("majority", 0.0), ("a", 1.0)))
    ),
    "29 test examples": lambda: board(
        *(entry(n, s, facts={"test": 29}) for n, s in (("majority", 0.3), ("a", 0.8), ("b", 0.7)))
    ),
    "seeds differ": _seeds,
    "a limit of its own": lambda: board(
        floor(limit=QUICK),
        entry("bert", 0.8, 90.0, limit=QUICK),
        entry("lstm", 0.83, 20.0, limit=Limit(train=1000, test=150)),
    ),
    "only floors": lambda: board(floor(), entry("stratified_random", 0.31)),
    "one floor": lambda: board(floor()),
    "only failures": lambda: board(fake_result(status="failed", reason="ValueError: no")),
    "only outside": lambda: board(_outside("theirs", 0.8), _outside("others", 0.7)),
    "outside and own": lambda: board(floor(), _outside("theirs", 0.8), entry("bert", 0.7, 90.0)),
    "log loss": lambda: _smaller("log_loss", majority=0.69, bert=0.2, lstm=0.21),
    "error without margin": lambda: _smaller("rmse", majority=9.0, bert=2.0, lstm=2.01),
    "error with margin": lambda: _margin("rmse", 0.5, majority=9.0, bert=2.0, lstm=2.2),
    "60 classes": _many_classes,
    "60 classes, no more labels": _few_labels,
    "tiny and not": lambda: _two_tasks(20),
    "two tasks": lambda: _two_tasks(200),
    "shared fit": _shared_fit,
    "no numbers": lambda: board(
        floor(),
        entry("a", 0.8),
        fake_result("b", score=0.5, draws=np.full(400, np.nan, np.float32)),
    ),
}
"""Boards by name."""
