"""CSV and TSV of all kinds that people have: read whole, or refused with the line."""

from pathlib import Path

import pytest

from bench.errors import DataError, UserError
from bench.files.reading import Material, read
from tests.support.tables import table

BODY = "text,label\nparcel is late,a\nrefund came,b\n"


def found(folder: Path, raw: str | bytes, name: str = "t.csv") -> Material:
    return read(table(folder, raw.encode() if isinstance(raw, str) else raw, name))


def cells(material: Material) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in material.rows()]


def faults(material: Material) -> dict[str, tuple[int, ...]]:
    return {fault.kind: fault.lines for fault in material.faults}


def test_a_tsv_with_marks_at_the_edges_of_texts_keeps_every_row(tmp_path: Path) -> None:
    rows = ['"the lid came off\tneg', "it works\tpos", 'never again"\tneg']
    material = found(tmp_path, "\n".join(["text\tlabel", *rows, ""]), "t.tsv")
    assert material.strings("text") == ['"the lid came off', "it works", 'never again"']


def test_a_tsv_that_a_program_quoted_is_unquoted(tmp_path: Path) -> None:
    raw = 'text\tlabel\n"one\ntwo"\ta\n"say ""x"""\tb\n'
    assert found(tmp_path, raw, "t.tsv").strings("text") == ["one\ntwo", 'say "x"']


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (BODY.replace(",", ";"), "separated by semicolons (;)"),
        (BODY.replace(",", "\t"), "separated by tabs"),
        (BODY.replace(",", "|"), "separated by '|'"),
        ("sep=;\n" + BODY.replace(",", ";"), "separated by semicolons (;)"),
        (BODY.replace("\n", "\r"), "lines end in CR alone, as on old Macs"),
        (BODY.encode("utf-16"), "encoded in UTF-16"),
        (BODY.encode("utf-16-le"), "encoded in UTF-16-LE"),
    ],
)
def test_what_is_unusual_of_a_file_is_read_and_said(
    tmp_path: Path, raw: str | bytes, note: str
) -> None:
    material = found(tmp_path, raw)
    assert cells(material) == [("parcel is late", "a"), ("refund came", "b")]
    assert note in material.notes


def test_a_comma_inside_texts_is_no_separator_of_a_file_of_semicolons(tmp_path: Path) -> None:
    material = found(tmp_path, "text;label\nhello, you;a\nwell, bye, all;b\n")
    assert material.strings("text") == ["hello, you", "well, bye, all"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "perché la città è così"),
        ("cp1252", "não é só a ação do coração"),
        ("cp1252", "in the città the printer fails, così late today"),
        ("cp1250", "balík přišel pozdě, děkuji za rychlou odpověď"),
        ("cp1250", "paczka przyszła za późno, proszę o zwrot pieniędzy"),
        ("cp1251", "Привет, как дела сегодня вечером"),
        ("shift_jis", "今日は天気がいいですね、散歩に行きましょう"),
    ],
)
def test_another_encoding_is_found_and_its_lines_counted(
    tmp_path: Path, encoding: str, text: str
) -> None:
    raw = f'text,label\nplain,a\n"{text}",b\n"{text}",c\n'.encode(encoding)
    material = found(tmp_path, raw)
    assert material.strings("text") == ["plain", text, text]
    assert faults(material) == {"decoding": (3, 4)}


def test_a_latin_line_among_lines_of_utf8_spoils_no_other(tmp_path: Path) -> None:
    raw = "text,label\ncaffè,a\ncittà,b\n".encode() + "così,b\n".encode("latin1")
    material = found(tmp_path, raw)
    assert material.strings("text") == ["caffè", "città", "così"]
    assert faults(material) == {"decoding": (4,)}


def test_titles_above_the_header_and_blank_rows_are_counted_with_lines(tmp_path: Path) -> None:
    material = found(tmp_path, "Export of March,\n,\ntext,label\nx,a\n,\ny,b\n,\n")
    assert cells(material) == [("x", "a"), ("y", "b")]
    assert faults(material) == {"title_lines": (1, 2), "blank_rows": (5, 7)}


def test_unnamed_columns_are_left_alone(tmp_path: Path) -> None:
    material = found(tmp_path, "label,text,,\nham,x,,\nspam,y,more,\n")
    assert material.columns == ("label", "text")
    assert faults(material) == {"unnamed_cells": (3,)}


def test_a_row_knows_its_line_below_cells_of_several_lines(tmp_path: Path) -> None:
    material = found(tmp_path, 'text,label\n"one\ntwo",a\n\nx,b\n')
    assert material.where(1).endswith("t.csv, line 5")


def test_rows_that_a_mark_may_have_glued_are_counted(tmp_path: Path) -> None:
    material = found(tmp_path, 'text,label\n"the lid,a\nit works,b\nnever again",c\nfine,b\n')
    assert faults(material) == {"glued_rows": (2,)}


def test_a_cell_of_several_lines_is_not_taken_for_glued_rows(tmp_path: Path) -> None:
    assert found(tmp_path, 'text,label\n"Dear all\nbye, Ann",c\nfine,b\n').faults == ()


def test_strict_refuses_what_would_be_dropped(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\nx,a\n,\n")
    with pytest.raises(DataError, match=r"t.*: 1 blank row \(line 3\); mend the file"):
        read(path, strict=True)


def test_names_are_given_to_the_columns_of_a_file_without_a_header(tmp_path: Path) -> None:
    path = table(tmp_path, b"ham,x\nspam,y\nham,z\n")
    assert read(path, names=("label", "text")).strings("text") == ["x", "y", "z"]


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no bytes": (b"", "t.csv is empty"),
    "a header alone": ("text,label\n", "no rows below the header"),
    "a NUL byte": (b"text,label\nx\0y,a\n", "line 2: contains a NUL byte"),
    "a short row": ("text,label\nx,a\ny\n", "line 3: 1 cell, but the header has 2"),
    "a long row": ("text,label\nx,a\ny,b,c\n", "line 3: 3 cells, but the header has 2"),
    "a mark never closed": ('text,label\nx,a\n"y,b\nz,c\n', "line 3: a quotation mark opens"),
    "a mark closed by another text": (
        'text,label\nx,a\n"y,b\nz,c\nhe said "so",d\n',
        "line 3: a quotation mark opens",
    ),
    "text behind a mark": ('text,label\n"x" y,a\n', "line 2: text stands behind a closing"),
    "a column twice": ("text,text\nx,a\n", "line 1: column 'text' occurs twice"),
    "no header": ("ham,x\nspam,y\nham,z\nham,w\n", "line 1: 'ham' looks like data"),
    "numbers for a header": ("0.5,x\n1.5,y\n-2,z\n", "line 1: '0.5' looks like data"),
    "a web page": ("<!DOCTYPE html><html>log in", "is a web page"),
    "a PDF": (b"%PDF-1.7 ...", "is a PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
    "bytes": (b"text,label\nx,\xff\0\x01\x02\n", "line 2: contains a NUL byte and is not UTF-8"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, what: str) -> None:
    raw, said = REFUSED[what]
    with pytest.raises(DataError, match=said):
        found(tmp_path, raw)


def test_a_column_that_is_not_there_gets_its_nearest(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"t\.csv: no column 'lable'; did you mean 'label'"):
        found(tmp_path, BODY).column("lable")


def test_rows_without_a_value_are_found(tmp_path: Path) -> None:
    assert found(tmp_path, "text,label\nx,a\ny,\nz, \n").missing("label") == [1, 2]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.csv: No such file"):
        read(tmp_path / "none.csv")
