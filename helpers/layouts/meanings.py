"""Closed sets of values in a layout: check a word, and suggest the closest valid one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from helpers.layouts.column import code_set
from helpers.standard import nearest

__all__ = ["allowed_values", "known_systems", "meant", "none_of"]

DECLARED = Path(__file__).with_name("meanings.toml")


@cache
def _declared() -> Mapping[str, object]:
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


def allowed_values(table: str, column: str) -> list[str] | None:
    """List the allowed values of a standard column; None if any text is allowed."""
    closed = _declared()["values"]
    assert isinstance(closed, dict)
    values = closed.get(f"{table}.{column}", closed.get(column))
    return [*dict.fromkeys(code_set(values).values())] if isinstance(values, str) else values


def meant(word: str, known: Iterable[str]) -> str:
    """Suggest the intended word: in another case, a known variant, or the closest."""
    known = list(known)
    same = [one for one in known if one.casefold() == word.strip().casefold()]
    usual = _declared()["variants"]
    assert isinstance(usual, dict)
    as_usual = {variant.casefold(): meant for variant, meant in usual.items()}.get(word.strip().casefold())
    found = same[0] if same else as_usual if as_usual in known else None
    return f" Did you mean {found}?" if found else nearest(word, known)


def none_of(place: str, word: object, known: Iterable[str]) -> str:
    """Describe a word that isn't allowed, with the allowed ones and a suggestion."""
    known = list(known)
    return f"{place} is {str(word)!r}, and may be {', '.join(known)}.{meant(str(word), known)}"


def known_systems() -> list[str]:
    """List the systems whose ids a column can contain."""
    known = _declared()["identification_system"]
    assert isinstance(known, list)
    return known
