"""A folder is measured while another thread adds and deletes folders in it, as pip does."""

import shutil
from pathlib import Path
from threading import Event, Thread

from bench.guards.folder_size import folder_size


def test_the_bytes_of_files_at_any_depth_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "one").write_bytes(b"123")
    (tmp_path / "a" / "b" / "two").write_bytes(b"45")
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert folder_size(tmp_path) == 5


def test_a_missing_folder_has_no_bytes(tmp_path: Path) -> None:
    assert folder_size(tmp_path / "gone") == 0


def test_folders_that_vanish_meanwhile_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"123")
    enough = Event()

    def churn() -> None:
        deep = tmp_path / "pip" / "wheel" / "unpacked"
        while not enough.is_set():
            deep.mkdir(parents=True)
            (deep / "file").touch()
            shutil.rmtree(tmp_path / "pip")

    other = Thread(target=churn)
    other.start()
    try:
        assert {folder_size(tmp_path) for _ in range(2000)} == {3}
    finally:
        enough.set()
        other.join()
