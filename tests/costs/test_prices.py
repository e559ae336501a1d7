"""Prices: what they hold for, and what a file of them must say."""

import pytest

from bench.costs.outlay import Outlay
from bench.costs.prices import Prices, parsed, shipped
from bench.errors import UserError

MACHINE = {
    "name": '"mine"',
    "device": '"T4"',
    "amount": "3.6",
    "currency": '"EUR"',
    "unit": '"hour"',
    "date": "2026-11-30",
}
MODEL = {
    "name": '"served"',
    "model": '"small"',
    "input": "0.5",
    "output": "2.0",
    "input_tokens": "200",
    "output_tokens": "10",
    "currency": '"EUR"',
    "unit": '"million tokens"',
    "date": "2026-11-30",
}


def table(fields: dict[str, str], **changes: str | None) -> str:
    """A price as TOML; None leaves a key out."""
    every = {**fields, **changes}
    lines = [f"{key} = {value}" for key, value in every.items() if value is not None]
    return "\n".join(["[[price]]", *lines, ""])


def read(*tables: str) -> Prices:
    """Prices from TOML."""
    return parsed("\n".join(tables), "prices.toml")


def refused(text: str) -> str:
    """The message for a file that cannot be used."""
    with pytest.raises(UserError) as caught:
        parsed(text, "prices.toml")
    return str(caught.value)


def test_a_machine_is_paid_by_the_hour() -> None:
    price = read(table(MACHINE)).machine("Tesla T4", 2, "EUR")
    assert price is not None
    assert price.money(Outlay(1_000.0, 0.5)) == Outlay(1.0, 0.0005)


def test_a_served_model_is_paid_by_the_token() -> None:
    price = read(table(MODEL)).model(["small"], "EUR")
    assert price is not None
    assert price.outlay == Outlay(0.0, pytest.approx(0.00012))


@pytest.mark.parametrize(
    ("device", "known"), [("Tesla T4", True), ("NVIDIA t4", True), ("T400", False), ("L4", False)]
)
def test_a_device_is_known_by_whole_words(device: str, known: bool) -> None:
    assert (read(table(MACHINE)).machine(device, 1, "EUR") is not None) is known


def test_a_price_holds_up_to_its_number_of_threads() -> None:
    prices = read(table(MACHINE, threads="2"))
    assert prices.machine("T4", 2, "EUR") and not prices.machine("T4", 3, "EUR")


def test_no_currency_is_converted() -> None:
    assert read(table(MACHINE)).machine("T4", 1, "USD") is None


def test_the_first_price_that_fits_counts() -> None:
    prices = read(table(MACHINE), table(MACHINE, name='"other"', amount="9.0"))
    found = prices.machine("T4", 1, "EUR")
    assert found is not None and found.name == "mine"


@pytest.mark.parametrize("key", ["currency", "date", "name", "amount", "device"])
def test_a_key_that_lacks_is_named_with_an_example(key: str) -> None:
    told = refused(table(MACHINE, **{key: None}))
    assert f"has no {key}; write {key} = " in told and told.startswith("prices.toml: price 1")


@pytest.mark.parametrize("unit", [None, '"day"', "3"])
def test_a_price_without_a_unit_that_is_known_is_refused(unit: str | None) -> None:
    assert 'write unit = "hour" or unit = "million tokens"' in refused(table(MACHINE, unit=unit))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("currency", '"euro"'),
        ("currency", '"eur"'),
        ("date", '"soon"'),
        ("amount", "-1.0"),
        ("amount", "nan"),
        ("amount", "inf"),
        ("amount", "true"),
        ("amount", '"1"'),
        ("threads", "0"),
        ("device", '""'),
    ],
)
def test_a_value_that_makes_no_sense_is_named(key: str, value: str) -> None:
    assert f"price 1 ('mine'): {key} is" in refused(table(MACHINE, **{key: value}))


def test_an_unknown_key_gets_a_suggestion() -> None:
    assert "did you mean 'amount'" in refused(table(MACHINE, amout="1.0"))


def test_all_faults_are_named_at_once() -> None:
    told = refused(table(MACHINE, currency=None) + table(MODEL, date=None))
    assert "price 1 ('mine') has no currency" in told and "price 2 ('served') has no date" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[price]", "not valid TOML"),
        ("", "no price in it"),
        ("price = 3", "begin each price with [[price]]"),
        ("[machine]\nx = 1", "unknown key 'machine'"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, told: str) -> None:
    assert told in refused(text)


def test_the_shipped_examples_have_a_source_and_say_what_they_are() -> None:
    found = shipped()
    assert found.examples and all(price.url.startswith("https://") for price in found.prices)
