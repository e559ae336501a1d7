"""Data sets of the Hub, at the commit found, and folders in its form."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.errors import DataError, Unavailable, UserError
from bench.files.reading import read
from tests.support.hub import COMMIT, REPO, Hub, serving, turn_to

EVAL = b"""
name: doors
tasks:
- id: doors
  split: test
  field_spec: {input: question, target: colour}
"""


def parquet(**columns: list[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


FILES = {
    "data/train-00000-of-00001.parquet": parquet(question=["which door"], colour=["red"]),
    "data/test-00000-of-00001.parquet": parquet(question=["whose door"], colour=["tan"]),
}


class DataHub(Hub):
    """A Hub with one data set of those files; with `refusal`, it answers that instead."""

    def __init__(self, files: dict[str, bytes], refusal: tuple[int, str] | None = None) -> None:
        super().__init__(files)
        self.refusal = refusal

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        plain = path.replace("/api/datasets/", "/api/models/").removeprefix("/datasets")
        if self.refusal is not None:
            return self.refusal[0], b"", {"X-Error-Code": self.refusal[1]}
        if "/paths-info/" in plain:
            return 200, json.dumps([self._entry(name) for name in self.files]).encode(), {}
        if "/tree/" in plain and not plain.endswith(("tree/main", f"tree/{COMMIT}")):
            return 404, b"", {"X-Error-Code": "EntryNotFound"}
        return super().answer(plain)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The Hub's libraries write nothing into the user's own cache, and may ask this machine."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", False, raising=False)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    yield


@pytest.fixture
def turned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataHub]:
    """A Hub with the data set, which the libraries ask."""
    flat = {name.removeprefix("data/"): raw for name, raw in FILES.items()}
    hub = DataHub({**flat, "eval.yaml": EVAL})
    with serving(hub) as address:
        turn_to(address, tmp_path, monkeypatch)
        monkeypatch.setattr(datasets.config, "HF_ENDPOINT", address)
        yield hub


def test_a_data_set_is_read_at_the_commit_found(turned: DataHub) -> None:
    material = read(REPO)
    assert material.commit == COMMIT
    assert material.parts == {"train": range(1), "test": range(1, 2)}
    assert material.strings("colour") == ["red", "tan"]


def test_an_eval_yaml_says_what_is_asked_and_answered(turned: DataHub) -> None:
    stated = {"text": "question", "label": "colour", "split": "test"}
    assert read(REPO).suggested == stated


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        ((404, "RepoNotFound"), "no file or folder someone/small, and no data set of that name"),
        ((403, "GatedRepo"), "someone/small is gated: accept its terms"),
    ],
)
def test_a_data_set_that_is_not_given_out_is_one_line(
    turned: DataHub, refusal: tuple[int, str], said: str
) -> None:
    turned.refusal = refusal
    with pytest.raises(Unavailable, match=said) as caught:
        read(REPO)
    assert "\n" not in str(caught.value)


def test_the_newest_commit_is_not_asked_for_offline(turned: DataHub) -> None:
    with pytest.raises(UserError, match="leave out --offline"):
        read(REPO, offline=True)
    assert turned.asked == []


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for name, raw in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def test_a_folder_in_the_hubs_form_is_read_as_the_hub_does(tmp_path: Path) -> None:
    material = read(in_folder(tmp_path / "doors", {**FILES, "eval.yaml": EVAL}))
    assert material.strings("colour") == ["red", "tan"]
    assert material.suggested["label"] == "colour"


CARD = b"""---
configs:
- config_name: a
  data_files: a.csv
- config_name: b
  data_files: b.csv
---
"""


def test_configurations_of_a_folder_are_named_and_one_is_chosen(tmp_path: Path) -> None:
    files = {"README.md": CARD, "a.csv": b"text,label\nx,a\n", "b.csv": b"text,label\ny,b\n"}
    folder = in_folder(tmp_path / "doors", files)
    with pytest.raises(DataError, match=r"has the configurations a, b; give one, as .*doors:a"):
        read(folder)
    assert read(f"{folder}:b").strings("text") == ["y"]


def test_a_broken_eval_yaml_is_named(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "doors", {**FILES, "eval.yaml": b"tasks: ["})
    with pytest.raises(DataError, match=r"its eval\.yaml is not valid YAML"):
        read(folder)
