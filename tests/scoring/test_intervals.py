"""Intervals hold the true score as often as they say, where it is known; percentiles did not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.leaderboard.older_results import interval_facts
from bench.metrics import accuracy, ece, macro_f1, metrics_of, roc_auc
from bench.metrics.aligned import Scored
from bench.metrics.base import Metric
from bench.outputs import SingleLabel
from bench.records import IntervalFacts
from bench.scoring.bootstrap import percentiles
from bench.scoring.evaluate import replicates
from bench.scoring.intervals import facts_of, interval_of
from tests.support.aligned import numbers, scored, sets, single, spans
from tests.support.fakes import fake_scores

Ints = NDArray[np.int64]


def labelled(gold: Ints, value: Ints, shares: NDArray[np.float64] | None = None) -> Scored:
    output = SingleLabel(*(f"{k:02}" for k in range(40)))
    if shares is not None:
        output = SingleLabel("no", "yes")
    found = scored(output, *([output.labels[k] for k in x] for x in (gold, value)), scores=shares)
    name = str(np.random.default_rng([*gold, *value]).integers(2**60))
    return replace(found, ids=tuple(name + id_ for id_ in found.ids))


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.scoring.bootstrap.DRAWS", 400)


def held(
    metric: Metric, truth: float, draw: Callable[[np.random.Generator], Scored], times: int
) -> tuple[float, float]:
    """The shares of samples whose interval holds the truth: percentiles, and the shown one."""
    random, found = np.random.default_rng(0), []
    for _ in range(times):
        rows = draw(random)
        point, draws = metric.point(rows), replicates([metric], rows)[metric.name]
        both = percentiles(draws), interval_of(point, draws, facts_of(metric, rows))
        found.append([b.low <= truth <= b.high for b in both])
    before, now = np.mean(found, axis=0)
    return float(before), float(now)


def test_macro_f1_of_a_long_tail() -> None:
    """40 labels by Zipf's law; the rarer half is always taken for the most frequent one."""
    share = 1 / np.arange(1, 41) ** 1.5
    share /= share.sum()

    def answer(random: np.random.Generator, gold: Ints) -> Ints:
        wrong = (gold >= 20) | (random.random(len(gold)) < 0.2)
        return np.where(wrong, 0, gold)

    def draw(random: np.random.Generator) -> Scored:
        gold = random.choice(40, 500, p=share)
        return labelled(gold, answer(random, gold))

    precision = share[0] / (share[0] + 0.2 * share[1:20].sum() + share[20:].sum())
    truth = (2 * precision / (precision + 1) + 19 * 2 * 0.8 / 1.8) / 40
    before, now = held(macro_f1, truth, draw, 25)
    assert before < 0.5 and now >= 0.75


def test_roc_auc_near_one_with_few_positives() -> None:
    def draw(random: np.random.Generator) -> Scored:
        gold = np.arange(150) % 10 == 0
        yes = 1 / (1 + np.exp(-random.normal(2.9044 * gold)))  # the area is .98
        return labelled(gold * 1, yes.round().astype(int), np.stack([1 - yes, yes], axis=1))

    before, now = held(roc_auc, 0.98, draw, 60)
    assert before < 0.88 <= now


def test_accuracy_in_few_groups() -> None:
    def draw(random: np.random.Generator) -> Scored:
        own = random.beta(0.8, 0.2, 10).repeat(15)  # an intraclass correlation of .5
        wrong = (random.random(150) > own) * 1
        return replace(labelled(np.zeros(150, int), wrong), unit=np.arange(150) // 15)

    before, now = held(accuracy, 0.8, draw, 80)
    assert before < now and now >= 0.88


def test_the_calibration_error_of_a_calibrated_model() -> None:
    def draw(random: np.random.Generator) -> Scored:
        sure = random.uniform(0.6, 0.99, 150)
        gold = (random.random(150) > sure) * 1
        return labelled(gold, gold * 0, np.stack([sure, 1 - sure], axis=1))

    before, now = held(ece, 0.0, draw, 40)
    assert before < 0.1 and now >= 0.9


@pytest.mark.parametrize("rows", [single(0, 40), sets(0, 40), numbers(0, 40), spans(0, 20)])
def test_a_score_never_lies_outside_its_interval(rows: Scored) -> None:
    metrics = [m for m in metrics_of(rows.output) if m.name != "set_macro_f1"]
    for name, draws in replicates(metrics, rows).items():
        metric = next(m for m in metrics if m.name == name)
        point = metric.point(rows)
        found = interval_of(point, draws, facts_of(metric, rows))
        assert found.low <= point <= found.high and found.low < found.high


@pytest.mark.parametrize("metric", [macro_f1, roc_auc, ece, accuracy])
def test_stored_draws_give_the_interval_that_was_shown(metric: Metric) -> None:
    rows = single(1, 150)
    point, draws, facts = metric.point(rows), replicates([metric], rows), facts_of(metric, rows)
    shown = interval_of(point, draws[metric.name], facts)
    again = interval_of(point, draws[metric.name].astype(np.float32), facts)
    assert (again.low, again.high) == pytest.approx((shown.low, shown.high), abs=1e-6)


def test_seeds_share_their_method_and_older_results_keep_percentiles() -> None:
    new = [IntervalFacts(method="macro_average", units=9, widening=w) for w in (1.0, 1.2)]
    scores = [fake_scores("t", 0.5, interval=facts) for facts in new]
    assert interval_facts(scores) == IntervalFacts(method="macro_average", units=9, widening=1.1)
    assert interval_facts([*scores, fake_scores("t", 0.5)]).method == "percentile"


def test_labels_with_few_examples_widen_a_macro_average() -> None:
    rows = scored(SingleLabel("a", "b", "c"), [*"aaaaab"], [*"aaaaaa"])
    facts = macro_f1.interval(rows)
    assert facts.widening == pytest.approx(np.sqrt((5 / 4 + 2) / 2))


def test_a_group_counts_once_for_a_label() -> None:
    rows = scored(SingleLabel("a", "b"), [*"aaaabb"], [*"aaaabb"])
    grouped = replace(rows, unit=np.array([0, 0, 0, 1, 2, 3]))
    assert macro_f1.interval(grouped).widening == pytest.approx(np.sqrt(2))
