"""Metrics of free text: exact match, BLEU and ROUGE-L. An unparsed answer is the empty text."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.checks import normalise
from bench.metrics.kind import Floats, Metric, Weigh, ratio, summed
from bench.outputs import FreeText
from bench.scored import Scored


def _pairs(scored: Scored) -> list[tuple[str, tuple[str, ...]]]:
    """Each predicted text with its references."""
    return [
        ("" if value is None else str(value), FreeText.references(gold))
        for value, gold in zip(scored.value, scored.gold, strict=True)
    ]


@lru_cache(maxsize=1)
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], use_stemmer=False)


def _row_columns(scored: Scored) -> NDArray[np.float64]:
    """(rows, 3): exact match and ROUGE-L of the best reference, 1."""
    rows = []
    for value, references in _pairs(scored):
        exact = any(normalise(value) == normalise(r) for r in references)
        rouge = max(_rouge().score(r, value)["rougeL"].fmeasure for r in references)
        rows.append((float(exact), rouge, 1.0))
    return np.array(rows).reshape(-1, 3)


def _row_means(scored: Scored) -> Weigh:
    return summed(scored, _row_columns(scored))


def _bleu_columns(scored: Scored) -> NDArray[np.float64]:
    """(rows, 10): matches and totals of 1- to 4-grams, length, reference length."""
    from sacrebleu.metrics.bleu import BLEU

    bleu, rows = BLEU(effective_order=True), []
    for value, references in _pairs(scored):
        found = bleu.sentence_score(value, list(references))
        rows.append([*found.counts, *found.totals, found.sys_len, found.ref_len])
    return np.array(rows, dtype=float).reshape(-1, 10)


def _bleu_of(sums: Floats) -> Floats:
    from sacrebleu.metrics.bleu import BLEU

    found = []
    for column in np.rint(sums).astype(int).T.tolist():
        score = BLEU.compute_bleu(column[:4], column[4:8], column[8], column[9])
        found.append(score.score / 100)
    return np.array(found)


def _bleu_counts(scored: Scored) -> Weigh:
    return summed(scored, _bleu_columns(scored))


exact_match = Metric(
    "exact_match",
    lambda s: float(_row_columns(s)[:, 0].mean()),
    _row_means,
    lambda s: ratio(s[0], s[2]),
    proportion=True,
)
"""Share of texts equal to a reference but for case, spaces and punctuation."""
rouge_l = Metric(
    "rouge_l",
    lambda s: float(_row_columns(s)[:, 1].mean()),
    _row_means,
    lambda s: ratio(s[1], s[2]),
)
"""Mean ROUGE-L F-measure against the best reference (Lin, 2004)."""
bleu = Metric(
    "bleu",
    lambda s: float(_bleu_of(_bleu_columns(s).sum(axis=0)[:, None])[0]),
    _bleu_counts,
    _bleu_of,
)
"""Corpus BLEU, 0 to 1, sacrebleu's tokenisation and smoothing (Post, 2018)."""
