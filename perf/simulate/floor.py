"""The floor over seeds: stratified guessing on a binary task, one guess against its expectation.

Run: python -m perf.simulate floor. Scored as a cell is, with 12 seeds on the same labels.
"""

import time
from collections.abc import Sequence
from functools import partial

import numpy as np

from bench.baseline import TaskData
from bench.baselines.stratified_random import StratifiedRandom
from bench.metrics import accuracy
from bench.metrics.aligned import align
from bench.outputs import SingleLabel
from bench.scoring.evaluate import evaluate
from bench.scoring.guessing import expected, number_of_guesses
from bench.task import Example, Prompt, Task

SEEDS = 12
SIZES = (40, 150, 872, 3000, 20_000)
TASK = Task(
    name="coin",
    output=SingleLabel("yes", "no"),
    load=lambda files: {},
    metrics=(accuracy,),
    prompt=Prompt(instruction="Yes or no?"),
    licence="made up",
    citation="made up",
    source="made up",
)


def floor(seed: int, *, test: int, guesses: bool) -> float:
    """Return the accuracy of the floor on a test split, from labels that are even but for noise."""
    labels = np.random.default_rng(0).choice(["yes", "no"], size=test + 128)
    rows = [Example(f"e{i}", "any text", str(label)) for i, label in enumerate(labels)]
    family = StratifiedRandom()
    family.fit([TaskData(TASK, rows[test:], [])], seed=seed)
    inputs, number = [row.input for row in rows[:test]], number_of_guesses(TASK.output, test)
    aligned = partial(align, TASK.output, rows[:test])
    one = evaluate(TASK, aligned(family.predict(TASK, inputs)), set())
    if not guesses:
        return one.scores["accuracy"]
    drawn = [aligned(guess) for guess in family.guesses(TASK, inputs, number)]
    return expected(TASK, one, drawn, set()).scores["accuracy"]


def spread(*, guesses: bool, test: int = 150) -> float:
    """Return the largest difference of the floor over the seeds."""
    return float(np.ptp([floor(seed, test=test, guesses=guesses) for seed in range(SEEDS)]))


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    print(
        f"{'test':>6} {'guesses':>8} {'one guess':>10} {'expected':>9} {'wanted':>7} {'CPU s':>6}"
    )
    for test in SIZES:
        clock = time.process_time()
        floor(0, test=test, guesses=True)
        seconds = time.process_time() - clock
        one, mean = (spread(guesses=guesses, test=test) for guesses in (False, True))
        number = number_of_guesses(TASK.output, test)
        print(f"{test:6,} {number:8,} {one:10.4f} {mean:9.4f} {'< .005':>7} {seconds:6.2f}")
