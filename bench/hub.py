"""Read a data set of the Hugging Face Hub at a pinned revision, or a local folder in its form."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.errors import Unavailable
from bench.redaction import redact


def hub_rows(
    repo: str, *, revision: str, name: str | None = None, offline: bool = False
) -> dict[str, Any]:
    """The data set: split -> rows, each row a mapping of its columns.

    Args:
        repo: `owner/name`, or a folder.
        revision: the pinned commit.
        name: the configuration, where there are several.
        offline: never ask the network; what is in the Hub's own cache is read.

    Raises:
        Unavailable: it cannot be reached, or is not in the cache when offline.
    """
    # On first use: the listing path must stay free of it.
    import datasets

    try:
        with _settings(offline):
            found = datasets.load_dataset(repo, name=name, revision=revision)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        reason = (redact(str(error)).strip().splitlines() or [type(error).__name__])[0]
        raise Unavailable(f"{repo} cannot be had from the Hub ({reason})") from None
    return {str(split): rows.to_list() for split, rows in found.items()}


@contextmanager
def _settings(offline: bool) -> Iterator[None]:
    """No progress bars and no word on every retry; with `offline`, no request at all."""
    import datasets
    from huggingface_hub import constants
    from huggingface_hub.utils import logging as hub_logging

    # The environment is read at import only, so the two libraries' own switches are set.
    before = constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE
    level, bars = hub_logging.get_verbosity(), datasets.are_progress_bars_disabled()
    if offline:
        constants.HF_HUB_OFFLINE = datasets.config.HF_HUB_OFFLINE = True
    hub_logging.set_verbosity(logging.ERROR)
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE = before
        hub_logging.set_verbosity(level)
        if not bars:
            datasets.enable_progress_bars()
