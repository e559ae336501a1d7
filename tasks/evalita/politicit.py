"""Gender and political side of an author, by majority over tweets (PoliticIT, EVALITA 2023).

One example is one tweet; a cluster's answer is, target by target, the majority of its tweets. That
the official ranking is the mean of the three macro-F1 could not be verified against its scorer.
"""

from bench.metrics import macro_f1, mean_of, of_groups, of_part
from bench.outputs import Fields, SingleLabel
from bench.task import Task
from bench.tasks.evalita import _politicit
from bench.tasks.evalita._common import prompt
from bench.tasks.evalita._lab import overview

# Parts first, then the vote: there may be no majority for the whole triple.
PARTS = tuple(of_part(part, of_groups(macro_f1)) for part in _politicit.TARGETS)

TASK = Task(
    name="politicit",
    output=Fields(
        "{gender} {ideology_binary} {ideology_multiclass}",
        gender=SingleLabel(*_politicit.GENDER.values()),
        ideology_binary=SingleLabel(*_politicit.BINARY.values()),
        ideology_multiclass=SingleLabel(*_politicit.MULTI.values()),
    ),
    load=_politicit.load,
    unscored=_politicit.unscored,
    submission=_politicit.submission,
    unparsed_policy=_politicit.UNREAD,
    metrics=(mean_of("mean_macro_f1", *PARTS), *PARTS),
    prompt=prompt(
        'Scrivi se l\'autore del testo è "uomo" o "donna", seguito dalla sua appartenenza '
        'politica tra "destra", "sinistra", "centrodestra", "centrosinistra".'
    ),
    licence="not stated",
    citation=overview(
        "Russo, D., Jiménez-Zafra, S. M., García-Díaz, J. A., Caselli, T., Guerini, M., "
        "Ureña-López, L. A. and Valencia-García, R.",
        "PoliticIT at EVALITA 2023: Overview of the Political Ideology Detection in Italian Texts "
        "Task",
    ),
    source="politicit",
    language="it",
    how_to_get_data=_politicit.WHERE,
)
