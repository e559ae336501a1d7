"""JSON Lines and JSON: fast through Arrow, line by line where Arrow cannot say what is wrong."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import DataError
from bench.files.reading.decoding import Text, decoded, unpacked
from bench.files.reading.material import Material, numbered, whole
from bench.files.reading.parts import split_name
from bench.files.reading.scan import Scan

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE = 500
"""Number of rows that show which columns hold strings."""
_BLOCK = 4 * 2**20
Line = tuple[int, dict[str, Any]]


def read_json_lines(raw: bytes, source: str) -> Material:
    """Read JSON Lines: an object a line.

    Columns of numbers, strings and lists keep their types; in a column of several kinds, values
    become JSON texts.

    Raises:
        DataError: a line is no JSON object, or is not UTF-8; the message names line and column.
    """
    text = decoded(raw, source)
    objects = list(json_objects(text.text, source))
    if not objects:
        raise DataError(f"{source}: no rows")
    numbers = [number for number, _ in objects]
    place = numbered(source, numbers)
    table = table_of([row for _, row in objects], [place(k) for k in range(len(objects))])
    return Material(table, source, "JSON Lines", place, whole(table), text.notes, text.faults)


def json_objects(text: str, source: str) -> Iterator[Line]:
    """Yield each line's object with the line's number.

    Raises:
        DataError: a line is not a JSON object.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            value = parsed(line, f"{source}, line {number}")
            if not isinstance(value, dict):
                raise DataError(f"{source}, line {number}: not a JSON object")
            yield number, value


def read_objects(path: Path) -> Iterator[Line]:
    """Yield the object of each line of a file of JSON Lines, compressed or not, as it is written.

    Raises:
        UserError: there is no such file.
        DataError: a line is not a JSON object.
    """
    raw, _ = unpacked(path)
    yield from json_objects(decoded(raw, str(path)).text, str(path))


