"""The headline: what it says of each kind of board, from the numbers of the recommendation, and
that it claims no more."""

import re

import pytest

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.wording.names import listed, names
from bench.records import Limit, ModelFacts
from tests.leaderboard.recommendation.test_reference_test import PART, Folder, quick_and_full
from tests.support.boards import BOARDS, board, entry, floor
from tests.support.fakes import fake_blocked, fake_scores, fake_store

ESTIMATED = "estimated"


def estimated() -> Leaderboard:
    """A board whose best entry was scored on a part of the test."""
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.7, test=None)
    folder.add("bert", 0.95, test=PART)
    return folder.board()


EVERY = {**BOARDS, ESTIMATED: estimated, "quick and full": lambda: quick_and_full().board()}
FIRST = {
    "nothing": "No results yet: `bench run` makes some.",
    "one entry": "Recommended for reviews: bert. It scores .800 (macro_f1); no other model has a "
    "comparable score. It takes 3.0 s to fit and to answer 1,000 texts. What guessing scores is "
    "unknown: run majority and stratified_random too.",
    "one entry above guessing": "Recommended for reviews: bert. It scores .800 (macro_f1); no "
    "other model has a comparable score. It takes 3.0 s to fit and to answer 1,000 texts.",
    "clear": "Recommended for reviews: bert. It scores .800 (macro_f1) and is almost certainly the "
    "best of 2 models. It takes 92.0 s to fit and to answer 1,000 texts.",
    "nothing beats guessing": "No recommendation for reviews: no model significantly beats "
    "guessing (macro_f1 .300); the best, bert, has .310.",
    "one test example": "No recommendation for reviews: a test of 1 example is too small for a "
    "recommendation, which needs 30; `--folds 5` tests on every example.",
    "29 test examples": "No recommendation for reviews: a test of 29 examples is too small for a "
    "recommendation, which needs 30; `--folds 5` tests on every example.",
    "only floors": "Only stratified_random and majority have a score yet: they only guess.",
    "one floor": "Only majority has a score yet: it only guesses.",
    "only failures": "No model has a score yet.",
    "only outside": "Recommended for reviews: theirs outside. It scores .800 (macro_f1) and is "
    "almost certainly the best of 2 models. What it costs is unknown. What guessing scores is "
    "unknown: run majority and stratified_random too.",
    "error without margin": "No recommendation for reviews: rmse has no bounded scale and declares "
    "no margin, so what difference matters is unknown. Give one with `bench recommend --margin`, "
    "or declare it in the task.",
    "60 classes": "Recommended for tickets: bert. It scores .400 (macro_f1) and is almost "
    "certainly the best of 3 models. It takes 92.0 s to fit and to answer 1,000 texts. It learnt "
    "from 128 of 2,400 labelled examples for 60 classes; with all of them it has not been tried.",
    "60 classes, no more labels": "Recommended for tickets: naive_bayes. It scores .160 "
    "(macro_f1); no other model has a comparable score. It takes 3.0 s to fit and to answer 1,000 "
    "texts. It learnt from 128 labelled examples for 60 classes: more labelled examples are the "
    "first thing to try.",
    "tiny and not": "Task by task, the recommended model is naive_bayes on reviews; on tiny there "
    "is none.",
}
"""The first sentence of boards on which it does not depend on random draws."""
LAST = {
    "all tied": "In the ranking, a is first on reviews (.800 [.770, .830]); b and c are tied with "
    "it.",
    "clear": "In the ranking, bert is first on reviews (.800 [.770, .830]), significantly ahead of "
    "the other model.",
    "nothing beats guessing": "In the ranking, bert is first on reviews (.310 [.280, .340]), "
    "significantly ahead of the other model but not of guessing.",
    "one test example": "In the ranking, a is first on reviews (1.000 [.970, 1.030]).",
    "29 test examples": "In the ranking, a is first on reviews (.800 [.770, .830]); the test is "
    "too small to tell models apart.",
    "a limit of its own": "In the ranking (128 to 1,000 labelled and 150 test examples), lstm is "
    "first on reviews (.830 [.800, .860]), significantly ahead of the other model.",
}


@pytest.fixture(scope="module")
def made() -> dict[str, Leaderboard]:
    """Every board by name."""
    return {name: make() for name, make in EVERY.items()}


@pytest.mark.parametrize("name", FIRST)
def test_the_first_sentence_is_true_of_the_board(name: str, made: dict[str, Leaderboard]) -> None:
    assert made[name].verdict[0] == FIRST[name]


@pytest.mark.parametrize("name", LAST)
def test_the_ranking_says_no_more_than_its_tests(name: str, made: dict[str, Leaderboard]) -> None:
    assert made[name].verdict[-1] == LAST[name]


@pytest.mark.parametrize("name", EVERY)
def test_headline_and_recommendation_are_the_same_numbers(
    name: str, made: dict[str, Leaderboard]
) -> None:
    found = made[name]
    if not found.advice or found.verdict[0].startswith("Task by task"):
        return
    first = next((one for one in found.advice if not one.task), found.advice[0])
    told = first.words.split(": ", 1)[1]
    assert found.verdict[0].endswith(told)
    assert not first.take or told.startswith(names(found.rows)[first.take])


