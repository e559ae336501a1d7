"""The recommendation on tests cut to a few examples, where the whole test says what is true.

Run: python -m perf.simulate recommendation [REPEATS [PAGE]]. The paired answers, right or wrong,
come from the payload of docs/leaderboard.html: its tasks of 700 test examples or more, its families
with their costs. More entries are made of them: variants of a family that differ in 6 % of the
answers and are mostly worse (by .02, SD .01), at other costs.
"""

import base64
import json
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.leaderboard.recommendation.posterior import Scores, noise, true_scores
from bench.leaderboard.recommendation.rule import choose, losses

Floats = NDArray[np.float64]
PAGE = Path(__file__).parents[2] / "docs" / "leaderboard.html"
SMALLEST = 700
MARGIN = 0.02
DRAWS = 1000
SIZES = (23, 50, 150, 872)
ENTRIES = (8, 30, 100)
WANTED = {23: 0.016, 50: 0.010, 150: 0.006, 872: 0.004}
"""Largest mean regret that is asked for, by test size."""


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


def with_variants(board: Board, entries: int, random: np.random.Generator) -> Board:
    """Return the board with variants of its families, up to a number of entries."""
    more = entries - len(board.costs)
    if more <= 0:
        return board
    of = random.integers(0, len(board.costs), more)
    made = np.array([_variant(board.right[i], random) for i in of])
    costs = board.costs[of] * np.exp(random.normal(0, 0.5, more))
    return Board(
        np.concatenate([board.right, made]),
        np.concatenate([board.costs, costs]),
        (*board.families, *(board.families[i] for i in of)),
    )


def _variant(right: NDArray[np.bool_], random: np.random.Generator) -> NDArray[np.bool_]:
    share, change = right.mean(), random.normal(-0.02, 0.01)
    lost = np.clip(0.03 - change / 2, 0, 1) / max(share, 0.03)
    won = np.clip(0.03 + change / 2, 0, 1) / max(1 - share, 0.03)
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
    size: int, entries: int, repeats: int, *, seed: int = 0, page: Path = PAGE
) -> dict[str, Figures]:
    """Return the figures of our rule, and of taking the cheapest within .02 of the best score."""
    random = np.random.default_rng([seed, size, entries])
    ours, theirs = [], []
    for board in boards(page):
        for _ in range(repeats if size <= board.right.shape[1] else 0):
            whole = with_variants(board, entries, random)
            scores = measured(whole, size, random)
            truth = whole.right.mean(axis=1)
            regret = truth.max() - truth
            oracle = whole.costs[regret <= MARGIN].min()
            drawn = true_scores(scores, noise(scores, random), random)
            found = losses(drawn, MARGIN)
            at = choose(found, whole.costs.tolist(), MARGIN)
            ours.append((regret[at], whole.costs[at] / oracle, found.within[at]))
            near = np.flatnonzero(scores.points >= scores.points.max() - MARGIN)
            by_point = near[np.argmin(whole.costs[near])]
            theirs.append((regret[by_point], whole.costs[by_point] / oracle, np.nan))
    return {"ours": _figures(ours), "within .02 of the best score": _figures(theirs)}


def _figures(found: Sequence[tuple[float, float, float]]) -> Figures:
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
    print("test  entries  regret (wanted)   cost | by score: regret  cost | stated/true (count)")
    for size in SIZES:
        for entries in ENTRIES:
            found = simulate(size, entries, max(2, repeats * 8 // entries), page=page)
            one, other = found.values()
            told = "  ".join(f"{p:.2f}/{t:.2f} ({n})" for p, t, n in tenths(one))
            print(
                f"{size:4}  {entries:7}  {one.regret:.4f} ({WANTED[size]:.3f})  {one.cost:5.2f} |"
                f"           {other.regret:.4f} {other.cost:5.2f} | {told}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
