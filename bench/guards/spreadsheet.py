"""Escaping of text for spreadsheet cells, so that it is never evaluated as a formula."""

import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FORMULA = re.compile(r"'*([\t\r\n]|\s*[=+\-@＝＋－＠])")


def quoted_cell(text: str) -> str:
    """Return the text, preceded by an apostrophe if a spreadsheet would evaluate it."""
    return f"'{text}" if _acts(text) else text


def unquoted_cell(cell: str) -> str:
    """Invert `quoted_cell`."""
    return cell[1:] if cell[:1] == "'" and _acts(cell[1:]) else cell


def _acts(text: str) -> bool:
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)
