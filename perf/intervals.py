"""Compare the intervals of one cell with `scipy.stats.bootstrap`, for 7,600 examples, 20 classes,
2,000 replicates.

Run: python perf/intervals.py [RUNS]. The peer computes percentiles of the same kind of draws, with
scikit-learn's metrics as its statistics, one call per metric and replicate. As it would need many
minutes, it makes only PEER_DRAWS replicates and its time is scaled to ours; its cost is the same
for each replicate. The examples are synthetic. Our time includes drawing the resamples, which
nothing has cached yet.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import sklearn.metrics
from numpy.typing import NDArray
from scipy import stats

from bench.metrics import Metric, metrics_of
from bench.metrics.aligned import Scored
from bench.outputs import SingleLabel
from bench.scoring import bootstrap
from bench.scoring.evaluate import replicates
from bench.scoring.intervals import facts_of, interval_of

ROWS, CLASSES, PEER_DRAWS = 7600, 20, 20
RANKING = ("roc_auc", "pr_auc")


@dataclass(frozen=True)
class Group:
    """Metrics measured together, and their time limit in seconds."""

    name: str
    metrics: tuple[Metric, ...]
    target: float


def made_up(name: str) -> Scored:
    """Return a synthetic test split with a classifier that is right more often than not.

    Args:
        name: prefix of the ids; with a new one no resamples are cached.
    """
    random = np.random.default_rng(0)
    gold = random.integers(0, CLASSES, ROWS)
    logits = random.normal(size=(ROWS, CLASSES))
    logits[np.arange(ROWS), gold] += 3
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    output = SingleLabel(*(f"class {k}" for k in range(CLASSES)))
    return Scored(
        output=output,
        ids=tuple(f"{name} {i:05}" for i in range(ROWS)),
        texts=("",) * ROWS,
        gold=tuple(output.labels[k] for k in gold),
        value=tuple(output.labels[k] for k in shares.argmax(axis=1)),
        scores=shares,
        unit=np.arange(ROWS),
    )


def groups(scored: Scored) -> list[Group]:
    """Return the confusion matrix's metrics, and the ranking ones."""
    every = metrics_of(scored.output)
    confusion = tuple(m for m in every if not m.needs_scores)
    ranking = tuple(m for m in every if m.name in RANKING)
    return [Group("confusion matrix", confusion, 0.5), Group("ranking", ranking, 4.0)]


def _statistic(name: str, scored: Scored) -> Callable[[NDArray[np.int64]], float]:
    """Return the metric of a sample of examples, from scikit-learn."""
    gold, value, shares = scored.gold_index, scored.value_index, scored.scores
    assert shares is not None
    truth = np.eye(CLASSES, dtype=int)[gold]
    library = sklearn.metrics
    if name in RANKING:
        area = {"roc_auc": library.roc_auc_score, "pr_auc": library.average_precision_score}[name]
        return lambda rows: float(area(truth[rows], shares[rows]))
    if name in ("accuracy", "mcc"):
        plain = {"accuracy": library.accuracy_score, "mcc": library.matthews_corrcoef}[name]
        return lambda rows: float(plain(gold[rows], value[rows]))
    average, kind = name.split("_")
    scores = {"f1": "f1_score", "precision": "precision_score", "recall": "recall_score"}
    mean = getattr(library, scores[kind])
    return lambda rows: float(mean(gold[rows], value[rows], average=average, zero_division=0))


def peer_seconds(group: Group, scored: Scored) -> float:
    """Time `scipy.stats.bootstrap`, scaled to our number of replicates."""
    clock = time.perf_counter()
    for metric in group.metrics:
        stats.bootstrap(
            (np.arange(ROWS),),
            _statistic(metric.name, scored),
            n_resamples=PEER_DRAWS,
            vectorized=False,
            method="percentile",
            rng=np.random.default_rng(0),
        )
    return (time.perf_counter() - clock) * bootstrap.DRAWS / PEER_DRAWS


def our_seconds(group: Group, scored: Scored) -> float:
    """Time resamples, replicates and intervals of the group's metrics."""
    clock = time.perf_counter()
    draws = replicates(list(group.metrics), scored)
    for metric in group.metrics:
        # The draws' mean stands for the point, which takes the peer no time either.
        point = float(draws[metric.name].mean())
        interval_of(point, draws[metric.name], facts_of(metric, scored))
    return time.perf_counter() - clock


def tell(group: Group, ours: Sequence[float], peer: Sequence[float]) -> bool:
    """Print the medians and their ratio; return whether ours is within the target."""
    mine, theirs = statistics.median(ours), statistics.median(peer)
    print(
        f"{group.name:17} {len(group.metrics)} metrics  ours {mine:.3f} s (target {group.target} s)"
        f"  scipy {theirs:.0f} s (from {PEER_DRAWS} draws)  ratio {mine / theirs:.5f}"
    )
    return mine <= group.target


def main() -> int:
    """Measure both alternately, so that drift of the machine affects both equally."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kept = []
    for group in groups(made_up("warm")):
        our_seconds(group, made_up("warm"))  # imports and first pages do not count
        ours, peer = [], []
        for run in range(runs):
            scored = made_up(f"{group.name} {run}")
            peer.append(peer_seconds(group, scored))
            ours.append(our_seconds(group, scored))
        kept.append(tell(group, ours, peer))
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
