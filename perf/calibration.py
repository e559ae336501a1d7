"""Calibration examples of naive_bayes on starter tasks: their cost in seconds, and in score where a
part of the labelled examples is reserved for them instead.

Run: python perf/calibration.py [SEEDS [TASK …]]. The same examples, drawn by each seed, are learnt
from whole (cross-fitted, as shipped) and without a fifth (reserved, as costly families do it).
"""

import sys
from typing import ClassVar

import numpy as np

from bench.baselines.naive_bayes import NaiveBayes
from bench.data.prepare import PreparedTask, prepare
from bench.metrics.aligned import align
from bench.records import Limit
from bench.registry import Registry
from bench.runs.cells.fit_predict import CellTask, answer
from bench.runs.cells.meter import Meter
from bench.runs.planning.row_selection import choose
from bench.runs.planning.run_spec import Run

TASKS = (
    "vader_tweets",
    "vader_movies",
    "vader_intensity",
    "reuters_r8",
    "bbc_news",
    "newsgroups20",
)
SIZES = (128, 512, None)


class Reserving(NaiveBayes):
    """Naive Bayes that gives up a part of its examples, as a costly family does."""

    full_data_entry: ClassVar[bool] = False


def measured(
    family: type[NaiveBayes], prepared: PreparedTask, train: int | None, seed: int
) -> tuple[float, float, float]:
    """Return the score, and the processor seconds of the fit and of the calibration examples."""
    chosen = choose(prepared, train, None, seed)
    run = Run(
        key="0" * 64,
        ingredients={},
        baseline="naive_bayes",
        params={},
        changed={},
        seed=seed,
        seeded=True,
        limit=Limit(train=train),
        profile="full",
        tasks=(chosen,),
    )
    cell, meter = CellTask(prepared.task, chosen, prepared.rows), Meter(1)
    (found,) = answer(run, family, [cell], meter).answers
    scored = align(prepared.task.output, cell.pick(chosen.test), found.test)
    score = prepared.task.all_metrics[0].point(scored)
    return score, meter.fit.cpu or meter.fit.wall, meter.calibration.cpu or meter.calibration.wall


def main() -> None:
    """Print a line for each task and size."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    names = sys.argv[2:] or TASKS
    tasks = prepare(names, Registry("tasks")).tasks
    print(f"{'task':<16}{'labelled':>9}  whole  a fifth less  difference    fit s  five fits s")
    for name in names:
        for train in SIZES:
            drawn = range(seeds if train else 1)
            whole, less = (
                np.array([measured(family, tasks[name], train, seed) for seed in drawn])
                for family in (NaiveBayes, Reserving)
            )
            gap = less[:, 0] - whole[:, 0]
            error = gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else float("nan")
            means = whole.mean(axis=0)
            print(
                f"{name:<16}{train or 'all':>9}  {means[0]:.3f}  {less[:, 0].mean():12.3f}  "
                f"{gap.mean():+.3f} ± {error:.3f}  {means[1]:6.2f}  {means[2]:11.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
