"""Figures of a fault: the table, and the finished results and leftovers in a results folder."""

import sys
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bench.store.store import Store

_EXPECTED = {"runs", "settings.json", ".lock", ".staging", "unfinished"}


@dataclass
class Figures:
    """A line of the table: how often a fault was tried, and its consequences."""

    fault: str
    tried: int = 0
    lost: int = 0
    torn: int = 0
    wrong: int = 0
    left: int = 0
    note: str = ""


def show(table: Iterable[Figures]) -> None:
    """Print lines as they arrive; exit with 1 where a figure is not 0."""
    print("| fault | tried | lost | torn | wrong | left over | otherwise |")
    print("|---" * 7 + "|", flush=True)
    faults = 0
    for line in table:
        print("| " + " | ".join(map(str, astuple(line))) + " |", flush=True)
        faults += line.lost + line.torn + line.wrong + line.left
    sys.exit(int(faults > 0))


def left_over(results: Path) -> list[str]:
    """Return files in a results folder that are no longer needed, and its lock if it is held."""
    names = [path for path in results.iterdir() if path.name not in _EXPECTED]
    for place in (".staging", "unfinished", "damaged"):
        names += (results / place).glob("*")
    for key, folder in ((path.name, path) for path in (results / "runs").iterdir()):
        known = {"result.json", *Store(results).read(key).result.files}
        names += [path for path in folder.iterdir() if path.name not in known]
    try:
        FileLock(results / ".lock").acquire(timeout=0).__exit__(None, None, None)
    except Timeout:
        names.append(results / ".lock")
    return [str(path.relative_to(results)) for path in names]


def finished(results: Path) -> dict[str, bytes]:
    """Return the record of every finished run, as bytes."""
    store = Store(results)
    done = [key for key in store.stored_keys() if store.status(key) == "done"]
    return {key: (store.runs / key / "result.json").read_bytes() for key in done}
