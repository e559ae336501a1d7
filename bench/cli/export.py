"""Commands on stored results: export writes an adapter, calibrate adds entries."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bench.cli.console import Data, Plugins, Results, err, out
from bench.errors import UserError

app = typer.Typer()


@app.command()
def export(
    cell: Annotated[
        str,
        typer.Argument(
            metavar="CELL",
            help="BASELINE/TASK or BASELINE/TASK/SEED, or the key of a result (its folder's name "
            "under runs/), 6 characters or more of it.",
        ),
    ],
    to: Annotated[Path, typer.Option(metavar="DIR", help="A folder, empty or not there yet.")],
    merge: Annotated[
        bool,
        typer.Option(
            "--merge",
            help="Write a whole model in bfloat16, the adapter merged into the base model's "
            "dequantised values. It is not scored again, and its card says so.",
        ),
    ] = False,
    push: Annotated[
        str,
        typer.Option(
            metavar="OWNER/NAME",
            help="Upload the folder to this model repository of the Hugging Face Hub as well; a "
            "new one is private. Log in first: hf auth login.",
        ),
    ] = "",
    results: Results = Path("results"),
) -> None:
    """Write the adapter of a cell as a folder that PEFT loads, with tokenizer and model card.

    The card gives scores with intervals, data, prompt and command; the Hub reads the scores too.
    """
    from bench.exchange.export_adapter import export as write
    from bench.exchange.hub_push import push as hand_over
    from bench.models.pretrained import HUB_ID

    if push and not HUB_ID.fullmatch(push):
        raise UserError(f"--push {push}: write OWNER/NAME")
    with err.status("merging" if merge else "writing"):
        done = write(results, cell, to, merge=merge)
    size = sum(done.files.values()) / 2**20
    out.print(
        f"wrote {escape(str(done.folder))}: {len(done.files)} files, {size:.1f} MiB",
        soft_wrap=True,
    )
    if push:
        with err.status(f"pushing to {escape(push)}"):
            address = hand_over(done.folder, push)
        out.print(f"pushed to {escape(address)}", soft_wrap=True)


@app.command()
def calibrate(
    method: Annotated[
        str,
        typer.Option(
            help="batch: by the mean over the test texts; contextual: by texts without content."
        ),
    ] = "batch",
    results: Results = Path("results"),
    data: Data = None,
    plugins: Plugins = None,
    offline: Annotated[bool, typer.Option(help="Never ask the network.")] = False,
) -> None:
    """Add entries with calibrated scores, computed from stored log-likelihoods; no model runs.

    Each becomes an entry of its own on the leaderboard, and says how it was calibrated.
    """
    from bench.data.source import Source
    from bench.exchange.calibrate import calibrate as make

    if method not in ("batch", "contextual"):
        raise UserError(f"--method {method}: write batch or contextual")
    source = Source(plugins or (), data or (), offline)
    for done in make(results, method, source):  # type: ignore[arg-type]  # checked above
        scores = ", ".join(
            f"{before:.3f} to {after:.3f}"
            for before, after in zip(done.before, done.after, strict=True)
        )
        out.print(f"{escape(done.title)}: {scores}", soft_wrap=True)
