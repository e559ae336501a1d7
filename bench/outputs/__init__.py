"""Answer spaces: SingleLabel, MultiLabel, Regression, Spans, Pairs, FreeText, Fields.

Each output class encapsulates one answer space: it checks gold, writes answers as words and parses
them, and converts them to JSON and back. In Python an answer is a `str` (SingleLabel), a
`frozenset` of labels (MultiLabel), a `float` (Regression), a tuple of `Span` (Spans) or of `Pair`
(Pairs), a `str` (FreeText; its gold may be a tuple of references), or a tuple with the answer of
each part (Fields).
"""

from bench.old_names import OUTPUT, both_names
from bench.outputs.base import Answer, Output, Pair, Span
from bench.outputs.fields import Fields
from bench.outputs.free_text import FreeText as FreeText
from bench.outputs.labels import MultiLabel as MultiLabel
from bench.outputs.labels import SingleLabel as SingleLabel
from bench.outputs.pairs import Pairs
from bench.outputs.regression import Regression as Regression
from bench.outputs.spans import Spans

__all__ = [
    "Answer",
    "Fields",
    "FreeText",
    "MultiLabel",
    "Output",
    "Pair",
    "Pairs",
    "Regression",
    "SingleLabel",
    "Span",
    "Spans",
]

for output in (Fields, FreeText, MultiLabel, Pairs, Regression, SingleLabel, Spans):
    both_names(output, OUTPUT)
