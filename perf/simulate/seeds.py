"""How often equally good families are called different, with the noise of seeds in the test and
without it, as it was.

Run: python -m perf.simulate seeds [REPETITIONS]. The SD over seeds is in standard errors of an
accuracy over the test examples: 1 is common, 1.65 is what the least steady families had.
"""

from collections.abc import Sequence

import numpy as np

from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import compare
from perf.simulate._families import Setting, World, table

ALPHA = 0.05
SEEDS = ((3, 3), (5, 5), (3, 1), (1, 1))
WANTED = {(3, 3): 0.08, (5, 5): 0.08, (3, 1): 0.08, (1, 1): 0.07}
"""Largest shares; 1 v 1 is two seeds of one family."""
UNEVEN = 0.7
"""How the SDs over seeds differ among the tasks of a family in the shipped pages: their logarithms
have about this standard deviation beyond chance."""


def type_one(
    seeds: tuple[int, int], *, ratio: float, repetitions: int, uneven: float = 0.0
) -> tuple[float, float]:
    """Return the shares of pairs called different at 5 %: without the noise of seeds, and with."""
    setting = Setting(ratio=ratio, uneven=uneven)
    world, found = World(setting, 0), []
    for _ in range(repetitions):
        entries = world.test(seeds)
        points, draws = table(entries)
        noise = SeedParts.of(world.noises(entries))
        blind = compare(points, draws, units=setting.examples)
        seeing = compare(points, draws, seeds=noise, units=setting.examples)
        found.append((blind.p[0, 1] < ALPHA, seeing.p[0, 1] < ALPHA))
    before, now = np.mean(found, axis=0).tolist()
    return before, now


def main(arguments: Sequence[str]) -> None:
    """Print the shares for several numbers of seeds, and of two seeds of one family."""
    repetitions = int(arguments[0]) if arguments else 2000
    print("seeds   SD/SE  uneven  examples alone  with seeds  wanted")
    for ratio, uneven in ((1.0, 0.0), (1.65, 0.0), (1.0, UNEVEN)):
        for seeds in SEEDS:
            before, now = type_one(seeds, ratio=ratio, repetitions=repetitions, uneven=uneven)
            told = f"{seeds[0]} v {seeds[1]}   {ratio:4.2f}  {uneven:6.1f}"
            told = f"{told}  {before:14.3f}  {now:10.3f}"
            print(f"{told}  <= {WANTED[seeds]:.2f}", flush=True)
