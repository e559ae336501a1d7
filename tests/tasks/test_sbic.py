"""The Social Bias Inference Corpus, on harmless made-up posts in both of its published forms."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.data.checks import check_task
from bench.errors import DataError, Unavailable, UserError
from bench.task import Example
from bench.tasks.sbic import _posts as _sbic
from tests.support.published import broken_facts, files_of, loaded, shipped, write

TASKS = ["sbic_implication", "sbic_offensive", "sbic_target"]
# Made up: the text of a post, then of each annotator offensiveYN, targetStereotype, targetMinority.
Posts = Sequence[tuple[str, Sequence[tuple[str, str, str]]]]
POSTS: Posts = [
    ("a made-up post {} on tea", [("0.0", "", ""), ("0.0", "", "")]),
    (
        "a made-up post {} on tea, again",
        [
            ("1.0", "tea drinkers are slow", "tea drinkers"),
            ("0.5", "tea drinkers dawdle", "tea drinkers, people who like hot drinks"),
            ("1.0", "tea drinkers are slow", "people who drink tea"),
        ],
    ),
    ("a made-up post {} on\ntwo lines", [("", "", ""), ("0.5", "", "people who write long")]),
    ("made-up post {} nobody answered", [("", "coffee drinkers run", "coffee drinkers")]),
]
COLUMNS = ("WorkerId", "post", "offensiveYN", "targetStereotype", "targetMinority")
MEANS = ("0.0", "0.8333333333333334", "0.5", "")
AGGREGATED = ("", "post", "targetMinority", "targetStereotype", "offensiveYN")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def annotations(part: str) -> str:
    """One row an annotation, as SBIC.v2.trn.csv has them."""
    return table(
        COLUMNS,
        [
            (str(worker), post.format(part), *answers)
            for post, readings in POSTS
            for worker, answers in enumerate(readings)
        ],
    )


def aggregated(part: str, **changes: str) -> str:
    """One row a post, as SBIC.v2.agg.trn.csv has them; `changes` are for the first."""
    rows = []
    for (post, readings), mean in zip(POSTS, MEANS, strict=True):
        said, groups = (sorted({r[k] for r in readings} - {""}) for k in (1, 2))
        row = {
            "": str(len(rows)),
            "post": post.format(part),
            "targetMinority": json.dumps(groups),
            "targetStereotype": json.dumps(said),
            "offensiveYN": mean,
            "hasBiasedImplication": str(int(not said)),
        }
        rows.append({**row, **changes} if not rows else row)
    return table([*AGGREGATED, "hasBiasedImplication"], [list(row.values()) for row in rows])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The aggregated files."""
    for part in ("trn", "dev", "tst"):
        write(tmp_path, f"sbic/SBIC.v2.agg.{part}.csv", aggregated(part))
    return tmp_path


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """The files with one row an annotation, in a folder of their own."""
    for part in ("trn", "dev", "tst"):
        write(tmp_path, f"apart/sbic/SBIC.v2.{part}.csv", annotations(part))
    return tmp_path / "apart"


def targets(rows: Sequence[Example]) -> list[object]:
    return [row.target for row in rows]


@pytest.mark.parametrize("name", TASKS)
def test_the_task_conforms(name: str, data: Path) -> None:
    assert broken_facts(name, data) == []


@pytest.mark.parametrize("name", TASKS)
def test_both_published_forms_give_the_same_rows(name: str, data: Path, apart: Path) -> None:
    one, other = loaded(name, data), loaded(name, apart)
    for split in ("train", "validation", "test"):
        rows = {row.id: row for row in getattr(one, split)}
        assert rows == {row.id: row for row in getattr(other, split)} != {}
    assert one.faults == other.faults


def test_a_one_at_the_source_means_no_implied_bias(data: Path) -> None:
    rows = loaded("sbic_implication", data).train
    assert aggregated("trn").splitlines()[1].endswith(",[],[],0.0,1")
    assert rows[0].target == "no implied bias"
    assert targets(rows) == [_sbic.UNBIASED, _sbic.BIASED, _sbic.UNBIASED, _sbic.BIASED]


