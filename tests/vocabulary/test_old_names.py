"""Old names beside new ones: in constructors, in reads, in classes and in keys."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from bench.old_names import both_names, renamed, under_old_names


@renamed(hue="colour", say="describe")
@dataclass(frozen=True, slots=True)
class Paint:
    """A dataclass whose field `hue` is now `colour`, and its method `say` `describe`."""

    colour: str = "red"
    litres: int = 1

    def describe(self) -> str:
        return f"{self.litres} of {self.colour}"


OLD: Mapping[str, str] = {"hue": "blue"}
"""As an old plugin says it; type checkers know the new name alone."""


def test_an_old_keyword_is_the_new_one() -> None:
    assert Paint(**OLD, litres=2) == Paint("blue", 2)  # type: ignore[arg-type]


def test_an_old_name_can_be_read() -> None:
    assert getattr(Paint("blue"), "hue") == "blue"  # noqa: B009


def test_an_old_method_can_be_called() -> None:
    assert getattr(Paint(), "say")() == "1 of red"  # noqa: B009


def test_a_field_is_replaced_by_its_old_name() -> None:
    assert replace(Paint("red", 2), **OLD) == Paint("blue", 2)  # type: ignore[arg-type]


def test_a_name_that_never_was_is_refused() -> None:
    with pytest.raises(TypeError, match="shade"):
        Paint(shade="x")  # type: ignore[call-arg]


def test_the_signature_has_the_new_names_alone() -> None:
    assert [*inspect.signature(Paint).parameters] == ["colour", "litres"]


def test_keys_and_records_keep_the_old_names() -> None:
    assert under_old_names(Paint("blue")) == {"hue": "blue", "litres": 1}


class New:
    tint = "new"


class Heir(New):
    hue = "old"


class LastHeir(Heir):
    tint = "newest"


@pytest.mark.parametrize(("cls", "value"), [(New, "new"), (Heir, "old"), (LastHeir, "newest")])
def test_the_nearest_class_counts_under_either_name(cls: type, value: str) -> None:
    both_names(cls, {"hue": "tint"})
    assert [getattr(cls, name) for name in ("hue", "tint")] == [value, value]
