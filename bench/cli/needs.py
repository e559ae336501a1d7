"""The options that say what a model is needed for: how many texts, and what it may cost."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bench.costs.needs import Needs

Volume = Annotated[
    str,
    typer.Option(
        metavar="N",
        help="Number of texts to answer, such as 1000, 100k or 10M. Default: 1k.",
        show_default=False,
    ),
]


def needed(volume: str) -> "Needs":
    """Return the needs that options state.

    Raises:
        UserError: one of them makes no sense.
    """
    from bench.costs.needs import Needs
    from bench.costs.volumes import DEFAULT, parsed

    return Needs(volume=parsed(volume) if volume else DEFAULT)
