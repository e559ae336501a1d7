"""The methods paragraph tells what was done with the results of this board, and nothing else."""

from dataclasses import replace

import pytest

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.choice import Choice, Selection
from bench.leaderboard.compute import compute
from bench.leaderboard.wording.methods import INTERVALS, methods
from bench.records import DataFacts, Limit
from bench.records.task_scores import ClassScore
from bench.store.store import StoredResult
from tests.support.advice import results
from tests.support.fakes import fake_draws, fake_result, fake_scores, fake_store


def told(found: list[StoredResult]) -> str:
    return methods(compute(found, []))


def two(**changes: object) -> list[StoredResult]:
    """A floor entry and a seeded one."""
    floor = fake_result("majority", score=0.3, seeded=False)
    return [floor, fake_result("lstm", score=0.8, **changes)]  # type: ignore[arg-type]


def with_method(board: Leaderboard, method: str) -> Leaderboard:
    """The board with all intervals made so."""
    rows = [
        replace(row, cells={n: replace(c, interval_method=method) for n, c in row.cells.items()})
        for row in board.rows
    ]
    return replace(board, rows=tuple(rows))


def test_the_test_is_the_one_that_is_used() -> None:
    text = told(results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0)))
    assert "McNemar" not in text
    assert "Student's t with Satterthwaite's degrees of freedom" in text
    assert "Holm's correction over all 3 pairs." in text
    assert "Hsu's multiple comparisons" in text and "a family of its own" in text


def test_one_entry_was_compared_with_nothing() -> None:
    text = told([fake_result("lstm")])
    for absent in ("Holm", "Hsu", "floor", "Nemenyi", "Means are", "signed-rank"):
        assert absent not in text
    assert text.startswith("We compared 1 entry (baselines with their settings) on 1 task ")


def test_nothing_scored_has_no_methods() -> None:
    assert told([fake_result(status="failed", reason="no")]) == "Nothing has been scored yet."


def test_noise_of_seeds_is_told_with_where_it_comes_from() -> None:
    unseeded = results(bert=(0.8, 90.0))
    assert "Variances are those of the test examples." in told(unseeded)
    assert "taken from values shipped with textbench (1 score)" in told(two())
    seeds = [fake_result("lstm", score=0.8 + s / 100, seed=s) for s in range(3)]
    text = told([*two()[:1], *seeds])
    assert "measured from several seeds and averaged with what is to be expected (1 score)" in text
    assert "(Smyth, 2004)" in text and "shipped" not in text
    assert "with seeds 0, 1, 2" in text and "they include the noise of seeds" in text


@pytest.mark.parametrize("method", INTERVALS)
def test_each_way_to_make_an_interval_has_words(method: str) -> None:
    text = methods(with_method(compute(two(), []), method))
    assert INTERVALS[method] in text
    assert sum(words in text for words in INTERVALS.values()) == 1
    assert ("Student's quantiles" in text) is (method not in ("percentile", "wilson"))


def test_wilson_s_intervals_are_of_small_proportions() -> None:
    def scored(name: str, test: int) -> list[StoredResult]:
        scores = fake_scores("reviews", 0.8, metric="accuracy", test=test)
        return [fake_result(name, scores=scores, draws=fake_draws("reviews", 0.8))]

    assert "Wilson" in told(scored("lstm", 150))
    assert "Wilson" not in told(scored("lstm", 1000))


def test_groups_are_named_with_their_tasks() -> None:
    facts = fake_scores("reviews", 0.8)
    data = DataFacts(**{**facts.data.model_dump(), "groups": 50})
    text = told([fake_result("lstm", scores=facts.model_copy(update={"data": data}))])
    assert "whole groups resampled on reviews" in text
    assert "groups" not in told(two())


def test_limits_are_told_where_there_are_some() -> None:
    assert "drawn anew for each seed" not in told(two())
    limited = two(limit=Limit(train=128))
    assert "128 labelled examples" in told(limited) and "drawn anew for each seed" in told(limited)


def test_the_recommendation_s_margin_is_in_the_paragraph() -> None:
    text = told(results(bert=(0.8, 90.0), naive_bayes=(0.79, 1.0)))
    assert "at most the margin (.020)" in text
    assert "margin" not in told([fake_result("majority", score=0.3, is_floor=True)])


def test_means_and_their_test_are_told_where_a_board_has_them() -> None:
    text = told(fake_store())
    assert "(score − floor) / (perfect − floor) over 3 tasks" in text
    assert "signed-rank" in text and "Nemenyi" in text


def test_a_choice_is_told() -> None:
    found = Selection(Choice(tasks=("reviews",)), 1, 4, (), ("Only task reviews: 1 of 4 tasks.",))
    board = replace(compute(two(), []), selection=found)
    assert "Only task reviews: 1 of 4 tasks." in methods(board)


def test_folds_and_splits_of_ours_are_told() -> None:
    board = compute(two(), [])
    (task,) = board.tasks
    folded = replace(board, tasks=(replace(task, test_of="folds", test_folds=5),))
    assert "Every example was tested, in 5 folds." in methods(folded)
    cut = replace(board, tasks=(replace(task, test_of="cut"),))
    assert "The test split of reviews was cut from the data here." in methods(cut)
    assert "folds" not in methods(board) and "cut" not in methods(board)


@pytest.mark.parametrize(("support", "told"), [(3, True), (300, False)])
def test_permutations_are_told_where_a_label_is_rare(support: int, told: bool) -> None:
    board = with_method(compute(two(), []), "macro_average")
    for row in board.rows:
        for cell in row.cells.values():
            cell.per_class.clear()
            cell.per_class["ham"] = ClassScore(precision=0.5, recall=0.5, f1=0.5, support=support)
    assert ("On reviews, where a label has few test examples" in methods(board)) is told
