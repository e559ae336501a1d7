"""Load a task's examples and check that they have the declared form."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from bench.data.loaded import Loaded
from bench.data.split import split_by_group
from bench.errors import BenchError, DataError, PluginError
from bench.example import SPLITS, Example, Input, Split
from bench.files import Files
from bench.files.column_examples import ColumnExamples, repeated_id
from bench.guards.no_input import no_input
from bench.outputs import Output, Regression, SingleLabel
from bench.task import Task

Found = TypeVar("Found")


def load_task(task: Task, files: Files) -> Loaded:
    """Return all examples of a task. Without a test split, one is split off train (80/20).

    Args:
        task: the task to load.
        files: the task's files; faults found while reading are counted in it.

    Raises:
        DataError: an example does not have the declared form, or two examples share an id.
        PluginError: the task's own reader failed.
        Unavailable: the data is not available locally.
    """
    splits = {name: _all_checked(task, rows) for name, rows in _read(task, files).items()}
    _refuse_shared_ids(task, [*splits.values()])
    cut = "test" not in splits
    if cut:
        splits.update(_cut(splits["train"], task.output))
    _refuse_empty(task, splits, cut=cut)
    return Loaded(splits["train"], splits.get("validation", ()), splits["test"], files.faults, cut)


def _cut(rows: Sequence[Example], output: Output) -> Mapping[Split, Sequence[Example]]:
    """Return train and test, split off the examples; columns stay columns."""
    parts = split_by_group(tuple(rows), stratify=_strata(output))
    if not isinstance(rows, ColumnExamples):
        return parts
    tested = {row.id for row in parts["test"]}
    places: dict[bool, list[int]] = {True: [], False: []}
    for place, id_ in enumerate(rows.table["id"].to_pylist()):
        places[id_ in tested].append(place)
    return {"train": rows.take(places[False]), "test": rows.take(places[True])}


def _refuse_empty(task: Task, splits: Mapping[Split, Sequence[Example]], *, cut: bool) -> None:
    if cut and splits["train"] and not splits["test"]:
        raise DataError(f"task {task.name}: {_why_no_test(splits['train'])}")
    for name in SPLITS:
        if name != "validation" and not splits[name]:
            raise DataError(f"task {task.name}: the {name} split is empty")
    if cut and isinstance(task.output, SingleLabel):
        _refuse_singles(task, splits)


def _why_no_test(rows: Sequence[Example]) -> str:
    """Return why no test split could be cut off these examples, and what to do."""
    groups = Counter(row.group for row in rows if row.group is not None)
    largest, held = groups.most_common(1)[0] if groups else ("", 0)
    if held == len(rows):
        return (
            f"all {len(rows):,} examples are of one group, {largest!r}, and a group is never "
            "divided; name a finer group, none, or give a test split"
        )
    return (
        f"{len(rows)} example{'s' * (len(rows) != 1)} are too few to split off a "
        "test split; give at least 3 different texts for some label, or a test split"
    )


def _refuse_singles(task: Task, splits: Mapping[Split, Sequence[Example]]) -> None:
    """Refuse a test split that was cut here and whose every label is unknown in training."""
    seen = {row.target for row in splits["train"]}
    if all(row.target not in seen for row in splits["test"]):
        raise DataError(
            f"task {task.name}: its labels have one example (or group) each, so nothing that is "
            "tested can be learnt; give more examples a label, or merge rare labels "
            "(bench new task … --rare other:5)"
        )


def _read(task: Task, files: Files) -> dict[Split, Sequence[Example]]:
    returned = _guarded(task, task.load, files)
    splits = _guarded(
        task, lambda _: {n: _kept(rows) for n, rows in (returned or {}).items()}, files
    )
    unknown = next((name for name in splits if name not in SPLITS), None)
    if unknown is not None:
        raise DataError(f"task {task.name}: split {unknown!r} is not one of {', '.join(SPLITS)}")
    if "train" not in splits:
        raise DataError(f"task {task.name}: load() returned no train split")
    return splits


def _kept(rows: Iterable[Example]) -> Sequence[Example]:
    return rows if isinstance(rows, ColumnExamples) else tuple(rows)


def unscored_of(task: Task, files: Files) -> tuple[Input, ...]:
    """Return the texts of an official test whose gold is not published.

    Raises:
        DataError: two of them share an id.
        PluginError: the task's own reader failed.
        Unavailable: the data is not available locally.
    """
    rows = tuple(_guarded(task, task.unscored, files)) if task.unscored else ()
    if len({row.id for row in rows}) < len(rows):
        raise DataError(f"task {task.name}: two texts of the official test share an id")
    return rows


def _guarded(task: Task, load: Callable[[Files], Found], files: Files) -> Found:
    try:
        with no_input():
            return load(files)
    except BenchError:
        raise
    except Exception as error:  # A reader is foreign code: it may raise anything.
        raise PluginError(
            f"task {task.name}: load() failed: {type(error).__name__}: {error}"
        ) from error


def _strata(output: Output) -> Callable[[Example], str]:
    return lambda example: output.stratum(example.target)


def _all_checked(task: Task, rows: Sequence[Example]) -> Sequence[Example]:
    """Return the examples with checked answers, as columns if they are columns and the answers
    repeat: then each of them is checked once."""
    if not isinstance(rows, ColumnExamples) or not isinstance(
        task.output, SingleLabel | Regression
    ):
        return tuple(_checked(task, rows))
    # Texts from columns are strings that files can store: Arrow holds no others.
    values = rows.table["target"].unique().to_pylist()
    answers = dict[Any, Any]()
    for value in values:
        try:
            answers[value] = task.output.check(rows.answer(value), "")
        except DataError as error:
            place = rows.table["target"].to_pylist().index(value)
            raise DataError(f"task {task.name}, example {rows[place].id!r}: {error}") from None
    return ColumnExamples(rows.table, answers.__getitem__)


def _checked(task: Task, rows: Iterable[Example]) -> Iterable[Example]:
    for row in rows:
        _refuse_odd_fields(task, row)
        try:
            target = task.output.check(row.target, row.text)
        except DataError as error:
            raise DataError(f"task {task.name}, example {row.id!r}: {error}") from None
        unchanged = target is row.target or (
            target == row.target and type(target) is type(row.target)
        )
        # An empty group would bind all examples of which none is known.
        group = row.group if row.group and row.group.strip() else None
        unchanged = unchanged and group == row.group
        yield row if unchanged else Example(row.id, row.text, target, row.pair, group)


def _refuse_odd_fields(task: Task, row: Any) -> None:
    if not isinstance(row, Example):
        raise DataError(
            f"task {task.name}: load() returned a {type(row).__name__} where an Example is needed"
        )
    for name, must in (("id", True), ("text", True), ("pair", False), ("group", False)):
        value = getattr(row, name)
        if not isinstance(value, str) and (must or value is not None):
            raise DataError(
                f"task {task.name}, example {row.id!r}: {name} is {value!r}, not a string"
            )
        if value is not None and not _storable(value):
            raise DataError(
                f"task {task.name}, example {row.id!r}: {name} contains a lone surrogate, "
                "which no file can store; decode it with files.decode"
            )


def _storable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_shared_ids(task: Task, splits: Sequence[Sequence[Example]]) -> None:
    if found := repeated_id(splits):
        name, count = found
        raise DataError(
            f"task {task.name}: {count} examples share the id {name!r}; ids must be unique"
        )
