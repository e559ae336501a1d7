"""Prices of machines and of served models, each with its currency, unit, date and source."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.costs.outlay import Outlay
from bench.errors import UserError, did_you_mean, quoted

NAME = "prices.toml"
"""The file in the working folder that takes the place of the examples."""
HOUR, TOKENS = "hour", "million tokens"
_SECONDS = 3600
_MILLION = 1_000_000

Text = Annotated[str, Field(min_length=1, max_length=200)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=0, le=10**9)]


class _Price(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Text
    """What is priced, in words."""
    currency: Currency
    """A code of ISO 4217, such as EUR."""
    date: date
    """The day on which the price held."""
    url: str = Field(default="", max_length=500)
    """Where the price was found."""


class MachinePrice(_Price):
    """The price of a machine by the hour."""

    unit: Literal["hour"]
    amount: Amount
    device: Text
    """Words of the processor's or GPU's name, as results record it."""
    threads: Annotated[int, Field(ge=1)] | None = None
    """The largest number of threads that a run may have used; None: any."""

    def is_of(self, device: str, threads: int) -> bool:
        """Return whether a run on that device, with so many threads, has this price."""
        word = rf"(?<!\w){re.escape(self.device)}(?!\w)"
        fits = self.threads is None or threads <= self.threads
        return fits and re.search(word, device, re.IGNORECASE) is not None

    def money(self, seconds: Outlay) -> Outlay:
        """Return what takes so many seconds in money."""
        return seconds.times(self.amount / _SECONDS)


class ModelPrice(_Price):
    """The price of a served model by the token."""

    unit: Literal["million tokens"]
    model: Text
    """The name of the entry, or of its model."""
    input: Amount
    output: Amount
    input_tokens: Tokens
    """Tokens that are sent for a text, the prompt included."""
    output_tokens: Tokens

    @property
    def outlay(self) -> Outlay:
        """The cost of each text; nothing is paid once."""
        sent, written = self.input_tokens * self.input, self.output_tokens * self.output
        return Outlay(0.0, (sent + written) / _MILLION)


Price = MachinePrice | ModelPrice
_FORMS: Mapping[str, type[MachinePrice] | type[ModelPrice]] = {
    HOUR: MachinePrice,
    TOKENS: ModelPrice,
}
_EXAMPLES = {
    "name": '"my machine"',
    "currency": '"EUR"',
    "unit": '"hour"',
    "date": "2026-01-31",
    "amount": "0.5",
    "device": '"T4"',
    "model": '"gpt-5-nano"',
    "input": "0.05",
    "output": "0.4",
    "input_tokens": "300",
    "output_tokens": "10",
    "threads": "2",
    "url": '"https://…"',
}


@dataclass(frozen=True)
class Prices:
    """Prices in the order in which they are tried.

    Args:
        prices: the prices.
        origin: the file that they come from, as sentences name it.
        examples: whether they are the shipped examples.
    """

    prices: tuple[Price, ...] = ()
    origin: str = ""
    examples: bool = False

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies, in the order of the file."""
        return tuple(dict.fromkeys(price.currency for price in self.prices))

    def machine(self, device: str, threads: int, currency: str) -> MachinePrice | None:
        """Return the first price for a device in a currency."""
        return next(
            (
                price
                for price in self.prices
                if isinstance(price, MachinePrice) and price.currency == currency
                if price.is_of(device, threads)
            ),
            None,
        )

    def model(self, names: Sequence[str], currency: str) -> ModelPrice | None:
        """Return the first price for a served model of one of these names in a currency."""
        return next(
            (
                price
                for price in self.prices
                if isinstance(price, ModelPrice) and price.currency == currency
                if price.model in names
            ),
            None,
        )


def shipped() -> Prices:
    """Return the examples that come with textbench."""
    file = Path(__file__).parent / NAME
    found = parsed(file.read_text(encoding="utf-8"), NAME)
    return Prices(found.prices, "the examples of textbench", examples=True)


def parsed(text: str, where: str) -> Prices:
    """Read prices.

    Args:
        text: TOML with a table `[[price]]` for each.
        where: the file's name for messages.

    Raises:
        UserError: it is not valid, or a price lacks its unit, currency or date: all is named.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{where}: not valid TOML: {error}") from None
    for key in data.keys() - {"price"}:
        raise UserError(f"{where}: unknown key {quoted(key)}; prices are tables [[price]]")
    tables = data.get("price", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UserError(f"{where}: price is no list of tables; begin each price with [[price]]")
    if not tables:
        raise UserError(f"{where}: no price in it; begin each price with a line [[price]]")
    faults: list[str] = []
    prices = [_price(table, number, faults) for number, table in enumerate(tables, start=1)]
    if faults:
        lines = [f"{where}: {fault}" for fault in faults]
        raise UserError(lines[0] if len(lines) == 1 else "\n".join(f"- {one}" for one in lines))
    return Prices(tuple(price for price in prices if price is not None), where)


def _price(table: Mapping[str, Any], number: int, faults: list[str]) -> Price | None:
    name = table.get("name")
    called = f"price {number}" + (f" ({quoted(name)})" if isinstance(name, str) else "")
    unit = table.get("unit")
    form = _FORMS.get(unit) if isinstance(unit, str) else None
    if form is None:
        wrong = "no unit" if unit is None else f"the unit {quoted(unit)}"
        faults.append(f'{called} has {wrong}; write unit = "{HOUR}" or unit = "{TOKENS}"')
        return None
    try:
        return form.model_validate(dict(table))
    except ValidationError as error:
        faults.extend(f"{called}{line}" for line in _lines(error, form))
        return None


def _lines(error: ValidationError, form: type[MachinePrice] | type[ModelPrice]) -> Iterator[str]:
    for fault in error.errors():
        key = str(fault["loc"][0])
        example = f"{key} = {_EXAMPLES.get(key, '…')}"
        if fault["type"] == "missing":
            yield f" has no {key}; write {example}, say"
        elif fault["type"] == "extra_forbidden":
            yield f": unknown key {quoted(key)}; {did_you_mean(key, form.model_fields)}"
        else:
            yield f": {key} is {quoted(fault['input'])}; write {example}, say"
