"""A draft of a task: what is guessed from names and values, what is refused, what is written."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.data.load import load_task
from bench.drafting.coarser import label_map
from bench.drafting.copying import copied
from bench.drafting.draft import Draft, draft
from bench.drafting.plugin_text import plugin_text, quoted
from bench.drafting.request import Request
from bench.errors import UserError
from bench.files import Files
from bench.outputs import MultiLabel, Regression, SingleLabel, Spans
from bench.registry import Registry
from bench.registry import load_task as load_plugin
from tests.support.tables import table


def of(path: Path | Sequence[Path], **words: Any) -> Draft:
    paths = [path] if isinstance(path, Path) else path
    return draft(Request(name="mine", sources={"": [str(p) for p in paths]}, **words))


def rows(folder: Path, count: int = 40, **columns: Any) -> Path:
    """A file of JSON Lines; each column is a function of the row's number."""
    made = [{name: cell(n) for name, cell in columns.items()} for n in range(count)]
    return table(folder, "\n".join(map(json.dumps, made)).encode(), "rows.jsonl")


def prose(n: int) -> str:
    return f"what a fine day number {n} is for a walk"


def test_columns_are_guessed_by_name(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        uid=lambda n: f"u{n}",
        premise=prose,
        hypothesis=prose,
        author=lambda n: f"a{n % 7}",
        Gold_Label=lambda n: "ab"[n % 2],
        Split=lambda n: ["train", "test"][n % 4 == 0],
    )
    made = of(path).columns
    assert (made.text, made.pair, made.id, made.group, made.split) == (
        "premise",
        "hypothesis",
        "uid",
        "author",
        "Split",
    )
    assert made.answer is not None and made.answer.columns == ("Gold_Label",)


def test_columns_of_other_names_are_guessed_by_their_values(tmp_path: Path) -> None:
    made = of(rows(tmp_path, a=lambda n: "xy"[n % 2], b=prose))
    assert made.columns.text == "b" and made.output == SingleLabel("x", "y") and not made.doubts


def test_a_second_column_like_labels_is_a_doubt(tmp_path: Path) -> None:
    made = of(rows(tmp_path, a=lambda n: "xy"[n % 2], b=prose, c=lambda n: "uvw"[n % 3]))
    assert "which column is the label: 'a', 'c'? give --label" in made.doubts[0]


FORMS: dict[str, tuple[Any, Any]] = {
    "words": (lambda n: "xy"[n % 2], SingleLabel("x", "y")),
    "marks": (lambda n: n % 2, SingleLabel("0", "1")),
    "numbers in order": (lambda n: 1 + n % 10, SingleLabel(*map(str, range(1, 11)))),
    "lists": (lambda n: ["x", "y"][: n % 3], MultiLabel("x", "y")),
    "lists in words": (lambda n: str(["x", "y"][: 1 + n % 2]), MultiLabel("x", "y")),
    "signs between": (lambda n: ("x;y", "x", "y;z")[n % 3], MultiLabel("x", "y", "z")),
    "a sign inside": (lambda n: ("Bonn, Rhein", "Ulm, Donau")[n % 2], None),
    "spans": (lambda n: [[0, 4, "W"]], Spans("W")),
    "objects": (lambda n: [{"start": 0, "end": 4, "label": "W"}], Spans("W")),
}


@pytest.mark.parametrize("what", FORMS)
def test_the_kind_of_answer_is_seen_in_the_cells(what: str, tmp_path: Path) -> None:
    cell, expected = FORMS[what]
    made = of(rows(tmp_path, text=prose, label=cell))
    assert made.output == (expected or SingleLabel("Bonn, Rhein", "Ulm, Donau"))
    assert not made.doubts


DOUBTS: dict[str, tuple[Any, str]] = {
    "many labels": (
        lambda n: f"label {n % 300}",
        "300 different labels in 700 rows; is it",
    ),
    "many numbers": (lambda n: n / 7, "700 different numbers; give --regression"),
    "texts": (lambda n: prose(n) * 2, "holds texts, 700 different ones; give --free-text"),
}


