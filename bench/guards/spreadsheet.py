"""Text in cells that a spreadsheet may open: shown as it is, never run as a formula."""

import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_FORMULA = re.compile(r"'*([\t\r\n]|\s*[=+\-@＝＋－＠])")


def quoted_cell(text: str) -> str:
    """The text with an apostrophe before what would be run; `unquoted_cell` takes it off."""
    return f"'{text}" if _acts(text) else text


def unquoted_cell(cell: str) -> str:
    """The text that `quoted_cell` was given."""
    return cell[1:] if cell[:1] == "'" and _acts(cell[1:]) else cell


def _acts(text: str) -> bool:
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)
