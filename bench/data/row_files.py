"""Arrow files of a task's examples, so that every worker sees exactly the same ones."""

import json
from pathlib import Path

import pyarrow as pa

from bench.data.annotations import Annotations, from_json, opinions_of, to_json
from bench.data.prepare import PreparedTask
from bench.example import Example, Input
from bench.outputs import Output


def write_rows(prepared: PreparedTask, path: Path) -> None:
    """Write a task's examples as an Arrow file; annotations and unscored texts go beside it."""
    encode = prepared.task.output.to_json
    table = pa.table(
        {
            "id": [row.id for row in prepared.rows],
            "text": [row.text for row in prepared.rows],
            "target": [json.dumps(encode(row.target)) for row in prepared.rows],
            "pair": pa.array([row.pair for row in prepared.rows], pa.string()),
            "group": pa.array([row.group for row in prepared.rows], pa.string()),
        }
    )
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    texts = [[row.id, row.text, row.pair] for row in prepared.unscored]
    _beside(path, "unscored").write_text(json.dumps(texts), encoding="utf-8")
    annotations = to_json(opinions(prepared), prepared.task.output)
    _beside(path, "opinions").write_text(json.dumps(annotations), encoding="utf-8")


def _beside(path: Path, what: str) -> Path:
    return path.with_suffix(f".{what}.json")


def opinions(prepared: PreparedTask) -> Annotations:
    """Return the annotations of a task's examples."""
    if prepared.files is None:
        return Annotations()
    return opinions_of(prepared.task, prepared.files, prepared.rows)


def read_opinions(path: Path, output: Output) -> Annotations:
    """Read the annotations that `write_rows` wrote beside the examples."""
    return from_json(json.loads(_beside(path, "opinions").read_text(encoding="utf-8")), output)


def read_unscored(path: Path) -> tuple[Input, ...]:
    """Read the texts without gold that `write_rows` wrote beside the examples."""
    return tuple(
        Input(*row) for row in json.loads(_beside(path, "unscored").read_text(encoding="utf-8"))
    )


def read_rows(path: Path, output: Output) -> tuple[Example, ...]:
    """Read the examples that `write_rows` wrote."""
    with pa.memory_map(str(path)) as source:
        columns = pa.ipc.open_file(source).read_all().to_pydict()
    texts = columns.pop("target")
    decoded = {text: output.from_json(json.loads(text)) for text in set(texts)}
    targets = [decoded[text] for text in texts]
    return tuple(
        Example(id_, text, target, pair, group)
        for id_, text, target, pair, group in zip(
            columns["id"], columns["text"], targets, columns["pair"], columns["group"], strict=True
        )
    )
