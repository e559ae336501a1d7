"""Answers as short words for a list of mistakes: without a word of the text unless it may be
shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.data.licences import CUT, beginning
from bench.outputs import Fields, FreeText, Pairs, Regression, Spans
from bench.outputs.base import Answer, Output, Span

if TYPE_CHECKING:
    from bench.example import Example

LONGEST = 80
"""Characters of an answer in words."""
TEXTS = 20
"""Rows of a list that have their text, at most: the first."""
TEXT = 600
"""Characters of a text."""
PLACED = (
    "Stretches of a text are given by place: their first character, counted from 0, and the one "
    "behind their last."
)
WITHHELD = (
    "Answers that are texts, gold and given, are not shown: the task's licence is none that lets "
    "everybody hand its texts on."
)


@dataclass(frozen=True)
class Shown:
    """What of a data set may be shown.

    Args:
        text: the text that was judged; None: none of its words.
        free: whether answers that are texts themselves are.
    """

    text: str | None = None
    free: bool = False


def short(output: Output, answer: Answer | None, shown: Shown) -> str:
    """An answer in at most 80 characters; empty where there is none, or it may not be shown."""
    words = "" if answer is None else " ".join(_words(output, answer, shown).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _words(output: Output, answer: Any, shown: Shown) -> str:
    if isinstance(output, Fields):
        parts = zip(output.parts.items(), answer, strict=True)
        return "; ".join(f"{name} {_words(part, value, shown)}" for (name, part), value in parts)
    if isinstance(output, Regression):
        return output.encode(round(answer, 3), "")
    if isinstance(output, FreeText):
        return output.encode(answer, "") if shown.free else ""
    if isinstance(output, Spans | Pairs) and shown.text is None:
        said = _spans(answer) if isinstance(output, Spans) else _pairs(answer)
        return said or output.none
    return output.encode(answer, shown.text or "")


def _spans(spans: Sequence[Span]) -> str:
    return ", ".join(f"{span.label} {span.start}–{span.end}" for span in spans)


def _pairs(pairs: Sequence[tuple[Span, Span]]) -> str:
    return "; ".join(_spans(pair) for pair in pairs)


def of_texts(rows: "Sequence[Example]", why: str) -> str:
    """What of the texts of a list of mistakes is cut or left out; empty where nothing is.

    Args:
        rows: those of the list whose texts are at hand.
        why: none is, although they were asked for.
    """
    lengths = [len(text) for row in rows[:TEXTS] for text in (row.text, row.pair or "")]
    said = {
        f"Texts are left out: {why}.": bool(why),
        f"Texts are cut to their first {TEXT} characters.": max(lengths, default=0) > TEXT,
        f"At most {TEXTS} rows have their text.": len(rows) > TEXTS,
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def remarks(output: Output, raws: Sequence[str], *, whole: bool, placed: bool) -> str:
    """What of a list of mistakes is cut, left out or given by place; empty where nothing is.

    Args:
        output: the task's answer space.
        raws: what a model wrote in full, of the rows of the list; none where it is not shown.
        whole: whether the task's texts may be handed on.
        placed: whether no text is at hand that stretches could be shown of.
    """
    parts = output.parts.values() if isinstance(output, Fields) else [output]
    said = {
        PLACED: placed and any(isinstance(part, Spans | Pairs) for part in parts),
        WITHHELD: not whole and any(isinstance(part, FreeText) for part in parts),
        CUT: not whole and any(beginning(raw) != raw for raw in raws),
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)
