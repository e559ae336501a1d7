"""Escaping of foreign text for Markdown and HTML: no markup, links or hidden characters."""

import re

from bench.visible import visible

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$@]|:(?=/)|(?<=www)\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(text: str) -> str:
    """Escape a text so that Markdown, HTML and table cells all show it literally."""
    # An entity's own `&` and `;` carry no meaning in Markdown, so this order is safe.
    return _SPECIAL.sub(r"\\\1", as_html(text))


def as_html(text: str) -> str:
    """Escape a text so that HTML shows it literally, on one line."""
    return "".join(_ENTITIES.get(c, c) for c in visible(" ".join(text.split())))


def fenced(text: str, kind: str) -> str:
    """Return a fenced code block whose fence is longer than any in the text."""
    text = visible(text)
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{kind}\n{text}\n{ticks}"
