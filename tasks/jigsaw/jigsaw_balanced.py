"""Kinds of toxicity in a Wikipedia comment: up to 7,400 texts balanced over six labels (Jigsaw).

The examples that the study trained and tested on were not published, only their numbers; these are
sampled anew by its rule. A test of 350: 50 examples per label, the rarest label first, and 50
without any; an example may have several labels. For training up to 1,000 examples per label in the
same way (threat has 478 in all), and examples without any up to 7,400. Sampled from train.csv, or
from `jigsaw_multilabel_14k.csv` (see `jigsaw_toxicity`), whose 350 test rows are kept as they are.
"""

from dataclasses import replace

from bench.tasks.jigsaw import _comments as _jigsaw
from bench.tasks.jigsaw.jigsaw_toxicity import TASK as NATURAL

TASK = replace(
    NATURAL,
    name="jigsaw_balanced",
    load=_jigsaw.balanced,
    how_to_get_data=_jigsaw.WHERE.format("train.csv"),
)
