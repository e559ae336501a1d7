"""WiC-ITA at EVALITA 2023: a word in two sentences, Italian throughout or Italian and English."""

import json
from collections.abc import Callable, Mapping

from bench.files import Files
from bench.outputs import Answer
from bench.task import Example, Splits
from bench.tasks.evalita._common import Row, jsonl, local, published

BEGIN, END = "[TGTS]", "[TGTE]"
CITATION = (
    "Cassotti, P., Siciliani, L., Passaro, L. C., Gatto, M. and Basile, P. (2023). WiC-ITA at "
    "EVALITA2023: Overview of the EVALITA2023 Word-in-Context for ITAlian Task. EVALITA 2023, CEUR "
    "Workshop Proceedings 3473."
)
LICENCE = "not stated"
WHERE = "the files of github.com/wic-ita/data, as DIR/evalita/wicita/{0}/ and …/gold_truth/{0}/"
TESTS = {"it": "test", "eng": "test_eng"}
KEYS = ("sentence1", "sentence2", "start1", "end1", "start2", "end2")


def load(files: Files, *, kind: str, column: str, gold: Callable[[Row], Answer]) -> Splits:
    """Load pairs of sentences, each with marks around the word; the id of a test pair begins with
    its second language.

    Args:
        files: the available files.
        kind: the subtask's folder, `binary` or `ranking`.
        column: column of the gold.
        gold: parses the gold of a row.
    """

    def rows(name: str, language: str = "it") -> list[Example]:
        path = local(files, "wicita", name)
        return [_example(row, language, gold) for row in jsonl(path, "id", column, *KEYS)]

    tests = [rows(f"gold_truth/{kind}/{name}.jsonl", lang) for lang, name in TESTS.items()]
    return {
        "train": rows(f"{kind}/train.jsonl"),
        "validation": rows(f"{kind}/dev.jsonl"),
        "test": [row for test in tests for row in test],
    }


def _example(row: Row, language: str, gold: Callable[[Row], Answer]) -> Example:
    id_ = f"{language}/{row.name('id')}"
    return Example(id_, marked(row, "1"), gold(row), pair=marked(row, "2"))


def marked(row: Row, which: str) -> str:
    """Return a sentence with `[TGTS] word [TGTE]` at its offsets.

    Args:
        row: a row with `sentence`, `start` and `end`, each followed by the number.
        which: the number, `1` or `2`.

    Raises:
        DataError: the offsets do not cover one or more whole words, or the sentence contains such
            marks already.
    """
    sentence = row.text(f"sentence{which}")
    start, end = row.fields[f"start{which}"], row.fields[f"end{which}"]
    if BEGIN in sentence or END in sentence:
        raise row.error(f"sentence{which} already contains {BEGIN} or {END}; use the official file")
    if type(start) is not int or type(end) is not int or not _is_whole_word(sentence, start, end):
        raise row.error(
            f"start{which} {start!r} and end{which} {end!r} do not delimit a word of "
            f"sentence{which}, which has {len(sentence)} characters; correct the offsets"
        )
    return f"{sentence[:start]}{BEGIN} {sentence[start:end]} {END}{sentence[end:]}"


def _is_whole_word(sentence: str, start: int, end: int) -> bool:
    if not 0 <= start < end <= len(sentence):
        return False
    word, before, after = sentence[start:end], sentence[:start][-1:], sentence[end : end + 1]
    inside = (before.isalnum() and word[0].isalnum()) or (word[-1].isalnum() and after.isalnum())
    return word == word.strip() and not inside


def as_submission(
    answers: Mapping[str, Answer], *, kind: str, key: str, written: Callable[[Answer], object]
) -> Mapping[str, bytes]:
    """Return the organisers' JSON Lines, one file per language; `description.txt` is left to the
    team."""
    files = {"it": f"{kind}.jsonl", "eng": f"{kind}_eng.jsonl"}
    return {
        name: "".join(
            json.dumps({"id": published(id_), key: written(answer)}, ensure_ascii=False) + "\n"
            for id_, answer in answers.items()
            if id_.startswith(f"{language}/")
        ).encode()
        for language, name in files.items()
    }
