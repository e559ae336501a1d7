"""The recommendation on tests cut to a few examples, where the whole test says what is true.

Run: python -m perf.simulate recommendation [REPEATS [PAGE]]. The paired answers, right or wrong,
come from the payload of docs/leaderboard.html: its tasks of 700 test examples or more, its families
with their costs. More entries are made of them: variants of a family, of the kinds in `VARIANTS`,
that differ in at least 6 % of the answers, at other costs.

Nine tasks are nine truths, in most of which the best two lie within the margin: whether stated
probabilities hold is asked of boards whose families were moved at random, by `MOVED`.
"""

import base64
import json
import re
import sys
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.leaderboard.recommendation.noise import Scores, noise
from bench.leaderboard.recommendation.posterior import true_scores
from bench.leaderboard.recommendation.rule import choose, losses

Floats = NDArray[np.float64]
Taken = tuple[float, float, float]
PAGE = Path(__file__).parents[2] / "docs" / "leaderboard.html"
SMALLEST = 700
MARGIN = 0.02
DRAWS = 1000
SIZES = (23, 50, 150, 872)
ENTRIES = (8, 30, 100)
WANTED = {23: 0.016, 50: 0.010, 150: 0.006, 872: 0.004}
"""Largest mean regret that is asked for, by test size."""
MOVED = 0.02
"""Standard deviation of what a family's accuracy is changed by, where families are moved."""
VARIANTS: Mapping[str, Callable[[np.random.Generator], float]] = {
    "alike": lambda random: random.normal(0, 0.01),
    "worse": lambda random: -random.exponential(0.03),
    "at the margin": lambda random: random.normal(-0.02, 0.01),
    "junk": lambda random: -random.uniform(0.05, 0.3),
}
"""What a variant's accuracy differs by from its family's, by kind of variants."""


@dataclass(frozen=True)
class Board:
    """A task with the answers of its entries.

    Args:
        right: (n, examples) whether each answer is right.
        costs: (n,) seconds to fit and to predict 1,000 texts.
        families: (n,) the family of each entry.
    """

    right: NDArray[np.bool_]
    costs: Floats
    families: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """What one rule came to, over tasks and repeats.

    Args:
        regret: mean loss of accuracy against the best entry.
        cost: geometric mean of the cost over that of the cheapest entry within the margin.
        stated: probabilities of being within the margin, as stated for the entries taken.
        true: whether they were.
    """

    regret: float
    cost: float
    stated: Floats
    true: Floats


def boards(page: Path = PAGE) -> list[Board]:
    """Return the tasks of a page with at least `SMALLEST` examples, without floor entries."""
    found = re.search(r'id="data">([^<]*)<', page.read_text())
    assert found, f"{page} holds no payload"
    data = json.loads(zlib.decompress(base64.b64decode(found[1])))
    return [board for task in range(len(data["tasks"])) if (board := _board(data, task))]


def _board(data: dict[str, Any], task: int) -> Board | None:
    kept = [
        (row["short"], data["right"][anchor], data["costs"][i][task]["total"])
        for i, row in enumerate(data["rows"])
        if not row["floor"] and (anchor := f"{row['id']}-{task}") in data["right"]
    ]
    if not kept:
        return None
    bits = np.array([np.unpackbits(np.frombuffer(bytes.fromhex(b), np.uint8)) for _, b, _ in kept])
    # The last byte is padded with zeros: trailing examples that nobody got right go with it.
    right = bits[:, : np.flatnonzero(bits.any(axis=0)).max() + 1].astype(bool)
    if right.shape[1] < SMALLEST:
        return None
    return Board(right, np.array([cost for *_, cost in kept]), tuple(name for name, *_ in kept))


def moved(board: Board, random: np.random.Generator) -> Board:
    """Return the board with each entry's accuracy changed at random, as if on another task."""
    right = [_changed(one, random.normal(0, MOVED), random) for one in board.right]
    return Board(np.array(right), board.costs, board.families)


def with_variants(board: Board, entries: int, kind: str, random: np.random.Generator) -> Board:
    """Return the board with variants of its families, of one kind, up to a number of entries."""
    more = entries - len(board.costs)
    if more <= 0:
        return board
    of = random.integers(0, len(board.costs), more)
    made = [_changed(board.right[i], VARIANTS[kind](random), random) for i in of]
    costs = board.costs[of] * np.exp(random.normal(0, 0.5, more))
    return Board(
        np.concatenate([board.right, np.array(made)]),
        np.concatenate([board.costs, costs]),
        (*board.families, *(board.families[i] for i in of)),
    )


def _changed(
    right: NDArray[np.bool_], change: float, random: np.random.Generator
) -> NDArray[np.bool_]:
    """Return answers that differ in at least 6 % and whose accuracy is expected to change so."""
    share, half = right.mean(), max(0.03, abs(change) / 2 + 0.01)
    lost = np.clip(half - change / 2, 0, 1) / max(share, half)
    won = np.clip(half + change / 2, 0, 1) / max(1 - share, half)
    chance = random.random(len(right))
    return np.asarray(np.where(right, chance >= lost, chance < won))


