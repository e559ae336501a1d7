"""The text of a drafted task's file: short, and made to be edited."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from bench.drafting.copying import Copied
from bench.drafting.draft import Draft
from bench.drafting.request import Form
from bench.files.columns import Columns, OneLabel
from bench.files.columns.answers import Reader
from bench.outputs import FreeText, Regression

_INSTRUCTIONS: Mapping[Form, str] = {
    "single": "Which label fits this text?",
    "multi": "Which labels fit this text?",
    "number": "Which number fits this text?",
    "spans": "Which words of this text have a label?",
    "words": "Answer the text.",
}
_METRICS: Mapping[Form, str] = {"single": "macro_f1, accuracy"}
WIDTH = 96


class Code(str):
    """Source code, as opposed to a string to be quoted."""


def plugin_text(made: Draft, path: Path, data: Copied | None = None) -> str:
    """Return the text of a task's file.

    Args:
        made: the draft.
        path: where the file will lie.
        data: the copied data, if it was copied.
    """
    labels = _labels(made)
    columns = _columns(made, named=bool(labels))
    head = [_docstring(made), "", *_imports(made, columns), "", *_data(made, path, data)]
    if labels:
        head += [f"LABELS = {quoted(tuple(labels))}"]
    head += [f"COLUMNS = {columns}", "", "", *_functions(made, data), "", ""]
    return "\n".join([*head, *_task(made)]) + "\n"


def _docstring(made: Draft) -> str:
    names = ", ".join(Path(part).name for part in made.material.source.split(", "))
    source = "".join(c for c in names if c.isalnum() or c in " ._-,")
    return f'"""The {len(made.examples):,} examples of {source}."""'


def _labels(made: Draft) -> list[str]:
    """Return the labels where the file names them twice: beside those that are merged."""
    answer = made.columns.answer
    return list(answer.known) if isinstance(answer, OneLabel) and answer.other else []


def _imports(made: Draft, columns: str) -> list[str]:
    readers = [*((made.columns.answer,) if made.columns.answer else ()), *made.columns.people]
    names = sorted({"Columns", *(type(reader).__name__ for reader in readers)})
    metrics = _METRICS.get(made.form.form)
    return [
        *([] if made.material.commit else ["from pathlib import Path", ""]),
        "from bench.files import Files",
        f"from bench.files.columns import {', '.join(names)}",
        *(
            [f"from bench.metrics import {', '.join(sorted(metrics.split(', ')))}"]
            if metrics
            else []
        ),
        f"from bench.outputs import {type(made.output).__name__}",
        "from bench.task import Prompt, Splits, Task",
    ]


def _data(made: Draft, path: Path, data: Copied | None) -> list[str]:
    if data:
        return [f"DATA = Path(__file__).parent / {quoted(_relative(data.path, path))}"]
    sources = made.request.sources
    if made.material.commit:
        return [f"DATA = {quoted(_simple(sources))}", f"REVISION = {quoted(made.material.commit)}"]
    several = [*sources] != [""] or len(sources[""]) > 1
    folder = "HERE" if several else "Path(__file__).parent"
    placed = {
        name: [Code(f"{folder} / {quoted(_relative(Path(s), path))}") for s in given]
        for name, given in sources.items()
    }
    head = ["HERE = Path(__file__).parent"] if several else []
    return [*head, f"DATA = {_of_lines(_simple(placed))}"]


def _of_lines(sources: Any) -> str:
    """Return the sources as code, one a line where they are too long for one."""
    line = quoted(sources)
    if len(line) + len("DATA = ") <= WIDTH or not isinstance(sources, Mapping | list):
        return line
    items = [quoted(item) for item in sources]
    if isinstance(sources, Mapping):
        items = [f"{quoted(name)}: {quoted(given)}" for name, given in sources.items()]
    inside = "".join(f"    {item},\n" for item in items)
    return f"{line[0]}\n{inside}{line[-1]}"


def _simple(sources: Mapping[str, Sequence[Any]]) -> Any:
    """Return the sources in the simplest form that `Files.examples` takes."""
    by_split = {name: given[0] if len(given) == 1 else [*given] for name, given in sources.items()}
    return by_split[""] if [*by_split] == [""] else by_split


def _relative(source: Path, path: Path) -> str:
    return os.path.relpath(source.resolve(), path.parent.resolve())


def _columns(made: Draft, *, named: bool) -> str:
    arguments = []
    for part in fields(Columns):
        value = getattr(made.columns, part.name)
        default = " " if part.name == "between" else None
        if value and value != default:
            arguments.append(f"{part.name}={_value(value, named=named)}")
    return _call("Columns", arguments, indent=0)


def _value(value: Any, *, named: bool) -> str:
    if hasattr(value, "read"):
        return _reader(value, named=named)
    if isinstance(value, tuple):
        inside = ", ".join(_value(item, named=named) for item in value)
        return f"({inside}{',' * (len(value) == 1)})"
    return quoted(value)


def _reader(reader: Reader, *, named: bool) -> str:
    """Return a reader's code, without arguments that have their default values."""
    words = []
    for place, part in enumerate(fields(reader)):  # type: ignore[arg-type]
        value = getattr(reader, part.name)
        if part.name == "known" and named:
            value = Code("LABELS")
        if place == 0 or value != part.default:
            words.append(quoted(value) if place == 0 else f"{part.name}={quoted(value)}")
    return f"{type(reader).__name__}({', '.join(words)})"


