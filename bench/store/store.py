"""The results store: each run is a folder that is written atomically and verified by hash whenever
it is read; files that a fit kept are large, and verified only when they are used.

Layout of a results folder:
    runs/KEY/        one run: result.json, and the files that it names with their sha256
    damaged/         runs that `bench run` needed and found damaged; never deleted
    .staging/        runs being written; see bench.store.staging
    .lock            held while a run is moved into its place or out of it
    unfinished/KEY/  checkpoints of interrupted fits; see bench.store.checkpoint_folder
"""

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import Problem, quoted
from bench.records import Result
from bench.store.atomic import (
    Refused,
    alone,
    clear_errors,
    readable,
    refuse_name,
    refuse_odd,
    refuse_odd_entry,
    refuse_odd_root,
    shown,
    sync_folder,
)
from bench.store.checkpoint_folder import tidy
from bench.store.consistency import faults_of_draws
from bench.store.integrity import fill, refuse_future, verified
from bench.store.record_file import Damaged, decode_array
from bench.store.staging import abandoned, claimed, displaced, in_use


@dataclass(frozen=True)
class StoredResult:
    """A verified run.

    Args:
        result: the record.
        folder: the folder's path, relative to the results folder.
        replicates: the main metric's bootstrap draws, one float32 array for each of
            `result.results`.
    """

    result: Result
    folder: str
    replicates: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Contents:
    """The contents of a results folder: usable runs, and a problem for each unusable one."""

    results: tuple[StoredResult, ...]
    problems: tuple[Problem, ...]


class Store:
    """A results folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs = root / "runs"

    def prepare(self) -> None:
        """Make the folder ready for writing, and adopt or delete what dead processes left.

        Raises:
            StoreError: it cannot be written to, or contains an entry that must not be used.
        """
        refuse_name(self.root)
        with clear_errors(self.root):
            refuse_odd(self.root)
            self.runs.mkdir(parents=True, exist_ok=True)
        self.adopt()
        with clear_errors(self.root):
            # With the lock: a process that keeps it is better reported now than after a fit.
            with alone(self.root), self.workspace() as probe:
                (probe / "probe").write_bytes(b"x" * 65536)
            tidy(self.root, lambda key: self.status(key) == "done")

    def adopt(self) -> None:
        """Move complete runs that dead processes left in .staging into their place, and delete the
        rest; a read-only folder is left as it is.

        Raises:
            StoreError: the folder contains an entry that must not be used.
        """
        with clear_errors(self.root):
            refuse_odd(self.root)
            if not os.access(self.root, os.W_OK):
                return
            for left in abandoned(self.root):
                with alone(self.root):
                    self._adopt(left)

    def _adopt(self, left: Path) -> None:
        try:
            key = verified(left, large=True).key
        except Damaged:
            if not in_use(left):
                shutil.rmtree(left, ignore_errors=True)
            return
        if left.name.endswith("-old") and (self.runs / key).exists():
            shutil.rmtree(left, ignore_errors=True)
        else:
            self.runs.mkdir(exist_ok=True)
            self._place(left, key, replace=False)

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Provide a new folder for temporary files of this process, deleted when the block ends.

        Raises:
            StoreError: it cannot be created.
        """
        with claimed(self.root) as folder:
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def write(self, result: Result, files: Mapping[str, bytes], *, replace: bool = False) -> None:
        """Store a run atomically.

        An existing finished run is kept, unless `replace` is True and the new one is not skipped; a
        failed or skipped one is replaced, a damaged one is moved to damaged/.

        Raises:
            StoreError: the disk is full, or the folder cannot be written to.
        """
        with claimed(self.root) as staged:
            with clear_errors(self.root):
                fill(staged, result, files)
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
            # A rename cannot replace a folder that is not empty. If the process is killed between
            # the two renames, the next `prepare` adopts the staged folder.
            old = displaced(staged)
            target.rename(old)
            staged.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            staged.rename(target)
        sync_folder(self.runs)

    def status(self, key: str) -> str | None:
        """Return `done`, `failed`, `skipped`, `damaged`, or None if there is no such run.

        Raises:
            Refused: the run must not be used, or cannot be read now.
        """
        folder = self.runs / key
        refuse_odd_entry(self.runs)
        try:
            with readable(folder):
                folder.lstat()
            result = self.read(key).result
        except (FileNotFoundError, NotADirectoryError):
            return None
        except Damaged:
            return "damaged"
        return result.status if result.key == key else "damaged"

    def set_aside(self, key: str) -> None:
        """Move a damaged run into damaged/, so that it can be run again. An intact one stays:
        another process may have stored it meanwhile."""
        with alone(self.root):
            if self.status(key) == "damaged":
                self._set_aside(key)

    def _set_aside(self, key: str) -> None:
        aside = self.root / "damaged"
        refuse_odd_entry(aside)
        aside.mkdir(exist_ok=True)
        (self.runs / key).rename(aside / f"{key}-{uuid.uuid4().hex[:8]}")

    def read(self, key: str) -> StoredResult:
        """Return one verified run.

        Raises:
            Damaged: a file is missing, truncated, edited or of another version.
            Refused: the run must not be used, or cannot be read now.
        """
        raw: dict[str, bytes] = {}
        result = verified(self.runs / key, raw)
        draws = tuple(decode_array(raw[r.replicates], r.replicates) for r in result.results)
        for scores, drawn in zip(result.results, draws, strict=True):
            for fault in faults_of_draws(scores, drawn, len(draws[0])):
                raise Damaged(fault)
        return StoredResult(result, f"runs/{key}", draws)

    def artefacts(self, key: str) -> dict[str, bytes]:
        """Return the verified files that a run's fit kept: file name -> bytes; empty if none.

        Raises:
            Damaged, Refused: as `read`.
        """
        raw: dict[str, bytes] = {}
        result = verified(self.runs / key, raw, large=True)
        return {name: raw[name] for name in result.artefacts}

    @property
    def has_runs(self) -> bool:
        """True if there is a folder of runs.

        Raises:
            Refused: it must not be used, or cannot be read now.
        """
        refuse_odd_root(self.root)
        refuse_odd_entry(self.runs)
        return self.runs.is_dir()

    def stored_keys(self) -> list[str]:
        """Return the names of all entries in the folder of runs but files, sorted and unverified.

        Raises:
            Refused: as `has_runs`.
        """
        if not self.has_runs:
            return []
        with readable(self.runs), os.scandir(self.runs) as entries:
            return sorted(e.name for e in entries if not e.is_file(follow_symlinks=False))

    def contents(self) -> Contents:
        """Return every run that can be used, and a problem for each that cannot.

        Raises:
            Refused: as `has_runs`.
        """
        results, problems = [], []
        for key in self.stored_keys():
            try:
                results.append(self._usable(key))
            except (Damaged, Refused) as error:
                problems.append(Problem(where=f"runs/{shown(key)}", what=_problem(error)))
        return Contents(tuple(results), tuple(problems))

    def _usable(self, key: str) -> StoredResult:
        stored = self.read(key)
        if stored.result.key != key:
            raise Damaged(f"the folder's name is not its result's key {quoted(stored.result.key)}")
        refuse_future(stored.result, self.runs / key)
        return stored


def _problem(error: Damaged | Refused) -> str:
    if isinstance(error, Refused):
        return error.problem
    return f"not used: {error}; delete the folder, or run the same command again to redo it"


ADAPTER = "adapter_model.safetensors"
