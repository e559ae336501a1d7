"""`bench encode`: tasks as the lab's four-column files, and which of them may be handed on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
import yaml
from typer.testing import CliRunner

from bench.cli.main import app
from bench.data.licences import handed_on
from bench.data.source import Source
from bench.errors import BenchError, UserError
from bench.exchange.dataset_card import card
from bench.exchange.text_to_text import encode, encoded
from bench.outputs import MultiLabel, Output, Regression, SingleLabel, Span, Spans
from bench.registry import Registry, load_task
from bench.task import Example, Prompt, Task
from bench.tasks.evalita._extremita import read_encoded
from tests.support.hub import Hub, serving, turn_to
from tests.support.plugins_for_tests import TASK, add_task

PAIRS = '''"""Made-up pairs with odd white space."""

from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task


def load(files):
    rows = []
    for n in range(40):
        text, label = f"the {n}th\\tdoor\\r\\nof wood", ("in order", "turned")[n % 2]
        rows.append(Example(f"p{n}", text, label, f"the {n}th key"))
    return {"train": rows[:20], "validation": rows[20:30], "test": rows[30:]}


TASK = Task(
    name="pairs",
    output=SingleLabel("in order", "turned"),
    load=load,
    prompt=Prompt(instruction="In order?", words={"in order": "yes", "turned": "no"}),
    licence="CC BY-SA 4.0",
    citation="made up",
    source="made up pairs",
)
'''


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A folder with the tasks colours (80 rows, MIT), secrets (made up) and pairs."""
    folder = tmp_path / "plugins"
    path = add_task(folder, "colours")
    path.write_text(
        TASK.format(name="colours", rows=80).replace('licence="made up"', 'licence="MIT"')
    )
    add_task(folder, "secrets")
    (folder / "tasks" / "pairs.py").write_text(PAIRS)
    return folder


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


