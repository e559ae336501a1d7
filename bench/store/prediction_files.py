"""Write predictions as Parquet files, so that a new metric never needs a new run."""

import io
import json
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.example import Example, Input
from bench.outputs.base import Answer
from bench.prediction import Prediction
from bench.task import Task

Text = Callable[[Answer | None], str | None]


def predictions_file(
    task: Task,
    test: Sequence[Example],
    predictions: Sequence[Prediction],
    places: Sequence[int] = (),
    *,
    folds: Sequence[int] = (),
) -> bytes:
    """Return a Parquet file with one row per test example: gold and value as JSON text, scores in
    the order of the labels, and `place`, the example's position in the task's own order, since
    some official scorers compare line by line. `fold` is the fold that an example is tested in.
    Where examples come in groups, `group` numbers the units that are resampled together, so that
    another metric can be bootstrapped; names of groups are not stored.

    For a language model also `greedy_value`, `greedy_raw` and `greedy_status`; a column of lists
    like `scores` for each name in `logprobs`; `draws`, lists of values; and `cut`, true if the
    text was truncated. Each column exists only if some example has a value for it.
    """

    def text(value: Answer | None) -> str | None:
        return None if value is None else json.dumps(task.output.to_json(value))

    table = pa.table(
        {
            "id": [example.id for example in test],
            "gold": [text(example.target) for example in test],
            "value": pa.array([text(p.value) for p in predictions], pa.string()),
            "scores": _list_column([p.scores for p in predictions]),
            "raw": pa.array([p.raw for p in predictions], pa.string()),
            "status": [p.status for p in predictions],
            **({"place": pa.array(places, pa.int64())} if places else {}),
            **({"fold": pa.array(folds, pa.int64())} if folds else {}),
            **_group_column(test),
            **_greedy_columns(text, predictions),
            **_logprob_columns(predictions),
            **_draw_columns(text, predictions),
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def unscored_file(task: Task, inputs: Sequence[Input], predictions: Sequence[Prediction]) -> bytes:
    """Return a Parquet file with the answers to texts without gold: `id`, `value` as JSON text,
    `raw` and `status`."""
    values = [
        None if p.value is None else json.dumps(task.output.to_json(p.value)) for p in predictions
    ]
    table = pa.table(
        {
            "id": [row.id for row in inputs],
            "value": pa.array(values, pa.string()),
            "raw": pa.array([p.raw for p in predictions], pa.string()),
            "status": [p.status for p in predictions],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _group_column(test: Sequence[Example]) -> dict[str, pa.Array]:
    """Return the numbers of the groups; an example without a group has a number of its own."""
    if all(example.group is None for example in test):
        return {}
    # The id of an ungrouped example must never coincide with the name of a group.
    names = [("g", e.group) if e.group is not None else ("i", e.id) for e in test]
    number: dict[tuple[str, str], int] = {}
    return {"group": pa.array([number.setdefault(n, len(number)) for n in names], pa.int64())}


def _greedy_columns(text: Text, predictions: Sequence[Prediction]) -> dict[str, pa.Array]:
    rows = [p.greedy_answer for p in predictions]
    if not any(rows):
        return {}
    columns = {
        "greedy_value": [text(g.value) if g else None for g in rows],
        "greedy_raw": [g.raw if g else None for g in rows],
        "greedy_status": [g.status if g else None for g in rows],
    }
    return {name: pa.array(column, pa.string()) for name, column in columns.items()}


def _logprob_columns(predictions: Sequence[Prediction]) -> dict[str, pa.Array]:
    tables = [p.logprobs or {} for p in predictions]
    names = dict.fromkeys(name for table in tables for name in table)
    return {f"logprob_{n}": _list_column([table.get(n) for table in tables]) for n in names}


def _draw_columns(text: Text, predictions: Sequence[Prediction]) -> dict[str, pa.Array]:
    columns: dict[str, pa.Array] = {}
    if any(p.samples for p in predictions):
        draws = [[text(value) for value in p.samples] for p in predictions]
        columns["draws"] = pa.array(draws, pa.list_(pa.string()))
    if any(p.truncated for p in predictions):
        columns["cut"] = pa.array([p.truncated for p in predictions], pa.bool_())
    return columns


def _list_column(lists: Sequence[tuple[float, ...] | None]) -> pa.Array:
    """Return a column of lists of numbers; built from one flat array if all have the same length,
    which is faster."""
    rows = [row for row in lists if row is not None]
    if len(rows) < len(lists) or len({len(row) for row in rows}) != 1:
        return pa.array(lists, pa.list_(pa.float64()))
    table = np.array(rows, dtype=np.float64)
    starts = np.arange(0, table.size + 1, table.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(starts, table.ravel())
