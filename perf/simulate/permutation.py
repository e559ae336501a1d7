"""Share of pairs of equally good entries that tests at 5 % tell apart by macro-F1, on a long tail,
and of four such entries that are called below the best.

Run: python -m perf.simulate permutation [REPETITIONS]. Examples are drawn from Reuters R52; all
entries answer each as the same `naive_bayes` would to another text of that label, or alike. The
bootstrap's test divides the difference by the standard deviation of its paired draws. The test
against the floor is one of a pair.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np

from bench.metrics import macro_f1
from bench.metrics.aligned import Scored
from bench.scoring.best import below_best
from bench.scoring.evaluate import replicates
from bench.scoring.permutation import permutation_p
from perf.simulate.intervals import split_of

APART = 0.25
"""Share of examples for which the second entry's answer is drawn anew."""


def boards(kind: str, rows: int, entries: int, repetitions: int) -> Iterator[list[Scored]]:
    """Yield boards of equally good entries."""
    cells = json.loads(Path(__file__).with_name("reuters_r52.json").read_text())[kind]
    label, value, count = np.array(cells).T
    label, value = np.repeat(label, count), np.repeat(value, count)
    random = np.random.default_rng(0)
    alike = [value[label == k] for k in range(52)]
    for _ in range(repetitions):
        gold = random.choice(label, rows)
        one, *others = (np.array([random.choice(alike[k]) for k in gold]) for _ in range(entries))
        first = split_of(gold, one, labels=52)
        anew = [np.where(random.random(rows) < APART, new, one) for new in others]
        # The draws follow from the ids, and must be the same for all.
        yield [first, *(replace(split_of(gold, v, labels=52), ids=first.ids) for v in anew)]


def below(board: Sequence[Scored]) -> tuple[float, float]:
    """Return the share of entries called below the best: by the draws alone, and by both tests."""
    points = np.array([macro_f1.point(entry) for entry in board])
    draws = np.array([replicates([macro_f1], entry)["macro_f1"] for entry in board])

    def chance(first: int, second: int) -> float:
        return permutation_p(macro_f1, [board[first]], [board[second]], permutations=999)

    found = [below_best(points, draws, units=board[0].units, chance=c) for c in (None, chance)]
    return float(found[0].mean()), float(found[1].mean())


def bootstrap_p(first: Scored, second: Scored) -> float:
    """Return the p-value of the paired difference over the standard deviation of its draws."""
    from scipy.special import stdtr

    draws = [replicates([macro_f1], part)["macro_f1"] for part in (first, second)]
    apart = macro_f1.point(first) - macro_f1.point(second)
    error = float(np.std(draws[0] - draws[1], ddof=1))
    return float(2 * stdtr(first.units - 1, -abs(apart) / error)) if error else 1.0


def main(arguments: Sequence[str]) -> None:
    """Print the share of pairs that both tests tell apart, and the time of one permutation test."""
    repetitions = int(arguments[0]) if arguments else 300
    print("n      bootstrap  permutation  (wanted: <= .05 + noise)  seconds a pair", flush=True)
    for rows in (50, 150, 872):
        found, seconds = [], 0.0
        for first, second in boards("nbsvm", rows, 2, repetitions):
            start = process_time()
            p = permutation_p(macro_f1, [first], [second], permutations=999)
            seconds += process_time() - start
            found.append((bootstrap_p(first, second) < 0.05, p <= 0.05))
        before, now = np.mean(found, axis=0)
        print(
            f"{rows:4}  {before:10.3f}  {now:11.3f}  {'':24}  {seconds / repetitions:.4f}",
            flush=True,
        )
    print("n      below the best by the draws alone, and by both (wanted: <= .05 + noise)")
    for rows in (50, 150, 872):
        shares = np.mean([below(board) for board in boards("nbsvm", rows, 4, repetitions)], axis=0)
        print(f"{rows:4}  {shares[0]:10.3f}  {shares[1]:11.3f}", flush=True)
