"""Made-up rows of tokens for the engine."""

import numpy as np

from bench.baselines._llama.engine.token_rows import Row


def made_up(count: int = 24, *, seed: int = 0, answers: int = 3) -> list[Row]:
    """Rows of two tasks: two prefixes, tails of many lengths, some of them alike."""
    rng = np.random.default_rng(seed)
    prefixes = [rng.integers(3, 300, size).tolist() for size in (17, 30)]
    rows = []
    for i in range(count):
        question = prefixes[i % 2] + rng.integers(3, 9, rng.integers(1, 12)).tolist()
        rows.append(Row((*question, *rng.integers(3, 9, answers).tolist(), 2), len(question)))
    return rows
