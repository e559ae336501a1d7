"""The card of a folder of exported tasks: its columns, and the origin of its rows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bench.data.licences import handed_on
from bench.example import SPLITS, Split
from bench.guards.markdown import escape
from bench.redaction import redact
from bench.task import Task
from bench.visible import visible_data

COLUMNS = ("id", "task", "input", "target")


def card(tasks: Sequence[Task], counts: Mapping[tuple[str, Split], int], mended: int) -> str:
    """Return README.md, with the front matter that the Hub reads.

    Args:
        tasks: the tasks, in the order of the files.
        counts: number of rows by task and split.
        mended: number of rows whose tabs and line breaks were replaced by spaces.
    """
    return redact(f"---\n{_front_matter(tasks)}---\n\n{_body(tasks, counts, mended)}")


def _front_matter(tasks: Sequence[Task]) -> str:
    licences = sorted({handed_on(task.licence) or "other" for task in tasks})
    config = {
        "config_name": "default",
        "sep": "\t",
        "names": [*COLUMNS],
        "quoting": 3,
        "data_files": [{"split": split, "path": f"{split}.tsv"} for split in SPLITS],
    }
    fields: dict[str, Any] = {
        "license": licences[0] if len(licences) == 1 else licences,
        "language": sorted({task.language for task in tasks}),
        "tags": ["textbench"],
        "configs": [config],
    }
    # Any JSON value is valid YAML, except for escaped lone surrogates.
    return "".join(
        f"{name}: {json.dumps(visible_data(value), ensure_ascii=False)}\n"
        for name, value in fields.items()
    )


def _body(tasks: Sequence[Task], counts: Mapping[tuple[str, Split], int], mended: int) -> str:
    parts = [
        "# Tasks as text to text",
        "Written by `bench encode`. Tabs divide the columns "
        f"{', '.join(f'`{name}`' for name in COLUMNS)}; there is no header, and quotation marks "
        "mean nothing. Two texts have ` [SEP] ` between them.",
        f"Rows whose tabs or line breaks were made spaces: {mended:,}.",
        *(_task(task, counts) for task in tasks),
    ]
    return "\n\n".join(parts) + "\n"


def _task(task: Task, counts: Mapping[tuple[str, Split], int]) -> str:
    rows = ", ".join(f"{split} {counts.get((task.name, split), 0):,}" for split in SPLITS)
    facts = {
        "rows": rows,
        "instruction": task.prompt.instruction,
        "licence": task.licence,
        "citation": task.citation,
        "source": task.source,
    }
    listed = "\n".join(f"- {name}: {escape(value)}" for name, value in facts.items())
    return f"## {escape(task.name)}\n\n{listed}"
