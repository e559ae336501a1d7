"""The reason for a failed download, out of what pip writes."""

import pytest

from bench.files.pip_failures import reason

RETRY = "WARNING: Retrying (Retry(total=0)) after connection broken by '{}': /simple/thing/\n"
END = "ERROR: No matching distribution found for thing==1\n"
REFUSED = "NewConnectionError('<x at 0x7f>: Failed to establish: [Errno 111] Connection refused')"
CASES = {
    RETRY.format(REFUSED) + END: "the package index cannot be reached: Connection refused",
    RETRY.format(
        "SSLError(SSLCertVerificationError(1, '[SSL: X] certificate verify failed: self-signed "
        "certificate (_ssl.c:1000)'))"
    )
    + END: "the package index is not trusted: certificate verify failed: self-signed certificate",
    RETRY.format('ReadTimeoutError("HTTPSConnectionPool(): Read timed out. (read timeout=15)")')
    + END: "the package index cannot be reached: Read timed out",
    "ERROR: Exception:\nTraceback (most recent call last):\n  File x\nOSError: no CA file\n": (
        "no CA file"
    ),
    END: "No matching distribution found for thing==1",
    "": "pip gave no reason",
}


@pytest.mark.parametrize("output", CASES)
def test_the_reason_is_told_in_a_line(output: str) -> None:
    assert reason(output) == CASES[output]


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hidden77@proxy.example:3128")
    said = reason(RETRY.format(f"ProxyError('Cannot connect to proxy.', {REFUSED})") + END)
    named = "the proxy proxy.example:3128 (HTTPS_PROXY) cannot be reached"
    assert said == f"{named}: Connection refused"
