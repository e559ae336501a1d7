"""The proxy that the environment names, for messages."""

import os
from urllib.parse import urlsplit

VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")


def proxy_named() -> str:
    """Return the proxy's address and the variable that names it, without user or password, as
    `proxy.example:3128 (HTTPS_PROXY)`; "" if there is none."""
    for name in VARIABLES:
        if value := os.environ.get(name):
            parts = urlsplit(value if "//" in value else f"//{value}")
            try:
                port = f":{parts.port}" if parts.port else ""
            except ValueError:
                port = ""
            return f"{parts.hostname or '?'}{port} ({name})"
    return ""
