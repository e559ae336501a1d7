"""The one way to the terminal: nothing foreign steers it, and no encoding ends a command."""

import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from bench.visible import visible


class SafeConsole(Console):
    """A console that shows control and invisible characters of whatever it prints as signs.

    Args:
        stderr: whether it prints to standard error.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        # A text that says `:smile:` says just that.
        super().__init__(stderr=stderr, emoji=False)

    def render_str(self, text: str, **layout: Any) -> Text:
        """Markup as a text, made visible before anything measures it."""
        return super().render_str(visible(text), **layout)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """What is printed in the end: also texts that were made by hand are made visible."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)


class _Guarded:
    """A stream for all that does not print through a console: warnings, logs, tracebacks.

    Args:
        stream: the real one, which a console of rich looks for under this very name: its own
            escapes are meant.
    """

    def __init__(self, stream: TextIO) -> None:
        self.rich_proxied_file = stream

    def write(self, text: str) -> int:
        # Progress bars of libraries go back to the start of their line.
        shown = "\r".join(map(visible, text.split("\r")))
        return self.rich_proxied_file.write(shown)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rich_proxied_file, name)


def guard_streams() -> None:
    """Have whatever the process prints made visible; what its encoding lacks becomes a `?`."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
            setattr(sys, name, _Guarded(stream))


def print_file(text: str) -> None:
    """Put a file's text on standard output, in UTF-8 as in a file; on a terminal, as its encoding
    has it."""
    if sys.stdout.isatty() or not hasattr(sys.stdout, "buffer"):
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
