"""`bench compare`: what is surely worse, what cannot be compared, and the formats."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bench.cli.main import app
from bench.records import Limit
from bench.store.store import StoredResult
from tests.cli.test_recommend import keep
from tests.support.boards import entry
from tests.support.fakes import digest, fake_scores
from tests.support.plugins_for_tests import add_baseline
from tests.support.runs import run_all


def compared(base: Path, new: Path, *words: object) -> Result:
    """The command's result."""
    given = ["compare", str(base), str(new), *map(str, words)]
    return CliRunner().invoke(app, given, env={"COLUMNS": "200"})


Kept = Callable[..., Path]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A function that makes results folders by name."""
    return lambda name, *found: keep(tmp_path / name, found)


def told(base: Path, new: Path, *words: object) -> dict[str, list[dict[str, object]]]:
    """The comparison as JSON."""
    done = compared(base, new, *words, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def refused(base: Path, new: Path, *words: object) -> str:
    """The message of the user's mistake."""
    done = compared(base, new, *words)
    assert done.exit_code != 0 and done.exception is not None
    return str(done.exception) + done.output


def test_a_sure_loss_beyond_the_margin_fails(kept: Kept) -> None:
    base, new = kept("a", entry("bert", 0.8)), kept("b", entry("bert", 0.7))
    assert compared(base, new, "--fail-if-worse").exit_code == 1


def test_without_being_asked_to_nothing_fails(kept: Kept) -> None:
    base, new = kept("a", entry("bert", 0.8)), kept("b", entry("bert", 0.7))
    done = compared(base, new)
    assert done.exit_code == 0 and "1 is surely worse by more than the margin" in done.output


def test_a_loss_within_noise_fails_nothing(kept: Kept) -> None:
    base = kept("a", entry("bert", 0.8, noise=0.3))
    new = kept("b", entry("bert", 0.76, noise=0.1))
    assert compared(base, new, "--fail-if-worse").exit_code == 0


def test_a_sure_loss_within_the_margin_fails_nothing(kept: Kept) -> None:
    base, new = kept("a", entry("bert", 0.8)), kept("b", entry("bert", 0.785))
    done = compared(base, new, "--fail-if-worse", "--margin", "0.05")
    assert done.exit_code == 0


def test_a_smaller_error_is_better(kept: Kept) -> None:
    def error(value: float) -> StoredResult:
        return entry("bert", value, facts={"metric": "rmse"})

    base, new = kept("a", error(2.0)), kept("b", error(1.0))
    assert told(base, new, "--margin", "0.1")["compared"][0]["verdict"] == "better"


def test_one_seed_of_a_seeded_family_is_compared_with_the_noise_of_three(kept: Kept) -> None:
    def seeds(score: float, count: int) -> list[StoredResult]:
        return [entry("lstm", score + 0.04 * i, seed=i, seeded=True) for i in range(count)]

    base, new = kept("a", *seeds(0.8, 3)), kept("b", *seeds(0.77, 1))
    [one] = told(base, new)["compared"]
    assert (one["seeds_base"], one["seeds_new"], one["verdict"]) == (3, 1, "open")


def test_an_entry_with_changed_settings_is_compared_if_it_is_named(kept: Kept) -> None:
    base = kept("a", entry("bert", 0.8))
    new = kept("b", entry("bert", 0.7, params={"epochs": 1}))
    [one] = told(base, new, "--entry", "bert/reviews")["compared"]
    assert one["entry"] == "bert → bert (epochs=1)"


