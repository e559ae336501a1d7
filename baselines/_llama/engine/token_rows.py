"""Input and output of the engine: token sequences, scores of their answers, hidden states."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache


@dataclass(frozen=True)
class Row:
    """A token sequence: a prompt with its answer.

    Args:
        ids: token ids of both.
        start: index of the answer's first token; at least 1.
    """

    ids: Sequence[int]
    start: int

    @cached_property
    def fed(self) -> NDArray[np.int64]:
        """The model's input: all tokens except the last, which is only a target."""
        return np.asarray(self.ids, np.int64)[:-1]


@dataclass(frozen=True)
class Reading:
    """Scores of a sequence's answer, one per answer token.

    Args:
        logprobs: (tokens,) natural log-probability of each token, given all tokens before it.
        best: (tokens,) the most probable token at each position.
    """

    logprobs: NDArray[np.float64]
    best: NDArray[np.int64]

    def follows(self, row: Row) -> bool:
        """Return true if the answer is the greedy output, including the end of the sequence."""
        return bool((self.best == np.asarray(row.ids[row.start :])).all())

    def total(self, tokens: int | None = None) -> float:
        """Return the log-likelihood of the answer's first tokens; of all tokens by default."""
        return float(self.logprobs[:tokens].sum())


@dataclass
class Onward:
    """Request for greedy outputs, generated from the KV cache of prompts that are scored anyway.

    Args:
        owners: index of each sequence's text; sequences of one text share its prompt.
        new_tokens: maximum number of generated tokens.
        followed: result: texts for which one of the scored answers is the greedy output.
        said: result: greedy output for the other texts.
    """

    owners: Sequence[int]
    new_tokens: int
    followed: set[int] = field(default_factory=set)
    generated: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class States:
    """Hidden states of a model, and the tokens to predict from them.

    Args:
        hidden: (positions, size) hidden states, or (positions, vocabulary) logits.
        nodes: (targets,) index into `hidden` from which each target is predicted.
        targets: (targets,) the next tokens, sequence by sequence.
        processed: number of tokens that passed through the model.
        places: for each sequence, the positions of its tokens in `cache`.
        cache: KV cache of all tokens, if it was requested.
    """

    hidden: torch.Tensor
    nodes: NDArray[np.int64]
    targets: NDArray[np.int64]
    processed: int
    places: Sequence[NDArray[np.int64]] = ()
    cache: DynamicCache | None = None
