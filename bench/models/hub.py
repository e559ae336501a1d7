"""Fetch models of the Hugging Face Hub at pinned commits: only safetensors and settings."""

import http.client
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from bench.errors import DataError, Unavailable
from bench.files.cache_folder import OLD
from bench.files.hub_quiet import quiet
from bench.guards.proxies import proxy_named
from bench.redaction import redact

WAIT = 5.0
"""Seconds to wait for the Hub's first response; its own library would try for 23."""
MODEL_FILES = ("*.safetensors", "*.json", "*.txt", "*.jinja", "tokenizer.model")
"""The only files that are fetched: never a pickle, never code."""
COMMIT = re.compile(r"[0-9a-f]{40}")
Result = TypeVar("Result")


def hub_folder(repo: str, *, revision: str, offline: bool = False) -> Path:
    """Return the folder of a model's weights, configuration and tokenizer, fetched if not cached.

    Args:
        repo: `owner/name`.
        revision: the pinned commit.
        offline: use only the Hub's own cache, never the network.

    Raises:
        Unavailable: the Hub cannot be reached; the model does not exist or is gated; or it is not
            in the cache when offline.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    # Subfolders contain the same weights for other libraries.
    wanted: dict[str, Any] = {"allow_patterns": [*MODEL_FILES], "ignore_patterns": ["*/*"]}
    take = partial(snapshot_download, repo, revision=revision, **wanted)
    with in_words(*_failure(repo)):
        try:
            folder = Path(take(local_files_only=True))
            # The library cannot always tell whether a copy is complete: one made by an older
            # version of it, or by hand, has no list of files.
            if any(folder.glob("*.safetensors")) or any(folder.glob("*.bin")):
                return folder
        except LocalEntryNotFoundError:
            pass
        _reach(repo, offline=offline)
        return _fetched(repo, lambda: _all_or_none(repo, take))


def _all_or_none(repo: str, take: Callable[..., Any]) -> Path:
    # The metadata of all files is validated before the first is fetched.
    take(dry_run=True)
    _clear(repo)
    return Path(take())


def _clear(repo: str) -> None:
    # The library gives every download a file name of its own, and leaves the file when killed.
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    name = repo_folder_name(repo_id=repo, repo_type="model")
    for path in (Path(constants.HF_HUB_CACHE) / name / "blobs").glob("*.incomplete"):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > OLD:
                path.unlink()


def _fetched(repo: str, call: Callable[[], Result]) -> Result:
    # Imported on first use, as it imports the Hub's library.
    from bench.files.hub_guard import guarded

    try:
        return guarded(f"model {repo} cannot be downloaded from the Hub", call)
    # The library does not validate responses, so that a malformed one raises any of these.
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError, RuntimeError) as error:
        reason = (redact(str(error)).strip().splitlines() or [""])[0]
        raise Unavailable(
            f"model {repo} cannot be downloaded from the Hub ({type(error).__name__}: {reason})"
        ) from None


def hub_settings(repo: str, names: Sequence[str], *, revision: str, offline: bool = False) -> Path:
    """Return the folder of a model with those of the named small files that exist; each is fetched
    unless it is in the Hub's cache or known to be missing.

    Raises:
        Unavailable: as `hub_folder`.
    """
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import RemoteEntryNotFoundError

    folder = _snapshot(repo, revision)
    for name in names:
        if try_to_load_from_cache(repo, name, revision=revision) is None:
            with in_words(*_failure(repo)), suppress(RemoteEntryNotFoundError):
                _reach(repo, offline=offline)
                _fetched(repo, partial(hf_hub_download, repo, name, revision=revision))
    return folder


def _snapshot(repo: str, revision: str) -> Path:
    """Return the folder where the Hub's library caches the files of a commit."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    name = repo_folder_name(repo_id=repo, repo_type="model")
    return Path(constants.HF_HUB_CACHE) / name / "snapshots" / revision


