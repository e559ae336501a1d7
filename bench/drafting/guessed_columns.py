"""The roles of a table's columns (text, answer, id, …), guessed from names and values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.errors import UserError, did_you_mean
from bench.files.columns.answers import absent
from bench.files.reading import Material
from bench.files.reading.parts import split_name

LOOKED_AT = 2000
"""Largest number of rows that a guess looks at."""
# fmt: off
TEXT = (
    "text", "sentence", "tweet", "review", "comment", "message", "content", "body", "document",
    "input", "question", "utterance", "headline", "post", "article", "premise", "sentence1",
    "text1", "text_a", "question1", "testo", "frase", "texte", "texto", "tokens", "words", "title",
)
PAIR = (
    "pair", "sentence2", "hypothesis", "text2", "text_b", "question2", "sentence_b", "context",
    "passage",
)
LABEL = (
    "label", "labels", "target", "class", "category", "gold", "gold_label", "sentiment", "polarity",
    "intent", "topic", "emotion", "tag", "tags", "ner_tags", "entities", "spans", "score", "rating",
    "stars", "similarity", "answer", "output", "y", "etichetta", "classe", "categoria",
)
ID = ("id", "idx", "uid", "guid", "_id", "uuid", "text_id", "tweet_id", "example_id", "index")
GROUP = (
    "group", "author", "author_id", "user", "user_id", "username", "speaker", "document_id",
    "doc_id", "conversation_id", "thread_id", "thread", "customer", "customer_id",
)
SPLIT = ("split", "set", "partition", "subset")
# fmt: on


@dataclass(frozen=True)
class Column:
    """A column as its first rows show it.

    Args:
        name: the column.
        values: its cells, missing ones left out.
        length: the mean number of characters.
        distinct: the share of cells that differ.
    """

    name: str
    values: Sequence[object]
    length: float
    distinct: float

    @property
    def key(self) -> str:
        """The name in lower case with underscores, by which names are compared."""
        return self.name.strip().lower().replace(" ", "_").replace("-", "_")

    @property
    def is_prose(self) -> bool:
        """True if its cells look like texts."""
        words = [v for v in self.values if isinstance(v, list) or " " in str(v).strip()]
        return self.length >= 12 and 2 * len(words) > len(self.values) and self.distinct > 0.5


Fits = Callable[[Column], bool]


@dataclass(frozen=True)
class Guess:
    """Columns as guessed or given.

    Args:
        text, pair, id, group, split: the columns; "" for none.
        labels: the columns of the answer.
        doubts: questions that the table leaves open, each with the options that answer it.
    """

    text: str
    pair: str
    id: str
    group: str
    split: str
    labels: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def seen(material: Material) -> list[Column]:
    """Return what the first rows of each column hold."""
    head = material.table.slice(0, LOOKED_AT)
    return [_seen(name, head[name].to_pylist()) for name in material.columns]


def _seen(name: str, cells: Sequence[object]) -> Column:
    values = [cell for cell in cells if not absent(cell)]
    words = [str(value) for value in values]
    length = sum(map(len, words)) / max(1, len(words))
    return Column(name, values, length, len(set(words)) / max(1, len(words)))


def refuse_unknown(material: Material, names: Sequence[str]) -> None:
    """Refuse names that are no columns.

    Raises:
        UserError: there is one.
    """
    for name in names:
        if name and name not in material.columns:
            hint = did_you_mean(name, material.columns)
            raise UserError(f"{material.source}: no column '{name}'; {hint}")


def guess(material: Material, given: Guess, *, rated: bool) -> Guess:
    """Return the columns: those given, and for the others what names and values suggest.

    Args:
        material: the table.
        given: the columns that the user named.
        rated: whether people's answers stand in columns of their own, so that no label is needed.

    Raises:
        UserError: there is no such column, or nothing that could be text or label.
    """
    said = material.suggested
    taken = {given.text, given.pair, given.id, given.group, given.split, *given.labels}
    free = [column for column in seen(material) if column.name not in taken and column.values]
    doubts = list[str]()
    text = given.text or _known(said.get("text"), free) or _text(material, free, doubts)
    free = [column for column in free if column.name != text]
    split = given.split or _named(free, SPLIT, _is_split)
    if not split and (near := _named(free, SPLIT, _names_a_split)):
        doubts.append(_of_odd_splits(material, near))
    id_ = given.id or _known(said.get("id"), free) or _named(free, ID, _is_id)
    free = [column for column in free if column.name not in (split, id_)]
    pair = given.pair or _known(said.get("pair"), free) or _named(free, PAIR, _is_any)
    free = [column for column in free if column.name != pair]
    labels = given.labels
    if not labels and not rated:
        stated = _known(said.get("label"), free)
        labels = (stated,) if stated else _labels(material, free, doubts)
    free = [column for column in free if column.name not in labels]
    group = given.group or _named(free, GROUP, _is_group)
    return Guess(text, pair, id_, group, split, labels, tuple(doubts))


def _known(name: str | None, free: Sequence[Column]) -> str:
    return name if name and any(column.name == name for column in free) else ""


def _named(free: Sequence[Column], names: Sequence[str], fits: Fits) -> str:
    by_key = {column.key: column for column in free if fits(column)}
    return next((by_key[name].name for name in names if name in by_key), "")


def _is_any(column: Column) -> bool:
    return True


def _is_split(column: Column) -> bool:
    return all(split_name(str(value)) for value in column.values)


def _names_a_split(column: Column) -> bool:
    return any(split_name(str(value)) for value in column.values)


def _of_odd_splits(material: Material, name: str) -> str:
    values = material.table[name].to_pylist()
    row = next(k for k, value in enumerate(values) if not split_name(str(value)))
    return (
        f"{material.where(row)}: column '{name}' names splits, but holds {values[row]!r} here; "
        "write train, validation or test (as it is, it is not used, and a test is cut off)"
    )


def _is_id(column: Column) -> bool:
    return column.distinct == 1


def _is_group(column: Column) -> bool:
    return 0 < column.distinct < 1 and not column.is_prose


def _text(material: Material, free: Sequence[Column], doubts: list[str]) -> str:
    if found := _named(free, TEXT, lambda column: not _is_number(column)):
        return found
    ranked = sorted(free, key=lambda column: (not column.is_prose, -column.length))
    if not ranked or not (ranked[0].is_prose or ranked[0].length >= 4):
        raise UserError(
            f"{material.source}: no column looks like texts ({', '.join(material.columns)}); "
            "give --text COLUMN"
        )
    if len(ranked) > 1 and ranked[1].is_prose and 2 * ranked[1].length > ranked[0].length:
        doubts.append(
            f"which column is the text, '{ranked[0].name}' or '{ranked[1].name}'? give --text "
            "COLUMN (and --pair COLUMN for a second text)"
        )
    return ranked[0].name


def _is_number(column: Column) -> bool:
    return all(
        isinstance(v, int | float) or str(v).replace(".", "").isdigit() for v in column.values
    )


def _labels(material: Material, free: Sequence[Column], doubts: list[str]) -> tuple[str, ...]:
    if found := _named(free, LABEL, _is_any):
        return (found,)
    marks = [column.name for column in free if _is_mark(column)]
    if len(marks) > 1:
        return tuple(marks)
    fit = [c for c in free if c.distinct <= 0.5 and len(set(map(str, c.values))) > 1]
    if not fit:
        raise UserError(
            f"{material.source}: no column looks like labels "
            f"({', '.join(column.name for column in free) or 'no other column'}); "
            "give --label COLUMN"
        )
    if len(fit) > 1:
        names = ", ".join(f"'{column.name}'" for column in fit[:6])
        doubts.append(f"which column is the label: {names}? give --label COLUMN")
    return (min(fit, key=lambda column: column.distinct).name,)


def _is_mark(column: Column) -> bool:
    return {str(value).strip().lower() for value in column.values} <= {"0", "1", "true", "false"}
