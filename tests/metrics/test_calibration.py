"""Scores that are nearly probabilities are measured; scores that are none are refused."""

import numpy as np
import pytest

from bench.errors import BenchError
from bench.metrics import metric
from bench.metrics.aligned import Scored
from bench.metrics.multi_label import set_brier
from bench.outputs import MultiLabel, SingleLabel
from tests.support.aligned import scored

OUTPUT = SingleLabel("a", "b")


def three(shares: list[list[float]]) -> Scored:
    return scored(OUTPUT, ["a", "b", "b"], ["a", "b", "b"], np.array(shares))


@pytest.mark.parametrize("name", ["log_loss", "brier", "ece"])
def test_rounding_may_take_a_probability_a_hair_out_of_its_range(name: str) -> None:
    exact = three([[1.0, 0.0], [0.4, 0.6], [0.0, 1.0]])
    hair = three([[1.0000000000000002, -1e-17], [0.4, 0.6], [0.0, 1 + 1e-12]])
    m, one = metric(name), np.ones((3, 1), np.float32)
    expected = m.point(exact)
    assert m.point(hair) == pytest.approx(expected, abs=1e-9)
    assert float(m.score(m.statistic(hair)(one))[0]) == pytest.approx(expected, abs=1e-6)


def test_scores_that_are_no_probabilities_are_refused_by_their_row() -> None:
    margins = three([[0.7, 0.3], [2.0, -1.0], [0.1, 0.9]])
    with pytest.raises(BenchError, match=r"example '00001': scores .*non-negative"):
        metric("log_loss").point(margins)


def test_scores_that_do_not_sum_to_one_are_divided_by_their_sum() -> None:
    counts, shares = three([[3, 1], [1, 4], [2, 2]]), three([[0.75, 0.25], [0.2, 0.8], [0.5, 0.5]])
    assert metric("brier").point(counts) == pytest.approx(metric("brier").point(shares))


@pytest.mark.parametrize("shares", [[1.2, 0.1], [0.4, -3.0]])
def test_logits_of_a_set_are_refused_like_those_of_one_label(shares: list[float]) -> None:
    logits = scored(MultiLabel("a", "b"), [frozenset("a")], [frozenset("a")], np.array([shares]))
    with pytest.raises(BenchError, match="give probabilities from 0 to 1"):
        set_brier.point(logits)
