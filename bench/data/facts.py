"""Facts for the data checks, gathered from the examples in one pass."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.data.label_coverage import labels_of, one_sided
from bench.data.loaded import Loaded
from bench.example import Example

_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd\ud800-\udfff]")


@dataclass
class Facts:
    """Facts of a split that the checks need.

    Args:
        texts: a hash of each example's text and pair.
        answers: a number for each example's answer, the same for equal ones in all splits.
        empty: the number of examples without a text.
        odd: the number of examples with characters that no text has.
        labels: the labels that occur.
        groups: the groups that occur.
    """

    texts: NDArray[np.int64]
    answers: NDArray[np.int64]
    empty: int = 0
    odd: int = 0
    labels: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


def findings(loaded: Loaded, labels: Collection[str] | None = None) -> dict[str, int]:
    """Return the counts of one task's checks by name; see `bench.data.checks.check_task`."""
    train, validation, test = facts = facts_of(loaded)
    learnt = np.concatenate([train.texts, validation.texts])
    known = train.labels | validation.labels
    return {
        "exact_leaks": int(np.isin(test.texts, learnt).sum()),
        "normalised_leaks": len(loaded.twins.equal),
        "near_leaks": len(loaded.twins.leaked),
        "near_twins_in_test": loaded.twins.in_test,
        "duplicates": sum(len(part.texts) - len(np.unique(part.texts)) for part in facts),
        "conflicting_labels": _conflicts(facts),
        "empty_texts": sum(part.empty for part in facts),
        "odd_bytes": sum(part.odd for part in facts),
        "unseen_labels": len(one_sided(test.labels, known, labels)),
        "untested_labels": len(one_sided(known, test.labels, labels)),
        "group_straddles": len((train.groups | validation.groups) & test.groups),
        **{f"reader_{kind}": count for kind, count in sorted(loaded.faults.items())},
    }


def facts_of(loaded: Loaded) -> tuple[Facts, Facts, Facts]:
    """Return the facts of train, validation and test."""
    numbers: dict[object, int] = {}
    train, validation, test = (
        _facts_of(rows, numbers) for rows in (loaded.train, loaded.validation, loaded.test)
    )
    return train, validation, test


def _facts_of(rows: Sequence[Example], numbers: dict[object, int]) -> Facts:
    facts = Facts(np.empty(len(rows), np.int64), np.empty(len(rows), np.int64))
    for place, row in enumerate(rows):
        text = row.text
        facts.texts[place] = hash((text, row.pair))
        facts.answers[place] = numbers.setdefault(row.target, len(numbers))
        facts.empty += not text or text.isspace()
        # Most texts need no search: what can be printed in ASCII is not odd.
        if not (text.isascii() and text.isprintable()):
            facts.odd += _ODD.search(text) is not None
        if row.group is not None:
            facts.groups.add(row.group)
    present = set(np.unique(facts.answers).tolist())
    facts.labels = labels_of(answer for answer, number in numbers.items() if number in present)
    return facts


def _conflicts(facts: Sequence[Facts]) -> int:
    """Return the number of texts that occur with different answers."""
    texts = np.concatenate([part.texts for part in facts])
    answers = np.concatenate([part.answers for part in facts])
    order = np.lexsort((answers, texts))
    texts, answers = texts[order], answers[order]
    differ = (texts[1:] == texts[:-1]) & (answers[1:] != answers[:-1])
    return len(np.unique(texts[1:][differ]))
