"""Unsloth's QLoRA training on tokenised examples: seconds of each step, and memory.

Runs in an environment that holds unsloth and nothing of ours; `perf/gpu` starts it:
python perf/peers/with_unsloth.py GIVEN.json OUT.json
"""

import os

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["UNSLOTH_DISABLE_STATISTICS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

# isort: off
import unsloth  # must come first to patch the other libraries

# isort: on
import gc
import json
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import datasets
import torch
import transformers

GPU = torch.cuda.is_available()
LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def main() -> None:
    """Run the requested jobs one after the other, and write the results."""
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    model, tokenizer = loaded(given["folder"], checkpointing=given["checkpointing"])
    report: dict[str, Any] = {}
    for name, job in given["jobs"].items():
        job["grouped"] = not given["checkpointing"]
        try:
            report[name] = trained(model, tokenizer, job)
        except Exception:  # noqa: BLE001  # whatever the library raises
            report[name] = {"failed": traceback.format_exc()}
        gc.collect()
        if GPU:
            torch.cuda.empty_cache()
    Path(sys.argv[2]).write_text(json.dumps(report), encoding="utf-8")


def loaded(folder: str, *, checkpointing: bool) -> tuple[Any, Any]:
    """Return the quantised model with an adapter, and its tokenizer."""
    model, tokenizer = unsloth.FastLanguageModel.from_pretrained(
        folder,
        max_seq_length=2048,
        dtype=torch.bfloat16 if GPU else torch.float32,
        load_in_4bit=True,
        local_files_only=True,
        fix_tokenizer=False,
    )
    model = unsloth.FastLanguageModel.get_peft_model(
        model,
        r=16,
        lora_alpha=32,
        lora_dropout=0,
        target_modules=LAYERS,
        use_gradient_checkpointing="unsloth" if checkpointing else False,
        random_state=0,
    )
    return model, tokenizer


def trained(model: Any, tokenizer: Any, job: dict[str, Any]) -> dict[str, Any]:
    """Return clock readings, losses and memory of one job."""
    if GPU:
        torch.cuda.reset_peak_memory_stats()
    collator = transformers.DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100)
    with tempfile.TemporaryDirectory() as folder:
        trainer = transformers.Trainer(
            model=model,
            args=arguments(folder, job),
            train_dataset=dataset(job["rows"]),
            data_collator=collator,
        )
        clocks: list[float] = []
        trainer.add_callback(watch(clocks, job["warm"], job["limit"]))
        trainer.train()
    return {
        "clocks": clocks,
        "losses": [log["loss"] for log in trainer.state.log_history if "loss" in log],
        "peak": torch.cuda.max_memory_allocated() / 2**30 if GPU else 0.0,
        "reserved": torch.cuda.max_memory_reserved() / 2**30 if GPU else 0.0,
    }


def arguments(folder: str, job: dict[str, Any]) -> transformers.TrainingArguments:
    """Return arguments for batches grouped by length and accumulated to a step."""
    return transformers.TrainingArguments(
        output_dir=folder,
        num_train_epochs=1,
        per_device_train_batch_size=job["micro"],
        gradient_accumulation_steps=job["step"] // job["micro"],
        learning_rate=2e-4,
        warmup_steps=0.05,
        train_sampling_strategy="group_by_length" if job["grouped"] else "random",
        bf16=GPU,
        use_cpu=not GPU,
        seed=0,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def dataset(rows: list[dict[str, Any]]) -> datasets.Dataset:
    """Return the tokens, and labels for the answers alone."""
    starts = [row["start"] for row in rows]
    ids = [row["ids"] for row in rows]
    return datasets.Dataset.from_dict(
        {
            "input_ids": ids,
            "attention_mask": [[1] * len(row) for row in ids],
            "labels": [[-100] * at + row[at:] for at, row in zip(starts, ids, strict=True)],
        }
    )


def watch(clocks: list[float], warm: int, limit: float) -> transformers.TrainerCallback:
    """Return a callback that reads the clock at the first step's beginning and after each step, and
    stops in time."""
    began = time.perf_counter()

    class Watch(transformers.TrainerCallback):
        def on_step_begin(self, *args: Any, **_: Any) -> None:
            if not clocks:
                clocks.append(synchronised())

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            clocks.append(synchronised())
            if time.perf_counter() - began > limit and len(clocks) > warm + 1:
                control.should_training_stop = True

    return Watch()


def synchronised() -> float:
    """Return the time after all GPU work has finished."""
    if GPU:
        torch.cuda.synchronize()
    return time.perf_counter()


if __name__ == "__main__":
    main()
