"""Operations of a machine, and how a family's work grows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.runs.estimates.work.amounts import Amount
from bench.runs.estimates.work.networks import Network

MB = 1_000_000
PLAIN, WITH_TORCH = 320 * MB, 750 * MB
"""Memory of a worker with scikit-learn, and with torch and transformers."""
WORDPIECE, WORD = 4.4, 5.8
"""Characters of a word piece, and of a word with its blank, in English."""
READ = 8e-8
"""Seconds for counting the words of a character, on the reference machine."""
TORCH = 3.5
"""Seconds for importing torch and transformers."""


@dataclass(frozen=True)
class Operations:
    """What is to be done.

    Args:
        products: floating-point operations in products of matrices.
        steps: steps of a network: batches that are forwarded, or forwarded and learnt from.
        seconds: seconds of plain code on the reference machine.
    """

    products: float = 0.0
    steps: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: "Operations") -> "Operations":
        """Return both together."""
        return Operations(
            self.products + other.products, self.steps + other.steps, self.seconds + other.seconds
        )


Settings = Mapping[str, Any]
Work = Callable[[Settings, Amount], Operations]


@dataclass(frozen=True)
class Family:
    """How a family's work grows.

    Args:
        fit: what fitting takes, without the calibration examples.
        predict: what predicting the test texts takes.
        memory: peak memory in bytes, by parameters, amount and whether networks are on a GPU.
        loads: seconds of what one process loads once, by name.
        weights: the pretrained network; None if there is none.
    """

    fit: Work
    predict: Work
    memory: Callable[[Settings, Amount, bool], float]
    loads: Callable[[Settings], Mapping[str, float]] = lambda params: {}
    weights: Callable[[Settings], Network | None] = lambda params: None
