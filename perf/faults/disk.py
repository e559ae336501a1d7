"""Disks that are full, read-only, or lose a folder during a run; on a small tmpfs, which requires
root.

Run: python -m perf.faults disk [--count N] [--seed S]. N runs on disks that are too small, in bytes
and in inodes; each must end with one line and exit code 2, and the same command on a larger disk
must give the undisturbed leaderboard. Unreadable files (EIO) would require a failing device and are
not covered.
"""

import argparse
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from perf.faults.figures import Figures, finished, left_over, show
from perf.faults.processes import ended, poll, survivors
from perf.faults.setting import Setting, made_setting
from perf.faults.small_disk import disk, mount

OLD = "an older page"
LARGE = "size=256m,nr_inodes=100k"


def refused(setting: Setting, words: list[str], said: str) -> bool:
    """Return whether a command ends with exit code 2 and a line that contains the text."""
    code, text = ended(setting.warm(words)), setting.log.read_text()
    return code == 2 and said in " ".join(text.split()) and "Traceback" not in text


def small_disks(setting: Setting, count: int, rng: random.Random, *, names: bool) -> Figures:
    """Run on disks with too little space for a run, then on the same disks enlarged."""
    line = Figures(f"`bench run` on a full disk, by {'names' if names else 'bytes'}")
    # On a tmpfs a folder takes an inode, but no blocks.
    files = [path for path in setting.undisturbed.rglob("*") if names or path.is_file()]
    needed = len(files) if names else sum(path.stat().st_blocks * 512 for path in files)
    while line.tried < count:
        room = int(needed * rng.uniform(0.05, 0.95))
        options = f"size=256m,nr_inodes={max(4, room)}" if names else f"size={max(8192, room)}"
        with disk(setting.new("disk"), options) as root:
            results = root / "results"
            line.tried += 1
            line.wrong += not refused(setting, setting.run(results), "the disk is full")
            before = finished(results)
            mount("-o", f"remount,{LARGE}", str(root))
            _again(setting, line, results)
            line.lost += sum(finished(results).get(key) != raw for key, raw in before.items())
    return line


def _again(setting: Setting, line: Figures, results: Path) -> None:
    """Run again, which must give the undisturbed leaderboard and leave no leftovers."""
    line.wrong += ended(setting.warm(setting.run(results))) != 0
    line.wrong += setting.board(results) != setting.whole
    line.left += len(left_over(results)) + survivors()


def full_when_done(setting: Setting) -> Figures:
    """Write a page and a submitted entry to a full disk, then with free space."""
    line = Figures("`report -o` and `score` on a full disk", 2)
    with disk(setting.new("disk"), "size=4m") as root:
        results, page = root / "results", root / "page.html"
        shutil.copytree(setting.undisturbed, results)
        page.write_text(OLD)
        before = finished(results)
        with suppress(OSError), (root / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
        report = ["report", "--results", str(results), "--format", "html", "-o", str(page)]
        score = ["score", str(setting.folder / "mine.csv"), "-t", "one", "--name", "mine"]
        score += [*setting.source, "--results", str(results)]
        line.wrong += not refused(setting, report, "No space left")
        line.wrong += not refused(setting, score, "the disk is full")
        line.torn += (page.read_text() != OLD) + (finished(results) != before)
        (root / "filler").unlink()
        line.wrong += sum(ended(setting.warm(words)) != 0 for words in (report, score))
        line.left += len(left_over(results)) + len(set(root.iterdir()) - {results, page})
    return line


def read_only(setting: Setting) -> Figures:
    """Run and report on a read-only folder."""
    line = Figures("read-only results: `run`, `report`", 2)
    with disk(setting.new("disk"), LARGE) as root:
        results = root / "results"
        shutil.copytree(setting.undisturbed, results)
        mount("-o", "remount,ro", str(root))
        words = [*setting.run(results), "--seed", "7"]
        line.wrong += not refused(setting, words, "it cannot be written to")
        line.wrong += setting.board(results) != setting.whole
    return line


def deleted_under_way(setting: Setting, count: int, rng: random.Random) -> Figures:
    """Delete the results folder, or a part of it, during a run; then run again."""
    line = Figures("results folder, or a part, deleted under way")
    while line.tried < count:
        results, part = (
            setting.new("deleted"),
            ("", "runs", ".staging", "unfinished")[line.tried % 4],
        )
        pid = setting.warm(setting.run(results))
        end, wanted = time.monotonic() + 60, rng.randint(0, 5)
        while time.monotonic() < end and len(list(results.glob("runs/*"))) < max(1, wanted):
            time.sleep(0.01)
        assert poll(pid) is None
        shutil.rmtree(results / part, ignore_errors=True)
        line.tried += 1
        line.wrong += ended(pid) not in (0, 1, 2)
        survivors()
        _again(setting, line, results)
    return line


def measured(setting: Setting, count: int, rng: random.Random) -> Iterator[Figures]:
    """Yield the lines of the table."""
    try:
        for names in (False, True):
            yield small_disks(setting, count, rng, names=names)
        yield full_when_done(setting)
        yield read_only(setting)
    except subprocess.CalledProcessError as error:
        print(f"small disks: skipped, {error.stderr.decode().strip()}")
    yield deleted_under_way(setting, count, rng)
    yield setting.tracebacks()


def main(words: list[str]) -> None:
    """Print the table; exit with 1 where anything was lost, torn, wrong or left over."""
    parser = argparse.ArgumentParser(prog="python -m perf.faults disk")
    parser.add_argument("--count", type=int, default=6, help="disks too small, of either kind")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    with made_setting() as setting:
        show(measured(setting, given.count, random.Random(given.seed)))
