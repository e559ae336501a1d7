"""Rules for sending credentials: only to the server that they are for, and encrypted."""

import ipaddress
from urllib.parse import urlsplit

HOME = "https://huggingface.co"
"""The server that issues the Hub's tokens."""
_PORTS = {"http": 80, "https": 443}


def may_have_token(url: str, endpoint: str) -> bool:
    """Return True if a request may carry the user's token.

    Args:
        url: the address of the request.
        endpoint: the server that the user chose.
    """
    return _origin(url) in (_origin(endpoint), _origin(HOME)) and not is_open(url)


def is_open(url: str) -> bool:
    """Return True if a request to that address is unencrypted: no TLS, and not on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return (parts.hostname or "").lower() != "localhost"


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(scheme)
