"""A folder is used only as its seal describes it."""

import json
from pathlib import Path

import pytest

from bench.files.sealed_folder import hashes_of, is_intact


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two files, sealed."""
    (tmp_path / "a").write_text("a red door")
    (tmp_path / "b").write_text("a blue door")
    (tmp_path / "seal").write_text(json.dumps(hashes_of(tmp_path)))
    return tmp_path


def test_a_sealed_folder_is_intact(folder: Path) -> None:
    assert is_intact(folder, "seal")


@pytest.mark.parametrize("name", ["a", "seal"])
def test_a_folder_that_lacks_a_file_is_not_intact(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert not is_intact(folder, "seal")


@pytest.mark.parametrize("name", ["a", "seal"])
@pytest.mark.parametrize("text", ["a green door", "[]", '"a"', ""])
def test_a_folder_with_an_edited_file_is_not_intact(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert not is_intact(folder, "seal")
