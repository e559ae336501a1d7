"""Read a data set of the Hugging Face Hub at a pinned revision, or a local folder in its format."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench.errors import DataError, Unavailable, quoted
from bench.files.hub_quiet import quiet
from bench.redaction import redact

# The library's words where a data set has several configurations.
_CONFIGS = re.compile(r"available configs: \[([^\]]+)\]")


def hub_rows(
    repo: str, *, revision: str, name: str | None = None, offline: bool = False
) -> dict[str, Any]:
    """Return a data set as `hub_dataset` loads it: split -> rows, each row a mapping from column to
    value."""
    dataset = hub_dataset(repo, revision=revision, name=name, offline=offline)
    return {str(split): rows.to_list() for split, rows in dataset.items()}


def hub_dataset(repo: str, *, revision: str, name: str | None = None, offline: bool = False) -> Any:
    """Return a data set: split -> table of the library `datasets`.

    Args:
        repo: `owner/name`, or a folder.
        revision: the pinned commit.
        name: the configuration, if there are several.
        offline: use only the Hub's own cache, never the network.

    Raises:
        Unavailable: the Hub cannot be reached or its response is refused, or the data set is not
            in the cache when offline.
        DataError: its card names files outside of the data set, or it has several configurations
            and none is given.
    """
    # Imported on first use, as `bench list` must not import it.
    import datasets

    load = partial(datasets.load_dataset, repo, name=name, revision=revision)
    broken = (OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError)
    try:
        with _settings(offline), _own_files(repo):
            return _loaded(repo, load)
    except (*broken, RuntimeError, datasets.exceptions.DatasetsError) as error:
        if configs := _CONFIGS.search(str(error)):
            names = configs[1].replace("'", "").split(", ")
            raise DataError(
                f"{repo} has the configurations {', '.join(names[:20])}; give one, as "
                f"{repo}:{names[0]}"
            ) from None
        raise _unavailable(repo, error) from None


def _unavailable(repo: str, error: Exception) -> Unavailable:
    reason = (redact(str(error)).strip().splitlines() or [type(error).__name__])[0]
    return Unavailable(f"{repo} cannot be downloaded from the Hub ({reason})")


def newest_commit(repo: str) -> str:
    """Return the commit that a data set of the Hub is at now.

    Raises:
        Unavailable: there is no such data set, it is gated, or the Hub cannot be reached.
    """
    from huggingface_hub import HfApi

    return str(_asked(repo, lambda: HfApi().dataset_info(repo)).sha)


def hub_file(repo: str, file: str, *, revision: str, offline: bool) -> bytes:
    """Return a small file of a data set; b"" if it has no such file.

    Raises:
        Unavailable: the Hub cannot be reached, or the data set is gated.
    """
    from huggingface_hub import errors, hf_hub_download

    try:
        path = _asked(
            repo,
            lambda: hf_hub_download(
                repo, file, repo_type="dataset", revision=revision, local_files_only=offline
            ),
        )
    except (errors.EntryNotFoundError, errors.LocalEntryNotFoundError):
        return b""
    return Path(path).read_bytes()


def _asked(repo: str, ask: Callable[[], Any]) -> Any:
    """Return the Hub's answer.

    Raises:
        Unavailable: no such data set, gated, or no answer; the message says what to do.
    """
    from huggingface_hub import errors
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

    from bench.files.hub_guard import guarded

    _refuse_password(repo)
    try:
        with quiet():
            return guarded(f"{repo} cannot be downloaded from the Hub", ask)
    except (errors.EntryNotFoundError, errors.LocalEntryNotFoundError):
        raise
    except errors.GatedRepoError:
        raise Unavailable(
            f"{repo} is gated: accept its terms on its page of the Hub, then log in with "
            "`hf auth login` or set HF_TOKEN"
        ) from None
    except errors.RepositoryNotFoundError:
        raise Unavailable(
            f"there is no file or folder {repo}, and no data set of that name on the Hub (a "
            "private one needs HF_TOKEN)"
        ) from None
    except (OSError, ValueError, RuntimeError, httpx.HTTPError) as error:
        raise _unavailable(repo, error) from None


def _refuse_password(repo: str) -> None:
    from huggingface_hub import constants

    if "@" in constants.ENDPOINT:
        raise Unavailable(f"{repo}: HF_ENDPOINT contains a password; set HF_TOKEN instead")


def _loaded(repo: str, load: Callable[[], Any]) -> Any:
    if Path(repo).is_dir():
        return load()
    _refuse_password(repo)
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
