"""Random token sequences with the lengths of prompted texts; all sides get the same ones."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPREAD = 0.45
"""Standard deviation of the logarithm of a text's length: roughly that of tweets."""
FIRST = 3
"""Lowest token id that is not special."""


@dataclass(frozen=True)
class Tokens:
    """A prompt with its answer.

    Args:
        ids: all tokens.
        start: index of the answer's first token.
    """

    ids: list[int]
    start: int

    @property
    def plain(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Kind:
    """The shape of prompts: number of tokens in the shared prefix, and mean number in a text."""

    shared: int
    own: int


def lengths(count: int, mean: float, draw: np.random.Generator) -> NDArray[np.int64]:
    """Return lengths whose sum matches the mean exactly, each between 3 and four times the mean."""
    raw = draw.lognormal(0, SPREAD, count)
    found = np.clip(np.rint(raw * mean / raw.mean()), 3, 4 * mean).astype(np.int64)
    gap = round(mean * count) - int(found.sum())
    found[draw.permutation(count)[: min(abs(gap), count)]] += np.sign(gap)
    longer: NDArray[np.int64] = np.maximum(found, 3)
    return longer


def training_rows(kind: Kind, count: int, vocabulary: int, seed: int = 0) -> list[Tokens]:
    """Return prompts with answers of one to three tokens."""
    draw = np.random.default_rng(seed)
    prefix = draw.integers(FIRST, vocabulary, kind.shared).tolist()
    found = []
    for size, answer in zip(
        lengths(count, kind.own, draw), draw.integers(1, 4, count), strict=True
    ):
        tail = draw.integers(FIRST, vocabulary, int(size + answer)).tolist()
        found.append(Tokens(prefix + tail, kind.shared + int(size)))
    return found


def scoring_rows(
    kind: Kind, count: int, answers: tuple[int, ...], vocabulary: int, seed: int = 0
) -> list[Tokens]:
    """Return prompts, each with every possible answer; `answers` gives the answers' lengths in
    tokens."""
    draw = np.random.default_rng(seed)
    prefix = draw.integers(FIRST, vocabulary, kind.shared).tolist()
    labels = [draw.integers(FIRST, vocabulary, size).tolist() for size in answers]
    found = []
    for size in lengths(count, kind.own, draw).tolist():
        prompt = prefix + draw.integers(FIRST, vocabulary, size).tolist()
        found += [Tokens(prompt + label, len(prompt)) for label in labels]
    return found
