"""Ways in which a file arrives damaged: cut, doubled, re-encoded, emptied, rows too short or too long."""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["WAYS", "lines_of"]


def lines_of(data: bytes) -> list[bytes]:
    """Split a file at its line ends, which stay with their lines."""
    return data.splitlines(keepends=True)


def cut(data: bytes, chance: random.Random) -> bytes:
    """End inside a row: a byte of it is there, and a byte before its line end is not."""
    lines = lines_of(data)
    long_enough = [n for n, line in enumerate(lines) if n > 1 and len(line.rstrip(b"\r\n")) > 2]
    at = chance.choice(long_enough)
    row = lines[at].rstrip(b"\r\n")
    return b"".join(lines[:at]) + row[: chance.randrange(1, len(row) - 1)]


def doubled(data: bytes, chance: random.Random) -> bytes:
    """Hold everything twice, header included."""
    return data + data


def in_utf_16(data: bytes, chance: random.Random) -> bytes:
    """Be saved as UTF-16."""
    return data.decode("utf-8-sig").encode("utf-16")


def in_windows_1252(data: bytes, chance: random.Random) -> bytes:
    """Be saved as Windows-1252, with a letter that UTF-8 writes otherwise."""
    lines = lines_of(data)
    at = chance.randrange(1, len(lines))
    lines[at] = lines[at].replace(b"a", b"\xc3\xa9", 1)
    return b"".join(lines).decode("utf-8-sig").encode("cp1252", errors="replace")


def emptied(data: bytes, chance: random.Random) -> bytes:
    """Hold nothing, or nothing but a line end."""
    return chance.choice([b"", b"\r\n", b"\xef\xbb\xbf"])


def short_rows(data: bytes, chance: random.Random) -> bytes:
    """Lack what stands after the last comma, or brace, in some rows."""
    lines = lines_of(data)
    for at in chance.sample(range(1, len(lines)), min(3, len(lines) - 1)):
        row = lines[at].rstrip(b"\r\n")
        mark = b"}" if row.startswith(b"{") else (b";" if row.count(b";") > row.count(b",") else b",")
        lines[at] = row.rpartition(mark)[0] + lines[at][len(row) :]
    return b"".join(lines)


def long_rows(data: bytes, chance: random.Random) -> bytes:
    """Hold cells beyond the header in some rows."""
    lines = lines_of(data)
    for at in chance.sample(range(1, len(lines)), min(3, len(lines) - 1)):
        row = lines[at].rstrip(b"\r\n")
        mark = b";" if row.count(b";") > row.count(b",") else b","
        lines[at] = row + mark + b"surplus" + lines[at][len(row) :]
    return b"".join(lines)


WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cut": cut,
    "doubled": doubled,
    "in UTF-16": in_utf_16,
    "in Windows-1252": in_windows_1252,
    "emptied": emptied,
    "short rows": short_rows,
    "long rows": long_rows,
}
