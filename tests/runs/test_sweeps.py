"""Sweeps: all that several of them ask for, each once, and every mistake in them named."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.records import TRAIN_SIZE
from bench.runs.planning.keys import Code
from bench.runs.planning.run_spec import Run
from tests.support.experiments import complaint, toml
from tests.support.planning import CODE, planned, plugins

__all__ = ["plugins"]
BOTH: Sequence[str] = ["odd", "unseeded"]


def swept(plugins: Path, text: str, code: Code = CODE, **words: object) -> list[Run]:
    """The runs of those sweeps, over 150 labelled rows."""
    asked = {"baselines": BOTH, "experiment": toml(plugins, text), **words}
    return planned(plugins, code, **asked)


def said(runs: Sequence[Run]) -> list[tuple[str, str | None]]:
    return [(run.baseline, run.variant) for run in runs]


def test_of_several_sweeps_all_are_run(plugins: Path) -> None:
    runs = swept(plugins, "[[sweep]]\nodd.pause = [0.1]\n[[sweep]]\nodd.word = ['y', 'z']\n")
    odd = [variant for name, variant in said(runs) if name == "odd"]
    assert odd == ["pause=0.1", "word=y", "word=z"]


def test_what_several_sweeps_share_is_run_once(plugins: Path) -> None:
    text = "[[sweep]]\nlimits.train = [20, 50]\n[[sweep]]\nlimits.train = [50, 100]\n"
    runs = swept(plugins, text, baselines=["odd"])
    assert [run.variant for run in runs] == ["train=20", "train=50", "train=100"]
    assert len({run.key for run in runs}) == 3


def test_the_order_of_two_parameters_makes_no_double(plugins: Path) -> None:
    one, other = "odd.pause = [0.1]\nodd.word = ['y']", "odd.word = ['y']\nodd.pause = [0.1]"
    runs = swept(plugins, f"[[sweep]]\n{one}\n[[sweep]]\n{other}\n", baselines=["odd"])
    assert [run.variant for run in runs] == ["pause=0.1, word=y"]


def test_a_value_that_is_given_twice_is_run_once(plugins: Path) -> None:
    runs = swept(plugins, "[sweep]\nodd.pause = [0.1, 0.1]\n", baselines=["odd"])
    assert said(runs) == [("odd", "pause=0.1")]


def test_a_sweep_with_baselines_is_for_those_alone(plugins: Path) -> None:
    text = "[[sweep]]\nbaselines = ['unseeded']\n[[sweep]]\nbaselines = ['odd']\n"
    runs = swept(plugins, f"{text}odd.pause = [0.1]\nlimits.train = [20]\n")
    assert sorted(said(runs)) == [("odd", "pause=0.1, train=20"), ("unseeded", None)]


def test_a_sweep_without_baselines_is_for_all(plugins: Path) -> None:
    runs = swept(plugins, "[sweep]\nodd.pause = [0.1]\nlimits.train = [20]\n")
    assert said(runs) == [("odd", "pause=0.1, train=20"), ("unseeded", "train=20")]


def test_sizes_above_a_limit_that_is_asked_for_fall_away_with_their_doubles(plugins: Path) -> None:
    text = "[[sweep]]\nlimits.train = [20, 50, 100]\n[[sweep]]\nlimits.train = [80, 100]\n"
    runs = swept(plugins, text, baselines=["odd"], limit_train=50)
    assert [run.limit.train for run in runs] == [20, 50]


def test_a_sweep_over_sizes_adds_one_full_data_row(plugins: Path) -> None:
    text = "[[sweep]]\nlimits.train = [20, 50]\n[[sweep]]\nlimits.train = [100]\n"
    code = Code({"naive_bayes": "s"}, {"naive_bayes": "l"})
    runs = swept(plugins, text, code, baselines=["naive_bayes"])
    assert [(run.limit.train, run.full_data_row) for run in runs] == [
        (20, False),
        (50, False),
        (None, True),
        (100, False),
    ]


def test_a_swept_value_goes_before_one_that_the_file_gives(plugins: Path) -> None:
    text = "[baselines.odd]\npause = 0.5\nword = 'y'\n[sweep]\nodd.pause = [0.1]\n"
    (run,) = swept(plugins, text, baselines=["odd"])
    assert run.params == {"pause": 0.1, "word": "y"}


MISTAKES = {
    "an unknown baseline": ("uneven.pause = [1.0]", "unknown baseline 'uneven'"),
    "an unknown baseline among the only ones": (
        "baselines = ['odd', 'uneven']",
        "unknown baseline 'uneven'",
    ),
    "an unknown parameter": (
        "odd.puase = [1.0]",
        "odd has no parameter 'puase'; did you mean 'pause'?",
    ),
    "a value of the wrong type": ("odd.pause = [1.0, 'soon']", "odd.pause = 'soon'"),
    "a value instead of a list": ("odd.pause = 1.0", "sweep.odd: give a table of lists"),
    "an empty list": ("odd.pause = []", "sweep.odd: give a table of lists that are not empty"),
    "an empty list of sizes": ("limits.train = []", "sweep.limits: give a table of lists"),
    "a limit that cannot be swept": ("limits.test = [5]", "sweep.limits: give only train"),
    "no rows": ("limits.train = [0]", "sweep.limits: give only train"),
    "a size that is no number": ("limits.train = [50, 'all']", "sweep.limits: give only train"),
    "a truth for a size": ("limits.train = [true]", "sweep.limits: give only train"),
    "limits that are no table": ("limits = [50]", "sweep.limits: give a table of lists"),
    "one name instead of a list": ("baselines = 'odd'", "sweep.baselines: give a list of names"),
    "baselines of which none is asked for": (
        "baselines = ['unseeded']",
        "nothing to run: no sweep includes odd",
    ),
}


@pytest.mark.parametrize("limit", [None, 30])
@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_in_a_sweep_is_named(plugins: Path, what: str, limit: int | None) -> None:
    line, expected = MISTAKES[what]
    words = {"tasks": ["colours"], "baselines": ["odd"], "limit_train": limit}
    found = complaint(plugins, experiment=toml(plugins, f"[sweep]\n{line}\n"), **words)
    assert expected in found and "\n" not in found


def test_the_mistakes_of_all_sweeps_are_named_at_once(plugins: Path) -> None:
    text = "[[sweep]]\nodd.puase = [1.0]\n[[sweep]]\nuneven.x = [1]\n[[sweep]]\nlimits = 5\n"
    found = complaint(plugins, tasks=["colours"], baselines=BOTH, experiment=toml(plugins, text))
    assert all(part in found for part in ("'puase'", "'uneven'", "sweep.limits")), found


def test_a_sweep_that_is_neither_table_nor_tables_is_a_mistake(plugins: Path) -> None:
    assert "sweep" in complaint(plugins, experiment=toml(plugins, "sweep = [1]\n"))


def test_a_run_keeps_the_swept_values_as_they_are(plugins: Path) -> None:
    text = "[sweep]\nodd.pause = [0.5]\nodd.word = ['y, z=1']\nlimits.train = [20]\n"
    [run] = swept(plugins, text, baselines=["odd"])
    assert run.swept == {"pause": 0.5, "word": "y, z=1", TRAIN_SIZE: 20}
