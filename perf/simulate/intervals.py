"""Coverage of the stored 95 % intervals: percentiles, as they were, beside today's method.

Run: python -m perf.simulate intervals [REPETITIONS] [PART]. Each repetition draws a test split from
a population whose true score is known, and asks whether the interval holds it. With 200
repetitions a share near .90 is known within .04. The long tail is Reuters R52: the confusion
matrices of three kinds of `naive_bayes` on its 2,568 test texts, taken as the population.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.metrics import accuracy, ece, macro_f1, pr_auc, roc_auc
from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.outputs import SingleLabel
from bench.records import IntervalFacts
from bench.scoring.evaluate import replicates
from bench.scoring.intervals import facts_of, interval_of

Random = np.random.Generator
Sampler = Callable[[Random, int], Scored]
LARGE = 200_000
"""Examples of a population that has no formula for its score."""


@dataclass(frozen=True)
class Case:
    """A population with a known score, and the coverage that is wanted of its interval."""

    name: str
    metric: Metric
    draw: Sampler
    truth: float
    sizes: Sequence[int]
    wanted: Sequence[float]


def split_of(
    gold: NDArray[np.int64],
    value: NDArray[np.int64],
    scores: NDArray[np.float64] | None = None,
    *,
    labels: int,
    unit: NDArray[np.int64] | None = None,
) -> Scored:
    """Return a test split of single labels given by index; its ids, and so its bootstrap draws,
    follow from its content."""
    output = SingleLabel(*(f"label {k:02}" for k in range(labels)))
    content = gold.tobytes() + value.tobytes() + (b"" if scores is None else scores.tobytes())
    name = zlib.crc32(content)
    return Scored(
        output=output,
        ids=tuple(f"{name} {i:06}" for i in range(len(gold))),
        texts=("",) * len(gold),
        gold=tuple(output.labels[k] for k in gold),
        value=tuple(output.labels[k] for k in value),
        scores=scores,
        unit=np.arange(len(gold)) if unit is None else unit,
    )


def covered(case: Case, rows: int, repetitions: int, *, seed: int = 0) -> tuple[float, float]:
    """Return the shares of repetitions in which percentiles, and today's interval, hold the true
    score."""
    random, held = np.random.default_rng(seed), []
    for _ in range(repetitions):
        scored = case.draw(random, rows)
        point = case.metric.point(scored)
        draws = replicates([case.metric], scored)[case.metric.name]
        both = [
            interval_of(point, draws, f) for f in (IntervalFacts(), facts_of(case.metric, scored))
        ]
        held.append([bounds.low <= case.truth <= bounds.high for bounds in both])
    before, now = np.mean(held, axis=0)
    return float(before), float(now)


def long_tails() -> Iterator[Case]:
    """Yield macro-F1 on a long tail, for three classifiers."""
    tables = json.loads(Path(__file__).with_name("reuters_r52.json").read_text())
    for name, cells in tables.items():
        gold, value, count = np.array(cells).T
        whole = split_of(np.repeat(gold, count), np.repeat(value, count), labels=52)

        def draw(random: Random, rows: int, whole: Scored = whole) -> Scored:
            at = random.integers(0, len(whole.gold), rows)
            return split_of(whole.gold_index[at], whole.value_index[at], labels=52)

        sizes, wanted = (2568, 872, 150), (0.90, 0.75, 0.0)
        yield Case(f"macro-F1, R52, {name}", macro_f1, draw, macro_f1.point(whole), sizes, wanted)


def even_labels() -> Iterator[Case]:
    """Yield macro-F1 without a long tail."""

    def draw(random: Random, rows: int) -> Scored:
        gold = random.integers(0, 5, rows)
        wrong = random.random(rows) > 0.965
        return split_of(gold, (gold + wrong * random.integers(1, 5, rows)) % 5, labels=5)

    yield Case("macro-F1, 5 even labels", macro_f1, draw, 0.965, (150, 872), (0.90, 0.90))


def _binormal(apart: float, share: float) -> Sampler:
    def draw(random: Random, rows: int) -> Scored:
        gold = (random.random(rows) < share).astype(np.int64)
        gold[:2] = [0, 1]  # an area needs both labels
        score = random.normal(size=rows) + apart * gold
        shares = 1 / (1 + np.exp(-score))
        table = np.stack([1 - shares, shares], axis=1)
        return split_of(gold, (shares > 0.5).astype(np.int64), table, labels=2)

    return draw


def areas() -> Iterator[Case]:
    """Yield ROC-AUC and PR-AUC with few positives; the second is measured on a large sample."""
    from scipy.special import ndtri

    for area, share in ((0.9, 0.5), (0.9, 0.1), (0.98, 0.1)):
        draw = _binormal(float(np.sqrt(2) * ndtri(area)), share)
        name = f"{area} with {share:.0%} positives"
        yield Case(f"ROC-AUC {name}", roc_auc, draw, area, (150, 872), (0.90, 0.90))
        large = pr_auc.point(draw(np.random.default_rng(1), LARGE))
        yield Case(f"PR-AUC, where ROC-AUC {name}", pr_auc, draw, large, (150, 872), (0.0, 0.0))


def groups() -> Iterator[Case]:
    """Yield accuracy in groups of 15 with an intraclass correlation of .5: each group's own
    accuracy has a beta distribution."""

    def draw(random: Random, rows: int) -> Scored:
        own = random.beta(0.8, 0.2, rows // 15).repeat(15)  # ICC 1 / (0.8 + 0.2 + 1)
        value = (random.random(rows) > own).astype(np.int64)
        unit = np.arange(rows) // 15
        return split_of(np.zeros(rows, np.int64), value, labels=2, unit=unit)

    yield Case("accuracy .8 in groups of 15", accuracy, draw, 0.8, (150, 450), (0.90, 0.90))


def _confident(off: float) -> Sampler:
    def draw(random: Random, rows: int) -> Scored:
        sure = np.clip(0.55 + 0.45 * random.beta(6, 2, rows), 0, 0.9999)
        gold = (random.random(rows) > sure - off).astype(np.int64)
        return split_of(gold, np.zeros_like(gold), np.stack([sure, 1 - sure], axis=1), labels=2)

    return draw


def calibration() -> Iterator[Case]:
    """Yield the expected calibration error of a calibrated model and of two that are too sure."""
    for off in (0.0, 0.05, 0.15):
        wanted = (0.90, 0.90, 0.90)
        yield Case(f"ECE {off}", ece, _confident(off), off, (150, 872, 3000), wanted)


PARTS: dict[str, Callable[[], Iterator[Case]]] = {
    "long_tails": long_tails,
    "even_labels": even_labels,
    "areas": areas,
    "groups": groups,
    "calibration": calibration,
}


def main(arguments: Sequence[str]) -> None:
    """Print the table of all parts, or of the one that is named."""
    repetitions = int(arguments[0]) if arguments else 200
    print(f"{'case':44} {'n':>5}  percentiles  today  wanted", flush=True)
    for part in arguments[1:] or PARTS:
        for case in PARTS[part]():
            for rows, wanted in zip(case.sizes, case.wanted, strict=True):
                before, now = covered(case, rows, repetitions)
                goal = f">= {wanted:.2f}" if wanted else "-"
                print(f"{case.name:44} {rows:5}  {before:11.3f}  {now:.3f}  {goal}", flush=True)
