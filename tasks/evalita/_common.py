"""Shared helpers of the EVALITA 2023 tasks: prompts, a strict reader of rows, submission files."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import DataError, NotAtHand
from bench.files import Files, read_table
from bench.outputs import Regression
from bench.task import Prompt
from bench.tasks._readers import optional_file

YES, NO = "sì", "no"

# Verbatim from the prompts of the ExtremITA team, from which this suite started.
INSTRUCTIONS: Mapping[str, str] = {
    "acti_a": "In questo testo si parla di una cospirazione? Rispondi sì o no.",
    "acti_b": 'Di quale teoria cospirazionista parla questo testo, tra "Covid", "Qanon", '
    '"Terrapiattista", "Russia"?',
    "discotex_1": 'Le due frasi seguenti, separate da "[SEP]", sono coerenti tra loro? Rispondi sì '
    "o no.",
    "discotex_2": "Quanto è coerente questa frase, su una scala da 0 a 5?",
    "emotivita": "Scrivi quanta valenza è espressa in questo testo su una scala da 1 a 5, seguito "
    "da quanto stimolo è espresso in questo testo su una scala da 1 a 5, seguito da quanto "
    "controllo è espresso in questo testo su una scala da 1 a 5.",
    "haspeede": "In questo testo si esprime odio? Rispondi sì o no.",
    "nermud": "Scrivi le menzioni di entità nel testo, indicandone il tipo: [PER] (persona), [LOC] "
    "(luogo), [ORG] (organizzazione).",
    "wicita": "La parola compresa tra [TGTS] e [TGTE] ha lo stesso significato in entrambe le "
    "frasi? Rispondi sì o no.",
}


def prompt(instruction: str, words: Mapping[str, str] | None = None) -> Prompt:
    """Return a prompt of ExtremITA (Hromei et al., EVALITA 2023): its instruction names the labels.

    Args:
        instruction: their instruction, verbatim.
        words: the label words of labels that the instruction does not call by their name.
    """
    return Prompt(
        instruction=instruction,
        input_name="Testo",
        answer_name="Risposta",
        label_words=words or {},
        list_labels=False,
    )


def yes_no(key: str, *, yes: str, no: str) -> Prompt:
    """Return the prompt of a task whose answers are `sì` and `no`.

    Args:
        key: key of its instruction.
        yes, no: the label that each answer stands for.
    """
    return prompt(INSTRUCTIONS[key], {yes: YES, no: NO})


def local(files: Files, folder: str, *names: str) -> Path:
    """Return the first of these files that exists, in the task's or the suite's folder, including a
    sub-folder named after the shared task.

    Args:
        files: the available files.
        folder: the shared task's name, such as `wicita`: `DIR/evalita/wicita/…`.
        names: the official path, then other names in circulation.

    Raises:
        Unavailable: none of them exists; the message names the first.
    """
    if path := optional_file(files, *names, *(f"{folder}/{name}" for name in names)):
        return path
    raise NotAtHand(
        f"needs {names[0]}; put it in DIR/evalita/{folder}/ or DIR/{files.task}/ and add "
        "--data DIR (or set BENCH_DATA)"
    )


@dataclass(frozen=True)
class Row:
    """A row of a published file, with its position in the file."""

    path: Path
    number: int
    fields: Mapping[str, Any]

    def error(self, complaint: str) -> DataError:
        """Return an error that names the file and the row."""
        return DataError(f"{self.path}, row {self.number}: {complaint}")

    def text(self, column: str) -> str:
        """Return a text as published.

        Raises:
            DataError: it is not a string, is blank, or is the `nan` of a missing value.
        """
        value = self.fields[column]
        if not isinstance(value, str) or value.strip() in ("", "nan"):
            raise self.error(f"{column} is {value!r}, not a text; restore or delete the row")
        return value

    def name(self, column: str) -> str:
        """Return an id or a code: a string stripped of white space, or a whole number as a string.

        Raises:
            DataError: it is neither, or blank.
        """
        value = self.fields[column]
        known = isinstance(value, str | int) and not isinstance(value, bool)
        if not known or str(value).strip() in ("", "nan"):
            raise self.error(f"{column} is {value!r}; expected an id, a code or a number")
        return str(value).strip()

    def label(self, column: str, labels: Mapping[str, str]) -> str:
        """Return the label for a code.

        Args:
            column: column of the code.
            labels: code -> label.

        Raises:
            DataError: the code is unknown, such as the -1 of a row without gold.
        """
        code = self.name(column)
        if code not in labels:
            raise self.error(
                f"{column} is {code!r}; expected {', '.join(labels)}: use the file with gold"
            )
        return labels[code]

    def score(self, column: str, scale: Regression) -> float:
        """Return a number on a scale.

        Raises:
            DataError: it is not a number, or is outside the scale.
        """
        try:
            number = scale.check(str(self.fields[column]), "")
        except DataError as error:
            raise self.error(f"{column}: {error}") from None
        assert isinstance(number, float)
        return number


def table(path: Path, id_column: str, *columns: str) -> list[Row]:
    """Read the rows of a CSV or TSV file with csv quoting; the header is row 1.

    Args:
        path: the file.
        id_column: column whose values must be unique.
        columns: further required columns.

    Raises:
        DataError: not such a table, or a repeated id.
    """
    parsed = read_table(path)
    _refuse_missing(path, parsed.columns, (id_column, *columns))
    rows = [
        Row(path, number, dict(zip(parsed.columns, row, strict=True)))
        for number, row in enumerate(parsed.rows, 2)
    ]
    return _unique(rows, id_column)


def _refuse_missing(path: Path, known: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [column for column in wanted if column not in known]
    if missing:
        raise DataError(
            f"{path}, row 1: no column {missing[0]!r}, only {', '.join(map(repr, known))}; use the "
            "official file, with its own delimiter"
        )


def _unique(rows: list[Row], column: str) -> list[Row]:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.name(column), row.number)
        if first != row.number:
            raise row.error(f"id {row.name(column)!r} is also in row {first}; ids must be unique")
    return rows


def jsonl(path: Path, id_key: str, *keys: str) -> list[Row]:
    """Read the rows of a JSON Lines file.

    Args:
        path: the file.
        id_key: key whose values must be unique.
        keys: further required keys.

    Raises:
        DataError: not UTF-8, a line that is not a JSON object or lacks a key, a repeated id, or no
            rows.
    """
    rows = [_parsed(path, n, raw) for n, raw in enumerate(_lines(path), 1) if raw.strip()]
    if not rows:
        raise DataError(f"{path}: the file is empty")
    for row in rows:
        missing = [key for key in (id_key, *keys) if key not in row.fields]
        if missing:
            raise row.error(
                f"no key {missing[0]!r}, only {', '.join(row.fields)}; use the official file"
            )
    return _unique(rows, id_key)


def _lines(path: Path) -> list[str]:
    try:
        # Only a line feed ends a line: texts may contain other separators.
        return path.read_bytes().decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _parsed(path: Path, number: int, line: str) -> Row:
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise DataError(f"{path}, row {number}: not JSON ({error})") from None
    if not isinstance(fields, dict):
        raise DataError(f"{path}, row {number}: a JSON {type(fields).__name__}, not an object")
    return Row(path, number, fields)


def published(id_: str) -> str:
    """Return the id used in the official file, without the prefix for corpus or split."""
    return id_.partition("/")[2]


def as_csv(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, delimiter: str = ","
) -> bytes:
    """Write a table for submission; without a header line if `header` is empty."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerows([header] if header else [])
    writer.writerows(rows)
    return out.getvalue().encode()


def codes(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Invert a mapping from code to label."""
    return {label: code for code, label in labels.items()}
