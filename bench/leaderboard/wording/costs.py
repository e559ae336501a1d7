"""Sentences on what times and money on a board mean: machines and prices."""

from collections.abc import Iterator, Sequence

from bench.costs.prices import MachinePrice, Price
from bench.leaderboard.board import Entry, Leaderboard
from bench.leaderboard.comparisons.spending import machines, price_of
from bench.leaderboard.wording.names import listed


def unlike_machines(entries: Sequence[Entry]) -> str:
    """Say that entries were run on unlike machines; empty where they were not."""
    tasks = list(dict.fromkeys(task for entry in entries for task in entry.cells))
    found = machines(entries, tasks)
    if len(found) < 2:
        return ""
    return (
        f"Results come from unlike machines ({listed(found)}): times of one are not comparable "
        "with those of another, unless both have a price."
    )


def cost_caveats(board: Leaderboard) -> Iterator[str]:
    """Yield what a reader of costs must know: unlike machines, and where prices are from."""
    if told := unlike_machines(board.rows):
        yield told
    used = _prices(board)
    if not used:
        return
    examples = board.needs.prices.examples
    which = f"Money is by {board.needs.prices.origin}"
    yield f"{which}: {'; '.join(_price(price) for price in used)}."
    if examples:
        yield "A file prices.toml in the working folder, or --prices FILE, gives your own."


def _prices(board: Leaderboard) -> list[Price]:
    found = [
        price_of(entry, cell, board.needs)
        for entry in board.rows
        for cell in entry.cells.values()
        if cell.status == "done"
    ]
    return list(dict.fromkeys(price for price in found if price is not None))


def _price(price: Price) -> str:
    if isinstance(price, MachinePrice):
        amount = f"{price.amount:g} {price.currency} an hour"
    else:
        amount = (
            f"{price.input:g} and {price.output:g} {price.currency} a million tokens sent and "
            f"written, {price.input_tokens:,} and {price.output_tokens:,} a text"
        )
    source = f", {price.url}" if price.url else ""
    return f"{price.name} ({amount}, {price.date:%Y-%m-%d}{source})"
