"""Measured scores in the two formats that the Hub parses: a card's `model-index`, and the files of
`.eval_results`."""

import math
from collections.abc import Mapping
from typing import Any

from bench.records import TaskScores
from bench.redaction import redact
from bench.reports.model_card.card import Card
from bench.visible import visible

KINDS = {"spans": "token-classification", "free_text": "text-generation"}
"""The Hub's name for an answer space, where it is not text classification."""
MACRO, MICRO, WEIGHTED = ({"average": how} for how in ("macro", "micro", "weighted"))
METRICS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "macro_f1": ("f1", MACRO),
    "micro_f1": ("f1", MICRO),
    "weighted_f1": ("f1", WEIGHTED),
    "macro_precision": ("precision", MACRO),
    "macro_recall": ("recall", MACRO),
    "mcc": ("matthews_correlation", {}),
    "brier": ("brier_score", {}),
    "set_macro_f1": ("f1", MACRO),
    "set_micro_f1": ("f1", MICRO),
    "subset_accuracy": ("accuracy", {}),
    "pearson": ("pearsonr", {}),
    "spearman": ("spearmanr", {}),
    "rmse": ("mse", {"squared": False}),
    "entity_f1": ("f1", MICRO),
    "entity_precision": ("precision", MICRO),
    "entity_recall": ("recall", MICRO),
    "macro_entity_f1": ("f1", MACRO),
    "rouge_l": ("rouge", {"rouge_types": ["rougeL"]}),
    "bleu": ("sacrebleu", {}),
}
"""Names and arguments of our metrics on the Hub; all others have the same name there, or none."""


def front_matter(card: Card) -> str:
    """Return the YAML at the head of README.md, with every score in the form of a `model-index`."""
    from huggingface_hub import ModelCardData

    results = card.result.results
    data = ModelCardData(
        base_model=card.base if card.on_hub else None,
        library_name="transformers" if card.merged else "peft",
        pipeline_tag="text-generation",
        base_model_relation="finetune" if card.merged else "adapter",
        tags=["textbench", "lora"],
        model_name=card.name,
        eval_results=[entry for scores in results for entry in _index(scores)],
        # On the Hub `license` means the model's own licence, which we cannot state.
        data_licences={scores.task: scores.licence for scores in results},
    )
    return visible(redact(data.to_yaml()))


def _index(scores: TaskScores) -> list[Any]:
    from huggingface_hub import EvalResult

    entries = []
    for name, value in _finite(scores).items():
        kind, arguments = METRICS.get(name, (name, {}))
        entries.append(
            EvalResult(
                task_type=KINDS.get(str(scores.output.get("kind")), "text-classification"),
                task_name=scores.task,
                dataset_type=scores.task,
                dataset_name=f"{scores.task} ({scores.source})",
                dataset_split="test",
                dataset_args={"version": scores.version, "rows": scores.counts.test},
                metric_type=kind,
                metric_name=name,
                metric_value=value,
                metric_args=dict(arguments) or None,
            )
        )
    return entries


def _finite(scores: TaskScores) -> dict[str, float]:
    return {name: value for name, value in scores.scores.items() if math.isfinite(value)}


def eval_results(card: Card) -> dict[str, str]:
    """Return the main metric of each task in the form of the Hub's `.eval_results` folder: file
    name -> YAML. The Hub lists them where a data set with that id is registered as a benchmark."""
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml
    from huggingface_hub.utils import yaml_dump  # type: ignore[attr-defined]

    files = {}
    for scores in card.result.results:
        main = scores.main_metric
        if main not in _finite(scores):
            continue
        entry = EvalResultEntry(
            dataset_id=f"textbench/{scores.task}",
            task_id=main,
            value=scores.scores[main],
            date=card.result.started,
            notes=f"{scores.counts.test} test examples, version {scores.version}"
            f"{_between(scores, main)}. {card.measured}",
        )
        text = yaml_dump(eval_result_entries_to_yaml([entry]))
        files[f"{scores.task}.yaml"] = visible(redact(text))
    return files


def _between(scores: TaskScores, metric: str) -> str:
    low, high = scores.intervals.get(metric, (math.nan, math.nan))
    return f", 95 % interval {low:.3f} to {high:.3f}" if math.isfinite(low + high) else ""
