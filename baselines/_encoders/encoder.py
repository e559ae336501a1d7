"""A network with its text encoding and its objective: trains, and predicts answers."""

import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import nn

from bench.baseline import Prediction
from bench.baselines._encoders.encoding import Coder, Row, padded
from bench.baselines._encoders.losses import Logits
from bench.baselines._encoders.objective import Objective, words_of
from bench.baselines._encoders.padded_loss import PaddedLoss
from bench.baselines._training.batches import epoch_steps, within
from bench.baselines._training.flat_parameters import Vectors
from bench.baselines._training.learner import Loss, Mixed
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.token_budget import Budget
from bench.run_context import Progress, current
from bench.task import Example, Input

# The Trainer imports it, and it warns of a missing kernel for 4-bit weights, which are not used.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)

OUTSIDE = 20.0
"""Logit of the tag "outside" for a word that no token sequence covers."""
TOKENS_CPU, TOKENS_GPU = 4096, 65536
"""Initial token budgets: on a CPU more brings no speed, on a GPU less leaves it underused."""


def _budget() -> Budget:
    return Budget(TOKENS_GPU if torch.cuda.is_available() else TOKENS_CPU)


@dataclass(frozen=True)
class Encoder:
    """A network to fine-tune and to predict with; a `bench.baselines._training.learner.Learner`.

    Args:
        model: maps a `Batch` to logits.
        coder: encodes texts as token sequences.
        objective: computes the loss, and turns logits into answers.
        bfloat16: compute in bfloat16 by autocast; weights stay in float32.
        budget: token budget of a forward pass.
        flat: train flattened parameters, with CUDA graphs if the model can be captured.
    """

    model: nn.Module
    coder: Coder
    objective: Objective
    bfloat16: bool = False
    budget: Budget = field(default_factory=_budget)
    flat: bool = field(default_factory=torch.cuda.is_available)

    @cached_property
    def network(self) -> nn.Module:
        """The module to train: the flat parameter vectors, or the model itself."""
        return self._padded_loss.vectors.module if self.flat else self.model

    @cached_property
    def _padded_loss(self) -> PaddedLoss:
        return PaddedLoss(
            self.model,
            Vectors(self.model),
            self.objective,
            coder=self.coder,
            bfloat16=self.bfloat16,
        )

    @property
    def mixed(self) -> Mixed:
        """Mixed precision that the trainer has to set up; none for flattened parameters."""
        return "bf16" if self.bfloat16 and not self.flat else ""

    @property
    def _device(self) -> torch.device:
        return next(self.model.parameters()).device

    def steps(self, rows: Sequence[Row], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """Return steps of sequences of similar length."""
        lengths = [len(row.ids) for row in rows]
        steps = epoch_steps(lengths, examples=recipe.batch_size, seed=recipe.seed, epoch=epoch)
        return [step.tolist() for step in steps]

    def weight(self, rows: Sequence[Row]) -> float:
        """Return the objective's divisor for the mean loss."""
        return self.objective.weight([row.target for row in rows])

    def parts(self, rows: Sequence[Row], tokens: int) -> list[list[Row]]:
        """Split sequences into batches of at most `tokens` tokens including padding."""
        cut = within([len(row.ids) for row in rows], range(len(rows)), tokens=tokens)
        return [[rows[i] for i in part] for part in cut]

    def loss(self, rows: Sequence[Row]) -> Loss:
        """Compute the objective's loss on one batch."""
        real = sum(len(row.ids) for row in rows)
        if self.flat:
            total, processed = self._padded_loss.total(rows)
            return Loss(total, real, processed)
        batch = padded(rows, padding=self.coder.padding, device=self._device)
        gold = self.objective.gold([row.target for row in rows])
        total = self.objective.loss(self.model(batch), torch.from_numpy(gold).to(self._device))
        return Loss(total, real, batch.ids.numel())

    def forget(self) -> None:
        """Free the captured CUDA graphs."""
        if self.flat:
            for name in ("network", "_padded_loss"):
                vars(self).pop(name, None)
            gc.collect()

    def trained(self) -> dict[str, torch.Tensor]:
        """Return all weights of the model."""
        return dict(self.model.state_dict())

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Load all weights of the model."""
        self.model.load_state_dict(weights)

    def logits(self, texts: Sequence[Input | Example], *, doing: str = "") -> Logits:
        """Return logits: (texts, width), or (words of all texts, width) if words are tagged.

        Args:
            texts: the texts to encode.
            doing: description for progress reports; "" for no reports.
        """
        rows = self.coder.rows(texts, tagging=self.objective.tagging)
        logits = self.budget.spend(lambda tokens: self._run(rows, tokens, doing))
        return self._spread(texts, rows, logits) if self.objective.tagging else logits

    def _run(self, rows: Sequence[Row], tokens: int, doing: str) -> Logits:
        """Return logits (sequences or their words, width), in the order of the sequences."""
        counts = [len(row.words) if self.objective.tagging else 1 for row in rows]
        starts = np.cumsum([0, *counts])
        logits = np.zeros((int(starts[-1]), self.objective.width))
        lengths, done = [len(row.ids) for row in rows], 0
        self.model.eval()
        for batch in within(lengths, range(len(rows)), tokens=tokens):
            batch_logits = self._batch([rows[i] for i in batch])
            places = [np.arange(starts[i], starts[i + 1]) for i in batch]
            logits[np.concatenate(places)] = batch_logits
            done += len(batch)
            if doing:
                current().report(Progress(done, len(rows), doing))
        return logits

    def _batch(self, rows: Sequence[Row]) -> Logits:
        batch = padded(rows, padding=self.coder.padding, device=self._device)
        with (
            torch.inference_mode(),
            torch.autocast(self._device.type, torch.bfloat16, enabled=self.bfloat16),
        ):
            return np.asarray(self.model(batch).float().cpu().numpy(), np.float64)

    def _spread(
        self, texts: Sequence[Input | Example], rows: Sequence[Row], logits: Logits
    ) -> Logits:
        """Put the logits in the order of the texts' words; words not covered get `OUTSIDE`."""
        starts = np.cumsum([0, *map(words_of, texts)])
        spread = np.zeros((int(starts[-1]), self.objective.width))
        spread[:, 0] = OUTSIDE
        if rows:
            firsts = [starts[row.owner] + row.first for row in rows]
            places = [f + np.arange(len(r.words)) for f, r in zip(firsts, rows, strict=True)]
            spread[np.concatenate(places)] = logits
        return spread

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        """Return one prediction per input."""
        if not inputs:
            return []
        return self.objective.answers(inputs, self.logits(inputs, doing="predicting"))
