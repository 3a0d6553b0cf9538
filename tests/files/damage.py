"""Ways in which a file arrives damaged: cut, doubled, re-encoded, emptied; rows, cells or heads spoilt."""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["COUNTABLE", "WAYS", "lines_of"]


def lines_of(data: bytes) -> list[bytes]:
    """Split a file at its line ends, which stay with their lines."""
    return data.splitlines(keepends=True)


def delimiter_of(row: bytes) -> bytes:
    """Tell what parts the cells of a row."""
    return max([b",", b";", b"\t", b"|"], key=row.count)


def some_rows(lines: list[bytes], chance: random.Random, few: int = 3) -> list[int]:
    """Choose a few rows below the first."""
    return chance.sample(range(1, len(lines)), min(few, len(lines) - 1))


def cut(data: bytes, chance: random.Random) -> bytes:
    """End inside a row: a byte of it is there, and a byte before its line end is not."""
    lines = lines_of(data)
    long_enough = [n for n, line in enumerate(lines) if n > 1 and len(line.rstrip(b"\r\n")) > 2]
    if not long_enough:
        return data[: chance.randrange(len(data))]
    at = chance.choice(long_enough)
    row = lines[at].rstrip(b"\r\n")
    return b"".join(lines[:at]) + row[: chance.randrange(1, len(row) - 1)]


def doubled(data: bytes, chance: random.Random) -> bytes:
    """Hold everything twice, header included."""
    return data + data


def in_utf_16(data: bytes, chance: random.Random) -> bytes:
    """Be saved as UTF-16, with a byte order mark or without."""
    return data.decode("utf-8-sig", errors="replace").encode(
        chance.choice(["utf-16", "utf-16-le", "utf-16-be"])
    )


def in_windows_1252(data: bytes, chance: random.Random) -> bytes:
    """Be saved as Windows-1252, with a letter that UTF-8 writes otherwise."""
    lines = lines_of(data)
    at = chance.randrange(1, len(lines)) if len(lines) > 1 else 0
    lines[at] = lines[at].replace(b"a", b"\xc3\xa9", 1)
    return b"".join(lines).decode("utf-8-sig", errors="replace").encode("cp1252", errors="replace")


def emptied(data: bytes, chance: random.Random) -> bytes:
    """Hold nothing, or nothing but a line end."""
    return chance.choice([b"", b"\r\n", b"\xef\xbb\xbf"])


def short_rows(data: bytes, chance: random.Random) -> bytes:
    """Lack what stands after the last comma, or brace, in some rows."""
    lines = lines_of(data)
    for at in some_rows(lines, chance):
        row = lines[at].rstrip(b"\r\n")
        mark = b"}" if row.startswith(b"{") else delimiter_of(row)
        lines[at] = row.rpartition(mark)[0] + lines[at][len(row) :]
    return b"".join(lines)


def long_rows(data: bytes, chance: random.Random) -> bytes:
    """Hold cells beyond the header in some rows."""
    lines = lines_of(data)
    for at in some_rows(lines, chance):
        row = lines[at].rstrip(b"\r\n")
        lines[at] = row + delimiter_of(row) + b"surplus" + lines[at][len(row) :]
    return b"".join(lines)


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """Hold its rows in another order, the header with them in one of three."""
    lines = lines_of(data)
    keep = 0 if chance.random() < 1 / 3 else 1
    rest = lines[keep:]
    chance.shuffle(rest)
    return b"".join(lines[:keep] + rest)


def with_rows_twice(data: bytes, chance: random.Random) -> bytes:
    """Hold some rows twice, and a blank one."""
    lines = lines_of(data)
    for at in some_rows(lines, chance):
        lines.insert(chance.randrange(1, len(lines) + 1), lines[at])
    lines.insert(chance.randrange(len(lines) + 1), b"\r\n")
    return b"".join(lines)


ODD_CELLS = (b"NULL", b"1E+20", b"-1", b"9" * 40, b"02/30/2026", b"0000-00-00", b"=1+1", b"\xff\xfe")
ODD_CELLS += (b"N/A", b"NaN", b"inf", b" ", b"x" * 4000, b"\xe2\x80\xae", b"1.2.3", b"true", b"'", b"EX")


def with_odd_cells(data: bytes, chance: random.Random) -> bytes:
    """Hold what belongs in no cell, in some."""
    lines = lines_of(data)
    for at in some_rows(lines, chance, 6):
        mark = delimiter_of(lines[at])
        cells = lines[at].rstrip(b"\r\n").split(mark)
        end = lines[at][len(lines[at].rstrip(b"\r\n")) :]
        cells[chance.randrange(len(cells))] = chance.choice(ODD_CELLS)
        lines[at] = mark.join(cells) + end
    return b"".join(lines)


def with_other_heads(data: bytes, chance: random.Random) -> bytes:
    """Have heads in capitals, twice, nothing in place of one, or one that nobody knows."""
    lines = lines_of(data)
    mark = delimiter_of(lines[0])
    heads = lines[0].rstrip(b"\r\n").split(mark)
    for _ in range(3):
        at = chance.randrange(len(heads))
        heads[at] = chance.choice(
            [heads[at].upper(), chance.choice(heads), b"", b"Remarks", heads[at] + b"#2"]
        )
    return mark.join(heads) + b"\r\n" + b"".join(lines[1:])


def below_titles(data: bytes, chance: random.Random) -> bytes:
    """Stand below titles, or what a spreadsheet puts first."""
    titles = [b"sep=;\r\n", b"Report of 30 April\r\n", b"\r\n", b"one,two\r\n"]
    return b"".join(chance.sample(titles, chance.randint(1, 3))) + data


def with_spoilt_bytes(data: bytes, chance: random.Random) -> bytes:
    """Have some bytes changed, lost or put in; quotes, zeros and line ends among them."""
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(spoilt)) if spoilt else 0
        what = chance.choice(
            [b'"', b"\0", b"\r", b"\n", b"\xff", b"<", b"&", b"{", b",", bytes([chance.randrange(256)])]
        )
        spoilt[at : at + chance.randint(0, 2)] = what
    return bytes(spoilt)


def with_a_stretch_gone(data: bytes, chance: random.Random) -> bytes:
    """Lack a stretch in the middle, or hold it twice."""
    begin = chance.randrange(len(data))
    end = min(len(data), begin + chance.randrange(1, 2000))
    return data[:begin] + (data[begin:end] * 2 if chance.random() < 0.5 else b"") + data[end:]


def with_other_line_ends(data: bytes, chance: random.Random) -> bytes:
    """End its rows in another way, all or some."""
    end = chance.choice([b"\r", b"\n", b"\r\n", b"\n\r", b"\n\n"])
    lines = [line.rstrip(b"\r\n") for line in lines_of(data)]
    return end.join(lines) + (end if chance.random() < 0.5 else b"")


WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cut": cut,
    "doubled": doubled,
    "in UTF-16": in_utf_16,
    "in Windows-1252": in_windows_1252,
    "emptied": emptied,
    "short rows": short_rows,
    "long rows": long_rows,
    "shuffled": shuffled,
    "rows twice": with_rows_twice,
    "odd cells": with_odd_cells,
    "other heads": with_other_heads,
    "below titles": below_titles,
    "spoilt bytes": with_spoilt_bytes,
    "a stretch gone": with_a_stretch_gone,
    "other line ends": with_other_line_ends,
}
# After these a file's records can be counted without the kit's readers.
COUNTABLE = (
    "cut",
    "doubled",
    "in UTF-16",
    "in Windows-1252",
    "emptied",
    "short rows",
    "long rows",
    "below titles",
)
