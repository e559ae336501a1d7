"""Removal of secrets from everything shown or stored, by their form and by the names of environment
variables."""

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bench.visible import without_halves

GONE = "[redacted]"
SHORTEST = 8
"""The fewest characters of an environment variable's value that is treated as a secret."""
_TOKEN = re.compile(
    r"\b(?:gh[oprsu]_|github_pat_|gl(?:pat|ptt|rt|dt|ft|cbt|imt|soat)-|sk-"
    r"|[rs]k_(?:live|test)_|ya29\.|do[opr]_v1_|xapp-)[A-Za-z0-9_-]{8,}"
    r"|\b(?:hf_|api_org_)[A-Za-z0-9]{10,}"
    r"|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]+"
    r"|\bnpm_[A-Za-z0-9]{16,}"
    r"|\bpypi-[A-Za-z0-9_-]{16,}"
    r"|\bxox[a-z]-[A-Za-z0-9-]{8,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bAIza[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_BEHIND = re.compile(
    # Credentials in a URL, with a password or without.
    r"(?P<login>:(?:\\?/){2})[^/\s]+(?=@)"
    r"|(?P<open>//)[^/\s:@]+:[^/\s]+(?=@)"
    r"|(?P<coded>%3A%2F%2F)[^/\s]{1,400}?(?=%40)"
    r"|(?P<cookie>\bcookie[\"']?\s*:\s*)[^\n]+"
    r"|(?P<named>(?:password|passwd|passphrase|secret|api[_-]?key|accountkey"
    r"|(?:access|auth|refresh|hf|private)[_-]token)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&\[]{6,}"
    r"|(?P<header>\b(?:bearer|authorization[\"']?\s*[:=]\s*[\"']?\w+)\s+)[\w.~+/=-]{8,}"
    r"|(?P<query>[?&;#][\w.-]*(?:password|passwd|pwd|pass|token|secret|key|auth|sig|signature"
    r"|credentials?|session|cookie)=)[^&;\s#\"'<>]+",
    re.IGNORECASE,
)
_SECRET_WORD = re.compile(
    r"\w*(?:TOKENS?|SECRETS?|PASS|PASSWORDS?|PASSWD|PASSPHRASE|PWD|CREDENTIALS?|KEYS?|COOKIES?)"
    r"|O?AUTH|SESSIONS?|PAT|JWT|BEARER|SIGNATURE|PIN|PASSCODES?|PSWD|PW|DSN|SALT"
)
_PLAIN_ENDS = {
    *("ADDRESS", "ALGORITHM", "BACKEND", "BUS", "CLASS", "DESKTOP", "DIR", "FILE", "LAYOUT"),
    *("LENGTH", "MANAGER", "METHOD", "MODE", "NAME", "PATH", "PROVIDER", "SEAT", "SOCK", "SOCKET"),
    *("TIMEOUT", "TTL", "TYPE", "USER"),
}
"""Last words of variable names that sound secret and are not, as in SSH_AUTH_SOCK."""
_DIGITS = "0123456789"
_PLAIN = {"PWD", "OLDPWD", "DESKTOP_SESSION", "GDMSESSION"}


def redact(text: str) -> str:
    """Return the text without tokens, keys, credentials in URLs and secrets of the environment.
    Lone surrogates, as in odd file names, are escaped, so that UTF-8 can encode the text."""
    for secret in _environment():
        text = text.replace(secret, GONE)
    return without_halves(_BEHIND.sub(_kept, _TOKEN.sub(GONE, text)))


def _kept(match: re.Match[str]) -> str:
    return f"{match[match.lastgroup or 0]}{GONE}"


def _environment() -> list[str]:
    """Return the values of secret variables, plain and URL-encoded, the longest first."""
    # Another thread may take a variable away meanwhile, at which `items()` raises.
    named = [(name, os.environ.get(name, "")) for name in list(os.environ)]
    values = {v for name, v in named if len(v) >= SHORTEST and _secret(name, v)}
    quoted = {quote(value, safe="", errors="replace") for value in values}
    return sorted(values | quoted, key=lambda value: (-len(value), value))


def _secret(name: str, value: str) -> bool:
    words = [word for word in re.split(r"[^A-Z0-9]+", name.upper()) if word]
    if name in _PLAIN or not words or words[-1] in _PLAIN_ENDS:
        return False
    # An existing path names a place, not a secret, and occurs in many messages.
    is_path = value.startswith(os.sep) and os.path.exists(value)  # noqa: PTH110 - of any length
    return not is_path and any(_SECRET_WORD.fullmatch(word.rstrip(_DIGITS)) for word in words)


def redacted(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with the secrets removed from all strings, at any depth of lists and
    dictionaries."""
    return {name: _redacted(value) for name, value in params.items()}


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return redacted(value)
    return [_redacted(v) for v in value] if isinstance(value, list | tuple) else value
