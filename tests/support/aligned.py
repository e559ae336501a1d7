"""Made-up gold answers with predictions."""

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Prediction
from bench.metrics.aligned import Scored, align
from bench.outputs import Answer, MultiLabel, Output, Regression, SingleLabel, Span, Spans
from bench.task import Example

LABELS = ("a", "b", "c", "d")


def scored(
    output: Output,
    gold: list[Answer],
    value: list[Answer | None],
    scores: NDArray[np.float64] | None = None,
    texts: list[str] | None = None,
) -> Scored:
    """Test rows with predictions, in the order given."""
    rows = [
        Example(f"{i:05d}", texts[i] if texts else "text", target) for i, target in enumerate(gold)
    ]
    given = [None] * len(gold) if scores is None else [tuple(row) for row in scores.tolist()]
    return align(output, rows, [Prediction(v, s) for v, s in zip(value, given, strict=True)])


def single(seed: int, rows: int = 300, unparsed: float = 0.0) -> Scored:
    """Random labels, scores with ties, the prediction their largest."""
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, len(LABELS), rows)
    raw = np.round(rng.random((rows, len(LABELS))), 1) + 0.1
    raw[np.arange(rows), gold] += 0.3
    shares = raw / raw.sum(axis=1, keepdims=True)
    value: list[Answer | None] = [LABELS[k] for k in shares.argmax(axis=1)]
    value = [None if rng.random() < unparsed else v for v in value]
    return scored(SingleLabel(*LABELS), [LABELS[k] for k in gold], value, shares)


def sets(seed: int, rows: int = 200) -> Scored:
    rng = np.random.default_rng(seed)
    gold, shares = rng.random((rows, 4)) < 0.3, np.round(rng.random((rows, 4)), 2)

    def named(table: NDArray[np.bool_]) -> list[Answer]:
        return [
            frozenset(label for label, has in zip(LABELS, row, strict=True) if has) for row in table
        ]

    return scored(MultiLabel(*LABELS), named(gold), [*named(shares > 0.6)], shares)


def numbers(seed: int, rows: int = 200) -> Scored:
    rng = np.random.default_rng(seed)
    gold = np.round(rng.uniform(-4, 4, rows), 1)
    value = np.round(gold + rng.normal(0, 1, rows), 1)
    return scored(Regression(-4, 4), [*gold.tolist()], [*value.tolist()])


def spans(seed: int, rows: int = 60) -> Scored:
    rng = np.random.default_rng(seed)

    def some() -> Answer:
        found = [Span(k * 6, k * 6 + 5, LABELS[rng.integers(0, 2)]) for k in range(4)]
        return tuple(span for span in found if rng.random() < 0.5)

    text = "alpha bravo delta gamma omega"
    gold, value = [some() for _ in range(rows)], [some() for _ in range(rows)]
    return scored(Spans("a", "b"), gold, [*value], texts=[text] * rows)
