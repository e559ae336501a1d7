"""What a recommendation is for decides what it costs, and what fits."""

from typing import Any

import pytest

from bench.costs.needs import Needs
from bench.costs.prices import Prices, parsed
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Advice
from bench.leaderboard.recommendation.recommend import recommend
from bench.records import Latency, Outside
from bench.store.store import StoredResult
from tests.support.boards import entry, floor
from tests.support.costs import spent

GIB = 2**30


def priced(**devices: float) -> Prices:
    """Prices of machines by the hour, in EUR."""
    one = '[[price]]\nname = "{0}"\ndevice = "{0}"\namount = {1}\ncurrency = "EUR"\nunit = "hour"\n'
    text = "\n".join(f"{one.format(*pair)}date = 2026-11-30\n" for pair in devices.items())
    return parsed(text, "prices.toml")


def with_pace(name: str, score: float, fit: float, pace: float, **changes: Any) -> StoredResult:
    """An entry that takes `pace` seconds to answer 1,000 texts."""
    facts = changes.pop("facts", {})
    cost = spent(fit, **{"predict_seconds": pace, "predicted": 1_000, **changes})
    return entry(name, score, cost=cost, facts=facts)


def board(*results: StoredResult, **needs: Any) -> Leaderboard:
    """A board of a floor and some results."""
    return compute([floor(), *results], [], needs=Needs(**needs))


def advised(*results: StoredResult, **needs: Any) -> Advice:
    """The recommendation on the one task."""
    [advice] = board(*results, **needs).advice
    return advice


def name(advice: Advice) -> str:
    """The family of the recommended entry; its id begins with it."""
    return advice.take.rpartition("-")[0]


QUICK_TO_FIT = with_pace("lstm", 0.8, 1.0, 10.0)
QUICK_TO_ANSWER = with_pace("bert", 0.8, 100.0, 1.0)


def test_the_cheapest_is_another_for_more_texts() -> None:
    few = advised(QUICK_TO_FIT, QUICK_TO_ANSWER)
    many = advised(QUICK_TO_FIT, QUICK_TO_ANSWER, volume=10_000_000)
    assert (name(few), few.cost) == ("lstm", 11.0)
    assert (name(many), many.cost) == ("bert", 10_100.0)


def test_other_numbers_of_texts_are_told_with_what_changes_there() -> None:
    advice = advised(QUICK_TO_FIT, QUICK_TO_ANSWER)
    assert [one.volume for one in advice.at_volumes] == [1_000, 100_000, 10_000_000]
    assert "For 100,000 and 10 million texts it is bert." in advice.words


def test_the_break_even_of_what_could_be_taken_is_told() -> None:
    advice = advised(QUICK_TO_FIT, QUICK_TO_ANSWER)
    assert [one.until for one in advice.cheapest] == [pytest.approx(11_000), None]
    assert "lstm takes the least time up to about 11,000 texts and bert beyond." in advice.words


def test_what_loses_more_than_the_margin_is_no_bargain_at_any_volume() -> None:
    cheap = with_pace("naive_bayes", 0.6, 0.1, 0.1)
    advice = advised(cheap, QUICK_TO_ANSWER, volume=10_000_000)
    assert name(advice) == "bert" and len(advice.cheapest) == 1


def test_a_budget_sets_aside_what_costs_more_and_names_it() -> None:
    prices = priced(**{"processor": 3.6})  # a thousandth of a euro a second
    needs = {"prices": prices, "currency": "EUR", "budget": 1.0}
    dear = with_pace("bert", 0.9, 5_000.0, 1.0)
    advice = advised(QUICK_TO_FIT, dear, **needs)
    assert name(advice) == "lstm" and advice.money == pytest.approx(0.011)
    assert "Set aside: bert (5.00 EUR)." in advice.words


def test_the_loss_is_against_what_fits_and_sentences_count_no_other() -> None:
    prices = priced(**{"processor": 3.6})
    needs = {"prices": prices, "currency": "EUR", "budget": 1.0}
    dear = with_pace("bert", 0.9, 5_000.0, 1.0)
    assert "; no other model fits the needs." in advised(QUICK_TO_FIT, dear, **needs).words
    worse = with_pace("naive_bayes", 0.6, 1.0, 1.0)
    assert "2 models that fit the needs" in advised(QUICK_TO_FIT, worse, dear, **needs).words


def test_a_budget_that_fits_nothing_is_said() -> None:
    prices = priced(**{"processor": 3.6})
    advice = advised(QUICK_TO_FIT, prices=prices, currency="EUR", budget=0.001)
    assert not advice.take
    assert "no model that beats guessing fits the needs: lstm (0.01 EUR)." in advice.words


def test_what_is_just_above_a_budget_is_not_said_to_cost_it() -> None:
    prices = priced(**{"processor": 3.6})
    for budget, said in ((0.0109, "lstm (over 0.0109 EUR)"), (0.0001, "lstm (0.01 EUR)")):
        advice = advised(QUICK_TO_FIT, prices=prices, currency="EUR", budget=budget)
        assert said in advice.words


