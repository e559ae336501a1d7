"""Pair the cells of two results folders, and say of the others why they cannot be compared."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.errors import UserError, did_you_mean
from bench.leaderboard.comparisons.main_metric import main_score, mean_replicates
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import CellParts, Gathered, TaskRun


@dataclass(frozen=True)
class Pair:
    """An entry on a task, before and now, on the same test examples.

    Args:
        task: the task's name.
        before: the entry in BASE.
        now: the entry in NEW; another one only where it was asked for by name.
        base: its seeds in BASE.
        new: its seeds in NEW.
    """

    task: str
    before: EntryKey
    now: EntryKey
    base: tuple[TaskRun, ...]
    new: tuple[TaskRun, ...]

    @property
    def entry(self) -> str:
        """Name of the entry, or both names."""
        before, now = named(self.before), named(self.now)
        return now if before == now else f"{before} → {now}"


@dataclass(frozen=True)
class Apart:
    """What cannot be compared, and why; `entry` is empty for a whole task."""

    task: str
    entry: str
    why: str


def named(key: EntryKey) -> str:
    """Return an entry's name with its number of labelled examples, if that is limited."""
    few = "" if key.limit_train is None else f", {key.limit_train:,} examples"
    return f"{key.title}{few}"


def paired(
    base: Gathered, new: Gathered, wanted: Sequence[str] = ()
) -> tuple[list[Pair], list[Apart]]:
    """Pair the cells of two folders by task and entry.

    Args:
        base: the results to compare with.
        new: the results to judge.
        wanted: ENTRY/TASK, where ENTRY is a baseline or an entry's name; empty: all. An entry whose
            settings have changed is compared where each folder has one of the name that learnt from
            as many examples.

    Raises:
        UserError: one of `wanted` is in neither folder.
    """
    pairs: list[Pair] = []
    apart: list[Apart] = []
    _refuse_unknown(base, new, wanted)
    for task in sorted({*base.tasks, *new.tasks}):
        before, now = _cells(base, task, wanted), _cells(new, task, wanted)
        if not before and not now:
            continue
        if task not in base.tasks or task not in new.tasks:
            apart.append(Apart(task, "", f"only {_where(bool(before))} has it"))
            continue
        for first, second in _matched(before, now, alone=bool(wanted)):
            one = before.get(first) if first else None
            other = now.get(second) if second else None
            found = _pair(task, (first, one), (second, other))
            pairs += [found] if isinstance(found, Pair) else []
            apart += [found] if isinstance(found, Apart) else []
    return pairs, apart


Cells = dict[EntryKey, CellParts]


def _where(base: bool) -> str:
    return "BASE" if base else "NEW"


def _names(key: EntryKey, task: str) -> set[str]:
    return {f"{name}/{task}" for name in (key.baseline, key.title, named(key))}


def _cells(gathered: Gathered, task: str, wanted: Sequence[str]) -> Cells:
    cells = gathered.tasks[task].cells if task in gathered.tasks else {}
    return {k: c for k, c in cells.items() if not wanted or _names(k, task) & {*wanted}}


def _refuse_unknown(base: Gathered, new: Gathered, wanted: Sequence[str]) -> None:
    every = [
        (key, name) for one in (base, new) for name, task in one.tasks.items() for key in task.cells
    ]
    known = {name for key, task in every for name in _names(key, task)}
    for name in wanted:
        if name not in known:
            shown = {f"{key.baseline}/{task}" for key, task in every}
            raise UserError(
                f"--entry {name!r}: neither folder has it (write ENTRY/TASK); "
                f"{did_you_mean(name, shown)}"
            )


def _matched(
    before: Cells, now: Cells, *, alone: bool
) -> Iterable[tuple[EntryKey | None, EntryKey | None]]:
    """Yield the keys in BASE and NEW that belong together; None where a folder has none."""
    for kin in sorted({_kin(key) for key in (*before, *now)}):
        first = {k for k in before if _kin(k) == kin}
        second = {k for k in now if _kin(k) == kin}
        if alone and len(first) == len(second) == 1:
            yield first.pop(), second.pop()
            continue
        for key in sorted(first | second, key=lambda key: key.order):
            yield key if key in first else None, key if key in second else None


def _kin(key: EntryKey) -> tuple[str, ...]:
    """Return what an entry keeps when its settings change, as a sort key."""
    return replace(key, params="{}", variant=None, recipe="").order


def _pair(
    task: str,
    before: tuple[EntryKey | None, CellParts | None],
    now: tuple[EntryKey | None, CellParts | None],
) -> Pair | Apart:
    (first, base), (second, new) = before, now
    if first is None or base is None:
        assert second is not None
        return Apart(task, named(second), "only NEW has it")
    if second is None or new is None:
        return Apart(task, named(first), "only BASE has it")
    found = Pair(task, first, second, base.done, new.done)
    for side, cell in (("BASE", base), ("NEW", new)):
        if not cell.done:
            run = cell.newest.run
            return Apart(task, found.entry, f"{run.status} in {side}: {run.reason}")
    why = next(_differences(found), "")
    return Apart(task, found.entry, why) if why else found


def _differences(pair: Pair) -> Iterator[str]:
    """Yield the reasons why two finished cells cannot be compared."""
    one, other = pair.base[0], pair.new[0]
    before, now = one.facts, other.facts
    if before.version != now.version:
        yield f"version {before.version} of the task in BASE, {now.version} in NEW"
    if before.main_metric != now.main_metric:
        yield f"its main metric is {before.main_metric} in BASE, {now.main_metric} in NEW"
    if before.data.test_hash != now.data.test_hash:
        counts = f"{before.data.test:,} in BASE, {now.data.test:,} in NEW"
        yield f"its test examples are not the same ({counts}); run one of the two again"
    if one.setting != other.setting:
        yield f"{one.setting[2]:,} bootstrap draws in BASE, {other.setting[2]:,} in NEW"
    for side, parts in (("BASE", pair.base), ("NEW", pair.new)):
        if not np.isfinite(main_score(parts)):
            yield f"its score in {side} is not a finite number"
    together = [mean_replicates(parts) for parts in (pair.base, pair.new)]
    if np.isfinite(together).all(axis=0).sum() < 2:
        yield "its bootstrap draws are not finite numbers"
