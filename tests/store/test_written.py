"""Files are whole or as they were, and what a killed command left beside them goes."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bench.exchange.output_folder import made_aside
from bench.store.written import write_new, write_whole


def killed(block: str) -> None:
    """Run Python code that ends with its own SIGKILL."""
    code = "import os, signal\nfrom pathlib import Path\n" + block
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -9


def test_a_kill_in_the_middle_leaves_the_old_page_and_the_next_write_clears_up(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.html"
    page.write_text("old")
    killed(
        "from bench.store.written import _aside\n"
        f"with _aside(Path({str(page)!r})):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert page.read_text() == "old" and len(list(tmp_path.iterdir())) == 2
    write_whole(page, b"new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("page.html", "new")]


def test_a_link_stays_one_and_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "far.html", tmp_path / "page.html"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink() and target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_permissions_that_files_have(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "a", b"")
    write_new(tmp_path / "b", b"")
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe.csv", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"all")
    reader.join()
    assert read == [b"all"] and pipe.is_fifo()


def test_a_full_disk_leaves_the_old_page(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is not permitted")
    try:
        (disk / "page.html").write_text("old")
        with pytest.raises(OSError, match="No space"):
            write_whole(disk / "page.html", b"x" * 100_000)
        assert [(path.name, path.read_text()) for path in disk.iterdir()] == [("page.html", "old")]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_new_file_never_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "link", b"x")
    assert not (tmp_path / "nowhere").exists()


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("é" * 127), b"x")
    assert (tmp_path / ("é" * 127)).read_bytes() == b"x"


def test_folders_of_killed_commands_go_and_no_others(tmp_path: Path) -> None:
    to = tmp_path / "out"
    killed(
        "from bench.exchange.output_folder import made_aside\n"
        f"with made_aside(Path({str(to)!r})) as part:\n"
        "    (part / 'x').touch()\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    (tmp_path / ".out-0123456789ab").mkdir()
    (tmp_path / ".out-0123456789ab" / "mine").touch()
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2
    with made_aside(to), made_aside(tmp_path / "out") as living:
        assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 3
        assert living.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out-0123456789ab", "out"]


@pytest.mark.parametrize("last", ["fsync", "rename"])
def test_a_kill_in_a_folders_last_moments_leaves_nothing_for_ever(
    tmp_path: Path, last: str
) -> None:
    to = tmp_path / "out"
    killed(
        "from bench.exchange.output_folder import made_aside\n"
        f"with made_aside(Path({str(to)!r})) as part:\n"
        "    (part / 'x').touch()\n"
        f"    os.{last} = lambda *words: os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert not to.exists()
    with made_aside(to):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_named_like_a_left_over_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / ".bench-aside").touch()
    (tmp_path / ".out-0123456789ab").symlink_to(victim)
    (tmp_path / ".out-0123456789ab.bench-aside").touch()
    with made_aside(tmp_path / "out") as part:
        (part / "x").touch()
    assert (victim / ".bench-aside").exists()
