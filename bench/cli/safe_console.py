"""The only path to the terminal: no foreign text controls it, and no encoding ends a command."""

import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from bench.visible import visible


class SafeConsole(Console):
    """A console that shows control and invisible characters in its output as visible symbols.

    Args:
        stderr: whether to print to standard error.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        # Emoji codes stay literal: `:smile:` is printed as such.
        super().__init__(stderr=stderr, emoji=False)

    def render_str(self, text: str, **layout: Any) -> Text:
        """Turn markup into a text, with control characters made visible before it is measured."""
        return super().render_str(visible(text), **layout)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Make control characters visible in the final output, including texts constructed
        directly."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)


class _Guarded:
    """A stream for output that bypasses the console: warnings, logs, tracebacks.

    Args:
        stream: the real stream, kept under the attribute by which rich finds it: rich's own escape
            sequences must pass.
    """

    def __init__(self, stream: TextIO) -> None:
        self.rich_proxied_file = stream

    def write(self, text: str) -> int:
        # Libraries' progress bars return to the start of their line.
        shown = "\r".join(map(visible, text.split("\r")))
        return self.rich_proxied_file.write(shown)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rich_proxied_file, name)


def guard_streams() -> None:
    """Make control characters visible in all output of the process; characters that its encoding
    lacks become `?`."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
            setattr(sys, name, _Guarded(stream))


def print_file(text: str) -> None:
    """Print a file's text on standard output, in UTF-8 as in a file; on a terminal, in its own
    encoding."""
    if sys.stdout.isatty() or not hasattr(sys.stdout, "buffer"):
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
