"""The four-column files of the ExtremITA lab: `id`, `task`, `input` and `target`, without a header
or with these names."""

from collections.abc import Sequence

from bench.errors import DataError
from bench.files.reading.decoding import Text
from bench.files.reading.material import Fault, Material, numbered, whole

COLUMNS = ("id", "task", "input", "target")


def is_text_to_text(lines: Sequence[str]) -> bool:
    """Return whether lines are of this form: four cells nearly everywhere, ids that differ, and
    few tasks, each a short name."""
    rows = [line.rstrip("\r").split("\t") for line in lines[:-1] or lines if line.strip()]
    if rows and tuple(rows[0]) == COLUMNS:
        return True
    rows = [row for row in rows if len(row) == len(COLUMNS)]
    if len(rows) < 2 or len(rows) < 0.8 * sum(bool(line.strip()) for line in lines[:-1] or lines):
        return False
    ids, tasks = [(row[1], row[0]) for row in rows], [row[1] for row in rows]
    short = all(task and len(task) <= 60 and not task.isdigit() for task in tasks)
    few = len(set(tasks)) <= (len(tasks) + 1) // 2
    return short and few and len(set(ids)) >= 0.9 * len(ids) and tasks[0] in tasks[1:]


def read_text_to_text(text: Text, source: str) -> Material:
    """Read such a file, as written: it has no quoting. Lines without four cells are dropped and
    counted, as are lines without an input; empty targets and repeated ids are counted.

    Raises:
        DataError: no line has four cells.
    """
    import pyarrow as pa

    rows, lines = list[list[str]](), list[int]()
    odd, empty, untold, again = list[int](), list[int](), list[int](), list[int]()
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(text.text.split("\n"), 1):
        cells = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and tuple(cells) == COLUMNS):
            continue
        if len(cells) != len(COLUMNS):
            odd.append(number)
        elif not cells[2].strip():
            empty.append(number)
        else:
            rows.append(cells)
            lines.append(number)
            (untold if not cells[3].strip() else []).append(number)
            (again if (cells[1], cells[0]) in seen else []).append(number)
            seen.add((cells[1], cells[0]))
    if not rows:
        raise DataError(f"{source}: no line with the four cells id, task, input, target")
    table = pa.table({name: [row[k] for row in rows] for k, name in enumerate(COLUMNS)})
    faults = [
        *text.faults,
        Fault("ragged_rows", tuple(odd)),
        Fault("empty_inputs", tuple(empty)),
        Fault("empty_targets", tuple(untold)),
        Fault("repeated_ids", tuple(again)),
    ]
    return Material(
        table,
        source,
        "text to text",
        numbered(source, lines),
        whole(table),
        text.notes,
        tuple(fault for fault in faults if fault.lines),
        suggested={"id": "id", "text": "input", "label": "target"},
    )
