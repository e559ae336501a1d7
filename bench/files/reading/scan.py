"""What a look through a file of JSON Lines finds before Arrow reads it."""

from pathlib import Path

_BLOCK = 2**18


class Scan:
    """What Arrow does not tell of a file: the number of its lines, the last one included if no line
    end follows it, and whether half a surrogate pair may be in it.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.lines, self.odd, last = 0, False, b""
        with path.open("rb") as file:
            while chunk := file.read(_BLOCK):
                self.lines += chunk.count(b"\n")
                seen = last + chunk
                self.odd = self.odd or b"\\ud" in seen or b"\\uD" in seen
                last = seen[-2:]
        self.lines += last[-1:] not in (b"", b"\n")
