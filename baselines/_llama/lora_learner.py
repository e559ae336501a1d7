"""An adapter as something that the trainer can train."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from peft import PeftModel
from peft.utils import set_peft_model_state_dict
from torch import nn

from bench.baselines._llama.engine.adapter import matrices
from bench.baselines._llama.engine.base_model import compute_dtype
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._llama.kernels.decoder import decoder_of
from bench.baselines._llama.prompter import Lesson
from bench.baselines._training.flat_parameters import Whole
from bench.baselines._training.learner import Loss, Mixed
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.token_budget import Budget

SHARED, TOGETHER = 4, 4
"""Of several tasks, those whose rows stand in one optimiser step, at most, and rows of each in it,
at least, as long as two tasks share it: each task brings its own prefix, which costs tokens."""


@dataclass(frozen=True)
class LoraLearner:
    """An adapter that learns; see `bench.baselines._training.learner.Learner`.

    Args:
        adapted: the base model with the adapter on.
        engine: reads with it.
        budget: tokens that go through it at once.
    """

    adapted: PeftModel
    engine: Engine
    budget: Budget

    @cached_property
    def network(self) -> nn.Module:
        """What has the adapter's numbers."""
        if not self.engine.way.large:
            return self.adapted
        whole = decoder_of(self.engine.base.network).adapter
        assert whole is not None
        return Whole(self.adapted, adapter=whole)

    @property
    def mixed(self) -> Mixed:
        """As the base model computes."""
        kinds: Mapping[torch.dtype, Mixed] = {torch.bfloat16: "bf16", torch.float16: "fp16"}
        return kinds.get(compute_dtype(), "")

    def steps(self, rows: Sequence[Lesson], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """Rows in a new order each epoch; of several tasks, a few share each step."""
        draw = np.random.default_rng((recipe.seed, epoch))
        tasks: dict[str, list[int]] = {}
        for i in draw.permutation(len(rows)).tolist():
            tasks.setdefault(rows[i].task, []).append(i)
        share = max(TOGETHER, math.ceil(recipe.batch_size / SHARED))
        half = math.ceil(recipe.batch_size / 2)
        size = recipe.batch_size if len(tasks) == 1 else min(share, half)
        blocks = [own[k : k + size] for own in tasks.values() for k in range(0, len(own), size)]
        order = [i for block in draw.permutation(len(blocks)) for i in blocks[block]]
        return [order[k : k + recipe.batch_size] for k in range(0, len(order), recipe.batch_size)]

    def weight(self, rows: Sequence[Lesson]) -> float:
        """Tokens of all answers."""
        return float(sum(len(row.ids) - row.start for lesson in rows for row in lesson.rows))

    def parts(self, rows: Sequence[Lesson], tokens: int) -> list[list[Row]]:
        """Questions with equal beginnings together."""
        flat = [row for lesson in rows for row in lesson.rows]
        return [[flat[i] for i in part] for part in self.engine.parts(flat, tokens)]

    def loss(self, rows: Sequence[Row]) -> Loss:
        """The negative log-likelihood of the answers; of the questions nothing is learnt."""
        with self.engine.base.computing():
            return self.engine.learn(rows)

    def trained(self) -> dict[str, torch.Tensor]:
        """The adapter's matrices."""
        return matrices(self.adapted)

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Set them."""
        set_peft_model_state_dict(self.adapted, dict(weights))
