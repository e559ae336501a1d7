"""When a given time decides what is run."""

from pathlib import Path

import pytest

from bench.errors import UserError
from bench.runs.planning.experiment import RunRequest
from bench.runs.timed.asked import DEFAULT, seconds_asked
from tests.support.plugins_for_tests import add_task


def request_for(folder: Path, **words: object) -> RunRequest:
    add_task(folder, "colours")
    return RunRequest(**{"tasks": ["colours"], "plugins": [folder], **words})  # type: ignore[arg-type]


def test_tasks_of_ones_own_get_ten_minutes(tmp_path: Path) -> None:
    assert seconds_asked(request_for(tmp_path), "") == DEFAULT == 600


@pytest.mark.parametrize(
    "words",
    [
        {"profile": "quick"},
        {"limit_train": 100},
        {"limit_test": 100},
        {"folds": 0},
        {"experiment": "quick"},
    ],
)
def test_who_says_how_much_to_run_gets_that(tmp_path: Path, words: dict[str, object]) -> None:
    request = request_for(tmp_path, **words)
    assert seconds_asked(request, "") is None
    with pytest.raises(UserError, match="leave out") as caught:
        seconds_asked(request, "10m")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        {"tasks": ["bbc_news"]},
        {"tasks": ["colours", "bbc_news"]},
        {"tasks": [], "everything": True},
        {"suites": ["starter"]},
        {"settings": ["naive_bayes.alpha=[1, 2]"]},
    ],
)
def test_other_requests_are_fixed_recipes(tmp_path: Path, words: dict[str, object]) -> None:
    assert seconds_asked(request_for(tmp_path, **words), "") is None


def test_shipped_tasks_take_a_time_when_asked(tmp_path: Path) -> None:
    assert seconds_asked(request_for(tmp_path, tasks=["bbc_news"]), "90s") == 90
