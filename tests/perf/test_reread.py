"""A made page read again: what its intervals say of test examples, and what seeds add."""

from dataclasses import replace

import numpy as np
import pytest

from perf.reread.board import advice, normal_draws, readings
from perf.reread.page import Page, PageCell, PageEntry, PageTask

ENTRIES = (
    PageEntry("bert-1", "bert", "", False),
    PageEntry("lstm-1", "lstm", "", False),
    PageEntry("naive-bayes-1", "naive_bayes", "", False),
    PageEntry("majority-1", "majority", "", True),
)
CELL = PageCell(0.8, 0.02, 3, True, 0.0, 1000, 10.0, 1.0, 1)


def page(*, lstm_sd: float, units: int = 400) -> Page:
    """Return a page of one task: bert .80, lstm .74, naive_bayes .79 with no seed, floor .40."""
    cells = (
        CELL,
        replace(CELL, point=0.74, seed_sd=lstm_sd),
        replace(CELL, point=0.79, seeds=1, seeded=False, seed_sd=None, fit=0.1, predict=0.1),
        replace(CELL, point=0.40, seeds=1, seeded=False, seed_sd=None),
    )
    apart = np.full((4, 4), 0.012) - 0.012 * np.eye(4)
    holm_p = np.ones((4, 4))
    task = PageTask("made", "starter", "macro_f1", 400, units, cells, apart, holm_p)
    return Page(ENTRIES, (task,))


def test_the_draws_differ_as_much_as_the_page_says() -> None:
    task = page(lstm_sd=0.0).tasks[0]
    draws = normal_draws(task)
    assert np.std(draws[0] - draws[1], ddof=1) == pytest.approx(0.012, rel=1e-6)
    assert np.std(draws[2], ddof=1) == pytest.approx(0.02, rel=1e-6)


def test_a_difference_of_five_standard_errors_is_sure_without_noise_of_seeds() -> None:
    (found,) = readings(page(lstm_sd=0.0))
    assert found.p[0, 1] < 0.001


def test_the_same_difference_is_not_sure_where_the_seeds_of_one_are_apart_by_as_much() -> None:
    (found,) = readings(page(lstm_sd=0.06))
    assert found.without.holm_p[0, 1] < 0.001
    assert found.p[0, 1] > 0.2


def test_one_seed_borrows_the_noise_of_its_family() -> None:
    two = page(lstm_sd=0.06)
    alone = replace(two.tasks[0].cells[1], seeds=1, seed_sd=None)
    cells = (two.tasks[0].cells[0], alone, *two.tasks[0].cells[2:])
    other = replace(two.tasks[0], name="other", cells=cells)
    _, found = readings(replace(two, tasks=(two.tasks[0], other)))
    assert found.noises[1].origin == "borrowed"
    assert found.noises[1].of_mean == pytest.approx(0.06**2)


def test_the_cheapest_near_the_best_is_recommended() -> None:
    shown = page(lstm_sd=0.01)
    (one,) = advice(shown, readings(shown))
    assert one.take == "naive-bayes-1"


def test_nothing_is_recommended_from_eleven_authors() -> None:
    shown = page(lstm_sd=0.01, units=11)
    (one,) = advice(shown, readings(shown))
    assert one.take == ""
    assert "11 groups" in one.words
