"""A model's own chat form as it is used here: on one fixed day, and as a digest for result keys.

Some forms write today's date into every prompt. Then prompts would differ from day to day, and runs
of two days would be compared as if they had asked the same.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError

from bench.errors import UserError

NOW = "strftime_now"
"""The function of the transformers library by which a form asks for the date."""
DAY = {
    "%-d": "26", "%-m": "7", "%-H": "12", "%-I": "12", "%-M": "0", "%-S": "0", "%-y": "24",
    "%a": "Fri", "%A": "Friday", "%b": "Jul", "%h": "Jul", "%B": "July", "%p": "PM",
    "%d": "26", "%e": "26", "%m": "07", "%y": "24", "%Y": "2024", "%G": "2024", "%C": "20",
    "%H": "12", "%I": "12", "%M": "00", "%S": "00", "%f": "000000", "%j": "208", "%u": "5",
    "%w": "5", "%U": "29", "%W": "30", "%V": "30", "%s": "1721995200", "%z": "+0000", "%Z": "UTC",
    "%F": "2024-07-26", "%D": "07/26/24", "%x": "07/26/24", "%T": "12:00:00", "%X": "12:00:00",
    "%R": "12:00", "%c": "Fri Jul 26 12:00:00 2024", "%n": "\n", "%t": "\t", "%%": "%",
}  # fmt: skip
"""Noon of 26 July 2024, the day that Llama 3's form names where it cannot ask, by the directives of
`strftime`."""
FORM_FILES = ("chat_template.jinja", "tokenizer_config.json", "special_tokens_map.json")
"""Files of a model's folder that say what its chat form renders."""
TURNS = (
    {"role": "system", "content": "Answer with one label."},
    {"role": "user", "content": "Text: it's {{ fine }}\n\nLabel:"},
    {"role": "assistant", "content": "positive"},
    {"role": "user", "content": "  <b>and</b> this? "},
)
"""What a form is rendered with for its digest: whole, without the system turn, and for a reply."""


def on_a_fixed_day(form: str) -> str:
    """The form with a date that never changes, in place of the function that asks for it."""
    if NOW not in form:
        return form
    filled = "format" + "".join(f" | replace({k!r}, {v!r})" for k, v in DAY.items())
    # The plus keeps a line break at the form's beginning.
    return f"{{%- macro {NOW}(format) -%}}{{{{ {filled} }}}}{{%- endmacro +%}}{form}"


def own_form(tokenizer: Any) -> str:
    """The chat form of a tokenizer of the transformers library: of several, the usual one."""
    form = tokenizer.chat_template
    return form if isinstance(form, str) else str(tokenizer.get_chat_template())


def refuse_random(form: str) -> None:
    """Refuse a form that writes something else each time: no result could be repeated.

    Raises:
        UserError: it uses Jinja's `random` or `lipsum`.
    """
    for _, kind, value in Environment().lex(form):
        if kind in ("name", "string") and value.strip("'\"") in ("random", "lipsum"):
            raise UserError(
                f"this model's chat form draws at random ({value}), so that no result could be "
                "repeated; choose another form, such as template=llama2_chat"
            )


def form_digest(folder: Path) -> str:
    """sha256 of how a model folder's chat form renders fixed turns; "" where there is none."""
    own, configuration, special = (folder / name for name in FORM_FILES)
    settings = _settings(configuration)
    form = own.read_text("utf-8", "replace") if own.is_file() else _form(settings)
    if not form:
        return ""
    marks = {**_marks(_settings(special)), **_marks(settings)}
    shown = [_shown(form, turns, marks) for turns in (TURNS, TURNS[1:], TURNS[:2])]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _settings(path: Path) -> Mapping[str, Any]:
    try:
        settings = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def _form(settings: Mapping[str, Any]) -> str:
    """The form in a tokenizer's configuration: of several, the usual one."""
    form = settings.get("chat_template")
    if isinstance(form, list):
        named = {str(one.get("name")): one.get("template") for one in form if isinstance(one, dict)}
        form = named.get("default")
    return form if isinstance(form, str) else ""


def _marks(settings: Mapping[str, Any]) -> dict[str, str]:
    """Special tokens by name, as `bos_token`; some files keep each as a table of its properties."""
    values = {
        name: value.get("content") if isinstance(value, dict) else value
        for name, value in settings.items()
        if name.endswith("_token")
    }
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _shown(form: str, turns: tuple[dict[str, str], ...], marks: Mapping[str, str]) -> str:
    # Takes most of a second, without torch.
    from transformers.utils import chat_template_utils

    render: Any = chat_template_utils.render_jinja_template
    reply = turns[-1]["role"] == "user"
    try:
        texts, _ = render(
            [list(turns)],
            chat_template=on_a_fixed_day(form),
            add_generation_prompt=reply,
            **marks,
        )
    except TemplateError as refusal:
        return f"refused: {refusal}"
    return str(texts[0])
