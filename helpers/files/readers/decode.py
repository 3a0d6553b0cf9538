"""Decode a file to UTF-8, whatever its real encoding; problems become findings."""

from __future__ import annotations

import codecs
import re

from helpers.files.findings import Findings
from helpers.files.readers.json_lines import array_as_lines

__all__ = ["as_utf8", "read_text"]

MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
XML_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
MARK = "byte order mark"
NO_TEXT = re.compile(r"[\udc80-\udcff]")  # a byte that surrogateescape stands in for
WIDE = ("utf-16", "utf16", "utf-32", "utf32", "ucs-", "iso-10646")


def _recode(
    data: bytes, encoding: str, declared: str, findings: Findings, *, row: int | None, bad: str
) -> tuple[bytes, str]:
    """Decode bytes in an encoding other than the declared one.

    A byte order mark declares an encoding just as a layout does: only a guess, or a lost letter, is a
    finding.
    """
    try:
        lost: dict[int | None, str] = {}
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        lost = {row: bad} if encoding.startswith(WIDE) else _bytes_lost(data, encoding)
    if not lost and not (bad == MARK or _is_same(declared, encoding)):
        lost = {row: bad}
    rows, values = list(lost), list(lost.values())
    findings.add_rows(
        "text_not_decodable", "read_as", rows, value=values, expected=declared, read_as=encoding
    )
    return text.encode("utf-8"), encoding


def _bytes_lost(data: bytes, encoding: str) -> dict[int | None, str]:
    """Find the rows with a byte that is no text, and the first such byte of each."""
    lines = data.decode(encoding, "surrogateescape").split("\n")
    found = ((row, NO_TEXT.search(line)) for row, line in enumerate(lines, start=1))
    return {row: f"0x{ord(byte[0]) - 0xDC00:02X}" for row, byte in found if byte}


def _is_same(declared: str, encoding: str) -> bool:
    try:
        return codecs.lookup(declared) == codecs.lookup(encoding)
    except LookupError:
        return False


def as_utf8(data: bytes, declared: str, findings: Findings) -> bytes:
    """Convert a file's bytes to UTF-8 without a byte order mark; a JSON array becomes one record per line."""
    return read_text(data, declared, findings)[0]


def read_text(data: bytes, declared: str, findings: Findings) -> tuple[bytes, str | None]:
    """Convert a file's bytes to UTF-8 like `as_utf8`; also return an encoding other than declared."""
    text, encoding = _decoded(data, declared, findings)
    return array_as_lines(text), encoding


def _decoded(data: bytes, declared: str, findings: Findings) -> tuple[bytes, str | None]:
    marked = data.startswith(codecs.BOM_UTF8)
    if marked:
        data = data[len(codecs.BOM_UTF8) :]
        declared = "utf-8"
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _recode(data, encoding, declared, findings, row=None, bad=MARK)
    if data.isascii():
        if data.count(0) * 4 < len(data) or not data:
            return data, None
        encoding = "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
        return _recode(data, encoding, declared, findings, row=None, bad="every other byte is 0")
    own = XML_ENCODING.match(data)
    # An XML declaration readable byte by byte can't be in a two-byte encoding, whatever it claims.
    if own and not own[1].decode("ascii").lower().startswith(WIDE):
        declared = own[1].decode("ascii")
    if declared.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            if data.count(0) * 4 >= len(data):
                encoding = "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
            else:
                lenient = data.decode("utf-8", errors="replace")
                lost, accents = lenient.count("\ufffd"), len(lenient) - len(lenient.encode("ascii", "ignore"))
                # A file cut inside a letter, or damaged in one place, is still UTF-8.
                damaged = marked or lost * 10 <= accents or error.end == len(data)
                encoding = "utf-8" if damaged else "windows-1252"
            row = data.count(b"\n", 0, error.start) + 1
            return _recode(data, encoding, declared, findings, row=row, bad=f"0x{data[error.start]:02X}")
        return data, None
    try:
        return data.decode(declared).encode("utf-8"), None
    except (UnicodeDecodeError, LookupError):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return _recode(data, "latin-1", declared, findings, row=None, bad="bytes outside it")
        findings.add("text_not_decodable", "read_as", expected=declared, read_as="utf-8")
        return data, "utf-8"