@pytest.mark.parametrize("what", DOUBTS)
def test_a_doubtful_label_names_the_way_on(what: str, tmp_path: Path) -> None:
    cell, said = DOUBTS[what]
    assert said in of(rows(tmp_path, 700, text=prose, label=cell)).doubts[0]


def test_a_scale_has_the_ends_that_are_given_or_found(tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, label=lambda n: n % 5 + 0.5)
    assert of(path, form="number").output == Regression(0.5, 4.5)
    assert of(path, form="number", span=(0.0, 5.0)).output == Regression(0, 5)


def test_several_labels_are_columns_of_marks(tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, rude=lambda n: n % 2, late=lambda n: n % 3 == 0)
    for labels in (("rude", "late"), ("rude,late",), ()):
        assert of(path, labels=labels).output == MultiLabel("rude", "late")


def test_several_labels_that_are_no_marks_are_refused(tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, a=lambda n: "uv"[n % 2], b=lambda n: n % 2)
    with pytest.raises(UserError, match="column 'a' holds 'u', but several --label are"):
        of(path, labels=("a", "b"))


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no such column": ({"label": lambda n: n % 2}, {"labels": ("lable",)}, "did you mean 'label'"),
    "one class": ({"label": lambda n: "x"}, {}, "has only one label, 'x'"),
    "no label at all": ({"label": lambda n: []}, {}, "holds no label at all"),
    "nothing like a label": ({}, {}, "no column looks like labels"),
    "a span outside": (
        {"label": lambda n: [[0, 999, "A"]]},
        {},
        "line 1: span .* outside",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_data_that_gives_no_task_is_refused(what: str, tmp_path: Path) -> None:
    columns, words, said = REFUSED[what]
    with pytest.raises(UserError, match=said):
        of(rows(tmp_path, text=prose, **columns), **words)


def test_rare_labels_are_merged(tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, label=lambda n: f"r{n}" if n < 8 else "ab"[n % 2])
    made = of(path, labels=("label",), rare="other", at_least=3)
    assert made.output == SingleLabel("a", "b", "other") and made.counts["other"] == 8


def test_a_text_to_text_file_of_several_tasks_asks_for_one(tmp_path: Path) -> None:
    data = "".join(f"{n}\t{'ab'[n % 2]}\tfrase {n}\t{['no', 'sì'][n % 3 > 0]}\n" for n in range(40))
    path = table(tmp_path, data.encode(), "dev.txt")
    with pytest.raises(UserError, match=r"holds 2 tasks \(a, b\); choose one, as in --only task=a"):
        of(path)
    assert len(of(path, only={"task": "a"}).examples) == 20


def test_what_is_never_tested_is_named(tmp_path: Path) -> None:
    made = of(rows(tmp_path, text=prose, label=lambda n: "odd" if n == 7 else "ab"[n % 2]))
    assert "1 label never tested: odd" in made.notes


def test_strict_refuses_what_would_be_dropped(tmp_path: Path) -> None:
    path = table(tmp_path, b"text,label\nfine day,x\n,x\nwet day,y\n")
    words = {"text": "text", "labels": ("label",), "drop_empty": True}
    made = of(path, **words)
    assert (made.faults, made.left_out) == ({"rows_without_text": 1}, "line 3")
    with pytest.raises(UserError, match=r"1 rows without text \(line 3\)"):
        of(path, **words, strict=True)


LANGUAGES = {
    "it": "Il treno è arrivato in ritardo alla stazione",
    "hi": "आज मौसम बहुत अच्छा है और हम बाहर जाएंगे",
    "zh": "今天天气很好我们一起去公园散步吧",
    "ru": "Сегодня хорошая погода и мы идём гулять",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_language_is_guessed(code: str, tmp_path: Path) -> None:
    path = rows(tmp_path, text=lambda n: f"{LANGUAGES[code]} {n}", label=lambda n: n % 2)
    assert of(path).language == code


@pytest.mark.parametrize("copy", [False, True])
def test_the_file_that_is_written_loads_the_drafted_examples(copy: bool, tmp_path: Path) -> None:
    paths = [
        table(tmp_path, f"id,text,label\n{body}".encode(), name)
        for name, body in (
            ("train.csv", "".join(f"{n},a {n} day,{'xy'[n % 2]}\n" for n in range(20))),
            ("test.csv", "".join(f"{n},a {n} night,{'xy'[n % 2]}\n" for n in range(10))),
        )
    ]
    request = Request(name="mine", sources={p.stem: [str(p)] for p in paths})
    made = draft(request)
    file = tmp_path / "plugins" / "tasks" / "mine.py"
    file.parent.mkdir(parents=True)
    kept, data = copied(made, tmp_path / "plugins") if copy else (made, None)
    file.write_text(plugin_text(kept, file, data))
    if copy:
        for path in paths:
            path.unlink()
    task = load_plugin(Registry("tasks", [tmp_path / "plugins"])["mine"])
    loaded = load_task(task, Files("mine"))
    assert [r.text for r in loaded.train] == [r.text for r in made.splits["train"]]
    assert len(loaded.test) == 10 and task.output == made.output


def test_words_of_a_user_cannot_leave_their_string() -> None:
    for word in ('a"b', "a'b", "a\\", "line\nbreak", '"""', "\u202eabc", "\x1b[2J", "é"):
        assert eval(quoted(word)) == word
        assert quoted(word).isprintable()


def test_labels_are_mapped_to_coarser_ones() -> None:
    labels = ("joy", "love", "anger", "none")
    given = ["joy,love=good", "none=", "*=bad"]
    assert label_map(labels, given) == {"joy": "good", "love": "good", "anger": "bad", "none": None}
    with pytest.raises(UserError, match="no label 'jou'; did you mean 'joy'"):
        label_map(labels, ["jou=good"])


def test_what_is_not_used_is_known(tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, rude=lambda n: n % 2, loud=lambda n: n % 3 % 2, odd=str)
    assert of(path).unused == ["odd"]


def test_a_column_of_splits_with_another_name_is_a_doubt_with_its_line(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        text=prose,
        label=lambda n: "ab"[n % 2],
        split=lambda n: "train" if n < 30 else "holdout",
    )
    (doubt,) = of(path).doubts
    assert "line 31: column 'split' names splits, but holds 'holdout'" in doubt


def test_a_table_of_annotations_is_noticed(tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        text=lambda n: prose(n // 2),
        label=lambda n: "ab"[n % 2],
        who=lambda n: f"w{n % 2}",
    )
    assert any("20 texts stand in several rows" in note for note in of(path).notes)
    assert not any("several rows" in note for note in of(path, annotators=("who",)).notes)


def test_a_label_with_a_line_break_stays_in_its_line(tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, label=lambda n: "ab"[n % 2] if n else "c\nd")
    assert "1 label never tested: c d" in of(path).notes


@pytest.mark.parametrize(
    "words", [{"between": ";"}, {"span": (0.0, 5.0)}], ids=["--separator", "--range"]
)
def test_an_option_that_does_nothing_here_is_refused(words: Any, tmp_path: Path) -> None:
    path = rows(tmp_path, text=prose, label=lambda n: "ab"[n % 2])
    with pytest.raises(UserError, match="here the answer is single-label"):
        of(path, form="single", **words)


def test_several_files_are_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    paths = [rows(tmp_path / k, text=prose, label=lambda n: "ab"[n % 2]) for k in ("a", "b")]
    made = of(paths)
    assert made.material.source == ", ".join(map(str, paths))
    assert "80 examples of rows.jsonl, rows.jsonl." in plugin_text(made, tmp_path / "t.py", None)
