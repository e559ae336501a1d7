"""Generate text with a language model, for batches of prompts."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache

from bench.baselines._llama.engine.base_model import BaseModel
from bench.baselines._llama.engine.kv_cache import preallocating_cache
from bench.baselines._training.batches import within
from bench.baselines._training.token_budget import Budget

SHARED = 16
"""Minimum length of a common prefix for its KV cache to be computed once."""
WRITING, SHARE = 4, 0.25
"""Factor on the token budget for generation on a GPU, where decoding steps are short, and the
maximum fraction of its free memory for the KV cache of the enlarged batch."""


def generate(
    base: BaseModel,
    prompts: Sequence[Sequence[int]],
    *,
    new_tokens: int,
    budget: Budget,
    temperature: float = 0.0,
    seen: Callable[[int], None] = lambda count: None,
) -> list[str]:
    """Generate a continuation of each prompt, up to the end-of-sequence token.

    Args:
        base: the model.
        prompts: token ids, at least one each.
        new_tokens: maximum number of generated tokens.
        budget: token budget of a batch of prompts.
        temperature: 0 for greedy decoding; above 0 for sampling with torch's RNG.
        seen: called at intervals with the number of prompts done.
    """

    def work(tokens: int) -> list[str]:
        generated, done = [""] * len(prompts), 0
        base.network.eval()
        lengths = [len(prompt) + new_tokens for prompt in prompts]
        tokens = at_once(base, tokens)
        with torch.inference_mode(), base.computing():
            for batch in within(lengths, range(len(prompts)), tokens=tokens):
                chosen = [prompts[i] for i in batch]
                for i, text in zip(
                    batch, _batch(base, chosen, new_tokens, temperature), strict=True
                ):
                    generated[i] = text
                done += len(batch)
                seen(done)
        return generated

    return budget.spend(work)


def at_once(base: BaseModel, tokens: int, *, on_cpu: int = 1) -> int:
    """Return the token budget for generation.

    Args:
        base: the model.
        tokens: token budget of a forward pass.
        on_cpu: factor on a CPU.
    """
    if base.device.type == "cpu":
        return on_cpu * tokens
    free, _ = torch.cuda.mem_get_info(base.device)
    return max(tokens, min(WRITING * tokens, int(SHARE * free / bytes_a_token(base))))


def bytes_a_token(base: BaseModel) -> int:
    """Return the size of the KV cache per token, in bytes, in the data type of the weights."""
    config = base.network.config
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    numbers = 2 * config.num_hidden_layers * heads * base.head_size
    return int(numbers * base.network.dtype.itemsize)


def write_on(
    base: BaseModel,
    cache: DynamicCache,
    prompts: Sequence[Sequence[int]],
    paths: Sequence[NDArray[np.int64]],
    limits: tuple[int, int],
) -> list[str]:
    """Generate greedy continuations of prompts that are already in the KV cache.

    Args:
        base: the model.
        cache: the KV cache of one packed sequence.
        prompts: token ids, at least two each.
        paths: for each prompt, the positions of its tokens in the packed sequence.
        limits: maximum number of generated tokens, and maximum number of tokens per batch of
            prompts.
    """
    generated = [""] * len(prompts)
    new_tokens, tokens = limits
    for batch in within(list(map(len, prompts)), range(len(prompts)), tokens=tokens):
        chosen = [prompts[i] for i in batch]
        copied = _gathered(base, cache, [paths[i][:-1] for i in batch])
        for i, text in zip(
            batch, _written(base, chosen, 0, copied, (new_tokens, 0.0)), strict=True
        ):
            generated[i] = text
    return generated


def _gathered(
    base: BaseModel, cache: DynamicCache, paths: Sequence[NDArray[np.int64]]
) -> DynamicCache:
    """Gather the KV cache of each path into one batch, padded on the left."""
    longest = max(map(len, paths))
    table = np.zeros((len(paths), longest), np.int64)
    for i, path in enumerate(paths):
        table[i, longest - len(path) :] = path
    places = torch.from_numpy(table).to(base.device)
    gathered = preallocating_cache(base.network.config)
    for number, layer in enumerate(cache.layers):
        held: Any = layer  # with full attention, which has keys and values
        keys, values = (t[0][:, places].transpose(0, 1) for t in (held.keys, held.values))
        gathered.update(keys.contiguous(), values.contiguous(), number)
    return gathered


def _batch(
    base: BaseModel, prompts: Sequence[Sequence[int]], new_tokens: int, temperature: float
) -> list[str]:
    shared = _in_common(prompts)
    cache = _states(base, prompts[0][:shared], len(prompts)) if shared else None
    return _written(base, prompts, shared, cache, (new_tokens, temperature))


def _written(
    base: BaseModel,
    prompts: Sequence[Sequence[int]],
    shared: int,
    cache: DynamicCache | None,
    limits: tuple[int, float],
) -> list[str]:
    """Generate continuations with the library.

    Args:
        base: the model.
        prompts: token ids.
        shared: length of the common prefix, which precedes any padding.
        cache: KV cache of the first positions of each sequence, including padding.
        limits: maximum number of generated tokens, and temperature.
    """
    new_tokens, temperature = limits
    longest = max(map(len, prompts))
    ids, mask = (np.zeros((len(prompts), longest), np.int64) for _ in range(2))
    for i, prompt in enumerate(prompts):
        ids[i, :shared], mask[i, :shared] = prompt[:shared], 1
        length = len(prompt) - shared
        ids[i, longest - length :], mask[i, longest - length :] = prompt[shared:], 1
    inputs: dict[str, Any] = {
        "input_ids": torch.from_numpy(ids).to(base.device),
        "attention_mask": torch.from_numpy(mask).to(base.device),
    }
    if cache is not None:
        inputs["past_key_values"] = cache
    if temperature > 0:
        inputs |= {"temperature": temperature, "top_p": 1.0, "top_k": 0}
    out = base.network.generate(
        **inputs,
        do_sample=temperature > 0,
        max_new_tokens=new_tokens,
        eos_token_id=base.tokenizer.eos_token_id,
        pad_token_id=base.tokenizer.eos_token_id,
        num_beams=1,
    )
    texts = base.tokenizer.batch_decode(out[:, longest:], skip_special_tokens=True)
    return [str(text) for text in texts]


def _in_common(prompts: Sequence[Sequence[int]]) -> int:
    """Return the length of the common prefix, 0 if it is too short to share.

    At least the last token of each prompt is excluded, since generation continues from it.
    """
    room = min(map(len, prompts)) - 1
    table = np.array([prompt[:room] for prompt in prompts], np.int64)
    differ = (table != table[:1]).any(axis=0)
    shared = int(differ.argmax()) if differ.any() else room
    return shared if shared >= SHARED and len(prompts) > 1 else 0


def _states(base: BaseModel, ids: Sequence[int], copies: int) -> DynamicCache:
    prefix = torch.tensor([list(ids)], device=base.device)
    cache = preallocating_cache(base.network.config)
    base.network.get_decoder()(input_ids=prefix, past_key_values=cache, use_cache=True)
    cache.batch_repeat_interleave(copies)
    return cache
