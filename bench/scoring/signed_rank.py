"""Bayesian signed-rank test of two entries over several tasks (Benavoli, Corani, Demšar, Zaffalon:
Time for a change, JMLR 18, 2017), with a region of practical equivalence (ROPE).

Ours is the test of the authors' package baycomp, for many pairs at once: baycomp tests one pair a
call and brings matplotlib along.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SAMPLES = 2000
PRIOR = 0.5
"""Weight of the prior: half an imagined task on which the two do not differ."""
SEED = 20_170_101


@dataclass(frozen=True)
class Posterior:
    """Probabilities, which add up to 1, about the median difference over tasks like these."""

    first_better: float
    equal: float
    """Probability that the two are practically equal: apart by at most the ROPE."""
    second_better: float


class SignedRank:
    """The test for a number of tasks; the same posterior samples serve all pairs, so that the
    probabilities of a pair do not depend on the others."""

    def __init__(self, tasks: int) -> None:
        """Draw the weights of the tasks, the imagined one first."""
        random = np.random.default_rng(SEED)
        weights = random.dirichlet([PRIOR, *[1.0] * tasks], SAMPLES)
        self._weights = weights.astype(np.float32)

    def test(self, differences: Floats, rope: float) -> Posterior:
        """Compare two entries.

        Args:
            differences: (tasks,) first minus second, larger being better.
            rope: half the width of the region of practical equivalence.
        """
        known = np.concatenate([[0.0], differences])
        pairs = known[:, None] + known[None, :]
        first = self._share(pairs > 2 * rope)
        second = self._share(pairs < -2 * rope)
        equal = 1 - first - second
        wins = np.argmax([equal, first, second], axis=0)
        shares = np.bincount(wins, minlength=3) / len(wins)
        return Posterior(float(shares[1]), float(shares[0]), float(shares[2]))

    def _share(self, which: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return (samples,) the weight of those pairs of tasks."""
        weighted = self._weights @ which.astype(np.float32)
        return np.asarray(np.einsum("ij,ij->i", weighted, self._weights))
