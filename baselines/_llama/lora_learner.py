"""Adapter of the trainer to LoRA: batches and loss of a language model's adapter."""

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
from bench.baselines._training.flat_parameters import FlatParameters
from bench.baselines._training.learner import Loss, Mixed
from bench.baselines._training.recipe import Recipe
from bench.baselines._training.token_budget import Budget

SHARED, TOGETHER = 4, 4
"""Maximum number of tasks in an optimiser step of a multi-task fit, and minimum number of examples
of each, as long as two tasks fit: each task adds its own prompt prefix, which costs tokens."""


@dataclass(frozen=True)
class LoraLearner:
    """A trainable adapter; see `bench.baselines._training.learner.Learner`.

    Args:
        adapted: the base model with the active adapter.
        engine: runs the model.
        budget: token budget of a forward pass.
    """

    adapted: PeftModel
    engine: Engine
    budget: Budget

    @cached_property
    def network(self) -> nn.Module:
        """The module with the adapter's parameters, flattened into one vector if possible."""
        if not self.engine.options.large:
            return self.adapted
        flat = decoder_of(self.engine.base.network).adapter
        assert flat is not None
        return FlatParameters(self.adapted, adapter=flat)

    @property
    def mixed(self) -> Mixed:
        """Mixed precision in the compute data type of the base model."""
        kinds: Mapping[torch.dtype, Mixed] = {torch.bfloat16: "bf16", torch.float16: "fp16"}
        return kinds.get(compute_dtype(), "")

    def steps(self, rows: Sequence[Lesson], recipe: Recipe, *, epoch: int) -> list[list[int]]:
        """Return steps in a new random order each epoch; a few tasks share each step."""
        draw = np.random.default_rng((recipe.seed, epoch))
        tasks: dict[str, list[int]] = {}
        for i in draw.permutation(len(rows)).tolist():
            tasks.setdefault(rows[i].task, []).append(i)
        share = max(TOGETHER, math.ceil(recipe.batch_size / SHARED))
        half = math.ceil(recipe.batch_size / 2)
        size = recipe.batch_size if len(tasks) == 1 else min(share, half)
        blocks = [
            examples[k : k + size]
            for examples in tasks.values()
            for k in range(0, len(examples), size)
        ]
        order = [i for block in draw.permutation(len(blocks)) for i in blocks[block]]
        return [order[k : k + recipe.batch_size] for k in range(0, len(order), recipe.batch_size)]

    def weight(self, rows: Sequence[Lesson]) -> float:
        """Return the number of answer tokens."""
        return float(sum(len(row.ids) - row.start for lesson in rows for row in lesson.rows))

    def parts(self, rows: Sequence[Lesson], tokens: int) -> list[list[Row]]:
        """Split the token sequences of a step into batches, shared prefixes together."""
        flat = [row for lesson in rows for row in lesson.rows]
        return [[flat[i] for i in part] for part in self.engine.parts(flat, tokens)]

    def loss(self, rows: Sequence[Row]) -> Loss:
        """Compute the summed negative log-likelihood of the answers; prompts are masked."""
        with self.engine.base.computing():
            return self.engine.learn(rows)

    def trained(self) -> dict[str, torch.Tensor]:
        """Return the adapter's matrices."""
        return matrices(self.adapted)

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Load the adapter's matrices."""
        set_peft_model_state_dict(self.adapted, dict(weights))
