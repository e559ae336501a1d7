"""Size of pretrained networks, and whether their weights are at hand; nothing is fetched."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from bench.errors import BenchError
from bench.files.assets import MANIFEST
from bench.guards.guarded import Odd, read_bytes
from bench.models.hub import hub_folder
from bench.models.pretrained import ALIASES, PINS

LONGEST = 1 << 20
"""Bytes of a `config.json` that are read."""


@dataclass(frozen=True)
class Network:
    """A pretrained network.

    Args:
        inner: parameters that every token passes through, without embeddings.
        parameters: all parameters.
        download_bytes: what fetching it takes; 0 where it is at hand.
    """

    inner: float
    parameters: float
    download_bytes: int = 0


KNOWN: Mapping[str, Network] = {
    "minilm-l6": Network(10.7e6, 22.7e6, 84_000_000),
    "smollm2-135m": Network(106.2e6, 134.5e6, 92_871_040),
    "google-bert/bert-base-uncased": Network(85.6e6, 109.5e6, 441_000_000),
    "distilbert/distilbert-base-cased": Network(43.1e6, 65.2e6, 264_000_000),
    "meta-llama/Llama-2-7b-chat-hf": Network(6.48e9, 6.74e9, 13_480_000_000),
}
"""What is known without the weights; the bytes are those of the files that are fetched."""
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)\s*([bm])(?![a-z])", re.IGNORECASE)


@lru_cache(maxsize=64)
def network(name: str, *, otherwise: str) -> Network:
    """Return the size of the network that a parameter `model` names.

    Args:
        name: an alias, a folder or a Hub id, as `bench.models.weights` takes it.
        otherwise: a name in `KNOWN`, whose size is assumed where nothing is known.
    """
    folder = _folder(name)
    known = KNOWN.get(_repo(name)) or (folder and _configured(folder)) or _named(name)
    found = known or KNOWN[otherwise]
    return replace(found, download_bytes=0) if folder else found


def _repo(name: str) -> str:
    repo = name.partition("@")[0]
    return PINS[repo].repo if repo in PINS else repo


def _folder(name: str) -> Path | None:
    """Return the folder of the weights; None where they are not at hand."""
    if name in ALIASES:
        folder = ALIASES[name].asset.folder
        return folder if (folder / MANIFEST).is_file() else None
    if (here := Path(name).expanduser()).is_dir():
        return here
    repo, _, revision = name.partition("@")
    pin = PINS.get(repo)
    with suppress(BenchError, OSError, ValueError):
        wanted = revision or (pin.commit if pin else "main")
        return hub_folder(_repo(name), revision=wanted, offline=True)
    return None


def _configured(folder: Path) -> Network | None:
    """Return the size that a folder's `config.json` tells; None if it tells none."""
    try:
        config = json.loads(read_bytes(folder / "config.json", LONGEST))
        width, layers = float(config["hidden_size"]), float(config["num_hidden_layers"])
        between = float(config.get("intermediate_size") or 4 * width)
        words = float(config.get("vocab_size") or 30_000)
    except (OSError, Odd, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    gated = 3 if config.get("hidden_act") == "silu" else 2
    inner = layers * width * (4 * width + gated * between)
    return Network(inner, inner + words * width)


def _named(name: str) -> Network | None:
    """Return the size that a name tells, as `-7b-`; None if it tells none."""
    sizes = _SIZE.findall(name.rpartition("/")[2])
    if not sizes:
        return None
    number, unit = sizes[-1]
    parameters = float(number) * (1e9 if unit.lower() == "b" else 1e6)
    return Network(0.9 * parameters, parameters, round(2 * parameters))