def hub_names(repo: str, *, revision: str, offline: bool = False) -> list[str]:
    """Return the names of the files in a model's top folder; none if the Hub is unreachable."""
    from huggingface_hub import HfApi

    try:
        with in_words(*_failure(repo)):
            _reach(repo, offline=offline)
            names = _fetched(repo, lambda: HfApi().list_repo_files(repo, revision=revision))
    except Unavailable:
        return []
    return [name for name in names if "/" not in name]


def hub_commit(repo: str, *, revision: str = "main", offline: bool = False) -> str:
    """Return the commit of a model's branch or tag. It is resolved once and then kept in the Hub's
    own cache, so that later runs use the same commit.

    Raises:
        Unavailable: as `hub_folder`.
        DataError: the model has no configuration.
    """
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.errors import RemoteEntryNotFoundError
    from huggingface_hub.file_download import repo_folder_name

    if COMMIT.fullmatch(revision):
        return revision
    name = repo_folder_name(repo_id=repo, repo_type="model")
    known = Path(constants.HF_HUB_CACHE) / name / "refs" / revision
    if known.is_file() and COMMIT.fullmatch(commit := known.read_text().strip()):
        return commit
    with in_words(*_failure(repo)):
        _reach(repo, offline=offline)
        try:
            config = _fetched(
                repo,
                lambda: hf_hub_download(repo, "config.json", revision=revision, etag_timeout=WAIT),
            )
        except RemoteEntryNotFoundError:
            raise DataError(f"model {repo} contains no config.json") from None
    return Path(config).parent.name


def _reach(repo: str, *, offline: bool) -> None:
    from huggingface_hub import constants

    if offline or constants.HF_HUB_OFFLINE:
        raise Unavailable(f"model {repo} is not in the Hub's cache, and offline mode is on")
    if "@" in constants.ENDPOINT:
        raise Unavailable(f"model {repo}: HF_ENDPOINT contains a password; set HF_TOKEN instead")
    if reason := silence(constants.ENDPOINT):
        raise Unavailable(f"model {repo} cannot be downloaded from the Hub ({reason})")


@lru_cache(maxsize=4)
def silence(address: str) -> str:
    """Return why the Hub does not respond, "" if it does; checked once per process."""
    answer: SimpleQueue[str] = SimpleQueue()
    # In a thread, as DNS look-ups have no timeout, and each address is tried for a full timeout.
    threading.Thread(target=lambda: answer.put(_asked(address)), daemon=True).start()
    try:
        return answer.get(timeout=WAIT)
    except Empty:
        return f"it cannot be reached: no response within {WAIT:.0f} s"


def _asked(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=WAIT):
            return ""
    except urllib.error.HTTPError:
        return ""  # any response shows that the server is reachable
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        # Certificates are left to the Hub's own library, which may trust others than Python.
        if isinstance(reason, ssl.SSLError):
            return ""
        proxy = proxy_named()
        through = f" through the proxy {proxy}" if proxy else ""
        return f"it cannot be reached{through}: {redact(str(reason))}"


def _failure(repo: str) -> tuple[str, str]:
    return f"model {repo} cannot be downloaded from the Hub", "a gated model needs `hf auth login`"


@contextmanager
def in_words(failure: str, hint: str) -> Iterator[None]:
    """Turn the library's errors into `Unavailable` with a message of one line, and silence its logs
    and progress bars.

    Args:
        failure: a clause saying what cannot be done.
        hint: a remedy.
    """
    from huggingface_hub import errors

    # The HTTP library's own errors: not all are wrapped, and the module's name has changed.
    network: type[Exception] = errors.HTTPError  # type: ignore[attr-defined]
    try:
        with quiet():
            yield
    except (network, errors.HFValidationError, OSError) as error:
        first = (redact(str(error)).strip().splitlines() or [type(error).__name__])[0]
        raise Unavailable(f"{failure} ({first}; {hint})") from None
