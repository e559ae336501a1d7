"""Spans in the columns of a table: by their places in the text, or as a tag a token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.errors import DataError, quoted
from bench.files.columns.answers import Count, absent, from_words
from bench.files.reading import Material
from bench.outputs import Answer, Span

_KEYS = (
    ("start", "begin", "start_offset", "start_char", "from"),
    ("end", "stop", "end_offset", "end_char", "to"),
    ("label", "type", "tag", "entity", "entity_group", "category", "labels"),
)
"""Names of the start, the end and the label of a span that is an object."""


@dataclass(frozen=True)
class SpanList:
    """Spans a cell: lists `[start, end, label]`, or objects with these (or like) names.

    Args:
        column: the column.
    """

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        spans = list[Answer | None]()
        for row, value in enumerate(material.column(self.column).to_pylist()):
            try:
                spans.append(spans_of(value))
            except ValueError as error:
                what = f"column '{self.column}': {error}"
                raise DataError(f"{material.where(row)}: {what}") from None
        return spans


def spans_of(value: object) -> tuple[Span, ...] | None:
    """Return the spans of a cell; None if it is empty.

    Raises:
        ValueError: it holds something else.
    """
    if absent(value):
        return None
    items = from_words(value)
    if not isinstance(items, list | tuple):
        raise ValueError(f"{quoted(value)} is not a list of spans, [start, end, label] each")
    return tuple(map(_span, items))


def _span(item: object) -> Span:
    if isinstance(item, Mapping):
        item = [next((item[k] for k in keys if k in item), None) for keys in _KEYS]
    if isinstance(item, list | tuple) and len(item) == 3:
        start, end, label = item
        label = label[0] if isinstance(label, list) and len(label) == 1 else label
        if isinstance(label, str) and all(str(place).isdigit() for place in (start, end)):
            return Span(int(start), int(end), label)
    raise ValueError(f"{quoted(item)} is not a span [start, end, label], in characters")


@dataclass(frozen=True)
class Tags:
    """Spans as a tag a token, in the forms of BIO (IOB, BIOES, BILOU).

    Args:
        column: the column of the tags.
        tokens: the column of the tokens.
        between: what stands between two tokens in the text.
    """

    column: str
    tokens: str
    between: str = " "

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, self.tokens)

    def read(self, material: Material, count: Count) -> list[Answer | None]:
        spans = list[Answer | None]()
        pairs = zip(*(material.column(name).to_pylist() for name in self.columns), strict=True)
        for row, (tags, tokens) in enumerate(pairs):
            tags, tokens = tokens_of(tags), tokens_of(tokens)
            if len(tags) != len(tokens):
                what = (
                    f"column '{self.tokens}' has {len(tokens)} tokens, '{self.column}' {len(tags)}"
                )
                raise DataError(f"{material.where(row)}: {what}")
            spans.append(tagged(tokens, tags, self.between))
        return spans


def tokens_of(value: object) -> list[str]:
    """Return the tokens or tags of a cell: a list, or words with spaces between."""
    parsed = from_words(value)
    if isinstance(parsed, list | tuple):
        return [str(item) for item in parsed]
    return str(value).split() if isinstance(value, str) else []


def tagged(tokens: Sequence[str], tags: Sequence[str], between: str) -> tuple[Span, ...]:
    """Return the spans of tagged tokens, in characters of the text that they are joined to."""
    spans, place, is_open = list[Span](), 0, ""
    for token, tag in zip(tokens, tags, strict=True):
        prefix, _, label = tag.partition("-")
        end = place + len(token)
        if not label:
            is_open = ""
        elif prefix in ("I", "E", "L") and is_open == label:
            spans[-1] = Span(spans[-1].start, end, label)
        else:
            spans.append(Span(place, end, label))
        is_open = label if prefix in ("B", "I") else ""
        place = end + len(between)
    return tuple(spans)
