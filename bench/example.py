"""An example of a data set: input, answer, id, and the splits that hold it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.outputs import Answer

Split = Literal["train", "validation", "test"]


SPLITS: tuple[Split, ...] = ("train", "validation", "test")


NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


@dataclass(frozen=True, slots=True)
class Input:
    """The part of an example that a baseline sees at prediction time: no gold."""

    id: str
    text: str
    pair: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text.

    `group` names the unit that must not straddle splits (author, document); None: the example is
    a group of its own. Tasks of one source share a name space: the same name denotes the same
    author in all of them.
    """

    id: str
    text: str
    target: Answer
    pair: str | None = None
    group: str | None = None

    @property
    def input(self) -> Input:
        """The example without its gold."""
        return Input(self.id, self.text, self.pair)


Splits = Mapping[Split, Sequence[Example]]
