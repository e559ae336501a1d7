"""The single place where any exception is caught between stored results and a report: unforeseen
faults in somebody else's results folder must not end a report.

Free of cost as long as no exception is raised.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from bench.costs.needs import Needs
from bench.errors import BenchError, Problem, StoreError, UserError
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.rescoring import Read
from bench.redaction import redact
from bench.store.store import Contents, StoredResult

T = TypeVar("T")
LONGEST = 200
"""Maximum number of characters of an exception's message that a problem repeats."""


@dataclass(frozen=True)
class Broke:
    """An exception, described in words."""

    words: str


@dataclass(frozen=True)
class Shown(Generic[T]):
    """A leaderboard, and the report made from it."""

    board: Leaderboard
    made: T


def attempt(work: Callable[[], T]) -> T | Broke:
    """Return the result of a piece of work, or how it broke; a user's mistake is raised as it
    is."""
    try:
        return work()
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a foreign result breaks, the rest is shown
        return Broke(redact(f"{type(error).__name__}: {error}"[:LONGEST]))


@contextmanager
def as_store_error(where: str) -> Iterator[None]:
    """Turn any exception that a stored file causes into a StoreError that names the file; errors of
    the disk pass.

    Args:
        where: the file, as messages name it.
    """
    try:
        yield
    except (BenchError, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - a foreign file can break its reader in any way
        words = redact(f"{type(error).__name__}: {error}"[:LONGEST])
        raise StoreError(f"{where} cannot be used ({words}); run it again with --rerun") from None


def show(
    contents: Contents,
    make: Callable[[Leaderboard], T],
    read: Read | None = None,
    needs: Needs | None = None,
) -> Shown[T]:
    """Compute the leaderboard of a results folder and make a report of it; results that break
    either are left out, each with a problem.

    Args:
        contents: the contents of the folder.
        make: makes the report.
        read: returns the stored predictions of a run; see `compute`.
        needs: what the recommendations are for; None: the defaults.
    """

    def whole(results: Sequence[StoredResult], problems: Sequence[Problem]) -> Shown[T]:
        board = compute(results, problems, read, needs)
        return Shown(board, make(board))

    first = attempt(lambda: whole(contents.results, contents.problems))
    if not isinstance(first, Broke):
        return first
    results, odd = apart(contents.results, lambda subset: whole(subset, ()))
    return whole(results, (*contents.problems, *odd))


def apart(
    results: Sequence[StoredResult], use: Callable[[Sequence[StoredResult]], object]
) -> tuple[list[StoredResult], list[Problem]]:
    """Return the results that can be used together, and a problem for each of the others.

    Args:
        results: the results in order; of two that cannot be used together the first stays.
        use: a function that raises where the results cannot be used together.
    """
    odd: list[Problem] = []
    alone = [stored for stored in results if not _breaks([], [stored], use, odd)]
    return _joined([], alone, use, odd), odd


def _joined(
    good: list[StoredResult],
    more: list[StoredResult],
    use: Callable[[Sequence[StoredResult]], object],
    odd: list[Problem],
) -> list[StoredResult]:
    """Return the usable results with as many more as can be used with them, found by bisection."""
    if len(more) <= 1:
        return good if not more or _breaks(good, more, use, odd) else good + more
    if not isinstance(attempt(lambda: use(good + more)), Broke):
        return good + more
    half = len(more) // 2
    return _joined(_joined(good, more[:half], use, odd), more[half:], use, odd)


def _breaks(
    good: list[StoredResult],
    last: list[StoredResult],
    use: Callable[[Sequence[StoredResult]], object],
    odd: list[Problem],
) -> bool:
    """Return whether one more result breaks the use; if so, record it as a problem."""
    outcome = attempt(lambda: use(good + last))
    if not isinstance(outcome, Broke):
        return False
    what = f"not used: it cannot be put on the board ({outcome.words})"
    odd.append(Problem(where=last[0].folder, what=f"{what}; delete the folder, or run it again"))
    return True
