"""Read the four-column files of the ExtremITA lab, `id task input target`; their known faults are
repaired, or the rows left out, and counted by name.

Columns are separated by tabs, there is no header, and quotation marks have no meaning.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.errors import DataError, UserError


@dataclass(frozen=True)
class Encoded:
    """A row: an input text and a target text."""

    id: str
    task: str
    text: str
    target: str


@dataclass(frozen=True)
class EncodedFile:
    """The usable rows, and the number of repaired or omitted rows, by fault."""

    rows: tuple[Encoded, ...]
    faults: Counter[str]


UNKNOWN = "task sconosciuto"
"""Instruction and answer that the lab's encoder writes for a task that it does not know."""
NO_PROMPT = {
    "geolingit_a": r".*",
    "geolingit_b": r".*",
    "wicita_1": r"\S.* (uguale|differente)",
    "wicita_2": r"\S.* \d+(\.\d+)?",
}
"""Tasks without a prompt in the encoder, and the form of their targets in the lab's files."""
MISSPELT = {"sinitra": "sinistra", "centrosinitra": "centrosinistra"}
NOTHING = "nessuna"
"""Answer where there is none to give: an empty cell of these tasks became `nan`."""
CAN_BE_EMPTY = ("emit_a", "nermud")


def read_encoded(path: Path) -> EncodedFile:
    """Read a file of this format.

    Repaired faults: `quotation_marks_of_csv` (a text in quotation marks, its own doubled, where the
    whole file was written so; counted by fields), `misspelt_politicit`, `nan_for_no_answer`.
    Omitted rows: `task_sconosciuto` (a task without a prompt in the lab: both instruction and
    answer were these two words), `nan_target`, and `constant_discotex_1`, where all rows of that
    task have the same answer.

    Raises:
        UserError: there is no such file.
        DataError: it is not UTF-8, has no rows, or a row does not have four fields or lacks id or
            task.
    """
    faults: Counter[str] = Counter()
    rows = _rows(path)
    for mend in (_unquoted, _without_unknown, _spelt, _without_nan, _without_constant):
        rows = mend(rows, faults)
    return EncodedFile(tuple(rows), +faults)


def _rows(path: Path) -> list[Encoded]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8; save the file as UTF-8") from None
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if lines == [""]:
        raise DataError(f"{path}: the file is empty")
    return [_row(line, f"{path}, row {n}") for n, line in enumerate(lines, 1)]


def _row(line: str, place: str) -> Encoded:
    fields = line.split("\t")
    if len(fields) != 4:
        raise DataError(
            f"{place}: {len(fields)} fields; expected id, task, input and target, tab-separated"
        )
    if not fields[0].strip() or not fields[1].strip():
        raise DataError(f"{place}: no {'task' if fields[0].strip() else 'id'}; give one")
    return Encoded(*fields)


def _unquoted(rows: Sequence[Encoded], faults: Counter[str]) -> list[Encoded]:
    marked = [field for row in rows for field in (row.text, row.target) if '"' in field]
    # A quotation mark that CSV would not write this way: the others belong to the texts.
    if not all(map(_is_csv, marked)):
        return [*rows]
    faults["quotation_marks_of_csv"] += len(marked)
    return [replace(row, text=_bare(row.text), target=_bare(row.target)) for row in rows]


def _is_csv(field: str) -> bool:
    """Return whether a field is quoted as a CSV writer quotes a text that contains quotation
    marks."""
    inside = field[1:-1]
    around = len(field) > 1 and field[0] == field[-1] == '"'
    return around and '""' in inside and '"' not in inside.replace('""', "")


def _bare(field: str) -> str:
    return field[1:-1].replace('""', '"') if '"' in field else field


def _kept(
    rows: Iterable[Encoded], bad: Callable[[Encoded], bool], fault: str, faults: Counter[str]
) -> list[Encoded]:
    all_rows = [*rows]
    kept = [row for row in all_rows if not bad(row)]
    faults[fault] += len(all_rows) - len(kept)
    return kept


def _without_unknown(rows: Sequence[Encoded], faults: Counter[str]) -> list[Encoded]:
    def bad(row: Encoded) -> bool:
        form = NO_PROMPT.get(row.task)
        return UNKNOWN in (row.text, row.target) or bool(form and re.fullmatch(form, row.target))

    return _kept(rows, bad, "task_sconosciuto", faults)


def _spelt(rows: Sequence[Encoded], faults: Counter[str]) -> list[Encoded]:
    corrected = []
    for row in rows:
        words = row.target.split(" ")
        if row.task == "politicit" and {*words} & {*MISSPELT}:
            faults["misspelt_politicit"] += 1
            row = replace(row, target=" ".join(MISSPELT.get(word, word) for word in words))
        corrected.append(row)
    return corrected


def _without_nan(rows: Sequence[Encoded], faults: Counter[str]) -> list[Encoded]:
    def empty(row: Encoded) -> bool:
        return row.target == "nan" and row.task in CAN_BE_EMPTY

    faults["nan_for_no_answer"] += sum(map(empty, rows))
    mended = [replace(row, target=NOTHING) if empty(row) else row for row in rows]
    return _kept(mended, lambda row: row.target == "nan", "nan_target", faults)


def _without_constant(rows: Sequence[Encoded], faults: Counter[str]) -> list[Encoded]:
    targets = [row.target for row in rows if row.task == "discotex_1"]
    constant = len(targets) > 1 and len({*targets}) == 1
    return _kept(
        rows, lambda row: constant and row.task == "discotex_1", "constant_discotex_1", faults
    )
