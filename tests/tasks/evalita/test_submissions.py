"""The EVALITA 2023 tasks write answers as the organisers take them; all rows are made up."""

import json
from pathlib import Path

import pytest

from bench.data.load import load_task
from bench.outputs import Answer, Span
from bench.task import Input
from tests.support.evalita_files import at_hand, nermud, task


@pytest.mark.parametrize(
    ("name", "answers", "file", "text"),
    [
        ("acti_b", {"test/0": "Russia"}, "subtaskB.csv", "Id,Expected\n0,2\n"),
        ("discotex_1", {"TED/x": "coherent"}, "TEAM.subtask1.run1.tsv", "x\t1\n"),
        ("discotex_2", {"test/y": 2.5}, "TEAM.subtask2.run1.tsv", "y\t2.5\n"),
        (
            "emotivita",
            {"test/9": (1.5, 2.0, 3.0)},
            "TEAM_SubtaskB_unconstrained_run1.csv",
            "id,V,A,D\n9,1.5,2.0,3.0\n",
        ),
        (
            "haspeede_a",
            {"test/7": "hateful"},
            "TEAM_taskA_textual_run_1.csv",
            "anonymized_tweet_id,label\n7,1\n",
        ),
        (
            "haspeede_b",
            {"XPolitical/7": "hateful", "XReligious/8": "not_hateful"},
            "TEAM_taskB_XReligiousHate_run_1.csv",
            "anonymized_tweet_id,label\n8,0\n",
        ),
        ("wicita_1", {"eng/a": "same"}, "binary_eng.jsonl", '{"id": "a", "label": 1}\n'),
        ("wicita_2", {"it/a": 2.25, "eng/b": 1.0}, "ranking.jsonl", '{"id": "a", "score": 2.25}\n'),
    ],
)
def test_a_submission_has_the_official_form(
    name: str, answers: dict[str, Answer], file: str, text: str
) -> None:
    submission = task(name).submission
    assert submission is not None
    assert submission(answers, {})[file].decode() == text


def test_a_submission_of_entities_is_the_test_file_again(tmp_path: Path) -> None:
    nermud(tmp_path)
    rows = load_task(task("nermud"), at_hand("nermud", tmp_path)).test
    submission = task("nermud").submission
    assert submission is not None
    written = submission({row.id: row.target for row in rows}, {row.id: row.input for row in rows})
    assert written["DAC_FIC_TEAM_1.tsv"] == (tmp_path / "evalita/nermud/FIC_test.tsv").read_bytes()


def test_two_entities_side_by_side_stay_two() -> None:
    submission, text = task("nermud").submission, "Ada Eva qui"
    assert submission is not None
    said = (Span(0, 3, "PER"), Span(4, 7, "PER"))
    found = submission({"WN/test/1": said}, {"WN/test/1": Input("WN/test/1", text)})
    assert found["DAC_WN_TEAM_1.tsv"] == b"Ada\tB-PER\nEva\tB-PER\nqui\tO\n\n"


def test_json_lines_of_a_submission_name_each_answered_row() -> None:
    submission = task("wicita_1").submission
    assert submission is not None
    found = submission({"it/a": "same", "it/b": "different"}, {})["binary.jsonl"].decode()
    assert [json.loads(line)["id"] for line in found.splitlines()] == ["a", "b"]
