"""The command score: add submitted predictions to the leaderboard, or write an empty file for
them."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from bench.cli.console import Data, Plugins, Results, err, out
from bench.errors import UserError

if TYPE_CHECKING:
    from bench.data.source import Source
    from bench.exchange.prediction_template import Scope
    from bench.exchange.submit import Entered, Offer

app = typer.Typer()


@app.command()
def score(
    predictions: Annotated[
        Path | None,
        typer.Argument(
            metavar="PREDICTIONS",
            help="CSV, TSV or JSON Lines: id, prediction, score:LABEL for every label or none. "
            "Several labels have | between them, or are a JSON list, [] where there is none; "
            "spans, pairs and fields are JSON; an empty prediction counts as wrong.",
        ),
    ] = None,
    task: Annotated[str, typer.Option("-t", "--task", help="The task.")] = "",
    name: Annotated[str, typer.Option(help="What the row is called.")] = "",
    note: Annotated[str, typer.Option(help="What made the predictions, in a line.")] = "",
    template: Annotated[
        bool, typer.Option("--template", help="Write a file with ids and texts to fill in.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="With --template. Default: TASK-predictions.csv."),
    ] = None,
    limit_test: Annotated[
        int | None, typer.Option(help="Score this many test rows, those of `bench run`.")
    ] = None,
    profile: Annotated[
        str, typer.Option(help="quick or full. Default: full with a GPU, else quick.")
    ] = "",
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Add submitted predictions to the leaderboard as an entry of their own, marked as outside.

    The examples are those that `bench run` tests with the same options; a file for the whole test
    split is accepted, too.
    """
    from bench.data.source import Source
    from bench.exchange.prediction_template import scope_of
    from bench.exchange.submit import Offer

    if not task:
        raise UserError("score: name the task with --task; `bench list` names them all")
    scope, source = scope_of(limit_test, profile), Source(plugins or (), data or (), offline)
    if template:
        _template(task, output or Path(f"{task}-predictions.csv"), scope, source)
        return
    if predictions is None or not name:
        raise UserError("score: give a file of predictions and --name, or --template")
    _score(Offer(predictions, task, name, note), results, scope, source)


def _template(task: str, target: Path, scope: "Scope", source: "Source") -> None:
    from bench.exchange.prediction_template import write_template

    with err.status("reading the task"):
        rows = write_template(task, target, scope, source)
    which = f"{rows.rows:,} of {rows.of:,} test rows ({scope.words})"
    out.print(f"wrote {escape(str(target))}: {which}", soft_wrap=True)
    out.print(f"fill in the column prediction: {escape(rows.form)}", soft_wrap=True)
    then = f"bench score {escape(shlex.quote(str(target)))} --task {escape(task)} --name NAME"
    out.print(f"next, with the same options: {then}", soft_wrap=True)


def _score(offer: "Offer", results: Path, scope: "Scope", source: "Source") -> None:
    from bench.exchange.submit import score as enter

    with err.status("scoring"):
        done = enter(offer, results, scope=scope, source=source)
    for line in _told(done, scope):
        out.print(f"{escape(line)}", soft_wrap=True)
    if done.hint:
        err.print(f"[yellow]note:[/yellow] {escape(done.hint)}", soft_wrap=True)
    title = escape(f"{offer.name} outside on {offer.task}")
    folder = escape(str(results))
    says = "stands on the board" if done.new else "stood there already: nothing to do"
    if done.instead:
        says += f", in the place of {escape(done.instead)}"
    out.print(f"{title} {says}; next: bench report --results {folder}", soft_wrap=True)


def _told(done: "Entered", scope: "Scope") -> list[str]:
    from bench.leaderboard.wording import format as words

    scores, main = done.scores, done.scores.main_metric
    score = f"{words.score(scores.scores[main])} {words.interval(scores.intervals.get(main))}"
    which = f"{scores.data.test:,} of {done.of:,} test rows ({scope.words})"
    lines = [f"{main} {score} on {which}"]
    if scores.counts.unparsed:
        lines.append(f"{scores.counts.unparsed:,} empty predictions count as wrong")
    if done.unused:
        lines.append(f"{done.unused:,} predictions are of other test rows and were not scored")
    return lines