def test_entries_that_learnt_from_more_examples_are_compared_with_their_like(kept: Kept) -> None:
    def both(score: float, **params: float) -> list[StoredResult]:
        few = entry("naive_bayes", score, params=params, limit=Limit(train=128))
        return [few, entry("naive_bayes", 0.9, params=params, full_data_row=True)]

    base, new = kept("a", *both(0.8)), kept("b", *both(0.7, alpha=30.0))
    found = told(base, new, "--entry", "naive_bayes/reviews")["compared"]
    assert sorted(round(float(str(one["base"])), 3) for one in found) == [0.8, 0.9]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"test": 150}, "test examples are not the same"),
        ({"metric": "accuracy"}, "its main metric is macro_f1 in BASE, accuracy in NEW"),
        ({"version": 2}, "version 1 of the task in BASE, 2 in NEW"),
    ],
)
def test_what_is_not_comparable_has_a_reason(
    kept: Kept, facts: dict[str, object], why: str
) -> None:
    data = fake_scores("reviews", 0.8).data
    if "test" in facts:
        data = data.model_copy(update={"test": 150, "groups": 150, "test_hash": digest("new")})
    other = entry("bert", 0.7, facts={**facts, "data": data})
    same = entry("lstm", 0.7, task="tickets")
    base, new = kept("a", entry("bert", 0.8), same), kept("b", other, same)
    [rest] = told(base, new)["not_compared"]
    assert why in str(rest["why"])


def test_an_entry_of_one_folder_is_named(kept: Kept) -> None:
    base = kept("a", entry("bert", 0.8), entry("lstm", 0.8))
    [rest] = told(base, kept("b", entry("bert", 0.8)))["not_compared"]
    assert (rest["entry"], rest["why"]) == ("lstm", "only BASE has it")


def test_nothing_comparable_is_no_success(kept: Kept) -> None:
    base, new = kept("a", entry("bert", 0.8)), kept("b", entry("lstm", 0.8))
    assert "nothing can be compared: bert on reviews: only BASE has it" in refused(base, new)


def test_an_unknown_entry_is_answered_with_one_like_it(kept: Kept) -> None:
    base, new = kept("a", entry("bert", 0.8)), kept("b", entry("bert", 0.8))
    assert "did you mean 'bert/reviews'?" in refused(base, new, "--entry", "brt/reviews")


def test_the_same_folder_twice_is_refused(kept: Kept, tmp_path: Path) -> None:
    base = kept("a", entry("bert", 0.8))
    assert "are the same folder" in refused(base, tmp_path / "b" / ".." / "a")


def test_a_folder_without_runs_is_refused(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    assert "it holds no runs" in refused(kept("a", entry("bert", 0.8)), tmp_path / "b")


def test_a_missing_folder_is_refused(kept: Kept, tmp_path: Path) -> None:
    assert "there is no such folder" in refused(kept("a", entry("bert", 0.8)), tmp_path / "b")


def test_a_metric_without_a_margin_asks_for_one(kept: Kept) -> None:
    base, new = (kept(n, entry("bert", 2.0, facts={"metric": "rmse"})) for n in "ab")
    assert "rmse has no bounded scale and declares no margin" in refused(base, new)


HOSTILE = 'x"><script>|`[a](b)\x1b\uffff&'


def test_junit_holds_hostile_names_and_a_failure(kept: Kept) -> None:
    found = [entry("bert", score, variant=HOSTILE) for score in (0.8, 0.7)]
    text = compared(kept("a", found[0]), kept("b", found[1]), "--format", "junit").stdout
    [case] = ElementTree.fromstring(text).iter("testcase")
    assert "<script>|`[a](b)␛\\uffff&" in case.attrib["name"] and case.find("failure") is not None


def test_markdown_holds_hostile_names(kept: Kept) -> None:
    found = [entry("bert", score, variant=HOSTILE) for score in (0.8, 0.7)]
    text = compared(kept("a", found[0]), kept("b", found[1]), "--format", "markdown").stdout
    assert "<script>" not in text and r"\[a\](b)" in text


def test_the_ending_of_a_file_decides_the_format(kept: Kept, tmp_path: Path) -> None:
    base, new = kept("a", entry("bert", 0.8)), kept("b", entry("bert", 0.7))
    compared(base, new, "-o", tmp_path / "out.xml")
    assert ElementTree.parse(tmp_path / "out.xml").getroot().attrib["failures"] == "1"


def test_a_run_is_no_worse_than_itself_run_again(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        add_baseline(folder / "plugins", "guess")
        run_all(folder)
    [one] = told(*(folder / "results" for folder in folders))["compared"]
    assert (one["difference"], one["verdict"]) == (0.0, "open")
