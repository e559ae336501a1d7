"""Answers that a language model writes itself, many prompts at a time."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from transformers import DynamicCache

from bench.baselines._base_model import BaseModel
from bench.baselines._batches import within
from bench.baselines._memory import Budget

SHARED = 16
"""Tokens that prompts must have in common for their states to be computed once."""


def generate(
    base: BaseModel,
    prompts: Sequence[Sequence[int]],
    *,
    new_tokens: int,
    budget: Budget,
    temperature: float = 0.0,
    seen: Callable[[int], None] = lambda count: None,
) -> list[str]:
    """What the model writes behind each prompt, up to its end-of-sequence token.

    Args:
        base: the model.
        prompts: token numbers, at least one each.
        new_tokens: of an answer, at most.
        budget: prompt tokens that go through the model at once.
        temperature: 0 takes the most probable token; above, tokens are drawn from torch's random
            numbers.
        seen: told how many prompts are done, now and then.
    """

    def work(tokens: int) -> list[str]:
        found, done = [""] * len(prompts), 0
        base.network.eval()
        lengths = [len(prompt) + new_tokens for prompt in prompts]
        with torch.inference_mode(), base.computing():
            for batch in within(lengths, range(len(prompts)), tokens=tokens):
                chosen = [prompts[i] for i in batch]
                for i, said in zip(
                    batch, _batch(base, chosen, new_tokens, temperature), strict=True
                ):
                    found[i] = said
                done += len(batch)
                seen(done)
        return found

    return budget.spend(work)


def _batch(
    base: BaseModel, prompts: Sequence[Sequence[int]], new_tokens: int, temperature: float
) -> list[str]:
    shared = _in_common(prompts)
    longest = max(map(len, prompts))
    ids, mask = (np.zeros((len(prompts), longest), np.int64) for _ in range(2))
    for i, prompt in enumerate(prompts):
        # What all share stands first, so that its states serve all; the filling comes behind it.
        ids[i, :shared], mask[i, :shared] = prompt[:shared], 1
        rest = len(prompt) - shared
        ids[i, longest - rest :], mask[i, longest - rest :] = prompt[shared:], 1
    given: dict[str, Any] = {
        "input_ids": torch.from_numpy(ids).to(base.device),
        "attention_mask": torch.from_numpy(mask).to(base.device),
    }
    if shared:
        given["past_key_values"] = _states(base, prompts[0][:shared], len(prompts))
    chance = {"do_sample": temperature > 0}
    options = {"temperature": temperature, "top_p": 1.0, "top_k": 0} if temperature > 0 else {}
    out = base.network.generate(
        **given,
        **chance,
        **options,
        max_new_tokens=new_tokens,
        eos_token_id=base.tokenizer.eos_token_id,
        pad_token_id=base.tokenizer.eos_token_id,
        num_beams=1,
    )
    said = base.tokenizer.batch_decode(out[:, longest:], skip_special_tokens=True)
    return [str(text) for text in said]


def _in_common(prompts: Sequence[Sequence[int]]) -> int:
    """Tokens that all begin with; each keeps one of its own, which generation goes on from."""
    room = min(map(len, prompts)) - 1
    table = np.array([prompt[:room] for prompt in prompts], np.int64)
    differ = (table != table[:1]).any(axis=0)
    shared = int(differ.argmax()) if differ.any() else room
    return shared if shared >= SHARED and len(prompts) > 1 else 0


def _states(base: BaseModel, ids: Sequence[int], copies: int) -> DynamicCache:
    given = torch.tensor([list(ids)], device=base.device)
    cache = DynamicCache(config=base.network.config)
    base.network.get_decoder()(input_ids=given, past_key_values=cache, use_cache=True)
    cache.batch_repeat_interleave(copies)
    return cache
