"""Answer type of a question, six kinds (Li & Roth, COLING 2002)."""

from bench.errors import DataError
from bench.files import Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Splits, Task
from bench.tasks._readers import lines

LABELS = {
    "ABBR": "an abbreviation, or what one stands for",
    "DESC": "a description: a definition, a manner, a reason",
    "ENTY": "a thing: an animal, a food, a work, an event, a word",
    "HUM": "a person, a group of people, or who someone is",
    "LOC": "a place: a city, a country, a mountain",
    "NUM": "a number: a count, a date, a distance, a price",
}
WORDS = ("abbreviation", "description", "entity", "human", "location", "number")


def load(files: Files) -> Splits:
    """Load the official splits; a row has the form "COARSE:fine question", in Latin-1."""
    train, test = _rows(files, "train_5500.label"), _rows(files, "TREC_10.label")
    return {"train": train, "test": test}


def _rows(files: Files, name: str) -> list[Example]:
    path, rows = files.local(name), []
    for row, line in lines(path, "latin-1"):
        kind, _, text = line.partition(" ")
        coarse, colon, _ = kind.partition(":")
        if coarse not in LABELS or not colon or not text.strip():
            known = ", ".join(LABELS)
            raise DataError(
                f"{path}, row {row}: {line[:40]!r}; expected 'KIND:FINE TEXT', KIND one of {known}"
            )
        rows.append(Example(f"{name.partition('.')[0]}/{row}", text, coarse))
    return rows


TASK = Task(
    name="trec",
    output=SingleLabel(*LABELS),
    load=load,
    metrics=(accuracy, macro_f1),
    prompt=Prompt(
        instruction="Decide what kind of answer the question asks for.",
        labels=LABELS,
        input_name="Question",
        label_words=dict(zip(LABELS, WORDS, strict=True)),
    ),
    licence="not stated",
    citation="Li, X. and Roth, D. (2002). Learning Question Classifiers. COLING.",
    source="trec",
    how_to_get_data="train_5500.label and TREC_10.label in DIR/trec/; "
    "cogcomp.seas.upenn.edu/Data/QA/QC",
    seen_in_pretraining="yes",
)
