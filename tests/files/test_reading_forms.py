"""Forms beside CSV: JSON, Parquet, Excel, CoNLL, four columns, folders, and wrong names."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.errors import DataError
from bench.files.reading import read
from tests.support.workbooks import workbook

ROWS = [{"text": "parcel is late", "label": "a"}, {"text": "refund came", "label": "b"}]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
SHEET = [["text", "label"], ["parcel is late", "a"], ["refund came", "b"]]


def rows_of(path: Path | str) -> list[dict[str, object]]:
    return list(read(path).rows())


def written(folder: Path, raw: str | bytes, name: str) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return folder / name


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    raw: bytes = sink.getvalue().to_pybytes()
    return raw


FORMS = {
    "JSON Lines": LINES.encode(),
    "JSON": json.dumps(ROWS).encode(),
    "Parquet": parquet(pa.Table.from_pylist(ROWS)),
    "Excel": workbook({"Sheet1": SHEET, "Notes": []}),
}


@pytest.mark.parametrize("name", ["t.csv", "t", "t.parquet", "t.jsonl"])
@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_found_by_content(tmp_path: Path, form: str, name: str) -> None:
    material = read(written(tmp_path, FORMS[form], name))
    assert (material.form, list(material.rows())) == (form, ROWS)


def test_a_name_that_promises_another_form_is_said(tmp_path: Path) -> None:
    assert read(written(tmp_path, FORMS["Excel"], "t.csv")).notes == (
        "its name promises CSV, but it is Excel",
    )


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
@pytest.mark.parametrize("form", FORMS)
def test_compressed_files_are_read(tmp_path: Path, form: str, codec: str) -> None:
    raw = pa.Codec(codec).compress(FORMS[form], asbytes=True)
    assert rows_of(written(tmp_path, raw, "t.csv")) == ROWS


def test_a_cut_compressed_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(LINES.encode() * 99)[:-20], "t.jsonl.gz")
    with pytest.raises(DataError, match="the gzip data is broken or cut short"):
        read(path)


def test_strings_that_look_like_times_stay_strings(tmp_path: Path) -> None:
    path = written(tmp_path, '{"text": "2020-01-01"}\n{"text": "2021-01-01"}\n', "t.jsonl")
    assert read(path).column("text").to_pylist() == ["2020-01-01", "2021-01-01"]


def test_large_whole_numbers_keep_their_digits(tmp_path: Path) -> None:
    path = written(tmp_path, '{"id": 12345678901234567891}\n{"id": 7}\n', "t.jsonl")
    assert read(path).strings("id") == ["12345678901234567891", "7"]


def test_values_of_several_kinds_become_texts(tmp_path: Path) -> None:
    path = written(tmp_path, '{"id": 1, "l": ["x"]}\n{"id": "b", "l": "y"}\n', "t.jsonl")
    assert rows_of(path) == [{"id": "1", "l": '["x"]'}, {"id": "b", "l": "y"}]


def test_nested_objects_become_columns(tmp_path: Path) -> None:
    path = written(tmp_path, '{"data": {"text": "x", "by": {"age": 3}}}\n', "t.jsonl")
    assert rows_of(path) == [{"data.text": "x", "data.by.age": 3}]


def test_blank_lines_count_in_places(tmp_path: Path) -> None:
    material = read(written(tmp_path, LINES.replace("\n", "\n\n"), "t.jsonl"))
    assert material.where(1).endswith("t.jsonl, line 3")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ('{"text": "a"}\n{"text" "b"}\n', "line 2, column 9: not valid JSON"),
        ('{"text": "a"}\n[1]\n', "line 2: not a JSON object"),
        ('{"text": NaN}\n', "line 1: not valid JSON: NaN is not a number"),
        ('{"text": "a", "text": "b"}\n', "the key 'text' stands twice"),
        ('{"text": "a"}\n{"text": "\\ud83d"}\n', "line 2: half a surrogate pair"),
    ],
)
def test_broken_json_lines_are_refused_with_line(tmp_path: Path, raw: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(written(tmp_path, raw, "t.jsonl"))


def test_rows_inside_a_json_object_are_pointed_to_and_read(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"version": 1, "data": ROWS}, indent=1), "t.json")
    with pytest.raises(DataError, match=r"an object with 'version', 'data'.*give .*t\.json#data"):
        read(path)
    assert rows_of(f"{path}#data") == ROWS


def test_splits_of_a_json_object_are_parts(tmp_path: Path) -> None:
    material = read(written(tmp_path, json.dumps({"test": ROWS[:1], "train": ROWS}), "t.json"))
    assert material.parts == {"test": range(1), "train": range(1, 3)}


def test_class_numbers_of_parquet_become_names(tmp_path: Path) -> None:
    features = datasets.Features(
        {
            "tags": datasets.List(datasets.ClassLabel(names=["O", "B"])),
            "label": datasets.ClassLabel(names=["neg", "pos"]),
        }
    )
    data = datasets.Dataset.from_dict({"tags": [[1, 0], []], "label": [1, -1]}, features=features)
    path = written(tmp_path, parquet(data.with_format("arrow")[:]), "t.parquet")
    assert rows_of(path) == [{"tags": ["B", "O"], "label": "pos"}, {"tags": [], "label": None}]


def test_several_sheets_are_named_and_one_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, workbook({"Data": SHEET, "Old": SHEET[:2]}), "t.xlsx")
    with pytest.raises(DataError, match=r"has the sheets 'Data', 'Old'; give one, as '.*#Data'"):
        read(path)
    assert rows_of(f"{path}#Old") == ROWS[:1]


def test_whole_numbers_of_a_sheet_have_no_point(tmp_path: Path) -> None:
    material = read(written(tmp_path, workbook({"S": [["id", "x"], [7.0, "a"]]}), "t.xlsx"))
    assert material.strings("id") == ["7"]
    assert material.where(0).endswith("t.xlsx, sheet S, row 2")


CONLL = "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\nAda NNP B-NP B-PER\n\n"


@pytest.mark.parametrize("name", ["t.txt", "t.csv", "t.conll"])
def test_words_with_tags_become_sentences(tmp_path: Path, name: str) -> None:
    material = read(written(tmp_path, CONLL * 2, name))
    assert material.form == "CoNLL"
    assert material.column("tokens").to_pylist()[:2] == [["EU", "rejects"], ["Ada"]]
    assert material.column("tags").to_pylist()[:2] == [["B-ORG", "O"], ["B-PER"]]
    assert material.where(1).endswith("line 6")


def test_four_column_files_count_their_faults(tmp_path: Path) -> None:
    good = "".join(f'{n}\temit\tun "testo {n}\tgioia\n' for n in range(8))
    odd = "8\tbroken\n9\temit\t\tgioia\n3\temit\tx\tgioia\n10\temit\ty\t\n"
    material = read(written(tmp_path, good + odd, "t.tsv"))
    assert (material.form, material.table.num_rows) == ("text to text", 10)
    assert {fault.kind: fault.lines for fault in material.faults} == {
        "ragged_rows": (9,),
        "empty_inputs": (10,),
        "empty_targets": (12,),
        "repeated_ids": (11,),
    }


def test_a_folder_a_class_holds_a_text_a_file(tmp_path: Path) -> None:
    for name in ("train/pos/1.txt", "train/neg/1.txt", "test/pos/1.txt"):
        written(tmp_path, f"{name}\nline", name)
    material = read(tmp_path)
    assert material.parts == {"train": range(2), "test": range(2, 3)}
    assert list(material.rows())[1] == {
        "id": "pos/1.txt",
        "text": "train/pos/1.txt\nline",
        "label": "pos",
    }


def test_a_file_a_class_holds_a_text_a_line(tmp_path: Path) -> None:
    written(tmp_path, "good\n\nfine\n", "pos.txt")
    written(tmp_path, "bad\n", "neg.txt")
    material = read(tmp_path)
    assert material.strings("label") == ["neg", "pos", "pos"]
    assert material.where(2).endswith("pos.txt, line 3")


def test_tables_of_a_folder_are_splits(tmp_path: Path) -> None:
    for name in ("train", "dev", "test"):
        written(tmp_path, "text;label\nx;a\n,;,\n", f"{name}.csv")
    material = read(tmp_path)
    assert material.parts == {"train": range(2), "validation": range(2, 4), "test": range(4, 6)}
    assert material.where(4).endswith("test.csv, line 2")


def test_a_folder_of_datasets_is_read_by_split(tmp_path: Path) -> None:
    data = datasets.Dataset.from_list(ROWS)
    datasets.DatasetDict(train=data, test=data.select([1])).save_to_disk(str(tmp_path / "saved"))
    material = read(tmp_path / "saved")
    assert material.parts == {"train": range(2), "test": range(2, 3)}
    assert material.strings("text")[2] == "refund came"


def test_a_saved_folder_that_names_files_elsewhere_is_refused(tmp_path: Path) -> None:
    datasets.Dataset.from_list(ROWS).save_to_disk(str(tmp_path / "saved"))
    state: Mapping[str, object] = json.loads((tmp_path / "saved/state.json").read_text())
    odd = {**state, "_data_files": [{"filename": "../other.arrow"}]}
    (tmp_path / "saved/state.json").write_text(json.dumps(odd))
    with pytest.raises(DataError, match="names files outside of its folder"):
        read(tmp_path / "saved")


def test_an_array_of_anything_but_objects_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="item 1: not a JSON object"):
        read(written(tmp_path, "[1, 2, 3]", "t.json"))
