"""The command recommend: which model to take, task by task and over all tasks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli.console import Results, out
from bench.cli.report import board_shown, complain_of, first_run
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bench.leaderboard.board import Leaderboard

app = typer.Typer()


@app.command()
def recommend(
    results: Results = Path("results"),
    task: Annotated[
        str | None,
        typer.Option("-t", "--task", metavar="NAME", help="Recommend for this task only."),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="X",
            help="Largest acceptable expected loss against the best, in the metric's unit: .02 is "
            "2 points. Default: each metric's own.",
        ),
    ] = None,
) -> None:
    """Recommend a model: the cheapest that is expected to lose little against the best.

    All finished models compete, whatever number of labelled examples they learnt from. Shown are
    the expected loss against the best, the probability of being within the margin of it, and what
    would settle the question. Cost is the time to fit and to answer 1,000 texts. Models that do not
    significantly beat guessing are never recommended. No model runs.
    """
    from bench.leaderboard.recommendation.recommend import recommend as advise
    from bench.reports.tables.recommendations import recommended
    from bench.reports.terminal import recommendations

    def advised(board: "Leaderboard") -> "tuple[Table | None, Sequence[str]]":
        found = advise(board, margin, task)
        crossings = [c.words for c in board.crossovers if c.sure and task in (None, c.task)]
        sentences = [*(one.words for one in found), *crossings]
        return (recommendations(recommended(board, found)) if found else None), sentences

    shown = board_shown(results, advised)
    complain_of(shown.board)
    table, sentences = shown.made
    if table is None:
        raise UserError(f"no model has a score in {results} yet; try: {first_run(results)}")
    out.print(table)
    for sentence in sentences:
        out.print(f"- {escape(sentence)}", soft_wrap=True)
