"""Select the test examples that a prediction file answers, and write an empty file to fill in."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data.prepare import PreparedTask
from bench.data.source import Source, prepared_task
from bench.errors import UserError, did_you_mean
from bench.example import Example
from bench.exchange.prediction_file import SEPARATOR
from bench.guards.spreadsheet import quoted_cell
from bench.outputs import FreeText, MultiLabel, Regression, SingleLabel
from bench.outputs.base import Answer, Output
from bench.runs.planning.default_folds import scored_rows, tested
from bench.runs.planning.profiles import PROFILES, default_profile, read_file, shipped
from bench.runs.planning.run_spec import TaskRows
from bench.store.written import write_new
from bench.visible import PICTURES

FORMS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".jsonl": ""}
"""Suffixes of files that are written, and the column separator of each."""

MANY = 20
"""Maximum number of labels listed in a hint."""


@dataclass(frozen=True)
class Scope:
    """The limit on scored test examples, and the profile that sets it where the user gave no
    number."""

    limit: int | None
    profile: str

    @property
    def words(self) -> str:
        """Command-line options that select these examples."""
        return "--profile full" if self.limit is None else f"--limit-test {self.limit}"


def scope_of(limit: int | None, profile: str) -> Scope:
    """Return the limit that `bench run` would use.

    Args:
        limit: the limit given on the command line.
        profile: the profile given on the command line, or "".

    Raises:
        UserError: no such profile, or a limit below 1.
    """
    profile = profile or default_profile()
    if profile not in PROFILES:
        raise UserError(f"--profile {profile}: {did_you_mean(profile, PROFILES)}")
    if limit is not None and limit < 1:
        raise UserError(f"--limit-test {limit}: give 1 or more")
    return Scope(read_file(shipped()[profile]).limits.test if limit is None else limit, profile)


def chosen_rows(prepared: PreparedTask, scope: Scope) -> TaskRows:
    """Return the test examples that all entries are scored on, without training examples."""
    nothing = {"train": (), "validation": (), "train_hash": ""}
    return scored_rows(prepared, scope.limit).model_copy(update=nothing)


@dataclass(frozen=True)
class Written:
    """The number of test examples written, the total, and the format of a prediction."""

    rows: int
    of: int
    form: str


def write_template(task: str, target: Path, scope: Scope, source: Source) -> Written:
    """Write a file with the ids and texts of the test examples, to be filled in.

    Args:
        task: the task's name.
        target: the file; its suffix determines the format.
        scope: selects the examples.
        source: source of the examples.

    Raises:
        UserError: the file exists already, cannot be written, or has another suffix.
    """
    suffix = target.suffix.lower()
    if suffix not in FORMS:
        raise UserError(f"{target}: give a file whose name ends in {', '.join(FORMS)}")
    prepared = prepared_task(task, source)
    rows = [prepared.rows[i] for i in chosen_rows(prepared, scope).test]
    try:
        write_new(target, template(rows, suffix).encode())
    except FileExistsError:
        raise UserError(f"{target} exists already; choose another file with -o") from None
    except OSError as error:
        raise UserError(f"{target}: {error.strerror}; choose another file with -o") from None
    example_answer = (*prepared.loaded.train, *rows)[0].target
    return Written(len(rows), len(tested(prepared)), form(prepared.task.output, example_answer))


def form(output: Output, known: Answer) -> str:
    """Describe what the column `prediction` accepts, for somebody who fills it in.

    Args:
        output: the task's answer space.
        known: the answer of some labelled example, as an illustration.
    """
    labels = ", ".join(output.labels[:MANY]) + (", …" if len(output.labels) > MANY else "")
    if isinstance(output, MultiLabel):
        return f"labels separated by {SEPARATOR}, or [] for none: {labels}"
    if isinstance(output, SingleLabel):
        return f"one of {labels}"
    if isinstance(output, Regression):
        return "a number"
    if isinstance(output, FreeText):
        return "a text"
    return f"JSON like {json.dumps(output.to_json(known), ensure_ascii=False)}"


def template(rows: Sequence[Example], suffix: str) -> str:
    """Return the text of a file with ids, empty predictions and texts.

    Args:
        rows: the test examples to be answered.
        suffix: the file name's suffix; one of `FORMS`.
    """
    paired = any(row.pair is not None for row in rows)
    columns = ("id", "prediction", "text", *(["pair"] if paired else []))
    if suffix == ".jsonl":
        return "".join(f"{json.dumps(_row(row, columns), ensure_ascii=False)}\n" for row in rows)
    buffer = io.StringIO()
    # With these line ends csv quotes a lone carriage return inside a text, too.
    writer = csv.writer(buffer, delimiter=FORMS[suffix], lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(_cells(row, columns) for row in rows)
    return buffer.getvalue()


def _row(row: Example, columns: Sequence[str]) -> dict[str, str | None]:
    values = {"id": row.id, "prediction": "", "text": row.text, "pair": row.pair}
    return {name: values[name] for name in columns}


def _cells(row: Example, columns: Sequence[str]) -> Iterator[str]:
    for name, value in _row(row, columns).items():
        text = (value or "").replace("\0", " ")
        # Replaced one to one, so that span positions stay valid; the id is read back and stays
        # unchanged.
        yield quoted_cell(text if name == "id" else text.translate(PICTURES))
