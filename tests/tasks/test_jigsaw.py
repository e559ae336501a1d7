"""Jigsaw: harmless made-up comments in the published forms, and the gathered real rows."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.data.checks import near
from bench.errors import DataError, Unavailable, UserError
from bench.task import Example
from bench.tasks.jigsaw import _comments as _jigsaw
from tests.support.published import broken_facts, loaded, needs_real_rows, write

HEAD = "id,comment_text,toxic,severe_toxic,obscene,threat,insult,identity_hate"
SUBSET_HEAD = HEAD.replace("comment_text", "comment_text,text_norm") + ",source,split"
# Flags of a made-up row by its number: every label, several at once, and none.
FLAGS = ("1,1,1,1,1,1", "1,0,0,0,0,0", "0,0,1,0,0,0", "1,0,0,0,1,0", *["0,0,0,0,0,0"] * 4)


def comments(count: int) -> str:
    """Made-up harmless comments as train.csv has them; the flags mean nothing."""
    rows = [f't{n},"made-up comment {n}, harmless",{FLAGS[n % 8]}' for n in range(count)]
    return "\n".join([HEAD, *rows]) + "\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The official files, three of the test rows unscored."""
    write(tmp_path, "jigsaw/train.csv", comments(480))
    texts, labels = ["id,comment_text"], [HEAD.replace("comment_text,", "")]
    for n in range(19):
        texts.append(f"e{n},made-up test comment {n}")
        labels.append(f"e{n},{FLAGS[n % 8] if n < 16 else '-1,-1,-1,-1,-1,-1'}")
    write(tmp_path, "jigsaw/test.csv", "\n".join(texts) + "\n")
    write(tmp_path, "jigsaw/test_labels.csv", "\n".join(labels) + "\n")
    return tmp_path


@pytest.fixture
def subset(tmp_path: Path) -> Path:
    """The gathered subset, its raw texts in another style than its normalised ones."""
    rows = [SUBSET_HEAD]
    for n in range(80):
        part = "test350" if n < 16 else "pool"
        rows.append(f"s{n},Made-up RAW {n}!,made up norm {n},{FLAGS[n % 8]},here,{part}")
    write(tmp_path, "jigsaw/jigsaw_multilabel_14k.csv", "\n".join(rows) + "\n")
    return tmp_path


TASKS = pytest.mark.parametrize("name", ["jigsaw_toxicity", "jigsaw_balanced"])


@TASKS
def test_the_task_conforms(name: str, data: Path) -> None:
    assert broken_facts(name, data) == []


@TASKS
def test_the_task_conforms_on_the_gathered_subset(name: str, subset: Path) -> None:
    assert broken_facts(name, subset) == []


def test_rows_that_were_never_scored_are_left_out_and_counted(data: Path) -> None:
    found = loaded("jigsaw_toxicity", data)
    assert (len(found.train), len(found.test)) == (480, 16)
    assert found.faults["unscored_test_rows_left_out"] == 3


def test_a_row_has_the_set_of_its_labels(data: Path) -> None:
    targets = [row.target for row in loaded("jigsaw_toxicity", data).train[1:5]]
    assert targets == [{"toxic"}, {"obscene"}, {"toxic", "insult"}, set()]


def test_of_the_subset_the_normalised_text_is_read(subset: Path) -> None:
    found = loaded("jigsaw_toxicity", subset)
    assert found.test[0].text == "made up norm 0"
    assert (len(found.train), len(found.test)) == (64, 16)


def test_the_official_files_go_before_the_subset(data: Path, subset: Path) -> None:
    assert data == subset
    assert loaded("jigsaw_toxicity", data).train[0].id == "t0"


def test_the_test_split_of_the_subset_is_kept_as_it_is(subset: Path) -> None:
    natural, balanced = (loaded(name, subset) for name in ("jigsaw_toxicity", "jigsaw_balanced"))
    assert natural.test == balanced.test


def counts(rows: Sequence[Example]) -> Counter[str]:
    """Rows by the rarest of their labels."""
    found = Counter[str]()
    for row in rows:
        assert isinstance(row.target, frozenset)
        found[next((k for k in _jigsaw.RAREST_FIRST if k in row.target), "none")] += 1
    return found


def test_the_balanced_test_has_fifty_rows_a_class_where_there_are_as_many(data: Path) -> None:
    # Of 480 rows 60 each are threat (with all others), toxic, obscene, and insult with toxic.
    found = counts(loaded("jigsaw_balanced", data).test)
    assert found == {"threat": 60, "insult": 50, "obscene": 50, "toxic": 50, "none": 50}


