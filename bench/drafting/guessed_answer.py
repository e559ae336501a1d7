"""The kind of answer in the label columns of a table, guessed from its cells."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bench.drafting.request import Form, Request
from bench.errors import UserError
from bench.files.columns import LabelColumns, LabelList, Number, OneLabel, SpanList, Tags, Words
from bench.files.columns.answers import Reader, absent, from_words, listed, mark, number
from bench.files.columns.span_cells import spans_of, tokens_of
from bench.files.reading import Material

MOST_LABELS = 200
"""Largest number of labels that is taken without a word."""
FEW = 20
"""Largest number of different numbers that are taken for labels."""
BETWEEN = ("|", ";", ",")
_SCALES = ("score", "rating", "similarity", "intensity", "valence", "arousal", "stars", "value")


@dataclass(frozen=True)
class AnswerForm:
    """The form in which answers are read.

    Args:
        form: the kind of answer.
        reader: the way from columns to answers.
        doubt: what the table leaves open, with the options that answer it; "" if nothing.
        note: what the user may want to know; "" for nothing.
    """

    form: Form
    reader: Reader
    doubt: str = ""
    note: str = ""


def answer_form(
    material: Material, labels: Sequence[str], text: str, request: Request
) -> AnswerForm:
    """Return how the answers in these columns are read.

    Args:
        material: the table.
        labels: the columns of the answer.
        text: the column of the text.
        request: what the user said.

    Raises:
        UserError: the columns do not hold what was asked for.
    """
    if len(labels) > 1:
        return _several_columns(material, labels, request)
    (column,) = labels
    if request.form:
        return AnswerForm(request.form, _as_asked(material, column, text, request))
    values = [v for v in material.column(column).to_pylist() if not absent(v)]
    if not values:
        raise UserError(f"{material.source}: column '{column}' is empty")
    if tags := _tags(material, column, text, values):
        return AnswerForm("spans", tags)
    if all(map(_is_spans, values[:200])) and any(map(_items, values)):
        return AnswerForm("spans", SpanList(column))
    if between := _between(values, request.between):
        note = f"'{column}' holds several labels a cell: a MultiLabel task (--single-label: as one)"
        return AnswerForm("multi", LabelList(column, between), note=note)
    return _single_values(
        material, column, [str(v) for v in values], sum(map(len, map(str, values)))
    )


def _several_columns(material: Material, labels: Sequence[str], request: Request) -> AnswerForm:
    if request.form == "words":
        return AnswerForm("words", Words(tuple(labels)))
    for name in labels:
        values = material.optional_strings(name)
        odd = [v for v in values if not absent(v) and mark(v) is None]
        if odd:
            raise UserError(
                f"{material.where(values.index(odd[0]))}: column '{name}' holds {odd[0]!r}, but "
                "several --label are columns of 0 and 1, a label each; give one --label, or "
                "--free-text for several references"
            )
    return AnswerForm("multi", LabelColumns(tuple(labels)))


def _as_asked(material: Material, column: str, text: str, request: Request) -> Reader:
    if request.form == "multi":
        values = [v for v in material.column(column).to_pylist() if not absent(v)]
        return LabelList(column, request.between or _between(values, "") or ",")
    if request.form == "spans":
        values = [v for v in material.column(column).to_pylist() if not absent(v)]
        return _tags(material, column, text, values) or SpanList(column)
    if request.form == "number":
        return Number(column)
    return Words((column,)) if request.form == "words" else OneLabel(column)


def _tags(material: Material, column: str, text: str, values: Sequence[Any]) -> Tags | None:
    """Return the reader of tags where each has a token; None where the cells are none."""
    sample = values[:200]
    tags = [tag for value in sample for tag in tokens_of(value)]
    if not tags or not all(tag == "O" or (tag[1:2] == "-" and tag[2:]) for tag in tags):
        return None
    if all(len(tokens_of(value)) < 2 for value in sample):
        return None
    tokens = material.column(text).to_pylist()[: len(sample)]
    if any(len(tokens_of(t)) != len(tokens_of(v)) for t, v in zip(tokens, sample, strict=False)):
        return None
    return Tags(column, text, between_tokens(list(chain(*map(tokens_of, tokens)))))


def between_tokens(tokens: Sequence[str]) -> str:
    """Return what stands between tokens in a text: nothing where they are single characters of a
    script without spaces."""
    single = [token for token in tokens if len(token) == 1 and "\u2e80" <= token <= "\U0003ffff"]
    return "" if 2 * len(single) > len(tokens) else " "


def _is_spans(value: Any) -> bool:
    try:
        spans_of(value)
    except ValueError:
        return False
    return True


def _items(value: Any) -> bool:
    parsed = from_words(value)
    return isinstance(parsed, list | tuple) and len(parsed) > 0


def _between(values: Sequence[Any], given: str) -> str:
    """Return what stands between the labels of a cell; "" where each cell has one label."""
    if given:
        return given
    parsed = [from_words(value) for value in values[:2000]]
    if all(isinstance(value, list | tuple | set) for value in parsed):
        return ","
    words = [str(value) for value in values]
    for mark_ in BETWEEN:
        cells = [listed(word, mark_) for word in words if mark_ in word]
        if len(cells) * 20 >= len(words) and _recur(cells, words, mark_):
            return mark_
    return ""


def _recur(cells: Sequence[list[str]], words: Sequence[str], between: str) -> bool:
    """Return whether the parts of cells are labels: short, and half of them in other cells, too."""
    kinds = {frozenset(cell) for cell in cells} | {frozenset({w.strip()}) for w in words}
    met = Counter(part for kind in kinds for part in kind if between not in part)
    parts = {part for cell in cells for part in cell}
    again = sum(met[part] > 1 for part in parts)
    short = all(len(part) <= 40 and len(part.split()) <= 4 for part in parts)
    return short and 2 * again >= len(parts)


def _single_values(
    material: Material, column: str, values: Sequence[str], length: int
) -> AnswerForm:
    distinct, source = len(set(values)), material.source
    numbers = [number(value) for value in values]
    if all(found is not None for found in numbers) and distinct > 2:
        return _numbers(material, column, numbers, distinct)
    if length / len(values) > 40 and distinct > len(values) / 2:
        doubt = (
            f"{source}: column '{column}' holds texts, {distinct:,} different ones; give "
            "--free-text if they are the answers, or --label COLUMN"
        )
        return AnswerForm("words", Words((column,)), doubt)
    doubt = ""
    if distinct > MOST_LABELS or (distinct > FEW and distinct > len(values) / 2):
        doubt = (
            f"{source}: column '{column}' holds {distinct:,} different labels in {len(values):,} "
            "rows; is it the label? If so, give --single-label, merge rare ones with --rare "
            "other:5, or give --free-text if the answers are texts"
        )
    return AnswerForm("single", OneLabel(column), doubt)


def _numbers(
    material: Material, column: str, numbers: Sequence[float | None], distinct: int
) -> AnswerForm:
    whole = all(found is not None and found.is_integer() for found in numbers)
    name = column.lower()
    scale = any(word in name for word in _SCALES)
    if whole and distinct <= FEW and not scale:
        note = f"'{column}' holds {distinct} numbers, taken for labels (--regression: a scale)"
        return AnswerForm("single", OneLabel(column), note=note)
    doubt = (
        f"{material.source}: column '{column}' holds {distinct:,} different numbers; give "
        "--regression for a scale (--range LOW:HIGH for its ends), or --single-label for a label "
        "each"
    )
    return AnswerForm("number", Number(column), doubt)


def label_counts(answers: Sequence[Any]) -> Counter[str]:
    """Return how many answers hold each label: one, several, or those of spans."""
    counts: Counter[str] = Counter()
    for answer in answers:
        if isinstance(answer, str):
            counts[answer] += 1
        elif isinstance(answer, frozenset):
            counts.update(answer)
        elif isinstance(answer, tuple):
            counts.update({span.label for span in answer})
    return counts
