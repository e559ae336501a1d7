"""What a user says of a new task; all else is guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Form = Literal["", "single", "multi", "number", "spans", "words"]
FLAGS: Mapping[Form, str] = {
    "single": "--single-label",
    "multi": "--multi-label",
    "number": "--regression",
    "spans": "--spans",
    "words": "--free-text",
}
"""The kind of answer -> the option that names it."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A user's words about a new task; "" and () where nothing was said.

    Args:
        name: the task's name.
        sources: split name -> its files, folders or data set; "" for sources that name no split.
        text, pair, group, id, split: columns.
        labels: columns of the answer.
        annotators: columns of people's answers, or one column that names who gave the row's answer.
        form: the kind of answer.
        between: what stands between several labels in a cell.
        span: lowest and highest number of a scale.
        rare: the label for those with fewer examples than `at_least`.
        at_least: see `rare`.
        only: column -> value of the rows to take.
        language: the language's code.
        drop_empty: whether rows without text or answer are left out.
        strict: whether anything dropped or repaired is refused.
        offline: never use the network.
    """

    name: str
    sources: Mapping[str, Sequence[str]]
    text: str = ""
    pair: str = ""
    group: str = ""
    id: str = ""
    split: str = ""
    labels: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()
    form: Form = ""
    between: str = ""
    span: tuple[float, float] | None = None
    rare: str = ""
    at_least: int = 0
    only: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    drop_empty: bool = False
    strict: bool = False
    offline: bool = False
