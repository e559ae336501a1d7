"""What a file is, found by its first bytes and lines: its name can be wrong."""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.errors import DataError
from bench.files.reading.text_to_text import is_text_to_text

PARQUET, ARROW, EXCEL, JSON_LINES, JSON = "Parquet", "Arrow", "Excel", "JSON Lines", "JSON"
CONLL, TEXT_TO_TEXT, DELIMITED = "CoNLL", "text to text", "CSV"
_LINES = 400
"""Number of lines that are looked at."""
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BINARY = {b"PAR1": PARQUET, b"ARROW1": ARROW, b"\xff\xff\xff\xff": ARROW, _OLD_OFFICE: EXCEL}
_UNREAD = {
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite data base",
    b"\xfd7zXZ": "compressed with xz",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy file",
    b"\x80\x02": "a pickle",
    b"\x80\x03": "a pickle",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"{\\rtf": "an RTF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}
_MARKUP = re.compile(r"\s*<(!doctype html|html|\?xml|[a-z][\w-]*>)", re.IGNORECASE)
_TAG = re.compile(r"O|[BIESLU]-\S+")
_ALIKE = {
    DELIMITED: (DELIMITED, "TSV", TEXT_TO_TEXT),
    JSON: (JSON, JSON_LINES),
    JSON_LINES: (JSON, JSON_LINES),
}
_SUFFIXES = {
    ".csv": DELIMITED,
    ".tsv": DELIMITED,
    ".tab": DELIMITED,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".json": JSON,
    ".parquet": PARQUET,
    ".arrow": ARROW,
    ".xlsx": EXCEL,
    ".xls": EXCEL,
    ".ods": EXCEL,
}


def binary_form(raw: bytes, source: str) -> str:
    """Return the form of a file that is no text, or "".

    Raises:
        DataError: it is of a kind that is not read; the message names the kind.
    """
    if raw.startswith(_ZIP):
        return _of_archive(raw, source)
    kind = next((name for mark, name in _UNREAD.items() if raw.startswith(mark)), "")
    if kind:
        raise DataError(f"{source} is {kind}: save the table as CSV, JSON Lines or Parquet")
    if b"ustar" in raw[257:263]:
        raise DataError(f"{source} is a tar archive: unpack it and give a file or folder of it")
    return next((name for mark, name in _BINARY.items() if raw.startswith(mark)), "")


def _of_archive(raw: bytes, source: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DataError(f"{source} is a damaged Excel workbook or ZIP archive") from None
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return EXCEL
    if "word/document.xml" in names:
        raise DataError(f"{source} is a Word document: save its table as CSV or .xlsx")
    raise DataError(f"{source} is a ZIP archive: unpack it and give a file or folder of it")


def text_form(text: str, source: str) -> str:
    """Return the form of a text file; the name decides where one line of JSON can be both.

    Raises:
        DataError: it is a web page or XML.
    """
    lines = text.split("\n", _LINES)[:_LINES]
    if markup := _MARKUP.match(text):
        kind = "a web page" if "html" in markup[1].lower() else "XML"
        raise DataError(f"{source} is {kind}: save the table as CSV, JSON Lines or Parquet")
    first = next((line.strip() for line in lines if line.strip()), "")
    if first[:1] in "[{" and first:
        return _json_form(first, text, _promised(Path(source)))
    if is_conll(lines):
        return CONLL
    return TEXT_TO_TEXT if is_text_to_text(lines) else DELIMITED


def _json_form(first: str, text: str, promised: str) -> str:
    lines_promised = promised == JSON_LINES
    if first.startswith("["):
        other = promised if promised in (JSON, JSON_LINES) else DELIMITED
        return JSON if re.match(r"\s*\[\s*([\[{]|\])", text) else other
    if lines_promised:
        return JSON_LINES
    try:
        whole = json.loads(first)
    except (ValueError, RecursionError):
        # A broken first line of JSON Lines has its key in quotation marks all the same.
        nested = first in ("{",) or text.rstrip().endswith("\n}")
        return JSON if nested else JSON_LINES if re.match(r'\{\s*"', first) else DELIMITED
    lone = text.strip() == first
    wraps = lone and any(isinstance(value, list | dict) for value in whole.values())
    return JSON if wraps else JSON_LINES


def is_conll(lines: Sequence[str]) -> bool:
    """Return whether lines are words with BIO tags in columns, blank lines between sentences."""
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    # The last line can be cut, and the first can be a header.
    body = [cells for cells in words[1:-1] if cells[0] != "-DOCSTART-"]
    if len(body) < 2 or all(line.strip() for line in lines[1:-1]):
        return False
    width = Counter(map(len, body)).most_common(1)[0][0]
    even = [cells for cells in body if len(cells) == width]
    if width < 2 or len(even) < 0.95 * len(body):
        return False
    return any(_tags([cells[k] for cells in even]) for k in range(1, width))


def _tags(column: Sequence[str]) -> bool:
    return any("-" in tag for tag in column) and all(map(_TAG.fullmatch, column))


def misnamed(path: Path, form: str) -> str:
    """Return a note where a file's name promises another form; else ""."""
    promised = _promised(path)
    if not promised or form in _ALIKE.get(promised, (promised,)):
        return ""
    return f"its name promises {promised}, but it is {form}"


def _promised(path: Path) -> str:
    """Return the form that a file's name promises, or ""."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() in _SUFFIXES]
    return _SUFFIXES[suffixes[-1]] if suffixes else ""


def opening(raw: bytes) -> str:
    """Return the beginning of a UTF-8 text, enough to know JSON Lines by; "" if it is not UTF-8."""
    head = raw[: 2**20].removeprefix(b"\xef\xbb\xbf")
    end = len(head) if len(raw) < 2**20 else head.rfind(b"\n") + 1
    try:
        return head[:end].decode("utf-8")
    except UnicodeDecodeError:
        return ""
