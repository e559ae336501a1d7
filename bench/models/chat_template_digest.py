"""Chat templates made reproducible: rendered with a fixed date, and digested for result keys.

Some templates write today's date into every prompt. Prompts would then change from day to day, and
runs of different days would be compared as if they had used the same ones.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from jinja2 import Environment, TemplateError

from bench.errors import UserError

NOW = "strftime_now"
"""The function of the transformers library that gives a template the date."""
DAY = {
    "%-d": "26", "%-m": "7", "%-H": "12", "%-I": "12", "%-M": "0", "%-S": "0", "%-y": "24",
    "%a": "Fri", "%A": "Friday", "%b": "Jul", "%h": "Jul", "%B": "July", "%p": "PM",
    "%d": "26", "%e": "26", "%m": "07", "%y": "24", "%Y": "2024", "%G": "2024", "%C": "20",
    "%H": "12", "%I": "12", "%M": "00", "%S": "00", "%f": "000000", "%j": "208", "%u": "5",
    "%w": "5", "%U": "29", "%W": "30", "%V": "30", "%s": "1721995200", "%z": "+0000", "%Z": "UTC",
    "%F": "2024-07-26", "%D": "07/26/24", "%x": "07/26/24", "%T": "12:00:00", "%X": "12:00:00",
    "%R": "12:00", "%c": "Fri Jul 26 12:00:00 2024", "%n": "\n", "%t": "\t", "%%": "%",
}  # fmt: skip
"""`strftime` directive -> its value at noon of 26 July 2024, the date that Llama 3's template uses
if it cannot get the current one."""
TEMPLATE_FILES = ("chat_template.jinja", "tokenizer_config.json", "special_tokens_map.json")
"""Files of a model's folder that determine what its chat template renders."""
TURNS = (
    {"role": "system", "content": "Answer with one label."},
    {"role": "user", "content": "Text: it's {{ fine }}\n\nLabel:"},
    {"role": "assistant", "content": "positive"},
    {"role": "user", "content": "  <b>and</b> this? "},
)
"""The conversation rendered for the digest: in full, without the system turn, and as a prompt."""
PATIENCE = 30.0
"""Time limit in seconds for rendering the turns; templates take milliseconds."""
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_DRAWING = ("random", "lipsum")
_REMEDY = "choose another template, such as template=llama2_chat"


def with_fixed_date(template: str) -> str:
    """Return the template with the function for the current date replaced by a fixed date."""
    if NOW not in template:
        return template
    expression = "format" + "".join(f" | replace({k!r}, {v!r})" for k, v in DAY.items())
    # The plus keeps a line break at the beginning of the template.
    return f"{{%- macro {NOW}(format) -%}}{{{{ {expression} }}}}{{%- endmacro +%}}{template}"


def own_template(tokenizer: Any) -> str:
    """Return the chat template of a `transformers` tokenizer; of several, the default one."""
    template = tokenizer.chat_template
    return template if isinstance(template, str) else str(tokenizer.get_chat_template())


def refuse_random(template: str) -> None:
    """Refuse a template with random output: no result could be reproduced.

    Raises:
        UserError: it uses Jinja's `random` or `lipsum`, or may do so through a computed name.
    """
    tokens = [
        (kind, value) for _, kind, value in Environment().lex(template) if kind != "whitespace"
    ]
    drawn = [v for kind, v in tokens if kind in ("name", "string") and v.strip("'\"") in _DRAWING]
    # `map` takes the name of a filter, which a template may compute.
    for place in range(len(tokens) - 3):
        (_, word), (_, mark), (kind, name), (_, behind) = tokens[place : place + 4]
        if (word, mark) == ("map", "(") and not _is_named(kind, name, behind):
            drawn.append(f"map({name}")
    if drawn:
        raise UserError(
            f"this model's chat template has random output ({drawn[0]}), so results could not be "
            f"reproduced; {_REMEDY}"
        )


def _is_named(kind: str, name: str, behind: str) -> bool:
    """Return True if the first argument of `map` is a literal name of a filter or attribute."""
    return kind == "operator" or (
        (kind == "string" and "\\" not in name and behind in (",", ")"))
        or (kind == "name" and behind == "=")
    )


def template_digest(folder: Path) -> str:
    """Return the sha256 of a fixed conversation rendered by a model folder's chat template; "" if
    the folder has none.

    Raises:
        UserError: the template does not terminate, or its output differs between processes.
    """
    template_file, configuration, special = (folder / name for name in TEMPLATE_FILES)
    settings = _settings(configuration)
    template = (
        template_file.read_text("utf-8", "replace")
        if template_file.is_file()
        else _configured_template(settings)
    )
    if not template:
        return ""
    marks = {**_marks(_settings(special)), **_marks(settings)}
    # Imported on first use, as it takes most of a second even without torch.
    from transformers.utils import chat_template_utils

    render: Any = chat_template_utils.render_jinja_template
    conversations = (TURNS, TURNS[1:], TURNS[:2])
    rendered = _in_time(
        lambda: [_rendered(render, template, turns, marks) for turns in conversations]
    )
    if any(map(_ADDRESS.search, rendered)):
        raise UserError(
            "this model's chat template prints a memory address, which differs between processes, "
            f"so results could not be reproduced; {_REMEDY}"
        )
    return hashlib.sha256(json.dumps(rendered).encode()).hexdigest()


def _settings(path: Path) -> Mapping[str, Any]:
    try:
        settings = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _configured_template(settings: Mapping[str, Any]) -> str:
    """Return the template in a tokenizer's configuration; of several, the default one."""
    template = settings.get("chat_template")
    if isinstance(template, list):
        named = {
            str(entry.get("name")): entry.get("template")
            for entry in template
            if isinstance(entry, dict)
        }
        template = named.get("default")
    return template if isinstance(template, str) else ""


def _marks(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return special tokens by name, as `bos_token`; some files store each as an object with
    properties."""
    values = {
        name: value.get("content") if isinstance(value, dict) else value
        for name, value in settings.items()
        if name.endswith("_token")
    }
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _in_time(render: Callable[[], list[str]]) -> list[str]:
    answer: SimpleQueue[list[str]] = SimpleQueue()
    # A thread cannot be killed: this one is abandoned if the template loops for ever.
    threading.Thread(target=lambda: answer.put(render()), daemon=True).start()
    try:
        return answer.get(timeout=PATIENCE)
    except Empty:
        raise UserError(
            f"this model's chat template did not finish within {PATIENCE:.0f} s; {_REMEDY}"
        ) from None


def _rendered(
    render: Any, template: str, turns: tuple[dict[str, str], ...], marks: Mapping[str, str]
) -> str:
    reply = turns[-1]["role"] == "user"
    try:
        texts, _ = render(
            [list(turns)],
            chat_template=with_fixed_date(template),
            add_generation_prompt=reply,
            **marks,
        )
    except TemplateError as refusal:
        return f"refused: {refusal}"
    except Exception as error:  # noqa: BLE001 - a template is a program, and may fail in any way
        return f"failed: {type(error).__name__}"
    return str(texts[0])
