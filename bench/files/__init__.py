"""A task's files: local, pinned in a package, or from the Hub; verified and read strictly."""

from bench.files.assets import Asset
from bench.files.tables import read_table
from bench.files.task_files import Files, Members, Rows

__all__ = [
    "Asset",
    "Files",
    "Members",
    "Rows",
    "read_table",
]
