"""The lab's four-column files: what is repaired, what is left out, what is refused. All rows here
are made up; real ones are read where BENCH_REAL_DATA names a folder with them."""

import os
from pathlib import Path

import pytest

from bench.errors import DataError, UserError
from bench.tasks.evalita._extremita import Encoded, EncodedFile, read_encoded

REAL = Path(os.environ.get("BENCH_REAL_DATA", "no-such-folder"))


def read(folder: Path, *lines: str) -> EncodedFile:
    path = folder / "train.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return read_encoded(path)


def test_a_row_is_id_task_input_and_target(tmp_path: Path) -> None:
    found = read(tmp_path, "7\tacti_a\til mare\tno")
    assert found.rows == (Encoded("7", "acti_a", "il mare", "no"),) and not found.faults


def test_quotation_marks_of_csv_are_taken_off_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, 'a\tx\t"il ""mare"" blu"\tno', "b\tx\til monte\tno")
    assert [row.text for row in found.rows] == ['il "mare" blu', "il monte"]
    assert found.faults == {"quotation_marks_of_csv": 1}


@pytest.mark.parametrize("other", ['un "fiume"', '"fiume"', '"', '""fiume""'])
def test_where_one_mark_is_a_texts_own_all_are(other: str, tmp_path: Path) -> None:
    found = read(tmp_path, 'a\tx\t"il ""mare"" blu"\tno', f"b\tx\t{other}\tno")
    assert [row.text for row in found.rows] == ['"il ""mare"" blu"', other]
    assert not found.faults


@pytest.mark.parametrize(
    "row",
    [
        "geolingit_a\ttesto\tLazio",
        "geolingit_b\ttesto\t41.8 12.5",
        "wicita_1\tuno [sep] due\tporta uguale",
        "wicita_2\tuno [sep] due\tporta 3.5",
        "acti_a\ttesto\ttask sconosciuto",
        "acti_a\ttask sconosciuto\tno",
    ],
)
def test_a_task_without_prompt_in_the_lab_is_left_out(row: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"a\t{row}")
    assert (found.rows, found.faults) == ((), {"task_sconosciuto": 1})


@pytest.mark.parametrize("row", ["wicita_1\tuno\tsì", "wicita_2\tuno\t3.5", "geolingit\tx\tLazio"])
def test_other_rows_of_such_tasks_are_kept(row: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, f"a\t{row}").rows) == 1


def test_misspelt_sides_are_spelt_right(tmp_path: Path) -> None:
    found = read(tmp_path, "a\tpoliticit\tx\tuomo sinitra centrosinitra", "b\tacti_a\tx\tsinitra")
    assert [row.target for row in found.rows] == ["uomo sinistra centrosinistra", "sinitra"]
    assert found.faults == {"misspelt_politicit": 1}


@pytest.mark.parametrize("task", ["nermud", "emit_a"])
def test_nan_is_no_answer_where_there_can_be_none(task: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"a\t{task}\tx\tnan")
    assert found.rows[0].target == "nessuna" and found.faults == {"nan_for_no_answer": 1}


def test_nan_elsewhere_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "a\tacti_a\tx\tnan")
    assert (found.rows, found.faults) == ((), {"nan_target": 1})


def test_a_discotex_1_of_one_answer_is_left_out(tmp_path: Path) -> None:
    rows = [f"{n}\tdiscotex_1\tx\tCoerente" for n in range(3)]
    assert read(tmp_path, *rows).faults == {"constant_discotex_1": 3}
    assert len(read(tmp_path, *rows, "4\tdiscotex_1\tx\tNon coerente").rows) == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a\tb\tc", "row 2: 3 fields; expected id, task, input and target"),
        ("a\tb\tc\td\te", "row 2: 5 fields"),
        ("", "row 2: 1 fields"),
        ("\tb\tc\td", "row 2: no id"),
        ("a\t \tc\td", "row 2: no task"),
    ],
)
def test_a_row_of_another_form_is_refused(line: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"train.txt, {said}"):
        read(tmp_path, "a\tb\tc\td", line)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    with pytest.raises(UserError, match="No such file"):
        read_encoded(path)
    path.write_bytes(b"a\tb\tcaff\xe8\tno\n")
    with pytest.raises(DataError, match="not UTF-8"):
        read_encoded(path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="the file is empty"):
        read_encoded(path)


def test_other_line_ends_and_a_byte_order_mark_are_no_part_of_a_field(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(b"\xef\xbb\xbfa\tb\tc\td\r\ne\tf\tg\th")
    assert read_encoded(path).rows == (Encoded(*"abcd"), Encoded(*"efgh"))


@pytest.mark.skipif(not REAL.is_dir(), reason="BENCH_REAL_DATA names no folder of real rows")
@pytest.mark.parametrize(
    ("name", "rows", "faults"),
    [
        (
            "train_100.txt",
            1667 - 400 - 100,
            {
                "quotation_marks_of_csv": 228,
                "task_sconosciuto": 400,
                "misspelt_politicit": 100,
                "nan_for_no_answer": 53,
                "constant_discotex_1": 100,
            },
        ),
        (
            "dev_100.txt",
            1524 - 400 - 100,
            {
                "quotation_marks_of_csv": 205,
                "task_sconosciuto": 400,
                "misspelt_politicit": 57,
                "nan_for_no_answer": 57,
                "constant_discotex_1": 100,
            },
        ),
    ],
)
def test_the_faults_of_the_real_files_are_those_counted_by_hand(
    name: str, rows: int, faults: dict[str, int]
) -> None:
    found = read_encoded(REAL / "evalita2023_biss100" / name)
    assert (len(found.rows), dict(found.faults)) == (rows, faults)
