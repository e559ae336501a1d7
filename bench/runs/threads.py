"""Threads that one worker's computing libraries may use, the same for all results of a folder.

A folder remembers the number of its first run in `settings.json`, since answers differ in their
last digits with it. The folder may be somebody else's: what is no number from 1 to MOST is ignored.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from bench.guards.guarded import Odd, read_bytes
from bench.runs.cores import Cores
from bench.store.atomic import clear_errors, write_through
from bench.store.store import Store

MOST = 1024
FILE = "settings.json"
_LONGEST = 4096


class Unusable(Exception):
    """A settings file that is none; the message says why."""


@dataclass(frozen=True)
class Threads:
    """How many threads a worker gets.

    Args:
        count: the number.
        source: where it comes from, in words.
        memory: the number that the results folder is to remember; None: nothing is to be written.
        note: what the user must know of it; "" where there is nothing.
    """

    count: int
    source: str
    memory: int | None = None
    note: str = ""

    def __str__(self) -> str:
        """In words."""
        return f"{self.count} thread{'s' * (self.count != 1)} a worker: {self.source}"


def settle(results: Path, cores: Cores, jobs: int, *, given: int | None = None) -> Threads:
    """The number for a run: what was given, else what the folder remembers, else the cores shared
    out among the workers.

    Args:
        results: the results folder.
        cores: those that this process may use.
        jobs: workers at once.
        given: what the user asked for.
    """
    note = ""
    try:
        remembered = recall(results)
    except Unusable as error:
        remembered, note = None, f"{results / FILE} is ignored: {error}; delete it"
    if given is None and remembered is not None:
        return _as_before(remembered, cores, results)
    new = share(cores, jobs) if given is None else Threads(given, "as given by --threads")
    # A file that is ignored is left as it is: nobody knows whose it is.
    memory = None if note or remembered == new.count else new.count
    return replace(new, memory=memory, note=note)


def share(cores: Cores, jobs: int) -> Threads:
    """The cores, shared out among the workers."""
    workers = f"{jobs} worker" + "s" * (jobs != 1)
    return Threads(max(1, cores.count // jobs), f"{cores} for {workers}")


def _as_before(remembered: int, cores: Cores, results: Path) -> Threads:
    source = f"as before in {results} (--threads changes it)"
    if remembered <= cores.count:
        return Threads(remembered, source)
    note = (
        f"{results} has results of {remembered} threads a worker, but this process may use "
        f"{cores}: new ones can differ in their last digits"
    )
    return Threads(cores.count, f"{cores}, fewer threads than before", note=note)


def recall(results: Path) -> int | None:
    """The number that a results folder remembers; None where it has no such file.

    Raises:
        Unusable: there is a file, but no number from 1 to MOST in it.
    """
    try:
        count = json.loads(read_bytes(results / FILE, _LONGEST))["threads"]
    except FileNotFoundError:
        return None
    except Odd as error:
        raise Unusable(str(error)) from None
    except OSError as error:
        raise Unusable(f"it cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unusable('it is not {"threads": N}') from None
    if type(count) is not int or not 1 <= count <= MOST:
        raise Unusable(f"its threads are {str(count)[:40]!r}, no number from 1 to {MOST}")
    return count


def remember(store: Store, threads: Threads) -> None:
    """Write the number down, where it is new.

    Raises:
        StoreError: the folder cannot be written to.
    """
    if threads.memory is None:
        return
    with store.workspace() as workspace, clear_errors(store.root):
        text = json.dumps({"threads": threads.memory})
        write_through(workspace / FILE, text.encode() + b"\n")
        (workspace / FILE).replace(store.root / FILE)
