"""Answers as short words for a list of mistakes: without a word of the text unless it may be
shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.answers import Answer, Output, Span
from bench.licences import CUT, beginning
from bench.outputs import Fields, FreeText, Pairs, Regression, Spans

LONGEST = 80
"""Characters of an answer in words."""
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


def remarks(output: Output, whole: bool, raws: Sequence[str]) -> str:
    """What of a list of mistakes is cut or left out, and why; empty where nothing is.

    Args:
        output: the task's answer space.
        whole: whether the task's texts may be handed on.
        raws: what a model wrote in full, of the rows of the list; none where it is not shown.
    """
    cut = not whole and any(beginning(raw) != raw for raw in raws)
    withheld = not whole and _has_texts(output)
    return " ".join([*[WITHHELD] * withheld, *[CUT] * cut])


def _has_texts(output: Output) -> bool:
    parts = output.parts.values() if isinstance(output, Fields) else [output]
    return any(isinstance(part, FreeText) for part in parts)
