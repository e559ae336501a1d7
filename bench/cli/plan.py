"""The command `bench plan`: what a run would take, before anything is run."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from bench.cli.console import complain, err, note, out
from bench.cli.help_layout import AMOUNT, Command
from bench.cli.run import run
from bench.cli.running.plan_table import plan_table, totals
from bench.cli.running.run_kinds import Asked, Prepared, asked, prepare_runs
from bench.cli.running.run_messages import report_absent, report_skips
from bench.errors import UserError

if TYPE_CHECKING:
    from bench.runs.estimates.machine import Machine
    from bench.runs.loaded_experiment import RunOptions

app = typer.Typer()
OTHERS = ("dry_run", "why", "page")
"""Options of `run` that a plan has no use for."""


def _with_options_of_run(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `run` besides its own, so that they can never differ."""
    own = inspect.signature(command, eval_str=True).parameters
    shared = inspect.signature(run, eval_str=True).parameters
    parameters = [
        *(p for name, p in shared.items() if name not in OTHERS),
        *(p for p in own.values() if p.kind is not p.VAR_KEYWORD),
    ]
    kept = [p.replace(kind=p.KEYWORD_ONLY) for p in parameters]
    setattr(command, "__signature__", inspect.Signature(kept))  # noqa: B010
    command.__annotations__ = {p.name: p.annotation for p in kept}
    return command


@app.command(cls=Command, rich_help_panel="Train and compare")
@_with_options_of_run
def plan(
    *,
    device: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Plan for a machine you do not have: t4, l4, a10, v100, a100, h100, h200, "
            "rtx3090, rtx4090, or cpu (two cores).",
            rich_help_panel="For which machine",
        ),
    ] = "",
    vram: Annotated[
        float | None,
        typer.Option(
            metavar="GIB",
            help="Memory of its GPU. Default: as it is sold. Without --device: the slowest GPU "
            "that has so much.",
            rich_help_panel="For which machine",
        ),
    ] = None,
    hours: Annotated[
        float | None,
        typer.Option(metavar="H", help="Say what fits into this time.", rich_help_panel=AMOUNT),
    ] = None,
    **options: Any,
) -> None:
    """Say what a run would take: time, memory, downloads, and what cannot run. Nothing is run.

    It takes the options of `bench run`. Times come from finished runs of this machine, else from
    small fits of a few seconds, whose speed is kept; for a machine that you do not have, from its
    arithmetic.
    """
    wanted = asked(**options)
    if hours is not None and not 0 < hours < 1e6:
        raise UserError(f"--hours {hours:g}: give hours above 0, such as 2")
    raise typer.Exit(_plan(wanted, _machine(device, vram, wanted.options), hours))


def _machine(device: str, vram: float | None, options: "RunOptions") -> "Machine | None":
    """Return the machine that was named; None for this one."""
    from bench.runs.estimates.machine import elsewhere

    return elsewhere(device, vram, options.threads or 1) if device or vram is not None else None


def _plan(wanted: Asked, machine: "Machine | None", hours: float | None) -> int:
    """Print the plan; return 1 where nothing fits, 2 for mistakes in the user's own plugins."""
    from bench.runs.estimates.fitting import fitting

    prepared = _set_up(wanted, machine)
    setup = prepared.setup
    prepared.write(wanted.output)
    for line in setup.mistakes:
        complain(line)
    for name, fault in setup.estimator.faults.items():
        note(f"baseline {name}: {fault}; its time is estimated from the characters it reads")
    report_absent(setup.material.absent)
    seconds = None if hours is None else 3600 * hours
    found = fitting(
        setup.todo,
        setup.estimates,
        setup.estimator.machine,
        workers=setup.workers,
        seconds=seconds,
    )
    if found:
        out.print(plan_table(found, out.width))
    report_skips(setup.material.missing)
    for line in totals(setup, found, hours):
        out.print(line, soft_wrap=True, highlight=False)
    if setup.mistakes:
        return 2
    # A finished plan has nothing left to fit.
    return int(not setup.runs or (bool(found) and all(one.obstacle for one in found)))


def _set_up(wanted: Asked, machine: "Machine | None") -> Prepared:
    from bench.runs.session import measured

    with err.status("loading data") as status:

        def show(name: str) -> None:
            status.update(f"measuring this machine, once: {escape(name)}")

        prepared = prepare_runs(wanted, lambda step: None, show, machine=machine)
        if machine or prepared.timed:
            return prepared
        setup = measured(prepared.setup, wanted.request, wanted.options, show)
        return replace(prepared, setup=setup)
