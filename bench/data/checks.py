"""Data checks: counts of leaks, duplicates, conflicting labels, empty texts and odd bytes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.example import Example, Input
from bench.texts.normal_forms import fingerprint

if TYPE_CHECKING:
    from bench.data.loaded import Loaded


def near(row: Example | Input) -> bytes:
    """Return the fingerprint of an example's text and pair; b"" if it has no text."""
    return fingerprint(row.text) + (fingerprint(row.pair) if row.pair is not None else b"")


def check_task(loaded: "Loaded", labels: Collection[str] | None = None) -> dict[str, int]:
    """Return the counts of one task's checks by name, zeros included.

    `exact_leaks` and `normalised_leaks` count test examples whose text also occurs in train or
    validation, `near_leaks` those that only nearly do; `near_twins_in_test` test examples with an
    equal or nearly equal text in the test (see `bench.data.near_twins`); `duplicates` examples that
    repeat an earlier text of their split; `conflicting_labels` texts that occur with different
    answers; `unseen_labels` classes of the test split without a training or validation example;
    `untested_labels` classes that can be learnt and that no test example has; `group_straddles`
    groups with examples on both sides. Rows that the task's reader repaired or dropped are added as
    `reader_…`.

    Args:
        loaded: the task's examples.
        labels: the task's labels; None: whatever the examples have.
    """
    from bench.data.facts import findings  # it imports NumPy, and `bench list` comes here

    return findings(loaded, labels)


def told(findings: Mapping[str, int]) -> str:
    """Return the findings in words, as `3 exact leaks, 1 duplicate`; "" if there are none."""
    return ", ".join(f"{count:,} {_called(name, count)}" for name, count in findings.items())


def _called(name: str, count: int) -> str:
    return (name.removesuffix("s") if count == 1 else name).replace("_", " ")


def leaked_ids(loaded: "Loaded") -> set[str]:
    """Return the ids of test examples whose text is also, or nearly, in train or validation."""
    return {*loaded.twins.equal, *loaded.twins.leaked}


@dataclass(frozen=True)
class CrossLeaks:
    """The tasks of a run without the examples that occur in another task's test split."""

    loaded: Mapping[str, "Loaded"]
    examples: Mapping[str, tuple[Example, ...]]
    """Task -> the examples removed from its train and validation splits."""

    @property
    def removed(self) -> Mapping[str, int]:
        """Task -> number of examples removed."""
        return {name: len(rows) for name, rows in self.examples.items()}


def remove_cross_leaks(
    tasks: Mapping[str, "Loaded"],
    sources: Mapping[str, str] | None = None,
    unscored: Mapping[str, Sequence[Input]] | None = None,
) -> CrossLeaks:
    """Remove every training or validation example whose text occurs in the test split of another
    task, or whose group occurs in the test split of another task of the same source.

    A task's leaks into its own test split stay, as published splits have them; `check_task` counts
    them.

    Args:
        tasks: the loaded tasks of one run, by name.
        sources: each task's source; tasks without one share no groups.
        unscored: each task's official test texts without gold, which count as test examples.
    """
    if len(tasks) == 1 and not {*(unscored or {})} - {*tasks}:
        return CrossLeaks(tasks, dict.fromkeys(tasks, ()))
    origin = sources or {}
    holders: dict[object, set[str]] = defaultdict(set)
    for name, loaded in tasks.items():
        for row in loaded.test:
            for mark in marks(row, origin.get(name)):
                holders[mark].add(name)
    for name, rows in (unscored or {}).items():
        for text in rows:
            if mark := near(text):
                holders[mark].add(name)
    cleaned, removed = {}, dict[str, tuple[Example, ...]]()
    for name, loaded in tasks.items():
        train, validation = (
            tuple(row for row in rows if not _held(row, name, origin.get(name), holders))
            for rows in (loaded.train, loaded.validation)
        )
        cleaned[name] = replace(loaded, train=train, validation=validation)
        left = {row.id for row in (*train, *validation)}
        removed[name] = tuple(r for r in (*loaded.train, *loaded.validation) if r.id not in left)
    return CrossLeaks(cleaned, removed)


def marks(row: Example, source: str | None) -> list[object]:
    """Return the keys that an example must not share with another task's test split: its text, and
    its group within a source."""
    text: list[object] = [near(row)] if near(row) else []
    grouped = row.group is not None and source is not None
    return [*text, (source, row.group)] if grouped else text


def _held(row: Example, name: str, source: str | None, holders: Mapping[object, set[str]]) -> bool:
    return any(holders.get(mark, set()) - {name} for mark in marks(row, source))
