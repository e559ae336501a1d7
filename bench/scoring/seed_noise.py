"""Noise of a score from seeds: what training again with other seeds would change, beyond what the
bootstrap over test examples holds already.

A score over K seeds has the variance V = V_examples + max(0, S2 - I) / K: V_examples is that of the
seeds' mean over the bootstrap draws, S2 the variance over the seeds' scores, and I the part of S2
that the choice of test examples explains. A variance that is estimated from few seeds is told by
its degrees of freedom, for Satterthwaite's approximation (1946).

Three seeds that agree by luck would make the boldest test of a board too sure, and two degrees of
freedom would ask for huge differences. So S2 is moderated (Smyth, Statistical Applications in
Genetics and Molecular Biology 3, 2004): averaged with the variance that is to be expected, each
weighted by its degrees of freedom, which add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.scoring.seed_priors import (
    DF,
    EXPECTED,
    EXPECTED_DF,
    OUTLYING,
    VARIANCES,
    WIDENING,
    WIDEST,
)

Floats = NDArray[np.float64]
Origin = Literal["measured", "borrowed", "prior", "none"]
MOST_DF = 4
"""Most degrees of freedom of a borrowed variance, however many cells it is pooled from: a family's
variances differ among tasks and sizes by more than chance, so that more cells say little more about
one that is not among them."""


_LEAST_SHARE = 0.01
"""Smallest share of a borrowed variance that is kept at an end of the scale."""


@dataclass(frozen=True)
class SeedNoise:
    """The seed noise of an entry on a task.

    Args:
        variance: net variance of ONE seed's score; that of the entry's score is `of_mean`. Where it
            was measured it is moderated.
        df: degrees of freedom of `gross`; infinite where there is no seed noise.
        seeds: the number of seeds that the entry's score is a mean of.
        origin: `measured` from the entry's own seeds, `borrowed` from other cells of its family,
            `prior` from the values shipped with the package, or `none`: a seed changes nothing.
        gross: variance over seeds before the test examples' part is taken off; None: as `variance`.
    """

    variance: float
    df: float
    seeds: int
    origin: Origin
    gross: float | None = None

    @property
    def of_mean(self) -> float:
        """Seed variance of the mean over the seeds."""
        return self.variance / self.seeds

    @property
    def looseness(self) -> float:
        """The seed part's term in the denominator of Satterthwaite's degrees of freedom."""
        gross = self.variance if self.gross is None else self.gross
        return (gross / self.seeds) ** 2 / self.df

    def near(self, score: float) -> "SeedNoise":
        """Return the noise of an entry whose score is truly another, on a scale from 0 to 1.

        A measured one stays. A borrowed one is of scores amid the scale; towards its ends they can
        vary less, as sqrt(s (1 - s)) does (down to a tenth here).
        """
        if self.origin not in ("borrowed", "prior"):
            return self
        share = max(_LEAST_SHARE, 4 * score * (1 - score))
        gross = None if self.gross is None else self.gross * share
        return replace(self, variance=self.variance * share, gross=gross)


@dataclass(frozen=True)
class SeedParts:
    """The seed noise of several scores or differences, as arrays of one shape.

    Args:
        variance: their seed variances.
        looseness: their terms in the denominator of Satterthwaite's degrees of freedom.
    """

    variance: Floats
    looseness: Floats

    @classmethod
    def of(cls, noises: Sequence[SeedNoise], count: int | None = None) -> "SeedParts":
        """Return the noise of the scores of several entries; of `count` scores without any where
        there are no entries."""
        if not noises:
            return cls(np.zeros(count or 0), np.zeros(count or 0))
        parts = [(noise.of_mean, noise.looseness) for noise in noises]
        variance, looseness = np.array(parts, np.float64).T
        return cls(variance, looseness)

    def only(self, which: NDArray[np.bool_] | Sequence[int]) -> "SeedParts":
        """Return the noise of some of the scores, by a mask or by positions."""
        return SeedParts(self.variance[which], self.looseness[which])

    def pairs(self) -> "SeedParts":
        """Return the noise of the (n, n) differences of n scores."""
        variance = self.variance[:, None] + self.variance[None, :]
        return SeedParts(variance, self.looseness[:, None] + self.looseness[None, :])

    def summed(self, weights: Floats) -> "SeedParts":
        """Return the noise of the weighted sum of the scores, as arrays without dimensions."""
        variance = np.asarray((weights**2 * self.variance).sum())
        return SeedParts(variance, np.asarray((weights**4 * self.looseness).sum()))

    @classmethod
    def stacked(cls, parts: Sequence["SeedParts"]) -> "SeedParts":
        """Return the noise of several scores as one array."""
        variance = np.array([part.variance for part in parts], np.float64)
        return cls(variance, np.array([part.looseness for part in parts], np.float64))

    def with_one(self, other: int) -> "SeedParts":
        """Return the noise of the (n,) differences of n scores from one of them."""
        variance = self.variance + self.variance[other]
        return SeedParts(variance, self.looseness + self.looseness[other])


@dataclass(frozen=True)
class FamilyCell:
    """A cell of a family with several seeds, from which other cells of the family can borrow.

    Args:
        task: name of the task.
        gross: variance over its seeds' scores.
        held: part of `gross` that the choice of test examples explains.
        df: number of seeds less one.
        width: width of the metric's scale; 1 for scores from 0 to 1.
    """

    task: str
    gross: float
    held: float
    df: float
    width: float = 1.0


def seed_variance(scores: Floats, draws: Floats) -> tuple[float, float, float]:
    """Return the variance over seeds, the part of it that test examples explain, and the degrees of
    freedom.

    Args:
        scores: (K,) main metric of each seed, K at least 2.
        draws: (K, D) main metric of each seed in each bootstrap draw over the test examples, the
            same draws for all. A draw in which a seed has no finite value is left out.
    """
    known = np.asarray(draws, np.float64)[:, np.isfinite(draws).all(axis=0)]
    held = 0.0
    if known.shape[1] > 1:
        centred = known - known.mean(axis=1, keepdims=True)
        # The mean over pairs of Var(s_k - s_l) / 2, without a loop over the pairs.
        held = float(centred.var(axis=0, ddof=1).sum() / (known.shape[1] - 1))
    return float(np.var(scores, ddof=1)), held, float(len(scores) - 1)


def moderated(gross: float, held: float, df: float) -> SeedNoise:
    """Return the seed noise of an entry with `df` + 1 seeds, its variance moderated.

    The variance to be expected is a multiple of `held`, since seeds whose answers are nearly the
    same cannot be far apart in score; where they are all the same, there is nothing to moderate by.
    A variance far above it is a finding, not chance: the expectation then loses weight.

    Args:
        gross: variance over the seeds' scores.
        held: part of it that the choice of test examples explains.
        df: degrees of freedom of `gross`; see `seed_variance` for all three.
    """
    seeds = round(df) + 1
    if not held > 0:
        return SeedNoise(gross, df, seeds, "measured", gross)
    expected = EXPECTED * held
    weight = EXPECTED_DF * min(1.0, OUTLYING * expected / gross) if gross > 0 else EXPECTED_DF
    mean = (df * gross + weight * expected) / (df + weight)
    return SeedNoise(max(0.0, mean - held), df + weight, seeds, "measured", mean)


def measured(scores: Floats, draws: Floats) -> SeedNoise:
    """Return the seed noise of an entry with at least two seeds; see `seed_variance`."""
    return moderated(*seed_variance(scores, draws))


def unseeded(seeds: int = 1) -> SeedNoise:
    """Return the absence of seed noise: a family without a seed on all labelled examples."""
    return SeedNoise(0.0, np.inf, seeds, "none")


def borrowed(
    family: str, task: str, cells: Sequence[FamilyCell], *, width: float = 1.0
) -> SeedNoise:
    """Return the seed noise of an entry with one seed: pooled over the family's cells on the task
    (other sizes and variants), else over its other tasks, else the prior.

    Args:
        family: name of the baseline.
        task: name of the task.
        cells: cells of the family with at least two seeds, of any task.
        width: width of the scale of the task's metric: 1 for scores from 0 to 1.
    """
    here = [cell for cell in cells if cell.task == task]
    if here or cells:
        return _pooled(here or cells, width)
    variance = WIDENING * VARIANCES.get(family, WIDEST) * width**2
    return SeedNoise(variance, DF, 1, "prior")


def _pooled(cells: Sequence[FamilyCell], width: float) -> SeedNoise:
    df = sum(cell.df for cell in cells)
    scale = width**2 / df
    gross = scale * sum(cell.df * cell.gross / cell.width**2 for cell in cells)
    held = scale * sum(cell.df * cell.held / cell.width**2 for cell in cells)
    return SeedNoise(max(0.0, gross - held), min(df, MOST_DF), 1, "borrowed", gross)
