"""Rooms: each says what belongs in it, and does nothing else when it is imported."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMES = (
    "conformance",
    "files",
    "files/columns",
    "files/reading",
    "metrics",
    "models",
    "outputs",
    "records",
    "store",
)
FACES = {"bench", *(f"bench/{name}" for name in NAMES)}
ROOMS = {
    path.parent.relative_to(ROOT).as_posix(): path
    for top in ("bench", "baselines", "reports", "tasks")
    for path in (ROOT / top).rglob("__init__.py")
}


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_says_what_belongs_in_it(room: str) -> None:
    assert ast.get_docstring(ast.parse(ROOMS[room].read_text()))


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - FACES))
def test_a_room_without_a_face_holds_its_sentence_alone(room: str) -> None:
    # Keys leave it out: they follow imports to the modules themselves.
    assert len(ast.parse(ROOMS[room].read_text()).body) == 1


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_stays_small(room: str) -> None:
    modules = [p for p in ROOMS[room].parent.glob("*.py") if p.name != "__init__.py"]
    assert room.startswith("tasks/") or len(modules) <= 17
