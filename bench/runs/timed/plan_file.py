"""plan.toml: a timed plan as a file that people can read, each field checked when it is read."""

import json
import tomllib
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from bench.errors import UserError, quoted
from bench.guards.guarded import Odd, read_bytes
from bench.runs.timed.timed_plan import FORMAT, EntryOfPlan, TimedPlan

NAME = "plan.toml"
_LARGEST = 4 * 1024 * 1024
_HEAD = """\
# A plan of textbench: what to try in a given time, chosen from estimates before any result was
# seen. It is repeated exactly, anywhere, by
#
#     bench run plan.toml      (with --plugins DIR for tasks of your own)
#
# The command that made it, run again in the same results folder, finishes it and then lets it
# grow. A task that has changed since, or a plan of another format, is refused.

"""
_ABOUT_ENTRIES = """
# A recipe at a number of labelled examples (all, where `train` is missing). `seconds`: what its
# seeds were estimated to take together on the machine where the plan was made.
"""
_WORDS = {
    "profile": "whose parameters the recipes start from",
    "smallest": "labelled examples that every model is ranked with",
    "test": "test examples that every model answers",
    "threads": "for each worker: the last digits of answers depend on it",
    "score_train": "the training examples are scored, too",
}

# The checks' own words speak of Python.
_PLAIN = {
    "extra_forbidden": "unknown key",
    "missing": "is missing",
    "too_short": "must not be empty",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "string_type": "must be a text in quotes",
    "string_pattern_mismatch": "must be a name of letters, digits, dots, hyphens and underscores",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
}


def is_plan(path: Path) -> bool:
    """Return whether a TOML file is meant as a plan: it names a format, or has entries or recipes,
    which no experiment has; False if it cannot be read."""
    try:
        table = tomllib.loads(read_bytes(path, _LARGEST).decode())
    except (Odd, OSError, ValueError, RecursionError):
        return False
    return not {"format", "entries", "recipes"}.isdisjoint(table)


def read_plan(path: Path) -> TimedPlan:
    """Read a plan.

    Raises:
        UserError: it cannot be read, is of another format, or a field is not what it must be.
    """
    table = _table(path)
    version = table.get("format")
    if type(version) is not int or version != FORMAT:
        found = f"format {_shown(version)}" if "format" in table else "no format"
        raise UserError(
            f"{path}: {found}, and this textbench reads format {FORMAT}: make a new plan with "
            "--time"
        )
    try:
        return TimedPlan.model_validate(table)
    except ValidationError as error:
        raise UserError(f"{path}: {_first(error)}") from None


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_bytes(path, _LARGEST).decode())
    except Odd as error:
        raise UserError(f"{path}: not used: {error}") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not valid TOML: {error}") from None


def _first(error: ValidationError) -> str:
    """Return the first fault on one line, and how many more there are."""
    faults = error.errors()
    fault, more = faults[0], len(faults) - 1
    where = _place(fault["loc"])
    what = fault["msg"].removeprefix("Value error, ")
    if fault["loc"][-1:] == ("examples",):
        what = "must be the 64 hexadecimal digits of a sha256"
    elif fault["type"] in _PLAIN:
        what = _PLAIN[fault["type"]]
    if fault["type"] not in ("missing", "value_error", "extra_forbidden"):
        what = f"{what}, found {_shown(fault['input'])}"
    line = f"{where}: {what}" if where else what
    return f"{line} (and {more} more)" if more else line


def _shown(value: object) -> str:
    """Return a value as TOML writes it, where that differs from Python."""
    return str(value).lower() if isinstance(value, bool) else quoted(value)


def _place(path: tuple[int | str, ...]) -> str:
    """Return a fault's place in the file, as `entry 3, seeds` or `tasks.tickets.folds`."""
    if len(path) > 1 and path[0] == "entries":
        first, rest = f"entry {int(path[1]) + 1}", path[2:]
        return ", ".join([first, *map(str, rest[:1])])
    return ".".join(map(str, path))


def text_of(plan: TimedPlan) -> str:
    """Return a plan as commented TOML; reading it gives the same plan."""
    facts = plan.model_dump(exclude_none=True, exclude={"tasks", "recipes", "entries"})
    if not plan.score_train:
        del facts["score_train"]
    lines = [_HEAD, *(_commented(name, value) for name, value in facts.items()), _ABOUT_ENTRIES]
    lines += ["entries = [\n", *map(_line, plan.entries), "]\n"]
    tables = {
        "tasks": {name: task.model_dump() for name, task in plan.tasks.items()},
        "recipes": {name: recipe.model_dump() for name, recipe in plan.recipes.items()},
    }
    return "".join(lines) + "\n" + tomli_w.dumps(tables)


def _commented(name: str, value: Any) -> str:
    line = tomli_w.dumps({name: value}).rstrip("\n")
    return f"{line:<24}# {_WORDS[name]}\n" if name in _WORDS else f"{line}\n"


def _line(entry: EntryOfPlan) -> str:
    """Return an entry as one line."""
    values = entry.model_dump(exclude_none=True)
    # Numbers, plain names and lists of them read the same in JSON and TOML.
    fields = ", ".join(f"{name} = {json.dumps(value)}" for name, value in values.items())
    return f"  {{ {fields} }},\n"
