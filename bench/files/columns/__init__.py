"""Columns of a table as examples: answers of every kind, ids, splits and annotators."""

from bench.files.columns.answers import LabelColumns, LabelList, Number, OneLabel, Words
from bench.files.columns.columns import Columns
from bench.files.columns.span_cells import SpanList, Tags

__all__ = [
    "Columns",
    "LabelColumns",
    "LabelList",
    "Number",
    "OneLabel",
    "SpanList",
    "Tags",
    "Words",
]
