"""Sealed records with one or two leaves changed: is the record refused or shown, or does a report
crash?

Run: python -m perf.faults records [--count N] [--seed S] [--store FOLDER]. Without a store it makes
a small one: synthetic tasks and baselines, a failed cell, a skipped one, and a submitted file. Each
round changes one or two records with a seeded generator, seals them anew, and produces the
leaderboard, the terminal view, the page, Markdown, CSV, JSON, recommendations, and the list of
`bench export`, all in this process. A change that is caught between results and output counts as
left out: each reveals a gap in the validation, though not one in the report.
"""

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.cli.report import board_shown, terminal_view
from bench.errors import UserError
from bench.leaderboard import odd_results
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.lookup import finished
from bench.leaderboard.mistakes.collect import mistakes
from bench.leaderboard.recommendation.recommend import recommend
from bench.reports.render import Format, render
from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task

FORMATS: tuple[Format, ...] = ("html", "md", "csv", "json")
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 7, 2**31, 2**63, 10**30, 10**400, 0.5, -0.1, 1.5, 1e300),
    *(float("nan"), float("inf"), -float("inf"), 5e-324),
    *("", " ", "x", "\0", "a\0b", "\x1b]0;x\x07", "\u202e", "\ud800", "../x", "/", ".", "null"),
    *("NaN", "1", "yesterday", "9999-12-31T23:59:59+00:00", "-1", "x" * 5000, "[/bold]", "\\"),
    *([], {}, [[]], [None], [1, 2, 3], {"": ""}, {"x": None}, {"kind": "fields"}, [[0, 0, 0]]),
)
Path_ = tuple[Any, ...]
Change = Callable[[Any, random.Random], Any]


@dataclass
class Outcome:
    """Outcomes of all rounds: their counts, and the places where something broke."""

    counts: Counter[str] = field(default_factory=Counter)
    seen: set[frozenset[str]] = field(default_factory=set)
    """Sets of results that were refused while the others were unchanged and everything was
    shown."""
    places: dict[str, Counter[str]] = field(
        default_factory=lambda: {"crashed": Counter(), "left out": Counter()}
    )


