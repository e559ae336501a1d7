"""The options that say what a model is needed for: how many texts, what it may cost and take."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.errors import UserError, quoted

if TYPE_CHECKING:
    from bench.costs.needs import Needs
    from bench.costs.prices import Prices
    from bench.leaderboard.board import Leaderboard

PANEL = "What it is for"
LARGEST_FILE = 1 << 20
Volume = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="Number of texts to answer, such as 1000, 100k or 10M. Default: 1k.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
PriceFile = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FILE",
        help="Prices of machines and served models. Default: prices.toml in the working folder, "
        "else a few examples.",
        rich_help_panel=PANEL,
    ),
]
Currency = Annotated[
    str,
    typer.Option(
        metavar="CODE",
        help="Currency of all money, such as EUR. Default: that of the first price.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
Budget = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        help="The most that a model may cost on a task: to fit, and to answer --volume texts.",
        rich_help_panel=PANEL,
    ),
]
Latency = Annotated[
    float | None,
    typer.Option(
        metavar="MS",
        help="Longest time for one text at a time, in milliseconds, that 95 of 100 keep to.",
        rich_help_panel=PANEL,
    ),
]
Vram = Annotated[
    float | None,
    typer.Option(
        metavar="GIB",
        help="GPU memory at hand, in GiB: models that took more are set aside.",
        rich_help_panel=PANEL,
    ),
]


def needed(
    volume: str,
    prices: Path | None,
    currency: str,
    *,
    budget: float | None = None,
    latency_ms: float | None = None,
    vram: float | None = None,
) -> "Needs":
    """Return the needs that options state.

    Raises:
        UserError: one of them makes no sense, or a file of prices cannot be used.
    """
    from bench.costs.needs import Needs
    from bench.costs.volumes import DEFAULT, parsed

    positive = {"--budget": budget, "--latency-ms": latency_ms, "--vram": vram}
    for name, value in positive.items():
        if value is not None and not (math.isfinite(value) and value > 0):
            raise UserError(f"{name} {value:g}: give more than 0")
    known = _prices(prices)
    return Needs(
        volume=parsed(volume) if volume else DEFAULT,
        budget=budget,
        currency=_currency(currency, known, asked=budget is not None),
        latency=None if latency_ms is None else latency_ms / 1000,
        device_bytes=None if vram is None else round(vram * 2**30),
        prices=known,
    )


def _prices(given: Path | None) -> "Prices":
    from bench.costs.prices import NAME, parsed, shipped
    from bench.guards.guarded import Odd, odd_target, read_bytes

    path = given or Path(NAME)
    if given is None and not path.exists():
        return shipped()
    try:
        if why := odd_target(path):
            raise UserError(f"{path}: cannot be read: {why}")
        text = read_bytes(path.resolve(), LARGEST_FILE).decode("utf-8-sig")
    except Odd as error:
        raise UserError(f"{path}: cannot be read: {error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a text in UTF-8") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    return parsed(text, str(path))


def _currency(given: str, prices: "Prices", *, asked: bool) -> str:
    """Return the currency of all money.

    Raises:
        UserError: no price is in the one that was given, or several are possible for a budget.
    """
    known = prices.currencies
    code = given.upper()
    if code and code not in known:
        raise UserError(
            f"--currency {quoted(given)}: prices are in {', '.join(known)} alone "
            f"({prices.origin}), "
            f'and textbench converts none; give prices with currency = "{code[:3] or "EUR"}" in '
            "prices.toml or --prices FILE"
        )
    if not code and asked and len(known) > 1:
        raise UserError(f"--budget: in which currency? Add --currency, of {', '.join(known)}")
    return code or known[0]


def check_budget(board: "Leaderboard") -> None:
    """Refuse a budget where no price is known of anything on the board.

    Raises:
        UserError: it names the machines, and the form of a price.
    """
    from bench.leaderboard.comparisons.spending import machines, price_of

    needs = board.needs
    if needs.budget is None:
        return
    if any(price_of(row, cell, needs) for row in board.rows for cell in row.cells.values()):
        return
    ran = machines(board.rows, [task.name for task in board.tasks])
    where = f"the machines of these results: {'; '.join(ran)}" if ran else "any of these results"
    raise UserError(
        f"--budget {needs.budget:g}: no price in {needs.currency} is known for {where} "
        f"({needs.prices.origin}). Give one in prices.toml or --prices FILE, such as [[price]] "
        f'name = "mine", device = "…", amount = 0.5, currency = "{needs.currency}", '
        'unit = "hour", date = 2026-01-31'
    )
