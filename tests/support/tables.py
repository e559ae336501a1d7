"""Tables as files."""

from pathlib import Path


def table(folder: Path, raw: bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path
