"""Files saved with a fitted adapter: weights and configuration in PEFT's format, and prompts."""

import json
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bench.baselines._llama.engine.adapter import wear
from bench.baselines._llama.language_model import Llama
from bench.models.hub import COMMIT
from bench.task import Input

WEIGHTS, CONFIG, TRAINING = "adapter_model.safetensors", "adapter_config.json", "training.json"


def artefacts(
    llama: Llama, settings: Mapping[str, Any], *, paired: Collection[str]
) -> dict[str, bytes]:
    """Return the files of the active adapter, and `training.json`.

    `PeftModel.from_pretrained` can load the adapter's files; `training.json` has all parameters,
    each task's prompt, and its thresholds, if any.

    Args:
        llama: the fine-tuned model.
        settings: parameters of the baseline without the model's name, which can be a local path.
        paired: names of the tasks whose examples are text pairs.
    """
    files = _adapter(llama)
    prompts = {name: _prompt(llama, name, name in paired) for name in sorted(llama.asking)}
    training = {"settings": dict(settings), "prompts": prompts}
    files[TRAINING] = (json.dumps(training, indent=2, ensure_ascii=False) + "\n").encode()
    return files


def _public_name(llama: Llama) -> str:
    """Return the base model's name without local paths; for a folder, the folder's name only."""
    source = llama.source
    return Path(source.origin).name if source.revision == "local" else source.origin


def _adapter(llama: Llama) -> dict[str, bytes]:
    assert llama.adapter is not None
    network = wear(llama.base, llama.adapter)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        # Embeddings are not trained; "auto" would query the Hub to find out.
        network.save_pretrained(folder, save_embedding_layers=False)
        weights = Path(folder, WEIGHTS).read_bytes()
        config = json.loads(Path(folder, CONFIG).read_bytes())
    config["base_model_name_or_path"] = _public_name(llama)
    revision = llama.source.revision
    config["revision"] = revision if COMMIT.fullmatch(revision) else None
    # The library stores a set, whose order differs between processes.
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    return {WEIGHTS: weights, CONFIG: json.dumps(config, indent=2, sort_keys=True).encode()}


def _prompt(llama: Llama, task: str, paired: bool) -> dict[str, Any]:
    """Return a task's prompt with `{text}` as the text: the parts before and after the answer."""
    asking, blank = llama.asking[task], Input("", "{text}", "{text 2}" if paired else None)
    prompt: dict[str, Any] = asking.asker.laid_out(blank)._asdict()
    if asking.thresholds_by_label:
        prompt["of_label"] = asking.asker.laid_out(blank, label="{label}").before
        prompt["thresholds"] = dict(asking.thresholds_by_label)
    return prompt
