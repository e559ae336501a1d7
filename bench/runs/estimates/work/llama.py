"""What language models do: prompted, scored and fine-tuned."""

import math
from collections.abc import Mapping

from bench.outputs import FreeText, MultiLabel, Regression, SingleLabel
from bench.runs.estimates.work.amounts import Amount, TaskAmount, Texts
from bench.runs.estimates.work.networks import Network, network
from bench.runs.estimates.work.operations import (
    TORCH,
    WITH_TORCH,
    WORDPIECE,
    Family,
    Operations,
    Settings,
)

ASKED = 14
"""Tokens of a prompt that texts do not share, beside the text."""
LISTED_NUMBERS = 95
"""Tokens of the numbers whose likelihood is computed, where the answer is a number."""


def _llama_weights(params: Settings) -> Network:
    return network(str(params.get("model")), otherwise="meta-llama/Llama-2-7b-chat-hf")


def _answer_tokens(params: Settings, task: TaskAmount) -> float:
    """Return the tokens computed for a text's answers: those of all labels, or those written."""
    output, longest = task.task.task.output, float(params.get("max_output", 128))
    if isinstance(output, SingleLabel):
        return sum(len(name) / WORDPIECE + 1 for name in output.labels) + 4
    if isinstance(output, MultiLabel):
        return ASKED * len(output.labels)
    if isinstance(output, Regression):
        return LISTED_NUMBERS
    return longest if isinstance(output, FreeText) else longest / 2


def _read_and_answer(params: Settings, task: TaskAmount, texts: Texts) -> float:
    longest = float(params.get("max_input", 1024))
    shots = float(params.get("shots", 0))
    answers = _answer_tokens(params, task) * (1 + float(params.get("draws", 0)))
    prefix = 150 if params.get("engine") == "padded" else 0
    once = 150 * (1 + shots)
    return once + texts.tokens(WORDPIECE, longest, ASKED + answers + prefix)


def _prompted(params: Settings, amount: Amount) -> Operations:
    tokens = sum(_read_and_answer(params, task, task.test) for task in amount)
    steps = sum(task.test.number for task in amount) / 16 + len(amount)
    return Operations(2 * _llama_weights(params).inner * tokens, steps, 0.05)


def _prepared(params: Settings, amount: Amount) -> Operations:
    """Return what a prompted model does before it predicts: thresholds of several labels."""
    chosen = [t for t in amount if isinstance(t.task.task.output, MultiLabel)]
    tokens = sum(_read_and_answer(params, task, task.validation) for task in chosen)
    return Operations(2 * _llama_weights(params).inner * tokens, len(amount), 0.1)


def _tuned(params: Settings, amount: Amount) -> Operations:
    longest, size = float(params.get("max_input", 512)), float(params.get("batch_size", 16))
    epochs = float(params.get("epochs", 3))
    tokens = sum(
        texts.tokens(WORDPIECE, longest, ASKED + 6)
        for task in amount
        for texts in (task.train, task.validation)
    )
    number = sum(task.labelled for task in amount)
    steps = number / size + 1
    if most := float(params.get("max_steps", 0)):
        epochs = min(epochs, most / steps)
    # Weights are frozen: forward, backward to the inputs, and each step's shared prefix.
    again = 2 if params.get("memory") == "low" else 0
    per_token = (4 + again) * _llama_weights(params).inner
    once = _prepared(params, amount)
    return Operations(per_token * (tokens + 150 * steps) * epochs, steps * epochs, 0.3) + once


LOAD = 1.5e-8
"""Seconds for checking, reading and quantising a parameter."""


def _llama_loads(params: Settings) -> Mapping[str, float]:
    name, precision = params.get("model"), params.get("precision", "nf4")
    weights = _llama_weights(params)
    return {"torch": TORCH, f"{name} {precision}": 1.5 + weights.parameters * LOAD}


def _llama_memory(params: Settings, amount: Amount, gpu: bool) -> float:
    weights, low = _llama_weights(params), params.get("memory") == "low"
    quantised = low or params.get("resident") == "quantized"
    bits = {"nf4": 0.55, "int8": 1.05}.get(str(params.get("precision", "nf4")), 2.0)
    each = bits if quantised else (2.0 if gpu else 4.0)
    learning = 3.2e9 if "rank" in params and not low else 2.7e9
    scale = min(1.0, math.sqrt(weights.inner / 6.5e9))
    return (0 if gpu else 2 * WITH_TORCH) + each * weights.parameters + learning * scale


TUNED = Family(_tuned, _prompted, _llama_memory, _llama_loads, _llama_weights)
PROMPTED = Family(_prepared, _prompted, _llama_memory, _llama_loads, _llama_weights)
