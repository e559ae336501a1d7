"""What fitting and predicting takes, family by family.

A family that says so itself has a method `work`: see docs/writing-a-baseline.md. Of any other,
nothing is known but the characters that it reads. The figures are those of two cores; a
calibration or stored cells correct each family's, so what counts is how they grow.
"""

import math
from collections.abc import Mapping
from typing import Any

from bench.baseline import Baseline
from bench.errors import PluginError
from bench.runs.estimates.work.amounts import Amount, Texts
from bench.runs.estimates.work.counted import COUNTED, FLOOR, small
from bench.runs.estimates.work.encoders import BERT, LSTM
from bench.runs.estimates.work.llama import PROMPTED, TUNED
from bench.runs.estimates.work.operations import READ, Family, Operations, Settings

SHIPPED: Mapping[str, Family] = {
    "majority": FLOOR,
    "stratified_random": FLOOR,
    "naive_bayes": COUNTED,
    "lstm": LSTM,
    "bert": BERT,
    "llama_zero_shot": PROMPTED,
    "qlora": TUNED,
    "qlora_multi": TUNED,
}


def family(name: str, baseline: Baseline, *, declared: bool = True) -> Family:
    """Return how a baseline's work grows: as we know, as it says itself, or with its characters.

    Args:
        name: the baseline's name.
        baseline: the baseline.
        declared: whether to ask the baseline itself.
    """
    ours = type(baseline).__module__.startswith("bench.baselines.")
    if ours and name in SHIPPED:
        return SHIPPED[name]
    return _growing(getattr(baseline, "work", None) if declared else None)


def _growing(say: Any) -> Family:
    """Return the work that a method `work` declares; None: that of reading every character."""

    def units(amount: Amount) -> tuple[float, float]:
        learnt = [n for task in amount for n in _each(task.train) + _each(task.validation)]
        predicted = [n for task in amount for n in _each(task.test)]
        if say is None:
            return float(sum(learnt)), float(sum(predicted))
        return _read(say, learnt, predicted)

    def fit(params: Settings, amount: Amount) -> Operations:
        return Operations(seconds=0.01 + READ * units(amount)[0])

    def predict(params: Settings, amount: Amount) -> Operations:
        return Operations(seconds=0.005 + READ * units(amount)[1])

    return Family(fit, predict, small)


def _each(texts: Texts) -> list[int]:
    """Return the length of every text; those that stand for several are repeated."""
    number = round(texts.number)
    known = texts.lengths.tolist()
    return [known[i * len(known) // number] for i in range(number)] if known else []


def _read(say: Any, learnt: list[int], predicted: list[int]) -> tuple[float, float]:
    """Return what a method `work` says.

    Raises:
        PluginError: it fails, or says anything but two finite numbers from 0 on.
    """
    try:
        fit, predict = (float(number) for number in say(learnt, predicted))
    except Exception as error:  # noqa: BLE001 - a plugin's code
        raise PluginError(f"work() failed: {type(error).__name__}: {error}") from None
    if not (0 <= fit < math.inf and 0 <= predict < math.inf):
        raise PluginError(f"work() gave {fit}, {predict}: give two numbers of work, 0 or more")
    return fit, predict
