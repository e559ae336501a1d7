"""Read a data set of the Hugging Face Hub at a pinned revision, or a local folder in its format."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.errors import DataError, Unavailable, quoted
from bench.files.hub_quiet import quiet
from bench.redaction import redact


def hub_rows(
    repo: str, *, revision: str, name: str | None = None, offline: bool = False
) -> dict[str, Any]:
    """Return a data set: split -> rows, each row a mapping from column to value.

    Args:
        repo: `owner/name`, or a folder.
        revision: the pinned commit.
        name: the configuration, if there are several.
        offline: use only the Hub's own cache, never the network.

    Raises:
        Unavailable: the Hub cannot be reached or its response is refused, or the data set is not
            in the cache when offline.
        DataError: its card names files outside of the data set.
    """
    # Imported on first use, as `bench list` must not import it.
    import datasets

    load = partial(datasets.load_dataset, repo, name=name, revision=revision)
    broken = (OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError)
    try:
        with _settings(offline), _own_files(repo):
            dataset = _loaded(repo, load)
    except (*broken, RuntimeError, datasets.exceptions.DatasetsError) as error:
        reason = (redact(str(error)).strip().splitlines() or [type(error).__name__])[0]
        raise Unavailable(f"{repo} cannot be downloaded from the Hub ({reason})") from None
    return {str(split): rows.to_list() for split, rows in dataset.items()}


def _loaded(repo: str, load: Callable[[], Any]) -> Any:
    from huggingface_hub import constants

    if Path(repo).is_dir():
        return load()
    if "@" in constants.ENDPOINT:
        raise Unavailable(f"{repo}: HF_ENDPOINT contains a password; set HF_TOKEN instead")
    # Imported on first use, as it imports the Hub's library.
    from bench.files.hub_guard import guarded

    return guarded(f"{repo} cannot be downloaded from the Hub", load)


@contextmanager
def _own_files(repo: str) -> Iterator[None]:
    """Restrict the files that a data set's card names to the data set itself: the library would
    read any file of this machine, and fetch from any server."""
    from datasets import data_files

    resolve = data_files.resolve_pattern

    def resolve_inside(pattern: str, base_path: str, *args: Any, **options: Any) -> list[str]:
        homes = (f"{base_path}/", f"hf://datasets/{repo}@", f"hf://datasets/{repo}/")
        inside = pattern.startswith(homes) or not ("://" in pattern or Path(pattern).is_absolute())
        if not inside or "::" in pattern or ".." in pattern.split("/") or "\\" in pattern:
            raise DataError(
                f"{repo} refers to a file outside the data set, {quoted(pattern)}: refused"
            )
        paths: list[str] = resolve(pattern, base_path, *args, **options)
        return paths

    data_files.resolve_pattern = resolve_inside
    try:
        yield
    finally:
        data_files.resolve_pattern = resolve


@contextmanager
def _settings(offline: bool) -> Iterator[None]:
    """Silence progress bars and warnings about retries; with `offline`, prevent all requests."""
    import datasets
    from huggingface_hub import constants

    # The libraries read the environment only when imported, so their own switches are set.
    before = constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE
    counts = datasets.config.HF_UPDATE_DOWNLOAD_COUNTS
    # It would send requests that the user did not ask for.
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    bars = datasets.are_progress_bars_disabled()
    if offline:
        constants.HF_HUB_OFFLINE = datasets.config.HF_HUB_OFFLINE = True
    datasets.disable_progress_bars()
    try:
        with quiet():
            yield
    finally:
        constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE = before
        datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = counts
        if not bars:
            datasets.enable_progress_bars()
