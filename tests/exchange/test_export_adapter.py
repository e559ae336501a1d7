"""An exported adapter is the one that was measured, in the libraries' own forms, and says so."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import peft
import pyarrow.parquet as pq
import pytest
import torch
import transformers
import yaml
from huggingface_hub import constants
from scipy.special import softmax

import bench.models.hub
import bench.reports.model_card.scores
from bench.baseline import parameters_of
from bench.baselines.qlora import BASELINE as Qlora
from bench.errors import BenchError, DataError, StoreError, Unavailable, UserError
from bench.exchange.export_adapter import export
from bench.exchange.hub_push import push
from bench.leaderboard.lookup import find
from bench.records import Limit, Result
from bench.reports.model_card.card import Card, body
from bench.reports.model_card.scores import eval_results, front_matter
from bench.store.record_file import encode_array
from bench.store.store import ADAPTER, Store
from tests.support.adapters import a_task, fitted
from tests.support.fakes import fake_result, fake_scores
from tests.support.hub import Hub, serving, turn_to
from tests.support.plugins_for_tests import add_task
from tests.support.tiny_llama import tiny_llama

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
NF4: Any = transformers.BitsAndBytesConfig(  # type: ignore[no-untyped-call]
    load_in_4bit=True,
    bnb_4bit_quant_type="nf4",
    bnb_4bit_use_double_quant=True,
    bnb_4bit_compute_dtype=torch.float32,
)
QLORA = {"max_steps": 12, "batch_size": 16, "learning_rate": 0.01, "dropout": 0}


@dataclass(frozen=True)
class Home:
    """A folder with a model, a task of one's own and the results of a run."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    @property
    def cell(self) -> Result:
        return find(self.results, "qlora/colours").result

    def bench(self, *words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bench", *map(str, words)]
        where = ["--plugins", str(self.folder / "plugins"), "--results", str(self.results)]
        done = subprocess.run([*command, *where], capture_output=True, text=True, timeout=280)
        assert done.returncode == 0, done.stderr
        return done


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("home-of-somebody"))
    tiny_llama(made.model)
    add_task(made.folder / "plugins", "colours")
    settings = [f"--set=qlora.{name}={value}" for name, value in QLORA.items()]
    words = ["run", "-t", "colours", "-b", "qlora", "-b", "naive_bayes", "--profile", "quick"]
    made.bench(*words, "--seed", "3", *settings, f"--set=qlora.model={made.model}")
    return made


@pytest.fixture(scope="module")
def adapter(home: Home) -> Path:
    return export(home.results, "qlora/colours", home.folder / "adapter").folder


@pytest.fixture(scope="module")
def merged(home: Home) -> Path:
    return export(home.results, "qlora/colours", home.folder / "merged", merge=True).folder


def on_nf4(home: Home, adapter: Path) -> Any:
    """What a user makes of the exported folder."""
    base: Any = transformers.AutoModelForCausalLM.from_pretrained(
        home.model, quantization_config=NF4, dtype=torch.float32, device_map="cpu"
    )
    for module in base.modules():
        # That kernel cannot do with layers as small as these.
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return peft.PeftModel.from_pretrained(base, adapter).eval()


