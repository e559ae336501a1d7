"""A network with what puts texts in and reads answers off."""

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

# The Trainer imports it, and it warns of a kernel for 4-bit weights, of which there are none here.
logging.getLogger("bitsandbytes").setLevel(logging.ERROR)

OUTSIDE = 20.0
"""The logit for "outside of any span" of a word that no row covers."""
TOKENS_CPU, TOKENS_GPU = 4096, 65536
"""Tokens that go through a network at once: on a CPU more brings nothing, on a GPU less leaves it
idle."""


def _budget() -> Budget:
    return Budget(TOKENS_GPU if torch.cuda.is_available() else TOKENS_CPU)


@dataclass(frozen=True)
class Encoder:
    """What is fitted, and what then answers.

    Args:
        model: maps a `Batch` to logits.
        coder: texts to rows.
        objective: logits to answers.
        bfloat16: whether products are computed in bfloat16; weights stay in float32.
        budget: tokens that go through the model at once.
        whole: whether its weights learn as vectors, from recordings where there can be any.
    """

    model: nn.Module
    coder: Coder
    objective: Objective
    bfloat16: bool = False
    budget: Budget = field(default_factory=_budget)
    whole: bool = field(default_factory=torch.cuda.is_available)

    @cached_property
    def network(self) -> nn.Module:
        """See `bench.baselines._training.learner.Learner`."""
        return self._padded_loss.vectors.module if self.whole else self.model

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
        """What the trainer is to see to: of vectors, nothing."""
        return "bf16" if self.bfloat16 and not self.whole else ""

    @property
    def _device(self) -> torch.device:
        return next(self.model.parameters()).device

    def steps(self, rows: Sequence[Row], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """Rows of like length together."""
        lengths = [len(row.ids) for row in rows]
        found = epoch_steps(lengths, examples=recipe.batch_size, seed=recipe.seed, epoch=epoch)
        return [step.tolist() for step in found]

    def weight(self, rows: Sequence[Row]) -> float:
        """The objective's."""
        return self.objective.weight([row.target for row in rows])

    def parts(self, rows: Sequence[Row], tokens: int) -> list[list[Row]]:
        """Batches of at most so many tokens, and what fills them up."""
        cut = within([len(row.ids) for row in rows], range(len(rows)), tokens=tokens)
        return [[rows[i] for i in part] for part in cut]

    def loss(self, rows: Sequence[Row]) -> Loss:
        """The objective's, of one batch."""
        real = sum(len(row.ids) for row in rows)
        if self.whole:
            total, processed = self._padded_loss.total(rows)
            return Loss(total, real, processed)
        batch = padded(rows, padding=self.coder.padding, device=self._device)
        gold = self.objective.gold([row.target for row in rows])
        total = self.objective.loss(self.model(batch), torch.from_numpy(gold).to(self._device))
        return Loss(total, real, batch.ids.numel())

    def forget(self) -> None:
        """Give back what steps that come again are kept in."""
        if self.whole:
            for name in ("network", "_padded_loss"):
                vars(self).pop(name, None)
            gc.collect()

    def trained(self) -> dict[str, torch.Tensor]:
        """All weights."""
        return dict(self.model.state_dict())

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Set them."""
        self.model.load_state_dict(weights)

    def logits(self, texts: Sequence[Input | Example], *, doing: str = "") -> Logits:
        """(texts, width), or (words of all texts, width) where words are tagged.

        Args:
            texts: what to read.
            doing: what progress is reported as; "": not at all.
        """
        rows = self.coder.rows(texts, tagging=self.objective.tagging)
        found = self.budget.spend(lambda tokens: self._run(rows, tokens, doing))
        return self._spread(texts, rows, found) if self.objective.tagging else found

    def _run(self, rows: Sequence[Row], tokens: int, doing: str) -> Logits:
        """(rows or their words, width), in the order of the rows."""
        counts = [len(row.words) if self.objective.tagging else 1 for row in rows]
        starts = np.cumsum([0, *counts])
        found = np.zeros((int(starts[-1]), self.objective.width))
        lengths, done = [len(row.ids) for row in rows], 0
        self.model.eval()
        for batch in within(lengths, range(len(rows)), tokens=tokens):
            given = self._batch([rows[i] for i in batch])
            places = [np.arange(starts[i], starts[i + 1]) for i in batch]
            found[np.concatenate(places)] = given
            done += len(batch)
            if doing:
                current().report(Progress(done, len(rows), doing))
        return found

    def _batch(self, rows: Sequence[Row]) -> Logits:
        batch = padded(rows, padding=self.coder.padding, device=self._device)
        with (
            torch.inference_mode(),
            torch.autocast(self._device.type, torch.bfloat16, enabled=self.bfloat16),
        ):
            return np.asarray(self.model(batch).float().cpu().numpy(), np.float64)

    def _spread(
        self, texts: Sequence[Input | Example], rows: Sequence[Row], found: Logits
    ) -> Logits:
        """The words' logits in the order of the texts' words; a word no row covers is outside."""
        starts = np.cumsum([0, *map(words_of, texts)])
        spread = np.zeros((int(starts[-1]), self.objective.width))
        spread[:, 0] = OUTSIDE
        if rows:
            firsts = [starts[row.owner] + row.first for row in rows]
            places = [f + np.arange(len(r.words)) for f, r in zip(firsts, rows, strict=True)]
            spread[np.concatenate(places)] = found
        return spread

    def answers(self, inputs: Sequence[Input]) -> list[Prediction]:
        """One prediction an input."""
        if not inputs:
            return []
        return self.objective.answers(inputs, self.logits(inputs, doing="predicting"))
