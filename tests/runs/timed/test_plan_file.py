"""plan.toml, written and read, and what is said of bad ones."""

from pathlib import Path

import pytest

from bench.errors import UserError
from bench.runs.timed.plan_file import is_plan, read_plan, text_of
from bench.runs.timed.timed_plan import EntryOfPlan, Recipe, TaskOfPlan, TimedPlan

DIGEST = "ab" * 32


def plan() -> TimedPlan:
    rate = {"model": "minilm-l6", "learning_rate": 1e-4, "odd": 'quo"te\\ é \x7f'}
    return TimedPlan(
        profile="quick",
        smallest=100,
        test=500,
        threads=2,
        tasks={"tickets": TaskOfPlan(examples=DIGEST, folds=5)},
        recipes={"bert": Recipe(baseline="bert", params=rate)},
        entries=(
            EntryOfPlan(recipe="bert", tasks=("tickets",), train=100, seeds=(0,), seconds=12.3),
            EntryOfPlan(recipe="bert", tasks=("tickets",), seeds=(0, 1)),
        ),
    )


def stored(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text)
    return path


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_plan(stored(tmp_path, text_of(plan()))) == plan()


def test_an_experiment_is_no_plan(tmp_path: Path) -> None:
    assert is_plan(stored(tmp_path, text_of(plan())))
    assert not is_plan(stored(tmp_path, 'tasks = ["trec"]'))


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("format = 1", "format = 2", "format 2"),
        ("format = 1", 'format = "1"', "format '1'"),
        ("format = 1", "", "no format"),
        ('profile = "quick"', 'profile = "slow"', "profile"),
        ("smallest = 100", "smallest = 100.0", "smallest"),
        ("smallest = 100", "smallest = 0", "smallest"),
        ("test = 500", "test = true", "test"),
        ("threads = 2", "threads = 4096", "threads"),
        ("threads = 2", "thread = 2", "thread"),
        ("folds = 5", "folds = 1", "folds"),
        ("folds = 5", "folds = -1", "folds"),
        (DIGEST, "x", "examples"),
        ('baseline = "bert"', 'baseline = "../bert"', "baseline"),
        ("[tasks.tickets]", "[tasks.'../x']", "tasks"),
        ("train = 100", "train = 50", "below smallest"),
        ("train = 100", 'train = "100"', "entry 1, train"),
        ("train = 100, ", "", "entry 2 is there twice"),
        ("seeds = [0]", "seeds = []", "entry 1, seeds"),
        ("seeds = [0]", "seeds = [-1]", "entry 1, seeds"),
        ("seeds = [0, 1]", "seeds = [1, 1]", "seed is named twice"),
        ("seconds = 12.3", "seconds = nan", "entry 1, seconds"),
        ("seconds = 12.3", "seconds = inf", "entry 1, seconds"),
        ('{ recipe = "bert"', '{ recipe = "brt"', "'brt'"),
        ('["tickets"]', '["ticket"]', "'ticket'"),
        ('["tickets"]', '["tickets", "tickets"]', "a task twice"),
        ('["tickets"]', "[]", "entry 1, tasks"),
        ("entries = [", "entries = [[", "TOML"),
        ("seeds = [0]", "seeds = [0], odd = 1", "unknown key"),
    ],
)
def test_each_field_is_checked_and_a_fault_is_one_line(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    text = text_of(plan())
    assert good in text
    with pytest.raises(UserError) as caught:
        read_plan(stored(tmp_path, text.replace(good, bad, 1)))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("odd", ["fifo", "link", "folder", "missing", "binary"])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, odd: str) -> None:
    import os

    path = tmp_path / "plan.toml"
    if odd == "fifo":
        os.mkfifo(path)
    elif odd == "link":
        path.symlink_to(tmp_path / "other.toml")
    elif odd == "folder":
        path.mkdir()
    elif odd == "binary":
        path.write_bytes(b"\xff\x00")
    with pytest.raises(UserError, match=r"plan\.toml"):
        read_plan(path)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("format = 1", "format = true", "format true"),
        ("seeds = [0]", "seeds = []", "must not be empty"),
        ("smallest = 100", 'smallest = "100"', "must be a whole number"),
        ("entries = [", "entries = [3,", "must be a table"),
        (DIGEST, "x", "64 hexadecimal digits"),
        ('baseline = "bert"', 'baseline = "../bert"', "must be a name"),
    ],
)
def test_faults_are_told_in_the_words_of_the_file(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    with pytest.raises(UserError) as caught:
        read_plan(stored(tmp_path, text_of(plan()).replace(good, bad, 1)))
    assert said in str(caught.value)
    assert not any(word in str(caught.value) for word in ("Tuple", "Input", "EntryOfPlan", "^["))


def test_a_plan_without_its_format_is_no_experiment(tmp_path: Path) -> None:
    assert is_plan(stored(tmp_path, text_of(plan()).replace("format = 1", "")))