def measured(board: Board, size: int, random: np.random.Generator) -> Scores:
    """Return the scores on a test of so many examples, drawn from all."""
    picks = random.choice(board.right.shape[1], size)
    seen = board.right[:, picks].astype(np.float64)
    weights = random.multinomial(size, np.full(size, 1 / size), size=DRAWS)
    nothing = np.zeros(len(seen))
    return Scores(
        points=seen.mean(axis=1),
        draws=seen @ weights.T / size,
        seed_variance=nothing,
        seed_df=np.full(len(seen), np.inf),
        families=board.families,
        units=size,
        width=1.0,
    )


def simulate(
    size: int,
    entries: int,
    repeats: int,
    *,
    kind: str = "worse",
    other_tasks: bool = False,
    seed: int = 0,
    page: Path = PAGE,
) -> dict[str, Figures]:
    """Return the figures of our rule, and of taking the cheapest within .02 of the best score.

    Args:
        size: number of test examples.
        entries: number of entries of a board.
        repeats: number of boards made of each task.
        kind: the kind of variants, of `VARIANTS`.
        other_tasks: whether families are moved at random.
        seed: of all random numbers.
        page: the page with the answers.
    """
    random = np.random.default_rng([seed, size, entries, other_tasks])
    ours, theirs = [], []
    for board in boards(page):
        for _ in range(repeats if size <= board.right.shape[1] else 0):
            base = moved(board, random) if other_tasks else board
            one, other = _taken(with_variants(base, entries, kind, random), size, random)
            ours.append(one)
            theirs.append(other)
    return {"ours": _figures(ours), "within .02 of the best score": _figures(theirs)}


def _taken(board: Board, size: int, random: np.random.Generator) -> tuple[Taken, Taken]:
    """Return regret, cost over the cheapest good entry's, and the stated probability, by rule."""
    scores = measured(board, size, random)
    truth = board.right.mean(axis=1)
    regret = truth.max() - truth
    oracle = board.costs[regret <= MARGIN].min()
    found = losses(true_scores(scores, noise(scores, random), random), MARGIN)
    at = choose(found, board.costs.tolist(), MARGIN)
    near = np.flatnonzero(scores.points >= scores.points.max() - MARGIN)
    by_point = near[np.argmin(board.costs[near])]
    return (
        (regret[at], board.costs[at] / oracle, found.within[at]),
        (regret[by_point], board.costs[by_point] / oracle, np.nan),
    )


def _figures(found: Sequence[Taken]) -> Figures:
    regret, cost, stated = np.array(found).T
    within = (regret <= MARGIN + 1e-9).astype(np.float64)
    return Figures(float(regret.mean()), float(np.exp(np.log(cost).mean())), stated, within)


def tenths(figures: Figures) -> list[tuple[float, float, int]]:
    """Return mean stated probability, share that was true, and count, for each tenth."""
    which = np.minimum((figures.stated * 10).astype(int), 9)
    return [
        (float(figures.stated[which == k].mean()), float(figures.true[which == k].mean()), n)
        for k in range(10)
        if (n := int((which == k).sum()))
    ]


def main(arguments: Sequence[str]) -> None:
    """Print regret and cost of both rules, and stated against true probabilities."""
    repeats = int(arguments[0]) if arguments else 20
    page = Path(arguments[1]) if len(arguments) > 1 else PAGE
    cells = [
        (size, entries, kind, other)
        for size, entries, other in product(SIZES, ENTRIES, (False, True))
        for kind in (VARIANTS if entries > min(ENTRIES) else ["alike"])
    ]
    print("test  entries  variants       tasks  regret (wanted)   cost | by score: regret   cost")
    stated = []
    with ProcessPoolExecutor() as pool:
        for cell, (one, by_score) in zip(
            cells, pool.map(partial(_cell, repeats, page), cells), strict=True
        ):
            size, entries, kind, other = cell
            stated += [one] if other else []
            print(
                f"{size:4}  {entries:7}  {kind:13}  {'moved' if other else 'real ':5}  "
                f"{one.regret:.4f} ({WANTED[size]:.3f})  {one.cost:5.2f} |"
                f"            {by_score.regret:.4f}  {by_score.cost:5.2f}",
                flush=True,
            )
    for few, name in ((0, "all sizes"), (30, "50 examples or more")):
        sizes = [size for size, *_, other in cells if other]
        kept = [one for one, size in zip(stated, sizes, strict=True) if size > few]
        whole = Figures(
            0, 0, np.concatenate([f.stated for f in kept]), np.concatenate([f.true for f in kept])
        )
        print(f"stated / true (count), families moved, all entries and kinds, {name}:")
        print("  ".join(f"{p:.2f}/{t:.2f} ({n})" for p, t, n in tenths(whole)))


def _cell(repeats: int, page: Path, cell: tuple[int, int, str, bool]) -> tuple[Figures, Figures]:
    size, entries, kind, other = cell
    one, by_score = simulate(
        size, entries, repeats, kind=kind, other_tasks=other, page=page
    ).values()
    return one, by_score


if __name__ == "__main__":
    main(sys.argv[1:])
