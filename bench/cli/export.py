"""Commands on stored results: export writes an adapter, calibrate adds entries."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.console import Data, Offline, Plugins, Results, err, out
from bench.cli.help_layout import Command
from bench.errors import UserError

app = typer.Typer()
PANEL = "Exchange with other tools"


@app.command(cls=Command, rich_help_panel=PANEL)
def export(
    cell: Annotated[
        str,
        typer.Argument(
            metavar="CELL",
            help="BASELINE/TASK, BASELINE/TASK/SEED, or the first 6 or more characters of a "
            "result's key (the name of its folder in runs/).",
        ),
    ],
    to: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write: new or empty.")],
    merge: Annotated[
        bool,
        typer.Option(
            "--merge",
            help="Write a full model in bfloat16, with the adapter merged into the dequantised "
            "base model. It is not scored again, and its card says so.",
        ),
    ] = False,
    push: Annotated[
        str,
        typer.Option(
            metavar="OWNER/NAME",
            help="Also upload the folder to this model repository on the Hugging Face Hub; a new "
            "one is private. Log in first: hf auth login.",
        ),
    ] = "",
    results: Results = Path("results"),
) -> None:
    """Write a trained adapter for PEFT, with tokenizer and model card.

    The card has the scores with intervals (which the Hub reads, too), the data, the prompt and the
    command that reproduces the adapter.
    """
    from bench.exchange.export_adapter import export as write
    from bench.exchange.hub_push import push as hand_over
    from bench.models.pretrained import HUB_ID

    if push and not HUB_ID.fullmatch(push):
        raise UserError(f"--push {push}: give OWNER/NAME, e.g. --push me/my-adapter")
    with err.status("merging" if merge else "writing"):
        done = write(results, cell, to, merge=merge)
    size = sum(done.files.values()) / 2**20
    out.print(
        f"wrote {escape(str(done.folder))}: {len(done.files)} files, {size:.1f} MiB",
        soft_wrap=True,
    )
    if push:
        with err.status(f"uploading to {escape(push)}"):
            address = hand_over(done.folder, push)
        out.print(f"uploaded to {escape(address)}", soft_wrap=True)


@app.command(cls=Command, rich_help_panel=PANEL)
def calibrate(
    method: Annotated[
        str,
        typer.Option(
            help="batch: by the mean over the test texts; contextual: by content-free texts."
        ),
    ] = "batch",
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Offline = False,
) -> None:
    """Add entries with calibrated answers, computed from stored log-likelihoods.

    Each is a separate entry on the leaderboard that says how it was calibrated. No model runs.
    """
    from bench.data.source import Source
    from bench.exchange.calibrate import calibrate as make

    if method not in ("batch", "contextual"):
        raise UserError(f"--method {method}: give batch or contextual")
    source = Source(plugins or (), data or (), offline)
    for done in make(results, method, source):  # type: ignore[arg-type]  # checked above
        scores = ", ".join(
            f"{before:.3f} to {after:.3f}"
            for before, after in zip(done.before, done.after, strict=True)
        )
        out.print(f"{escape(done.title)}: {scores}", soft_wrap=True)
