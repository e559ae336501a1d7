"""Split and limit rows deterministically, with groups and near duplicates kept whole."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.data.checks import near
from bench.errors import DataError
from bench.example import Example, Split
from bench.outputs import Output


@dataclass(frozen=True)
class Labelled:
    """The rows a baseline may learn from, divided."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]


def _draw(seed: int, name: str) -> bytes:
    """A number for a name that looks random, and is the same on every machine."""
    return hashlib.sha256(f"{seed}\x1f{name}".encode("utf-8", "surrogatepass")).digest()


class _Units:
    """Rows that must stay together: of one group, or of one text but for case and punctuation."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self.parent = list(range(len(rows)))
        first: dict[tuple[str, str | bytes], int] = {}
        for i, row in enumerate(rows):
            text = near(row)
            keys: list[tuple[str, str | bytes]] = [("text", text)] if text else []
            keys += [("group", row.group)] if row.group is not None else []
            for key in keys:
                self._join(i, first.setdefault(key, i))

    def _find(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def _join(self, i: int, j: int) -> None:
        a, b = sorted((self._find(i), self._find(j)))
        self.parent[b] = a

    def lists(self) -> list[list[int]]:
        """The rows of each unit."""
        found: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.parent)):
            found[self._find(i)].append(i)
        return list(found.values())


def split_by_group(
    rows: Sequence[Example],
    *,
    test: float = 0.2,
    seed: int = 0,
    stratify: Callable[[Example], str] | None = None,
) -> dict[Split, tuple[Example, ...]]:
    """Cut a test split; groups and near duplicates stay whole, and classes keep their share.

    The units of each class are drawn by a hash of their smallest id, so the cut does not depend on
    the order of rows. A unit counts for the class that most of its rows have.

    Args:
        rows: all rows.
        test: share of rows for the test split, 0 to 1.
        seed: another seed draws another cut.
        stratify: the class of a row; by default the answer where it is a label.

    Returns:
        `train` and `test`, each in the order of `rows`.
    """
    stratum = stratify or (lambda row: row.target if isinstance(row.target, str) else "")
    by_class: dict[str, list[list[int]]] = defaultdict(list)
    for unit in _Units(rows).lists():
        counts = Counter(stratum(rows[i]) for i in unit)
        by_class[max(counts, key=lambda c: (counts[c], c))].append(unit)
    chosen: set[int] = set()
    for units in by_class.values():
        wanted = round(test * sum(map(len, units)))
        units.sort(key=lambda unit: _draw(seed, min(rows[i].id for i in unit)))
        for unit in units:
            # A large unit is passed over rather than overshooting by more than it helps.
            if wanted >= (len(unit) + 1) // 2:
                chosen.update(unit)
                wanted -= len(unit)
    return {
        "train": tuple(row for i, row in enumerate(rows) if i not in chosen),
        "test": tuple(row for i, row in enumerate(rows) if i in chosen),
    }


def fold_numbers(rows: Sequence[Example], output: Output, folds: int, *, seed: int) -> list[int]:
    """The fold of each row, 0 to `folds` - 1: groups and near duplicates stay whole, and classes
    are dealt out evenly.

    Args:
        rows: all rows.
        output: gives each row's class.
        folds: how many.
        seed: another seed deals anew.

    Raises:
        DataError: there are fewer groups than folds.
    """
    units = _Units(rows).lists()
    if len(units) < folds:
        raise DataError(f"{folds} folds need as many groups of rows, and there are {len(units)}")
    by_class: dict[str, list[list[int]]] = defaultdict(list)
    for unit in units:
        counts = Counter(output.stratum(rows[i].target) for i in unit)
        by_class[max(counts, key=lambda c: (counts[c], c))].append(unit)
    number, sizes = [0] * len(rows), [0] * folds
    for members in by_class.values():
        members.sort(key=lambda unit: (-len(unit), _draw(seed, min(rows[i].id for i in unit))))
        mine = [0] * folds
        for unit in members:
            fold = min(range(folds), key=lambda k: (mine[k], sizes[k], k))
            mine[fold] += len(unit)
            sizes[fold] += len(unit)
            for i in unit:
                number[i] = fold
    return number


def sample(rows: Sequence[Example], output: Output, n: int, *, seed: int) -> list[Example]:
    """`n` rows, classes in their share, nested: a smaller sample is the beginning of a larger.

    Within a class rows are ordered by a hash; the classes are then woven together so that every
    beginning of the list has each class as near to its share as whole rows allow.

    Args:
        rows: the rows to draw from.
        output: gives each row's class.
        n: how many; all rows when there are fewer.
        seed: another seed draws another sample.
    """
    by_class: dict[str, list[Example]] = defaultdict(list)
    for row in rows:
        by_class[output.stratum(row.target)].append(row)
    woven: list[tuple[float, bytes, Example]] = []
    for members in by_class.values():
        keyed = sorted((_draw(seed, row.id), row.id, row) for row in members)
        offset = int.from_bytes(keyed[0][0][:4], "big") / 2**32
        for rank, (draw, _, row) in enumerate(keyed):
            # Evenly spaced over 0 to 1 with one offset a class, so rare classes do not all wait.
            woven.append(((rank + offset) / len(keyed), draw, row))
    woven.sort(key=lambda item: item[:2])
    return [row for _, _, row in woven[:n]]


def labelled_split(rows: Sequence[Example], *, seed: int, share: float = 0.1) -> Labelled:
    """Cut a validation split from labelled rows, groups whole, classes in their share.

    Args:
        rows: train rows without a validation split of their own.
        seed: another seed draws another cut.
        share: of rows for validation; at least one row where there are two units.
    """
    cut = split_by_group(rows, test=share, seed=seed, stratify=None)
    train, validation = cut["train"], cut["test"]
    if not validation and len(rows) > 1:
        spare = math.ceil(share * len(rows))
        units = sorted(_Units(rows).lists(), key=lambda unit: _draw(seed, rows[unit[0]].id))
        taken: set[int] = set()
        for unit in units[:-1]:
            if len(taken) < spare:
                taken.update(unit)
        train = tuple(row for i, row in enumerate(rows) if i not in taken)
        validation = tuple(row for i, row in enumerate(rows) if i in taken)
    return Labelled(train, validation)
