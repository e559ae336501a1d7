"""Weights that come over the network, from a stand-in for the Hub on this machine: what is asked
for, what is kept, and how it is told that something cannot be had."""

import socket
from pathlib import Path

import pytest

import bench.models.hub
from bench.errors import DataError, Unavailable
from bench.models import weights
from bench.models.chat_template_digest import template_digest
from bench.models.pretrained import chat_template_digest, fingerprint
from tests.support.hub import COMMIT, GOOD, REPO, Hub, hub, turn_to

__all__ = ["hub"]


def test_only_weights_and_settings_of_the_top_folder_are_fetched(hub: Hub) -> None:
    folder = weights(REPO).folder
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == {
        "config.json",
        "model.safetensors",
    }


def test_what_was_fetched_serves_offline(hub: Hub) -> None:
    found = weights(REPO)
    assert weights(REPO, offline=True) == found


def test_what_was_fetched_is_not_asked_for_again(hub: Hub) -> None:
    weights(REPO)
    hub.asked.clear()
    weights(REPO)
    assert hub.asked == []


def test_main_stays_the_commit_that_it_was_when_first_asked_for(hub: Hub) -> None:
    first = fingerprint(REPO)
    hub.head = "beef" * 10
    assert fingerprint(REPO) == first == f"{REPO}@{COMMIT}"
    assert weights(REPO).revision == COMMIT


def test_a_fingerprint_fetches_no_weights(hub: Hub, tmp_path: Path) -> None:
    fingerprint(REPO)
    assert list(tmp_path.rglob("*.safetensors")) == []


def test_a_chat_template_takes_the_tokenizers_settings_alone(hub: Hub) -> None:
    hub.files = {**GOOD, "tokenizer_config.json": b'{"chat_template": "{{ messages }}"}'}
    known = chat_template_digest(REPO)
    assert not any("safetensors" in path for path in hub.asked)
    assert known == template_digest(weights(REPO).folder) != ""


def test_a_model_without_a_chat_template_has_no_digest(hub: Hub) -> None:
    assert chat_template_digest(REPO) == ""


def test_a_branch_is_named_by_its_commit(hub: Hub) -> None:
    assert fingerprint(f"{REPO}@v2") == f"{REPO}@{COMMIT}"
    assert weights(f"{REPO}@v2").revision == COMMIT


def test_a_half_fetched_model_is_completed(hub: Hub) -> None:
    (weights(REPO).folder / "config.json").unlink()
    assert (weights(REPO).folder / "config.json").read_bytes() == GOOD["config.json"]


def test_a_model_of_pickles_only_is_refused_and_the_pickle_never_fetched(
    hub: Hub, tmp_path: Path
) -> None:
    hub.files = {name: raw for name, raw in GOOD.items() if not name.endswith("safetensors")}
    with pytest.raises(DataError, match=rf"{REPO} contains pytorch_model\.bin, a pickle"):
        weights(REPO)
    assert list(tmp_path.rglob("*.bin")) == []


def test_a_model_without_config_is_refused(hub: Hub) -> None:
    hub.files = {"model.safetensors": GOOD["model.safetensors"]}
    with pytest.raises(DataError, match=r"contains no config\.json"):
        weights(REPO)


def test_a_model_that_the_hub_does_not_know_is_told_in_one_line(hub: Hub) -> None:
    with pytest.raises(Unavailable, match=r"someone/unheard-of cannot be downloaded") as caught:
        weights("someone/unheard-of")
    message = str(caught.value)
    assert "hf auth login" in message and "minilm-l6" in message and "\n" not in message


def test_a_hub_that_falls_silent_is_asked_once_in_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.models.hub, "WAIT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        turn_to(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path, monkeypatch)
        for name in (REPO, "someone/else", REPO):
            with pytest.raises(Unavailable, match="cannot be reached"):
                weights(name)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):  # a second connection
            silent.accept()


def test_nothing_is_printed_of_a_download(hub: Hub, capfd: pytest.CaptureFixture[str]) -> None:
    weights(REPO)
    assert capfd.readouterr() == ("", "")
