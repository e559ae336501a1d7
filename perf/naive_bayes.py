"""Compare one Naive Bayes cell on 20 Newsgroups with a bare scikit-learn script that does the same
work.

Run: python perf/naive_bayes.py [RUNS]. Both fit on the same examples, predict, and score the test
split with the same metrics. Ours runs as in `bench run`, in a worker process that has finished a
cell of another task before. Its total time includes storing predictions and the record on disk, and
the intervals, which the script does not compute; these are timed separately too, and both ratios
are printed, with and without them. Exits with 1 if a score differs.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn import metrics
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from bench.baseline import TaskData
from bench.baselines.naive_bayes import NaiveBayes
from bench.metrics.aligned import align
from bench.registry import Registry, load_task
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import carry_out, set_up
from bench.runs.workers.pool import Event
from bench.scoring.evaluate import replicates
from bench.store.store import Store
from bench.task import Example

TASK, WARM_UP = "newsgroups20", "vader_tweets"


@dataclass(frozen=True)
class Timed:
    """Elapsed seconds and scores of one fit, prediction and scoring; `parts` gives shares of the
    time."""

    seconds: float
    scores: dict[str, float]
    parts: dict[str, float]


def peer(learn: Sequence[Example], test: Sequence[Example]) -> Timed:
    """Run the bare script."""
    clock = time.perf_counter()
    vectoriser, model = CountVectorizer(), MultinomialNB()
    model.fit(vectoriser.fit_transform([e.text for e in learn]), [str(e.target) for e in learn])
    fitted = time.perf_counter()
    matrix = vectoriser.transform([e.text for e in test])
    gold, value = [str(e.target) for e in test], model.predict(matrix)
    shares = model.predict_proba(matrix)
    predicted = time.perf_counter()
    scores = figures(gold, value, shares, model.classes_)
    done = time.perf_counter()
    parts = {"fit": fitted - clock, "predict": predicted - fitted, "scores": done - predicted}
    return Timed(done - clock, scores, parts)


def figures(
    gold: list[str], value: Sequence[str], shares: np.ndarray, labels: Sequence[str]
) -> dict[str, float]:
    """Return the scores of a single-label task."""
    truth = np.array(gold)[:, None] == np.array(labels)[None, :]
    found = {
        "accuracy": metrics.accuracy_score(gold, value),
        "mcc": metrics.matthews_corrcoef(gold, value),
        "macro_precision": metrics.precision_score(gold, value, average="macro", zero_division=0),
        "macro_recall": metrics.recall_score(gold, value, average="macro", zero_division=0),
        "roc_auc": metrics.roc_auc_score(gold, shares, multi_class="ovr", labels=labels),
        "pr_auc": metrics.average_precision_score(truth, shares),
        "log_loss": metrics.log_loss(gold, shares, labels=labels),
        "brier": metrics.brier_score_loss(gold, shares, labels=labels),
    }
    for average in ("macro", "micro", "weighted"):
        found[f"{average}_f1"] = metrics.f1_score(gold, value, average=average)
    metrics.confusion_matrix(gold, value)
    metrics.classification_report(gold, value, output_dict=True, zero_division=0)
    return {name: float(score) for name, score in found.items()}


def ours(folder: Path) -> Timed:
    """Run our cell, in a fresh worker process that is warmed up."""
    request = RunRequest(tasks=(WARM_UP, TASK), baselines=("naive_bayes",), profile="full")
    options = RunOptions(results=folder)
    setup = set_up(request, options)
    # The warm-up must come first; one worker executes the runs in the given order.
    setup.todo.sort(key=lambda run: run.tasks[0].task == TASK)  # type: ignore[attr-defined]
    seconds: dict[str, float] = {}

    def note(event: Event) -> None:
        if event.kind == "finished":
            seconds[event.run.tasks[0].task] = event.seconds

    carry_out(setup, request, options, note)
    stored = [s.result for s in Store(folder).contents().results]
    (result,) = [r for r in stored if r.tasks == (TASK,)]
    assert result.cost is not None
    cost = result.cost
    # The script predicts no calibration examples.
    whole = seconds[TASK] - cost.calibration_seconds
    parts = {"fit": cost.fit_seconds, "predict": cost.predict_seconds}
    parts["scores, intervals, files"] = whole - sum(parts.values())
    return Timed(whole, dict(result.results[0].scores), parts)


def rows() -> tuple[list[Example], list[Example]]:
    """Return the training and test examples, as the cell uses them."""
    with tempfile.TemporaryDirectory() as folder:
        request = RunRequest(tasks=(TASK,), baselines=("naive_bayes",), profile="full")
        setup = set_up(request, RunOptions(results=Path(folder)))
    (run,), prepared = setup.todo, setup.material.tasks[TASK]
    chosen = run.tasks[0]
    learn = [prepared.rows[i] for i in (*chosen.train, *chosen.validation)]
    return learn, [prepared.rows[i] for i in chosen.test]


def interval_seconds(learn: Sequence[Example], test: Sequence[Example]) -> float:
    """Time the cell's bootstrap, computed here from the same predictions."""
    task = load_task(Registry("tasks")[TASK])
    family = NaiveBayes()
    family.fit([TaskData(task, learn, [])], seed=0)
    scored = align(task.output, test, family.predict(task, [e.input for e in test]))
    clock = time.perf_counter()
    replicates(list(task.all_metrics), scored)
    return time.perf_counter() - clock


def tell(name: str, times: Sequence[Timed]) -> float:
    """Print the median and its parts."""
    middle = statistics.median(t.seconds for t in times)
    parts = {part: statistics.median(t.parts[part] for t in times) for part in times[0].parts}
    print(f"{name:6} {middle:.2f} s   " + ", ".join(f"{p} {s:.2f}" for p, s in parts.items()))
    return middle


def main() -> int:
    """Measure both alternately, so that drift of the machine affects both equally."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    learn, test = rows()
    theirs, mine = [], []
    for _ in range(runs):
        theirs.append(peer(learn, test))
        with tempfile.TemporaryDirectory() as folder:
            mine.append(ours(Path(folder)))
    slow, fast = tell("ours", mine), tell("script", theirs)
    intervals = statistics.median(interval_seconds(learn, test) for _ in range(runs))
    print(f"ratio  {slow / fast:.2f} for the whole cell; intervals {intervals:.2f} s of it")
    print(f"ratio  {(slow - intervals) / fast:.2f} for the same work (target 1.25)")
    gaps = {n: abs(mine[0].scores[n] - score) for n, score in theirs[0].scores.items()}
    for name, gap in gaps.items():
        print(f"{name:16} {theirs[0].scores[name]:.17g}  difference {gap:.3g}")
    return int(any(gaps.values()))


if __name__ == "__main__":
    sys.exit(main())
