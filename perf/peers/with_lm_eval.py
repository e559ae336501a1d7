"""Evaluate prompts and their possible answers with lm-evaluation-harness.

Runs in an environment that holds lm_eval and nothing of ours; `perf/llama` starts it:
python perf/peers/with_lm_eval.py MODEL_FOLDER ROWS.jsonl OUT.json THREADS BATCH DRAWS METRIC…

A row is {"prompt", "choices", "gold"}; a space separates a prompt from an answer. Weights are
float32 on the CPU. OUT gets the log-likelihoods, (rows, answers), the scores, and seconds.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import torch
from lm_eval import simple_evaluate
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.huggingface import HFLM


class Timed(HFLM):  # type: ignore[misc]
    """A model that records the time of its forward passes, including their postprocessing."""

    seconds = 0.0

    def _loglikelihood_tokens(self, *args: Any, **options: Any) -> list[tuple[float, bool]]:
        clock = time.perf_counter()
        found: list[tuple[float, bool]] = super()._loglikelihood_tokens(*args, **options)
        self.seconds += time.perf_counter() - clock
        return found


def task_of(rows: Path, metrics: list[str]) -> ConfigurableTask:
    """Return a multiple-choice task over a row's answers."""
    means = {"acc": "mean", "f1": "f1", "mcc": "matthews_corrcoef"}
    listed = [
        {"metric": name, "aggregation": means[name], "higher_is_better": True} for name in metrics
    ]
    return ConfigurableTask(
        config={
            "task": "answers",
            "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"test": str(rows)}},
            "test_split": "test",
            "output_type": "multiple_choice",
            "doc_to_text": "prompt",
            "doc_to_choice": "choices",
            "doc_to_target": "gold",
            "metric_list": listed,
        }
    )


def main() -> None:
    """Evaluate, and write the results."""
    folder, rows, out, threads, batch, draws, *metrics = sys.argv[1:]
    torch.set_num_threads(int(threads))
    model = Timed(pretrained=folder, device="cpu", dtype="float32", batch_size=int(batch))
    found = simple_evaluate(model, tasks=[task_of(Path(rows), metrics)], bootstrap_iters=int(draws))
    samples = sorted(found["samples"]["answers"], key=lambda sample: sample["doc_id"])
    logprobs = [[float(said[0][0]) for said in sample["resps"]] for sample in samples]
    scores = {
        name: value
        for name, value in found["results"]["answers"].items()
        if isinstance(value, int | float)
    }
    report = {"logprobs": logprobs, "scores": scores, "model_seconds": model.seconds}
    Path(out).write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
