"""The EVALITA 2023 tasks read the official formats and refuse what is odd; all rows are made up."""

from pathlib import Path

import pytest

from bench.conformance import check_task
from bench.data.load import load_task
from bench.errors import DataError, Unavailable
from bench.models.prompt import answer_words, render
from bench.outputs import Answer, Span
from bench.task import Example, Input
from tests.support.evalita_files import (
    acti,
    at_hand,
    bio,
    discotex,
    emotivita,
    everything,
    haspeede,
    jsonl,
    nermud,
    pair,
    task,
    wicita,
    write,
)

NAMES = [
    *("acti_a", "acti_b", "discotex_1", "discotex_2", "emotivita", "haspeede_a", "haspeede_b"),
    *("nermud", "wicita_1", "wicita_2"),
]


def of_test(name: str, folder: Path) -> tuple[Example, ...]:
    return load_task(task(name), at_hand(name, folder)).test


@pytest.mark.parametrize("name", NAMES)
def test_every_task_holds_the_facts_of_the_suite(name: str, tmp_path: Path) -> None:
    findings = check_task(task(name), at_hand(name, everything(tmp_path)))
    assert [finding for finding in findings if not finding.passed] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_task_without_its_files_says_which_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"needs .*(csv|tsv|jsonl); put it in DIR"):
        load_task(task(name), at_hand(name, tmp_path))


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_is_italian_and_lists_no_labels(name: str) -> None:
    asked = render(task(name), Input("1", "Testo inventato"))
    assert "Testo: Testo inventato\nRisposta:" in asked and "Labels" not in asked


def test_a_file_may_lie_in_the_folder_of_its_task(tmp_path: Path) -> None:
    emotivita(tmp_path)
    (tmp_path / "evalita" / "emotivita").rename(tmp_path / "emotivita")
    assert len(of_test("emotivita", tmp_path)) == 4


@pytest.mark.parametrize(
    ("name", "answer", "word"),
    [
        ("acti_a", "conspiratorial", "sì"),
        ("acti_b", "Terra Piatta", "Terrapiattista"),
        ("discotex_1", "incoherent", "no"),
        ("emotivita", (3.25, 5.5, 1.0), "3.25 5.50 1.00"),
        ("haspeede_b", "hateful", "sì"),
        ("nermud", (), "nessuna"),
        ("nermud", (Span(0, 5, "LOC"),), "[LOC] Testo"),
        ("wicita_1", "different", "no"),
    ],
)
def test_an_answer_in_words_comes_back(name: str, answer: Answer, word: str) -> None:
    found = task(name)
    assert answer_words(found, answer, "Testo") == word
    assert found.output.decode(word, "Testo", words=found.prompt.label_words) == answer


def test_without_gold_acti_gives_the_texts_of_its_test(tmp_path: Path) -> None:
    acti(tmp_path)
    found, files = task("acti_a"), at_hand("acti_a", tmp_path)
    assert found.unscored is not None and "test" not in found.load(files)
    assert found.unscored(files)[1] == Input("test/1", "Prova beta")


def test_gold_that_the_user_has_is_the_test_split_of_acti(tmp_path: Path) -> None:
    acti(tmp_path, gold=True)
    found, files = task("acti_a"), at_hand("acti_a", tmp_path)
    assert found.unscored is not None and found.unscored(files) == []
    assert [row.target for row in found.load(files)["test"]] == [
        "not_conspiratorial",
        "conspiratorial",
    ] * 2


def test_a_topic_that_contradicts_its_code_is_refused(tmp_path: Path) -> None:
    acti(tmp_path)
    write(tmp_path, "acti/subtaskB_train.csv", "Id,comment_text,topic,conspiracy\n0,Ciao,Qanon,0\n")
    with pytest.raises(DataError, match=r"subtaskB_train.csv, row 2: topic 'Qanon' contradicts"):
        load_task(task("acti_b"), at_hand("acti_b", tmp_path))


def test_a_continuation_is_the_pair_and_its_corpus_begins_the_id(tmp_path: Path) -> None:
    discotex(tmp_path)
    train = load_task(task("discotex_1"), at_hand("discotex_1", tmp_path)).train
    assert train[0] == Example(
        "TED/ted0#0", 'Una "cosa" alfa.\nDue.', "incoherent", "Tre alfa.", "ted0"
    )
    assert {row.id.partition("/")[0] for row in train} == {"TED", "wiki"}


def test_a_missing_half_of_the_training_set_is_counted(tmp_path: Path) -> None:
    discotex(tmp_path)
    (tmp_path / "evalita/discotex/data/train/discotex_1_wiki_train_set_release.tsv").unlink()
    loaded = load_task(task("discotex_1"), at_hand("discotex_1", tmp_path))
    assert loaded.faults == {"wiki_training_file_missing": 1} and len(loaded.train) == 10


def test_hate_about_religion_is_test_only(tmp_path: Path) -> None:
    haspeede(tmp_path)
    ids = [row.id.partition("/")[0] for row in of_test("haspeede_b", tmp_path)]
    assert ids == ["XPolitical"] * 3 + ["XReligious"] * 4
    assert len(of_test("haspeede_a", tmp_path)) == 3


