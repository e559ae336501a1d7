"""Deterministic splitting and sampling of examples; groups and near duplicates are kept whole."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.data.checks import near
from bench.data.share import Shares
from bench.errors import DataError
from bench.example import Example, Split
from bench.outputs import Output
from bench.texts.normal_forms import draw_mark


@dataclass(frozen=True)
class Labelled:
    """The labelled examples that a baseline may use, in two splits."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]


def _draw(seed: int, name: str) -> bytes:
    """Return a pseudo-random sort key for a name, the same on every machine."""
    return hashlib.sha256(f"{seed}\x1f{name}".encode("utf-8", "surrogatepass")).digest()


def _bonds(row: Example) -> list[tuple[str, str | bytes]]:
    """Return what an example shares with those that it must stay with: its text and its group."""
    text = near(row)
    keys: list[tuple[str, str | bytes]] = [("text", text)] if text else []
    return keys + ([("group", row.group)] if row.group is not None else [])


class _Units:
    """Examples that must stay together: those of one group, and near duplicates."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self.parent = list(range(len(rows)))
        first: dict[tuple[str, str | bytes], int] = {}
        for i, row in enumerate(rows):
            for key in _bonds(row):
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
        """Return the positions of the examples of each unit."""
        units: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.parent)):
            units[self._find(i)].append(i)
        return list(units.values())


def split_by_group(
    rows: Sequence[Example],
    *,
    test: float = 0.2,
    seed: int = 0,
    stratify: Callable[[Example], str] | None = None,
    cover: bool = True,
) -> dict[Split, tuple[Example, ...]]:
    """Split off a stratified test split; groups and near duplicates stay whole.

    The units of each class are drawn by a hash of their smallest id, so the split does not depend
    on the order of the examples. A unit counts for the majority class of its examples.

    Args:
        rows: all examples.
        test: share of the examples for the test split, 0 to 1.
        seed: another seed gives another split.
        stratify: the class of an example; by default the answer, if it is a label.
        cover: whether each class of two or more units is to be on both sides, as far as the share
            allows; False for splits of published results, which were made without.

    Returns:
        `train` and `test`, each in the order of `rows`.
    """
    return _cut(rows, share=test, seed=seed, stratum=stratify or _label, cover=cover)


def _label(row: Example) -> str:
    return row.target if isinstance(row.target, str) else ""


def _cut(
    rows: Sequence[Example],
    *,
    share: float,
    seed: int,
    stratum: Callable[[Example], str],
    cover: bool,
    rough: bool = False,
) -> dict[Split, tuple[Example, ...]]:
    """Split off a share of the examples.

    Each class gives its rounded share. Where that misses the share of all by more than two
    hundredths, as with many small classes, the remainders are carried over classes; `rough` leaves
    it unless less than half of what was wanted is there.
    """
    by_class: dict[str, list[list[int]]] = defaultdict(list)
    for unit in _Units(rows).lists():
        counts = Counter(stratum(rows[i]) for i in unit)
        by_class[max(counts, key=lambda c: (counts[c], c))].append(unit)
    chosen: set[int] = set()
    for units in by_class.values():
        missing = round(share * sum(map(len, units)))
        units.sort(key=lambda unit: _draw(seed, min(rows[i].id for i in unit)))
        for unit in units:
            # A large unit is skipped if it would overshoot by more than it helps.
            if missing >= (len(unit) + 1) // 2:
                chosen.add(unit[0])
                missing -= len(unit)
    apart = _to_share(Shares(by_class, chosen, share=share), cover=cover, rough=rough)
    return {
        "train": tuple(row for i, row in enumerate(rows) if i not in apart),
        "test": tuple(row for i, row in enumerate(rows) if i in apart),
    }


def _to_share(shares: Shares, *, cover: bool, rough: bool) -> set[int]:
    if rough:
        if 2 * shares.held < shares.wanted:
            shares.fill(0)
        return shares.positions()
    tolerance = max(1, shares.wanted // 50)
    if cover:
        shares.cover(tolerance)
    # What is within the tolerance stays, so that splits that were right stay the same.
    if abs(shares.wanted - shares.held) > tolerance or not shares.held:
        shares.fill(0)
        shares.drain(0)
    return shares.positions()


def fold_numbers(rows: Sequence[Example], output: Output, folds: int, *, seed: int) -> list[int]:
    """Return the fold of each example, 0 to `folds` - 1: folds are stratified, with groups and near
    duplicates kept whole.

    Args:
        rows: all examples.
        output: the answer space, which determines each example's class.
        folds: the number of folds.
        seed: another seed gives other folds.

    Raises:
        DataError: there are fewer groups than folds.
    """
    units = _Units(rows).lists()
    if len(units) < folds:
        raise DataError(
            f"{folds} folds need at least {folds} groups of examples, but there are {len(units)}"
        )
    by_class: dict[str, list[list[int]]] = defaultdict(list)
    for unit in units:
        counts = Counter(output.stratum(rows[i].target) for i in unit)
        by_class[max(counts, key=lambda c: (counts[c], c))].append(unit)
    number, sizes = [0] * len(rows), [0] * folds
    for members in by_class.values():
        members.sort(key=lambda unit: (-len(unit), _draw(seed, min(rows[i].id for i in unit))))
        of_class = [0] * folds
        for unit in members:
            fold = min(range(folds), key=lambda k: (of_class[k], sizes[k], k))
            of_class[fold] += len(unit)
            sizes[fold] += len(unit)
            for i in unit:
                number[i] = fold
    return number


def sample(rows: Sequence[Example], output: Output, n: int, *, seed: int) -> list[Example]:
    """Return a stratified sample of `n` examples. Samples are nested: a smaller sample is a prefix
    of a larger one.

    Within a class, examples are ordered by a hash; the classes are then interleaved so that in
    every prefix each class is as near to its share as whole examples allow.

    Args:
        rows: the examples to draw from.
        output: the answer space, which determines each example's class.
        n: the size of the sample; all examples if there are fewer.
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
            # Evenly spaced over 0 to 1 with an offset per class, so that the rare classes do not
            # all come late.
            woven.append(((rank + offset) / len(keyed), draw, row))
    woven.sort(key=lambda item: item[:2])
    return [row for _, _, row in woven[:n]]


