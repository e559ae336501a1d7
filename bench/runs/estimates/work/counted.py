"""What families of counted words and the floor do."""

from collections.abc import Callable

from bench.runs.estimates.work.amounts import Amount, TaskAmount, Texts
from bench.runs.estimates.work.operations import PLAIN, READ, Family, Operations, Settings


def _characters(amount: Amount, of: Callable[[TaskAmount], Texts]) -> float:
    return sum(of(task).characters for task in amount)


def _labels(task: TaskAmount) -> int:
    return max(1, len(task.task.task.output.labels))


def _nothing(params: Settings, amount: Amount) -> Operations:
    return Operations(seconds=0.002)


def _counted(amount: Amount, of: Callable[[TaskAmount], Texts]) -> Operations:
    scores = sum(of(task).number * _labels(task) for task in amount)
    return Operations(seconds=0.005 + READ * _characters(amount, of) + 2e-6 * scores)


def _count_and_fit(params: Settings, amount: Amount) -> Operations:
    longest = int(params.get("ngrams", 1))
    read = READ * (_characters(amount, lambda t: t.train) + _characters(amount, _validation))
    solved = 0.0
    if params.get("variant") == "nbsvm":
        solved = sum(_labels(task) * task.train.characters for task in amount) * READ / 2
    return Operations(seconds=0.01 + read * (1 + 2 * (longest - 1)) + solved)


def _validation(task: TaskAmount) -> Texts:
    return task.validation


def _test(task: TaskAmount) -> Texts:
    return task.test


def _train(task: TaskAmount) -> Texts:
    return task.train


def small(params: Settings, amount: Amount, gpu: bool) -> float:
    read = sum(_characters(amount, of) for of in (_train, _validation, _test))
    return PLAIN + 12 * read


FLOOR = Family(_nothing, _nothing, small)
COUNTED = Family(_count_and_fit, lambda params, amount: _counted(amount, _test), small)
