"""Runs on disk: each a folder that is whole or absent, checked by hash whenever it is read; what
a fit kept, which is large, when it is used.

Layout of a results folder:
    runs/KEY/        one run: result.json, and the files it names by sha256
    damaged/         what `bench run` found damaged under a key that it needed; never deleted
    .staging/        being written; left-overs of dead processes are adopted when whole
    .lock            held while a run is moved into its place or out of it
    unfinished/KEY/  what a fit that was killed needs to go on; see bench.unfinished
"""

import hashlib
import os
import re
import shutil
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from bench.board import Problem
from bench.disk import alone, clear_errors, sync_folder, write_through
from bench.records import Result
from bench.sealed import Damaged, decode_array, seal, unseal
from bench.unfinished import tidy

_STAGED = re.compile(r"(?P<host>.+)-(?P<pid>\d+)-[0-9a-f]{32}(-old)?\Z")


@dataclass(frozen=True)
class StoredResult:
    """A verified run.

    Args:
        result: its record.
        folder: its folder, relative to the results folder.
        replicates: the main metric's bootstrap draws, one float32 array for each of
            `result.results`.
    """

    result: Result
    folder: str
    replicates: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Contents:
    """All of a results folder: what can be used, and what cannot with the reason."""

    results: tuple[StoredResult, ...]
    problems: tuple[Problem, ...]


class Store:
    """A results folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs = root / "runs"

    def prepare(self) -> None:
        """Make the folder ready for writing, and adopt or clear what dead processes left.

        Raises:
            StoreError: it cannot be written to.
        """
        with clear_errors(self.root):
            self.runs.mkdir(parents=True, exist_ok=True)
            probe = self._staging()
            (probe / "probe").write_bytes(b"x" * 65536)
            shutil.rmtree(probe)
        tidy(self.root, lambda key: self.status(key) == "done")
        with alone(self.root):
            for left in sorted((self.root / ".staging").iterdir()):
                if not _owner_lives(left.name):
                    self._adopt(left)

    def workspace(self) -> Path:
        """A new folder for this process's own temporary files; remove it when done.

        Raises:
            StoreError: it cannot be made.
        """
        with clear_errors(self.root):
            return self._staging()

    def _staging(self) -> Path:
        place = self.root / ".staging" / f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex}"
        place.mkdir(parents=True)
        return place

    def _adopt(self, left: Path) -> None:
        try:
            key = self._verify(left, large=True).key
        except Damaged:
            shutil.rmtree(left, ignore_errors=True)
            return
        if (self.runs / key).exists():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.rename(self.runs / key)

    def write(self, result: Result, files: Mapping[str, bytes], *, replace: bool = False) -> None:
        """Put a run in its place, whole.

        A finished run that stands there already stays, unless `replace` puts one that was not
        skipped in its place; a failed or skipped one gives way, a damaged one is set aside.

        Raises:
            StoreError: the folder is full or cannot be written to.
        """
        with clear_errors(self.root):
            staged = self._staging()
            hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
            sealed = seal(result.model_copy(update={"files": hashes}))
            for name, data in {**files, "result.json": sealed}.items():
                write_through(staged / name, data)
            sync_folder(staged)
        with alone(self.root):
            self._place(staged, result.key, replace=replace and result.status != "skipped")

    def _place(self, staged: Path, key: str, *, replace: bool) -> None:
        target, stands = self.runs / key, self.status(key)
        if stands == "done" and not replace:
            shutil.rmtree(staged)
            return
        if stands == "damaged":
            self._set_aside(key)
        if target.exists():
            # A rename cannot replace a full folder. Killed between the two renames, the next
            # `prepare` adopts the staged folder.
            old = staged.with_name(staged.name + "-old")
            target.rename(old)
            staged.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            staged.rename(target)
        sync_folder(self.runs)

    def status(self, key: str) -> str | None:
        """`done`, `failed`, `skipped`, `damaged`, or None where there is nothing."""
        folder = self.runs / key
        if not folder.is_dir():
            return None
        try:
            found = self._verify(folder)
        except Damaged:
            return "damaged"
        return found.status if found.key == key else "damaged"

    def set_aside(self, key: str) -> None:
        """Move a damaged run into damaged/, so that it can be run again; a sound one, as another
        process may have put there meanwhile, stays."""
        with alone(self.root):
            if self.status(key) == "damaged":
                self._set_aside(key)

    def _set_aside(self, key: str) -> None:
        aside = self.root / "damaged"
        aside.mkdir(exist_ok=True)
        (self.runs / key).rename(aside / f"{key}-{uuid.uuid4().hex[:8]}")

    def read(self, key: str) -> StoredResult:
        """One verified run.

        Raises:
            Damaged: a file is missing, cut short, edited or of another version.
        """
        folder = self.runs / key
        raw: dict[str, bytes] = {}
        result = self._verify(folder, raw)
        draws = tuple(decode_array(raw[r.replicates], r.replicates) for r in result.results)
        return StoredResult(result, f"runs/{key}", draws)

    def artefacts(self, key: str) -> dict[str, bytes]:
        """What a run's fit kept, verified: file name -> bytes; empty where it kept nothing.

        Raises:
            Damaged: as `read`.
        """
        raw: dict[str, bytes] = {}
        result = self._verify(self.runs / key, raw, large=True)
        return {name: raw[name] for name in result.artefacts}

    def _verify(
        self, folder: Path, raw: dict[str, bytes] | None = None, *, large: bool = False
    ) -> Result:
        """The record in a folder, all files held against their hashes; of what a fit kept only
        with `large`, else it is only looked for."""
        result = unseal(_bytes(folder / "result.json"))
        if Path(result.key).name != result.key:
            raise Damaged(f"result.json has a key that is no folder's name: {result.key!r}")
        for name, expected in result.files.items():
            if Path(name).name != name:
                raise Damaged(f"result.json names a file outside its folder: {name!r}")
            if name in result.artefacts and not large:
                if not (folder / name).is_file():
                    raise Damaged(f"{name} is missing")
                continue
            data = _bytes(folder / name)
            if hashlib.sha256(data).hexdigest() != expected:
                raise Damaged(f"{name} was cut short or edited: its sha256 does not match")
            if raw is not None:
                raw[name] = data
        return result

    def stored_keys(self) -> list[str]:
        """The names of all stored runs, sorted, unverified."""
        if not self.runs.is_dir():
            return []
        return sorted(entry.name for entry in os.scandir(self.runs) if entry.is_dir())

    def contents(self) -> Contents:
        """Every run that can be used, and a problem for each that cannot."""
        results, problems = [], []
        for key in self.stored_keys():
            try:
                stored = self.read(key)
                if stored.result.key != key:
                    raise Damaged(f"the folder's name is not its result's key {stored.result.key}")
                results.append(stored)
            except Damaged as error:
                way_out = "delete the folder, or run the same command again to redo it"
                problems.append(Problem(where=f"runs/{key}", what=f"not used: {error}; {way_out}"))
        return Contents(tuple(results), tuple(problems))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path.name} cannot be read: {error.strerror or error}") from None


def _owner_lives(name: str) -> bool:
    """Whether a staged folder may still be in use; another machine's, on a shared disk, always."""
    match = _STAGED.match(name)
    if match is None:
        return False
    return match["host"] != socket.gethostname() or psutil.pid_exists(int(match["pid"]))
