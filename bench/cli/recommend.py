"""The command recommend: which model to take, task by task and over all tasks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.markup import escape

from bench.cli.console import Baselines, Ranked, Results, Suites, Tasks, out
from bench.cli.help_layout import Command
from bench.cli.needs import (
    Budget,
    Currency,
    Latency,
    PriceFile,
    Volume,
    Vram,
    check_budget,
    needed,
)
from bench.cli.report import board_shown, complain_of, first_run
from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from bench.leaderboard.board import Leaderboard

app = typer.Typer()


class _Advised(NamedTuple):
    """The parts of the printed view: the choice, the tables of recommendations, the sentences."""

    chosen: "Sequence[str]"
    tables: "Sequence[Table]"
    sentences: "Sequence[str]"


@app.command(cls=Command)
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
    budget: Budget = None,
    currency: Currency = "",
    latency_ms: Latency = None,
    vram: Vram = None,
    prices: PriceFile = None,
) -> None:
    """Recommend a model: the cheapest that is expected to lose little against the best.

    All finished models compete, whatever number of labelled examples they learnt from. Shown are
    the expected loss against the best, the probability of being within the margin of it, what would
    settle the question, and where one model becomes cheaper than another. Cost is what it takes to
    fit and to answer --volume texts: seconds, and money where a price is known. Models that do not
    significantly beat guessing are never recommended, nor those that do not fit --budget,
    --latency-ms or --vram. No model runs.

    --suite, -t, -b and --metric choose results: everything is then computed from these alone.
    """
    from bench.leaderboard.choice import Choice
    from bench.leaderboard.recommendation.recommend import recommend as advise
    from bench.leaderboard.wording.costs import cost_caveats
    from bench.reports.tables import volumes
    from bench.reports.tables.recommendations import recommended
    from bench.reports.terminal import at_volumes, recommendations

    choice = Choice(tuple(suite or ()), tuple(task or ()), tuple(baseline or ()), metric)

    needs = needed(volume, prices, currency, budget=budget, latency_ms=latency_ms, vram=vram)

    def advised(board: "Leaderboard") -> "_Advised":
        check_budget(board)
        found = advise(board, margin)
        crossings = [c.words for c in board.crossovers if c.sure]
        sentences = [*(one.words for one in found), *crossings, *cost_caveats(board)]
        tables = (
            recommendations(recommended(board, found), needs.volume),
            at_volumes(volumes.advice(board, found)),
        )
        chosen = board.selection.words if board.selection else ()
        return _Advised(chosen, tables if found else (), sentences)

    shown = board_shown(results, advised, choice=choice, needs=needs)
    complain_of(shown.board)
    chosen, tables, sentences = shown.made
    for sentence in chosen:
        out.print(escape(sentence), soft_wrap=True)
    if not tables and task:
        raise UserError(f"task {task[0]}: no entry has scored it; `bench run -t {task[0]}` does")
    if not tables:
        raise UserError(f"no model has a score in {results} yet; try: {first_run(results)}")
    for table in tables:
        if table.rows:
            out.print(table)
    for sentence in sentences:
        out.print(f"- {escape(sentence)}", soft_wrap=True)
