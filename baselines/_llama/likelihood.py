"""The answers that a task allows, scored by likelihood in one forward pass, and the greedy answer
beside them.

Where following the most probable token leads along one of the scored answers to its end, the greedy
answer is known without generating; only the others are generated.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Greedy
from bench.baselines._llama.engine.token_rows import Onward, Row
from bench.baselines._llama.prompter import Asked, Asker
from bench.models.tokens import Tokenised


def _row(tokenised: Tokenised) -> Row:
    return Row(tokenised.ids, tokenised.start)


class Scored(NamedTuple):
    """The allowed answers of some texts, (texts, answers) each.

    `total` is the log-likelihood with the end of the sequence, `raw` without, `followed` whether
    greedy decoding gives the answer; `said` what it gives to a text with none that is.
    """

    total: NDArray[np.float64]
    raw: NDArray[np.float64]
    followed: NDArray[np.bool_]
    said: Mapping[int, str]


def score(
    asker: Asker, texts: Sequence[Asked], words: Sequence[str], *, greedy: bool = True
) -> Scored:
    """The answers in these words to each text.

    Args:
        asker: puts the texts to the model.
        texts: the questions.
        words: of the allowed answers.
        greedy: whether to read as well what the model would write itself.
    """
    found = asker.tokeniser.with_answers([text.asked for text in texts], words)
    flat = [t for row in found for t in row]
    rows = [_row(t) for t in flat]
    owners = [i for i, row in enumerate(found) for _ in row]
    onward = Onward(owners, asker.new_tokens) if greedy else None
    readings = asker.read(rows, onward, texts=len(texts))
    pairs = list(zip(flat, rows, readings, strict=True))
    shape = (len(texts), len(words))
    total = np.array([reading.total() for _, _, reading in pairs]).reshape(shape)
    raw = np.array([r.total(t.end - t.start) for t, _, r in pairs]).reshape(shape)
    followed = np.array([reading.follows(row) for _, row, reading in pairs]).reshape(shape)
    return Scored(total, raw, followed, onward.said if onward else {})


def greedy_answers(
    asker: Asker,
    texts: Sequence[Asked],
    scored: Scored,
    answers: tuple[Sequence[Any], Sequence[str]],
) -> list[Greedy]:
    """The greedy answer of each text: the scored answer that was followed, else what is written."""
    known = {i: asker.greedy(texts[i].row, said) for i, said in scored.said.items()}
    values, words = answers
    for i, row in enumerate(scored.followed):
        if row.any():
            known[i] = Greedy(values[int(row.argmax())], words[int(row.argmax())])
    rest = [i for i in range(len(texts)) if i not in known]
    known.update(zip(rest, asker.written([texts[i] for i in rest]), strict=True))
    return [known[i] for i in range(len(texts))]