def test_training_rows_are_filled_up_with_rows_without_a_label(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_jigsaw, "TRAIN_A_CLASS", 5)
    monkeypatch.setattr(_jigsaw, "TRAIN", 40)
    found = counts(loaded("jigsaw_balanced", data).train)
    assert found == {"insult": 5, "obscene": 5, "toxic": 5, "none": 25}


def test_no_training_row_is_a_test_row_or_a_near_duplicate_of_one(data: Path) -> None:
    test = loaded("jigsaw_balanced", data).test[0]
    copy = f'copy,"{test.text.upper()} !",0,0,0,0,0,0\n'
    write(data, "jigsaw/train.csv", comments(480) + copy)
    found = loaded("jigsaw_balanced", data)
    assert test in found.test
    assert not {near(row) for row in found.train} & {near(row) for row in found.test}


def test_the_draw_does_not_depend_on_the_order_of_rows(data: Path) -> None:
    before = {row.id for row in loaded("jigsaw_balanced", data).test}
    head, *rows = comments(480).splitlines()
    write(data, "jigsaw/train.csv", "\n".join([head, *reversed(rows)]) + "\n")
    assert {row.id for row in loaded("jigsaw_balanced", data).test} == before


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,made up,2,0,0,0,0,0", r"train.csv, row 4: labels 2, 0, .*expected 0 or 1"),
        ("x,made up,nan,0,0,0,0,0", r"train.csv, row 4: labels nan"),
        ("x,made up,-1,0,0,0,0,0", r"train.csv, row 4: labels -1, 0"),
        ("x,made up,-1,-1,-1,-1,-1,-1", r"train.csv, row 4: a label is -1"),
        ("t1,made up,0,0,0,0,0,0", r"train.csv, row 4: id 't1' is repeated"),
    ],
)
def test_a_row_that_is_odd_is_named(data: Path, row: str, message: str) -> None:
    write(data, "jigsaw/train.csv", comments(2) + row + "\n")
    with pytest.raises(DataError, match=message):
        loaded("jigsaw_toxicity", data)


def test_a_test_row_without_labels_is_named(data: Path) -> None:
    write(data, "jigsaw/test.csv", "id,comment_text\ne0,made up\ne99,made up\n")
    with pytest.raises(DataError, match=r"id 'e1' is in this file or in test.csv, but not in both"):
        loaded("jigsaw_toxicity", data)


def test_a_subset_row_of_another_split_is_named(tmp_path: Path) -> None:
    rows = f"{SUBSET_HEAD}\ns0,Made up,made up,0,0,0,0,0,0,here,elsewhere\n"
    write(tmp_path, "jigsaw/jigsaw_multilabel_14k.csv", rows)
    with pytest.raises(DataError, match="row 2: split is 'elsewhere'"):
        loaded("jigsaw_toxicity", tmp_path)


def test_a_missing_column_is_named(data: Path) -> None:
    write(data, "jigsaw/train.csv", comments(2).replace("threat", "thread"))
    with pytest.raises(UserError, match="no column 'threat'; did you mean 'thread'"):
        loaded("jigsaw_toxicity", data)


def test_without_its_files_a_task_says_which(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"needs train.csv"):
        loaded("jigsaw_balanced", tmp_path)


@needs_real_rows
def test_the_rule_of_the_balanced_test_gives_the_350_rows_of_the_subset() -> None:
    from bench.files import read_table
    from tests.support.published import REAL

    table = read_table(Path(REAL) / "jigsaw/jigsaw_multilabel_14k.csv")
    split = dict(zip(table.column("id"), table.column("split"), strict=True))
    source = dict(zip(table.column("id"), table.column("source"), strict=True))
    rows = [row for row in _jigsaw._labelled(table) if source[row.id] == "furkancaglayan"]
    drawn = {row.id for row in _jigsaw._drawn(rows, 50, none=50)}
    assert drawn == {id_ for id_, part in split.items() if part == "test350"}


@needs_real_rows
def test_the_real_balanced_rows_are_7400_and_350() -> None:
    found = loaded("jigsaw_balanced")
    assert (len(found.train), len(found.test)) == (7400, 350)
    labels = Counter(label for row in found.train for label in row.target)  # type: ignore[union-attr]
    assert (labels["threat"], labels["identity_hate"], labels["severe_toxic"]) == (156, 920, 1052)


@needs_real_rows
def test_the_real_subset_has_its_14122_rows() -> None:
    found = loaded("jigsaw_toxicity")
    assert (len(found.train), len(found.test)) == (13772, 350)
