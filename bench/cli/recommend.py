"""The command recommend: which model to take, task by task and over all tasks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.markup import escape

from bench.cli.console import Baselines, Ranked, Results, Suites, Tasks, out
from bench.cli.needs import Volume, needed
from bench.cli.report import board_shown, complain_of, first_run
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bench.leaderboard.board import Leaderboard

app = typer.Typer()


class _Advised(NamedTuple):
    """The parts of the printed view: the choice, the table of recommendations, the sentences."""

    chosen: "Sequence[str]"
    table: "Table | None"
    sentences: "Sequence[str]"


@app.command()
def recommend(
    suite: Suites = None,
    task: Tasks = None,
    baseline: Baselines = None,
    metric: Ranked = "",
    results: Results = Path("results"),
    margin: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="X",
            help="Largest acceptable expected loss against the best, in the metric's unit: .02 is "
            "2 points. Default: each metric's own.",
        ),
    ] = None,
    volume: Volume = "",
) -> None:
    """Recommend a model: the cheapest that is expected to lose little against the best.

    All finished models compete, whatever number of labelled examples they learnt from. Shown are
    the expected loss against the best, the probability of being within the margin of it, and what
    would settle the question. Cost is the time to fit and to answer --volume texts. Models that do not
    significantly beat guessing are never recommended. No model runs.

    --suite, -t, -b and --metric choose results: everything is then computed from these alone.
    """
    from dataclasses import replace

    from bench.leaderboard.choice import Choice
    from bench.leaderboard.recommendation.recommend import recommend as advise
    from bench.reports.tables.recommendations import recommended
    from bench.reports.terminal import recommendations

    choice = Choice(tuple(suite or ()), tuple(task or ()), tuple(baseline or ()), metric)

    needs = needed(volume)

    def advised(board: "Leaderboard") -> "_Advised":
        board = replace(board, needs=needs)
        found = advise(board, margin)
        crossings = [c.words for c in board.crossovers if c.sure]
        sentences = [*(one.words for one in found), *crossings]
        table = recommendations(recommended(board, found)) if found else None
        return _Advised(board.selection.words if board.selection else (), table, sentences)

    shown = board_shown(results, advised, choice=choice)
    complain_of(shown.board)
    chosen, table, sentences = shown.made
    for sentence in chosen:
        out.print(escape(sentence), soft_wrap=True)
    if table is None and task:
        raise UserError(f"task {task[0]}: no entry has scored it; `bench run -t {task[0]}` does")
    if table is None:
        raise UserError(f"no model has a score in {results} yet; try: {first_run(results)}")
    out.print(table)
    for sentence in sentences:
        out.print(f"- {escape(sentence)}", soft_wrap=True)
