"""Predictions as a Parquet file, so that a new metric never needs a new run."""

import io
import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.baseline import Prediction
from bench.task import Example, Task


def predictions_file(
    task: Task, test: Sequence[Example], predictions: Sequence[Prediction]
) -> bytes:
    """Parquet: a row a test row; gold and value as JSON text, scores in the order of labels."""
    encode = task.output.to_json
    values = [None if p.value is None else json.dumps(encode(p.value)) for p in predictions]
    table = pa.table(
        {
            "id": [example.id for example in test],
            "gold": [json.dumps(encode(example.target)) for example in test],
            "value": pa.array(values, pa.string()),
            "scores": _score_column(predictions),
            "raw": pa.array([p.raw for p in predictions], pa.string()),
            "status": [p.status for p in predictions],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _score_column(predictions: Sequence[Prediction]) -> pa.Array:
    """Lists of numbers; by way of one flat array where every row has as many."""
    rows = [p.scores for p in predictions if p.scores is not None]
    if len(rows) < len(predictions) or len({len(row) for row in rows}) != 1:
        return pa.array([p.scores for p in predictions], pa.list_(pa.float64()))
    table = np.array(rows, dtype=np.float64)
    starts = np.arange(0, table.size + 1, table.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(starts, table.ravel())
