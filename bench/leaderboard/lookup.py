"""Find a stored cell by what a user types: a result's key, or BASELINE/TASK[/SEED]."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import StoreError, UserError
from bench.leaderboard.gather import TaskRun, gather
from bench.leaderboard.odd_results import apart
from bench.records import Result
from bench.store.record_file import Damaged
from bench.store.store import ADAPTER, Store, StoredResult

PREFIX = re.compile(r"[0-9a-f]{6,64}")
SHORT, FEW = 12, 12
"""Number of characters of a key, and number of cells, that messages show."""
Known = Callable[[Store], str]


@dataclass(frozen=True)
class Cell:
    """A result that has an adapter, and the files stored from its fit, by name."""

    result: Result
    files: Mapping[str, bytes]

    @property
    def title(self) -> str:
        """Name used in messages."""
        return _title(self.result)


def find(results: Path, cell: str) -> Cell:
    """Find the result that a user refers to.

    Args:
        results: the results folder.
        cell: a result's key or its first 6 or more characters, or BASELINE/TASK[/SEED].

    Raises:
        UserError: there is none, more than one, or it has no adapter; the message lists those
            that have one.
        StoreError: it is damaged.
    """
    store = _store(results)
    result = _meant(store, cell, _known)
    if ADAPTER not in result.artefacts:
        why = f": {result.reason}" if result.reason else ""
        raise UserError(f"{_title(result)} has no adapter ({result.status}{why}); {_known(store)}")
    try:
        return Cell(result, store.artefacts(result.key))
    except Damaged as error:
        raise _broken(result.key, error) from None


def finished(results: Path, cell: str) -> Result:
    """Find the finished result that a user refers to, with or without an adapter.

    Args:
        results: the results folder.
        cell: as in `find`.

    Raises:
        UserError: there is none, or more than one; the message lists the existing ones.
        StoreError: it is damaged.
    """
    store = _store(results)
    result = _meant(store, cell, _done)
    if result.status != "done":
        raise UserError(f"{_title(result)} {result.status}: {result.reason}; {_done(store)}")
    return result


def _store(results: Path) -> Store:
    store = Store(results)
    if not store.has_runs:
        raise UserError(f"results folder {results}: it holds no runs; `bench run` makes them")
    return store


def _meant(store: Store, cell: str, known: Known) -> Result:
    return _by_name(store, cell, known) if "/" in cell else _by_key(store, cell, known)


def _broken(key: str, error: Damaged) -> StoreError:
    return StoreError(f"runs/{key}: {error}; run its command again with --rerun")


def _title(result: Result) -> str:
    tasks = result.tasks
    names = tasks[0] if len(tasks) == 1 else f"({', '.join(tasks)})"
    return f"{result.baseline}/{names}/{result.seed}"


def _by_key(store: Store, prefix: str, known: Known) -> Result:
    keys = [key for key in store.stored_keys() if key.startswith(prefix)]
    if not PREFIX.fullmatch(prefix):
        raise UserError(
            f"cell {prefix!r}: give BASELINE/TASK, BASELINE/TASK/SEED, or 6 characters or more of "
            f"a result's key; {known(store)}"
        )
    if not keys:
        raise UserError(f"cell {prefix!r}: no stored result's key begins so; {known(store)}")
    if len(keys) > 1:
        short = ", ".join(key[: len(prefix) + 6] for key in keys[:FEW])
        raise UserError(f"cell {prefix!r}: {len(keys)} keys begin so: {short}; give more of it")
    try:
        return store.read(keys[0]).result
    except Damaged as error:
        raise _broken(keys[0], error) from None


def _by_name(store: Store, cell: str, known: Known) -> Result:
    baseline, task, *seeds = cell.split("/")
    if len(seeds) > 1 or (seeds and not seeds[0].isdecimal()):
        raise UserError(f"cell {cell!r}: write BASELINE/TASK or BASELINE/TASK/SEED")
    results = store.contents().results
    matches = [
        part
        for part in _parts(results, baseline, task)
        if not seeds or part.run.seed == int(seeds[0])
    ]
    if not matches:
        raise UserError(f"cell {cell!r}: no finished result is of it; {known(store)}")
    if len(matches) > 1:
        listed = ", ".join(_described(part) for part in matches[:FEW])
        raise UserError(f"cell {cell!r}: {len(matches)} results are of it; give a key: {listed}")
    return matches[0].run


def _parts(results: Sequence[StoredResult], baseline: str, task: str) -> list[TaskRun]:
    """Return a cell's finished results as the leaderboard uses them: the newest of identical
    runs."""
    sound, _ = apart(results, gather)
    tasks = gather(sound).tasks
    if task not in tasks:
        return []
    cells = tasks[task].cells
    return [
        part for entry, cell in cells.items() if entry.baseline == baseline for part in cell.done
    ]


def _described(part: TaskRun) -> str:
    run = part.run
    limits = {"train": run.limit.train, "test": run.limit.test}
    facts = [f"seed {run.seed}", *(f"{n} {v}" for n, v in limits.items() if v is not None)]
    return f"{run.key[:SHORT]} ({part.row.title}, {', '.join(facts)})"


def _known(store: Store) -> str:
    """Return a closing phrase that lists the cells with an adapter."""
    results = [stored.result for stored in store.contents().results]
    having = [r for r in results if ADAPTER in r.artefacts]
    if not having:
        return "none of the stored results has an adapter; `bench run -b qlora` makes some"
    return f"with an adapter: {_listed(having)}"


def _done(store: Store) -> str:
    """Return a closing phrase that lists the finished cells."""
    done = [s.result for s in store.contents().results if s.result.status == "done"]
    return f"finished: {_listed(done)}" if done else "no stored result is finished"


def _listed(results: Sequence[Result]) -> str:
    names = sorted(f"{_title(r)} ({r.key[:SHORT]})" for r in results)
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"{', '.join(names[:FEW])}{more}"
