"""Score the answers that a task allows by likelihood, and find the greedy answer.

If the most probable token at each position is that of a scored answer, up to its end, this is the
greedy answer, known without generation. Only for other texts the greedy answer is generated.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.baseline import GreedyAnswer
from bench.baselines._llama.engine.token_rows import Onward, Row
from bench.baselines._llama.prompter import Asked, Prompter
from bench.models.tokens import Tokenised


def _row(tokenised: Tokenised) -> Row:
    return Row(tokenised.ids, tokenised.start)


class Scored(NamedTuple):
    """Scores of the allowed answers; the arrays are (texts, answers).

    `total` is the log-likelihood including the end of the sequence, `raw` without it; `followed` is
    true if greedy decoding produces the answer. `generated` has the greedy output of texts for
    which it produces none of the answers, by index, as far as it was generated.
    """

    total: NDArray[np.float64]
    raw: NDArray[np.float64]
    followed: NDArray[np.bool_]
    generated: Mapping[int, str]


def score(
    asker: Prompter, texts: Sequence[Asked], words: Sequence[str], *, greedy: bool = True
) -> Scored:
    """Score each allowed answer to each text.

    Args:
        asker: prompts the model.
        texts: the questions.
        words: the allowed answers, in words.
        greedy: also generate the greedy output, continuing from the prompts in the KV cache.
    """
    tokenised = asker.tokeniser.with_answers([text.asked for text in texts], words)
    flat = [t for row in tokenised for t in row]
    rows = [_row(t) for t in flat]
    owners = [i for i, row in enumerate(tokenised) for _ in row]
    onward = Onward(owners, asker.new_tokens) if greedy else None
    readings = asker.read(rows, onward, texts=len(texts))
    pairs = list(zip(flat, rows, readings, strict=True))
    shape = (len(texts), len(words))
    total = np.array([reading.total() for _, _, reading in pairs]).reshape(shape)
    raw = np.array([r.total(t.end - t.start) for t, _, r in pairs]).reshape(shape)
    followed = np.array([reading.follows(row) for _, row, reading in pairs]).reshape(shape)
    return Scored(total, raw, followed, onward.generated if onward else {})


def greedy_answers(
    asker: Prompter,
    texts: Sequence[Asked],
    scored: Scored,
    answers: tuple[Sequence[Any], Sequence[str]],
) -> list[GreedyAnswer]:
    """Return the greedy answer to each text: a scored answer if it is one, else the parsed output.

    Args:
        asker: prompts the model.
        texts: the questions.
        scored: the result of `score`.
        answers: values and words of the scored answers.
    """
    known = {i: asker.greedy(texts[i].row, generated) for i, generated in scored.generated.items()}
    values, words = answers
    for i, row in enumerate(scored.followed):
        if row.any():
            known[i] = GreedyAnswer(values[int(row.argmax())], words[int(row.argmax())])
    missing = [i for i in range(len(texts)) if i not in known]
    known.update(zip(missing, asker.written([texts[i] for i in missing]), strict=True))
    return [known[i] for i in range(len(texts))]
