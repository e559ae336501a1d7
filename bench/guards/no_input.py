"""Code of others that asks a question gets the end of its input at once, instead of waiting."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def no_input() -> Iterator[None]:
    """Let standard input be empty within the block, for `input()` and whatever reads `sys.stdin`:
    a library that asks something would wait for good where nobody is there to answer."""
    with open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123 - a device, no path
        theirs, sys.stdin = sys.stdin, nothing
        try:
            yield
        finally:
            sys.stdin = theirs