@pytest.mark.parametrize("name", EVERY)
def test_sentences_are_whole_and_plain(name: str, made: dict[str, Leaderboard]) -> None:
    found = made[name]
    told = [*found.verdict, *(one.words for one in found.advice), *found.limits]
    assert 1 <= len(found.verdict) <= 4
    for sentence in told:
        assert sentence.endswith(".") and "  " not in sentence and ".." not in sentence
        assert not re.search(r"\b(surely|rows?|nan|None)\b", sentence)
        assert not re.search(r"\b1 (examples|models|tasks|results have)\b", sentence)


@pytest.mark.parametrize("name", ["all tied", "all tied and alike in cost", "shared fit", "noisy"])
def test_of_models_that_could_each_be_the_best_none_is_called_that(
    name: str, made: dict[str, Leaderboard]
) -> None:
    assert all("almost certainly" not in one.words for one in made[name].advice)


def test_a_loss_has_the_sign_and_unit_of_its_metric(made: dict[str, Leaderboard]) -> None:
    assert re.search(r" points? against the best", made["cheap and near"].verdict[0])
    words = made["error with margin"].verdict[0]
    assert "It scores 2.200 (rmse, lower is better) and is expected to be 0.2 worse" in words
    assert "likely to be within 0.5 of it" in words
    assert "(log_loss, lower is better)" in made["log loss"].verdict[0]


def test_what_would_settle_a_doubt_is_said(made: dict[str, Leaderboard]) -> None:
    assert re.search(r"About [\d,]+ more test examples would prob", made["noisy"].verdict[0])
    assert re.search(r"\d more seeds would probably", made["seeds differ"].verdict[0])


def test_an_estimated_score_is_called_that(made: dict[str, Leaderboard]) -> None:
    words = made[ESTIMATED].verdict[0]
    assert "It scores about .9" in words
    assert "it answered 100 of the 400 test examples" in words


def test_after_quick_and_full_the_model_of_full_is_named(made: dict[str, Leaderboard]) -> None:
    words = made["quick and full"].verdict[0]
    assert words.startswith("Recommended for reviews: naive_bayes (all examples). It scores .")
    assert "learnt from" not in words


def test_seconds_over_tasks_are_those_of_one(made: dict[str, Leaderboard]) -> None:
    assert "It takes 3.0 s a task to fit" in made["two tasks"].verdict[0]
    assert "on each of the 2 tasks" in made["two tasks"].verdict[1]


def test_of_many_tasks_the_models_are_counted() -> None:
    cheap = {"x": 0.8, "y": 0.8, "z": 0.5, "u": 0.8, "v": 0.8}
    found = board(
        *(floor(task) for task in cheap),
        *(entry("naive_bayes", score, task=task) for task, score in cheap.items()),
        *(entry("bert", 0.8, 90.0, task=task) for task in cheap),
    )
    assert found.verdict[1] == (
        "Task by task, the recommended model is naive_bayes on 4 and bert on 1 of 5 tasks."
    )


def test_a_model_that_was_tried_with_all_labelled_examples_is_not_said_not_to_be() -> None:
    data = fake_scores("reviews", 0.7).data.model_copy(update={"train": 1000})
    found = board(
        floor(),
        entry("bert", 0.8, limit=Limit(train=128)),
        entry("bert", 0.7, full_data_row=True, facts={"data": data}),
    )
    words = found.verdict[0]
    assert words.endswith("It learnt from 128 of 1,028 labelled examples.")


def test_over_all_the_others_are_those_with_a_score_on_each_task() -> None:
    found = board(
        *(floor(task) for task in "xy"),
        *(entry(name, score, task=t) for name, score in (("a", 0.9), ("b", 0.5)) for t in "xy"),
        entry("c", 0.95, task="x"),
    )
    assert "almost certainly the best of 2 models with a score on each task." in found.verdict[0]


def test_models_that_are_first_equally_often_are_named_together() -> None:
    found = board(floor("x"), floor("y"), entry("a", 0.8, task="x"), entry("b", 0.8, task="y"))
    assert found.verdict == (
        "Task by task, the recommended model is a on x and b on y.",
        "In the ranking, a and b are first or tied with the first on 1 of 2 tasks each.",
    )


def test_that_nothing_can_be_recommended_anywhere_is_said_once() -> None:
    found = board(
        *(floor(task) for task in "xy"), *(entry("a", 0.31, task=t, noise=0.1) for t in "xy")
    )
    assert found.verdict[0] == (
        "No recommendation over 2 tasks: no model significantly beats guessing on any of them."
    )
    assert not any("can be recommended" in sentence for sentence in found.verdict)


def test_a_stand_in_is_called_one() -> None:
    model = ModelFacts(
        name="tiny", of="o/tiny", revision="1", sha256={}, parameters=7, stand_in_for="Large"
    )
    told = board(floor(), entry("a", 0.8, model=model)).verdict[0]
    assert told.startswith("Recommended for reviews: a (tiny, a stand-in for Large).")


def test_a_task_that_nobody_has_done_counts_nowhere() -> None:
    found = board(floor(), entry("a", 0.8), fake_blocked("a", "far_away", "no files"))
    assert found.verdict[0].startswith("Recommended for reviews: a.")


@pytest.mark.parametrize("tasks", [1, 2, 12])
@pytest.mark.parametrize("seeds", [1, 2])
def test_a_headline_is_one_to_four_whole_sentences(tasks: int, seeds: int) -> None:
    told = compute(fake_store(tasks=tasks, seeds=seeds), []).verdict
    assert 1 <= len(told) <= 4
    assert all(sentence.endswith(".") and "  " not in sentence for sentence in told)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_long_lists_are_cut(given: list[str], expected: str) -> None:
    assert listed(given) == expected
