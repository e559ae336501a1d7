"""Results from before a task's examples changed."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Tested:
    """When a result was begun, and on which test examples.

    Args:
        started: the time, in a form that sorts.
        protocol: what decides which of a task's examples are tested: the limit, and whether in
            folds. Two results of one protocol have the same, unless the task's have changed.
        test_hash: the hash of the examples.
    """

    started: str
    protocol: Hashable
    test_hash: str


def outdated(results: Iterable[Tested]) -> set[Tested]:
    """Return the results that were begun before the task's examples changed.

    Where results of one protocol were tested on different examples, those of the newest one are
    the task's present ones. What was begun no later than the last result on others is outdated in
    every protocol. Nothing is where several were begun at the newest time.
    """
    by_protocol: dict[Hashable, list[Tested]] = defaultdict(list)
    for result in results:
        by_protocol[result.protocol].append(result)
    old, changed = set[Tested](), ""
    for members in by_protocol.values():
        others = _on_others(members)
        changed = max([changed, *(result.started for result in others)])
        old |= others
    for members in by_protocol.values():
        if max(result.started for result in members) <= changed:
            old |= {*members}
    return old


def _on_others(members: list[Tested]) -> set[Tested]:
    """Return the results of a protocol that were not tested on the newest one's examples."""
    newest = max(result.started for result in members)
    present = {result.test_hash for result in members if result.started == newest}
    if len(present) > 1:
        return set()
    return {result for result in members if result.test_hash not in present}
