"""The metrics. A task imports those that it ranks by; its output adds its default metrics."""

from bench.errors import UserError, did_you_mean
from bench.metrics.base import Metric
from bench.metrics.calibration import brier, ece, log_loss
from bench.metrics.derived import mean_of, of_groups, of_part, of_rows
from bench.metrics.geo import kilometres
from bench.metrics.multi_label import (
    label_accuracy,
    set_brier,
    set_macro_f1,
    set_micro_f1,
    subset_accuracy,
)
from bench.metrics.ranking import pr_auc, roc_auc
from bench.metrics.regression import mae, pearson, rmse, spearman
from bench.metrics.single_label import (
    accuracy,
    macro_f1,
    macro_precision,
    macro_recall,
    mcc,
    micro_f1,
    weighted_f1,
)
from bench.metrics.spans import (
    character_f1,
    entity_f1,
    entity_precision,
    entity_recall,
    macro_entity_f1,
    pair_f1,
    pair_precision,
    pair_recall,
    token_f1,
)
from bench.metrics.text import bleu, bleu_2, exact_match, group_f1, rouge_l
from bench.outputs import Fields, Output

_BY_KIND: dict[str, tuple[Metric, ...]] = {
    "single_label": (
        macro_f1,
        accuracy,
        micro_f1,
        weighted_f1,
        macro_precision,
        macro_recall,
        mcc,
        roc_auc,
        pr_auc,
        log_loss,
        brier,
        ece,
    ),
    "multi_label": (
        set_macro_f1,
        set_micro_f1,
        subset_accuracy,
        label_accuracy,
        roc_auc,
        pr_auc,
        set_brier,
    ),
    "regression": (pearson, spearman, rmse, mae),
    "spans": (entity_f1, entity_precision, entity_recall, macro_entity_f1, token_f1, character_f1),
    "pairs": (pair_f1, pair_precision, pair_recall),
    "free_text": (rouge_l, bleu, exact_match),
}


def metrics_of(output: Output) -> tuple[Metric, ...]:
    """Return all metrics of an answer space, the default main metric first; for a structured answer
    (`Fields`), the main metric of each part."""
    if isinstance(output, Fields):
        return tuple(of_part(name, metrics_of(part)[0]) for name, part in output.parts.items())
    return _BY_KIND[output.kind]


def metric(name: str) -> Metric:
    """Return the metric of that name; if two share it, the one for single labels.

    Raises:
        UserError: there is no such metric.
    """
    known = {m.name: m for metrics in reversed(_BY_KIND.values()) for m in metrics}
    if name not in known:
        raise UserError(f"unknown metric '{name}'; {did_you_mean(name, known)}")
    return known[name]


__all__ = [
    "Metric",
    "accuracy",
    "bleu",
    "bleu_2",
    "brier",
    "character_f1",
    "ece",
    "entity_f1",
    "entity_precision",
    "entity_recall",
    "exact_match",
    "group_f1",
    "kilometres",
    "label_accuracy",
    "log_loss",
    "macro_entity_f1",
    "macro_f1",
    "macro_precision",
    "macro_recall",
    "mae",
    "mcc",
    "mean_of",
    "metric",
    "metrics_of",
    "micro_f1",
    "of_groups",
    "of_part",
    "of_rows",
    "pair_f1",
    "pair_precision",
    "pair_recall",
    "pearson",
    "pr_auc",
    "rmse",
    "roc_auc",
    "rouge_l",
    "set_brier",
    "set_macro_f1",
    "set_micro_f1",
    "spearman",
    "subset_accuracy",
    "token_f1",
    "weighted_f1",
]