def label_scores(network: Any, folder: Path, texts: list[str], training: Path) -> Any:
    """Each label's share, the plain way: every answer by itself, all by the exported folder."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    prompt = json.loads((training / "training.json").read_bytes())["prompts"]["colours"]
    found = np.zeros((len(texts), 2))
    for i, text in enumerate(texts):
        before = prompt["before"].replace("{text}", text)
        start = len(tokenizer(before, add_special_tokens=False).input_ids)
        for k, label in enumerate(("warm", "cold")):
            whole = before + label + prompt["after"]
            ids = tokenizer(whole, add_special_tokens=False, return_tensors="pt").input_ids
            with torch.no_grad():
                logprobs = network(input_ids=ids).logits[0].float().log_softmax(-1)
            at = torch.arange(start, ids.shape[1])
            found[i, k] = logprobs[at - 1, ids[0, at]].sum()
    return softmax(found, axis=1)


def measured(home: Home) -> tuple[list[str], Any]:
    """The first test texts of the cell, and the labels' shares that it stored."""
    raw = (home.results / "runs" / home.cell.key / "predictions-0.parquet").read_bytes()
    rows = pq.read_table(io.BytesIO(raw)).to_pylist()[:6]
    texts = []
    for row in rows:
        n = int(row["id"][1:])
        words = (["blue", "green", "violet"], ["red", "orange", "yellow"])[n % 2]
        word = words[n % 3] if n % 7 else "grey"
        texts.append(f"{word} number {n} of the made-up rows")
    return texts, np.array([row["scores"] for row in rows])


def test_the_exported_adapter_gives_the_scores_that_were_measured(
    home: Home, adapter: Path
) -> None:
    texts, scores = measured(home)
    network = on_nf4(home, adapter)
    found = label_scores(network, adapter, texts, adapter)
    np.testing.assert_allclose(found, scores, atol=1e-4)
    with network.disable_adapter():
        assert abs(label_scores(network, adapter, texts, adapter) - scores).max() > 0.1


