"""What a layout may mean: words of closed sets are checked, and the nearest right one is named."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from helpers.standard import nearest

__all__ = ["allowed_values", "known_systems", "meant", "none_of"]

DECLARED = Path(__file__).with_name("meanings.toml")


@cache
def _declared() -> Mapping[str, object]:
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


def allowed_values(column: str) -> list[str] | None:
    """Give what a column of a standard table may say; None where that is open."""
    closed = _declared()["values"]
    assert isinstance(closed, dict)
    return closed.get(column)


def meant(word: str, known: Iterable[str]) -> str:
    """Say which word is meant: another case, a known other way to write it, or the nearest."""
    known = list(known)
    same = [one for one in known if one.casefold() == word.strip().casefold()]
    usual = _declared()["as_written"]
    assert isinstance(usual, dict)
    as_usual = {written.casefold(): meant for written, meant in usual.items()}.get(word.strip().casefold())
    found = same[0] if same else as_usual if as_usual in known else None
    return f" Did you mean {found}?" if found else nearest(word, known)


def none_of(place: str, word: object, known: Iterable[str]) -> str:
    """Say that a word is none of those that may stand there, and which is meant."""
    known = list(known)
    return f"{place} is {str(word)!r}, and may be {', '.join(known)}.{meant(str(word), known)}"


def known_systems() -> list[str]:
    """Name whose ids a column can hold."""
    known = _declared()["identification_system"]
    assert isinstance(known, list)
    return known
