"""Nested numbers of examples to choose from: three a decade, the same for every family and task."""

from collections.abc import Iterator

SMALLEST = 100
SMALLEST_TEST = 200
_CLOSE = 0.7
"""A size above this share of all examples would cost nearly as much and show nothing new."""


def _ladder(available: int) -> Iterator[int]:
    """Yield 100, 200, 500, 1,000, … as long as they are well below what is available."""
    decade = SMALLEST
    while True:
        for size in (decade, 2 * decade, 5 * decade):
            if size > _CLOSE * available:
                return
            yield size
        decade *= 10


def train_sizes(labelled: int, smallest: int = SMALLEST) -> tuple[int, ...]:
    """Return the numbers of labelled examples to try, smallest first; the last one is all of them.

    Args:
        labelled: the number of labelled examples there are.
        smallest: the number that all families share; there may be fewer.
    """
    between = [size for size in _ladder(labelled) if size > smallest]
    return (smallest, *between, labelled) if labelled > smallest else (smallest,)


def test_sizes(available: int) -> tuple[int, ...]:
    """Return the numbers of test examples to choose from, largest first: all, and some."""
    return (available, *reversed([size for size in _ladder(available) if size >= SMALLEST_TEST]))