def set_apart(
    rows: Sequence[Example],
    output: Output,
    wanted: int,
    *,
    seed: int,
    beside: Iterable[Example] = (),
) -> list[int]:
    """Return the positions of up to `wanted` examples, drawn by class; at least one example of
    each class, or of each label where there can be several, is left.

    They are drawn by their texts, so that tasks with the same texts set the same ones apart.

    Args:
        rows: the examples to draw from.
        output: the answer space, which determines each example's class.
        wanted: the largest number of examples to draw.
        seed: another seed draws other examples.
        beside: further examples; what is near one of them, or in its group, is not drawn.
    """
    apart = {mark for row in beside for mark in _bonds(row)}
    left = Counter(name for row in rows for name in _classes(row, output))
    chosen: list[int] = []
    for unit in _woven(rows, output, seed):
        own = Counter(name for i in unit for name in _classes(rows[i], output))
        spared = all(left[name] > count for name, count in own.items())
        joined = any(not apart.isdisjoint(_bonds(rows[i])) for i in unit)
        if spared and not joined and len(chosen) + len(unit) <= wanted:
            chosen.extend(unit)
            left.subtract(own)
    return sorted(chosen)


def _classes(row: Example, output: Output) -> Iterable[str]:
    return row.target if isinstance(row.target, frozenset) else (output.stratum(row.target),)


def _woven(rows: Sequence[Example], output: Output, seed: int) -> list[list[int]]:
    """Return the units of the examples in an order in which each class is spread evenly."""
    by_class: dict[str, list[tuple[bytes, list[int]]]] = defaultdict(list)
    for unit in _Units(rows).lists():
        draw = min(_draw(seed, f"apart\x1f{_drawn_by(rows[i])}") for i in unit)
        by_class[output.stratum(rows[unit[0]].target)].append((draw, unit))
    woven: list[tuple[float, bytes, list[int]]] = []
    for members in by_class.values():
        members.sort()
        woven += [((k + 0.5) / len(members), *member) for k, member in enumerate(members)]
    return [unit for _, _, unit in sorted(woven)]


def _drawn_by(row: Example) -> str:
    """Return the hash of an example's texts, or its id if it has none."""
    pair = draw_mark(row.pair) if row.pair is not None else b""
    return (draw_mark(row.text) + pair).hex() or row.id


def labelled_split(rows: Sequence[Example], *, seed: int, share: float = 0.1) -> Labelled:
    """Split off a stratified validation split; groups stay whole.

    Args:
        rows: labelled examples of a task without a validation split.
        seed: another seed gives another split.
        share: share of the examples for validation; at least one if there are two units.
    """
    cut = _cut(rows, share=share, seed=seed, stratum=_label, cover=False, rough=True)
    train, validation = cut["train"], cut["test"]
    if not validation and len(rows) > 1:
        spare = math.ceil(share * len(rows))
        units = sorted(_Units(rows).lists(), key=lambda unit: _draw(seed, rows[unit[0]].id))
        chosen: set[int] = set()
        for unit in units[:-1]:
            if len(chosen) < spare:
                chosen.update(unit)
        train = tuple(row for i, row in enumerate(rows) if i not in chosen)
        validation = tuple(row for i, row in enumerate(rows) if i in chosen)
    return Labelled(train, validation)
