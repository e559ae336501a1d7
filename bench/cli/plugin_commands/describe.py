"""The output of `bench show` and `bench check` for a plugin."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from bench.cli.plugin_commands.languages import LOOKED_AT, written_in
from bench.conformance import Finding, check_baseline, check_task
from bench.data.checks import told
from bench.data.label_coverage import unseen_labels, untested_labels
from bench.data.prepare import PreparedTask
from bench.data.source import Source, data_folders, prepared_task
from bench.errors import UserError, did_you_mean
from bench.example import Example
from bench.files import Files
from bench.models.prompt import render
from bench.outputs import Span
from bench.outputs.look_alikes import look_alikes
from bench.registry import Registry, load_baseline
from bench.registry import load_task as load_plugin
from bench.texts.scripts import spaced, words

SHOWN = 160
"""Maximum number of characters of a text in an example."""
IN_PROMPT = 1000
"""Maximum number of characters of a text in the prompt."""
EXAMPLES = 3
LISTED = 12
"""Maximum number of labels that a line names."""


def describe(
    name: str, plugins: Sequence[Path], data: Sequence[Path], *, offline: bool
) -> Iterator[RenderableType]:
    """Describe a task for people: origin, examples, labels, lengths, checks, prompt.

    Raises:
        UserError: no such task.
        BenchError: its data is unavailable or invalid.
    """
    plugin = Registry("tasks", plugins)[name]
    prepared = prepared_task(name, Source(plugins, data, offline))
    yield f"[bold]{escape(name)}[/bold]  {escape(plugin.summary())}"
    yield _facts(prepared)
    yield _splits(prepared)
    if prepared.task.output.labels:
        yield _labels(prepared)
        for line in look_alikes(prepared.task.output.labels):
            yield f"[yellow]note:[/yellow] {escape(line)}"
        yield from _one_sided(prepared)
    yield "\n[bold]examples[/bold] (from train)"
    for example in prepared.loaded.train[:EXAMPLES]:
        answer = prepared.task.output.encode(example.target, example.text)
        yield f"  [bold]{escape(_short(answer))}[/bold]  {escape(_short(example.text))}"
    yield "\n[bold]prompt[/bold] (of the first training example)"
    first = prepared.loaded.train[0].input
    pair = None if first.pair is None else _beginning(first.pair)
    yield escape(render(prepared.task, replace(first, text=_beginning(first.text), pair=pair)))


def _short(text: str) -> str:
    line = " ".join(text[: 20 * SHOWN].split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _beginning(text: str) -> str:
    if len(text) <= IN_PROMPT:
        return text
    return f"{text[:IN_PROMPT]}… ({len(text):,} characters)"


def _facts(prepared: PreparedTask) -> Table:
    task = prepared.task
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("output", f"{task.output.kind}, main metric {task.all_metrics[0].name}"),
        ("version", str(task.version)),
        ("data", task.how_to_get_data or "see the task's file"),
        ("texts", written_in([row.text for row in prepared.loaded.train[:LOOKED_AT]])),
        ("licence", task.licence),
        ("citation", task.citation),
        ("seen in pretraining", task.seen_in_pretraining),
        ("data checks", told(dict(sorted(prepared.checks.items()))) or "nothing found"),
    ):
        table.add_row(f"[dim]{name}[/dim]", escape(value))
    return table


def _splits(prepared: PreparedTask) -> Table:
    table = Table("split", "examples", "groups", "words (median)", "longest", box=None)
    loaded = prepared.loaded
    parts = {"train": loaded.train, "validation": loaded.validation, "test": loaded.test}
    for split, rows in parts.items():
        lengths = [_length(row.text) for row in rows]
        groups = {row.group for row in rows if row.group is not None}
        if rows:
            table.add_row(
                split,
                f"{len(rows):,}",
                f"{len(groups):,}" if groups else "-",
                f"{median(lengths):g}",
                f"{max(lengths):,}",
            )
    return table


def _length(text: str) -> int:
    return len(text.split() if spaced(text) else words(text))


def _labels(prepared: PreparedTask) -> Table:
    table = Table("label", "train", "test", "share of test", box=None)
    loaded, output = prepared.loaded, prepared.task.output
    learn = _count((*loaded.train, *loaded.validation))
    test = _count(loaded.test)
    for label in output.labels:
        share = test[label] / max(len(loaded.test), 1)
        table.add_row(escape(label), f"{learn[label]:,}", f"{test[label]:,}", f"{share:.1%}")
    return table


def _one_sided(prepared: PreparedTask) -> Iterator[RenderableType]:
    """Name the labels that stand on one side of the split alone."""
    loaded, labels = prepared.loaded, prepared.task.output.labels
    for names, what in (
        (untested_labels(loaded, labels), "never tested"),
        (unseen_labels(loaded, labels), "tested, but never seen in training"),
    ):
        if names:
            more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
            yield f"[yellow]{what}:[/yellow] {escape(', '.join(names[:LISTED]) + more)}"


def _count(rows: Sequence[Example]) -> Counter[str]:
    """Count the examples of each label."""
    return Counter(label for row in rows for label in _labels_of(row))


def _labels_of(row: Example) -> set[str]:
    if isinstance(row.target, str):
        return {row.target}
    if isinstance(row.target, frozenset):
        return set(row.target)
    if isinstance(row.target, tuple):
        return {item.label for item in row.target if isinstance(item, Span)}
    return set()


def check_plugin(
    name: str, plugins: Sequence[Path], data: Sequence[Path], *, offline: bool
) -> list[Finding]:
    """Run the conformance suite on the task or baseline of that name.

    Raises:
        UserError: there is neither, or it is broken.
    """
    tasks, baselines = Registry("tasks", plugins), Registry("baselines", plugins)
    if name in baselines.plugins:
        return list(check_baseline(name, load_baseline(baselines[name])))
    if name in tasks.plugins:
        plugin = tasks[name]
        files = Files(name, plugin.suite, data_folders(data), offline=offline)
        return list(check_task(load_plugin(plugin), files))
    known = [*tasks.names(), *baselines.names()]
    raise UserError(f"no task or baseline '{name}'; {did_you_mean(name, known)}")