def parsed(text: str, place: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        DataError: it is not valid JSON, or contains NaN or Infinity.
    """

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not a number")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):  # the last one would win without a word
            twice = next(key for key, n in Counter(k for k, _ in pairs).items() if n > 1)
            raise ValueError(f"the key {twice!r} stands twice in an object")
        return found

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        inside = f", line {error.lineno}" if error.lineno > 1 else ""
        raise DataError(
            f"{place}{inside}, column {error.colno}: not valid JSON: {error.msg}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: not valid JSON: {error}") from None


def stream_json_lines(path: Path, source: str, head: bytes) -> Material | None:
    """Read a file of JSON Lines as it is decoded; None where Arrow cannot read it, or would change
    it.

    Args:
        path: the file.
        source: its name, for messages.
        head: its first bytes.
    """
    import pyarrow as pa
    from pyarrow import json as arrow_json

    fields = _strings(head)
    if fields is None or head.startswith(b"\xef\xbb\xbf"):
        return None
    scan = Scan(path)
    if scan.odd:
        return None
    try:
        # Not a file of Python's: Arrow's threads would still need the interpreter when it ends,
        # which aborts the process.
        with pa.OSFile(str(path)) as file:
            reader = arrow_json.open_json(
                file,
                arrow_json.ReadOptions(block_size=_BLOCK),
                arrow_json.ParseOptions(explicit_schema=pa.schema(fields)),
            )
            table = reader.read_all()
        for column in table.columns:
            column.validate(full=True)
    except pa.ArrowException:
        return None
    # As many rows as lines: none is blank, and none holds two.
    odd = scan.lines != table.num_rows or not table.num_rows
    if odd or any(_is_guess(column.type) for column in table.columns):
        return None
    return Material(
        table, source, "JSON Lines", numbered(source, range(1, scan.lines + 1)), whole(table)
    )


def _strings(head: bytes) -> "dict[str, pa.DataType] | None":
    """Return the columns that hold strings among the first rows: Arrow would take dates for
    times."""
    import pyarrow as pa

    found: dict[str, pa.DataType] = {}
    for line in head.split(b"\n", _SAMPLE)[:_SAMPLE]:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return found or None  # the last line can be cut
        if not isinstance(row, dict):
            return None
        for name, value in row.items():
            first = value[0] if isinstance(value, list) and value else value
            if isinstance(first, str):
                found[name] = pa.list_(pa.string()) if isinstance(value, list) else pa.string()
    return found


def _is_guess(kind: "pa.DataType") -> bool:
    """Return whether Arrow may have read something else than was written: a time, or a large
    whole number as a float."""
    import pyarrow as pa

    if pa.types.is_nested(kind):
        return any(_is_guess(kind.field(k).type) for k in range(kind.num_fields))
    return bool(pa.types.is_temporal(kind) or pa.types.is_floating(kind))


def table_of(rows: Sequence[Mapping[str, Any]], places: Sequence[str]) -> "pa.Table":
    """Return objects as a table; absent values are null.

    Args:
        rows: the objects.
        places: what messages call them.

    Raises:
        DataError: a text that no file can store.
    """
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    try:
        return pa.table({name: _array([row.get(name) for row in rows]) for name in names})
    except UnicodeEncodeError:
        bad = next(k for k, row in enumerate(rows) if _has_half(row))
        raise DataError(
            f"{places[bad]}: half a surrogate pair, which is no character; take it out"
        ) from None


def _has_half(row: Mapping[str, Any]) -> bool:
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _array(values: Sequence[Any]) -> "pa.Array":
    import pyarrow as pa

    try:
        mixed = {type(value) for value in values} >= {bool, int}
        return _texts(values) if mixed else pa.array(values)
    except (pa.ArrowException, OverflowError):
        return _texts(values)


def _texts(values: Iterable[Any]) -> "pa.Array":
    import pyarrow as pa

    return pa.array(
        [
            value if value is None or isinstance(value, str) else json.dumps(value)
            for value in values
        ],
        pa.string(),
    )


def read_json(text: Text, source: str, part: str) -> Material:
    """Read a JSON file: an array of objects, an object of columns, or an object of splits.

    Args:
        text: the file's text.
        source: the file's name, for messages.
        part: the key of the array, where the file is an object with several values.

    Raises:
        DataError: it is none of these; the message says where its rows seem to be.
    """
    value = parsed(text.text, source)
    if part:
        value = _inside(value, source, part)
    splits = _splits(value)
    lists = splits or {"": value}
    rows, places, parts = list[Mapping[str, Any]](), list[str](), dict[str, range]()
    for name, items in lists.items():
        inside = f"{source}, {name}" if name else source
        items = _columns(items) or items
        _refuse_nested(items, inside)
        parts[name] = range(len(rows), len(rows) + len(items))
        rows += items
        places += [f"{inside}, item {number}" for number in range(1, len(items) + 1)]
    table = table_of(rows, places)
    return Material(table, source, "JSON", places.__getitem__, parts, text.notes, text.faults)


def _inside(value: Any, source: str, part: str) -> Any:
    for name in part.split("."):
        if not isinstance(value, dict) or name not in value:
            has = ", ".join(map(repr, value)) if isinstance(value, dict) else "no keys"
            raise DataError(f"{source}: there is no '{part}' in it; it has {has}")
        value = value[name]
    return value


def _splits(value: Any) -> dict[str, list[Any]]:
    """Return split -> items, if every key of an object is the name of a split."""
    if not isinstance(value, dict) or not value:
        return {}
    names = {split_name(key): items for key, items in value.items()}
    good = "" not in names and all(isinstance(items, list) for items in value.values())
    return names if good and len(names) == len(value) else {}


def _columns(value: Any) -> list[dict[str, Any]]:
    """Return the rows of an object of columns, each a list of equal length; [] if it is none."""
    if not isinstance(value, dict) or not value:
        return []
    columns = [*value.values()]
    if not all(isinstance(c, list) and not any(isinstance(v, dict) for v in c) for c in columns):
        return []
    if len(columns) < 2 or len({len(column) for column in columns}) > 1:
        return []
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _refuse_nested(items: Any, source: str) -> None:
    if isinstance(items, list):
        bad = next((n for n, item in enumerate(items, 1) if not isinstance(item, dict)), 0)
        if bad:
            raise DataError(f"{source}, item {bad}: not a JSON object")
        if not items:
            raise DataError(f"{source}: no rows")
        return
    keys = [*items] if isinstance(items, dict) else []
    lists = [key for key in keys if isinstance(items[key], list) and items[key]]
    way = f"give {source}#{lists[0]}" if lists else "write an array of objects, or JSON Lines"
    if keys and all(isinstance(value, dict) for value in items.values()):
        way = 'write an array of objects, as pandas does with to_json(orient="records")'
    named = ", ".join(map(repr, keys[:8])) or "no keys"
    raise DataError(f"{source}: an object with {named}, not an array of objects; {way}")