def seal_anew(record: Any) -> bytes:
    """Return the bytes of a result.json with a correct hash, whatever the record contains."""
    body = record if isinstance(record, bytes) else json.dumps(record).encode()
    digest = hashlib.sha256(body).hexdigest().encode()
    return b'{"sha256":"' + digest + b'","result":' + body + b"}\n"


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the paths of all values in a record, including inner ones."""
    yield path
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, name))


def changed(record: Any, rng: random.Random) -> Any:
    """Return a copy of a record with one or two leaves changed."""
    record = json.loads(json.dumps(record))
    for _ in range(rng.choice((1, 1, 2))):
        record = _changed_once(record, rng)
    return record


def _changed_once(record: Any, rng: random.Random) -> Any:
    # Otherwise nearly all changes would hit long curves and tables.
    kinds: dict[Path_, list[Path_]] = {}
    for path in leaves(record):
        kinds.setdefault(tuple(p for p in path if isinstance(p, str)), []).append(path)
    path = rng.choice(kinds[rng.choice(list(kinds))])
    if not path:
        return rng.choice(ODD) if rng.random() < 0.1 else record
    *way, last = path
    holder = record
    for step in way:
        holder = holder[step]
    rng.choice((_replace, _replace, _scale, _scale, _remove, _add, _nest))(holder, last, rng)
    return record


def _replace(holder: Any, last: Any, rng: random.Random) -> None:
    holder[last] = rng.choice(ODD)


def _scale(holder: Any, last: Any, rng: random.Random) -> None:
    value = holder[last]
    if isinstance(value, int | float):
        holder[last] = rng.choice(
            (-value, value + 1, value * 1e6, value / 7, value - 1, int(value))
        )
    elif isinstance(value, str):
        holder[last] = rng.choice((value[:-1], value + "x", value.upper(), value * 2, "\0" + value))
    elif isinstance(value, list):
        holder[last] = rng.choice((value[:-1], value * 2, value[::-1], [value]))
    else:
        _replace(holder, last, rng)


def _remove(holder: Any, last: Any, rng: random.Random) -> None:
    del holder[last]


def _add(holder: Any, last: Any, rng: random.Random) -> None:
    if isinstance(holder, dict):
        name = rng.choice(("", "x", "\0", "__proto__", f"{last} ", *holder))
        holder[name] = rng.choice((rng.choice(ODD), holder[last]))
    else:
        holder.append(rng.choice((rng.choice(ODD), holder[last])))


def _nest(holder: Any, last: Any, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 15, 25, 150, 400))):
        holder[last] = [holder[last]] if rng.random() < 0.5 else {"x": holder[last]}


def show_all(results: Path) -> None:
    """Produce every output of a results folder."""
    board_shown(results, terminal_view)
    board_shown(results, lambda board: recommend(board, 0.1))

    def pages(board: Leaderboard) -> list[str]:
        return [render(board, form, mistakes(board, results)) for form in FORMATS]

    board_shown(results, pages)
    with suppress(UserError):  # it lists all finished results
        finished(results, "none/none")


def one_round(store: Path, rng: random.Random, outcome: Outcome) -> None:
    """Change one or two records, show everything, count, and restore them."""
    runs = sorted((store / "runs").iterdir())
    meant = rng.sample(runs, rng.choice((1, 1, 2)))
    sound = {run: (run / "result.json").read_bytes() for run in meant}
    for run, raw in sound.items():
        (run / "result.json").write_bytes(seal_anew(changed(json.loads(raw)["result"], rng)))
    caught: list[str] = []
    kept, odd_results.attempt = odd_results.attempt, _watching(odd_results.attempt, caught)
    try:
        refused = frozenset(p.where for p in Store(store).contents().problems)
        # The remaining store after refusing these results has been shown before.
        if len(refused) < len(meant) or refused not in outcome.seen:
            show_all(store)
            outcome.seen |= {refused} if len(refused) == len(meant) else set()
    except Exception as error:  # noqa: BLE001 - this is what is counted
        outcome.counts["crashed"] += 1
        outcome.places["crashed"][place_of(error)] += 1
    else:
        kind = "left out" if caught else "refused" if refused else "shown"
        outcome.counts[kind] += 1
        outcome.places["left out"].update({*caught})
    finally:
        odd_results.attempt = kept
        for run, raw in sound.items():
            (run / "result.json").write_bytes(raw)


def _watching(attempt: Any, caught: list[str]) -> Any:
    def watched(work: Callable[[], Any]) -> Any:
        def noted() -> Any:
            try:
                return work()
            except Exception as error:
                caught.append(place_of(error))
                raise

        return attempt(noted)

    return watched


def place_of(error: BaseException) -> str:
    """Return the place in the project where an exception was raised."""
    root = str(Path(odd_results.__file__).parent.parent)
    steps = [s for s in traceback.extract_tb(error.__traceback__) if s.filename.startswith(root)]
    last = steps[-1]
    return f"{Path(last.filename).name}:{last.lineno} {type(error).__name__}: {str(error)[:80]}"


def small_store(folder: Path) -> Path:
    """Create a store with a result of each status, several tasks and seeds, folds, and a
    submission."""
    plugins, results = folder / "plugins", folder / "results"
    for name in ("one", "two"):
        add_task(plugins, name)
    add_baseline(plugins, "both", multi_task=True, seeded=True)
    add_baseline(plugins, "broken", fit="raise ValueError('made up')")
    add_baseline(plugins, "absent", fit="raise Unavailable('made up')")
    to, mine = ["--results", str(results)], ["--plugins", str(plugins)]
    names = ("both", "broken", "absent", "majority", "naive_bayes")
    which = ["-t", "one", "-t", "two", *(w for name in names for w in ("-b", name))]
    bench("run", *which, "--seed", "0", "--seed", "1", "--limit-train", "40", *to, *mine)
    bench("run", "-t", "two", "-b", "naive_bayes", "--folds", "3", *to, *mine)
    table = folder / "mine.csv"
    table.write_text("id,prediction\n" + "".join(f"r{n},warm\n" for n in range(60, 80)))
    bench("score", str(table), "-t", "one", "--name", "mine", *to, *mine)
    return results


def bench(*words: str) -> None:
    """Run the command in a process of its own; a failed cell is not an error."""
    subprocess.run([sys.executable, "-P", "-m", "bench", *words], capture_output=True, check=False)


def main(words: list[str]) -> None:
    """Print how many rounds were refused, shown or crashed, and where."""
    parser = argparse.ArgumentParser(prog="python -m perf.faults records")
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path, default=None, help="a results folder; it is copied")
    given = parser.parse_args(words)
    warnings.simplefilter("ignore")
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as aside:
        if given.store is None:
            store = small_store(Path(aside))
        else:
            store = Path(shutil.copytree(given.store, Path(aside) / "store"))
        for number in range(given.count):
            one_round(store, random.Random(f"{given.seed} {number}"), outcome)
    print(f"{'rounds':10} {given.count}")
    for kind in ("refused", "shown", "left out", "crashed"):
        print(f"{kind:10} {outcome.counts[kind]}")
    for kind, places in outcome.places.items():
        for place, count in places.most_common():
            print(f"{kind} {count:5}  {place}")


if __name__ == "__main__":
    main(sys.argv[1:])
