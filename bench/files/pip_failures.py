"""Why pip failed, in a line: its own last line is seldom the reason."""

import os
import re
from urllib.parse import urlsplit

from bench.redaction import redact

_BROKEN = re.compile(r"connection broken by ['\"](?P<error>.*)['\"]: /", re.IGNORECASE)
_REASONS = (
    re.compile(r"\[Errno -?\d+\] (?P<reason>[^'\"()<>]+)"),
    re.compile(r"(?P<reason>certificate verify failed: [^'\"()<>]+)"),
    re.compile(r"(?P<reason>Tunnel connection failed: [^'\"()<>]+)"),
    re.compile(r"(?P<reason>(?:read |connect(?:ion)? )?timed out)", re.IGNORECASE),
)
_RAISED = re.compile(r"(?:[\w.]+\.)?\w*(?:Error|Exception|Timeout): (?P<reason>.+)")
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")


def reason(output: str) -> str:
    """Return pip's reason for not downloading a file.

    Args:
        output: what pip wrote to standard error.
    """
    lines = output.strip().splitlines()
    broken = [match["error"] for line in lines if (match := _BROKEN.search(line))]
    if broken:
        return redact(_no_connection(broken[-1]))
    raised = [match["reason"] for line in lines if (match := _RAISED.match(line.strip()))]
    if raised and "Traceback" in output:
        return redact(raised[-1])
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return redact([*(errors or lines), "pip gave no reason"][max(0, len(errors or lines) - 1)])


def _no_connection(error: str) -> str:
    found = next((match for form in _REASONS if (match := form.search(error))), None)
    why = found["reason"].strip() if found else error.split("(")[0]
    if "ProxyError" in error:
        return f"the proxy{_proxy()} cannot be reached: {why}"
    if "certificate" in why:
        return f"the package index is not trusted: {why}"
    return f"the package index cannot be reached: {why}"


def _proxy() -> str:
    """Return the proxy's address and the variable that names it, without any password."""
    for name in PROXIES:
        if value := os.environ.get(name):
            parts = urlsplit(value if "//" in value else f"//{value}")
            try:
                port = f":{parts.port}" if parts.port else ""
            except ValueError:
                port = ""
            return f" {parts.hostname or '?'}{port} ({name})"
    return ""
