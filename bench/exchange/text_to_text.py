"""Export tasks as text to text: the four-column files of the ExtremITA lab, `id task input
target`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.data.licences import handed_on
from bench.data.prepare import PreparedTask, prepare
from bench.data.source import Source, data_folders
from bench.data.split import labelled_split
from bench.errors import UserError
from bench.example import SPLITS, Example, Split
from bench.exchange.dataset_card import card
from bench.exchange.output_folder import made_aside, refuse_taken
from bench.models.prompt import answer_words, question
from bench.registry import Registry, load_task
from bench.task import Task

# Characters that could be taken for the end of a field or row; replaced one to one, so that span
# positions stay valid.
_BREAKS = str.maketrans(dict.fromkeys("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))


@dataclass(frozen=True)
class EncodedFolder:
    """The folder that was written, its rows by split, and the number of them in which tabs or line
    breaks were replaced by spaces."""

    folder: Path
    rows: Mapping[Split, int]
    mended: int


def encode(
    names: Sequence[str], to: Path, source: Source, *, public: bool = False
) -> EncodedFolder:
    """Write tasks as train.tsv, validation.tsv and test.tsv, with a card.

    The examples are those of a multi-task run: none in a task's test split is in another task's
    train split. A task without validation examples gets a tenth of its train split as validation.

    Args:
        names: names of the tasks.
        to: a folder that is empty or does not exist; it is written completely or not at all.
        source: source of the examples.
        public: whether the folder is to be published.

    Raises:
        UserError: no such task, its data is unavailable or invalid, a folder that is not empty;
            with `public`, a licence that does not allow it.
    """
    refuse_taken(to)
    registry, names = Registry("tasks", source.plugins), list(dict.fromkeys(names))
    if public:
        refuse_unless_handed_on([load_task(registry[name]) for name in names])
    material = prepare(names, registry, data_folders(source.data), offline=source.offline)
    for name, reason in (*material.missing.items(), *material.broken.items()):
        raise UserError(f"task {name}: {reason}")
    return _write([material.tasks[name] for name in names], to)


def refuse_unless_handed_on(tasks: Sequence[Task]) -> None:
    """Refuse tasks whose data must not be redistributed.

    Raises:
        UserError: a task's licence does not permit redistribution.
    """
    for task in tasks:
        if handed_on(task.licence) is None:
            raise UserError(
                f"--push: the licence of {task.name}, {task.licence!r}, does not permit "
                "redistribution; leave out --push"
            )


def _write(tasks: Sequence[PreparedTask], to: Path) -> EncodedFolder:
    mended, counts = 0, Counter[tuple[str, Split]]()
    lines: dict[Split, list[str]] = {split: [] for split in SPLITS}
    for prepared in tasks:
        for split, rows in _splits(prepared).items():
            counts[prepared.task.name, split] += len(rows)
            lines[split] += [encoded(prepared.task, row) for row in rows]
            mended += sum(_odd(row) for row in rows)
    with made_aside(to) as folder:
        for split, split_lines in lines.items():
            text = "".join(f"{line}\n" for line in split_lines)
            (folder / f"{split}.tsv").write_text(text, encoding="utf-8", newline="")
        about = card([prepared.task for prepared in tasks], counts, mended)
        (folder / "README.md").write_text(about, encoding="utf-8", newline="")
    return EncodedFolder(
        to, {split: len(split_lines) for split, split_lines in lines.items()}, mended
    )


def _splits(prepared: PreparedTask) -> Mapping[Split, Sequence[Example]]:
    loaded = prepared.loaded
    train, validation = loaded.train, loaded.validation
    if not validation:
        cut = labelled_split(train, seed=0)
        train, validation = cut.train, cut.validation
    return {"train": train, "validation": validation, "test": loaded.test}


def encoded(task: Task, row: Example) -> str:
    """Return an example's line: " [SEP] " separates two texts, and the answer uses the prompt's
    label words.

    It is written without quotation marks, for programs: a cell that a spreadsheet would execute
    stays as it is, or a model would learn the mark.
    """
    text = row.text.translate(_BREAKS)
    pair = None if row.pair is None else row.pair.translate(_BREAKS)
    clean = Example(row.id, text, row.target, pair)
    target = answer_words(task, row.target, text).translate(_BREAKS)
    return "\t".join(
        [row.id.translate(_BREAKS), task.name, question(task, clean.input).bare, target]
    )


def _odd(row: Example) -> bool:
    texts = (row.id, row.text, row.pair or "")
    return any(text != text.translate(_BREAKS) for text in texts)
