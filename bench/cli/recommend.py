"""The command recommend: which baseline to use, task by task."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bench.cli.console import Results, out
from bench.cli.report import board_shown, complain_of
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.leaderboard.board import Leaderboard
    from bench.leaderboard.findings import Advice

app = typer.Typer()


@app.command()
def recommend(
    results: Results = Path("results"),
    task: Annotated[
        str | None, typer.Option("-t", "--task", help="Advise on this task alone.")
    ] = None,
    margin: Annotated[
        float,
        typer.Option(min=0, help="How much worse than the best a score may be, in the metric."),
    ] = 0.02,
) -> None:
    """Recommend an entry: the cheapest close to the best, on each task and over all.

    Close means a score at most --margin worse than the best's, or no significant difference from it
    in the paired tests, marked with =. Cost is the time to fit and to predict 1,000 texts. Entries
    not significantly above the floor (majority, stratified_random) are never recommended. "Can
    find" is the smallest difference that a task's tests, corrected for their number, detect 8 times
    in 10. No model runs.
    """
    from bench.leaderboard.wording.advice import recommend as advise

    def advised(board: "Leaderboard") -> "tuple[Sequence[Advice], Table, Sequence[str]]":
        found = advise(board, margin, task)
        return found, _table(board, found), _sentences(board, found, task)

    shown = board_shown(results, advised)
    complain_of(shown.board)
    found, table, sentences = shown.made
    if not found:
        raise UserError(f"results folder {results}: no ranked row yet; `bench run` makes them")
    out.print(table)
    for sentence in sentences:
        out.print(f"- {escape(sentence)}", soft_wrap=True)


def _table(board: "Leaderboard", found: "Sequence[Advice]") -> Table:
    from bench.leaderboard.wording.names import names

    table = Table(title="What to take")
    for heading in ("task", "take"):
        table.add_column(heading, overflow="fold")
    for heading in ("worse than best", "takes", "best takes", "can find"):
        table.add_column(heading, justify="right", overflow="fold")
    called = names(board.rows)
    power = {column.name: column.detectable for column in board.tasks}
    for advice in found:
        words = _line(advice, called.get(advice.cheapest, "nothing"), power.get(advice.task))
        table.add_row(*(escape(word) for word in words))
    return table


def _line(advice: "Advice", name: str, power: float | None) -> tuple[str, ...]:
    from bench.leaderboard.wording import format as words

    gap, ratio = words.NONE, words.NONE
    if advice.best != advice.cheapest:
        gap = words.score(advice.difference) + (" =" if advice.tied else "")
        ratio = ratio if advice.cost_ratio is None else f"{advice.cost_ratio:,.1f} ×"
    took = words.NONE if advice.cost is None else words.seconds(advice.cost)
    return (advice.task or "over all", name, gap, took, ratio, words.score(power))


def _sentences(
    board: "Leaderboard", found: "Sequence[Advice]", task: str | None
) -> "Sequence[str]":
    crossings = [c for c in board.overtakings if c.sure and task in (None, c.task)]
    return [*(advice.words for advice in found), *(crossing.words for crossing in crossings)]
