"""kill -9 of the commands that write a page, an entry or a folder; then run them again."""

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.store.store import Store
from perf.faults.figures import Figures, left_over
from perf.faults.processes import ended, poll, survivors
from perf.faults.setting import Setting, board_of

OLD = "an older page"


@dataclass(frozen=True)
class Command:
    """A command that writes to a target: how it is started and checked."""

    words: Callable[[Path], list[str]]
    ready: Callable[[Path], object]
    """Prepare the target as a user may have left it, or leave it alone."""
    torn: Callable[[Path], bool]
    """Check for a torn target after a kill."""
    seen: Callable[[Path], object]
    """Return the target's content at the end."""


def commands(setting: Setting) -> list[Command]:
    """Return the commands to kill."""
    stored, source = setting.undisturbed, setting.source
    mine = str(setting.folder / "mine.csv")

    def copied(target: Path) -> None:
        if not target.exists():
            shutil.copytree(stored, target)

    def store_torn(target: Path) -> bool:
        return bool(Store(target).contents().problems)

    def on_store(*words: str) -> Command:
        return Command(
            lambda target: [*words, *source, "--results", str(target)],
            copied,
            store_torn,
            lambda target: (setting.board(target), left_over(target)),
        )

    report = ["report", "--results", str(stored), "--format", "json", "-o"]
    return [
        Command(
            lambda target: [*report, str(target)],
            lambda target: target.write_text(OLD),
            lambda target: target.read_text() != OLD and _is_no_json(target),
            lambda target: board_of(target.read_text()),
        ),
        on_store("score", mine, "-t", "one", "--name", "mine"),
        on_store("calibrate"),
        Command(
            lambda target: ["encode", "one", "two", *source, "--to", str(target)],
            lambda target: shutil.rmtree(target, ignore_errors=True),
            lambda target: target.exists() and not (target / "README.md").exists(),
            lambda target: {path.name: path.read_bytes() for path in sorted(target.glob("*.*"))},
        ),
    ]


def _is_no_json(target: Path) -> bool:
    try:
        json.loads(target.read_text())
    except ValueError:
        return True
    return False


def command_kills(setting: Setting, command: Command, count: int, rng: random.Random) -> Figures:
    """Kill a command that many times, at random moments, and run it to its end after each."""
    target = _target(setting)
    line = Figures(f"kill -9 of `bench {command.words(target)[0]}`")
    command.ready(target)
    begun = time.monotonic()
    line.wrong += ended(setting.warm(command.words(target))) != 0
    usual, whole, late = time.monotonic() - begun, command.seen(target), 0
    while line.tried < count:
        target = _target(setting)
        command.ready(target)
        begun, pid = time.monotonic(), setting.warm(command.words(target))
        # Nothing is written in the first part of the time.
        if not _killed(pid, begun + rng.uniform(0.3, 1.0) * usual):
            late, usual = late + 1, time.monotonic() - begun
            continue
        line.tried += 1
        line.torn += command.torn(target)
        command.ready(target)
        line.wrong += ended(setting.warm(command.words(target))) != 0
        line.wrong += command.seen(target) != whole
        line.left += sum(path != target for path in target.parent.iterdir()) + survivors()
    line.note = f"{late} more ended before their kill"
    return line


def _killed(pid: int, moment: float) -> bool:
    """Kill a command at a moment; return False if it had ended before."""
    while time.monotonic() < moment:
        if poll(pid) is not None:
            return False
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def _target(setting: Setting) -> Path:
    aside = setting.new("aside")
    aside.mkdir()
    return aside / "target"