def _functions(made: Draft, data: Copied | None) -> list[str]:
    more = f", sha256={quoted(data.sha256)}" if data else ""
    more += ", revision=REVISION" if made.material.commit and not data else ""
    cut = "; bench splits off the same 20 % for the test every time"
    what = "the splits as they are given" if "test" in made.splits else f"all examples{cut}"
    lines = [
        "def load(files: Files) -> Splits:",
        f'    """Read {what}."""',
        f"    return files.examples(DATA, COLUMNS{more})",
    ]
    if made.annotators:
        lines += [
            "",
            "",
            "def annotations(files: Files) -> dict[str, tuple[object, ...]]:",
            '    """Read each person\'s answers, by example id."""',
            f"    return files.annotations(DATA, COLUMNS{more})",
        ]
    return [_wrapped(line) for line in lines]


def _wrapped(line: str) -> str:
    """Return a call that is too long with its arguments on a line of their own."""
    if len(line) <= WIDTH:
        return line
    head, _, rest = line.partition("(")
    return f"{head}(\n        {rest.removesuffix(')')}\n    )"


def _task(made: Draft) -> list[str]:
    name, metrics = quoted(made.request.name), _METRICS.get(made.form.form)
    return [
        "TASK = Task(",
        f"    name={name},",
        f"    output={_output(made)},",
        "    load=load,",
        *([f"    metrics=({metrics}),  # the first one ranks"] if metrics else []),
        f"    prompt=Prompt(instruction={quoted(_INSTRUCTIONS[made.form.form])}),",
        f"    language={quoted(made.language)},",
        *(_annotations(made) if made.annotators else []),
        '    licence="unknown",',
        '    citation="none",',
        f"    source={name},",
        "    version=1,  # raise it when data, labels or prompt change",
        ")",
    ]


def _annotations(made: Draft) -> list[str]:
    return ["    annotations=annotations,", f"    annotators={quoted(made.annotators)},"]


def _output(made: Draft) -> str:
    output, kind = made.output, type(made.output).__name__
    if isinstance(output, FreeText):
        return f"{kind}()"
    if isinstance(output, Regression):
        return f"{kind}({output.low:g}, {output.high:g})"
    if known := _labels(made):
        other = [label for label in output.labels if label not in known]
        return _call(kind, ["*LABELS", *map(quoted, other)], indent=4)
    return _call(kind, [quoted(label) for label in output.labels], indent=4)


def _call(name: str, arguments: Sequence[str], *, indent: int) -> str:
    """Return a call, on one line where there is room, else with an argument a line."""
    line = f"{name}({', '.join(arguments)})"
    if len(line) + indent <= WIDTH - 10:
        return line
    space = " " * (indent + 4)
    return "\n".join([f"{name}(", *(f"{space}{a}," for a in arguments), " " * indent + ")"])


def quoted(value: object) -> str:
    """Return a value as Python code, strings in double quotes and what cannot be seen escaped."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=not value.isprintable())
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        inside = ", ".join(map(quoted, value))
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside}{',' * (len(value) == 1)})"
    return repr(value)
