"""`Fields` answers for a baseline that predicts one answer: a separate model for each part."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from bench.baseline import FitInfo, Prediction, TaskData
from bench.outputs import Answer, Fields
from bench.task import Example, Input, Task

Family = TypeVar("Family", bound=type[Any])
Guess = Callable[[Any, Task, Sequence[Input], int], Iterator[Sequence[Prediction]]]
DESCRIBE = "Each part of the answer has its own model."


def by_part(family: Family) -> Family:
    """Extend a single-task baseline to `Fields` outputs, with one copy of itself for each part."""
    fit, predict = family.fit, family.predict

    @wraps(fit)
    def fit_parts(self: Any, data: Sequence[TaskData], *, seed: int) -> FitInfo:
        parts = [part for task in data for part in parts_of(task)]
        self._models = [copy.copy(self) for _ in parts]
        if not parts:
            whole_fit: FitInfo = fit(self, data, seed=seed)
            return whole_fit
        pairs = zip(self._models, parts, strict=True)
        return joined([fit(model, [part], seed=seed) for model, part in pairs])

    @wraps(predict)
    def predict_parts(self: Any, task: Task, inputs: Sequence[Input]) -> Sequence[Prediction]:
        if not self._models:
            predictions: Sequence[Prediction] = predict(self, task, inputs)
            return predictions
        answers = [predict(model, task, inputs) for model in self._models]
        self.predict_shared_seconds = sum(
            getattr(model, "predict_shared_seconds", 0.0) for model in self._models
        )
        return [together(row) for row in zip(*answers, strict=True)]

    family.fit, family.predict = fit_parts, predict_parts
    if guess := getattr(family, "guesses", None):
        family.guesses = _guesses_of_parts(guess)
    return family


def _guesses_of_parts(guess: Guess) -> Guess:
    """Return a method that joins each guess of all parts."""

    @wraps(guess)
    def guess_parts(
        self: Any, task: Task, inputs: Sequence[Input], number: int
    ) -> Iterator[Sequence[Prediction]]:
        if not self._models:
            yield from guess(self, task, inputs, number)
            return
        for answers in zip(*(guess(m, task, inputs, number) for m in self._models), strict=True):
            yield [together(row) for row in zip(*answers, strict=True)]

    return guess_parts


def parts_of(data: TaskData) -> Iterator[TaskData]:
    """Yield a task for each part of a `Fields` output; nothing for other outputs."""
    output = data.output
    for place, (name, part) in enumerate(
        output.parts.items() if isinstance(output, Fields) else ()
    ):
        task = replace(data.task, name=f"{data.task.name}.{name}", output=part, metrics=())
        task = replace(task, prompt=replace(task.prompt, labels={}, label_words={}))
        train, validation = (
            [with_part(row, place) for row in rows] for rows in (data.train, data.validation)
        )
        yield TaskData(task, train, validation)


def with_part(row: Example, place: int) -> Example:
    """Return the example with one part of its answer as the answer."""
    assert isinstance(row.target, tuple)
    target: Answer = row.target[place]
    return Example(row.id, row.text, target, row.pair, row.group)


def joined(fits: Sequence[FitInfo]) -> FitInfo:
    """Combine the fit information of the parts' models into one."""
    descriptions = dict.fromkeys([DESCRIBE, *(fit.method_note for fit in fits)])
    return FitInfo(
        parameters=sum(fit.parameters for fit in fits),
        model_bytes=sum(fit.model_bytes for fit in fits),
        method_note=" ".join(filter(None, descriptions)),
        shared_seconds=sum(fit.shared_seconds for fit in fits),
    )


def together(answers: Sequence[Prediction]) -> Prediction:
    """Combine the parts' predictions into one, with the scores of all their labels."""
    values = tuple(answer.value for answer in answers)
    scores = [score for answer in answers for score in answer.scores or ()]
    return Prediction(values, tuple(scores) or None)  # type: ignore[arg-type]
