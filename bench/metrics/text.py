"""Metrics of free text: exact match, BLEU, ROUGE-L, F1 of listed names.

No answer (an unparsed one) is wrong under each of them; an empty text is right where a reference is
empty. Words and characters are those of every script, not of English alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, Metric, Weigh, ratio, summed
from bench.outputs import FreeText
from bench.texts.normal_forms import normalise, pieces
from bench.texts.scripts import apart

SMOOTHING = "exp"
"""Sacrebleu's default: the k-th order without a match counts as 1 / 2**k matches."""
_BETWEEN_NAMES = re.compile("[,;，；、،؛]")
_FOREIGN_STOP = re.compile(
    "[\u0589\u05be\u05c0\u05c3\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u104a\u104b"
    "\u1362-\u1368\u17d4\u17d5\u3001\u3002\u3008-\u3011\u3014-\u301b\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
)
"""Stops of scripts that sacrebleu's default tokeniser leaves at the word before them."""


def _pairs(scored: Scored) -> list[tuple[str | None, tuple[str, ...]]]:
    """Return each predicted text, or None where none could be read, with its references."""
    return [
        (None if value is None else str(value), FreeText.references(gold))
        for value, gold in zip(scored.value, scored.gold, strict=True)
    ]


class _Words:
    """The tokeniser of ROUGE for every script; on ASCII texts it is the reference's own."""

    def tokenize(self, text: str) -> list[str]:
        """Return the words in lower case, and single characters in scripts without spaces."""
        return pieces(text)


@lru_cache(maxsize=1)
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], tokenizer=_Words())


def _row_columns(scored: Scored) -> NDArray[np.float64]:
    """Return (examples, 3): exact match and ROUGE-L with the best reference, 1."""
    rows = [(*_best(value, references), 1.0) for value, references in _pairs(scored)]
    return np.array(rows).reshape(-1, 3)


def _best(value: str | None, references: Sequence[str]) -> tuple[float, float]:
    if value is None:
        return 0.0, 0.0
    exact = any(normalise(value) == normalise(r) for r in references)
    if not pieces(value):  # an empty text, say, or an emoji: ROUGE knows words only
        return float(exact), float(exact)
    return float(exact), max(_rouge().score(r, value)["rougeL"].fmeasure for r in references)


def _row_means(scored: Scored) -> Weigh:
    return summed(scored, _row_columns(scored))


def _bleu_columns(scored: Scored) -> NDArray[np.float64]:
    """Return (examples, 10): matches and totals of 1- to 4-grams, length, reference length."""
    from sacrebleu.metrics.bleu import BLEU

    bleu, rows = BLEU(effective_order=True), []
    for value, references in _pairs(scored):
        # As sacrebleu's own tokeniser for Chinese does.
        result = bleu.sentence_score(_spaced(value or ""), list(map(_spaced, references)))
        rows.append([*result.counts, *result.totals, result.sys_len, result.ref_len])
    return np.array(rows, dtype=float).reshape(-1, 10)


def _spaced(text: str) -> str:
    """Return a text whose words sacrebleu finds by spaces: composed, with the characters of scripts
    without spaces and the stops of other alphabets apart."""
    if text.isascii():
        return text
    return _FOREIGN_STOP.sub(r" \g<0> ", apart(unicodedata.normalize("NFC", text)))


def _bleu_of(sums: Floats, order: int = 4) -> Floats:
    from sacrebleu.metrics.bleu import BLEU

    scores = []
    for column in np.rint(sums).astype(int).T.tolist():
        counts, totals = column[:order], column[4 : 4 + order]
        score = BLEU.compute_bleu(
            counts, totals, column[8], column[9], smooth_method=SMOOTHING, max_ngram_order=order
        )
        scores.append(score.score / 100)
    return np.array(scores)


def _bleu_point(order: int, scored: Scored) -> float:
    return float(_bleu_of(_bleu_columns(scored).sum(axis=0)[:, None], order)[0])


def _bleu_counts(scored: Scored) -> Weigh:
    return summed(scored, _bleu_columns(scored))


def _names(text: str) -> frozenset[str]:
    """Return the names in a list, normalised for case and punctuation."""
    return frozenset(map(normalise, _BETWEEN_NAMES.split(text))) - {""}


def _overlap(value: frozenset[str], gold: frozenset[str]) -> float:
    total = len(value) + len(gold)
    return 2 * len(value & gold) / total if total else 1.0


def _group_columns(scored: Scored) -> NDArray[np.float64]:
    """Return (examples, 2): F1 with the best reference, 1."""
    rows = [
        (0.0 if value is None else max(_overlap(_names(value), _names(r)) for r in references), 1.0)
        for value, references in _pairs(scored)
    ]
    return np.array(rows).reshape(-1, 2)


def _group_means(scored: Scored) -> Weigh:
    return summed(scored, _group_columns(scored))


exact_match = Metric(
    "exact_match",
    lambda s: float(_row_columns(s)[:, 0].mean()),
    _row_means,
    lambda s: ratio(s[0], s[2]),
    proportion=True,
)
"""Proportion of texts that equal a reference up to case, spaces and punctuation; marks, symbols and
signs count."""
rouge_l = Metric(
    "rouge_l",
    lambda s: float(_row_columns(s)[:, 1].mean()),
    _row_means,
    lambda s: ratio(s[1], s[2]),
)
"""Mean ROUGE-L F-measure with the best reference (Lin, 2004), of the words of any script; each
character counts as a word in those without spaces."""
bleu = Metric(
    "bleu",
    partial(_bleu_point, 4),
    _bleu_counts,
    _bleu_of,
)
"""Corpus BLEU, 0 to 1, with sacrebleu's tokenisation and smoothing (Post, 2018), characters of
scripts without spaces and stops of other alphabets taken apart first."""
bleu_2 = Metric(
    "bleu_2",
    partial(_bleu_point, 2),
    _bleu_counts,
    partial(_bleu_of, order=2),
)
"""Corpus BLEU of unigrams and bigrams only, for answers that are too short for 4-grams."""
group_f1 = Metric(
    "group_f1",
    lambda s: float(_group_columns(s)[:, 0].mean()),
    _group_means,
    lambda s: ratio(s[0], s[1]),
)
"""Mean over texts of the F1 between the names in the answer and those in a reference, separated by
commas or semicolons. If there are several references, each a person's set of names, the best one
counts."""
