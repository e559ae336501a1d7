"""A prediction for one input, with the scores and readouts that stand beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.outputs import Answer

Status = Literal["ok", "unparsed", "refused"]


@dataclass(frozen=True, slots=True)
class Greedy:
    """What a language model answers when each token is the most probable one.

    `value` is None where that is no answer of the task; `raw` are its words.
    """

    value: Answer | None
    raw: str
    status: Status = "ok"


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer.

    `value` is None when the answer could not be read (`status` says `unparsed` or `refused`).
    `scores` has one number a label, in the order of the output's labels: probabilities where they
    sum to one (SingleLabel) or each stands for itself (MultiLabel). `raw` is a language model's
    own words.

    A language model also gives: `greedy`, its answer by the other readout; `logprobs`, the
    log-likelihoods that the scores were made from, a number a label under each name; `draws`,
    answers drawn at a temperature; and `cut`, whether the text was too long and lost its end.
    """

    value: Answer | None
    scores: tuple[float, ...] | None = None
    raw: str | None = None
    status: Status = "ok"
    greedy: Greedy | None = None
    logprobs: Mapping[str, tuple[float, ...]] | None = None
    draws: tuple[Answer | None, ...] = ()
    cut: bool = False
