"""Tasks made from other tasks: the same examples under coarser labels."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.errors import PluginError
from bench.example import Example, Splits
from bench.outputs import MultiLabel, SingleLabel
from bench.outputs.base import Answer
from bench.task import Task

if TYPE_CHECKING:
    from bench.files import Files

LabelMap = Mapping[str, str | None]


def derived(task: Task, name: str, labels: LabelMap, **changed: Any) -> Task:
    """Return a task on the examples of another, with its labels mapped to others.

    Args:
        task: the task to derive from.
        name: the name of the new task.
        labels: each label of the old task -> the new label. None drops the examples with that
            label; in a multi-label task it drops only the label.
        changed: further fields of the new task: its `prompt`, as a rule.

    Raises:
        PluginError: a label of the old task is not mapped, or the old task has no labels.
    """
    if not isinstance(task.output, SingleLabel | MultiLabel):
        raise PluginError(f"task {name}: {task.name} has no labels to map")
    if missing := [label for label in task.output.labels if label not in labels]:
        raise PluginError(f"task {name}: label {missing[0]!r} of {task.name} is not mapped")
    new_labels = [labels[label] for label in task.output.labels]
    output = type(task.output)(*dict.fromkeys(label for label in new_labels if label is not None))

    def load(files: "Files") -> Splits:
        return {split: _mapped(rows, labels) for split, rows in task.load(files).items()}

    def annotations(files: "Files") -> Mapping[str, Sequence[Any]]:
        annotations = task.annotations(files) if task.annotations else {}
        return {id_: [_answer(a, labels) for a in answers] for id_, answers in annotations.items()}

    def published_answers(files: "Files") -> Mapping[str, Mapping[str, Any]]:
        published = task.published_answers(files) if task.published_answers else {}
        return {name: _mapped_answers(answers, labels) for name, answers in published.items()}

    rated: dict[str, Any] = {"annotations": annotations} if task.annotations else {}
    rated |= {"published_answers": published_answers} if task.published_answers else {}
    fields = {"name": name, "output": output, "load": load, **rated, **changed}
    return replace(task, **fields)


def _mapped(rows: Sequence[Example], labels: LabelMap) -> list[Example]:
    mapped = [(row, _answer(row.target, labels)) for row in rows]
    return [replace(row, target=target) for row, target in mapped if target is not None]


def _mapped_answers(answers: Mapping[str, Answer], labels: LabelMap) -> dict[str, Answer]:
    mapped = {id_: _answer(answer, labels) for id_, answer in answers.items()}
    return {id_: answer for id_, answer in mapped.items() if answer is not None}


def _answer(answer: Answer | None, labels: LabelMap) -> Answer | None:
    if isinstance(answer, frozenset):
        return frozenset(new for label in answer if (new := labels[label]) is not None)
    return None if answer is None else labels[str(answer)]
