"""Results by which a row is recommended."""

from bench.records import DataFacts, Limit
from bench.store.store import StoredResult
from tests.support.costs import spent
from tests.support.fakes import fake_draws, fake_result, fake_scores

Row = tuple[float, float]
"""Score, and seconds to fit."""


def results(task: str = "reviews", noise: float = 0.02, **rows: Row) -> list[StoredResult]:
    """A floor at .3 and rows with their scores and costs; more noise makes ties."""
    every = {"majority": (0.3, 0.0), **rows}
    return [
        fake_result(
            name,
            task,
            score,
            cost=spent(fit),
            seeded=False,
            draws=fake_draws(task, score, own=name, noise=noise),
        )
        for name, (score, fit) in every.items()
    ]


def at_size(name: str, train: int, score: float, half: float, metric: str) -> StoredResult:
    """A row that learnt from so many rows, its interval that wide to either side."""
    facts = fake_scores("reviews", score, metric=metric)
    data = DataFacts(**{**facts.data.model_dump(), "train": train, "validation": 0})
    update = {"data": data, "intervals": {metric: (score - half, score + half)}}
    scores = facts.model_copy(update=update)
    limit = Limit(train=train)
    return fake_result(name, scores=scores, limit=limit, variant=f"train={train}")
