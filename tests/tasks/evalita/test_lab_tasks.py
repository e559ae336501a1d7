"""EVALITA 2023, part 2: read from made-up files in the official formats, and from the real rows
where BENCH_REAL_DATA names a folder with them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.baseline import Prediction
from bench.conformance import check_task
from bench.data.load import load_task
from bench.data.loaded import Loaded
from bench.errors import DataError, Unavailable
from bench.files import Files
from bench.metrics.aligned import align
from bench.outputs import Pair, Span
from bench.registry import Registry
from bench.registry import load_task as load_plugin
from bench.task import Input, Task
from bench.tasks.evalita import _clinkart, _geolingit, _langlearn, _politicit
from tests.support import evalita_lab_files as made_up

WRITERS: dict[str, Callable[..., None]] = {
    "clinkart": made_up.clinkart,
    "emit_a": made_up.emit,
    "emit_b": made_up.emit,
    "geolingit": made_up.geolingit,
    "hodi_a": made_up.hodi,
    "hodi_b": made_up.hodi,
    "langlearn": made_up.langlearn,
    "multifakedetective": made_up.multifake,
    "politicit": made_up.politicit,
}
REAL = Path(os.environ.get("BENCH_REAL_DATA", "no-such-folder"))
real = pytest.mark.skipif(not REAL.is_dir(), reason="BENCH_REAL_DATA names no folder of real rows")


def the(name: str) -> Task:
    return load_plugin(Registry("tasks")[name])


def files(name: str, folder: Path) -> Files:
    return Files(name, "evalita", [folder])


def loaded(name: str, folder: Path, **changes: Any) -> Loaded:
    WRITERS[name](folder, **changes)
    return load_task(the(name), files(name, folder))


def refused(name: str, folder: Path, file: str, text: str) -> str:
    """What is said of a task whose file holds something else."""
    WRITERS[name](folder)
    made_up.put(folder, file, text)
    with pytest.raises(DataError) as caught:
        load_task(the(name), files(name, folder))
    return str(caught.value)


@pytest.mark.parametrize("name", WRITERS)
def test_the_task_conforms(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path)
    findings = check_task(the(name), files(name, tmp_path))
    assert [f"{f.name}: {f.detail}" for f in findings if not f.passed] == []


@pytest.mark.parametrize("name", WRITERS)
def test_gold_in_words_is_read_as_the_same_gold(name: str, tmp_path: Path) -> None:
    task, rows = the(name), loaded(name, tmp_path)
    words = task.prompt.label_words
    for row in (*rows.train, *rows.test):
        said = task.output.encode(row.target, row.text, words=words)
        assert task.output.decode(said, row.text, words=words) == row.target


@pytest.mark.parametrize("name", WRITERS)
def test_without_gold_the_test_is_cut_from_train_and_its_texts_are_given_to_answer(
    name: str, tmp_path: Path
) -> None:
    task, with_gold = the(name), loaded(name, tmp_path / "gold")
    assert task.unscored is not None
    assert task.unscored(files(name, tmp_path / "gold")) == []
    without = loaded(name, tmp_path / "bare", gold=False)
    assert len(without.train) + len(without.test) == len(with_gold.train)
    found = task.unscored(files(name, tmp_path / "bare"))
    assert {i.id for i in found} == {row.id for row in with_gold.test}


@pytest.mark.parametrize("name", WRITERS)
def test_data_that_is_not_there_is_told_with_where_to_put_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="DIR/"):
        load_task(the(name), files(name, tmp_path))
    assert "DIR/" in the(name).how_to_get_data


@pytest.mark.parametrize("name", WRITERS)
def test_the_prompt_is_italian_and_lists_no_labels_of_its_own(name: str) -> None:
    task = the(name)
    assert (task.language, task.prompt.list_labels) == ("it", False)
    assert (task.prompt.input_name, task.prompt.answer_name) == ("Testo", "Risposta")


def answered(name: str, folder: Path) -> dict[str, str]:
    """The submission of a test split answered with its gold, as texts."""
    task, rows = the(name), loaded(name, folder)
    assert task.submission is not None
    found = task.submission(
        {row.id: row.target for row in rows.test}, {row.id: row.input for row in rows.test}
    )
    return {name: data.decode() for name, data in found.items()}


def test_emit_writes_a_file_for_each_domain(tmp_path: Path) -> None:
    found = answered("emit_b", tmp_path)
    assert list(found) == [
        "textbench_SubtaskB_in-domain_run1.csv",
        "textbench_SubtaskB_out-of-domain_run1.csv",
    ]
    assert found["textbench_SubtaskB_in-domain_run1.csv"].startswith("id,Direction,Topic\nx100,0,0")


def test_both_and_neither_are_written_by_the_instructions_own_words() -> None:
    output = the("emit_b").output
    both = frozenset({"direzione", "argomento"})
    assert (output.encode(both, ""), output.encode(frozenset(), "")) == (
        "entrambi",
        "non specificato",
    )
    assert output.decode("argomento, direzione", "") == both
    assert output.decode("Entrambi.", "") == both and output.decode("tutto", "") is None


def test_emits_two_domains_are_two_rankings(tmp_path: Path) -> None:
    task, rows = the("emit_a"), loaded("emit_a", tmp_path)
    values = [row.target if row.id.startswith("IN/") else frozenset() for row in rows.test]
    labels = len(task.output.labels)
    predictions = [Prediction(value, (0.0,) * labels) for value in values]
    scored = align(task.output, rows.test, predictions)
    assert [metric.point(scored) for metric in task.metrics] == [1.0, 0.0]


@pytest.mark.parametrize("mark", ["nan", "-1", "2", ""])
def test_a_mark_that_is_neither_0_nor_1_is_refused_with_its_row(mark: str, tmp_path: Path) -> None:
    text = f"id,text,Direction,Topic\na,ciao,0,1\nb,ciao ciao,{mark},1\n"
    said = refused("emit_b", tmp_path, "emit_train_B.csv", text)
    assert "emit_train_B.csv, row 3: " in said and repr(mark) in said


def test_a_file_with_another_delimiter_is_refused_with_its_columns(tmp_path: Path) -> None:
    text = "id;text;Direction;Topic\na;ciao;0;1\n"
    said = refused("emit_b", tmp_path, "emit_train_B.csv", text)
    assert "there is no column 'id', only 'id;text;Direction;Topic'" in said


@pytest.mark.parametrize("name", ["emit_b", "hodi_a", "geolingit"])
def test_an_id_that_stands_twice_is_refused(name: str, tmp_path: Path) -> None:
    file, text = {
        "emit_b": ("emit_train_B.csv", "id,text,Direction,Topic\na,uno,0,1\na,due,0,1\n"),
        "hodi_a": (
            "HODI_2023_train_subtaskA.tsv",
            "id\ttext\thomotransphobic\na\tuno\t1\na\tdue\t0\n",
        ),
        "geolingit": ("train_a.tsv", "id\ttext\tregion\na\tuno\tLazio\na\tdue\tLazio\n"),
    }[name]
    assert f"{file}, row 3: id 'a' is repeated" in refused(name, tmp_path, file, text)


def test_quotation_marks_are_part_of_a_geolingit_text(tmp_path: Path) -> None:
    assert loaded("geolingit", tmp_path).train[0].text == (
        '"Testo inventato numero 0 sul mare" disse'
    )


def test_geolingit_averages_over_the_seventeen_regions_of_the_test(tmp_path: Path) -> None:
    task, rows = the("geolingit"), loaded("geolingit", tmp_path)
    wrong = {"Molise": "Abruzzo", "Veneto": "Veneto", "Lazio": "Abruzzo"}
    values = [(wrong[str(row.target[0])], 45.0, 9.0) for row in rows.test]  # type: ignore[index]
    scored = align(task.output, rows.test, [Prediction(v) for v in values])
    # Molise is none of the seventeen: Lazio 0, Veneto 1.
    assert len(_geolingit.TESTED) == 17
    assert _geolingit.region_f1.point(scored) == pytest.approx(0.5)


def test_a_bootstrap_draw_of_the_region_score_is_the_score(tmp_path: Path) -> None:
    import numpy as np

    task, rows = the("geolingit"), loaded("geolingit", tmp_path)
    values = [("Lazio", 45.0, 9.0)] * len(rows.test)
    scored = align(task.output, rows.test, [Prediction(v) for v in values])
    metric = _geolingit.region_f1
    drawn = metric.score(metric.statistic(scored)(np.ones((scored.units, 2), np.float32)))
    assert drawn == pytest.approx([metric.point(scored)] * 2)


def test_geolingit_writes_both_subtasks(tmp_path: Path) -> None:
    found = answered("geolingit", tmp_path)
    assert found["textbench.standard.a.1"].startswith("id\ttext\tregion\n60\t\tLazio\n")
    assert "60\t\t41.0\t12.6\n" in found["textbench.standard.b.1"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0\tx\tnan\t12", "row 2: 'nan' is not a number"),
        ("0\tx\tnord\t12", "row 2: 'nord' is not a number"),
        ("0\tx\t60\t12", "outside 35 to 47.5"),
        ("9\tx\t41\t12", "is not in"),
    ],
)
def test_a_place_that_is_none_is_refused(row: str, said: str, tmp_path: Path) -> None:
    made_up.put(tmp_path, "train_a.tsv", "x")
    text = f"id\ttext\tlatitude\tlongitude\n{row}\n"
    made_up.geolingit(tmp_path)
    made_up.put(tmp_path, "train_a.tsv", "id\ttext\tregion\n0\tx\tLazio\n")
    made_up.put(tmp_path, "train_b.tsv", text)
    with pytest.raises(DataError, match=said):
        load_task(the("geolingit"), files("geolingit", tmp_path))


def test_texts_with_gold_are_not_asked_for_again(tmp_path: Path) -> None:
    made_up.geolingit(tmp_path)
    made_up.put(tmp_path, "test.tsv", "id\ttext\n60\tuno\n")
    task = the("geolingit")
    assert task.unscored is not None and task.unscored(files("geolingit", tmp_path)) == []


def test_an_unknown_region_is_refused(tmp_path: Path) -> None:
    text = "id\ttext\tregion\n0\tx\tAtlantide\n"
    said = refused("geolingit", tmp_path, "train_a.tsv", text)
    assert "train_a.tsv, row 2: 'Atlantide'; expected" in said


def test_rationales_become_runs_of_characters(tmp_path: Path) -> None:
    text = "id\ttext\trationales\n0\tabc def\t[0, 1, 5, 4, 4]\n1\tghi\t[]\n2\tjkl mno\t\n"
    made_up.hodi(tmp_path)
    made_up.put(tmp_path, "HODI_2023_train_subtaskB.tsv", text)
    rows = load_task(the("hodi_b"), files("hodi_b", tmp_path)).train
    assert rows[0].target == (Span(0, 2, "odio"), Span(4, 6, "odio"))
    assert [row.target for row in rows[1:]] == [(), ()]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("[0, 9]", "character 9 is outside a text of 3"),
        ("[-1, 0]", "leave the texts as published"),
        ("nan", "'nan' are not a list of character positions"),
        ("[0.5]", "not a list"),
        ('["0"]', "not a list"),
        ("[true]", "not a list"),
    ],
)
def test_rationales_that_are_none_are_refused(cell: str, said: str, tmp_path: Path) -> None:
    quoted = cell.replace('"', '""')
    text = f'id\ttext\trationales\n0\tabc\t"{quoted}"\n'
    found = refused("hodi_b", tmp_path, "HODI_2023_train_subtaskB.tsv", text)
    assert f"row 2: {said.partition('row 2: ')[2]}" in found and said in found


def test_hodi_writes_each_subtask_in_its_form(tmp_path: Path) -> None:
    a = answered("hodi_a", tmp_path)["textbench.A.run1.tsv"]
    b = answered("hodi_b", tmp_path)["textbench.B.run1.tsv"]
    assert a.startswith("id\thomotransphobic\n0\t0\n") and "\n2\t1\n" in a
    assert "\n0\t[]\n" in b and "\n2\t[30, 31, 32, 33, 34]\n" in b


def test_about_half_of_the_train_pairs_are_turned_round(tmp_path: Path) -> None:
    rows = loaded("langlearn", tmp_path).train
    turned = [row for row in rows if row.target == "invertito"]
    assert 0.25 < len(turned) / len(rows) < 0.75
    for row in rows:
        first, second = map(int, row.id.partition("/")[2].split("-"))
        assert (first > second) == (row.target == "invertito")
        assert f"numero {first} " in row.text and f"numero {second} " in str(row.pair)


def test_essays_that_pairs_join_are_one_group(tmp_path: Path) -> None:
    rows = loaded("langlearn", tmp_path).train
    groups = {row.group: [r.id for r in rows if r.group == row.group] for row in rows}
    assert len(groups) == 40 and {len(ids) for ids in groups.values()} == {2}


def test_chains_of_pairs_are_one_group() -> None:
    pairs = [_langlearn._Pair("CITA", ids, ("", ""), None) for ids in (("1", "2"), ("3", "4"))]
    joined = [*pairs, _langlearn._Pair("CITA", ("4", "2"), ("", ""), None)]
    assert len({*_langlearn._learners(pairs).values()}) == 2
    assert len({*_langlearn._learners(joined).values()}) == 1


def test_the_two_corpora_of_langlearn_are_averaged(tmp_path: Path) -> None:
    task, rows = the("langlearn"), loaded("langlearn", tmp_path)
    values = [row.target if row.id.startswith("CITA/") else None for row in rows.test]
    scored = align(task.output, rows.test, [Prediction(value) for value in values])
    assert [metric.point(scored) for metric in task.metrics] == [0.5, 1.0, 0.0]


def test_one_corpus_alone_is_enough(tmp_path: Path) -> None:
    made_up.langlearn(tmp_path)
    for path in (tmp_path / "evalita" / "COWS-L2H").iterdir():
        path.unlink()
    rows = load_task(the("langlearn"), files("langlearn", tmp_path))
    assert {row.id.partition("/")[0] for row in (*rows.train, *rows.test)} == {"CITA"}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("CItA/Essays_CItA.xml", "<corpus><doc id='1'>A & B</doc></corpus>", "not well-formed XML"),
        ("CItA/Essays_CItA.xml", "<corpus></corpus>", "no <doc> element"),
        ("CItA/Training_CItA.tsv", "Essay_1\tEssay_2\n0\t999\n", "row 2: essay '999' is not in"),
        (
            "CItA/Test_CItA.tsv",
            "Essay_1\tEssay_2\tLabel\n100\t101\tnan\n",
            "row 2: 'nan'; expected",
        ),
    ],
)
def test_essays_that_cannot_be_read_are_refused(
    file: str, text: str, said: str, tmp_path: Path
) -> None:
    assert said in refused("langlearn", tmp_path, file, text)


def test_langlearn_writes_a_file_for_each_corpus(tmp_path: Path) -> None:
    found = answered("langlearn", tmp_path)
    assert list(found) == ["Test_CItA.tsv", "Test_COWS-L2H.tsv"]


def test_a_submission_of_langlearn_is_the_test_file_with_a_column_more(tmp_path: Path) -> None:
    found = answered("langlearn", tmp_path)["Test_CItA.tsv"]
    gold = (tmp_path / "evalita" / "CItA" / "Test_CItA.tsv").read_text()
    assert found == gold.replace("Label", "Pred")


def test_a_test_without_times_gets_none(tmp_path: Path) -> None:
    made_up.langlearn(tmp_path)
    made_up.put(tmp_path, "CItA/Test_CItA.tsv", "Essay_1\tEssay_2\n100\t101\n")
    task = the("langlearn")
    assert task.unscored is not None and task.submission is not None
    (row,) = task.unscored(files("langlearn", tmp_path))
    written = task.submission({row.id: "invertito"}, {row.id: row})
    assert written == {"Test_CItA.tsv": b"Essay_1\tEssay_2\tPred\n100\t101\t1\n"}


def test_rows_of_one_fake_news_id_are_taken_once_or_not_at_all(tmp_path: Path) -> None:
    rows = loaded("multifakedetective", tmp_path)
    assert len(rows.train) == 40
    assert rows.faults["rows_of_an_id_again_left_out"] == 2
    assert rows.faults["ids_with_differing_rows_left_out"] == 1


def test_fake_news_predictions_have_no_header(tmp_path: Path) -> None:
    found = answered("multifakedetective", tmp_path)
    assert list(found) == ["predictions.tsv", "predictions_additional.tsv"]
    assert found["predictions.tsv"].startswith("50\t2\n51\t3\n")


def test_a_cluster_is_a_group_and_its_tweets_vote(tmp_path: Path) -> None:
    task, rows = the("politicit"), loaded("politicit", tmp_path)
    assert {row.group for row in rows.test} == {f"test/c{n}" for n in range(30, 46)}
    odd = ("uomo", "destra", "destra")
    values = [odd if row.id.endswith("/003") else row.target for row in rows.test]
    scored = align(task.output, rows.test, [Prediction(value) for value in values])  # type: ignore[arg-type]
    assert [metric.point(scored) for metric in task.metrics] == [1.0] * 4


def test_each_target_has_a_vote_of_its_own(tmp_path: Path) -> None:
    task, rows = the("politicit"), loaded("politicit", tmp_path)
    other = {"uomo": "donna", "donna": "uomo"}

    def two_of_three(row: Any) -> Any:
        gender, binary, multi = row.target
        if row.id.endswith("/001"):
            return (other[gender], binary, multi)
        return (gender, "destra", "destra") if row.id.endswith("/002") else row.target

    scored = align(task.output, rows.test, [Prediction(two_of_three(row)) for row in rows.test])
    assert task.metrics[0].point(scored) == 1.0


def test_a_cluster_with_two_answers_is_refused(tmp_path: Path) -> None:
    text = (
        "label,gender,ideology_binary,ideology_multiclass,tweet\n"
        "c,male,left,left,uno\nc,female,left,left,due\n"
    )
    said = refused("politicit", tmp_path, "politicIT_phase_2_train_public.csv", text)
    assert "row 3: cluster 'c' has" in said


def test_politicit_writes_a_line_for_each_cluster(tmp_path: Path) -> None:
    found = answered("politicit", tmp_path)["results.csv"].splitlines()
    assert found[:2] == [
        "label,gender,ideology_binary,ideology_multiclass",
        "c30,male,left,moderate_left",
    ]
    assert len(found) == 17


def test_an_unreadable_tweet_has_no_vote_and_a_cluster_without_any_is_answered(
    tmp_path: Path,
) -> None:
    rows = loaded("politicit", tmp_path).test
    first, second = (f"test/c{n}" for n in (31, 32))  # female, and male of the left
    answers = {row.id: row.target for row in rows if row.group in (first, second)}
    silent = {id_: None for id_ in answers if id_ != f"{first}/003"}
    found = _politicit.submission({**answers, **silent}, {})["results.csv"].decode().splitlines()
    assert found[1:] == ["c31,female,right,moderate_right", "c32,male,right,right"]
    assert "answered male, right, right" in the("politicit").unparsed_policy


def test_a_row_is_a_sentence_with_its_relations(tmp_path: Path) -> None:
    rows = [row for row in loaded("clinkart", tmp_path).train if row.group == "d0"]
    assert [row.id for row in rows] == ["d0/0", "d0/25", "d0/58"]
    assert rows[0].text == "Esame 0: glicemia 90 mg."
    assert rows[0].target == (Pair(Span(18, 23, "result"), Span(9, 17, "test")),)
    assert (len(rows[1].target), rows[2].target) == (2, ())  # type: ignore[arg-type]


def test_sentences_that_a_relation_joins_are_one_row(tmp_path: Path) -> None:
    found = loaded("clinkart", tmp_path)
    assert [row.id for row in found.train if row.group == "d20"] == ["d20/0", "d20/60"]
    assert found.faults["sentences_joined_by_a_relation"] == 1


def test_the_written_form_of_relations_is_the_instructions() -> None:
    output, text = the("clinkart").output, "glicemia 90 mg"
    gold = (Pair(Span(9, 14, "result"), Span(0, 8, "test")),)
    assert output.encode(gold, text) == "[BREL] 90 mg [SEP] glicemia [EREL]"
    assert output.encode((), text) == "[NOREL]" and output.decode("[NOREL]", text) == ()


def test_a_submission_of_relations_is_the_test_file_again(tmp_path: Path) -> None:
    found = answered("clinkart", tmp_path)["textbench.txt"]
    assert found == (tmp_path / "evalita" / "test.txt").read_text()


def test_sentences_stand_where_they_stood_in_their_document() -> None:
    inputs = {"d/0": Input("d/0", "Uno."), "d/6": Input("d/6", "Due 90 mg."), "e/0": Input("e", "")}
    pair = Pair(Span(4, 9, "result"), Span(0, 3, "test"))
    written = _clinkart.submission({"d/0": (), "d/6": (pair,), "e/0": ()}, inputs)["textbench.txt"]
    assert written == b"d|t|Uno.  Due 90 mg.\nd\tREL\t10-15\t6-9\t90 mg\tDue\n\ne|t|\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("d0\tREL\t0-4\t5-9\tEsame\t0: g", "row 2: it says 'Esame', but the text at 0-4 is 'Esam'"),
        ("d0\tREL\t0-5\t6-900", "row 2: '6-900' is not a span"),
        ("d0\tREL\t5-5\t6-9", "row 2: '5-5' is not a span"),
        ("d0\tREL\tx\t6-9", "row 2: 'x' is not a span"),
        ("d1\tREL\t0-5\t6-9", "row 2: document 'd1' has no text before"),
        ("d0 REL 0-5 6-9", "is not a relation"),
        ("d0\tREL\t0-5", "is not a relation"),
        (f"d0|t|{made_up.CASE.format(n=0)}", "row 2: document 'd0' is repeated"),
    ],
)
def test_a_line_that_is_no_relation_is_refused(line: str, said: str, tmp_path: Path) -> None:
    text = f"d0|t|{made_up.CASE.format(n=0)}\n{line}\n"
    assert said in refused("clinkart", tmp_path, "training.txt", text)


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    assert "no line has the form DOC|t|TEXT" in refused("clinkart", tmp_path, "training.txt", "\n")


@real
def test_every_real_relation_of_clinkart_is_in_a_row() -> None:
    folder = REAL / "evalita2023_biss100"
    found = _clinkart.documents(folder / "clinkart_dataset.txt")
    assert (len(found), sum(len(d.relations) for d in found)) == (83, 658)
    rows = [row for d in found for row in _clinkart._examples(d)]
    assert sum(len(row.target) for row in rows) == 658  # type: ignore[arg-type]
    assert all(d.starts() == d.joined() for d in found)


@real
def test_the_real_clinkart_file_is_written_again() -> None:
    path = REAL / "evalita2023_biss100" / "clinkart_dataset.txt"
    rows = [row for d in _clinkart.documents(path) for row in _clinkart._examples(d)]
    inputs = {row.id: row.input for row in rows}
    written = _clinkart.submission({row.id: row.target for row in rows}, inputs)["textbench.txt"]
    assert written.decode().rstrip("\n") == path.read_text().rstrip("\n")


@real
def test_every_real_clinkart_row_survives_its_words() -> None:
    output = the("clinkart").output
    found = _clinkart.documents(REAL / "evalita2023_biss100" / "clinkart_dataset.txt")
    for row in (row for d in found for row in _clinkart._examples(d)):
        gold = output.check(row.target, row.text)
        assert output.decode(output.encode(gold, row.text), row.text) == gold


@real
def test_the_real_practice_set_of_politicit_has_48_clusters() -> None:
    found = load_task(the("politicit"), Files("politicit", "evalita", [REAL]))
    rows = (*found.train, *found.test)
    assert (len(rows), len({row.group for row in rows})) == (1920, 48)
    assert found.faults["rows_of_the_practice_set_only"] == 1920
