"""A prediction for one input, with its scores and, for language models, its readouts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.old_names import renamed
from bench.outputs import Answer

Status = Literal["ok", "unparsed", "refused"]


@dataclass(frozen=True, slots=True)
class GreedyAnswer:
    """A language model's answer under greedy decoding.

    `raw` is the generated text; `value` is None if it is no valid answer of the task.
    """

    value: Answer | None
    raw: str
    status: Status = "ok"


Greedy = GreedyAnswer
"""Its old name, for plugins."""


@renamed(greedy="greedy_answer", draws="samples", cut="truncated")
@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer.

    `value` is None if the answer could not be parsed (`status` is then `unparsed` or `refused`).
    `scores` has one number per label, in the order of the output's labels: probabilities where
    they sum to one (SingleLabel) or each is one by itself (MultiLabel). `raw` is a language
    model's generated text.

    A language model also gives: `greedy_answer`, its answer under greedy decoding; `logprobs`, the
    log-likelihoods behind the scores, by name, each with one number per label; `samples`, answers
    sampled at a temperature; and `truncated`, True if the text was too long for the model.
    """

    value: Answer | None
    scores: tuple[float, ...] | None = None
    raw: str | None = None
    status: Status = "ok"
    greedy_answer: GreedyAnswer | None = None
    logprobs: Mapping[str, tuple[float, ...]] | None = None
    samples: tuple[Answer | None, ...] = ()
    truncated: bool = False
