"""Foreign text in Markdown that stays text: no markup, no link, no HTML, no hidden character."""

import re

from bench.visible import visible

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$@]|:(?=/)|(?<=www)\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(text: str) -> str:
    """Text that Markdown, HTML and a table's cell all show as it is."""
    # An entity's own `&` and `;` carry no meaning in Markdown, so this order is safe.
    return _SPECIAL.sub(r"\\\1", as_html(text))


def as_html(text: str) -> str:
    """Text that HTML shows as it is, on one line."""
    return "".join(_ENTITIES.get(c, c) for c in visible(" ".join(text.split())))


def fenced(text: str, kind: str) -> str:
    """A block of code that no text can end before its time."""
    text = visible(text)
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{kind}\n{text}\n{ticks}"
