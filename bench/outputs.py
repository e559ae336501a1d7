"""What an answer can be: SingleLabel, MultiLabel, Regression, Spans, Pairs, FreeText, Fields.

Each output is the one place that knows its answer space: it checks gold, puts an answer into
words, and turns it into JSON and back. An answer inside Python is a `str` (SingleLabel), a
`frozenset` of labels (MultiLabel), a `float` (Regression), a tuple of `Span` (Spans) or of `Pair`
(Pairs), a `str` (FreeText; its gold may be a tuple of references), or a tuple with the answer of
each part (Fields).
"""

from bench.answers import Answer, Output, Pair, Span
from bench.fields import Fields
from bench.free_text import FreeText as FreeText
from bench.labelled import MultiLabel as MultiLabel
from bench.labelled import SingleLabel as SingleLabel
from bench.pairs import Pairs
from bench.regression import Regression as Regression
from bench.spans import Spans

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
