"""Old names of the plugin interface: each still works, silently, beside the name that replaced it.

A plugin written for the old names runs unchanged. Type checkers know the new names alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from operator import attrgetter
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)

BASELINE = {"cheap": "full_data_entry", "ingredients": "key_parts"}
"""Members of a baseline's class: old name -> new name."""
OUTPUT = {"blank": "fallback_answer"}
"""Members of an answer space's class: old name -> new name."""


def renamed(**names: str) -> Callable[[Class], Class]:
    """Return a decorator for a dataclass some of whose members have been renamed. Its constructor
    and `dataclasses.replace` accept the old names of fields; fields and methods can be read by
    their old names.

    Args:
        names: old name -> new name.
    """

    def decorate(cls: Class) -> Class:
        members: dict[str, Any] = {old: property(attrgetter(new)) for old, new in names.items()}
        members["__init__"] = _accepting(names, vars(cls)["__init__"])
        members["_old_names"] = names
        for name, value in members.items():
            setattr(cls, name, value)
        return cls

    return decorate


def _accepting(names: Mapping[str, str], build: Callable[..., None]) -> Callable[..., None]:
    @wraps(build)
    def init(self: object, *args: Any, **given: Any) -> None:
        # `dataclasses.replace` gives a field that was changed by its old name under both: the
        # old name has the change.
        for old in names.keys() & given.keys():
            given[names[old]] = given.pop(old)
        build(self, *args, **given)

    return init


def under_old_names(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass by their old names, which keys and stored records use.

    Args:
        value: an instance of a class decorated with `renamed`.
    """
    old_names = {new: old for old, new in type(value)._old_names.items()}
    return {old_names.get(name, name): field for name, field in asdict(value).items()}


def both_names(cls: type, names: Mapping[str, str]) -> None:
    """Give a class and its bases both names of each member that they define under one. Where
    several define it, the class nearest to `cls` counts, under either name.

    Args:
        cls: a plugin's class.
        names: old name -> new name.
    """
    for base in cls.__mro__:
        for old, new in names.items():
            own = vars(base)
            if old in own and new not in own:
                setattr(base, new, own[old])
            elif new in own and old not in own:
                setattr(base, old, own[new])
