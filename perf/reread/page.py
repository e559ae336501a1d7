"""The numbers of an HTML leaderboard: those of its payload, and the facts behind each cell."""

import base64
import json
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NORMAL_WIDTH = 2 * 1.959964
"""Width of a 95 % interval in standard errors."""


@dataclass(frozen=True)
class PageCell:
    """A score with what the page says about it.

    Args:
        point: main metric, mean over seeds.
        se: standard error from the choice of test examples, by the width of the interval.
        seeds: number of seeds; 1 for a family that no seed can change.
        seeded: whether a seed can change the score.
        seed_sd: standard deviation over seeds, to three decimals; None with one seed.
        labelled: number of labelled examples that the entry was given.
        fit: seconds to fit; of a shared fit the whole.
        predict: seconds to answer 1,000 texts.
        sharing: number of tasks that share the fit.
    """

    point: float
    se: float
    seeds: int
    seeded: bool
    seed_sd: float | None
    labelled: int
    fit: float
    predict: float
    sharing: int


@dataclass(frozen=True)
class PageEntry:
    """An entry: its anchor, its family, what sets it apart from the family, whether it is a floor
    entry."""

    id: str
    family: str
    variant: str
    is_floor: bool


@dataclass(frozen=True)
class PageTask:
    """A task with its cells.

    Args:
        name: its name.
        suite: its suite.
        metric: its main metric; larger is better, 1 is perfect.
        examples: number of test examples.
        units: number of resampling units: groups, or examples where there are none.
        cells: cell of each entry, in the order of the entries.
        apart: (n, n) standard errors of the differences, from the choice of test examples.
        holm_p: (n, n) p-values as the page has them.
    """

    name: str
    suite: str
    metric: str
    examples: int
    units: int
    cells: tuple[PageCell, ...]
    apart: Floats
    holm_p: Floats


@dataclass(frozen=True)
class Page:
    """A page: its entries but people, and its tasks."""

    entries: tuple[PageEntry, ...]
    tasks: tuple[PageTask, ...]


def read(path: Path) -> Page:
    """Read a page."""
    text = path.read_text("utf-8")
    found = re.search(r'id="data">([^<]*)<', text)
    assert found, f"{path} holds no payload"
    data = json.loads(zlib.decompress(base64.b64decode(found[1])))
    facts = dict(
        re.findall(r'class="behind" id="([^"]+)".*?<dl class="facts">(.*?)</dl>', text, re.S)
    )
    sizes = [(_number(a), _number(b)) for a, b in _task_sizes(text)]
    kept = [i for i, row in enumerate(data["rows"]) if row["ranked"]]
    entries = tuple(_entry(data["rows"][i]) for i in kept)
    tasks = tuple(
        _task(data, number, kept, sizes[number], facts) for number in range(len(data["tasks"]))
    )
    return Page(entries, tasks)


def _task_sizes(text: str) -> list[tuple[str, str]]:
    table = text[text.index('<table class="tasks">') :]
    line = r'<tr id="task-\d+"><th[^>]*>[^<]*</th><td>[^<]*</td><td>[^<]*</td>'
    return re.findall(line + r"<td>([\d,]+)</td><td>([\d,]+)</td>", table)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _entry(row: dict[str, Any]) -> PageEntry:
    variant = row["short"].removeprefix(row["name"]).strip()
    return PageEntry(row["id"], row["name"], variant, row["floor"])


def _task(
    data: dict[str, Any],
    number: int,
    kept: list[int],
    size: tuple[int, int],
    facts: dict[str, str],
) -> PageTask:
    task = data["tasks"][number]
    cells = tuple(_cell(data, i, number, facts) for i in kept)
    apart, holm_p = np.zeros((len(kept),) * 2), np.ones((len(kept),) * 2)
    for of, one, other, _, low, high, p, *_ in data["contests"]:
        if of == number and one in kept and other in kept:
            i, j = kept.index(one), kept.index(other)
            apart[i, j] = apart[j, i] = (high - low) / NORMAL_WIDTH
            holm_p[i, j] = holm_p[j, i] = 1.0 if p is None else p
    name, suite, metric = task["name"], task["suite"], task["metric"]
    return PageTask(name, suite, metric, size[0], size[1], cells, apart, holm_p)


def _cell(data: dict[str, Any], row: int, task: int, facts: dict[str, str]) -> PageCell:
    point, low, high = data["scores"][row][task][data["tasks"][task]["metric"]]
    found = facts[f"{data['rows'][row]['id']}-{task}"]
    told = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", unescape(found), re.S))
    seeded = told["seeds"] != "none needed"
    spread = re.search(r"deviation (\S+)", told.get("spread over seeds", ""))
    cost = data["costs"][row][task]
    return PageCell(
        point=point,
        se=(high - low) / NORMAL_WIDTH,
        seeds=len(told["seeds"].split(",")) if seeded else 1,
        seeded=seeded,
        seed_sd=float(spread[1]) if spread else None,
        labelled=sum(map(_number, re.findall(r"[\d,]+", told["labelled rows given"]))),
        fit=cost["fit"],
        predict=cost["predict"],
        sharing=_sharing(data, row, cost["fit"]),
    )


def _sharing(data: dict[str, Any], row: int, fit: float) -> int:
    """Return the number of tasks that share a fit: those of a multi-task entry that took equally
    long."""
    if not data["rows"][row]["name"].endswith("_multi"):
        return 1
    return Counter(cost["fit"] for cost in data["costs"][row] if cost)[fit]