def test_the_exported_adapter_has_the_logits_of_the_fitted_one(home: Home, tmp_path: Path) -> None:
    baseline = fitted(str(home.model), max_steps=4)
    for name, data in baseline.artefacts().items():
        (tmp_path / name).write_bytes(data)
    ids = torch.arange(3, 40)[None]
    network = baseline._llama.base.network
    with torch.no_grad():
        mine = network(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        theirs = on_nf4(home, tmp_path)(input_ids=ids).logits
    torch.testing.assert_close(mine, theirs, atol=1e-4, rtol=1e-4)


def test_the_merged_model_loads_and_answers_nearly_as_the_adapter(
    home: Home, adapter: Path, merged: Path
) -> None:
    network: Any = transformers.AutoModelForCausalLM.from_pretrained(merged)
    assert network.dtype == torch.bfloat16
    texts, scores = measured(home)
    found = label_scores(network.float().eval(), merged, texts, adapter)
    np.testing.assert_allclose(found, scores, atol=0.03)


def test_a_merged_model_can_be_taken_as_a_base_model_again(merged: Path) -> None:
    assert {path.name for path in merged.glob("*.safetensors")} == {"model.safetensors"}
    assert bench.models.pretrained.weights(str(merged)).folder == merged


@pytest.mark.parametrize("kind", ["adapter", "merged"])
def test_the_tokenizer_is_included(kind: str, home: Home, request: Any) -> None:
    folder = request.getfixturevalue(kind)
    own, theirs = map(transformers.AutoTokenizer.from_pretrained, (home.model, folder))
    said = [{"role": "user", "content": "the cherry ≠ lemon"}]
    assert own.apply_chat_template(said) == theirs.apply_chat_template(said)


@pytest.mark.parametrize("kind", ["adapter", "merged"])
def test_no_file_names_a_path_of_this_machine(kind: str, request: Any) -> None:
    folder = request.getfixturevalue(kind)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [f.name for f in files if b"home-of-somebody" in f.read_bytes()] == []


def test_the_model_index_carries_the_measured_scores(home: Home, adapter: Path) -> None:
    data = huggingface_hub.ModelCard.load(adapter / "README.md").data
    (scores,) = home.cell.results
    assert {one.metric_name: one.metric_value for one in data.eval_results} == scores.scores
    assert {(one.dataset_type, one.dataset_split) for one in data.eval_results} == {
        ("colours", "test")
    }


def test_the_eval_results_carry_the_main_score(home: Home, adapter: Path) -> None:
    listed = yaml.safe_load((adapter / ".eval_results" / "colours.yaml").read_text())
    (entry,) = huggingface_hub.parse_eval_result_entries(listed)
    assert entry.value == home.cell.results[0].scores["accuracy"]
    assert (entry.dataset_id, entry.task_id) == ("textbench/colours", "accuracy")


@pytest.mark.parametrize("kind", ["adapter", "merged"])
def test_the_card_says_that_it_was_measured_unmerged(kind: str, request: Any) -> None:
    folder = request.getfixturevalue(kind)
    text = (folder / "README.md").read_text()
    assert "measured with the unmerged adapter on NF4" in text
    assert ("the merged model was not scored again" in text) == (kind == "merged")
    (entry,) = yaml.safe_load((folder / ".eval_results" / "colours.yaml").read_text())
    assert "measured with the unmerged adapter on NF4" in entry["notes"]


def test_the_command_of_the_card_is_the_one_that_made_the_cell(home: Home, adapter: Path) -> None:
    text = (adapter / "README.md").read_text()
    command = text.split("```sh\nbench ")[1].split("\n```")[0].replace("./model", str(home.model))
    assert "1 done, 0 to do" in home.bench(*command.split(), "--dry-run").stderr


def test_the_card_tells_rows_prompt_and_seed(home: Home, adapter: Path) -> None:
    text = (adapter / "README.md").read_text()
    assert "60 (54 train, 6 validation)" in text and "at most 128 labelled examples" in text
    assert "Is the colour warm or cold?" in text and "seed 3" in text


def test_the_command_says_what_it_wrote(home: Home, tmp_path: Path) -> None:
    words = ["export", home.cell.key[:8], "--to", tmp_path / "out", "--results", home.results]
    command = [sys.executable, "-m", "bench", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "8 files" in done.stdout and (tmp_path / "out" / ADAPTER).is_file()


WRONG = {
    "naive_bayes/colours": r"has no adapter \(done\); with an adapter: qlora/colours/3",
    "qlora/colour": "no finished result is of it; with an adapter: qlora/colours/3",
    "qlora/colours/4": "no finished result is of it",
    "qlora/colours/3/x": "write BASELINE/TASK or BASELINE/TASK/SEED",
    "qlora": "6 characters or more of a result's key",
    "abc": "6 characters or more of a result's key",
    "": "6 characters or more of a result's key",
    "../../etc": "write BASELINE/TASK",
    "000000": "no stored result's key begins so",
}


@pytest.mark.parametrize("cell", WRONG)
def test_a_cell_that_cannot_be_exported_gets_a_line_with_what_there_is(
    cell: str, home: Home, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=WRONG[cell]):
        export(home.results, cell, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_results_folder_without_runs_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it holds no runs"):
        find(tmp_path, "qlora/colours")


def test_a_folder_with_files_is_refused_and_left_alone(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty"):
        export(home.results, "qlora/colours", tmp_path)
    with pytest.raises(UserError, match="is a file"):
        export(home.results, "qlora/colours", tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(home: Home, tmp_path: Path) -> None:
    assert ADAPTER in export(home.results, "qlora/colours", tmp_path).files


def test_a_disk_that_refuses_leaves_nothing_behind(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(card: Card) -> Mapping[str, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bench.reports.model_card.scores, "eval_results", refuse)
    with pytest.raises(UserError, match="No space left on device; give another folder"):
        export(home.results, "qlora/colours", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def other_model(home: Home) -> Iterator[None]:
    """Another model where the adapter's was."""
    aside = home.model.rename(home.folder / "aside")
    tiny_llama(home.model, layers=1)
    yield
    shutil.rmtree(home.model)
    aside.rename(home.model)


def test_other_weights_than_it_was_trained_on_are_refused(
    home: Home, other_model: None, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"not the one .* model\.safetensors has sha256"):
        export(home.results, "qlora/colours", tmp_path / "out", merge=True)


def test_a_damaged_adapter_is_not_exported(home: Home, tmp_path: Path) -> None:
    copy = shutil.copytree(home.results, tmp_path / "results")
    file = copy / "runs" / home.cell.key / ADAPTER
    file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    with pytest.raises(StoreError, match=r"cut short or edited.*--rerun"):
        export(copy, "qlora/colours", tmp_path / "out")


def stored(folder: Path, **changes: Any) -> Result:
    """A made-up result with an adapter, in a results folder."""
    fields = {"artefacts": (ADAPTER,), **changes}
    found = fake_result("qlora", **fields)
    files = {"replicates-0.npy": encode_array(found.replicates[0]), "predictions-0.parquet": b""}
    Store(folder).prepare()
    Store(folder).write(found.result, {**files, ADAPTER: b"weights"})
    return found.result


def test_of_two_keys_that_begin_alike_none_is_taken(tmp_path: Path) -> None:
    stored(tmp_path, key="abcdef1" + "0" * 57)
    stored(tmp_path, key="abcdef2" + "0" * 57)
    with pytest.raises(UserError, match="2 keys begin so: abcdef100000, abcdef200000"):
        find(tmp_path, "abcdef")
    assert find(tmp_path, "abcdef2").result.key.startswith("abcdef2")


def test_of_several_seeds_or_parameters_none_is_taken(tmp_path: Path) -> None:
    keys = [stored(tmp_path, seed=n, params={"rank": 8 + n}).key[:12] for n in range(2)]
    with pytest.raises(UserError, match="2 results are of it; give a key") as caught:
        find(tmp_path, "qlora/reviews")
    assert all(key in str(caught.value) for key in keys)
    assert find(tmp_path, "qlora/reviews/1").result.seed == 1


def test_of_equal_runs_the_newest_is_taken(tmp_path: Path) -> None:
    stored(tmp_path, minute=1, reason="old")
    new = stored(tmp_path, minute=2)
    assert find(tmp_path, "qlora/reviews").result.key == new.key


ODD = 'x: "y"\n---\n# <b>| [z](javascript:0) ``` é'


def a_card(**changes: Any) -> Card:
    scores = [fake_scores(name, 0.8, licence=ODD, citation=ODD, source=ODD) for name in "ab"]
    words: dict[str, Any] = {"tasks": ("a", "b"), "results": tuple(scores), "limit": Limit(train=9)}
    result = fake_result("qlora_multi", settings={"word": ODD}, **words).result
    card = Card(result, "owner/name", True, {"precision": "nf4"}, {"a": {"before": ODD}}, False)
    return replace(card, **changes)


def test_odd_text_stays_text_in_the_front_matter() -> None:
    text = f"---\n{front_matter(a_card())}\n---\n\n{body(a_card())}"
    data = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
    assert data["data_licences"] == {"a": ODD, "b": ODD}
    assert huggingface_hub.ModelCard(text).data.get("base_model") == "owner/name"


def test_odd_text_stays_text_in_the_body() -> None:
    text = body(a_card())
    outside = "".join(text.split("````")[::2])
    assert "<b>" not in outside and "[z](java" not in outside


def test_a_prompt_cannot_end_its_block() -> None:
    assert f"````text\n{ODD}" in body(a_card())


def test_an_adapter_of_several_tasks_has_the_scores_of_each() -> None:
    assert set(eval_results(a_card())) == {"a.yaml", "b.yaml"}
    assert "8" in front_matter(a_card()) and "type: b\n" in front_matter(a_card())


def test_a_score_that_is_no_number_is_left_out_of_what_the_hub_reads() -> None:
    scores = fake_scores("a", 0.8, scores={"macro_f1": float("nan"), "mcc": 0.5})
    card = a_card(result=fake_result("qlora", scores=scores).result)
    assert eval_results(card) == {}
    assert "macro_f1" not in front_matter(card) and "mcc" in front_matter(card)


def test_a_token_in_a_parameter_is_in_no_card() -> None:
    result = fake_result("qlora", settings={"word": "hf_abcdefghijkl"}).result
    card = a_card(result=result, settings={"word": "hf_abcdefghijkl"})
    assert "hf_abc" not in body(card) + front_matter(card) + str(eval_results(card))


def test_a_base_model_of_the_hub_is_named_with_its_commit(home: Home) -> None:
    baseline = fitted(str(home.model), max_steps=1)
    found = replace(baseline._llama.source, origin="owner/name", revision="c0ffee" * 6 + "c0ff")
    baseline._llama = replace(baseline._llama, source=found)
    config = json.loads(baseline.artefacts()["adapter_config.json"])
    assert config["base_model_name_or_path"] == "owner/name"
    assert config["revision"] == found.revision


def test_one_fit_gives_the_same_bytes_each_time(home: Home) -> None:
    first, second = (fitted(str(home.model), max_steps=2).artefacts() for _ in range(2))
    assert first == second


def test_what_is_kept_names_every_parameter_but_the_model(home: Home) -> None:
    kept = json.loads(fitted(str(home.model), max_steps=1).artefacts()["training.json"])
    assert "model" not in kept["settings"]
    assert {*kept["settings"], "model"} == {*parameters_of(Qlora)}
    assert set(kept["prompts"]) == {a_task().task.name}


class Recorder:
    """Takes the place of the Hub's client."""

    calls: list[tuple[str, Any]]

    def __init__(self, **words: Any) -> None:
        Recorder.calls = []

    def create_repo(self, repo: str, **words: Any) -> str:
        self.calls.append((repo, words))
        return f"https://hub.example/{repo}"

    def upload_folder(self, *, repo_id: str, folder_path: Path, commit_message: str) -> None:
        self.calls.append((repo_id, sorted(path.name for path in Path(folder_path).iterdir())))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub that has nothing and takes nothing."""
    made = Hub({})
    with serving(made) as address:
        turn_to(address, tmp_path, monkeypatch)
        yield made


def test_a_push_makes_a_private_repository_and_uploads_the_folder(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub, "HfApi", Recorder)
    (tmp_path / "README.md").write_text("a card")
    assert push(tmp_path, "me/mine") == "https://hub.example/me/mine"
    assert Recorder.calls == [
        ("me/mine", {"private": True, "exist_ok": True}),
        ("me/mine", ["README.md"]),
    ]


def test_a_push_that_the_hub_refuses_is_one_line_without_the_token(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
    with pytest.raises(
        Unavailable, match="is written, but cannot be uploaded to me/mine"
    ) as caught:
        push(tmp_path, "me/mine")
    message = str(caught.value)
    assert "hf auth login" in message and "\n" not in message and "secret" not in message


def test_a_card_that_the_hub_finds_fault_with_is_one_line(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Recorder, **words: Any) -> None:
        raise ValueError("Invalid metadata in README.md.\n- made up")

    monkeypatch.setattr(huggingface_hub, "HfApi", Recorder)
    monkeypatch.setattr(Recorder, "upload_folder", refuse)
    with pytest.raises(Unavailable, match=r"Invalid metadata in README\.md\. - made up; log in"):
        push(tmp_path, "me/mine")


def test_a_push_without_a_network_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_to("http://127.0.0.1:9", tmp_path, monkeypatch)
    with pytest.raises(Unavailable, match="cannot be reached"):
        push(tmp_path, "me/mine")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(Unavailable, match="HF_HUB_OFFLINE is set"):
        push(tmp_path, "me/mine")


def test_a_repository_name_that_is_none_is_refused_before_anything_is_written(
    home: Home, tmp_path: Path
) -> None:
    from typer.testing import CliRunner

    from bench.cli.export import app

    words = ["export", "qlora/colours", "--to", str(tmp_path / "out"), "--push", "../x"]
    done = CliRunner().invoke(app, [*words, "--results", str(home.results)])
    assert isinstance(done.exception, BenchError) and not (tmp_path / "out").exists()
