"""Reading tables strictly: what is odd is refused with its place."""

import csv
from pathlib import Path

import pytest

from bench.errors import DataError, UserError
from bench.files import read_table
from tests.support.tables import table


def test_quotes_commas_and_line_breaks_inside_a_field(tmp_path: Path) -> None:
    path = table(tmp_path, b'text,label\n"one, ""two""\nthree",a\n')
    assert read_table(path).rows == (('one, "two"\nthree', "a"),)


def test_a_byte_order_mark_is_not_part_of_a_column(tmp_path: Path) -> None:
    assert read_table(table(tmp_path, b"\xef\xbb\xbftext,label\nx,a\n")).columns[0] == "text"


@pytest.mark.parametrize("name", ["rows.tsv", "rows.tab"])
def test_a_tab_divides_the_fields_of_a_tsv(tmp_path: Path, name: str) -> None:
    assert read_table(table(tmp_path, b"text\tlabel\nx, y\ta\n", name)).rows == (("x, y", "a"),)


def test_windows_line_ends_are_no_part_of_a_field(tmp_path: Path) -> None:
    assert read_table(table(tmp_path, b"text,label\r\nx,a\r\n")).rows == (("x", "a"),)


REFUSED = {
    "no bytes": (b"", "rows.csv is empty"),
    "a header alone": (b"text,label\n", "no rows below the header"),
    "Latin-1": (b"text,label\nx,a\ncaf\xe9,b\n", r"line 3: not UTF-8 \(byte 0xe9 at position 4\)"),
    "a NUL byte": (b"text,label\nx\0y,a\n", "line 2: contains a NUL byte"),
    "a short row": (b"text,label\nx,a\ny\n", "row 3: 1 fields, but the header has 2"),
    "a long row": (b"text,label\nx,a,b\n", "row 2: 3 fields, but the header has 2"),
    "an open quote": (b'text,label\n"x,a\n', "line 2: .*check its quotes"),
    "a column twice": (b"text,text\nx,a\n", "'text' occurs twice"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_broken_table_is_refused_with_its_place(tmp_path: Path, what: str) -> None:
    raw, said = REFUSED[what]
    with pytest.raises(DataError, match=said):
        read_table(table(tmp_path, raw))


def test_a_50_mb_line_is_refused_with_its_number(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\n" + b"x" * 50_000_000 + b",a\n")
    with pytest.raises(DataError, match="line 2: longer than 10 MiB"):
        read_table(path)


def test_a_long_field_under_the_limit_is_read(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\n" + b"x" * 500_000 + b",a\n")
    assert len(read_table(path).rows[0][0]) == 500_000


def test_reading_a_table_leaves_the_csv_modules_own_limit(tmp_path: Path) -> None:
    before = csv.field_size_limit(4321)
    try:
        read_table(table(tmp_path, b"text,label\nx,a\n"))
        assert csv.field_size_limit() == 4321
    finally:
        csv.field_size_limit(before)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.csv: No such file"):
        read_table(tmp_path / "none.csv")


def test_an_unknown_column_gets_its_nearest(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\nx,a\n")
    with pytest.raises(UserError, match="no column 'lable'; did you mean 'label'"):
        read_table(path).column("lable")


@pytest.mark.timeout(20)
def test_a_header_of_100_000_columns_is_read_at_once(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(100_000)]
    (tmp_path / "wide.csv").write_text(",".join(names) + "\n" + "," * 99_999 + "\n")
    assert read_table(tmp_path / "wide.csv").columns == tuple(names)
