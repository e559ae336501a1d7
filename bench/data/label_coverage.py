"""Labels that stand on one side of a split alone."""

from collections.abc import Collection, Iterable, Sequence

from bench.data.loaded import Loaded
from bench.example import Example
from bench.outputs import Span


def unseen_labels(loaded: Loaded, labels: Collection[str] | None = None) -> list[str]:
    """Return the labels that test examples have and no labelled example does.

    Args:
        loaded: the task's examples.
        labels: the task's labels; None: whatever the examples have.
    """
    return one_sided(_labels(loaded.test), _learnt(loaded), labels)


def untested_labels(loaded: Loaded, labels: Collection[str] | None = None) -> list[str]:
    """Return the labels that labelled examples have and no test example does."""
    return one_sided(_learnt(loaded), _labels(loaded.test), labels)


def one_sided(
    here: Collection[str], there: Collection[str], labels: Collection[str] | None
) -> list[str]:
    """Return what is here and not there, of the task's labels if these are given, in order."""
    absent = set(here) - set(there)
    return sorted(absent if labels is None else absent & set(labels))


def labels_of(answers: Iterable[object]) -> set[str]:
    """Return the labels in answers: one, a set, or those of spans."""
    labels: set[str] = set()
    for answer in answers:
        if isinstance(answer, str):
            labels.add(answer)
        elif isinstance(answer, frozenset):
            labels |= answer
        elif isinstance(answer, tuple):
            labels.update(part.label for part in answer if isinstance(part, Span))
    return labels


def _learnt(loaded: Loaded) -> set[str]:
    return _labels(loaded.train) | _labels(loaded.validation)


def _labels(rows: Sequence[Example]) -> set[str]:
    return labels_of(row.target for row in rows)
