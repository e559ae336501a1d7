"""Where a log-in may be sent: to the server that it is for, and encrypted."""

import ipaddress
from urllib.parse import urlsplit

HOME = "https://huggingface.co"
"""Where the Hub's log-ins come from."""
_PORTS = {"http": 80, "https": 443}


def may_have_token(url: str, endpoint: str) -> bool:
    """Whether a request may carry the user's log-in.

    Args:
        url: where it goes.
        endpoint: the server that the user chose.
    """
    return _origin(url) in (_origin(endpoint), _origin(HOME)) and not is_open(url)


def is_open(url: str) -> bool:
    """Whether what is sent there can be read on the way: no TLS, and not on this machine."""
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
