"""A task on another task's examples, under coarser labels."""

from collections.abc import Mapping, Sequence
from keyword import iskeyword
from pathlib import Path

from bench.drafting.plugin_text import quoted
from bench.errors import UserError, did_you_mean
from bench.registry import Registry, load_task

REST = "*"
"""Stands for all labels that are not named."""


def label_map(labels: Sequence[str], given: Sequence[str]) -> dict[str, str | None]:
    """Return each label's new label; None where its examples are left out.

    Args:
        labels: the task's labels.
        given: `OLD=NEW` each; several old ones with commas; `*` for all others; nothing behind `=`
            to leave them out. Labels that are not named stay.

    Raises:
        UserError: one is no such pair, or names no label.
    """
    named: dict[str, str] = {}
    for pair in given:
        old, found, new = pair.partition("=")
        if not found or not old:
            raise UserError(f"--map {pair!r}: write OLD=NEW, as in --map sad,angry=negative")
        parts = [old] if old in labels else old.split(",")
        for part in parts:
            if part != REST and part not in labels:
                raise UserError(f"--map {pair!r}: no label '{part}'; {did_you_mean(part, labels)}")
            named[part] = new
    mapped = {label: named.get(label, named.get(REST, label)) or None for label in labels}
    if len({*mapped.values()} - {None}) < 2:
        raise UserError("--map leaves fewer than two labels")
    return mapped


def coarser_text(name: str, base: str, given: Sequence[str], folder: Path) -> str:
    """Return the text of a task's file on the examples of another task.

    Args:
        name: the new task's name.
        base: the other task's.
        given: as `label_map` takes it.
        folder: the plugin folder.

    Raises:
        UserError: the other task has no labels, or cannot be imported by its name.
    """
    plugin = Registry("tasks", [folder] if folder.is_dir() else [])[base]
    task = load_task(plugin)
    if not task.output.labels:
        raise UserError(f"task {base} has no labels to map")
    if not given:
        first = task.output.labels[0]
        raise UserError(
            f"say which labels become one, as in --map '{first}={first}' --map '*=other'"
        )
    module = plugin.module or base
    if not all(part.isidentifier() and not iskeyword(part) for part in module.split(".")):
        raise UserError(f"task {base}: its file's name cannot be imported; rename it")
    mapped = label_map(task.output.labels, given)
    return _TEXT.format(
        summary=f"The examples of {base} under {len({*mapped.values()} - {None})} labels.",
        module=module,
        name=quoted(name),
        labels=_lines(mapped),
    )


def _lines(mapped: Mapping[str, str | None]) -> str:
    return "\n".join(f"    {quoted(old)}: {quoted(new)}," for old, new in mapped.items())


_TEXT = '''"""{summary}"""

from bench.derive import derived
from bench.task import Prompt
from {module} import TASK as BASE

LABELS = {{  # None leaves the examples out
{labels}
}}
TASK = derived(
    BASE,
    {name},
    LABELS,
    prompt=Prompt(instruction="Which label fits this text?"),
)
'''
