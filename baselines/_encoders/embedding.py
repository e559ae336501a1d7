"""An embedding table of which only the rows that training shows are trained."""

from collections.abc import Iterable

import torch
from torch import nn
from torch.nn import functional


class SeenRows(nn.Module):
    """Rows that no training text names get no gradient; here they get no room for one either.

    For MiniLM that is half of all weights, whose gradient and moments would be written at every
    step only to stay zero. What differs from training the whole table is that weight decay leaves
    these rows as they were pretrained.

    Args:
        table: the pretrained table.
        seen: token numbers that occur in training.
    """

    def __init__(self, table: nn.Embedding, seen: Iterable[int]) -> None:
        super().__init__()
        numbers = torch.tensor(sorted(set(seen)), device=table.weight.device)
        place = torch.full((table.num_embeddings,), -1, device=numbers.device)
        place[numbers] = torch.arange(len(numbers), device=numbers.device)
        self.trained = nn.Parameter(table.weight.detach()[numbers].clone())
        # As buffers of no state they stay out of the optimiser and of checkpoints.
        self.register_buffer("place", place, persistent=False)
        self.register_buffer("rest", table.weight.detach(), persistent=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(rows, longest, size) vectors of (rows, longest) token numbers."""
        places = self.get_buffer("place")[ids]
        if self.training:
            return functional.embedding(places, self.trained)
        trained = functional.embedding(places.clamp(min=0), self.trained)
        rest = functional.embedding(ids, self.get_buffer("rest"))
        return torch.where(places[..., None] >= 0, trained, rest)
