"""DisCoTEX at EVALITA 2023: discourse coherence of Italian passages of TED talks and Wikipedia."""

from pathlib import Path

from bench.files import Files
from bench.tasks.evalita._common import local

CITATION = (
    "Brunato, D., Colla, D., Dell'Orletta, F., Dini, I., Radicioni, D. P. and Ravelli, A. A. "
    "(2023). DisCoTex at EVALITA 2023: Overview of the Assessing DIScourse COherence in Italian "
    "TEXts Task. EVALITA 2023, CEUR Workshop Proceedings 3473."
)
LICENCE = "not stated"
WHERE = "the folder data/ of github.com/davidecolla/DisCoTex, as DIR/evalita/discotex/data/"


def path(files: Files, folder: str, name: str) -> Path:
    """Return the path of an official file.

    Args:
        files: the available files.
        folder: `train`, or `test/gold`, under `data/`; or a name with that prefix, such as
            `test_gold_…`.
        name: the file.
    """
    return local(files, "discotex", f"data/{folder}/{name}", f"{folder.replace('/', '_')}_{name}")


def document(id_: str) -> str | None:
    """Return the talk or article named by an id such as `talk#32`; None for ids of the tests."""
    name, mark, _ = id_.partition("#")
    return name if mark else None
