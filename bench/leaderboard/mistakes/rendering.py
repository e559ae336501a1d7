"""Render answers briefly for a list of mistakes, without any words of the text unless it may be
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
"""Maximum number of characters of a rendered answer."""
TEXTS = 20
"""Maximum number of examples of a list shown with their text; the first ones."""
TEXT = 600
"""Maximum number of characters of a text."""
PLACED = (
    "Spans are given by position: the first character, counted from 0, and the one after the last."
)
WITHHELD = (
    "Gold and predicted texts are not shown: the task's licence does not permit redistribution."
)


@dataclass(frozen=True)
class Shown:
    """The parts of a data set that may be shown.

    Args:
        text: the text that was classified; None: none of its words are shown.
        free: whether answers that are texts themselves are shown.
    """

    text: str | None = None
    free: bool = False


def short(output: Output, answer: Answer | None, shown: Shown) -> str:
    """Render an answer in at most 80 characters; empty where there is none, or where it may not be
    shown."""
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
        rendered = _spans(answer) if isinstance(output, Spans) else _pairs(answer)
        return rendered or output.none
    return output.encode(answer, shown.text or "")


def _spans(spans: Sequence[Span]) -> str:
    return ", ".join(f"{span.label} {span.start}–{span.end}" for span in spans)


def _pairs(pairs: Sequence[tuple[Span, Span]]) -> str:
    return "; ".join(_spans(pair) for pair in pairs)


def of_texts(rows: "Sequence[Example]", why: str) -> str:
    """Say which texts of a list of mistakes are cut or left out; empty where none is.

    Args:
        rows: the examples of the list whose texts are available.
        why: why no text is available although texts were requested.
    """
    lengths = [len(text) for row in rows[:TEXTS] for text in (row.text, row.pair or "")]
    notes = {
        f"Texts are left out: {why}.": bool(why),
        f"Texts are cut to their first {TEXT} characters.": max(lengths, default=0) > TEXT,
        f"At most {TEXTS} examples are shown with their text.": len(rows) > TEXTS,
    }
    return " ".join(sentence for sentence, holds in notes.items() if holds)


def remarks(output: Output, raws: Sequence[str], *, whole: bool, placed: bool) -> str:
    """Say which answers of a list of mistakes are cut, left out or given by position; empty where
    none is.

    Args:
        output: the task's answer space.
        raws: the full generated texts of the list's examples; empty where they are not shown.
        whole: whether the licence permits redistribution of the task's texts.
        placed: whether spans are given by position, since no text is available.
    """
    parts = output.parts.values() if isinstance(output, Fields) else [output]
    notes = {
        PLACED: placed and any(isinstance(part, Spans | Pairs) for part in parts),
        WITHHELD: not whole and any(isinstance(part, FreeText) for part in parts),
        CUT: not whole and any(beginning(raw) != raw for raw in raws),
    }
    return " ".join(sentence for sentence, holds in notes.items() if holds)
