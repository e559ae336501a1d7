"""Kinds of toxicity in a Wikipedia comment, none or several of six, at natural rates (Jigsaw).

The official train and test; test rows marked -1 were never scored, and are left out and counted.
Where train.csv is not available, `jigsaw_multilabel_14k.csv` is read in its place: 14,122 collected
rows with columns id, text_norm, the six labels, and split (pool for training, test350 for testing).
Its toxic classes are more frequent than natural ones, so results on the two forms are not
comparable.
"""

from bench.metrics import label_accuracy, roc_auc, set_macro_f1, subset_accuracy
from bench.task import Task
from bench.tasks.jigsaw import _comments as _jigsaw

TASK = Task(
    name="jigsaw_toxicity",
    output=_jigsaw.OUTPUT,
    load=_jigsaw.natural,
    metrics=(roc_auc, set_macro_f1, subset_accuracy, label_accuracy),
    prompt=_jigsaw.PROMPT,
    licence=_jigsaw.LICENCE,
    citation=_jigsaw.CITATION,
    source="jigsaw",
    how_to_get_data=_jigsaw.WHERE.format("train.csv, test.csv and test_labels.csv"),
    seen_in_pretraining="unknown",
)
