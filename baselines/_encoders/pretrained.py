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
"""What configurations call the share of attention weights dropped in training."""
Auto = (
    transformers.AutoModelForSequenceClassification,
    transformers.AutoModelForTokenClassification,
)


class Pretrained(nn.Module):
    """The library's model, taking a `Batch` and giving logits.

    Args:
        folder: configuration and safetensors weights.
        width: numbers to give a text, or a word with `tagging`.
        tagging: whether to answer for each word.

    Raises:
        DataError: the library cannot make a model of it.
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
        """Logits: (rows, width), or (tagged words, width)."""
        more: dict[str, Any] = {"token_type_ids": batch.segments} if self.takes_segments else {}
        given = self.model(input_ids=batch.ids, attention_mask=batch.mask.long(), **more)
        logits: torch.Tensor = given.logits
        return logits.flatten(0, 1)[batch.words] if self.tagging else logits

    def train_only(self, seen: Iterable[int]) -> None:
        """Leave the vectors of all other tokens as they are."""
        table = self.model.get_input_embeddings()
        self.model.set_input_embeddings(SeenRows(table, [*seen, *_special(table)]))

    @property
    def longest(self) -> int:
        """Tokens of a row that its positions reach."""
        config = self.model.config
        reach = getattr(config, "max_position_embeddings", None) or 512
        # RoBERTa's family counts positions from behind the padding token's number.
        counts_from_padding = "roberta" in config.model_type or config.model_type == "camembert"
        return int(reach - (config.pad_token_id + 1 if counts_from_padding else 0))


def _config(folder: Path, width: int) -> Any:
    config = transformers.AutoConfig.from_pretrained(
        folder, num_labels=width, trust_remote_code=False, local_files_only=True
    )
    # Dropped attention weights rule out the fused kernels, at a third of a training step's time;
    # the other layers' dropout stays.
    for name in ATTENTION_DROPOUT:
        if hasattr(config, name):
            setattr(config, name, 0.0)
    return config


def _special(table: nn.Embedding) -> list[int]:
    # Padding is looked up too, in training as well.
    return [] if table.padding_idx is None else [table.padding_idx]
