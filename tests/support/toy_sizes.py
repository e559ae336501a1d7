"""Parameters by which a family fits in seconds."""

from pathlib import Path
from typing import Any

from tests.support.tiny_llama import tiny_llama
from tests.support.tiny_models import tiny_bert


def toy_size(name: str, folder: Path) -> dict[str, Any]:
    """Parameters that make a large family small: the real classes, few numbers."""
    if name == "bert":
        model = str(tiny_bert(folder / "model"))
        return {"model": model, "epochs": 2, "batch_size": 8, "learning_rate": 1e-3}
    if name.startswith(("llama", "qlora")):
        model = str(tiny_llama(folder / "model"))
        training = {"epochs": 1, "rank": 4} if name.startswith("qlora") else {}
        return {"model": model, "max_input": 64, "max_output": 8, **training}
    return {"epochs": 4, "hidden": 16} if name == "lstm" else {}
