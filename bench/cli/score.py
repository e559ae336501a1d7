"""The command score: add submitted predictions to the leaderboard, or write an empty file for
them."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli.console import Data, Offline, Plugins, Results, err, out
from bench.cli.console import note as remark
from bench.cli.help_layout import Command
from bench.errors import UserError

if TYPE_CHECKING:
    from bench.data.source import Source
    from bench.exchange.prediction_template import Scope
    from bench.exchange.submit import Entered, Offer

app = typer.Typer()


@app.command(cls=Command, rich_help_panel="Exchange with other tools")
def score(
    predictions: Annotated[
        Path | None,
        typer.Argument(
            metavar="PREDICTIONS",
            help="A table of any form (CSV, TSV, JSON Lines, JSON, Parquet, .xlsx, a data set "
            "of the Hub, four-column text to text) with the columns id and prediction, and "
            "optionally score:LABEL for every label. Separate several labels by |, or write a JSON "
            "list ([] for none); spans, pairs and fields are JSON. An empty prediction counts as "
            "wrong.",
        ),
    ] = None,
    task: Annotated[str, typer.Option("-t", "--task", metavar="NAME", help="The task.")] = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="The name of the entry.")] = "",
    note: Annotated[
        str, typer.Option(metavar="TEXT", help="One line on where the predictions come from.")
    ] = "",
    template: Annotated[
        bool,
        typer.Option(
            "--template", help="Write a file with ids and texts to fill in, and score nothing."
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="With --template. Default: TASK-predictions.csv."
        ),
    ] = None,
    limit_test: Annotated[
        int | None,
        typer.Option(metavar="N", help="Score the N test examples that `bench run` would use."),
    ] = None,
    profile: Annotated[
        str, typer.Option(metavar="quick|full", help="Default: full with a GPU, else quick.")
    ] = "",
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Add predictions from elsewhere to the leaderboard.

    They become an entry of their own, marked as outside. They are scored on the examples that
    `bench run` tests with the same options; a file for the whole test split is accepted, too.
    """
    from bench.data.source import Source
    from bench.exchange.prediction_template import scope_of
    from bench.exchange.submit import Offer

    if not task:
        raise UserError("no task given: add --task NAME; `bench list tasks` shows them all")
    scope, source = scope_of(limit_test, profile), Source(plugins or (), data or (), offline)
    if template:
        _template(task, output or Path(f"{task}-predictions.csv"), scope, source)
        return
    if predictions is None or not name:
        raise UserError(
            "give a file of predictions and --name NAME; --template writes a file to fill in"
        )
    _score(Offer(predictions, task, name, note), results, scope, source)


def _template(task: str, target: Path, scope: "Scope", source: "Source") -> None:
    from bench.exchange.prediction_template import write_template

    with err.status("loading the task"):
        rows = write_template(task, target, scope, source)
    extent = f"{rows.rows:,} of {rows.of:,} test examples ({scope.words})"
    out.print(f"wrote {escape(str(target))}: {extent}", soft_wrap=True)
    out.print(f"fill in the column `prediction`: {escape(rows.form)}", soft_wrap=True)
    then = f"bench score {escape(shlex.quote(str(target)))} --task {escape(task)} --name NAME"
    out.print(f"then, with the same options: {then}", soft_wrap=True)


def _score(offer: "Offer", results: Path, scope: "Scope", source: "Source") -> None:
    from bench.exchange.submit import score as enter

    with err.status("scoring"):
        done = enter(offer, results, scope=scope, source=source)
    for line in _score_lines(done, scope):
        out.print(f"{escape(line)}", soft_wrap=True)
    for line in (*done.repaired, done.hint):
        if line:
            remark(line)
    title = escape(f"{offer.name} outside on {offer.task}")
    folder = escape(str(results))
    outcome = "is on the leaderboard now" if done.new else "was there already: nothing to do"
    if done.instead:
        outcome += f"; it replaces {escape(done.instead)}"
    out.print(f"{title} {outcome}; next: bench report --results {folder}", soft_wrap=True)


def _score_lines(done: "Entered", scope: "Scope") -> list[str]:
    from bench.leaderboard.wording import format as words

    scores, main = done.scores, done.scores.main_metric
    score = f"{words.score(scores.scores[main])} {words.interval(scores.intervals.get(main))}"
    extent = f"{scores.data.test:,} of {done.of:,} test examples ({scope.words})"
    lines = [f"{main} {score} on {extent}"]
    if scores.counts.unparsed:
        lines.append(f"{scores.counts.unparsed:,} empty predictions count as wrong")
    if done.unused:
        lines.append(f"{done.unused:,} predictions are for other test examples and were not scored")
    return lines