def test_sentences_are_tokens_with_single_spaces(tmp_path: Path) -> None:
    nermud(tmp_path)
    first = of_test("nermud", tmp_path)[0]
    assert (first.id, first.text) == ("WN/test/1", "Ada Rossi visita Roma .")
    assert first.target == (Span(0, 9, "PER"), Span(17, 21, "LOC"))


def test_neighbours_with_a_beginning_each_are_two_entities(tmp_path: Path) -> None:
    nermud(tmp_path)
    write(tmp_path, "nermud/WN_test.tsv", bio("Ada B-PER|Bo B-PER|Roma I-LOC|X I-LOC"))
    files = at_hand("nermud", tmp_path)
    row = load_task(task("nermud"), files).test[0]
    assert row.target == (Span(0, 3, "PER"), Span(4, 6, "PER"), Span(7, 13, "LOC"))
    assert files.faults == {"entities_that_begin_with_I": 1}


def test_older_files_without_prefixes_are_read_and_named(tmp_path: Path) -> None:
    nermud(tmp_path)
    (tmp_path / "evalita/nermud/WN_train.tsv").unlink()
    write(tmp_path, "nermud/wikinews_train.tsv", bio("Ada PER|Rossi PER|e O|Roma LOC"))
    files = at_hand("nermud", tmp_path)
    row = load_task(task("nermud"), files).train[0]
    assert row.target == (Span(0, 9, "PER"), Span(12, 16, "LOC"))
    assert files.faults == {"entities_tagged_without_B_or_I": 2}


def test_the_word_is_marked_in_both_sentences(tmp_path: Path) -> None:
    wicita(tmp_path)
    rows = of_test("wicita_1", tmp_path)
    assert rows[0].text == "La [TGTS] riva [TGTE] test0 è lunga ."
    assert rows[0].pair == "Una [TGTS] riva [TGTE] test0 nuova ."
    assert [row.id.partition("/")[0] for row in rows] == ["it"] * 4 + ["eng"] * 4


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("id,text,V,A\n1,Ciao,1,1\n", "row 1: no column 'D'"),
        ("id;text;V;A;D\n1;Ciao;1;1;1\n", "use the official file"),
        ("id,text,V,A,D\n1,Ciao,1,1,1,1\n", "row 2: 6 fields"),
        ("id,text,V,A,D\n1,Ciao,1,nan,1\n", "row 2: A: answer 'nan' is outside"),
        ("id,text,V,A,D\n1,Ciao,1,5.6,1\n", "row 2: A: answer '5.6' is outside"),
        ("id,text,V,A,D\n1,nan,1,2,1\n", "row 2: text is 'nan', not a text"),
        ("id,text,V,A,D\n1,Ciao,1,2,1\n1,No,1,1,1\n", "row 3: id '1' is also in row 2"),
    ],
)
def test_an_odd_table_is_refused_with_its_row(damage: str, said: str, tmp_path: Path) -> None:
    emotivita(tmp_path)
    path = write(tmp_path, "emotivita/Development set.csv", damage)
    with pytest.raises(DataError, match=said) as error:
        load_task(task("emotivita"), at_hand("emotivita", tmp_path))
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"start1": 4}, "do not delimit a word of sentence1"),
        ({"end2": 99}, "start2 4 and end2 99 do not delimit a word of sentence2"),
        ({"start1": "3"}, "start1 '3'"),
        ({"start1": 2}, "do not delimit a word"),
        ({"sentence1": "La [TGTS] riva"}, r"already contains \[TGTS\] or \[TGTE\]"),
        ({"label": -1}, "label is '-1'; expected 0, 1"),
        ({"label": True}, "label is True"),
        ({"sentence2": ""}, "sentence2 is '', not a text"),
    ],
)
def test_a_mark_that_does_not_fit_is_refused(
    changed: dict[str, object], said: str, tmp_path: Path
) -> None:
    wicita(tmp_path)
    rows = pair("a", label=1), pair("b", **{"label": 0, **changed})
    jsonl(tmp_path, "wicita/binary/dev.jsonl", *rows)
    with pytest.raises(DataError, match=rf"dev\.jsonl, row 2: .*{said}"):
        load_task(task("wicita_1"), at_hand("wicita_1", tmp_path))


@pytest.mark.parametrize("line", ['{"id": "a"', "[1]", '{"id": "a"}'])
def test_an_odd_json_line_is_refused_with_its_row(line: str, tmp_path: Path) -> None:
    wicita(tmp_path)
    write(tmp_path, "wicita/binary/dev.jsonl", f"\n{line}\n")
    with pytest.raises(DataError, match=r"dev\.jsonl, row 2: "):
        load_task(task("wicita_1"), at_hand("wicita_1", tmp_path))


@pytest.mark.parametrize("line", ["Ada", "Ada\tB-DATE", "Ada B\tO", "Ada\tB-", "\tO", "a\tE-PER"])
def test_an_odd_tag_is_refused_with_its_row(line: str, tmp_path: Path) -> None:
    nermud(tmp_path)
    write(tmp_path, "nermud/FIC_dev.tsv", f"Ada\tO\n{line}\n")
    with pytest.raises(DataError, match=r"FIC_dev\.tsv, row 2: "):
        load_task(task("nermud"), at_hand("nermud", tmp_path))
