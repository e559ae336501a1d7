"""`bench show`: what texts are written in, and only the beginning of long ones."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bench.cli.plugin_commands.describe import describe
from bench.cli.plugin_commands.languages import written_in
from tests.support.plugins_for_tests import add_task

TEXTS = {
    "Latin; likely Italian": ["Il mercato apre alle otto e chiude quando finiscono le verdure."],
    "Devanagari; likely Hindi": ["मेरी दादी हर सुबह बगीचे में फूलों को पानी देती हैं और गाती हैं।"],
    "Han; likely Chinese. In scripts": ["我奶奶每天早上在花园里给花浇水，然后唱歌。"],
    "Cyrillic; likely Russian": ["Бабушка каждое утро поливает цветы в саду и тихо поёт."],
    "no letters": ["12 + 7", "!"],
}


@pytest.mark.parametrize("said", TEXTS)
def test_scripts_and_likely_languages_are_told(said: str) -> None:
    assert written_in(TEXTS[said] * 3).startswith(said)


def test_of_a_long_text_the_beginning_is_shown(tmp_path: Path) -> None:
    file = add_task(tmp_path, "colours")
    file.write_text(file.read_text().replace('"grey"', '"grey " * 50_000'))
    console = Console(file=io.StringIO(), record=True, width=100)
    for block in describe("colours", [tmp_path], [], offline=True):
        console.print(block)
    shown = console.export_text()
    assert len(shown) < 5000 and "characters)" in shown
