"""`bench decode`: stored answers as a task's official files, or as a table; results are made up."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.baseline import Prediction
from bench.cli.main import app
from bench.data.source import Source
from bench.errors import PluginError, StoreError, UserError
from bench.exchange.official_files import Decoded, decode
from bench.outputs import SingleLabel
from bench.outputs.base import Answer
from bench.registry import Registry, load_task
from bench.store.prediction_files import predictions_file
from bench.store.record_file import encode_array
from bench.store.store import Store
from bench.task import Example, Task
from tests.support.fakes import digest, fake_draws, fake_result, fake_scores
from tests.support.plugins_for_tests import add_task

SUBMITS = '''"""A made-up task with a submission form."""

from bench.outputs import SingleLabel
from bench.task import Prompt, Task


def submission(answers, inputs):
    {body}


TASK = Task(
    name="{name}",
    output={output},
    load=lambda files: {{}},
    submission={submission},
    unparsed_policy={unread!r},
    prompt=Prompt(instruction="Say it."),
    licence="made up",
    citation="made up",
    source="made up",
)
'''
NOWHERE = Source((), (), True)
LINES = 'return {"run.csv": "".join(f"{i},{a}\\n" for i, a in answers.items()).encode()}'


def add(
    folder: Path,
    name: str,
    *,
    body: str = "",
    output: str = 'SingleLabel("warm", "cold")',
    unread: str = "",
) -> Task:
    """Write a task, with a submission where it has a body."""
    path = folder / "tasks" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    form = "submission" if body else "None"
    words = {"name": name, "body": body or "pass", "output": output, "submission": form}
    path.write_text(SUBMITS.format(**words, unread=unread))
    return load_task(Registry("tasks", [folder])[name])


def parquet(task: Task, answers: Mapping[str, Answer | None], gold: Answer) -> bytes:
    rows = [Example(id_, "x", gold) for id_ in answers]
    said = [
        Prediction(value, status="unparsed" if value is None else "ok")
        for value in answers.values()
    ]
    return predictions_file(task, rows, said, list(range(len(rows))))


def store(
    folder: Path,
    *parts: tuple[Task, Mapping[str, Answer | None]],
    unscored: Mapping[str, Answer | None] | None = None,
    gold: Answer = "warm",
    **changes: Any,
) -> str:
    """Store a made-up run of those tasks with those answers; its key."""
    scores, files = [], {}
    for n, (task, answers) in enumerate(parts):
        names = {"predictions": f"predictions-{n}.parquet", "replicates": f"replicates-{n}.npy"}
        facts = fake_scores(task.name, 0.8, output=task.output.spec(), **names)
        rows = {"test": len(answers)}
        data = facts.data.model_copy(update={**rows, "groups": len(answers)})
        changed = {"data": data, "counts": facts.counts.model_copy(update=rows), "right": ""}
        scores.append(facts.model_copy(update=changed))
        files[names["predictions"]] = parquet(task, answers, gold)
        files[names["replicates"]] = encode_array(fake_draws(task.name, 0.8))
    if unscored is not None:
        files["unscored-0.parquet"] = parquet(parts[0][0], unscored, gold)
    names_ = tuple(task.name for task, _ in parts)
    fields = {"results": tuple(scores), "tasks": names_, "key": digest(names_, len(files), changes)}
    result = fake_result("lstm", scores=scores[0], **{**fields, **changes}).result
    Store(folder).prepare()
    Store(folder).write(result, files)
    return result.key


def written(
    folder: Path, cell: str = "lstm/tints", to: str = "out", data: Sequence[Path] = ()
) -> Decoded:
    """What is decoded of the results below a folder, which holds the plugins, too."""
    return decode(folder / "results", cell, folder / to, Source([folder], data, True))


def test_a_task_with_a_form_is_written_in_it(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES)
    store(tmp_path / "results", (task, {"a": "warm", "b": "cold"}))
    done = written(tmp_path)
    assert (done.files, done.answers, done.unparsed) == (("run.csv",), 2, 0)
    assert (tmp_path / "out" / "run.csv").read_text() == "a,warm\nb,cold\n"


def test_a_task_without_one_is_written_as_a_table(tmp_path: Path) -> None:
    task = add(tmp_path, "tints")
    store(tmp_path / "results", (task, {"b": "cold", "a": "warm"}))
    written(tmp_path, "lstm/tints/0")
    assert (tmp_path / "out" / "answers.tsv").read_text() == "b\tcold\na\twarm\n"


@pytest.mark.parametrize(
    ("output", "answer", "said"),
    [
        ("__import__('bench.outputs').outputs.MultiLabel('a', 'b')", frozenset("ba"), '["a", "b"]'),
        ("__import__('bench.outputs').outputs.Regression(0, 5)", 2.5, "2.5"),
        ("__import__('bench.outputs').outputs.FreeText()", "due\tò\nrighe", "due ò righe"),
    ],
)
def test_every_answer_has_a_line_of_its_own(
    output: str, answer: Answer, said: str, tmp_path: Path
) -> None:
    task = add(tmp_path, "tints", output=output)
    store(tmp_path / "results", (task, {"a": answer}), gold=answer)
    written(tmp_path)
    assert (tmp_path / "out" / "answers.tsv").read_text(encoding="utf-8") == f"a\t{said}\n"


def test_lines_that_a_table_cannot_hold_as_they_are_are_counted(tmp_path: Path) -> None:
    task = add(tmp_path, "tints")
    store(tmp_path / "results", (task, {"a\tb": "cold", "c": "warm", "d\x1b": "cold"}))
    assert written(tmp_path).parts[0].altered == 2


def test_a_row_without_a_readable_answer_gets_the_outputs_blank_one(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES)
    store(tmp_path / "results", (task, {"a": "cold", "b": None}))
    done = written(tmp_path)
    assert (done.answers, done.unparsed) == (1, 1)
    assert (tmp_path / "out" / "run.csv").read_text() == "a,cold\nb,warm\n"
    assert done.parts[0].instead.startswith("written as 'warm', since organisers")


def test_a_submission_with_a_rule_of_its_own_is_given_none(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES, unread="they abstain")
    store(tmp_path / "results", (task, {"a": "warm", "b": None}))
    assert written(tmp_path).parts[0].instead == "they abstain"
    assert (tmp_path / "out" / "run.csv").read_text() == "a,warm\nb,None\n"


def test_a_table_has_an_empty_answer_where_none_could_be_read(tmp_path: Path) -> None:
    task = add(tmp_path, "tints")
    store(tmp_path / "results", (task, {"a": None, "b": "warm"}))
    assert written(tmp_path).parts[0].instead == "left empty in answers.tsv"
    assert (tmp_path / "out" / "answers.tsv").read_text() == "a\t\nb\twarm\n"


def test_texts_without_gold_have_a_folder_beside_the_scored_ones(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES)
    store(tmp_path / "results", (task, {"a": "warm"}), unscored={"x": "cold", "y": None})
    done = written(tmp_path)
    assert (done.files, done.answers, done.unparsed) == (("test/run.csv", "unscored/run.csv"), 2, 1)
    assert (tmp_path / "out" / "unscored" / "run.csv").read_text() == "x,cold\ny,warm\n"


def test_of_a_key_all_tasks_are_written_and_of_a_name_the_one(tmp_path: Path) -> None:
    tasks = [add(tmp_path, name, body=LINES) for name in ("tints", "tones")]
    parts = [(task, {f"{task.name}-a": "warm"}) for task in tasks]
    key = store(tmp_path / "results", *parts)
    done = written(tmp_path, key[:8], to="all")
    assert done.files == ("tints/run.csv", "tones/run.csv")
    written(tmp_path, "lstm/tones", to="one")
    assert (tmp_path / "one" / "run.csv").read_text() == "tones-a,warm\n"


def test_a_submission_may_be_of_several_files(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body='return {"b.txt": b"2", "a.txt": b"1"}')
    store(tmp_path / "results", (task, {"a": "warm"}))
    done = written(tmp_path)
    assert done.files == ("a.txt", "b.txt")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / 0", r"submission\(\) failed: ZeroDivisionError"),
        ('return {"../x": b""}', r"returned '\.\./x'; return file names and bytes"),
        ('return {"x": "text"}', "returned 'x'; return file names and bytes"),
    ],
)
def test_a_submission_that_breaks_leaves_nothing_behind(
    body: str, said: str, tmp_path: Path
) -> None:
    task = add(tmp_path, "tints", body=body)
    store(tmp_path / "results", (task, {"a": "warm"}))
    with pytest.raises(PluginError, match=said):
        written(tmp_path)
    assert not (tmp_path / "out").exists()


def test_a_task_that_has_changed_since_is_refused(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES)
    store(tmp_path / "results", (task, {"a": "warm"}))
    add(tmp_path, "tints", body=LINES, output='SingleLabel("warm", "cool")')
    with pytest.raises(UserError, match="has changed since the run"):
        written(tmp_path)


def test_a_damaged_prediction_is_not_written(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES)
    key = store(tmp_path / "results", (task, {"a": "warm"}))
    path = tmp_path / "results" / "runs" / key / "predictions-0.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    with pytest.raises(StoreError, match="cut short or edited"):
        written(tmp_path, key[:8])


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("lstm/tint", "no finished result is of it; finished: lstm/tints/0"),
        ("bert/tints", "no finished result is of it"),
        ("lstm", "6 characters or more of a result's key"),
        ("000000", "no stored result's key begins so; finished: lstm/tints/0"),
    ],
)
def test_a_cell_that_is_not_there_gets_a_line_with_what_is(
    cell: str, said: str, tmp_path: Path
) -> None:
    task = add(tmp_path, "tints", body=LINES)
    store(tmp_path / "results", (task, {"a": "warm"}))
    with pytest.raises(UserError, match=said):
        written(tmp_path, cell)


def test_a_cell_that_failed_says_why(tmp_path: Path) -> None:
    failed = fake_result("lstm", "tints", status="failed", reason="MemoryError: 4 GiB").result
    Store(tmp_path / "results").prepare()
    Store(tmp_path / "results").write(failed, {})
    with pytest.raises(UserError, match="lstm/tints/0 failed: MemoryError: 4 GiB"):
        written(tmp_path, failed.key[:8])


def bench(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_says_what_it_wrote_and_what_could_not_be_read(tmp_path: Path) -> None:
    task = add(tmp_path, "tints", body=LINES)
    store(tmp_path / "results", (task, {"a": "warm", "b": None}))
    where = ["--results", tmp_path / "results", "--plugins", tmp_path]
    done = bench("decode", "lstm/tints", "--to", tmp_path / "out", *where)
    assert done.exit_code == 0, done.output
    assert "1 answers in run.csv" in done.output
    assert "tints: 1 answers could not be read: written as 'warm'" in done.output


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not empty"):
        decode(tmp_path / "results", "lstm/tints", add_task(tmp_path, "x").parent, NOWHERE)


@pytest.mark.parametrize("count", [1, 2])
def test_a_real_run_can_be_decoded(count: int, tmp_path: Path) -> None:
    names: Sequence[str] = [add_task(tmp_path, f"tints_{n}").stem for n in range(count)]
    assert isinstance(load_task(Registry("tasks", [tmp_path])[names[0]]).output, SingleLabel)
    where = ["--results", tmp_path / "results", "--plugins", tmp_path]
    asked = [word for name in names for word in ("-t", name)]
    done = bench("run", *asked, "-b", "majority", "--profile", "quick", *where)
    assert done.exit_code == 0, done.output
    found = written(tmp_path, f"majority/{names[-1]}")
    assert (found.files, found.answers) == (("answers.tsv",), 20)
