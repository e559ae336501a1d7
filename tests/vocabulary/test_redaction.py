"""Secrets are taken out of what is shown and stored, and ordinary words are left."""

import os
import threading
from pathlib import Path

import pytest

from bench.redaction import redact

SECRETS = (
    "hf_abcdefghijklmnopqrst",
    "gho_abcdefghijklmnop1234",
    "ghs_abcdefghijklmnop1234",
    "glpat-abcdefghij_klmnop12",
    "xoxb-1234567890-abcdefgh",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "npm_abcdefghijklmnopqrstuvwxyz0123456789",
    "pypi-AgEIcHlwaS5vcmcCJDEyMzQ",
    "sk_live_abcdefgh1234abcd",
    "ya29.abcdefghijk1234",
    "glptt-abcdefgh1234567890",
    "xapp-1-A1-abcdef123456",
    "SG.abcdefghijklmnop.qrstuvwxyz1234",
    "api_org_abcdefghijklmnop",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
)
BESIDE = {
    "https://tok3nuser@index.example/simple": "https://[redacted]@index.example/simple",
    "https://me:p@ss@host/x": "https://[redacted]@host/x",
    "Authorization: Bearer abcdefgh.ijkl": "Authorization: Bearer [redacted]",
    "http://h/x?a=1&api_key=s3cr3t&b=2": "http://h/x?a=1&api_key=[redacted]&b=2",
    "http://h/x#access_token=0a1b": "http://h/x#access_token=[redacted]",
    "//me:p4ss@host/x": "//[redacted]@host/x",
    r"{'u': 'https:\/\/me:p4ss@host'}": r"{'u': 'https:\/\/[redacted]@host'}",
    "to https%3A%2F%2Fme%3Ap4ss%40host": "to https%3A%2F%2F[redacted]%40host",
    "Set-Cookie: sid=abcdef; b": "Set-Cookie: [redacted]",
    "{'X-Api-Key': 'abcdefgh1'}": "{'X-Api-Key': '[redacted]'}",
    "db_password=hunter2 at h": "db_password=[redacted] at h",
    "HF_TOKEN=abcdefgh1 bench": "HF_TOKEN=[redacted] bench",
    "http://h/x?X-Amz-Signature=0a1b": "http://h/x?X-Amz-Signature=[redacted]",
}
PLAIN = (
    "hf_hub_download of hf_transfer failed",
    "scikit-learn, sk-x, npm_config_cache, a keyword=value",
    "https://host/a?author=x&keyboard=y mail me@host",
    "/tmp/user@host/file",
    "the token: [UNK], api_key=None, eos_token='</s>', //someone@host, glove-wiki-gigaword",
)
NAMES = ("MY_CREDENTIAL", "PGPASS", "MYSQL_PWD", "AWS_ACCESS_KEY_ID", "SESSION_COOKIE", "OAUTH_X")
NAMES += ("GITHUB_PAT", "MY_JWT", "TOKEN1", "GPG_PIN", "MY_PSWD", "SENTRY_DSN", "PASSCODE")
ORDINARY = ("KEYBOARD", "SSH_AUTH_SOCK", "PWD", "OLDPWD", "AUTHOR", "TOKENIZERS_X", "XDG_SEAT_PATH")


@pytest.mark.parametrize("secret", SECRETS)
def test_known_forms_are_taken_out(secret: str) -> None:
    assert redact(f"({secret})") == "([redacted])"


@pytest.mark.parametrize("text", BESIDE)
def test_what_stands_around_a_secret_stays(text: str) -> None:
    assert redact(text) == BESIDE[text]


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("name", NAMES)
def test_variables_named_for_secrets_are_taken_out(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "s3cr3t/valu99")
    assert redact("a s3cr3t/valu99 and s3cr3t%2Fvalu99") == "a [redacted] and [redacted]"


@pytest.mark.parametrize("name", ORDINARY)
def test_variables_that_only_sound_like_it_stay(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "ordinary words")
    assert redact("ordinary words") == "ordinary words"


def test_the_working_folder_stays_whatever_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_KEYS", str(tmp_path))
    assert redact(f"{tmp_path}/x") == f"{tmp_path}/x"


def test_a_short_value_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "majority"[:7])
    assert redact("majority") == "majority"


def test_names_that_are_no_utf8_can_be_stored() -> None:
    assert redact(os.fsdecode(b"x\xff")).encode() == rb"x\xff"


def test_a_variable_may_vanish_while_the_environment_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BENCH_NOT_TO_STAY", "a value long enough")
    done = threading.Event()

    def come_and_go() -> None:
        while not done.is_set():
            os.environ.pop("BENCH_NOT_TO_STAY", None)
            os.environ["BENCH_NOT_TO_STAY"] = "a value long enough"

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        assert {redact("nothing secret") for _ in range(800)} == {"nothing secret"}
    finally:
        done.set()
        other.join()
