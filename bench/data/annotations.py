"""Annotations of a task's examples by individual people and by earlier studies: scored, and never
shown to a baseline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bench.errors import Unavailable
from bench.example import Example
from bench.files import Files
from bench.outputs import Output
from bench.outputs.base import Answer
from bench.task import Task

Said = TypeVar("Said")
Load = Callable[[Files], Mapping[str, Said]]


@dataclass(frozen=True)
class Annotations:
    """Annotations of a task's examples that are neither gold nor predictions.

    Args:
        people: example id -> each person's answer, in a fixed order of people; None where a person
            gave none.
        published_answers: previously published answers: name -> example id -> answer.
    """

    people: Mapping[str, Sequence[Answer | None]] = field(default_factory=dict)
    published_answers: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.people or self.published_answers)


def opinions_of(task: Task, files: Files, rows: Sequence[Example]) -> Annotations:
    """Return the task's annotations for these examples. Annotations of other texts are left out;
    so are files that are not available, as some data sets publish rows without the annotations
    of each person."""
    people = _at_hand(task.annotations, files)
    earlier = _at_hand(task.published_answers, files)
    ids = [row.id for row in rows]
    return Annotations(
        {id_: tuple(people[id_]) for id_ in ids if id_ in people},
        {
            name: {id_: answers[id_] for id_ in ids if id_ in answers}
            for name, answers in earlier.items()
        },
    )


def _at_hand(load: Load[Said] | None, files: Files) -> Mapping[str, Said]:
    try:
        return load(files) if load else {}
    except Unavailable:
        return {}


def to_json(opinions: Annotations, output: Output) -> dict[str, Any]:
    """Return the annotations as plain JSON data."""
    encode = output.to_json
    return {
        "people": {
            id_: [None if answer is None else encode(answer) for answer in answers]
            for id_, answers in opinions.people.items()
        },
        "earlier": {
            name: {id_: encode(answer) for id_, answer in by_id.items()}
            for name, by_id in opinions.published_answers.items()
        },
    }


def from_json(data: Mapping[str, Any], output: Output) -> Annotations:
    """Invert `to_json`."""
    decode = output.from_json
    return Annotations(
        {
            id_: tuple(None if answer is None else decode(answer) for answer in answers)
            for id_, answers in data["people"].items()
        },
        {
            name: {id_: decode(answer) for id_, answer in by_id.items()}
            for name, by_id in data["earlier"].items()
        },
    )
