"""Embedding table that trains only the vectors of tokens that occur in training."""

from collections.abc import Iterable

import torch
from torch import nn
from torch.nn import functional


class SeenRows(nn.Module):
    """Embedding that allocates gradients only for tokens that occur in training.

    The vectors of other tokens never get a gradient. In MiniLM they are half of all parameters,
    whose gradients and optimiser moments would be written at every step only to stay zero. The one
    difference from training the whole table: weight decay leaves these vectors as pretrained.

    Args:
        table: the pretrained table.
        seen: token ids that occur in training.
    """

    def __init__(self, table: nn.Embedding, seen: Iterable[int]) -> None:
        super().__init__()
        numbers = torch.tensor(sorted(set(seen)), device=table.weight.device)
        place = torch.full((table.num_embeddings,), -1, device=numbers.device)
        place[numbers] = torch.arange(len(numbers), device=numbers.device)
        self.trained = nn.Parameter(table.weight.detach()[numbers].clone())
        # Non-persistent buffers stay out of the optimiser and of checkpoints.
        self.register_buffer("place", place, persistent=False)
        self.register_buffer("rest", table.weight.detach(), persistent=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Map (texts, longest) token ids to (texts, longest, size) vectors."""
        places = self.get_buffer("place")[ids]
        if self.training:
            return functional.embedding(places, self.trained)
        trained = functional.embedding(places.clamp(min=0), self.trained)
        pretrained = functional.embedding(ids, self.get_buffer("rest"))
        return torch.where(places[..., None] >= 0, trained, pretrained)
