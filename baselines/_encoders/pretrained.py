"""A pretrained encoder with a new head, from a folder of verified weights."""

import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import nn

from bench.baselines._encoders.embedding import SeenRows
from bench.baselines._encoders.encoding import Batch
from bench.baselines._training.transformers_loading import quiet

ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")
"""Names of the attention dropout in model configurations."""
Auto = (
    transformers.AutoModelForSequenceClassification,
    transformers.AutoModelForTokenClassification,
)


class Pretrained(nn.Module):
    """A transformers model that maps a `Batch` to logits.

    Args:
        folder: folder with configuration and safetensors weights.
        width: number of outputs per text, or per word with `tagging`.
        tagging: predict for each word instead of each text.

    Raises:
        DataError: the library cannot load a model from the folder.
    """

    def __init__(self, folder: Path, *, width: int, tagging: bool) -> None:
        super().__init__()
        self.tagging = tagging
        with quiet(folder):
            self.model = Auto[tagging].from_pretrained(
                folder,
                config=_config(folder, width),
                dtype=torch.float32,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=True,
            )
        taken = inspect.signature(self.model.forward).parameters
        self.takes_segments = "token_type_ids" in taken

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return logits: (texts, width), or (tagged words, width)."""
        more: dict[str, Any] = {"token_type_ids": batch.segments} if self.takes_segments else {}
        output = self.model(input_ids=batch.ids, attention_mask=batch.mask.long(), **more)
        logits: torch.Tensor = output.logits
        return logits.flatten(0, 1)[batch.words] if self.tagging else logits

    def train_only(self, seen: Iterable[int]) -> None:
        """Train the embeddings of these token ids only; those of other tokens stay fixed."""
        table = self.model.get_input_embeddings()
        self.model.set_input_embeddings(SeenRows(table, [*seen, *_special(table)]))

    @property
    def longest(self) -> int:
        """Maximum sequence length, as limited by the position embeddings."""
        config = self.model.config
        reach = getattr(config, "max_position_embeddings", None) or 512
        # RoBERTa and its relatives number positions from the padding token's id + 1.
        counts_from_padding = "roberta" in config.model_type or config.model_type == "camembert"
        return int(reach - (config.pad_token_id + 1 if counts_from_padding else 0))


def _config(folder: Path, width: int) -> Any:
    config = transformers.AutoConfig.from_pretrained(
        folder, num_labels=width, trust_remote_code=False, local_files_only=True
    )
    # Attention dropout rules out fused attention kernels and costs a third of a training step; the
    # dropout of other layers stays.
    for name in ATTENTION_DROPOUT:
        if hasattr(config, name):
            setattr(config, name, 0.0)
    return config


def _special(table: nn.Embedding) -> list[int]:
    # Padding tokens are looked up in training, too.
    return [] if table.padding_idx is None else [table.padding_idx]
