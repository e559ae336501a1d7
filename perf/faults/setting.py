"""A small experiment for the fault measurements: its commands as processes, and its leaderboard."""

import ctypes
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.cli import encode, main, recommend, report, run, score
from bench.exchange import calibrate, submit, text_to_text
from bench.leaderboard import compute
from bench.leaderboard.mistakes import collect
from bench.reports import render
from bench.runs import session
from perf.faults.figures import Figures
from perf.faults.processes import ended
from tests.support.plugins_for_tests import add_baseline, add_task

ROOT = Path(__file__).parent.parent.parent
_SUBREAPER = 36
# Imported once, so that a forked command begins with its work.
_WARM = (
    *(encode, recommend, report, run, score, session),
    *(calibrate, submit, text_to_text, compute, collect, render),
)
_LIKELIHOODS = '''"""Answers with log-likelihoods, as a language model's."""

from bench.baseline import FitInfo, Prediction


class Likely:
    multi_task = seeded = full_data_entry = False
    libraries = ()

    def fit(self, data, *, seed):
        return FitInfo(parameters=1, model_bytes=8)

    def predict(self, task, inputs):
        logs = {"answer_and_end": (-1.0, -2.0), "content_free": (-1.0, -3.0)}
        return [Prediction(task.output.labels[0], (0.7, 0.3), logprobs=logs) for _ in inputs]


BASELINE = Likely
'''


class Setting:
    """A folder with two synthetic tasks and some cheap baselines."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.plugins, self.logs = folder, folder / "plugins", folder / "logs"
        self.number, self.log = 0, folder
        self.logs.mkdir(parents=True)
        for name in ("one", "two"):
            add_task(self.plugins, name, rows=40)
        add_baseline(self.plugins, "paused", "time.sleep(0.1)", seeded=True)
        add_baseline(self.plugins, "shared", seeded=True, multi_task=True)
        (self.plugins / "baselines" / "likely.py").write_text(_LIKELIHOODS)
        (folder / "mine.csv").write_text(
            "id,prediction\n" + "".join(f"r{n},warm\n" for n in range(30, 40))
        )
        home = {"HOME": str(folder / "home"), "BENCH_CACHE": str(folder / "cache")}
        os.environ.update(home, PYTHONPATH=str(ROOT), HF_HUB_OFFLINE="1")
        # This process then inherits and reaps the orphans of a killed command.
        ctypes.CDLL(None).prctl(_SUBREAPER, 1)

    def new(self, name: str) -> Path:
        """Return an unused path."""
        self.number += 1
        return self.folder / f"{name}-{self.number}"

    def run(self, results: Path) -> list[str]:
        """Return the arguments of a `bench run` of ten runs."""
        names = ("majority", "paused", "shared", "likely")
        which = ["-t", "one", "-t", "two", *(word for name in names for word in ("-b", name))]
        seeds = ["--seed", "0", "--seed", "1", "--profile", "quick"]
        return ["run", *which, *seeds, *self.source, "--results", str(results)]

    @cached_property
    def undisturbed(self) -> Path:
        """The results folder of an undisturbed run."""
        results = self.new("undisturbed")
        assert ended(self.warm(self.run(results))) == 0
        return results

    @cached_property
    def whole(self) -> Any:
        """The leaderboard of that folder."""
        return self.board(self.undisturbed)

    @property
    def source(self) -> list[str]:
        """The arguments that name the tasks' folder."""
        return ["--plugins", str(self.plugins), "--offline"]

    def cold(self, words: list[str], *before: str) -> int:
        """Start a command in a new interpreter, as a user does; return its process id."""
        command = [*before, sys.executable, "-P", "-m", "bench", *words]
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        self.log = self.new("logs/log")
        log = (os.POSIX_SPAWN_OPEN, 1, str(self.log), flags, 0o600)
        files = [log, (os.POSIX_SPAWN_DUP2, 1, 2)]
        return os.posix_spawnp(command[0], command, os.environ, file_actions=files)

    def warm(self, words: list[str]) -> int:
        """Start a command with its modules already imported; return its process id."""
        self.log = log = self.new("logs/log")
        sys.stdout.flush()
        if pid := os.fork():
            return pid
        code = 1
        try:
            handle = os.open(log, os.O_WRONLY | os.O_CREAT, 0o600)
            os.dup2(handle, 1), os.dup2(handle, 2)
            sys.argv = ["bench", *words]
            main.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001 - this is what is counted
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)

    def tracebacks(self) -> Figures:
        """Count the commands so far, and those that ended with a traceback."""
        logs = [log.read_text(errors="replace") for log in self.logs.iterdir()]
        line = Figures("all commands: tracebacks are wrong", len(logs))
        line.wrong = sum("Traceback (most" in text for text in logs)
        return line

    def board(self, results: Path) -> Any:
        """Return the leaderboard reported for a folder, without costs; None where the report
        fails."""
        page = self.new("board")
        ok = ended(
            self.warm(["report", "--results", str(results), "--format", "json", "-o", str(page)])
        )
        return board_of(page.read_text()) if ok == 0 else None


@contextmanager
def made_setting() -> Iterator[Setting]:
    """Yield a setting in a temporary folder, which is kept if a figure is not 0."""
    folder, stays = Path(tempfile.mkdtemp(prefix="faults-")), False
    try:
        yield Setting(folder / "setting")
    except SystemExit as end:
        stays = bool(end.code)
        print(f"{folder}: results and logs" if stays else "no fault")
        raise
    finally:
        if not stays:
            shutil.rmtree(folder)


def board_of(text: str) -> Any:
    """Parse a leaderboard's JSON and remove the parts that vary from run to run."""
    board = json.loads(text)
    cells = [{k: v for k, v in cell.items() if k != "cost"} for cell in board["results"]]
    cells.sort(key=lambda cell: (cell["task"], cell["row"]))
    return cells, board["failures"], board["problems"]
