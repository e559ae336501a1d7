"""Politosphere: made-up comments in the published form, the study's prompts, and the real rows."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.data.checks import remove_cross_leaks
from bench.errors import DataError, Unavailable
from bench.files import Files
from bench.models.layout import Marks
from bench.models.prompt import question
from bench.models.templates import llama2_chat
from bench.task import Input
from bench.tasks.politosphere import _comments as _politosphere
from tests.support.politosphere_files import made_up
from tests.support.published import (
    REAL,
    broken_facts,
    files_of,
    loaded,
    needs_real_rows,
    shipped,
    write,
)

BY_AUTHOR = ["politosphere_" + name for name in ("7", "6", "5", "polarization", "stance")]
AS_PUBLISHED = [f"politosphere_{name}_as_published" for name in ("7", "polarization", "stance")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in (_politosphere.GOLD, *_politosphere.PEOPLE.values()):
        write(tmp_path, f"politosphere/{name}", made_up())
    return tmp_path


@pytest.mark.parametrize("name", [*BY_AUTHOR, *AS_PUBLISHED])
def test_the_task_conforms(name: str, data: Path) -> None:
    assert broken_facts(name, data) == []


def test_no_author_stands_on_both_sides(data: Path) -> None:
    found = loaded("politosphere_7", data)
    assert not {row.group for row in found.train} & {row.group for row in found.test}


def test_the_published_split_keeps_its_places_and_counts_shared_authors(data: Path) -> None:
    found = loaded("politosphere_7_as_published", data)
    assert (len(found.train), len(found.test)) == (90, 23)
    assert [row.id for row in found.test][:3] == ["m0", "m2", "m18"]
    assert found.faults["test_rows_by_authors_in_train"] == 3


def test_the_published_split_is_that_of_the_studys_library() -> None:
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_dict({"n": range(113)})
    cut = rows.train_test_split(test_size=0.2, shuffle=True, seed=42)
    assert {*cut["test"]["n"]} == _politosphere._PUBLISHED_TEST


def test_another_number_of_rows_has_no_published_split(data: Path) -> None:
    write(data, f"politosphere/{_politosphere.GOLD}", made_up(112))
    with pytest.raises(DataError, match="112 rows; the published split has 113"):
        loaded("politosphere_7_as_published", data)


def test_the_coarser_tasks_have_one_cut(data: Path) -> None:
    cuts = [{row.id for row in loaded(name, data).test} for name in BY_AUTHOR]
    assert all(cut == cuts[0] for cut in cuts)


def test_another_case_of_a_label_is_unified_and_counted(data: Path) -> None:
    changed = made_up(**{"User label": "Support Gun Non-Polarized"})
    write(data, f"politosphere/{_politosphere.GOLD}", changed)
    found = loaded("politosphere_7", data)
    assert found.faults["label_case_unified"] == 1
    labels = {row.target for row in (*found.train, *found.test)}
    assert labels == {*_politosphere.LABELS}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"User label": "Perhaps"}, "row 2: label 'Perhaps'; expected one of Support Gun"),
        ({"User label": ""}, "row 2: label ''"),
        ({"author": None}, "row 2: 'author' is None, not a string"),
    ],
)
def test_a_row_that_is_odd_is_named(data: Path, changes: dict[str, str], message: str) -> None:
    write(data, f"politosphere/{_politosphere.GOLD}", made_up(**changes))
    with pytest.raises(DataError, match=message):
        loaded("politosphere_7", data)


def test_a_line_that_is_no_json_is_named(data: Path) -> None:
    write(data, f"politosphere/{_politosphere.GOLD}", made_up(3) + "made up\n")
    with pytest.raises(DataError, match=r"leo.json, row 4: not JSON"):
        loaded("politosphere_7", data)


def test_without_its_file_a_task_says_which(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"needs daccord_yifei_v2_leo.json"):
        loaded("politosphere_stance_as_published", tmp_path)


def test_the_corrected_prompt_differs_by_the_swapped_definitions_alone() -> None:
    task = shipped("politosphere_7")
    mine, theirs = task.prompt.instruction, task.prompts["as_published"].instruction
    for_guns, for_bans = "Explicitly in favor of individual gun", "Explicitly opposes gun ownership"
    assert f"Support Gun: {for_guns}" in mine and f"Anti Gun: {for_bans}" in mine
    assert f"Support Gun: {for_bans}" in theirs and f"Anti Gun: {for_guns}" in theirs
    assert sorted(mine.split()) == sorted(theirs.split())


def test_the_published_prompt_is_the_studys_character_by_character() -> None:
    asked = question(shipped("politosphere_7").with_prompt("as_published"), Input("1", "made up ."))
    assert llama2_chat(asked, (), Marks()).before == (
        "<s>[INST] <<SYS>>\nYou are a sentence sentiment polarity classification assistant about "
        "gun control. And here are definitions of labels: Support Gun: Explicitly opposes gun "
        "ownership or is in favor of legal policies such as banning guns and confiscating personal "
        "guns. Anti Gun: Explicitly in favor of individual gun ownership, or against gun bans and "
        "gun confiscation. Neutral: The statement is centered around the debate on gun control, "
        "but there is no clear opinion expressed. Not Relevant: Don't have any obvious "
        "relationship to guns. Not Sure: The sentence statements are describing gun support for "
        "owning / banning guns, but due to a lack of relevant context, or some other reason, we "
        "can sense the emotional inclination, but not the specific opinion or polarized aspect. "
        "And the sentences are considered as polarized if they are or about antagonizing "
        "statements / hostility / belittling / animosity: 'us vs them', inter-group antagonism, "
        "radicalization, conflictive confrontation, and so on. the sentences are considered as "
        "non-polarized if they are or aboutc onstructive civic conversation, bring together to a "
        "common ground, peaceful dialogue, and so on. Please classify the sentiment polarity of "
        "the following sentence about gun support into one of the following categories: 'Support "
        "Gun Polarized', 'Support Gun non-Polarized', 'Neutral', 'Anti Gun Polarized', 'Anti Gun "
        "non-Polarized', 'Not relevant' or 'Not Sure'.\n<</SYS>>\n\nSentence: made up .\nUser "
        "label: [/INST] "
    )


@pytest.mark.parametrize("name", BY_AUTHOR)
def test_a_prompt_without_definitions_has_the_rest_of_the_words(name: str) -> None:
    task = shipped(name)
    bare, full = task.prompts["without_definitions"].instruction, task.prompt.instruction
    role, _, ask = bare.partition("Please classify")
    assert "definitions" not in bare and full.startswith(role) and full.endswith(ask)
    assert all(label.casefold() in bare.casefold() for label in task.output.labels)


def test_the_annotators_are_told_apart(data: Path) -> None:
    files = Files("politosphere_7", "politosphere", [data])
    found = _politosphere.annotations(files)
    assert [*found] == ["leo", "yifei"] and len(found["leo"]) == 113
    lower = made_up().replace("Support Gun Polarized", "support gun polarized")
    write(data, "politosphere/annotated_data_llama2_v2.json", lower)
    again = _politosphere.annotations(files)
    assert again["llama2_v2"]["m0"] == "Support Gun Polarized" and not files.faults


@needs_real_rows
def test_the_real_gold_is_what_both_people_say() -> None:
    files = files_of("politosphere_7", REAL)
    people = _politosphere.annotations(files)
    gold = {post.id: post.label for post in _politosphere.posts(files, _politosphere.GOLD)}
    leo, yifei = people["leo"], people["yifei"]
    assert gold == {id_: label for id_, label in leo.items() if yifei[id_] == label}
    assert (len(leo), len(gold), files.faults["label_case_unified"]) == (150, 113, 5)


@needs_real_rows
def test_the_real_agreement_is_the_published_one() -> None:
    from sklearn.metrics import cohen_kappa_score

    people = _politosphere.annotations(files_of("politosphere_7", REAL))
    ids = sorted(people["leo"])
    kappa = cohen_kappa_score(*[[people[who][i] for i in ids] for who in ("leo", "yifei")])
    assert kappa == pytest.approx(0.703, abs=0.0005)


@needs_real_rows
@pytest.mark.parametrize("name", BY_AUTHOR)
def test_the_real_rows_are_cut_90_to_23_by_author(name: str) -> None:
    found = loaded(name)
    assert (len(found.train), len(found.test)) == (90, 23)
    assert len({row.group for row in (*found.train, *found.test)}) == 84


@needs_real_rows
def test_the_real_published_split_shares_four_authors() -> None:
    found = loaded("politosphere_7_as_published")
    assert found.faults["test_rows_by_authors_in_train"] == 6


MERGED = {
    "politosphere_6": "6labels_keep_neu",
    "politosphere_5": "5labels_oth",
    "politosphere_polarization": "pol_unpol_oth",
    "politosphere_stance": "supp_anti_oth",
}


@needs_real_rows
@pytest.mark.parametrize("name", MERGED)
def test_the_merged_labels_are_the_published_ones_row_by_row(name: str) -> None:
    path = Path(REAL) / f"politosphere/daccord_yifei_v2_leo_{MERGED[name]}.json"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    found = loaded(name)
    mine = {row.id: row.target for row in (*found.train, *found.test)}
    assert mine == {row["id"]: row["User label"] for row in rows}
    assert Counter(mine.values()) == Counter(row["User label"] for row in rows)


@needs_real_rows
def test_the_tasks_of_the_suite_take_no_row_from_each_other() -> None:
    tasks = {name: loaded(name) for name in (*BY_AUTHOR, "politosphere_agreement")}
    sources = dict.fromkeys(tasks, "politosphere")
    assert set(remove_cross_leaks(tasks, sources).removed.values()) == {0}
