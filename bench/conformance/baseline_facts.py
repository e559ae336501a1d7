"""Conformance checks for baselines, run on a small toy task for every kind of output."""

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bench.baseline import Baseline, parameters_of
from bench.conformance.facts import Broken, Finding, look
from bench.conformance.toy_tasks import Toy, odd_inputs, toys
from bench.errors import Unavailable
from bench.example import Input
from bench.outputs import Answer, MultiLabel, SingleLabel
from bench.prediction import Prediction
from bench.runs.provenance import version_of
from bench.task import Task

Family = type[Baseline]
CLOSE = 1e-4
"""Tolerance for scores and numbers, as floating-point sums depend on the batch."""


@dataclass(frozen=True)
class _Fitted:
    """A fitted baseline, one of the tasks that it was fitted on, and its predictions there."""

    family: Family
    params: dict[str, Any]
    data: Sequence[Toy]
    toy: Toy
    baseline: Baseline
    answers: tuple[Prediction, ...]

    def predict(self, inputs: Sequence[Input]) -> tuple[Prediction, ...]:
        return tuple(self.baseline.predict(self.toy.task, inputs))

    def retrained(self, seed: int) -> tuple[Prediction, ...]:
        fresh = _fit(self.family, self.params, self.data, seed)
        return tuple(fresh.predict(self.toy.task, self.toy.inputs))


def check_baseline(name: str, family: Family, **params: Any) -> list[Finding]:
    """Return the findings about a baseline; its predictions are checked only where `fit` succeeds.

    A family that raises `Unavailable` when it is fitted, as its weights are missing or it does not
    support an output, is not at fault: the finding passes and gives the reason.

    Args:
        name: the baseline's name in the findings.
        family: the baseline's class.
        params: parameters to construct it with, where the defaults are too expensive.
    """
    facts = {f"{name}: {fact}": partial(check, family) for fact, check in _CLASS.items()}
    findings = [look(fact, check) for fact, check in facts.items()]
    every = toys()
    together = getattr(family, "multi_task", False) is True
    groups = [every] if together else [[toy] for toy in every]
    for group in groups:
        findings += _tried(name, family, params, group)
    return findings


def _tried(name: str, family: Family, params: dict[str, Any], group: list[Toy]) -> list[Finding]:
    fitted: list[Baseline] = []
    kinds = ", ".join(toy.task.output.kind for toy in group)

    def fit() -> str:
        try:
            fitted.append(_fit(family, params, group, seed=0))
        except Unavailable as missing:
            return f"skipped: {missing}"
        return ""

    findings = [look(f"{name}: it can be trained ({kinds})", fit)]
    for baseline in fitted:
        for toy in group:
            findings += _answered(name, _Fitted(family, params, group, toy, baseline, ()))
    return findings


def _answered(name: str, before: _Fitted) -> list[Finding]:
    kind, successes = before.toy.task.output.kind, [before]

    def predict() -> str:
        answers = before.predict(before.toy.inputs)
        _check_one_per_input(answers, before.toy.inputs)
        successes.append(replace(before, answers=answers))
        return ""

    findings = [look(f"{name}: one prediction per input ({kind})", predict)]
    for fitted in successes[1:]:
        facts = {f"{name}: {fact} ({kind})": check for fact, check in _ANSWERS.items()}
        findings += [look(fact, partial(check, fitted)) for fact, check in facts.items()]
    return findings


def _fit(family: Family, params: dict[str, Any], group: Sequence[Toy], seed: int) -> Baseline:
    baseline = family(**params)
    baseline.fit([toy.data for toy in group], seed=seed)
    return baseline


def _constructor(family: Family) -> str:
    positional = set(inspect.signature(family).parameters) - set(parameters_of(family))
    if positional:
        raise Broken(f"parameters {sorted(positional)} are not keyword-only: put them after a *")
    return ""


def _parameters(family: Family) -> str:
    for name, parameter in parameters_of(family).items():
        if parameter.annotation is parameter.empty or parameter.default is parameter.empty:
            raise Broken(f"parameter '{name}' needs a type and a default")
    family()
    return ", ".join(f"{n}={p.default!r}" for n, p in parameters_of(family).items())


def _attributes(family: Family) -> str:
    for name in ("multi_task", "seeded", "full_data_entry"):
        if not isinstance(getattr(family, name, None), bool):
            raise Broken(f"{name} = {getattr(family, name, None)!r}: give True or False")
    for name, kind in (("is_floor", bool), ("single_task_twin", str)):
        if not isinstance(value := getattr(family, name, kind()), kind):
            raise Broken(f"{name} = {value!r}: give a {kind.__name__} or leave it out")
    libraries = getattr(family, "libraries", None)
    if not isinstance(libraries, tuple):
        raise Broken(f"libraries = {libraries!r}: give a tuple of distribution names")
    absent = [library for library in libraries if not version_of(library)]
    if absent:
        raise Broken(f"libraries {absent}: no installed distribution has this name")
    return ""


