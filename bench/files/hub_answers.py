"""Validation of a Hub server's responses: hashes, file names and sizes."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bench.errors import quoted

LARGEST_FILE = 50 * 10**9
"""Largest size of a downloaded file in bytes; the Hub's own library has the same limit for
HTTP."""
LARGEST_LISTED = 2**40
"""Largest size of a file in a listing, in bytes."""
LARGEST_LISTING = 64 * 2**20
"""Largest size in bytes of a listing, and of any response without an announced size."""
MOST_NAMES = 100_000
COMMIT = re.compile(r"[0-9a-f]{40}")
HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ETAG = re.compile(r'(?:W/)?"?([^"]*)"?')
_LISTS = re.compile(r"/api/(?:models|datasets)/.+/(?:tree|paths-info)(?:/|$)")
_FACTS = re.compile(r"/api/(?:models|datasets)/[^/]+(?:/[^/]+)?(?:/revision/[^/]+)?/?$")


def refuse_headers(response: Any) -> None:
    """Refuse a response with invalid headers.

    Raises:
        ValueError: the commit, the ETag or a size is malformed, the body is compressed although
            that was not requested, or the next page is at another address; the message names the
            value.
    """
    headers, request = response.headers, response.request
    commit = headers.get("X-Repo-Commit")
    if commit is not None and not COMMIT.fullmatch(commit):
        raise ValueError(f"the server sent an invalid commit, {quoted(commit)}")
    if headers.get("Content-Encoding", "identity") != "identity" and request.method == "GET":
        raise ValueError("the server sent a compressed answer although none was asked for")
    if request.method == "HEAD" and response.status_code < 400:
        _refuse_etag(response)
    size_of(response)
    if link := response.links.get("next", {}).get("url"):
        own, target = urlsplit(str(request.url)), urlsplit(link)
        if (own.scheme, own.netloc, own.path) != (target.scheme, target.netloc, target.path):
            raise ValueError(f"the server continues at another address, {quoted(target.netloc)}")


def _refuse_etag(response: Any) -> None:
    for name in ("X-Linked-ETag", "ETag"):
        value = response.headers.get(name)
        if value is None or HASH.fullmatch(_bare(value)):
            continue
        if name == "ETag" and (
            response.has_redirect_location or "X-Linked-ETag" in response.headers
        ):
            # The redirect's own ETag: the library must not name a file by it.
            del response.headers[name]
            continue
        raise ValueError(f"the server sent an ETag that is not a hash, {quoted(value)}")


def _bare(etag: str) -> str:
    match = _ETAG.fullmatch(etag)
    return match[1] if match else ""


def size_of(response: Any) -> int:
    """Return the announced size of a file in bytes; 0 if none is announced and none is required.

    Raises:
        ValueError: the size is malformed or absurd, or a file is announced without one.
    """
    sizes = [response.headers.get(name) for name in ("X-Linked-Size", "Content-Length")]
    if part := response.headers.get("Content-Range"):
        sizes.append(part.rpartition("/")[2])
    for value in sizes:
        if value is not None and not (
            value.isascii() and value.isdigit() and int(value) <= LARGEST_FILE
        ):
            raise ValueError(f"the server sent an invalid file size, {quoted(value)}")
    stated = [int(value) for value in sizes if value is not None]
    if not stated and response.request.method == "HEAD" and response.status_code == 200:
        raise ValueError("the server did not send the size of a file")
    return max(stated, default=0)


def lists_files(path: str) -> bool:
    """Return True if the path is that of a repository's metadata, or of a listing of its files."""
    return bool(_LISTS.search(path) or _FACTS.search(path))


def refuse_listing(response: Any, path: str) -> None:
    """Refuse metadata on a repository, or a listing of its files, with invalid contents.

    Args:
        response: the response, whose body has not been read yet.
        path: the path of the original request, before redirects.

    Raises:
        ValueError: the body is not JSON or has another structure, or a name, hash or size in it is
            malformed.
    """
    if not lists_files(path):
        return
    try:
        answer = json.loads(response.read())
    except (ValueError, RecursionError):
        raise ValueError("the server's answer is not JSON") from None
    if _LISTS.search(path):
        _refuse_entries(answer, "path")
    elif not isinstance(answer, dict) or not COMMIT.fullmatch(str(answer.get("sha"))):
        raise ValueError(f"the server's answer names no commit, {quoted(answer)}")
    else:
        _refuse_entries(answer.get("siblings") or [], "rfilename")


def _refuse_entries(entries: object, key: str) -> None:
    if not isinstance(entries, list) or len(entries) > MOST_NAMES:
        raise ValueError(f"the server's answer is not a list of files, {quoted(entries)}")
    for entry in entries:
        if not isinstance(entry, dict):
            raise ValueError(f"the server lists an invalid entry, {quoted(entry)}")
        refuse_name(entry.get(key))
        _refuse_facts(entry)


def _refuse_facts(entry: Mapping[str, Any]) -> None:
    lfs = entry.get("lfs") or {}
    if not isinstance(lfs, dict):
        raise ValueError(f"the server lists a file with invalid properties, {quoted(lfs)}")
    hashes: Iterable[object] = (entry.get("oid"), entry.get("blobId"), lfs.get("oid"))
    for value in (*hashes, lfs.get("sha256")):
        if value is not None and not HASH.fullmatch(str(value)):
            raise ValueError(f"the server lists a file with an invalid hash, {quoted(value)}")
    for size in (entry.get("size"), lfs.get("size")):
        if size is not None and not (type(size) is int and 0 <= size <= LARGEST_LISTED):
            raise ValueError(f"the server lists a file with an invalid size, {quoted(size)}")
    if entry.get("type") == "file" and entry.get("size") is None:
        raise ValueError(f"the server lists {quoted(entry.get('path'))} without its size")


def refuse_name(name: object) -> None:
    """Refuse a name that must not become a path below a folder.

    Raises:
        ValueError: it is not a file name, or leads out of the folder.
    """
    plain = isinstance(name, str) and name.isprintable() and not {"\\", ":"} & {*name}
    if not (plain and isinstance(name, str)) or len(name) > 1000 or _leads_out(name):
        raise ValueError(f"the server lists an invalid file name, {quoted(name)}")


def _leads_out(name: str) -> bool:
    return any(part in ("", ".", "..") for part in name.split("/"))
