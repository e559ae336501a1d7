"""Corrected tests of whole boards: false alarms, the power at the detectable difference, and ties
with the best.

Run: python -m perf.simulate best [REPETITIONS].
"""

from collections.abc import Sequence

import numpy as np

from bench.scoring.best import below_best
from bench.scoring.seed_noise import SeedParts
from bench.scoring.significance import Comparison, Spread, compare, detectable
from perf.simulate._families import Made, Setting, World, table

ALPHA = 0.05
STEADY = Setting(ratio=0.0, examples=500)
NOISY = Setting(ratio=1.0, examples=500)


def compared(entries: Sequence[Made], setting: Setting) -> Comparison:
    """Test all pairs of entries as a board does."""
    points, draws = table(entries)
    return compare(points, draws, seeds=_noise(entries), units=setting.examples)


def _noise(entries: Sequence[Made]) -> SeedParts | None:
    several = all(len(entry.scores) > 1 for entry in entries)
    return SeedParts.of([entry.noise for entry in entries]) if several else None


def false_alarms(entries: int, *, seeds: int, repetitions: int) -> tuple[float, float]:
    """Return the share of boards of equally good entries on which any pair is called different, and
    that share without the noise of seeds, as it was."""
    setting = NOISY if seeds > 1 else STEADY
    world, found = World(setting, 0), []
    for _ in range(repetitions):
        board = world.test([seeds] * entries)
        blind = compare(*table(board), units=setting.examples)
        seeing = compared(board, setting)
        found.append(((seeing.holm_p < ALPHA).any(), (blind.holm_p < ALPHA).any()))
    now, before = np.mean(found, axis=0).tolist()
    return now, before


def printed(entries: int, *, seeds: int, start: int = 0) -> tuple[float, float]:
    """Return the detectable difference of a board of equally good entries, and the 2.8 standard
    errors that were printed before."""
    setting = NOISY if seeds > 1 else STEADY
    world = World(setting, start)
    at, found = np.triu_indices(entries, 1), []
    for _ in range(60):
        tests = compared(world.test([seeds] * entries), setting)
        spread = Spread(tests.se[at], tests.df[at])
        found.append((detectable(spread, len(at[0])), 2.8 * float(np.median(tests.se[at]))))
    now, before = np.median(found, axis=0).tolist()
    return now, before


def power(
    entries: int, difference: float, *, seeds: int, repetitions: int, start: int = 0
) -> float:
    """Return how often an entry that is worse by that much is told from one of the others, which
    are equally good."""
    setting = NOISY if seeds > 1 else STEADY
    world, found = World(setting, start), []
    apart = [-difference / 2] + [difference / 2] * (entries - 1)
    for _ in range(repetitions):
        tests = compared(world.test([seeds] * entries, apart), setting)
        found.append(np.mean(tests.holm_p[0, 1:] < ALPHA))
    return float(np.mean(found))


def ties(apart: Sequence[float], *, seeds: int, repetitions: int) -> tuple[float, float, float]:
    """Return how often the true best, the first, shares the top; the share of the others that do,
    by comparisons with the best; and that share by Holm's correction over all pairs."""
    setting = NOISY if seeds > 1 else STEADY
    world, found = World(setting, 0), []
    for _ in range(repetitions):
        entries = world.test([seeds] * len(apart), apart)
        points, draws = table(entries)
        below = below_best(points, draws, seeds=_noise(entries), units=setting.examples)
        holm_p = compared(entries, setting).holm_p
        others = (holm_p[int(np.argmax(points))] >= ALPHA)[1:].mean()
        found.append((not below[0], (~below[1:]).mean(), others))
    first, rest, before = np.mean(found, axis=0).tolist()
    return first, rest, before


def main(arguments: Sequence[str]) -> None:
    """Print all figures."""
    repetitions = int(arguments[0]) if arguments else 400
    print("false alarms on boards of equally good entries (wanted <= .07), and as it was")
    for entries, seeds in ((8, 1), (30, 1), (8, 3), (30, 3)):
        alarms = false_alarms(entries, seeds=seeds, repetitions=repetitions)
        print(f"  {entries} entries, {seeds} seed(s): {alarms[0]:.3f}, {alarms[1]:.3f}", flush=True)
    print("power at the detectable difference (wanted .80), and at 2.8 standard errors, as it was")
    for entries, seeds in ((2, 1), (8, 1), (30, 1), (8, 3), (30, 3)):
        now, before = printed(entries, seeds=seeds)
        shown = [power(entries, d, seeds=seeds, repetitions=repetitions) for d in (now, before)]
        print(f"  {entries} entries, {seeds} seed(s): {shown[0]:.3f}, {shown[1]:.3f}", flush=True)
    print("true best shares the top (wanted >= .95); others that do; by Holm over all pairs")
    for apart in ([0.0] * 8, [0.0] + [-0.02] * 7, [0.0, 0.0] + [-0.06] * 6):
        for seeds in (1, 3):
            shares = ties(apart, seeds=seeds, repetitions=repetitions)
            told = ", ".join(f"{share:.3f}" for share in shares)
            print(f"  last {apart[-1]:+.2f}, {seeds} seed(s): {told}", flush=True)
