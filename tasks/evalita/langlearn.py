"""Order of two essays by one learner: in the order of writing or not (LangLearn, EVALITA 2023)."""

from bench.metrics import macro_f1, mean_of, of_rows
from bench.outputs import SingleLabel
from bench.task import Task
from bench.tasks.evalita import _langlearn
from bench.tasks.evalita._common import prompt
from bench.tasks.evalita._lab import overview

CORPORA = tuple(of_rows(corpus, macro_f1) for corpus in _langlearn.CORPORA)

TASK = Task(
    name="langlearn",
    output=SingleLabel(*_langlearn.GOLD.values()),
    load=_langlearn.load,
    unscored=_langlearn.unscored,
    submission=_langlearn.submission,
    metrics=(mean_of("macro_f1_mean_of_corpora", *CORPORA), *CORPORA),
    prompt=prompt(
        "Questi due testi separati da [SEP] sono presentati nell'ordine in cui sono stati "
        "scritti? Rispondi sì o no.",
        words={"in ordine": "sì", "invertito": "no"},
    ),
    licence="not stated",
    citation=overview(
        "Alzetta, C., Brunato, D., Dell'Orletta, F., Miaschi, A., Sagae, K., Sánchez-Gutiérrez, "
        "C. H. and Venturi, G.",
        "LangLearn at EVALITA 2023: Overview of the Language Learning Development Task",
    ),
    source="langlearn",
    language="it",
    version=2,
    how_to_get_data=_langlearn.WHERE,
)
