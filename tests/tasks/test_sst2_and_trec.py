"""SST-2 and TREC on made-up rows in the published forms, and on the real ones."""

import time
from collections import Counter
from pathlib import Path

import pytest

from bench.data.checks import check_task
from bench.errors import DataError, Unavailable, UserError
from bench.models.layout import Marks
from bench.models.prompt import question
from bench.models.templates import llama2_chat
from bench.task import Input
from tests.support.published import (
    REAL,
    broken_facts,
    files_of,
    loaded,
    needs_real_rows,
    shipped,
    write,
)

# Made up, in the form of the published files.
TRAIN = (
    "sentence\tlabel\na made-up film i like \t1\nmade-up and dull \t0\nso fine ( made up ) \t1\n"
)
DEV = "sentence\tlabel\na dull made-up film . \t0\na fine made-up film . \t1\n"
SENTENCES = "1 a fine made-up film .\n0 a dull made-up film number {} .\n"
QUESTIONS = b"LOC:city What city did someone make up ?\nHUM:ind Who made up caf\xe9s\x85 here ?\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path, "sst2/train.tsv", TRAIN)
    write(tmp_path, "sst2/dev.tsv", DEV)
    for name in ("train", "dev", "test"):
        write(tmp_path, f"sst2/sentence_level/stsa.binary.{name}.txt", SENTENCES.format(name))
    write(tmp_path, "trec/train_5500.label", QUESTIONS)
    write(tmp_path, "trec/TREC_10.label", QUESTIONS)
    return tmp_path


@pytest.mark.parametrize("name", ["sst2", "sst2_sentences", "trec"])
def test_the_task_conforms(name: str, data: Path) -> None:
    assert broken_facts(name, data) == []


def test_the_dev_rows_of_glue_are_the_test_split(data: Path) -> None:
    found = loaded("sst2", data)
    assert [row.target for row in found.test] == ["negative", "positive"]
    assert (len(found.train), found.validation) == (3, ())


def test_texts_keep_the_spaces_they_are_published_with(data: Path) -> None:
    assert loaded("sst2", data).train[2].text == "so fine ( made up ) "


def test_the_prompt_is_the_studys_character_by_character() -> None:
    asked = question(shipped("sst2"), Input("1", "a made-up film . "))
    assert llama2_chat(asked, (), Marks()).before == (
        "<s>[INST] <<SYS>>\nYou are a helpful, respectful and honest sentiment analysis assistant. "
        "And you are supposed to classify the sentiment of the sentence into one of the following "
        "categories: 'positive' or 'negative'.\n<</SYS>>\n\nSentence: a made-up film . "
        "\nSentiment: [/INST] "
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("sentence\tlabel\nmade up\t2\n", r"train.tsv, row 2: label is '2'.*one of 0, 1"),
        ("sentence\tlabel\nmade up\t-1\n", r"row 2: label is '-1'"),
        ("sentence\tlabel\nmade up\t1\textra\n", r"row 2: 3 fields, but the header has 2"),
    ],
)
def test_a_row_that_is_odd_is_named(data: Path, rows: str, message: str) -> None:
    write(data, "sst2/train.tsv", rows)
    with pytest.raises(DataError, match=message):
        loaded("sst2", data)


def test_a_table_with_another_delimiter_is_refused(data: Path) -> None:
    write(data, "sst2/train.tsv", TRAIN.replace("\t", ","))
    with pytest.raises(UserError, match="no column 'sentence'"):
        loaded("sst2", data)


def test_sentences_may_lie_beside_the_tables(data: Path) -> None:
    for path in (data / "sst2/sentence_level").iterdir():
        path.rename(data / "sst2" / path.name)
    assert len(loaded("sst2_sentences", data).validation) == 2


def test_without_its_files_a_task_says_which(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"needs sentence_level/stsa.binary.train.txt"):
        loaded("sst2_sentences", tmp_path)


@pytest.mark.parametrize("line", ["made up without a label", "2 made up", "1 "])
def test_a_sentence_without_a_label_is_named(data: Path, line: str) -> None:
    write(data, "sst2/sentence_level/stsa.binary.dev.txt", f"1 made up\n{line}\n")
    with pytest.raises(DataError, match=r"stsa.binary.dev.txt, row 2: .*'0 TEXT'"):
        loaded("sst2_sentences", data)


def test_a_sentence_that_is_not_utf8_is_named(data: Path) -> None:
    write(data, "sst2/sentence_level/stsa.binary.test.txt", b"1 made up\n0 caf\xe9\n")
    with pytest.raises(DataError, match=r"row 2: not UTF-8 \(byte 0xe9\)"):
        loaded("sst2_sentences", data)


def test_a_question_is_read_as_latin_1_and_ends_at_a_line_feed_only(data: Path) -> None:
    row = loaded("trec", data).train[1]
    assert (row.text, row.target) == ("Who made up cafés\x85 here ?", "HUM")


@pytest.mark.parametrize("line", ["WHAT:x Made up ?", "LOC Made up ?", "LOC:city"])
def test_a_question_without_its_kind_is_named(data: Path, line: str) -> None:
    write(data, "trec/TREC_10.label", f"LOC:city Made up ?\n{line}\n")
    with pytest.raises(DataError, match=r"TREC_10.label, row 2: .*KIND one of ABBR, DESC"):
        loaded("trec", data)


@needs_real_rows
def test_the_real_rows_of_sst2_are_the_canonical_ones() -> None:
    found = loaded("sst2")
    assert (len(found.train), len(found.test)) == (67349, 872)
    assert Counter(row.target for row in found.test) == {"positive": 444, "negative": 428}
    assert Counter(row.target for row in found.train) == {"positive": 37569, "negative": 29780}


@needs_real_rows
def test_the_real_sentences_have_their_published_splits() -> None:
    found = loaded("sst2_sentences")
    assert (len(found.train), len(found.validation), len(found.test)) == (6920, 872, 1821)
    assert Counter(row.target for row in found.test) == {"negative": 912, "positive": 909}


@needs_real_rows
def test_reading_and_checking_all_of_sst2_takes_no_three_seconds() -> None:
    task, files = shipped("sst2"), files_of("sst2", REAL)
    start = time.process_time()
    task.load(files)
    check_task(loaded("sst2"))
    assert time.process_time() - start < 3
