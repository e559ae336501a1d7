"""Select a few wrong answers of a cell, across all kinds of mistakes, the most confident first."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from bench.outputs import Fields, FreeText, MultiLabel, Regression, SingleLabel
from bench.outputs.base import Answer, Output

COLUMNS = ["id", "gold", "value", "scores", "raw", "status"]


@dataclass(frozen=True)
class Wrong:
    """A test example that was not answered exactly right; scores as in
    `bench.leaderboard.mistakes.collect.Mistake`."""

    id: str
    gold: Answer
    value: Answer | None
    status: str
    raw: str
    predicted_score: float | None
    gold_score: float | None


def is_measured(output: Output) -> bool:
    """Return whether answers consist of numbers only, and so are rarely exactly right."""
    if isinstance(output, Fields):
        return all(is_measured(part) for part in output.parts.values())
    return isinstance(output, Regression)


def wrong_rows(output: Output, table: pa.Table) -> list[Wrong]:
    """Return the rows of a prediction file that are not exactly right.

    Args:
        output: the task's answer space.
        table: the file, with `COLUMNS`.
    """
    # Equal answers have equal JSON, so only the others need to be parsed.
    differs = pc.fill_null(pc.not_equal(table["gold"], table["value"]), True)
    rows = table.filter(differs).to_pylist()
    encoded = {row[name] for row in rows for name in ("gold", "value") if row[name] is not None}
    read = {text: output.from_json(json.loads(text)) for text in encoded}
    wrong = (_wrong(output, row, read) for row in rows)
    return [row for row in wrong if not _right(output, row.gold, row.value)]


def _wrong(output: Output, row: Mapping[str, Any], read: Mapping[str, Answer]) -> Wrong:
    gold, value = read[row["gold"]], None if row["value"] is None else read[row["value"]]
    scores = _scores(output, gold, value, row["scores"])
    return Wrong(row["id"], gold, value, row["status"], row["raw"] or "", *scores)


def _right(output: Output, gold: Any, value: Any) -> bool:
    """Return whether an answer is exactly right; numbers among other parts do not count, since they
    hardly ever are."""
    if value is None:
        return False
    if isinstance(output, Fields) and not is_measured(output):
        parts = zip(output.parts.values(), gold, value, strict=True)
        return all(is_measured(part) or _right(part, g, v) for part, g, v in parts)
    if isinstance(output, FreeText):
        return str(value) in output.references(gold)
    return bool(gold == value)


def _scores(
    output: Output, gold: Any, value: Any, scores: Sequence[float] | None
) -> tuple[float | None, float | None]:
    """Return the scores of the predicted and of the gold label; of several labels the highest among
    the wrong ones and the lowest among the missed ones."""
    if scores is None or not isinstance(output, SingleLabel | MultiLabel):
        return None, None
    by_label = dict(zip(output.labels, scores, strict=True))
    if isinstance(output, SingleLabel):
        return by_label.get(value), by_label[gold]
    predicted = frozenset() if value is None else value
    extra, missed = (
        [by_label[label] for label in predicted - gold],
        [by_label[label] for label in gold - predicted],
    )
    return max(extra, default=None), min(missed, default=None)


def pick(output: Output, rows: Sequence[Wrong], cap: int) -> list[Wrong]:
    """Select at most `cap` rows; the order of the input does not matter.

    For numbers, the largest errors. Otherwise one of each kind of mistake (gold against predicted
    class) in turn, the most frequent kind first; within a kind, the highest scores first.
    """
    if is_measured(output):
        return sorted(rows, key=lambda row: (-_error(output, row.gold, row.value), row.id))[:cap]
    kinds: dict[tuple[str, str], list[Wrong]] = defaultdict(list)
    for row in rows:
        kinds[_kind(output, row)].append(row)
    order = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))
    columns = [sorted(kinds[kind], key=_confident)[:cap] for kind in order]
    return list(_in_turns(columns))[:cap]


def _in_turns(columns: Sequence[Sequence[Wrong]]) -> Iterator[Wrong]:
    rounds = chain.from_iterable(zip_longest(*columns))
    return (row for row in rounds if row is not None)


def _kind(output: Output, row: Wrong) -> tuple[str, str]:
    unread = f"\x1f{row.status}"  # no label begins with this character
    return output.stratum(row.gold), unread if row.value is None else output.stratum(row.value)


def _confident(row: Wrong) -> tuple[float, str]:
    return (0.0 if row.predicted_score is None else -row.predicted_score, row.id)


def _error(output: Output, gold: Any, value: Any) -> float:
    """Return the error as a share of the scale; an unparsed answer counts as the largest error."""
    if value is None:
        return float("inf")
    if isinstance(output, Fields):
        parts = zip(output.parts.values(), gold, value, strict=True)
        return sum(_error(part, g, v) for part, g, v in parts)
    assert isinstance(output, Regression)
    return float(abs(gold - value) / ((output.high - output.low) or 1.0))
