"""Calibration examples where the truth is known: what is seen on them, and on fresh examples.

Run: python -m perf.simulate calibration_examples [WORLDS]. In each made-up world a family is fitted
as in `bench run`. Accuracy on its calibration examples, and the accuracy promised by a threshold
that is chosen on them, are held against 2,000 fresh examples; so are those on the examples that it
learnt from, which is what there was before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bench.baseline import Prediction
from bench.baselines.naive_bayes import NaiveBayes
from bench.metrics import accuracy
from bench.outputs import SingleLabel
from bench.records import Limit
from bench.runs.cells.fit_predict import CellTask, answer
from bench.runs.cells.meter import Meter
from bench.runs.planning.run_spec import Run, TaskRows
from bench.task import Example, Prompt, Task

FRESH, WORDS, LENGTH, TILT = 2000, 400, 12, 0.45
"""Fresh examples; words of the language, and of a text; how much a class prefers its words."""
TARGET = 0.9
"""The accuracy that a threshold is chosen for."""
LABELS = ("a", "b", "c")
TASK = Task(
    name="made_up",
    output=SingleLabel(*LABELS),
    load=lambda files: {},
    metrics=(accuracy,),
    prompt=Prompt(instruction="Which class?"),
    licence="made up",
    citation="made up",
    source="made up",
)


class Reserving(NaiveBayes):
    """Naive Bayes that gives up a part of its examples, as a costly family does."""

    full_data_entry: ClassVar[bool] = False


def world(labelled: int, seed: int) -> CellTask:
    """Return a task of made-up texts: so many labelled, `FRESH` for the test."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(0, TILT, (len(LABELS), WORDS))
    share = np.exp(log_odds) / np.exp(log_odds).sum(axis=1, keepdims=True)
    kinds = rng.integers(0, len(LABELS), labelled + FRESH)
    texts = [" ".join(f"w{w}" for w in rng.choice(WORDS, LENGTH, p=share[k])) for k in kinds]
    rows = [
        Example(f"{n}", text, LABELS[kind])
        for n, (text, kind) in enumerate(zip(texts, kinds.tolist(), strict=True))
    ]
    places, train = tuple(range(len(rows))), labelled * 9 // 10
    chosen = TaskRows(
        task=TASK.name,
        suite=None,
        train=places[:train],
        validation=places[train:labelled],
        test=places[labelled:],
        train_hash="",
        test_hash="",
        checks={},
        leaked=(),
    )
    return CellTask(TASK, chosen, rows)


@dataclass(frozen=True)
class Seen:
    """The confidence of predictions, and whether each is right."""

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]

    @property
    def threshold(self) -> float:
        """The lowest confidence above which `TARGET` of the predictions are right; inf if none."""
        order = np.argsort(-self.confidence, kind="stable")
        share = np.cumsum(self.right[order]) / np.arange(1, len(order) + 1)
        enough = np.flatnonzero(share >= TARGET)
        return float(self.confidence[order][enough[-1]]) if len(enough) else float("inf")

    def above(self, threshold: float) -> float:
        """Return the accuracy of the predictions that are at least so confident."""
        chosen = self.confidence >= threshold
        return float(self.right[chosen].mean()) if chosen.any() else float("nan")


def seen(examples: Sequence[Example], predictions: Sequence[Prediction]) -> Seen:
    """Hold predictions against gold."""
    pairs = list(zip(examples, predictions, strict=True))
    return Seen(
        np.array([max(p.scores or (0.0,)) for _, p in pairs]),
        np.array([p.value == e.target for e, p in pairs]),
    )


def measured(family: type[NaiveBayes], labelled: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return, by the examples that are looked at, accuracy there minus accuracy on fresh examples,
    and the fresh accuracy above the threshold that is chosen there."""
    cell = world(labelled, seed)
    run = Run(
        key="0" * 64,
        ingredients={},
        baseline="naive_bayes",
        params={},
        changed={},
        seed=0,
        seeded=False,
        limit=Limit(),
        profile="full",
        tasks=(cell.chosen,),
        score_train=True,
    )
    (found,) = answer(run, family, [cell], Meter(1)).answers
    calibration, ((rows, again),) = found.calibration, found.train
    assert calibration is not None
    fresh = seen(cell.pick(cell.chosen.test), found.test)
    looked = {
        "calibration examples": seen(cell.pick(calibration.rows), calibration.predictions),
        "examples learnt from": seen(rows, again),
    }
    return {
        name: (float(own.right.mean() - fresh.right.mean()), fresh.above(own.threshold))
        for name, own in looked.items()
    }


def mean(family: type[NaiveBayes], labelled: int, worlds: int) -> dict[str, tuple[float, float]]:
    """Return the means of `measured` over worlds."""
    each = [measured(family, labelled, seed) for seed in range(worlds)]
    return {
        name: (
            float(np.mean([one[name][0] for one in each])),
            float(np.nanmean([one[name][1] for one in each])),
        )
        for name in each[0]
    }


def main(arguments: Sequence[str]) -> None:
    """Print the table; `arguments` may hold the number of worlds."""
    worlds = int(arguments[0]) if arguments else 40
    print(f"{worlds} worlds; accuracy seen minus accuracy on fresh examples: wanted 0 ± .02;")
    print(f"fresh accuracy above a threshold for {TARGET}: wanted {TARGET} ± .05, since")
    print("the threshold is the luckiest of many: a guarantee needs a test for each")
    print(f"{'labelled':>8}  {'family':<14} {'looked at':<22} {'seen - fresh':>12} {'above':>6}")
    for labelled in (300, 1000, 3000):
        for family, name in ((NaiveBayes, "cross-fitted"), (Reserving, "reserved")):
            for looked, (gap, above) in mean(family, labelled, worlds).items():
                print(f"{labelled:>8}  {name:<14} {looked:<22} {gap:>+12.3f} {above:>6.3f}")
