"""Count the cores that this process may use: those of its affinity mask, capped by its cgroup's CPU
quota.

The current load is ignored: it says nothing about the hours that a run takes, and answers differ in
their last digits with the number of threads.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PROC = Path("/proc/self")
ROOT = Path("/")


@dataclass(frozen=True)
class Cores:
    """Cores of the affinity mask, and the CPU quota in cores; None: no quota."""

    mask: int
    quota: float | None = None

    @property
    def count(self) -> int:
        """Number of cores to use, at least 1."""
        return self.mask if self.quota is None else max(1, min(self.mask, int(self.quota)))

    def __str__(self) -> str:
        """Return the number of cores, and the reason for the limit."""
        cores = f"{self.count} core" + "s" * (self.count != 1)
        capped = self.quota is not None and self.count < self.mask
        return f"{cores} (of {self.mask}, by a CPU quota of {self.quota:.3g})" if capped else cores


def available() -> Cores:
    """Return the cores available to this process."""
    has_masks = hasattr(os, "sched_getaffinity")
    mask = len(os.sched_getaffinity(0)) if has_masks else os.cpu_count() or 1
    return Cores(mask, cpu_quota())


def cpu_quota(proc: Path = PROC, root: Path = ROOT) -> float | None:
    """Return the lowest CPU quota among this process's cgroups and their ancestors, in cores.

    Args:
        proc: the process's folder, with `cgroup` and `mountinfo`.
        root: the folder that the mount points of `mountinfo` lie in.
    """
    groups = dict(_paths(_read(proc / "cgroup")))
    quotas = [
        quota
        for kind, within, point in _mounts(_read(proc / "mountinfo"))
        if kind in groups
        for folder in _upwards(root / point.lstrip("/"), within, groups[kind])
        if (quota := _quota(folder)) is not None
    ]
    return min(quotas, default=None)


def _paths(text: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of /proc/PID/cgroup: kind of hierarchy and the process's path in it."""
    for line in text.splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0":
            yield "cgroup2", path
        elif "cpu" in controllers.split(","):
            yield "cgroup", path


def _mounts(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the mounted hierarchies as listed by proc(5): kind, the mounted path in the hierarchy,
    mount point."""
    for line in text.splitlines():
        place, _, system = line.partition(" - ")
        words, after = place.split(), system.split()
        if len(words) < 5 or len(after) < 3:
            continue
        if after[0] == "cgroup2" or (after[0] == "cgroup" and "cpu" in after[2].split(",")):
            yield after[0], _plain(words[3]), _plain(words[4])


def _plain(word: str) -> str:
    """Decode the octal escapes for blanks."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), word)


def _upwards(mount: Path, within: str, path: str) -> Iterator[Path]:
    """Yield the folder of a process's cgroup and its ancestors, up to the mount point: a container
    cannot see above it."""
    inside = PurePosixPath(path)
    contained = inside.is_relative_to(within) and ".." not in inside.parts
    parts = inside.relative_to(within).parts if contained else ()
    yield from (mount.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1))


def _quota(folder: Path) -> float | None:
    """Return a cgroup's own quota; None where it has none (`max 100000` or -1)."""
    words = _read(folder / "cpu.max").split()
    if not words:
        words = (
            f"{_read(folder / 'cpu.cfs_quota_us')} {_read(folder / 'cpu.cfs_period_us')}".split()
        )
    try:
        quota, period = map(int, words)
    except ValueError:
        return None
    return quota / period if quota > 0 and period > 0 else None


def _read(path: Path) -> str:
    """Return a small file's text; "" where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
