"""Results of tests in clinical cases, linked to their tests (CLinkaRT, EVALITA 2023)."""

from bench.metrics import pair_f1, pair_precision, pair_recall
from bench.outputs import Pairs
from bench.task import Task
from bench.tasks.evalita import _clinkart
from bench.tasks.evalita._common import prompt
from bench.tasks.evalita._lab import overview

TASK = Task(
    name="clinkart",
    output=Pairs("result", "test", marks=("BREL", "SEP", "EREL"), none="[NOREL]"),
    load=_clinkart.load,
    unscored=_clinkart.unscored,
    submission=_clinkart.submission,
    metrics=(pair_f1, pair_precision, pair_recall),
    prompt=prompt(
        "Trova i risultati dei test e delle misurazioni nel testo. Per ogni risultato, scrivi "
        '"[BREL]", seguito dal risultato seguito da "[SEP]", seguito dal test, seguito da '
        '"[EREL]". Se non trovi nessun risultato, scrivi "[NOREL]".'
    ),
    licence="CC BY-NC 4.0",
    citation=overview(
        "Altuna, B., Karunakaran, G., Lavelli, A., Magnini, B., Speranza, M. and Zanoli, R.",
        "CLinkaRT at EVALITA 2023: Overview of the Task on Linking a Lab Result to its Test Event "
        "in the Clinical Domain",
    ),
    source="clinkart",
    language="it",
    how_to_get_data=_clinkart.WHERE,
)