def test_a_break_even_that_nobody_would_notice_is_not_told() -> None:
    sooner, later = with_pace("lstm", 0.8, 0.01, 0.02), with_pace("bert", 0.8, 0.02, 0.015)
    advice = advised(sooner, later)
    assert len(advice.cheapest) == 2 and len({one.id for one in advice.at_volumes}) == 1
    assert "takes the least time" not in advice.words


def test_what_has_no_price_does_not_fit_a_budget() -> None:
    elsewhere = with_pace("bert", 0.9, 1.0, 1.0, device="another machine")
    needs = {"prices": priced(**{"processor": 3.6}), "currency": "EUR", "budget": 1.0}
    assert "Set aside: bert (no price is known)." in advised(QUICK_TO_FIT, elsewhere, **needs).words


def timed(title: str, score: float, p95: float) -> StoredResult:
    """An entry of a latency."""
    latency = Latency(texts=50, p50=p95 / 2, p95=p95)
    return with_pace(title, score, 1.0, 1.0, facts={"latency": latency})


def test_a_latency_sets_aside_what_is_slower_and_what_was_not_timed() -> None:
    results = (
        timed("lstm", 0.8, 0.01),
        timed("bert", 0.9, 0.03),
        with_pace("qlora", 0.9, 1.0, 1.0),
    )
    advice = advised(*results, latency=0.02)
    assert name(advice) == "lstm"
    aside = {one.id.rpartition("-")[0]: one.why for one in advice.set_aside}
    assert aside == {"bert": "30 ms for one text", "qlora": "its latency was not measured"}


def test_gpu_memory_sets_aside_what_took_more() -> None:
    large = with_pace("qlora", 0.9, 1.0, 1.0, device_bytes=20 * GIB)
    small = with_pace("bert", 0.8, 1.0, 1.0, device_bytes=8 * GIB)
    advice = advised(large, small, device_bytes=16 * GIB)
    assert name(advice) == "bert" and "qlora (20.0 GiB of GPU memory)" in advice.words


def test_answers_from_outside_have_no_known_memory() -> None:
    made = Outside(file="answers.csv", sha256="0" * 64)
    theirs = entry("theirs", 0.9, cost=None, outside=made)
    advice = advised(QUICK_TO_FIT, theirs, device_bytes=16 * GIB)
    assert name(advice) == "lstm" and "its memory is unknown" in advice.words


ON_A_GPU = with_pace("bert", 0.8, 10.0, 0.1, device="NVIDIA H200")
ON_A_PROCESSOR = with_pace("lstm", 0.8, 60.0, 1.0)


def test_seconds_of_unlike_machines_are_never_compared_in_silence() -> None:
    advice = advised(ON_A_GPU, ON_A_PROCESSOR)
    assert len(advice.machines) == 2
    assert "come from unlike machines (NVIDIA H200, 2 threads and a made-up proc" in advice.words


def test_unlike_machines_with_prices_are_compared_in_money() -> None:
    prices = priced(H200=36.0, processor=0.36)  # a cent and a hundredth of it a second
    needs = {"prices": prices, "currency": "EUR"}
    advice = advised(ON_A_GPU, ON_A_PROCESSOR, **needs)
    assert name(advice) == "lstm" and advice.by_money and not advice.machines
    assert "It costs 0.01 EUR (61.0 s) to fit and to answer 1,000 texts" in advice.words


def test_a_machine_of_what_nobody_would_take_disturbs_no_comparison() -> None:
    elsewhere = with_pace("naive_bayes", 0.5, 0.1, 0.1, device="another machine")
    assert not advised(ON_A_PROCESSOR, QUICK_TO_ANSWER, elsewhere).machines


def test_a_served_model_is_priced_by_the_name_of_the_entry() -> None:
    text = (
        '[[price]]\nname = "served"\nmodel = "small"\ninput = 1.0\noutput = 1.0\n'
        'input_tokens = 100\noutput_tokens = 0\ncurrency = "EUR"\nunit = "million tokens"\n'
        "date = 2026-11-30\n"
    )
    made = Outside(file="answers.csv", sha256="0" * 64)
    served = entry("small", 0.9, cost=None, outside=made)
    needs = {"prices": parsed(text, "p"), "currency": "EUR", "volume": 1_000_000}
    advice = advised(served, with_pace("lstm", 0.5, 1.0, 1.0), **needs)
    assert (name(advice), advice.cost, advice.money) == ("small", None, pytest.approx(100.0))


def test_over_tasks_the_slowest_task_counts() -> None:
    def result(task: str, title: str, score: float, p95: float) -> StoredResult:
        latency = Latency(texts=50, p50=p95, p95=p95)
        return entry(title, score, task=task, facts={"latency": latency})

    results = [
        *(floor(task) for task in ("a", "b")),
        *(result(task, "lstm", 0.7, 0.01) for task in ("a", "b")),
        result("a", "bert", 0.8, 0.01),
        result("b", "bert", 0.8, 0.5),
    ]
    found = recommend(compute(results, [], needs=Needs(latency=0.1)))
    assert [name(advice) for advice in found] == ["bert", "lstm", "lstm"]


def test_a_board_says_that_its_machines_are_unlike() -> None:
    found = board(ON_A_GPU, ON_A_PROCESSOR)
    assert any("Results come from unlike machines" in sentence for sentence in found.limits)
    assert not any("unlike" in sentence for sentence in board(ON_A_PROCESSOR).limits)
