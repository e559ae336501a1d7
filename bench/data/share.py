"""A drawn test split brought to its share, where rounding class by class has missed it."""

import heapq
from collections.abc import Iterable, Mapping, Sequence

Unit = Sequence[int]
"""Positions of the examples that must stay together."""


class _Class:
    """The units of one class, each on one side, in the order in which they were drawn.

    Args:
        units: all units of the class.
        chosen: the first positions of those in the test.
    """

    def __init__(self, units: Sequence[Unit], chosen: Iterable[int]) -> None:
        self.size = sum(map(len, units))
        self.tested = [unit for unit in units if unit[0] in chosen]
        self.learnt = [unit for unit in units if unit[0] not in chosen]

    @property
    def held(self) -> int:
        """The number of examples in the test."""
        return sum(map(len, self.tested))

    def test(self, unit: Unit) -> int:
        """Move a unit into the test; return the number of its examples."""
        self.learnt.remove(unit)
        self.tested.append(unit)
        return len(unit)

    def learn(self, unit: Unit) -> int:
        """Move a unit out of the test; return the number of its examples."""
        self.tested.remove(unit)
        self.learnt.append(unit)
        return len(unit)


class Shares:
    """The classes of a cut, and moves between its sides.

    Args:
        by_class: class -> its units, in the order in which they were drawn.
        chosen: the first positions of the units in the test.
        share: share of the examples that the test should have.
    """

    def __init__(
        self, by_class: Mapping[str, Sequence[Unit]], chosen: Iterable[int], *, share: float
    ) -> None:
        first = set(chosen)
        self.classes = {name: _Class(units, first) for name, units in by_class.items()}
        self.share, self.total = share, sum(c.size for c in self.classes.values())
        self.wanted = round(share * self.total)
        self.held = sum(c.held for c in self.classes.values())

    def positions(self) -> set[int]:
        """Return the positions of the test examples."""
        return {i for c in self.classes.values() for unit in c.tested for i in unit}

    def fill(self, tolerance: int) -> None:
        """Add units until at most `tolerance` examples are missing: first of classes that the test
        lacks, then of those that it has too few of, then of those with a single unit."""
        heap = [(self._need(name), name) for name in self.classes]
        heapq.heapify(heap)
        while heap and (missing := self.wanted - self.held) > tolerance:
            name = heapq.heappop(heap)[1]
            cls = self.classes[name]
            unit = next((u for u in cls.learnt if len(u) < 2 * missing), None)
            if unit is not None:
                self.held += cls.test(unit)
                heapq.heappush(heap, (self._need(name), name))
        if not self.held and self.wanted:
            self._fill_with_one()

    def _need(self, name: str) -> tuple[int, float]:
        cls = self.classes[name]
        rank = (0 if not cls.tested else 1) if len(cls.learnt) > 1 else 2
        return rank, cls.held - self.share * cls.size

    def _fill_with_one(self) -> None:
        """Add the smallest unit, though it is larger than the test should be, unless it is most of
        the examples."""
        pairs = [(len(u), name, u) for name, c in self.classes.items() for u in c.learnt]
        size, name, unit = min(pairs, key=lambda pair: pair[:2])
        if 2 * size <= self.total and len(pairs) > 1:
            self.held += self.classes[name].test(unit)

    def drain(self, tolerance: int) -> None:
        """Take units out until there are at most `tolerance` examples too many: of the classes that
        the test has most too many of, a class's last unit after all others."""
        heap = [(self._excess(name), name) for name in self.classes]
        heapq.heapify(heap)
        while heap and (over := self.held - self.wanted) > tolerance:
            name = heapq.heappop(heap)[1]
            cls = self.classes[name]
            most = min(2 * over, self.held)  # one unit is left in the test
            unit = next((u for u in reversed(cls.tested) if len(u) < most), None)
            if unit is not None:
                self.held -= cls.learn(unit)
                heapq.heappush(heap, (self._excess(name), name))

    def _excess(self, name: str) -> tuple[bool, float]:
        cls = self.classes[name]
        return len(cls.tested) < 2, self.share * cls.size - cls.held

    def cover(self, tolerance: int) -> None:
        """Give each class of two or more units one on either side, where the share allows it."""
        for cls in self.classes.values():
            if not cls.learnt and len(cls.tested) > 1:
                self.held -= cls.learn(cls.tested[-1])
        absent = [c for c in self.classes.values() if not c.tested and len(c.learnt) > 1]
        donors = [(self._excess(name), name) for name in self.classes]
        heapq.heapify(donors)
        for cls in sorted(absent, key=lambda c: (-c.size, c.learnt[0][0])):
            unit = min(cls.learnt, key=len)
            if self._room(len(unit), donors, tolerance):
                self.held += cls.test(unit)

    def _room(self, size: int, donors: list[tuple[tuple[bool, float], str]], most: int) -> bool:
        """Make room for a unit of that size with a unit of a class that has several in the test;
        return whether there is room."""
        if self.held + size - self.wanted <= most:
            return True
        while donors:
            name = heapq.heappop(donors)[1]
            cls = self.classes[name]
            unit = next((u for u in reversed(cls.tested) if abs(len(u) - size) <= most), None)
            if unit is not None and len(cls.tested) > 1:
                self.held -= cls.learn(unit)
                heapq.heappush(donors, (self._excess(name), name))
                return True
        return False
