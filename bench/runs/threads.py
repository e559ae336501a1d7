"""Number of threads for one worker's numerical libraries, the same for all results of a folder.

A folder stores the number of its first run in `settings.json`, since answers differ in their last
digits with it. The folder may come from somebody else: anything but a number from 1 to MOST is
ignored.
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
    """A settings file is invalid; the message says why."""


@dataclass(frozen=True)
class Threads:
    """Number of threads per worker.

    Args:
        count: the number of threads.
        source: origin of the number, in words.
        memory: number to store in the results folder; None: nothing is to be written.
        note: a message for the user; "" where there is none.
    """

    count: int
    source: str
    memory: int | None = None
    note: str = ""

    def __str__(self) -> str:
        """Return the number with its origin, in words."""
        return f"{self.count} thread{'s' * (self.count != 1)} per worker: {self.source}"


def settle(
    results: Path,
    cores: Cores,
    jobs: int,
    *,
    given: int | None = None,
    source: str = "set by --threads",
) -> Threads:
    """Choose the number for a run: the one requested, else the one stored in the folder, else the
    cores divided by the number of workers.

    Args:
        results: the results folder.
        cores: the cores that this process may use.
        jobs: number of workers at the same time.
        given: the number requested by the user.
        source: where that number comes from, in words.
    """
    note = ""
    try:
        remembered = recall(results)
    except Unusable as error:
        remembered, note = None, f"{results / FILE} is ignored ({error}); delete it"
    if given is None and remembered is not None:
        return _as_before(remembered, cores, results)
    new = share(cores, jobs) if given is None else Threads(given, source)
    # An invalid file is left as it is: its owner is unknown.
    memory = None if note or remembered == new.count else new.count
    return replace(new, memory=memory, note=note)


def share(cores: Cores, jobs: int) -> Threads:
    """Divide the cores among the workers."""
    workers = f"{jobs} worker" + "s" * (jobs != 1)
    return Threads(max(1, cores.count // jobs), f"{cores} for {workers}")


def _as_before(remembered: int, cores: Cores, results: Path) -> Threads:
    source = f"as before in {results} (change it by --threads)"
    if remembered <= cores.count:
        return Threads(remembered, source)
    note = (
        f"the results in {results} were computed with {remembered} threads per worker, but only "
        f"{cores} can be used now: new results may differ in the last digits"
    )
    return Threads(cores.count, f"{cores}, fewer than before", note=note)


def recall(results: Path) -> int | None:
    """Return the number stored in a results folder; None where there is no such file.

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
        raise Unusable(f"cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unusable('not {"threads": N}') from None
    if type(count) is not int or not 1 <= count <= MOST:
        raise Unusable(f"threads is {str(count)[:40]!r}, not a number from 1 to {MOST}")
    return count


def remember(store: Store, threads: Threads) -> None:
    """Store the number, if it is new.

    Raises:
        StoreError: the folder cannot be written to.
    """
    if threads.memory is None:
        return
    with store.workspace() as workspace, clear_errors(store.root):
        text = json.dumps({"threads": threads.memory})
        write_through(workspace / FILE, text.encode() + b"\n")
        (workspace / FILE).replace(store.root / FILE)