def test_a_file_with_the_column_turned_round_is_refused(data: Path) -> None:
    turned = aggregated("trn", hasBiasedImplication="0")
    write(data, "sbic/SBIC.v2.agg.trn.csv", turned)
    with pytest.raises(DataError, match="row 2: hasBiasedImplication is '0' with 0 implications"):
        loaded("sbic_implication", data)


def test_a_post_nobody_answered_for_is_left_out_and_counted(data: Path) -> None:
    found = loaded("sbic_offensive", data)
    assert targets(found.train) == ["no", "yes", "maybe"]
    assert found.faults["posts_without_answer_left_out"] == 3


@pytest.mark.parametrize(
    ("mean", "label"),
    [(0, "no"), (1 / 6, "no"), (0.25, "maybe"), (2 / 3, "maybe"), (0.75, "maybe"), (5 / 6, "yes")],
)
def test_the_nearest_answer_to_the_mean_is_gold(mean: float, label: str) -> None:
    assert _sbic.offensiveness(mean) == label


def test_each_distinct_answer_is_a_reference(data: Path) -> None:
    found = loaded("sbic_target", data)
    assert found.train[0].target == (
        "people who drink tea",
        "tea drinkers",
        "tea drinkers, people who like hot drinks",
    )
    assert found.faults["posts_without_target_left_out"] == 3


def test_the_answers_of_each_annotator_are_kept(apart: Path) -> None:
    rows = loaded("sbic_offensive", apart).train
    read = shipped("sbic_offensive").annotations
    assert read is not None
    found = read(files_of("sbic_offensive", apart))
    said = {row.text: found[row.id] for row in rows}
    assert said["a made-up post trn on tea"] == ["no", "no"]
    assert said["a made-up post trn on tea, again"] == ["yes", "maybe", "yes"]


def test_annotators_need_the_files_that_name_them(data: Path) -> None:
    read = shipped("sbic_target").annotations
    assert read is not None
    with pytest.raises(Unavailable, match=r"needs SBIC.v2.trn.csv"):
        read(files_of("sbic_target", data))


def test_the_word_nan_is_taken_as_empty_and_counted(apart: Path) -> None:
    changed = annotations("trn") + "9,a made-up last post,nan,nan,nan\n"
    write(apart, "sbic/SBIC.v2.trn.csv", changed)
    found = loaded("sbic_implication", apart)
    last = next(row for row in found.train if row.text == "a made-up last post")
    assert last.target == _sbic.UNBIASED
    assert found.faults["nan_taken_as_empty"] == 3


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("offensiveYN", "often", r"row 2: offensiveYN is 'often', not a number from 0 to 1"),
        ("offensiveYN", "-1", r"row 2: offensiveYN is '-1'"),
        ("targetMinority", "tea", r"row 2: targetMinority is 'tea', not a JSON list"),
        ("targetStereotype", "[1]", r"row 2: targetStereotype is '\[1\]'"),
        ("post", "a made-up post dev on tea, again", r"row 3: the post is repeated"),
    ],
)
def test_a_row_that_is_odd_is_named(data: Path, column: str, value: str, message: str) -> None:
    write(data, "sbic/SBIC.v2.agg.dev.csv", aggregated("dev", **{column: value}))
    with pytest.raises(DataError, match=rf"SBIC.v2.agg.dev.csv, {message}"):
        loaded("sbic_implication", data)


def test_an_annotation_between_the_three_answers_is_named(apart: Path) -> None:
    write(apart, "sbic/SBIC.v2.dev.csv", annotations("dev").replace("0.5", "0.7", 1))
    with pytest.raises(DataError, match=r"row 5: offensiveYN is 0.7, not 0, 0.5 or 1"):
        loaded("sbic_offensive", apart)


def test_a_table_with_another_delimiter_is_refused(data: Path) -> None:
    write(data, "sbic/SBIC.v2.agg.tst.csv", "post;offensiveYN\nmade up;1\n")
    with pytest.raises(UserError, match="no column 'post'"):
        loaded("sbic_target", data)


def test_a_post_without_text_is_left_out_and_counted(data: Path) -> None:
    write(data, "sbic/SBIC.v2.agg.trn.csv", aggregated("trn", post=" "))
    found = loaded("sbic_implication", data)
    assert (len(found.train), found.faults["posts_without_text_left_out"]) == (3, 1)
    assert check_task(found)["empty_texts"] == 0
