"""Whether a task's texts are treated as they were before words and normal forms knew every script,
so that its stored results stay valid."""

from collections.abc import Iterable, Sequence

from bench.data.checks import near
from bench.example import Example, Input
from bench.outputs import FreeText
from bench.outputs.base import Output
from bench.scripts import plain
from bench.text import draw_mark, letters, normalise


def only_plain_texts(rows: Sequence[Example], unscored: Sequence[Input], output: Output) -> bool:
    """Return whether words, near duplicates and scores of answers are as under the older rules.

    Args:
        rows: the task's examples.
        unscored: the texts of an official test.
        output: the task's answer space.
    """
    inputs: tuple[Example | Input, ...] = (*rows, *unscored)
    return (
        all(plain(text.lower()) for row in inputs for text in (row.text, row.pair or ""))
        and _same_duplicates(rows)
        and (not isinstance(output, FreeText) or _same_scores(rows))
    )


def _same_duplicates(rows: Sequence[Example]) -> bool:
    pairs = {(near(row), _older(row)) for row in rows}
    return len(pairs) == len({new for new, _ in pairs}) == len({old for _, old in pairs})


def _older(row: Example) -> bytes:
    return draw_mark(row.text) + (draw_mark(row.pair) if row.pair is not None else b"")


def _same_scores(rows: Iterable[Example]) -> bool:
    references = (text for row in rows for text in FreeText.references(row.target))
    return all(text.isascii() and letters(text) == normalise(text) for text in references)
