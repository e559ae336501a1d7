"""Opinion on guns in a Reddit comment, all 150 comments, two annotators (Politosphere).

For the agreement of models with each person, and between the two people. The gold is the label
given by one of them, leo: on 113 comments the other agrees, on 37 they differ and nobody has
adjudicated. It is not the truth, and a model trained on it learns this person's habits: read the
kappa with each person next to the score, and the entry `human`. leo labelled once; the other,
yifei, labelled again after a first trial, which is shown too, as are three sets of few-shot answers
by Llama-2.

Authors are groups, on the same sides as in `politosphere_7`. With `--folds 5` every comment is
predicted by a model that has not seen its author; without it only the test split is predicted.
"""

from dataclasses import replace

from bench.tasks.politosphere import _comments as _politosphere
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

TASK = replace(
    SEVEN,
    name="politosphere_agreement",
    load=_politosphere.all_labelled,
    annotations=_politosphere.ratings,
    annotators=tuple(_politosphere.PEOPLE),
    published_answers=_politosphere.earlier,
)
