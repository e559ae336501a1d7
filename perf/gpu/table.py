"""The table of the comparison on a GPU: ours, each peer, and the ratio to the best of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

Results = Mapping[str, Mapping[str, Mapping[str, Any]]]
WANTED = {
    "train32_75": 3.5,
    "train256_75": 4.5,
    "train32_330": 7.0,
    "train256_330": 10.0,
    "no_prefix": 1.0,
    "zero_2": 7.0,
    "zero_7": 60.0,
    "bert": 2.0,
    "lstm": 2.0,
    "lstm_reviews": 2.0,
}
"""Target ratios: how many times faster than the best peer."""
SHARES = {"share8k": 0.65, "train32_75": 0.55, "train32_330": 0.55}
"""Target shares: real tokens' FLOP per second as a share of a large product's rate."""
LASTING = "bf16, for seconds"
"""A large product repeated until the GPU's power limit slows it."""
MEMORY = 12.0
"""Target for the GiB of a training with 32 examples per step and quantised weights."""
WIDTH = 150
FLOPS = 4
"""FLOP per token and parameter of the linear layers: two in the forward pass, two in the backward
pass, since the frozen weights get no gradient."""


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Args:
        what: the quantity compared.
        ours: our values, by form of the weights or kind of figure.
        peers: the peers' values, by name.
        result: the ratio or the share; None: one side is missing.
        wanted: the target; None: no target.
        at_most: whether smaller is better.
    """

    what: str
    ours: Mapping[str, str]
    peers: Mapping[str, str]
    result: float | None
    wanted: float | None
    at_most: bool = False

    @property
    def verdict(self) -> str:
        """`yes` if the target was reached, else `NO`; empty without a target or a result."""
        if self.result is None or self.wanted is None:
            return ""
        held = self.result <= self.wanted if self.at_most else self.result >= self.wanted
        return "yes" if held else "NO"


def lines(results: Results) -> Iterator[Line]:
    """Yield all lines that the results allow."""
    for part, sides in results.items():
        if part in ("matmul", "unsloth"):
            continue
        if part != "share8k":
            yield _speed(part, sides)
        if any(side.get("losses") for side in sides.values()):
            yield _loss(part, sides)
        if part.startswith("zero"):
            yield from _agreement(part, sides)
        yield from _share(part, sides, results.get("matmul", {}))
        if any(side.get("peak") for side in sides.values()):
            yield _memory(part, sides)


def _numbers(sides: Mapping[str, Mapping[str, Any]], key: str, *, ours: bool) -> dict[str, float]:
    mine = {n: s for n, s in sides.items() if n.startswith("ours") == ours and n[-4:] != "fp32"}
    return {name: float(side[key]) for name, side in mine.items() if side.get(key)}


def _texts(sides: Mapping[str, Mapping[str, Any]], key: str, *, ours: bool) -> dict[str, str]:
    known = _numbers(sides, key, ours=ours)
    found = {name: f"{value:.4g}" for name, value in known.items()}
    failed = {n: "failed" for n, s in sides.items() if "failed" in s}
    return found | {n: t for n, t in failed.items() if n.startswith("ours") == ours}


def _speed(part: str, sides: Mapping[str, Mapping[str, Any]]) -> Line:
    ours, peers = (_numbers(sides, "speed", ours=side) for side in (True, False))
    ratio = max(ours.values()) / max(peers.values()) if ours and peers else None
    texts = [_texts(sides, "speed", ours=side) for side in (True, False)]
    unit = "documents/s" if part.startswith("zero") else "examples/s"
    return Line(f"{part}: {unit}", texts[0], texts[1], ratio, WANTED.get(part))


def _loss(part: str, sides: Mapping[str, Mapping[str, Any]]) -> Line:
    """Compare the losses over the steps that each side made: as random as the tokens, and so nearly
    equal if the same positions count."""
    texts: tuple[dict[str, str], dict[str, str]] = {}, {}
    for name, side in sides.items():
        if losses := side.get("losses"):
            mean = sum(losses) / len(losses)
            texts[not name.startswith("ours")][name] = f"{mean:.3f}"
    return Line(f"{part}: mean loss", texts[0], texts[1], None, None)


def _agreement(part: str, sides: Mapping[str, Mapping[str, Any]]) -> Iterator[Line]:
    for form, wanted in (("bf16", None), ("fp32", 1.0)):
        side = sides.get(f"lm_eval {form}", {})
        if "same_argmax" in side:
            gap = f"logprobs differ by ≤ {side['largest_gap']:.2g}"
            what = f"{part}: same arg-max, {form}, {side['documents']} documents"
            yield Line(what, {}, {"lm_eval": gap}, side["same_argmax"], wanted)


def _share(
    part: str, sides: Mapping[str, Mapping[str, Any]], products: Mapping[str, Mapping[str, Any]]
) -> Iterator[Line]:
    rate, lasting = (products.get(name, {}).get("rate") for name in ("bf16", LASTING))
    speeds = _numbers(sides, "token_speed", ours=True)
    if not rate or not speeds:
        return
    flops = {n: FLOPS * sides[n]["linear"] * speed for n, speed in speeds.items()}
    texts = {
        n: f"{speeds[n] / 1e3:.2f}k tokens/s, {f / 1e12:.0f} TFLOP/s = {f / rate:.3f}"
        for n, f in flops.items()
    }
    peer = {"matmul": f"{rate / 1e12:.0f} TFLOP/s"}
    if lasting:
        share = max(flops.values()) / lasting
        peer["for seconds"] = f"{lasting / 1e12:.0f} TFLOP/s: {share:.3f}"
    best = max(flops.values()) / rate
    yield Line(f"{part}: share of the matmul rate", texts, peer, best, SHARES.get(part))


def _memory(part: str, sides: Mapping[str, Mapping[str, Any]]) -> Line:
    # CUDA graphs hold memory that is not counted as allocated when they are replayed.
    texts = []
    for ours in (True, False):
        peaks, held = (_numbers(sides, key, ours=ours) for key in ("peak", "reserved"))
        texts.append({n: f"{v:.1f} ({held.get(n, 0):.1f})" for n, v in peaks.items()})
    small = sides.get("ours nf4", {}).get("reserved")
    wanted = MEMORY if part.startswith("train32") else None
    what = f"{part}: peak GiB (reserved)"
    return Line(what, texts[0], texts[1], small, wanted, at_most=True)


def show(results: Results) -> None:
    """Print the table."""
    table = Table("", "ours", "peers", "ratio", "wanted", "holds", show_lines=True)
    for line in lines(results):
        wanted = "" if line.wanted is None else f"{'≤' if line.at_most else '≥'} {line.wanted:g}"
        result = "" if line.result is None else f"{line.result:.3g}"
        cells = [
            "\n".join(f"{n}: {v}" for n, v in side.items()) for side in (line.ours, line.peers)
        ]
        table.add_row(line.what, *cells, result, wanted, line.verdict)
    Console(width=WIDTH).print(table)
