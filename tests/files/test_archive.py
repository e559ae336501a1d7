"""Unpacking: nothing off the list, no links, no way out of the folder, no bomb."""

import io
import stat
import zipfile
from collections.abc import Callable, Mapping

import pytest

from bench.errors import DataError
from bench.files import archive as module
from bench.files.archive import unpack
from tests.support.local_index import tar_gz

TEXTS = {"texts/a.txt": b"a red door", "texts/b.txt": b"a blue door"}


def zipped(members: Mapping[str, bytes], *, links: Mapping[str, str] | None = None) -> bytes:
    """A zip archive of those files, and of symbolic links: name -> what it points to."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
        for name, target in (links or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            bundle.writestr(entry, target)
    return made.getvalue()


def names(raw: bytes, *patterns: str) -> list[str]:
    return [member.name for member in unpack(raw, patterns, filename="made_up.zip")]


PACKERS = pytest.mark.parametrize("pack", [zipped, tar_gz])
Pack = Callable[..., bytes]


@PACKERS
def test_only_matching_files_are_given(pack: Pack) -> None:
    assert names(pack(TEXTS), "texts/b*") == ["texts/b.txt"]


@PACKERS
def test_a_link_is_not_given_whatever_its_name(pack: Pack) -> None:
    raw = pack(TEXTS, links={"texts/link.txt": "/etc/hostname"})
    assert names(raw, "texts/*") == ["texts/a.txt", "texts/b.txt"]


@PACKERS
@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a/../../out.txt", "c:\\out.txt"])
def test_a_way_out_of_the_folder_is_refused(pack: Pack, name: str) -> None:
    with pytest.raises(DataError, match="points outside its folder: refused"):
        names(pack({name: b"made up"}), "*out.txt")


@PACKERS
def test_a_member_over_the_limit_is_refused(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MEMBER", 100_000)
    with pytest.raises(DataError, match="'big' is 100,001 bytes large: refused"):
        names(pack({"big": b"0" * 100_001}), "*")


@PACKERS
def test_members_together_over_the_limit_are_refused(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_TOTAL", 1000)
    with pytest.raises(DataError, match="larger than 1,000 bytes in all: refused"):
        names(pack({"a": b"0" * 600, "b": b"0" * 600}), "*")


def test_a_zip_that_understates_a_size_gives_no_more_than_it_states() -> None:
    raw = zipped({"big": b"0" * 70_000}).replace(
        (70_000).to_bytes(4, "little"), bytes([9, 0, 0, 0])
    )
    with pytest.raises(DataError, match="cannot be unpacked"):
        names(raw, "*")


@pytest.mark.parametrize(
    "raw",
    [b"", b"PK\x03\x04 no zip", b"no archive", tar_gz(TEXTS)[:60]],
    ids=["empty", "no zip", "no archive", "cut short"],  # a gzip file holds the time it was made
)
def test_what_is_no_archive_is_refused(raw: bytes) -> None:
    with pytest.raises(DataError, match=r"made_up.zip cannot be unpacked: "):
        names(raw, "*")


def test_an_encrypted_zip_is_refused() -> None:
    raw = bytearray(zipped({"texts/a.txt": b"a red door"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + offset] |= 1  # the flag that says so
    with pytest.raises(DataError, match="cannot be unpacked"):
        names(bytes(raw), "*")


def test_an_archive_inside_an_archive_is_unpacked() -> None:
    raw = zipped({"data/inner.tar.gz": tar_gz(TEXTS)})
    (found,) = unpack(raw, ["texts/a*"], filename="outer.zip", inside="data/inner.tar.gz")
    assert found.data == b"a red door"
