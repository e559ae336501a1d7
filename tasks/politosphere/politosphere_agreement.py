"""What a Reddit comment says of guns, all 150 comments, two people side by side (Politosphere).

For the agreement of models with each person, and of the people with one another. The gold is the
label that one of them, leo, gave: on 113 comments it is the other's too, on 37 the two differ and
nobody has settled them. It is no truth, and whoever learns from it learns this person's ways: read
the kappa with each person beside the score, and the row `human`. leo labelled once; the other,
yifei, again after a first trial, which stands beside, as do three few-shot answers of Llama-2.

Authors are groups, on the sides where `politosphere_7` has them. `--folds 5` has every comment
answered by a fit that has not seen its author; without it only the test split is answered.
"""

from dataclasses import replace

from bench.tasks.politosphere import _comments as _politosphere
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

TASK = replace(
    SEVEN,
    name="politosphere_agreement",
    load=_politosphere.all_labelled,
    ratings=_politosphere.ratings,
    raters=tuple(_politosphere.PEOPLE),
    earlier=_politosphere.earlier,
)