def _signatures(family: Family) -> str:
    for method, expected in (("fit", ["data", "seed"]), ("predict", ["task", "inputs"])):
        actual = list(inspect.signature(getattr(family, method)).parameters)[1:]
        if actual != expected:
            raise Broken(f"{method} takes {actual}, not {expected}: it must not see gold answers")
    return ""


def _check_one_per_input(answers: Sequence[Prediction], inputs: Sequence[Input]) -> None:
    if len(answers) != len(inputs):
        raise Broken(f"{len(answers)} predictions for {len(inputs)} inputs")
    for row, answer in zip(inputs, answers, strict=True):
        if not isinstance(answer, Prediction):
            raise Broken(f"input {row.id!r}: {answer!r:.100} is not a Prediction")


def _values(fitted: _Fitted) -> str:
    return _valid(fitted.toy.task, fitted.toy.inputs, fitted.answers)


def _valid(task: Task, inputs: Sequence[Input], answers: Sequence[Prediction]) -> str:
    _check_one_per_input(answers, inputs)
    for row, answer in zip(inputs, answers, strict=True):
        if (answer.value is None) == (answer.status == "ok"):
            raise Broken(f"input {row.id!r}: value {answer.value!r} with status {answer.status}")
        if answer.value is not None:
            task.output.check(answer.value, row.text)
    return ""


def _scores(fitted: _Fitted) -> str:
    output = fitted.toy.task.output
    for row, answer in zip(fitted.toy.inputs, fitted.answers, strict=True):
        scores = answer.scores
        if scores is None:
            if isinstance(output, SingleLabel | MultiLabel) and answer.status == "ok":
                raise Broken(f"input {row.id!r} has no scores: give one number for each label")
            continue
        if len(scores) != len(output.labels):
            raise Broken(f"input {row.id!r}: {len(scores)} scores, {len(output.labels)} labels")
        if not all(math.isfinite(score) and 0 <= score <= 1 for score in scores):
            raise Broken(f"input {row.id!r}: {scores} are not all from 0 to 1")
        if isinstance(output, SingleLabel) and abs(sum(scores) - 1) > 1e-6:
            raise Broken(f"input {row.id!r}: scores sum to {sum(scores)}, not 1")
    return ""


def _same_seed(fitted: _Fitted) -> str:
    return _equal(fitted.answers, fitted.retrained(0), "training again with the same seed")


def _any_seed(fitted: _Fitted) -> str:
    if fitted.family.seeded:
        return "seeded"
    return _equal(fitted.answers, fitted.retrained(1), "another seed, although seeded is False,")


def _batch(fitted: _Fitted) -> str:
    alone = [answer for row in fitted.toy.inputs for answer in fitted.predict([row])]
    return _equal(fitted.answers, alone, "predicting one input at a time")


def _order(fitted: _Fitted) -> str:
    turned = fitted.predict(fitted.toy.inputs[::-1])[::-1]
    return _equal(fitted.answers, turned, "reversing the inputs")


def _equal(expected: Sequence[Prediction], actual: Sequence[Prediction], how: str) -> str:
    if len(expected) != len(actual):
        raise Broken(f"{how}: {len(actual)} predictions instead of {len(expected)}")
    for before, after in zip(expected, actual, strict=True):
        if not (_same(before.value, after.value) and _near(before.scores, after.scores)):
            raise Broken(f"{how} changes {before!r:.200} to {after!r:.200}")
    return ""


def _same(before: Answer | None, after: Answer | None) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) <= CLOSE * max(1.0, abs(before))
    if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        return all(_same(a, b) for a, b in zip(before, after, strict=True))
    return before == after


def _near(before: tuple[float, ...] | None, after: tuple[float, ...] | None) -> bool:
    if before is None or after is None:
        return before is after
    pairs = zip(before, after, strict=True)
    return len(before) == len(after) and all(abs(a - b) <= CLOSE for a, b in pairs)


def _odd(fitted: _Fitted) -> str:
    for row in odd_inputs():
        try:
            _valid(fitted.toy.task, [row], fitted.predict([row]))
        except Exception as error:  # foreign code may raise anything; the text's name is added
            raise Broken(f"text '{row.id}': {type(error).__name__}: {error}") from error
    return ""


def _nothing(fitted: _Fitted) -> str:
    _check_one_per_input(fitted.predict([]), [])
    return ""


_CLASS: dict[str, Callable[[Family], str]] = {
    "its constructor is keyword-only": _constructor,
    "its parameters have types and defaults": _parameters,
    "its class attributes are complete": _attributes,
    "fit takes (data, *, seed), predict takes (task, inputs)": _signatures,
}
_ANSWERS: dict[str, Callable[[_Fitted], str]] = {
    "its values belong to the output": _values,
    "its scores are probabilities, one per label": _scores,
    "the same seed gives the same predictions": _same_seed,
    "an unseeded family does not depend on the seed": _any_seed,
    "predictions do not depend on the batch": _batch,
    "predictions follow the order of the inputs": _order,
    "it can predict unusual texts": _odd,
    "no inputs give no predictions": _nothing,
}
