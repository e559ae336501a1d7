"""Unsloth's QLoRA training on tokenised rows: seconds of each step, and memory.

Runs in an environment that holds unsloth and nothing of ours; `perf/gpu.py` starts it:
python perf/peer_unsloth.py GIVEN.json OUT.json
"""

import os

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["UNSLOTH_DISABLE_STATISTICS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

# isort: off
import unsloth  # first, or it cannot change the other libraries

# isort: on
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import torch
import transformers

LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def main() -> None:
    """Train as is asked, and write what was found."""
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    model, tokenizer = unsloth.FastLanguageModel.from_pretrained(
        given["folder"],
        max_seq_length=2048,
        dtype=torch.bfloat16,
        load_in_4bit=True,
        local_files_only=True,
    )
    model = unsloth.FastLanguageModel.get_peft_model(
        model,
        r=16,
        lora_alpha=32,
        lora_dropout=0,
        target_modules=LAYERS,
        use_gradient_checkpointing="unsloth" if given["checkpointing"] else False,
        random_state=0,
    )
    torch.cuda.reset_peak_memory_stats()
    with tempfile.TemporaryDirectory() as folder:
        trainer = transformers.Trainer(
            model=model,
            args=arguments(folder, given),
            train_dataset=dataset(given["rows"]),
            data_collator=transformers.DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100),
        )
        clocks: list[float] = []
        trainer.add_callback(watch(clocks, given["warm"], given["limit"]))
        trainer.train()
        losses = [log["loss"] for log in trainer.state.log_history if "loss" in log]
    report = {
        "clocks": clocks,
        "losses": losses,
        "peak": torch.cuda.max_memory_allocated() / 2**30,
        "reserved": torch.cuda.max_memory_reserved() / 2**30,
    }
    Path(sys.argv[2]).write_text(json.dumps(report), encoding="utf-8")


def arguments(folder: str, given: dict[str, Any]) -> transformers.TrainingArguments:
    """Batches of like length, accumulated to a step."""
    return transformers.TrainingArguments(
        output_dir=folder,
        num_train_epochs=1,
        per_device_train_batch_size=given["micro"],
        gradient_accumulation_steps=given["step"] // given["micro"],
        learning_rate=2e-4,
        warmup_steps=0.05,
        train_sampling_strategy="group_by_length",
        bf16=True,
        seed=0,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def dataset(rows: list[dict[str, Any]]) -> datasets.Dataset:
    """Tokens, and labels that stand for the answers alone."""
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
    """Reads the clock at the first step's beginning and behind each step, and stops in time."""
    began = time.perf_counter()
    now: Callable[[], float] = synchronised

    class Watch(transformers.TrainerCallback):
        def on_step_begin(self, *args: Any, **_: Any) -> None:
            if not clocks:
                clocks.append(now())

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            clocks.append(now())
            if time.perf_counter() - began > limit and len(clocks) > warm + 1:
                control.should_training_stop = True

    return Watch()


def synchronised() -> float:
    """The time once the GPU has done all it was given."""
    torch.cuda.synchronize()
    return time.perf_counter()


if __name__ == "__main__":
    main()
