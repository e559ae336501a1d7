"""What the data checks of a task found, in words."""

import re
from collections.abc import Mapping

_PHRASES = {
    "exact_leaks": "test texts also in the training data",
    "normalised_leaks": "test texts also in the training data but for case and spaces",
    "near_leaks": "test texts nearly the same as one in the training data",
    "near_twins_in_test": "test texts the same or nearly the same as another test text",
    "duplicates": "duplicate texts",
    "conflicting_labels": "texts with conflicting labels",
    "empty_texts": "empty texts",
    "odd_bytes": "texts with odd characters",
    "unseen_labels": "test labels unseen in training",
    "untested_labels": "training labels that no test example has",
    "group_straddles": "groups in both training and test data",
    "removed_in_other_test": "training examples removed as test examples of another task",
    "reader_label_case_unified": "labels with inconsistent capitals, fixed on reading",
    "reader_decoding": "files with invalid characters, replaced on reading",
}
"""Phrases for the counts of `bench.data.checks`."""


def in_words(findings: Mapping[str, int]) -> str:
    """Return the findings as `1 duplicate text; 3 empty texts`; "" if there are none."""
    return "; ".join(f"{count:,} {_phrase(name, count)}" for name, count in findings.items())


def _phrase(name: str, count: int) -> str:
    phrase = _PHRASES.get(name, "")
    if not phrase:
        fault = name.removeprefix("reader_").replace("_", " ")
        phrase = f"{fault}, fixed on reading" if name.startswith("reader_") else fault
    return re.sub(r"s\b", "", phrase, count=1) if count == 1 else phrase
