"""CoNLL files: a word a line with its BIO tag, blank lines between sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.errors import DataError
from bench.files.reading.decoding import Text
from bench.files.reading.material import Fault, Material, numbered, whole

HEADERS = ("word", "words", "token", "tokens", "form")
_BIO = ("B-", "I-", "E-", "S-", "L-", "U-")


@dataclass
class _Sentences:
    """Sentences as they are read: the cells of their lines, and the first line's number."""

    rows: list[list[list[str]]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    is_open: bool = False

    def add(self, number: int, cells: list[str]) -> None:
        if not self.is_open:
            self.rows.append([])
            self.lines.append(number)
            self.is_open = True
        self.rows[-1].append(cells)


def read_conll(text: Text, source: str) -> Material:
    """Read sentences: `tokens` and `tags` (the last column of BIO tags), each a list a row; other
    columns are `column_N`. Lines with another number of cells are dropped and counted.

    Raises:
        DataError: no sentences.
    """
    import pyarrow as pa

    lines = text.text.split("\n")
    width = Counter(len(line.split()) for line in lines if line.strip()).most_common(1)[0][0]
    found = _sentences(lines, width)
    if not found.rows:
        raise DataError(f"{source}: no sentences")
    columns = [[[cells[k] for cells in rows] for rows in found.rows] for k in range(width)]
    names = _names([[cell for row in column[:500] for cell in row] for column in columns])
    table = pa.table(dict(zip(names, columns, strict=True)))
    faults = (*text.faults, Fault("ragged_lines", tuple(found.dropped)))
    return Material(
        table,
        source,
        "CoNLL",
        numbered(source, found.lines),
        whole(table),
        text.notes,
        tuple(fault for fault in faults if fault.lines),
        suggested={"text": "tokens", "label": "tags"},
    )


def _sentences(lines: Sequence[str], width: int) -> _Sentences:
    found = _Sentences()
    for number, line in enumerate(lines, 1):
        cells = line.split()
        if not cells or cells[0] == "-DOCSTART-":
            found.is_open = False
        elif len(cells) == width:
            if not (number == 1 and cells[0].lower() in HEADERS):
                found.add(number, cells)
        elif not line.startswith("#"):
            found.dropped.append(number)
    return found


def _names(samples: Sequence[Sequence[str]]) -> list[str]:
    """Return the columns' names from their first cells."""
    names = [f"column_{place}" for place in range(1, len(samples) + 1)]
    tagged = [k for k, cells in enumerate(samples) if all(map(_is_tag, cells))]
    words = [k for k, cells in enumerate(samples) if not all(map(str.isdigit, cells))]
    names[tagged[-1] if tagged else -1] = "tags"
    names[next((k for k in words if k not in tagged), 0)] = "tokens"
    return names


def _is_tag(cell: str) -> bool:
    return cell == "O" or cell.startswith(_BIO)
