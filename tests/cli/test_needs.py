"""`bench recommend` and `bench report` with volumes, prices, budgets and latencies."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.cli.main import app
from bench.records import Latency
from bench.store.record_file import encode_array
from bench.store.store import Store, StoredResult
from tests.support.boards import entry, floor
from tests.support.costs import spent

PRICES = """
[[price]]
name = "our machine"
device = "processor"
amount = 3.6
currency = "EUR"
unit = "hour"
date = 2026-11-30
"""


def result(name: str, fit: float, pace: float) -> StoredResult:
    """An entry that takes `pace` seconds for 1,000 texts, and 10 ms for one."""
    cost = spent(fit, predict_seconds=pace, predicted=1_000)
    latency = Latency(texts=50, p50=0.005, p95=0.01)
    return entry(name, 0.8, cost=cost, facts={"latency": latency})


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A results folder in the working folder, of a quick fit and of quick answers."""
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "results")
    store.prepare()
    for one in (floor(), result("lstm", 1.0, 10.0), result("bert", 100.0, 1.0)):
        done = zip(one.result.results, one.replicates, strict=True)
        files = {scores.replicates: encode_array(draws) for scores, draws in done}
        files |= {scores.predictions: b"made up" for scores in one.result.results}
        store.write(one.result, files)
    return tmp_path


def done(*words: object) -> Result:
    """The outcome of a command."""
    return CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "160"})


def said(*words: object) -> str:
    """What `bench recommend` prints."""
    outcome = done("recommend", *words)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def refused(*words: object) -> str:
    """The message of the user's mistake."""
    outcome = done(*words)
    assert outcome.exit_code != 0 and outcome.exception is not None
    return str(outcome.exception) + outcome.output


def test_the_volume_changes_the_advice(results: Path) -> None:
    assert "- reviews: lstm." in said()
    text = said("--volume", "10M")
    assert "- reviews: bert." in text and "to answer 10 million texts" in text


def test_the_presets_are_shown_with_the_volume_asked_for(results: Path) -> None:
    text = said("--volume", "25k")
    for volume in ("1,000", "25,000", "100,000", "10 million"):
        assert f"┃ {volume} texts" in text


@pytest.mark.parametrize("command", ["recommend", "report"])
def test_a_volume_of_nothing_is_refused(results: Path, command: str) -> None:
    assert "--volume '0': nothing to answer" in refused(command, "--volume", "0")


def test_a_file_of_prices_in_the_working_folder_is_used(results: Path) -> None:
    assert "EUR" not in said()
    (results / "prices.toml").write_text(PRICES)
    text = said()
    assert "It takes 11.0 s (0.01 EUR) to fit" in text
    assert "Money is by prices.toml: our machine (3.6 EUR an hour, 2026-11-30)." in text


def test_a_file_that_is_named_takes_its_place(results: Path) -> None:
    (results / "prices.toml").write_text("nonsense")
    (results / "mine.toml").write_text(PRICES.replace("3.6", "36.0"))
    assert "(0.11 EUR)" in said("--prices", "mine.toml")


def test_a_budget_is_kept(results: Path) -> None:
    (results / "prices.toml").write_text(PRICES)
    text = said("--volume", "10M", "--budget", "50", "--currency", "eur")
    assert "- reviews: bert." in text and "Set aside: lstm (100 EUR)." in text


def test_a_budget_without_any_price_names_the_machine_and_the_form(results: Path) -> None:
    told = refused("recommend", "--budget", "50")
    assert "no price in USD is known for the machines of these results: a made-up processor" in told
    assert 'currency = "USD", unit = "hour", date = ' in told


def test_a_currency_without_prices_is_refused(results: Path) -> None:
    told = refused("recommend", "--budget", "50", "--currency", "EUR")
    assert "--currency 'EUR': prices are in USD alone (the examples of textbench)" in told


def test_a_budget_in_one_of_several_currencies_has_to_say_which(results: Path) -> None:
    (results / "prices.toml").write_text(PRICES + PRICES.replace("EUR", "CHF"))
    assert "Add --currency, of EUR, CHF" in refused("recommend", "--budget", "50")


@pytest.mark.parametrize("option", ["--budget", "--latency-ms", "--vram"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_a_limit_must_be_more_than_nothing(results: Path, option: str, value: str) -> None:
    assert f"{option} {value}: give more than 0" in refused("recommend", option, value)


def test_a_latency_is_given_in_milliseconds(results: Path) -> None:
    assert "- reviews: lstm." in said("--latency-ms", "10")
    assert "fits the needs: lstm (10 ms for one text)" in said("--latency-ms", "9").replace(
        "bert (10 ms for one text) and lstm", "lstm"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PRICES.replace('currency = "EUR"', ""), "has no currency"),
        (PRICES.replace('unit = "hour"', ""), "has no unit"),
        (PRICES.replace("date = 2026-11-30", ""), "has no date"),
        ("[[price]", "not valid TOML"),
    ],
)
def test_a_bad_file_of_prices_is_refused_and_nothing_is_written(
    results: Path, text: str, told: str
) -> None:
    (results / "prices.toml").write_text(text)
    assert told in refused("report", "--format", "html")
    assert not (results / "leaderboard.html").exists()


def test_a_file_of_prices_that_is_no_text_is_refused(results: Path) -> None:
    (results / "prices.toml").write_bytes(b"\xff\xfe\x00")
    assert "not a text in UTF-8" in refused("recommend")
    assert "No such file" in refused("recommend", "--prices", "nowhere.toml")
    assert "directory" in refused("recommend", "--prices", ".")


def test_json_has_the_parts(results: Path) -> None:
    (results / "prices.toml").write_text(PRICES)
    outcome = done("report", "--format", "json", "-o", "-", "--volume", "2k")
    data = json.loads(outcome.stdout)
    [lstm] = [cell for cell in data["results"] if cell["baseline"] == "lstm"]
    assert lstm["spending"]["seconds"]["once"] == 1.0
    assert lstm["spending"]["seconds"]["for_texts"]["2000"] == 21.0
    assert lstm["spending"]["money"]["each"] == pytest.approx(0.00001)
    assert lstm["latency"] == {"texts": 50, "p50": 0.005, "p95": 0.01}
    assert data["needs"]["volume"] == 2_000 and data["needs"]["prices_from"] == "prices.toml"
    [even] = [x for x in data["break_evens"] if x["first"].startswith("lstm")]
    assert even["volume"] == pytest.approx(11_000) and even["unit"] == "seconds"


@pytest.mark.parametrize("format", ["html", "md"])
def test_a_written_report_shows_the_presets_and_where_prices_are_from(
    results: Path, format: str
) -> None:
    (results / "prices.toml").write_text(PRICES)
    text = done("report", "--format", format, "-o", "-", "--volume", "2k").stdout
    for words in ("Recommendation by number of texts", "Cost by number of texts", "10 million"):
        assert words in text
    assert "our machine" in text and "one text, 95 %" in text
