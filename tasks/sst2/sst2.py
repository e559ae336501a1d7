"""Sentiment of a phrase or sentence of a film review, in the form of GLUE (SST-2).

The 872 dev examples are the test split, as in the published study: GLUE does not publish the gold
of its test. The texts stay as published, with tokens separated by spaces. Most training examples
are phrases taken from the same sentences, which GLUE does not identify: validation examples drawn
from them are not independent of the rest.
"""

from bench.metrics import accuracy, macro_f1
from bench.task import Task
from bench.tasks.sst2 import _files as _sst2

TASK = Task(
    name="sst2",
    output=_sst2.OUTPUT,
    load=_sst2.glue,
    metrics=(accuracy, macro_f1),
    prompt=_sst2.PROMPT,
    licence=_sst2.LICENCE,
    citation=_sst2.CITATION + "Wang, A. et al. (2019). GLUE: A Multi-Task Benchmark and Analysis "
    "Platform for Natural Language Understanding. ICLR.",
    source="sst",
    how_to_get_data="train.tsv and dev.tsv of GLUE's SST-2 in DIR/sst2/; gluebenchmark.com/tasks",
    seen_in_pretraining="yes",
)
