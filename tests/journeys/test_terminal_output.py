"""Real commands on a real terminal, and where the terminal speaks no UTF-8."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROWS = "text,label\n" + "".join(
    f'"\x1b]0;pwned\x07\x1b[2J {n} \x9b31m \u202e :smile: [red]x",\x1b[5m{"ab"[n % 2]}\n'
    for n in range(40)
)
SHOW = ("show", "hostile", "--plugins", "plugins", "--offline")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a task whose texts and labels are hostile."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    new = ("new", "task", "hostile", "--csv", "rows.csv", "--text", "text", "--label", "label")
    assert bench(folder, *new).returncode == 0
    return folder


def bench(
    folder: Path, *arguments: str | bytes, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command with its output caught."""
    command = [sys.executable, "-P", "-m", "bench", *arguments]
    environment = {**os.environ, "COLUMNS": "100", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


def on_a_terminal(folder: Path, *arguments: str | bytes) -> bytes:
    """What a command sends to a terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-P", "-m", "bench", *arguments]
    running = subprocess.Popen(command, cwd=folder, stdout=slave, stderr=slave)
    os.close(slave)
    seen = b""
    try:
        while part := os.read(master, 65536):
            seen += part
    except OSError:  # how Linux says that the other end is closed
        pass
    running.wait()
    os.close(master)
    return seen


def acts(seen: bytes) -> bool:
    """Whether anything but colours, cursor and erasing of the command's own reached it."""
    foreign = (b"\x1b]", b"\x1b[2J", b"\x1b[5m", b"\x07", "\x9b".encode(), "\u202e".encode())
    return any(sign in seen for sign in foreign)


@pytest.mark.parametrize("more", [(), ("--prompt", "alpaca")])
def test_texts_and_labels_do_not_steer_the_terminal(place: Path, more: tuple[str, ...]) -> None:
    seen = on_a_terminal(place, *SHOW, *more)
    assert b"pwned" in seen and b":smile:" in seen and not acts(seen)


@pytest.mark.parametrize(
    "arguments", [("\x1b]0;x\x07",), ("run", "-b", "\x9b2J\u202e"), ("run", "--\x1b[2J")]
)
def test_what_was_typed_does_not_either(place: Path, arguments: tuple[str, ...]) -> None:
    seen = on_a_terminal(place, *arguments)
    assert b"error:" in seen and not acts(seen)


def test_a_plugins_words_and_broken_plugins_do_not(place: Path) -> None:
    folder = place / "words" / "baselines"
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text('"""Title \\x1b]0;x\\x07."""\n'.replace("\\x1b", "\x1b"))
    seen = on_a_terminal(place, "list", "baselines", "--plugins", "words")
    assert "␛]0;x".encode() in seen and not acts(seen)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_an_encoding_that_lacks_characters_ends_no_command(place: Path, encoding: str) -> None:
    variables = {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    run = ("run", "-t", "hostile", "-b", "majority", "--plugins", "plugins", "--results", encoding)
    done = bench(place, *run, **variables)
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert bench(place, *SHOW, **variables).returncode == 0


def test_names_that_are_no_utf8_are_shown_by_their_bytes(place: Path) -> None:
    done = bench(place, "report", "--results", b"x\xff\xfey")
    assert done.returncode == 2 and rb"no results in x\xff\xfey yet" in done.stderr


@pytest.mark.parametrize("format", ["html", "md", "csv", "json"])
def test_a_folder_of_runs_that_is_no_utf8_ends_no_report(place: Path, format: str) -> None:
    run = ("run", "-t", "hostile", "-b", "majority", "--plugins", "plugins", "--results", "odd")
    assert bench(place, *run).returncode == 0
    Path(os.fsdecode(bytes(place) + b"/odd/runs/\xff\xfe")).mkdir(exist_ok=True)
    done = bench(place, "report", "--results", "odd", "--format", format, "-o", "-")
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    done.stdout.decode()
