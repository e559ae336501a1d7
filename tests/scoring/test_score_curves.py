"""ROC and precision-recall curves, and reliability, against their definitions."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from bench.baseline import Prediction
from bench.leaderboard.compute import compute
from bench.metrics import ece
from bench.metrics.aligned import Scored, align
from bench.outputs import MultiLabel, Output, SingleLabel
from bench.records import Reliability, ScoreCurve
from bench.reports.html.payload import payload
from bench.scoring.score_curves import POINTS, POOLED, pooled, reliability, score_curves
from bench.task import Example
from tests.support.fakes import fake_result, fake_scores

TWO = SingleLabel("good", "bad")


def made(output: Output, rows: int, *, seed: int = 0, sharp: float = 1.0) -> Scored:
    rng, labels = np.random.default_rng(seed), output.labels
    several = isinstance(output, MultiLabel)
    examples, predictions = [], []
    for i in range(rows):
        gold = rng.integers(len(labels))
        score = rng.normal(size=len(labels)) + sharp * (np.arange(len(labels)) == gold)
        share = np.exp(score) / np.exp(score).sum()
        target = frozenset({labels[gold]}) if several else labels[gold]
        best = labels[int(share.argmax())]
        value = frozenset({best}) if several else best
        examples.append(Example(str(i), "made up", target))
        predictions.append(Prediction(value, tuple(share.tolist())))
    return align(output, examples, predictions)


def test_the_area_under_a_thinned_roc_curve_is_that_of_all_points() -> None:
    scored = made(TWO, 3000)
    (curve,) = score_curves(scored)
    x, y = np.array(curve.roc).T
    assert scored.scores is not None
    exact = roc_auc_score(scored.gold_index == 1, scored.scores[:, 1])
    assert np.trapezoid(y, x) == pytest.approx(exact, abs=2e-3)


def test_a_curve_keeps_both_ends_and_no_more_points_than_said() -> None:
    (curve,) = score_curves(made(TWO, 3000))
    assert (curve.roc[0], curve.roc[-1]) == ((0.0, 0.0), (1.0, 1.0))
    assert curve.pr[-1][0] == 1.0 and max(len(curve.roc), len(curve.pr)) <= POINTS


def test_the_area_under_a_precision_recall_curve_is_near_the_average_precision() -> None:
    scored = made(TWO, 3000)
    (curve,) = score_curves(scored)
    x, y = np.array(curve.pr).T
    assert scored.scores is not None
    exact = average_precision_score(scored.gold_index == 1, scored.scores[:, 1])
    assert np.trapezoid(y, x) == pytest.approx(exact, abs=2e-2)


def test_each_of_several_labels_has_a_curve_and_many_have_one_together() -> None:
    few, many = (SingleLabel(*(f"l{i}" for i in range(n))) for n in (5, 20))
    assert [c.label for c in score_curves(made(few, 300))] == list(few.labels)
    assert [c.label for c in score_curves(made(many, 900))] == [POOLED]


def test_a_label_that_no_row_has_gets_no_curve() -> None:
    output = SingleLabel("a", "b", "c")
    scored = made(TWO, 50)
    rows = [
        Example(i, "made up", "a" if g else "b")
        for i, g in zip(scored.ids, scored.gold_index, strict=True)
    ]
    answers = [Prediction("a", (0.5, 0.3, 0.2))] * 50
    assert [c.label for c in score_curves(align(output, rows, answers))] == ["a", "b"]


def test_without_scores_there_are_no_curves() -> None:
    row = Example("1", "made up", "good")
    scored = align(TWO, [row], [Prediction("good")])
    assert (score_curves(scored), reliability(scored)) == ((), None)


def test_reliability_counts_each_row_in_the_bin_of_its_largest_probability() -> None:
    rows = [Example(str(i), "made up", "good") for i in range(4)]
    shares = [(0.95, 0.05), (0.97, 0.03), (0.25, 0.75), (1.0, 0.0)]
    answers = [Prediction("good" if a > b else "bad", (a, b)) for a, b in shares]
    found = reliability(align(TWO, rows, answers))
    assert found is not None
    assert found.bins[14] == (3, pytest.approx(0.9733, abs=1e-4), 1.0)
    assert found.bins[11] == (1, 0.75, 0.0)
    assert found.error == pytest.approx((0.05 + 0.03 + 0.0 + 0.75) / 4)


def test_the_drawing_and_the_metric_tell_the_same_calibration_error() -> None:
    sure = np.random.default_rng(0).random(60)
    rows = [Example(str(i), "made up", "good" if i % 3 else "bad") for i in range(60)]
    answers = [Prediction("good" if p >= 0.5 else "bad", (p, 1 - p)) for p in map(float, sure)]
    scored = align(TWO, rows, answers)
    found = reliability(scored)
    assert found is not None and found.error == pytest.approx(ece.point(scored))


def test_scores_that_are_no_probabilities_have_no_reliability() -> None:
    row = Example("1", "made up", "good")
    assert reliability(align(TWO, [row], [Prediction("good", (-0.5, -3.0))])) is None


def test_of_several_labels_every_one_counts_as_a_yes() -> None:
    output = MultiLabel("x", "y")
    row = Example("1", "made up", frozenset({"x"}))
    found = reliability(align(output, [row], [Prediction(frozenset({"x"}), (0.9, 0.2))]))
    assert found is not None and found.bins[13][2] == 1.0 and found.bins[3] == (1, 0.2, 0.0)


def test_the_rows_of_several_seeds_add_up_bin_by_bin() -> None:
    empty = ((0, 0.0, 0.0),) * 9
    one = Reliability(bins=(*empty, (10, 0.92, 0.5)), error=0.42)
    other = Reliability(bins=((30, 0.05, 0.1), *empty[1:], (30, 0.96, 0.9)), error=0.055)
    found = pooled([one, other])
    assert found is not None
    assert (found.bins[0], found.bins[-1]) == ((30, 0.05, 0.1), (40, 0.95, 0.8))
    assert found.error == pytest.approx((0.42 + 0.055) / 2)
    assert (pooled([one]), pooled([])) == (one, None)


@pytest.mark.parametrize(("seeds", "said"), [((0,), None), ((3, 1), 1)])
def test_the_page_says_which_of_several_seeds_a_curve_is_of(
    seeds: tuple[int, ...], said: int | None
) -> None:
    curve = ScoreCurve(label="good", rows=2, positives=1, roc=((0, 0),), pr=((0, 1),))
    scores = fake_scores("reviews", 0.8, curves=(curve,))
    board = compute([fake_result(seed=seed, scores=scores) for seed in seeds], [])
    [found] = payload(board)["plots"].values()
    assert found["seed"] == said
