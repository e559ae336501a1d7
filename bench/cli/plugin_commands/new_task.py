"""`bench new task`: a task drafted from whatever the user has, shown, asked for and written."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli.console import note, out
from bench.errors import UserError

if TYPE_CHECKING:
    from bench.drafting.draft import Draft
    from bench.drafting.request import Form, Request

DATA, ANSWER, COLUMNS, FILE = "Where the data is", "The answers", "The columns", "The file"

Paths = list[str] | None


def _option(help_: str, panel: str, metavar: str = "COLUMN", names: Sequence[str] = ()) -> object:
    return typer.Option(*names, metavar=metavar, help=help_, rich_help_panel=panel)


def _flag(name: str, help_: str, panel: str) -> object:
    return typer.Option(name, help=help_, rich_help_panel=panel, show_default=False)


def new_task(
    name: Annotated[str, typer.Argument(help="The name of the new task.")],
    source: Annotated[
        Paths,
        typer.Argument(
            metavar="FROM",
            help="Files (CSV, TSV, JSON Lines, JSON, Parquet, Excel, CoNLL, text to text; also .gz "
            "and .zst; a part of one as book.xlsx#Sheet2 or data.json#rows), a folder (a folder or "
            "a .txt file a class, files named as splits, or a saved data set), a data set of the "
            "Hub as owner/name[:config], or another task.",
        ),
    ] = None,
    train: Annotated[Paths, _option("Examples to learn from; repeatable.", DATA, "FILE")] = None,
    validation: Annotated[Paths, _option("Examples to validate on.", DATA, "FILE")] = None,
    test: Annotated[Paths, _option("Examples to test on.", DATA, "FILE")] = None,
    csv: Annotated[Path | None, _option("The same as FROM.", DATA, "FILE")] = None,
    only: Annotated[
        Paths, _option("Take only the rows with this value.", DATA, "COLUMN=VALUE")
    ] = None,
    text: Annotated[str, _option("The texts.", COLUMNS)] = "",
    label: Annotated[
        Paths,
        _option("The answers; repeat it for columns of 0 and 1, a label each.", COLUMNS),
    ] = None,
    pair: Annotated[str, _option("The second texts.", COLUMNS)] = "",
    group: Annotated[
        str, _option("What must not be on both sides of a split, as the author.", COLUMNS)
    ] = "",
    id_: Annotated[str, _option("Unique ids. Default: row numbers.", COLUMNS, names=["--id"])] = "",
    split_column: Annotated[str, _option("train, validation or test.", COLUMNS)] = "",
    annotator: Annotated[
        Paths,
        _option(
            "The answers of a person; repeatable. Given once: the column that says who gave the "
            "row's --label.",
            COLUMNS,
        ),
    ] = None,
    single_label: Annotated[bool, _flag("--single-label", "One label each.", ANSWER)] = False,
    multi_label: Annotated[bool, _flag("--multi-label", "Several labels each.", ANSWER)] = False,
    separator: Annotated[str, _option("Stands between labels of a cell.", ANSWER, "TEXT")] = "",
    regression: Annotated[bool, _flag("--regression", "A number each.", ANSWER)] = False,
    range_: Annotated[
        str,
        _option("The ends of its scale. Default: as found.", ANSWER, "LOW:HIGH", ["--range"]),
    ] = "",
    spans: Annotated[bool, _flag("--spans", "Labelled spans.", ANSWER)] = False,
    free_text: Annotated[bool, _flag("--free-text", "Words.", ANSWER)] = False,
    rare: Annotated[
        str, _option("Merge labels with fewer than N examples.", ANSWER, "LABEL:N")
    ] = "",
    map_: Annotated[
        Paths,
        _option("With another task: a coarser label; repeatable.", ANSWER, "OLD=NEW", ["--map"]),
    ] = None,
    language: Annotated[str, _option("Code of the language. Default: guessed.", FILE, "CODE")] = "",
    drop_empty: Annotated[
        bool, _flag("--drop-empty", "Leave out rows without text or answer.", FILE)
    ] = False,
    strict: Annotated[
        bool, _flag("--strict", "Refuse what would be repaired or dropped.", FILE)
    ] = False,
    copy: Annotated[
        bool, _flag("--copy", "Copy the data into the plugin folder, as Parquet.", FILE)
    ] = False,
    yes: Annotated[bool, _flag("--yes", "Take what is guessed, without a question.", FILE)] = False,
    offline: Annotated[bool, _flag("--offline", "Never use the network.", FILE)] = False,
    plugins: Annotated[Path, _option("The folder to write tasks/NAME.py in.", FILE, "DIR")] = Path(
        "plugins"
    ),
) -> None:
    """Write a task for your own data; edit it as you like.

    Columns, kind of answer and language are guessed where you do not give them.
    """
    from bench.drafting.request import Request

    given = [*(source or ()), *([str(csv)] if csv else [])]
    asked: dict[Form, bool] = {
        "single": single_label,
        "multi": multi_label or bool(separator),
        "number": regression or bool(range_),
        "spans": spans,
        "words": free_text,
    }
    other, at_least = _rare(rare)
    _make(
        Request(
            name=name,
            sources=_sources(given, {"train": train, "validation": validation, "test": test}),
            text=text,
            pair=pair,
            group=group,
            id=id_,
            split=split_column,
            labels=tuple(label or ()),
            annotators=tuple(annotator or ()),
            form=_form(asked),
            between=separator.replace("\\t", "\t"),
            span=_span(range_),
            rare=other,
            at_least=at_least,
            only=dict(map(_pair, only or ())),
            language=language,
            drop_empty=drop_empty,
            strict=strict,
            offline=offline,
        ),
        plugins,
        coarser=map_ or (),
        copy=copy,
        yes=yes,
    )


def _sources(given: Sequence[str], named: Mapping[str, Paths]) -> Mapping[str, Sequence[str]]:
    """Return the sources by split; files that are named as splits are these."""
    from bench.files.reading.folders import split_of_file

    splits = {split: files for split, files in named.items() if files}
    if given and splits:
        raise UserError("give FROM, or --train and the others, not both")
    if splits and "train" not in splits:
        raise UserError("--train is missing: nothing to learn from")
    if not any(given) and not splits:
        raise UserError("say where the data is: bench new task NAME FROM (bench new task --help)")
    by_name = {split_of_file(Path(one)): one for one in given}
    if len(given) > 1 and "" not in by_name and "train" in by_name and len(by_name) == len(given):
        return {split: [one] for split, one in by_name.items()}
    return splits or {"": given}


def _form(asked: "Mapping[Form, bool]") -> "Form":
    from bench.drafting.request import FLAGS

    chosen = [form for form, is_asked in asked.items() if is_asked]
    if len(chosen) > 1:
        raise UserError(f"{' and '.join(FLAGS[form] for form in chosen)}: give one of them")
    return chosen[0] if chosen else ""


def _rare(given: str) -> tuple[str, int]:
    name, _, least = given.rpartition(":")
    if not given:
        return "", 0
    if not name or not least.isdigit() or int(least) < 2:
        raise UserError(f"--rare {given!r}: write LABEL:N, as in --rare other:5")
    return name, int(least)


def _span(given: str) -> tuple[float, float] | None:
    if not given:
        return None
    low, _, high = given.partition(":")
    try:
        ends = float(low), float(high)
    except ValueError:
        ends = (0.0, 0.0)
    if not ends[0] < ends[1]:
        raise UserError(f"--range {given!r}: write LOW:HIGH, as in --range 0:5")
    return ends


def _pair(given: str) -> tuple[str, str]:
    name, found, value = given.partition("=")
    if not found or not name:
        raise UserError(f"--only {given!r}: write COLUMN=VALUE")
    return name, value


def _make(
    request: "Request", folder: Path, *, coarser: Sequence[str], copy: bool, yes: bool
) -> None:
    from bench.drafting.place import free_place, write

    path = free_place("tasks", request.name, folder)
    if base := _other_task(request, folder, coarser):
        from bench.drafting.coarser import coarser_text

        write(path, coarser_text(request.name, base, coarser, folder).encode())
    else:
        _from_data(request, path, folder, copy=copy, yes=yes)
    out.print(f"wrote {escape(str(path))}", soft_wrap=True)
    out.print(f"next: bench run -t {request.name} --plugins {escape(str(folder))}", soft_wrap=True)


def _other_task(request: "Request", folder: Path, coarser: Sequence[str]) -> str:
    """Return the name of the task that the new one is made from; "" for data."""
    from bench.registry import Registry

    given = request.sources.get("", ())
    tasks = Registry("tasks", [folder] if folder.is_dir() else []).plugins
    if len(given) == 1 and given[0] in tasks and not Path(given[0]).exists():
        return given[0]
    if coarser:
        raise UserError("--map takes the labels of another task: bench new task NAME TASK --map …")
    return ""


def _from_data(request: "Request", path: Path, folder: Path, *, copy: bool, yes: bool) -> None:
    from bench.cli.plugin_commands.draft_summary import summary
    from bench.drafting.copying import copied
    from bench.drafting.draft import draft
    from bench.drafting.place import write
    from bench.drafting.plugin_text import plugin_text

    made = draft(request)
    for block in summary(made):
        out.print(block, soft_wrap=isinstance(block, str), highlight=False)
    for remark in made.notes:
        note(remark)
    if yes:
        for doubt in made.doubts:
            note(f"guessed: {doubt}")
    else:
        _settle(made)
    made, data = copied(made, folder) if copy else (made, None)
    write(path, plugin_text(made, path, data).encode())


def _settle(made: "Draft") -> None:
    """Ask on a terminal whether the guess is right; without one, refuse a doubtful guess."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        for doubt in made.doubts:
            note(doubt)
        if (made.guessed or made.doubts) and not typer.confirm("Write this task?", default=True):
            raise UserError(
                "nothing written; give the columns: --text COLUMN --label COLUMN "
                "(bench new task --help)"
            )
    elif made.doubts:
        raise UserError(f"{made.doubts[0]} (--yes takes the guess)")
