"""What goes into the engine and what comes out: rows, readings, and a model's states."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache


@dataclass(frozen=True)
class Row:
    """A text with an answer.

    Args:
        ids: all tokens.
        start: where the answer begins; at least 1.
    """

    ids: Sequence[int]
    start: int

    @cached_property
    def fed(self) -> NDArray[np.int64]:
        """All tokens but the last, which is only ever a target."""
        return np.asarray(self.ids, np.int64)[:-1]


@dataclass(frozen=True)
class Reading:
    """What the model says of a row's answer, a number a token of it.

    Args:
        logprobs: natural logarithm of each token's probability, given all before it.
        best: the most probable token at each place.
    """

    logprobs: NDArray[np.float64]
    best: NDArray[np.int64]

    def follows(self, row: Row) -> bool:
        """Whether the most probable tokens are the row's answer, up to and with its end."""
        return bool((self.best == np.asarray(row.ids[row.start :])).all())

    def total(self, tokens: int | None = None) -> float:
        """The log-likelihood of the answer's first tokens; of all of them, by default."""
        return float(self.logprobs[:tokens].sum())


@dataclass
class Onward:
    """The model's own answers to texts, written behind the questions that are being read anyway.

    Args:
        owners: the text of each row; rows of one text have one question.
        new_tokens: of an answer, at most.
        followed: texts for which one of the rows is the model's own answer.
        said: what the model writes to each other text.
    """

    owners: Sequence[int]
    new_tokens: int
    followed: set[int] = field(default_factory=set)
    said: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class States:
    """States of a model, and what is to be read from them.

    Args:
        hidden: (places, size).
        nodes: (targets,) the place that each target is read at.
        targets: (targets,) the tokens that come next, row by row.
        processed: tokens that went through the model.
        places: for each row, where its tokens stand in `cache`.
        cache: keys and values of all tokens, where they were to be kept.
    """

    hidden: torch.Tensor
    nodes: NDArray[np.int64]
    targets: NDArray[np.int64]
    processed: int
    places: Sequence[NDArray[np.int64]] = ()
    cache: DynamicCache | None = None
