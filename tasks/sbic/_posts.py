"""Posts of the Social Bias Inference Corpus, one example per post (Sap et al., ACL 2020)."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.errors import DataError
from bench.files import Files, read_table
from bench.files.tables import Table
from bench.outputs import Answer
from bench.task import Example, Splits
from bench.tasks._readers import required_file

PARTS = {"train": "trn", "validation": "dev", "test": "tst"}
LICENCE = "CC BY 4.0"
CITATION = (
    "Sap, M., Gabriel, S., Qin, L., Jurafsky, D., Smith, N. A. and Choi, Y. (2020). Social Bias "
    "Frames: Reasoning about Social and Power Implications of Language. ACL."
)
WHERE = (
    "SBIC.v2.agg.{trn,dev,tst}.csv, or SBIC.v2.{trn,dev,tst}.csv, of SBIC.v2.tgz in DIR/sbic/; "
    "maartensap.com/social-bias-frames"
)
OFFENSIVE = {1.0: "yes", 0.5: "maybe", 0.0: "no"}
BIASED, UNBIASED = "implied bias", "no implied bias"


@dataclass(frozen=True)
class Post:
    """A post with its annotations, aggregated in the way of the corpus.

    Args:
        text: the post.
        offensive: the mean answer, 0 (no) to 1 (yes); None where nobody answered.
        implications: implied statements about a group, each once, sorted.
        targets: the groups that it mentions, in the words of each annotator, each once, sorted.
    """

    text: str
    offensive: float | None
    implications: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One annotator's answers on a post; "" and None where there is none."""

    text: str
    offensive: float | None
    implication: str
    target: str


def splits(files: Files, answer: Callable[[Post], Answer | None], unanswered: str) -> Splits:
    """Load the three official splits with one of the answers, in the order of the aggregated files.

    Args:
        files: the available files.
        answer: returns the answer for a post; None leaves it out.
        unanswered: the name under which omitted posts are counted.
    """
    examples: dict[Any, list[Example]] = {}
    for split, part in PARTS.items():
        posts = [(post, answer(post)) for post in _posts(files, part)]
        examples[split] = [
            Example(_id(part, post.text), post.text, gold)
            for post, gold in posts
            if gold is not None
        ]
        files.fault(unanswered, len(posts) - len(examples[split]))
    return examples


def ratings(files: Files, answer: Callable[[Reading], str | None]) -> Mapping[str, Sequence[str]]:
    """Return each annotator's answer by post; needs the files with one row per annotation."""
    answers: dict[str, list[str]] = {}
    for part in PARTS.values():
        path = files.local(f"SBIC.v2.{part}.csv")
        apart = Files(files.task, files.suite, files.folders)  # `splits` counts the faults
        for reading in _readings(apart, read_table(path)):
            if (given_answer := answer(reading)) is not None:
                answers.setdefault(_id(part, reading.text), []).append(given_answer)
    return answers


def offensiveness(mean: float) -> str:
    """Return yes, maybe or no: the nearest of 1, 0.5 and 0 to a mean; halfway is maybe."""
    return "no" if mean < 0.25 else ("yes" if mean > 0.75 else "maybe")


def _id(part: str, text: str) -> str:
    # The aggregated files have no ids, and both forms must give the same ones.
    return f"{part}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _posts(files: Files, part: str) -> list[Post]:
    path = required_file(files, f"SBIC.v2.agg.{part}.csv", f"SBIC.v2.{part}.csv")
    table = read_table(path)
    posts = _aggregated(files, table) if ".agg." in path.name else _gathered(files, table)
    kept = [post for post in posts if post.text.strip()]
    files.fault("posts_without_text_left_out", len(posts) - len(kept))
    return kept


def _gathered(files: Files, table: Table) -> list[Post]:
    """Aggregate annotations as in the corpus's own description: the mean of the answers, and each
    text once."""
    by_text: dict[str, list[Reading]] = {}
    for reading in _readings(files, table):
        by_text.setdefault(reading.text, []).append(reading)
    return [_together(text, by_text[text]) for text in sorted(by_text)]


def _together(text: str, readings: Sequence[Reading]) -> Post:
    answers = [r.offensive for r in readings if r.offensive is not None]
    return Post(
        text,
        math.fsum(answers) / len(answers) if answers else None,
        tuple(sorted({r.implication for r in readings} - {""})),
        tuple(sorted({r.target for r in readings} - {""})),
    )


def _readings(files: Files, table: Table) -> list[Reading]:
    columns = ("post", "offensiveYN", "targetStereotype", "targetMinority")
    readings = []
    for row, cells in enumerate(zip(*map(table.column, columns), strict=True), 2):
        text, offensive, implication, target = cells
        rating = _number(files, f"{table.path}, row {row}", "offensiveYN", offensive)
        if rating is not None and rating not in OFFENSIVE:
            raise DataError(f"{table.path}, row {row}: offensiveYN is {rating}, not 0, 0.5 or 1")
        readings.append(Reading(text, rating, _word(files, implication), _word(files, target)))
    return readings


def _aggregated(files: Files, table: Table) -> list[Post]:
    columns = ("post", "offensiveYN", "hasBiasedImplication", "targetStereotype", "targetMinority")
    posts, seen = list[Post](), set[str]()
    for row, cells in enumerate(zip(*map(table.column, columns), strict=True), 2):
        place = f"{table.path}, row {row}"
        text, mean, flag, implied, targets = cells
        if text in seen:
            raise DataError(f"{place}: the post is repeated; expected one row per post")
        seen.add(text)
        implications = _list(files, place, "targetStereotype", implied)
        # The corpus's column has the opposite sense of its name: 1 where nothing is implied.
        if _number(files, place, "hasBiasedImplication", flag) != float(not implications):
            raise DataError(
                f"{place}: hasBiasedImplication is {flag!r} with {len(implications)} implications; "
                "as published, it is 1 if there are none, else 0"
            )
        offensive = _number(files, place, "offensiveYN", mean)
        groups = _list(files, place, "targetMinority", targets)
        posts.append(Post(text, offensive, implications, groups))
    return posts


def _word(files: Files, cell: str) -> str:
    """Return a cell's text; "nan", which some files contain for an empty cell, counts as empty."""
    if cell.strip().casefold() != "nan":
        return cell
    files.fault("nan_taken_as_empty")
    return ""


def _number(files: Files, place: str, column: str, cell: str) -> float | None:
    """Return a number from 0 to 1; None for an empty cell."""
    if not _word(files, cell).strip():
        return None
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise DataError(f"{place}: {column} is {cell!r}, not a number from 0 to 1")
    return number


def _list(files: Files, place: str, column: str, cell: str) -> tuple[str, ...]:
    """Parse a JSON list of strings, dropping empty ones."""
    try:
        strings = json.loads(cell)
    except ValueError:
        strings = None
    if not isinstance(strings, list) or not all(isinstance(part, str) for part in strings):
        raise DataError(f"{place}: {column} is {cell[:40]!r}, not a JSON list of strings")
    return tuple(part for part in strings if _word(files, part))
