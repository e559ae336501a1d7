"""Layout of `--help`: the panels that options are listed in, and no type beside a switch."""

import inspect
from typing import Any

from typer.core import TyperCommand, TyperGroup

SELECTION = "What to run"
AMOUNT = "How much data"
EXECUTION = "How to run it"
CHOICE = "What to show"
PLACES = "Folders and network"


def _without_switch_types(params: list[Any]) -> list[Any]:
    """Return the options; Typer would list a switch as `<bool>`, although it takes no value."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params


def _joined(help: str | None) -> str | None:
    """Return a docstring with each paragraph on one line; Typer would keep some line breaks."""
    paragraphs = inspect.cleandoc(help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


class Command(TyperCommand):
    """A command whose help shows a type only for options that take a value."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        settings["help"] = _joined(settings.get("help"))
        super().__init__(name, **settings)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options and arguments, as they are shown and parsed."""
        return _without_switch_types(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands whose help shows a type only for options that take a value."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options, as they are shown and parsed."""
        return _without_switch_types(super().get_params(ctx))
