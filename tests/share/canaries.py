"""Values that occur once in the world, planted one a child and thing, and a search for them in every byte.

A canary is a word (or a number) that nothing else contains. Whoever plants it knows whose it is and what it
tells, so a search says exactly what a file, a page, a log or an error lets out.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

LETTERS = "bcdfghjklmnpqrstvwxz"
LENGTH = 14


def _digest(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("|".join(parts).encode()).digest()[:16], "big")


def word(*parts: str) -> str:
    """A word without vowels that stands for some parts, begins with a capital, and is no name."""
    number, letters = _digest(*parts), []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "Zq" + "".join(letters)


def number(*parts: str) -> str:
    """A whole number of nine digits that stands for some parts."""
    return str(700_000_000 + _digest(*parts) % 99_999_999)


@dataclass(frozen=True)
class Canary:
    """A value that occurs once: whose it is, what it tells, and which system says it."""

    text: str
    child: str
    domain: str
    what: str
    silo: str


def everything(*places: Path | str | bytes) -> Iterator[bytes]:
    """Every byte of files, of folders, of what is packed in them, and of texts; and the names of the files.

    A PDF or a picture is compressed: whoever makes one searches its text before.
    """
    for place in places:
        if isinstance(place, bytes):
            yield place
        elif isinstance(place, str):
            yield place.encode()
        else:
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                yield str(path).encode()
                if path.is_file():
                    yield from _unpacked(path.name, path.read_bytes())


def _unpacked(name: str, data: bytes) -> Iterator[bytes]:
    yield data
    if name.endswith(".parquet"):
        yield pd.read_parquet(io.BytesIO(data)).to_csv().encode()
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for inner in packed.namelist():
                yield inner.encode()
                yield from _unpacked(inner, packed.read(inner))


# Every canary that could stand anywhere, inside longer words and numbers too.
SHAPES = (re.compile(rb"(?=(Zq[%s]{%d}))" % (LETTERS.encode(), LENGTH)), re.compile(rb"(?=(7\d{8}))"))


def found(canaries: Iterable[Canary], *places: Path | str | bytes) -> set[Canary]:
    """Those canaries that stand anywhere in these places."""
    whole = b"\n".join(everything(*places))
    there = {text.decode() for shape in SHAPES for text in shape.findall(whole)}
    return {canary for canary in canaries if canary.text in there}