def bench(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_task_is_three_files_of_four_columns(plugins: Path, tmp_path: Path) -> None:
    done = encode(["colours"], tmp_path / "out", Source([plugins], (), True))
    assert done.rows == {"train": 54, "validation": 6, "test": 20}
    found = {split: lines(tmp_path / "out" / f"{split}.tsv") for split in done.rows}
    assert {len(row) for rows in found.values() for row in rows} == {4}
    assert found["test"][0] == ["r60", "colours", "blue number 60 of the made-up rows", "cold"]
    ids = [row[0] for rows in found.values() for row in rows]
    assert len(ids) == len({*ids}) == 80


def test_the_rows_are_the_same_each_time(plugins: Path, tmp_path: Path) -> None:
    source = Source([plugins], (), True)
    for name in "ab":
        encode(["colours", "pairs"], tmp_path / name, source)
    for file in ("train.tsv", "validation.tsv", "test.tsv", "README.md"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_several_tasks_stand_in_the_same_files(plugins: Path, tmp_path: Path) -> None:
    done = encode(["pairs", "colours", "pairs"], tmp_path / "out", Source([plugins], (), True))
    assert done.rows == {"train": 74, "validation": 16, "test": 30}
    assert [row[1] for row in lines(tmp_path / "out" / "test.tsv")] == [
        *["pairs"] * 10,
        *["colours"] * 20,
    ]


def test_tabs_and_line_breaks_become_spaces_and_are_counted(plugins: Path, tmp_path: Path) -> None:
    done = encode(["pairs"], tmp_path / "out", Source([plugins], (), True))
    assert done.mended == 40
    assert lines(tmp_path / "out" / "test.tsv")[1] == [
        "p31",
        "pairs",
        "the 31th door  of wood [SEP] the 31th key",
        "no",
    ]


def a_task(output: Output, **prompt: Any) -> Task:
    return Task(
        name="made_up",
        output=output,
        load=lambda files: {},
        prompt=Prompt(instruction="Say it.", **prompt),
        licence="MIT",
        citation="made up",
        source="made up",
    )


@pytest.mark.parametrize(
    ("output", "target", "said"),
    [
        (SingleLabel("a", "b"), "b", "B"),
        (MultiLabel("a", "b"), frozenset({"b"}), "B"),
        (Spans("b"), (Span(4, 8, "b"),), "[B] a  b"),
        (Regression(0, 5), 2.5, "2.50"),
    ],
)
def test_an_answer_is_in_the_prompts_words(output: Output, target: Any, said: str) -> None:
    words = {"b": "B"} if output.labels else {}
    line = encoded(a_task(output, words=words), Example("1", "see a\r\nb!", target))
    assert line.split("\t") == ["1", "made_up", "see a  b!", said]


def test_every_break_that_some_reader_knows_is_made_a_space() -> None:
    odd = "a".join("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
    line = encoded(a_task(SingleLabel("a")), Example("1\n2", odd, "a"))
    assert len(line.splitlines()) == 1 and line.count("\t") == 3


def test_the_labs_reader_reads_it(plugins: Path, tmp_path: Path) -> None:
    encode(["colours", "pairs"], tmp_path / "out", Source([plugins], (), True))
    found = read_encoded(tmp_path / "out" / "test.tsv")
    assert len(found.rows) == 30 and not found.faults


def test_an_unknown_task_is_refused_before_anything_is_written(
    plugins: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="did you mean 'colours'"):
        encode(["colour"], tmp_path / "out", Source([plugins], (), True))
    assert not (tmp_path / "out").exists()


def test_a_task_whose_data_is_not_at_hand_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"task clinkart: needs training\.txt"):
        encode(["clinkart"], tmp_path / "out", Source((), (), True))


def test_a_folder_with_files_is_left_alone(plugins: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not empty"):
        encode(["colours"], plugins, Source([plugins], (), True))


@pytest.mark.parametrize(
    ("licence", "name"),
    [
        ("MIT", "mit"),
        ("MIT License", "mit"),
        ("Apache-2.0", "apache-2.0"),
        ("cc-by-sa-4.0", "cc-by-sa-4.0"),
        ("CC BY 4.0.", "cc-by-4.0"),
        ("CC0", "cc0-1.0"),
    ],
)
def test_a_licence_that_allows_it_to_everybody_passes(licence: str, name: str) -> None:
    assert handed_on(licence) == name


@pytest.mark.parametrize(
    "licence",
    [
        "Not stated",
        "not stated; distributed with a package",
        "CC BY-NC 4.0",
        "CC BY-NC-SA 4.0",
        "CC BY-ND 4.0",
        "MIT (the package's); snippets of published texts",
        "BBC copyright; released for non-commercial research",
        "the organisers' own terms",
        "GPL",
        "",
    ],
)
def test_any_other_licence_does_not(licence: str) -> None:
    assert handed_on(licence) is None


def test_no_task_of_the_lab_that_is_gated_can_be_handed_on() -> None:
    registry = Registry("tasks")
    names = ["clinkart", "emit_a", "geolingit", "hodi_a", "langlearn", "politicit"]
    assert [n for n in names if handed_on(load_task(registry[n]).licence)] == []


def test_a_push_that_the_licence_forbids_writes_nothing(plugins: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = bench("encode", "secrets", "--to", out, "--push", "me/x", "--plugins", plugins)
    assert isinstance(done.exception, BenchError) and not out.exists()
    said = str(done.exception)
    assert "the licence of secrets, 'made up', does not permit redistribution" in said


def test_one_task_that_forbids_it_forbids_all(plugins: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["encode", "colours", "secrets", "--to", out, "--push", "me/x", "--plugins", plugins]
    assert "secrets" in str(bench(*words).exception) and not out.exists()


class Recorder:
    """Takes the place of the Hub's client."""

    calls: list[dict[str, Any]]

    def __init__(self, **words: Any) -> None:
        Recorder.calls = []

    def create_repo(self, repo: str, **words: Any) -> str:
        self.calls.append({"repo": repo, **words})
        return f"https://hub.example/datasets/{repo}"

    def upload_folder(self, *, folder_path: Path, **words: Any) -> None:
        names = sorted(path.name for path in Path(folder_path).iterdir())
        self.calls.append({"names": names, "repo_type": words["repo_type"]})


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(huggingface_hub, "HfApi", Recorder)
    with serving(Hub({})) as address:
        turn_to(address, tmp_path, monkeypatch)
        yield


@pytest.mark.usefixtures("hub")
def test_what_may_be_handed_on_is_pushed_as_a_private_data_set(
    plugins: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = bench("encode", "colours", "--to", out, "--push", "me/x", "--plugins", plugins)
    assert done.exit_code == 0, done.output
    assert "https://hub.example/datasets/me/x" in done.output
    assert Recorder.calls == [
        {"repo": "me/x", "private": True, "exist_ok": True, "repo_type": "dataset"},
        {
            "names": ["README.md", "test.tsv", "train.tsv", "validation.tsv"],
            "repo_type": "dataset",
        },
    ]


def test_the_command_says_what_it_wrote_and_what_it_changed(plugins: Path, tmp_path: Path) -> None:
    done = bench("encode", "pairs", "--to", tmp_path / "out", "--plugins", plugins)
    assert done.exit_code == 0
    assert "train 20, validation 10, test 10 examples" in done.output
    assert "40 examples contain tabs or line breaks" in done.output


def test_a_repository_name_that_is_none_is_refused_first(plugins: Path, tmp_path: Path) -> None:
    done = bench(
        "encode", "pairs", "--to", tmp_path / "out", "--push", "../x", "--plugins", plugins
    )
    assert "give OWNER/NAME" in str(done.exception) and not (tmp_path / "out").exists()


ODD = 'x: "y"\n---\n# <b>| ``` é'


def test_odd_text_stays_text_in_the_card() -> None:
    task = a_task(SingleLabel("a"))
    object.__setattr__(task, "citation", ODD)
    text = card([task], {("made_up", "train"): 3}, 0)
    data = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    assert data["license"] == "mit" and data["configs"][0]["sep"] == "\t"
    assert (
        "&lt;b&gt;" in text and "<b>" not in text and "rows: train 3, validation 0, test 0" in text
    )
    assert huggingface_hub.DatasetCard(text).data.to_dict()["language"] == ["en"]
    assert json.dumps(data["configs"][0]["names"]) == '["id", "task", "input", "target"]'
