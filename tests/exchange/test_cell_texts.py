"""`bench decode` where official files hold the texts: they are loaded when they are asked for, and
held against the run. All rows are made up."""

import io
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bench.cli.main import app
from bench.data.source import Source
from bench.errors import UserError
from bench.exchange.official_files import Decoded, decode
from bench.store.store import Store

QUOTES = '''"""Made-up sayings, in files that the user brings."""

from bench.outputs import SingleLabel
from bench.task import Example, Input, Prompt, Task


def rows(files, name):
    return [line.split("\\t") for line in files.local(name).read_text().splitlines()]


def load(files):
    return {{s: [Example(*row) for row in rows(files, s)] for s in {splits}}}


def unscored(files):
    return [Input(*row) for row in rows(files, "blind")]


def submission(answers, inputs):
    ids = "".join(f"{{i}} {{a}}\\n" for i, a in answers.items()).encode()
    if not {texts}:
        return {{"ids.txt": ids}}
    told = "".join(f"{{i}} {{row.text}} {{answers[i]}}\\n" for i, row in inputs.items())
    return {{"ids.txt": ids, "texts.txt": told.encode()}}


TASK = Task(
    name="{name}",
    output=SingleLabel("true", "false"),
    load=load,
    unscored=unscored,
    submission=submission,
    prompt=Prompt(instruction="Is it true?"),
    licence="made up",
    citation="made up",
    source="made up",
)
'''
IDS = ("t10", "t9", "t1", "t2")
"""Of the test rows, in an order that sorting does not give."""


