"""Baselines that disturb the worker around them: the cell fails by name, the rest goes on, and no
process is left."""

import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from rich.console import Console

from bench.cli.running.progress import Screen
from bench.runs.workers import pool as execute
from tests.support.plugins_for_tests import add_baseline, add_task
from tests.support.runs import run_all


def beside_a_sound_one(folder: Path, line: str) -> tuple[str, str, str]:
    """Status and reason of a baseline with this line, and the status of one after it."""
    add_baseline(folder / "plugins", "a_broken", line)
    add_baseline(folder / "plugins", "b_sound")
    stored = run_all(folder)
    broken, sound = stored["a_broken"].result, stored["b_sound"].result
    return broken.status, broken.reason, sound.status


def lives(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def gone(file: Path) -> bool:
    """Whether the process that wrote its number there ends."""
    deadline = time.monotonic() + 20
    while lives(int(file.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not lives(int(file.read_text()))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("leave", ["os.getpid()", "os.setsid()"])
def test_a_child_that_holds_the_pipe_of_a_dead_worker_holds_up_nothing(
    tmp_path: Path, leave: str
) -> None:
    pid = tmp_path / "pid"
    child = f"({leave}, open({str(pid)!r}, 'w').write(str(os.getpid())), time.sleep(100))"
    line = f"os.fork() or {child}; time.sleep(1); os._exit(3)"
    status, reason, after = beside_a_sound_one(tmp_path, line)
    assert (status, after) == ("failed", "done") and "ended with code 3" in reason
    assert gone(pid)


def test_a_child_left_behind_by_a_sound_fit_ends_with_the_run(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    child = f"(os.setsid(), open({str(pid)!r}, 'w').write(str(os.getpid())), time.sleep(100))"
    status, _, _ = beside_a_sound_one(tmp_path, f"os.fork() or {child}; time.sleep(1)")
    assert status == "done" and gone(pid)


def test_a_fork_that_forgets_to_end_neither_answers_nor_stores(tmp_path: Path) -> None:
    line = "self.lost = os.fork() == 0; assert not self.lost or not time.sleep(0.2), 'a fork'"
    status, reason, after = beside_a_sound_one(tmp_path, line)
    assert (status, reason, after) == ("done", "", "done")


@pytest.mark.timeout(60)
def test_who_asks_on_standard_input_fails(tmp_path: Path) -> None:
    status, reason, after = beside_a_sound_one(tmp_path, "input('go on? ')")
    assert (status, after) == ("failed", "done") and "EOFError" in reason


FORGED = (
    'b\'{"status": "done", "reason": "", "scores": {"colours": 1.0}}\\n\'',
    "b'no json\\n'",
    "b'half a line'",
    "b'\\n' * 9",
)


@pytest.mark.parametrize("line", FORGED)
def test_lines_of_others_on_the_answer_pipe_are_no_answers(tmp_path: Path, line: str) -> None:
    loop = "import stat"
    loop += "\n        for fd in range(3, 60):"
    loop += "\n            try:"
    loop += f"\n                stat.S_ISFIFO(os.fstat(fd).st_mode) and os.write(fd, {line})"
    loop += "\n            except OSError: pass"
    loop += "\n        raise ZeroDivisionError('made up')"
    status, reason, after = beside_a_sound_one(tmp_path, loop)
    assert (status, reason, after) == ("failed", "ZeroDivisionError: made up", "done")


def test_who_closes_the_workers_descriptors_fails_by_name(tmp_path: Path) -> None:
    status, reason, after = beside_a_sound_one(tmp_path, "os.closerange(3, 100)")
    assert (status, after) == ("failed", "done") and "closed file descriptors" in reason


def test_who_changes_folder_spoils_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other" / "results" / "runs").mkdir(parents=True)
    add_baseline(Path("plugins"), "a_mover", "os.chdir('other')")
    add_baseline(Path("plugins"), "b_stays", f"assert os.getcwd() == {str(tmp_path)!r}")
    stored = run_all(Path())
    assert {name: s.result.reason for name, s in stored.items()} == {"a_mover": "", "b_stays": ""}


ENDS = {
    "sys.exit": ("raise SystemExit(5)", "SystemExit: 5"),
    "Ctrl-C of its own": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "a message that breaks": (
        "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})",
        "Odd: its message cannot be shown",
    ),
    "a signal without a name": ("os.kill(os.getpid(), 40)", "killed by signal 40"),
    "no fit": ("return None", "fit() returned None, not a FitInfo"),
    "a number that is none": (
        "return FitInfo(parameters=float('nan'), model_bytes=8)",
        "Cost.parameters cannot be recorded: Input should be a finite number, not nan",
    ),
    "no predictions": ("self.predict = lambda task, inputs: None", "predict() gave None"),
    "words for predictions": (
        "self.predict = lambda task, inputs: ['warm' for i in inputs]",
        "predict() gave 'warm' for a row",
    ),
    "a thread left behind": (
        "__import__('threading').Thread(target=time.sleep, args=(60,)).start(); "
        "os.closerange(3, 100)",
        "closed file descriptors",
    ),
}


@pytest.mark.timeout(50)
@pytest.mark.parametrize("how", ENDS)
def test_a_cell_that_ends_oddly_fails_with_its_reason(tmp_path: Path, how: str) -> None:
    status, reason, after = beside_a_sound_one(tmp_path, ENDS[how][0])
    assert (status, after) == ("failed", "done") and ENDS[how][1] in reason


def test_a_huge_message_is_cut(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "wordy", "raise ValueError('A' * 5_000_000)")
    stored = run_all(tmp_path)["wordy"]
    assert len(stored.result.reason) < 2_100 and "5,000,012 characters" in stored.result.reason
    trace = tmp_path / "results" / stored.folder / "traceback.txt"
    assert trace.stat().st_size < 66_000


def test_a_stored_traceback_steers_no_terminal(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "rude", r"raise ValueError('\x1b]0;pwned\x07 \x9b31m')")
    stored = run_all(tmp_path)["rude"]
    trace = (tmp_path / "results" / stored.folder / "traceback.txt").read_text()
    assert not {"\x1b", "\x07", "\x9b"} & {*trace} and "␛]0;pwned␇ \\x9b31m" in trace


def test_the_last_words_of_an_earlier_cell_are_not_a_later_ones(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "a_talker", "os.write(2, b'all is lost\\n')")
    add_baseline(tmp_path / "plugins", "b_dies", "os._exit(3)")
    assert "all is lost" not in run_all(tmp_path)["b_dies"].result.reason


def command(folder: Path, *, line: str, **options: Any) -> subprocess.Popen[str]:
    """`bench run` of a baseline with this line, which has written its number to `pid`."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
    note = f"open({str(folder / 'pid')!r}, 'w').write(str(os.getpid())); "
    add_baseline(folder / "plugins", "odd", note + line)
    add_task(folder / "plugins", "colours")
    words = ["-t", "colours", "-b", "odd", "--plugins", str(folder / "plugins")]
    words += ["--results", str(folder / "results"), "--profile", "quick"]
    process = subprocess.Popen([sys.executable, "-m", "bench", "run", *words], **options)
    while not ((folder / "pid").exists() and (folder / "pid").read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    return process


BUSY = {
    "holds Python's lock": "__import__('ctypes').PyDLL(None).sleep(100)",
    "is stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends later")
@pytest.mark.parametrize("how", BUSY)
def test_a_worker_ends_with_its_killed_parent_although_it(tmp_path: Path, how: str) -> None:
    process = command(tmp_path, line=BUSY[how])
    time.sleep(0.2)
    process.kill()
    process.communicate()
    assert gone(tmp_path / "pid")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_signals_end_a_run_in_one_line_and_leave_nothing(tmp_path: Path, name: str) -> None:
    process, number = command(tmp_path, line="time.sleep(100)"), getattr(signal, name)
    for _ in range(5):
        process.send_signal(number)
        time.sleep(0.002)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert "all finished runs are stored" in said and "Traceback" not in said
    assert gone(tmp_path / "pid")
    assert list((tmp_path / "results" / ".staging").iterdir()) == []


def test_nobody_reading_ends_a_run_without_a_traceback(tmp_path: Path) -> None:
    process = command(tmp_path, line="time.sleep(2)")
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=30) in (1, 141)
    assert gone(tmp_path / "pid")
    assert list((tmp_path / "results" / ".staging").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="terminals are made in another way elsewhere")
def test_a_closed_terminal_ends_a_run_that_leaves_nothing(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    take_it = partial(fcntl.ioctl, theirs, termios.TIOCSCTTY, 0)
    process = command(tmp_path, line="time.sleep(100)", preexec_fn=take_it, **streams)
    os.close(theirs)
    os.close(ours)
    assert process.wait(timeout=30) == 128 + signal.SIGHUP
    assert gone(tmp_path / "pid")
    assert list((tmp_path / "results" / ".staging").iterdir()) == []


def test_a_run_without_a_limit_is_told_of_once_it_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "LONG", 0.5)
    add_baseline(tmp_path / "plugins", "slow", "time.sleep(2)")
    file = StringIO()
    run_all(tmp_path, show=Screen(Console(file=file), 1).show)
    assert file.getvalue().count("timeout = SECONDS under [limits]") == 1
