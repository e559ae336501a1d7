"""From a file's bytes to text: compression, encodings and line ends, found by content."""

from dataclasses import dataclass
from pathlib import Path

from bench.errors import DataError, UserError
from bench.files.reading.material import Fault

MOST = 16 * 2**30
"""Largest size of an unpacked file in bytes: a small archive can hold endless zeros."""
_CODECS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2"}
_BOMS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig",
}
# Code pages that people's files have; an open search finds exotic ones on short texts.
_PAGES = """
cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp874 koi8_r iso8859_2 iso8859_15
shift_jis euc_jp gb18030 big5 euc_kr
""".split()  # noqa: SIM905 - a list of 16 strings is harder to read
_CENTRAL_PAGES = ("cp1250", "iso8859_2")
_CENTRAL = frozenset(["bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "sr"])
_WESTERN = frozenset(
    ["ca", "da", "de", "en", "es", "eu", "fi", "fr", "gl", "is", "it", "nl", "no", "pt", "sv"]
)
_LOOKED_AT = 400
"""Number of lines by whose language code pages are told apart."""


@dataclass(frozen=True)
class Text:
    """A file's text without byte-order mark, its lines ending in "\\n" or "\\r\\n"."""

    text: str
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def beginning(path: Path) -> bytes:
    """Return the first bytes of a file, up to a megabyte.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(2**20)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def unpacked(path: Path) -> tuple[bytes, str]:
    """Return a file's bytes, unpacked if they are compressed, and the codec or "".

    Raises:
        UserError: there is no such file, or it cannot be read.
        DataError: the compressed data is broken or unpacks to more than 16 GiB.
    """
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            head = file.read(4)
        codec = next((name for mark, name in _CODECS.items() if head.startswith(mark)), "")
        if not codec:
            return path.read_bytes(), ""
        with pa.OSFile(str(path)) as raw, pa.CompressedInputStream(raw, codec) as stream:
            content: bytes = stream.read(MOST + 1)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.strerror and error.errno:
            raise UserError(f"{path}: {error.strerror}") from None
        raise DataError(f"{path}: the {codec} data is broken or cut short ({error})") from None
    if len(content) > MOST:
        raise DataError(f"{path}: unpacks to more than {MOST >> 30} GiB")
    return content, codec


def decoded(raw: bytes, source: str) -> Text:
    """Return bytes as text.

    UTF-8 unless a byte-order mark says otherwise. A few lines in another encoding are read as
    Windows-1252 and counted; a file in another encoding is read as what `charset-normalizer` finds.

    Raises:
        DataError: it is no text in any known encoding, or contains NUL bytes.
    """
    text = _marked(raw, source) or _unmarked(raw) or _utf8(raw) or _foreign(raw, source)
    if "\0" in text.text:
        line = text.text.count("\n", 0, text.text.index("\0")) + 1
        raise DataError(f"{source}, line {line}: contains a NUL byte; is it a text file?")
    if "\r" in text.text and "\n" not in text.text:
        notes = (*text.notes, "lines end in CR alone, as on old Macs")
        return Text(text.text.replace("\r", "\n"), notes, text.faults)
    return text


def _marked(raw: bytes, source: str) -> Text | None:
    encoding = next((name for mark, name in _BOMS.items() if raw.startswith(mark)), "")
    if not encoding or encoding == "utf-8-sig":
        return None
    try:
        return Text(raw.decode(encoding), (f"encoded in {encoding.upper()}",))
    except UnicodeDecodeError as error:
        raise DataError(
            f"{source}: begins as {encoding.upper()}, but byte {error.start + 1:,} is not; "
            "save the file as UTF-8"
        ) from None


def _unmarked(raw: bytes) -> Text | None:
    """Return UTF-16 without a byte-order mark as text; it can be valid UTF-8 full of NULs."""
    if b"\0" not in raw:
        return None
    found = next((name for name in ("utf-16-le", "utf-16-be") if _is_utf16(raw, name)), "")
    return Text(raw.decode(found), (f"encoded in {found.upper()}",)) if found else None


def _utf8(raw: bytes) -> Text | None:
    try:
        return Text(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None


def _foreign(raw: bytes, source: str) -> Text:
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    odd = tuple(n for n, line in enumerate(lines, 1) if not line.isascii() and not _utf8(line))
    other = sum(not line.isascii() for line in lines) - len(odd)
    if other > len(odd) and b"\0" not in raw:
        mixed = [
            line.decode("cp1252", "replace") if not _utf8(line) else line.decode("utf-8")
            for line in lines
        ]
        note = "mostly UTF-8; the other lines were read as Windows-1252"
        return Text("\n".join(mixed), (note,), (Fault("decoding", odd),))
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise DataError(
            f"{source}, line {line}: contains a NUL byte and is not UTF-8; is it a text file?"
        )
    encoding = _found(raw)
    if not encoding:
        bad = lines[odd[0] - 1]
        place = next(k for k in range(len(bad)) if bad[k] > 127)
        raise DataError(
            f"{source}, line {odd[0]}: not UTF-8 (byte 0x{bad[place]:02x} at position {place + 1}) "
            "and no other known encoding; save the file as UTF-8"
        )
    text = raw.decode(encoding)
    note = f"not UTF-8: read as {_named(encoding)}"
    return Text(text, (note,), (Fault("decoding", odd),))


def _found(raw: bytes) -> str:
    """Return the likely encoding, or ""."""
    # Imported on first use: it is slow.
    from charset_normalizer import from_bytes

    matches = from_bytes(raw, cp_isolation=list(_PAGES))
    best = matches.best()
    if best is None:
        return ""
    # Short texts of Western Europe fit several pages equally well; this one is the most frequent.
    equal = [m for m in matches if m.chaos <= best.chaos and m.coherence >= best.coherence - 0.1]
    western = any("cp1252" in m.could_be_from_charset for m in equal)
    western = western or (best.encoding in _CENTRAL_PAGES and not _is_central(raw))
    return "cp1252" if western else best.encoding


def _is_central(raw: bytes) -> bool:
    """Return whether a text in an encoding of Central or Western Europe, which give most bytes a
    letter each, is in a language of Central Europe: it looks like one even in the wrong letters."""
    import py3langid  # half a second

    lines = [line for line in raw.split(b"\n") if not line.isascii()][:_LOOKED_AT]
    ranked = py3langid.rank(b"\n".join(lines).decode("cp1252", "replace"))
    return next((code in _CENTRAL for code, _ in ranked if code in _CENTRAL | _WESTERN), False)


def _is_utf16(raw: bytes, encoding: str) -> bool:
    """Return whether text without a mark is UTF-16: every other byte of its line ends is NUL."""
    end = "\n".encode(encoding)
    try:
        return len(raw) % 2 == 0 and end in raw and "\0" not in raw.decode(encoding)
    except UnicodeDecodeError:
        return False


def _named(encoding: str) -> str:
    return f"Windows-{encoding[2:]}" if encoding.startswith("cp12") else encoding.upper()