def bench(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def put(data: Path, name: str, **lines: str) -> None:
    for file, text in lines.items():
        path = data / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def sayings(data: Path) -> Path:
    """A data folder with train, test and texts without gold of three tasks."""
    train = "".join(f"r{n}\tsaying {n} of many\t{('true', 'false')[n % 2]}\n" for n in range(40))
    test = "".join(f"{id_}\tword of {id_}\tfalse\n" for id_ in IDS)
    for name in ("quotes", "bare", "uncut"):
        put(data, name, train=train, test=test, blind="z\tlast one\na\tfirst one\n")
    return data


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with plugins, data, and the results of `majority` on three tasks: `quotes` writes
    texts, `bare` writes none, `uncut` has no test split."""
    folder = tmp_path_factory.mktemp("ran")
    for name in ("quotes", "bare", "uncut"):
        splits = ("train",) if name == "uncut" else ("train", "test")
        path = folder / "tasks" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(QUOTES.format(name=name, splits=splits, texts=name == "quotes"))
    where = ["--results", folder / "results", "--plugins", folder]
    where += ["--data", sayings(folder / "data")]
    tasks = ["-t", "quotes", "-t", "bare", "-t", "uncut"]
    done = bench("run", *tasks, "-b", "majority", "--profile", "full", *where)
    assert done.exit_code == 0, done.output
    return folder


def written(
    ran: Path, to: Path, cell: str = "majority/quotes", data: Path | None = None
) -> Decoded:
    """What is decoded with a data folder; by default the one that the cells were run with."""
    return decode(ran / "results", cell, to, Source([ran], [data or ran / "data"], True))


def test_a_submission_gets_the_texts_in_the_order_of_the_tasks_files(
    ran: Path, tmp_path: Path
) -> None:
    written(ran, tmp_path / "out")
    test, unscored = (tmp_path / "out" / part / "texts.txt" for part in ("test", "unscored"))
    wanted = [f"{id_} word of {id_} false" for id_ in IDS]
    assert [line.replace("true", "false") for line in test.read_text().splitlines()] == wanted
    assert [line.split(" ")[0] for line in unscored.read_text().splitlines()] == ["z", "a"]


def test_a_submission_that_asks_for_no_text_needs_no_data(ran: Path, tmp_path: Path) -> None:
    decode(ran / "results", "majority/bare", tmp_path / "out", Source([ran], (), True))
    lines = (tmp_path / "out" / "test" / "ids.txt").read_text().splitlines()
    assert [line.split(" ")[0] for line in lines] == list(IDS)
    assert (tmp_path / "out" / "unscored" / "ids.txt").read_text().startswith("z ")


def test_texts_that_are_not_at_hand_are_asked_for(ran: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"task quotes.*: needs .*; put it in DIR/quotes/"):
        decode(ran / "results", "majority/quotes", tmp_path / "out", Source([ran], (), True))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("test", "word of t9", "word of t99", "texts or gold answers differ for the same ids"),
        ("test", "t9\tword", "t8\tword", "1 of the 4 answered examples are missing, e.g. 't9'"),
        ("blind", "last one", "lost one", "texts or gold answers differ for the same ids"),
        ("blind", "z\t", "y\t", "1 of the 2 answered examples are missing, e.g. 'z'"),
    ],
)
def test_data_that_the_cell_was_not_run_on_is_refused(
    file: str, old: str, new: str, said: str, ran: Path, tmp_path: Path
) -> None:
    changed = sayings(tmp_path / "data") / "quotes" / file
    changed.write_text(changed.read_text().replace(old, new))
    with pytest.raises(UserError, match=f"not what the run used: .*{said}"):
        written(ran, tmp_path / "out", data=tmp_path / "data")


def test_a_data_folder_that_is_not_there_is_a_mistake(ran: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        written(ran, tmp_path / "out", "majority/bare", data=tmp_path / "none")


def test_the_command_takes_a_data_folder_and_says_which_rows_these_are(
    ran: Path, tmp_path: Path
) -> None:
    where = ["--results", ran / "results", "--plugins", ran, "--data", ran / "data"]
    done = bench("decode", "majority/quotes", "--to", tmp_path / "out", *where)
    assert done.exit_code == 0, done.output
    assert "quotes/test: 4 test examples, the official test\n" in done.output
    assert (
        "quotes/unscored: 2 texts of the official test, whose gold answers are not" in done.output
    )


def test_rows_that_textbench_cut_off_are_called_no_official_test(ran: Path, tmp_path: Path) -> None:
    rows = written(ran, tmp_path / "out", "majority/uncut").parts[0].rows
    assert rows.startswith("8 test examples, split off train by textbench: not the official test")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--folds", 2], "44 test examples, all examples of the task, by cross-validation"),
        (["--limit-test", 3], "3 test examples, the official test; a limit left examples out"),
    ],
)
def test_rows_that_are_no_whole_test_are_not_to_be_submitted(
    option: list[object], said: str, ran: Path, tmp_path: Path
) -> None:
    where = ["--results", tmp_path / "results", "--plugins", ran, "--data", ran / "data"]
    done = bench("run", "-t", "quotes", "-b", "majority", "--profile", "full", *option, *where)
    assert done.exit_code == 0, done.output
    source = Source([ran], [ran / "data"], True)
    (part,) = decode(tmp_path / "results", "majority/quotes/0", tmp_path / "out", source).parts
    assert part.rows.startswith(said) and "do not submit" in part.rows


def test_the_order_of_an_older_results_rows_is_the_datas(ran: Path, tmp_path: Path) -> None:
    store, older = Store(ran / "results"), Store(tmp_path / "results")
    (stored,) = [s for s in store.contents().results if s.result.tasks == ("bare",)]
    folder = ran / "results" / stored.folder
    files = {name: (folder / name).read_bytes() for name in stored.result.files}
    buffer = io.BytesIO()
    name = stored.result.results[0].predictions
    pq.write_table(pq.read_table(folder / name).drop_columns(["place"]), buffer)
    older.prepare()
    older.write(stored.result, {**files, name: buffer.getvalue()})
    source = Source([ran], [ran / "data"], True)
    decode(tmp_path / "results", "majority/bare", tmp_path / "out", source)
    lines = (tmp_path / "out" / "test" / "ids.txt").read_text().splitlines()
    assert [line.split(" ")[0] for line in lines] == list(IDS)
    with pytest.raises(UserError, match="its official files need its data"):
        decode(tmp_path / "results", "majority/bare", tmp_path / "no", Source([ran], (), True))
