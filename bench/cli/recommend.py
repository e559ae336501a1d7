"""The command recommend: which model to use, task by task."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bench.cli.console import Results, out
from bench.cli.help_layout import Command
from bench.cli.report import board_shown, complain_of, first_run
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.leaderboard.board import Leaderboard
    from bench.leaderboard.findings import Advice

app = typer.Typer()


@app.command(cls=Command, rich_help_panel="Train and compare")
def recommend(
    results: Results = Path("results"),
    task: Annotated[
        str | None, typer.Option("-t", "--task", metavar="NAME", help="Only this task.")
    ] = None,
    margin: Annotated[
        float,
        typer.Option(
            min=0, metavar="X", help="How far below the best score the recommended model may be."
        ),
    ] = 0.02,
) -> None:
    """Recommend the cheapest model that does about as well as the best.

    About as well: its score is within --margin of the best, or not significantly worse in the
    paired tests (marked =). Cost is the time to train and to predict 1,000 texts. Models that do
    not significantly beat guessing (majority, stratified_random) are never recommended. The
    detectable difference is the smallest one that a task's tests find 8 times in 10. No model runs.
    """
    from bench.leaderboard.wording.advice import recommend as advise

    def advised(board: "Leaderboard") -> "tuple[Sequence[Advice], Table, Sequence[str]]":
        advice = advise(board, margin, task)
        return advice, _table(board, advice), _sentences(board, advice, task)

    shown = board_shown(results, advised)
    complain_of(shown.board)
    recommendations, table, sentences = shown.made
    if not recommendations:
        raise UserError(f"no ranked results in {results} yet; try: {first_run(results)}")
    out.print(table)
    for sentence in sentences:
        out.print(f"- {escape(sentence)}", soft_wrap=True)


def _table(board: "Leaderboard", recommendations: "Sequence[Advice]") -> Table:
    from bench.leaderboard.wording.names import names

    table = Table(title="Recommended model")
    for heading in ("task", "model"):
        table.add_column(heading, overflow="fold")
    for heading in ("gap to best", "time", "best's time", "detectable difference"):
        table.add_column(heading, justify="right", overflow="fold")
    row_names = names(board.rows)
    power = {column.name: column.detectable for column in board.tasks}
    for advice in recommendations:
        words = _line(
            advice,
            row_names.get(advice.cheapest, "none: no model beats guessing here"),
            power.get(advice.task),
        )
        table.add_row(*(escape(word) for word in words))
    return table


def _line(advice: "Advice", name: str, power: float | None) -> tuple[str, ...]:
    from bench.leaderboard.wording import format as words

    gap, slower = words.NONE, words.NONE
    if advice.best != advice.cheapest:
        gap = words.score(advice.difference) + (" =" if advice.tied else "")
        if advice.cost_ratio is not None and advice.cost is not None:
            best = words.seconds(advice.cost * advice.cost_ratio)
            slower = f"{best} ({advice.cost_ratio:,.1f}×)"
    time = words.NONE if advice.cost is None else words.seconds(advice.cost)
    return (advice.task or "over all", name, gap, time, slower, words.score(power))


def _sentences(
    board: "Leaderboard", recommendations: "Sequence[Advice]", task: str | None
) -> "Sequence[str]":
    crossings = [c for c in board.overtakings if c.sure and task in (None, c.task)]
    return [
        *(advice.words for advice in recommendations),
        *(crossing.words for crossing in crossings),
    ]
