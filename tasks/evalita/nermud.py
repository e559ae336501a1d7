"""Persons, places and organisations in three domains (NERMuD, EVALITA 2023).

WN is Wikinews, FIC fiction, ADG writings of De Gasperi. One model answers all of them, which is the
domain-agnostic track; the domain-specific one has a model for each. Scored by token, like the
official scorer: macro over PER, LOC and ORG of all corpora together, and of each separately. The
test of FIC contains a single ORG token, which determines a third of its macro-F1: see the support.
"""

from bench.metrics import entity_f1, macro_entity_f1, of_rows
from bench.metrics.token_spans import of_tag, tag_macro_f1, tag_micro_f1, tag_weighted_f1
from bench.outputs import Spans
from bench.task import Task
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita import _nermud

AVERAGES = (tag_macro_f1, tag_micro_f1, tag_weighted_f1)
TAGS = [metric for index, label in enumerate(_nermud.LABELS) for metric in of_tag(label, index)]

TASK = Task(
    name="nermud",
    output=Spans(*_nermud.LABELS, none="nessuna"),
    load=_nermud.load,
    submission=_nermud.submission,
    metrics=(
        *AVERAGES,
        *(of_rows(corpus, metric) for corpus in _nermud.CORPORA for metric in AVERAGES),
        *TAGS,
        *(of_rows(corpus, metric) for corpus in _nermud.CORPORA for metric in TAGS),
        entity_f1,
        macro_entity_f1,
    ),
    prompt=_evalita.prompt(_evalita.INSTRUCTIONS["nermud"]),
    licence="annotations: CC BY-NC 4.0 (WN, FIC), CC BY-NC-SA 4.0 (ADG)",
    citation="Palmero Aprosio, A. and Paccosi, T. (2023). NERMuD at EVALITA 2023: Overview of the "
    "Named-Entities Recognition on Multi-Domain Documents Task. EVALITA 2023, CEUR Workshop "
    "Proceedings 3473.",
    source="nermud",
    language="it",
    how_to_get_data="evalita-2023/*.tsv of github.com/dhfbk/KIND, in DIR/evalita/nermud/",
)
