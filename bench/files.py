"""Where a task's files come from: a package asset, the user's folder, a table, or the Hub."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.errors import Unavailable


class Files:
    """The files at hand for one task; passed to `Task.load`.

    Args:
        task: the task's name.
        suite: the suite it belongs to, or None.
        folders: the user's data folders (`--data`, `BENCH_DATA`), searched in order for
            `FOLDER/<task>/<file>`, then `FOLDER/<suite>/<file>`.
        offline: never ask the network.
    """

    def __init__(
        self,
        task: str,
        suite: str | None = None,
        folders: Sequence[Path] = (),
        *,
        offline: bool = False,
    ) -> None:
        self.task, self.suite, self.folders, self.offline = task, suite, tuple(folders), offline
        self.faults: Counter[str] = Counter()

    def fault(self, kind: str, count: int = 1) -> None:
        """Count rows that a reader had to repair or leave out; the page shows them by kind."""
        self.faults[kind] += count

    def decode(self, raw: bytes) -> str:
        """Bytes as text: UTF-8 without its byte-order mark, else Windows-1252, counted as a
        `decoding` fault."""
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.fault("decoding")
            return raw.decode("cp1252", errors="replace")

    def local(self, name: str) -> Path:
        """The user's own file of that name.

        Raises:
            Unavailable: no data folder holds it; the message says where it is looked for.
        """
        places = [f / part / name for f in self.folders for part in (self.task, self.suite) if part]
        for place in places:
            if place.is_file():
                return place
        raise Unavailable(
            f"{name} is not at hand: put it under DIR/{self.task}/ and pass --data DIR or set BENCH_DATA"
        )
