"""The words of a tweet that express homotransphobia (HODI subtask B, EVALITA 2023).

The instruction is ExtremITA's; the answer is written `[odio] words [odio] words` rather than with
[gap], so that a second or later occurrence can be expressed. Scored by character offset, as the
organisers describe it; their published script compares the lists as written.
"""

from functools import partial

from bench.metrics import character_f1
from bench.outputs import Spans
from bench.task import Task
from bench.tasks.evalita import _hodi
from bench.tasks.evalita._common import prompt

TASK = Task(
    name="hodi_b",
    output=Spans("odio"),
    load=_hodi.rationales,
    unscored=partial(_hodi.unscored, part="B", column="rationales"),
    submission=_hodi.submission_b,
    metrics=(character_f1,),
    prompt=prompt(
        "Con quali parole l'autore del testo seguente esprime odio omotransfobico? Separa le "
        "sequenze di parole con [gap]."
    ),
    licence=_hodi.LICENCE,
    citation=_hodi.CITATION,
    source="hodi",
    language="it",
    how_to_get_data=_hodi.WHERE.format("B"),
)
