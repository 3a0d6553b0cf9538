"""A regular expression in a layout, refused where the layout is read and not where it is used.

It is searched by Arrow's engine, RE2, whose time grows with the text alone. Python's goes back and tries
again, so that one pattern, written carelessly or on purpose, would never end on a cell of thirty letters.
Where the two engines read the same sign in two ways, Python's reading counts, since it is the one that people
look up: signs for letters and digits know every script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator

from helpers.layouts.tables import STRING

__all__ = ["LONGEST_PATTERN", "Pattern", "Shape", "shape_of"]

LONGEST_PATTERN = 1_000  # characters; the kit's own longest has 110
LETTER, SPACE = r"\pL\pN_", r"\t-\r\x1c-\x20\x{85}\pZ"
# What a sign means in every script: alone, and inside [ ]. None: RE2 can't say it there.
SIGNS: dict[str, tuple[str | None, str | None]] = {
    "w": (f"[{LETTER}]", LETTER),
    "W": (f"[^{LETTER}]", None),
    "d": (r"\p{Nd}", r"\p{Nd}"),
    "D": (r"\P{Nd}", r"\P{Nd}"),
    "s": (f"[{SPACE}]", SPACE),
    "S": (f"[^{SPACE}]", None),
    "b": (None, r"\x08"),
    "B": (None, None),
    "Z": (r"\z", None),
    **dict.fromkeys("123456789", (None, None)),
}
GROUP = re.compile(r"\(\?P<(\w+)>")
FEWER = re.compile(r"\{,(\d+)\}")
WIDE = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})")
INSTEAD = "say what stands there instead, since a pattern is read once, from left to right"


def _class(pattern: str, at: int) -> tuple[str, int]:
    """Write ``[…]`` for RE2; also say where it ends."""
    begin = at
    at += 2 if pattern.startswith("[^", at) else 1
    out = [pattern[begin:at]]
    first = True
    while first or pattern[at] != "]":
        first = False
        if wide := WIDE.match(pattern, at):
            out.append(rf"\x{{{wide[1] or wide[2]}}}")
            at = wide.end()
        elif pattern[at] == "\\":
            out.append(_sign(pattern[at + 1], 1))
            at += 2
        else:  # [[:alpha:]] would mean something else
            out.append(r"\[" if pattern[at] == "[" else r"\]" if pattern[at] == "]" else pattern[at])
            at += 1
    return "".join(out) + "]", at + 1


def _sign(letter: str, inside: int) -> str:
    meant = SIGNS[letter][inside] if letter in SIGNS else f"\\{letter}"
    if meant is None:
        where = " inside [ ]" if inside else ""
        raise ValueError(f"\\{letter}{where} can't be used: {INSTEAD}")
    return meant


def _for_re2(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Write a pattern that Python knows in RE2's spelling; also name its groups."""
    out, names, at = [], [], 0
    while at < len(pattern):
        if wide := WIDE.match(pattern, at):
            out.append(rf"\x{{{wide[1] or wide[2]}}}")
            at = wide.end()
        elif pattern[at] == "\\":
            out.append(_sign(pattern[at + 1], 0))
            at += 2
        elif pattern[at] == "[":
            text, at = _class(pattern, at)
            out.append(text)
        elif named := GROUP.match(pattern, at):
            names.append(named[1])
            out.append(named[0])
            at = named.end()
        elif pattern.startswith("(?", at):
            if looks := re.compile(r"\(\?(<?[=!]|>|\(|#|P=)").match(pattern, at):
                raise ValueError(f"{looks[0]} can't be used: {INSTEAD}")
            out.append("(?")
            at += 2
        elif pattern[at] == "(":  # only what has a name is taken
            out.append("(?:")
            at += 1
        elif fewer := FEWER.match(pattern, at):
            out.append(f"{{0,{fewer[1]}}}")
            at = fewer.end()
        else:
            out.append(pattern[at])
            at += 1
    return "".join(out), tuple(names)


@dataclass(frozen=True)
class Shape:
    """A pattern that is ready to be looked for.

    Attributes
    ----------
    searched
        As RE2 spells it.
    groups
        Names of its groups, from left to right.
    """

    searched: str
    groups: tuple[str, ...]

    def found_in(self, texts: Iterable[str | None], *, at_start: bool = False) -> np.ndarray:
        """Say in which texts it is found, or with which they begin; in a missing one it isn't."""
        pattern = rf"\A(?:{self.searched})" if at_start else self.searched
        found = pc.match_substring_regex(_texts(texts), pattern)
        return np.asarray(pc.fill_null(found, False)).astype(bool)

    def search(self, text: str) -> bool:
        """Say whether it is found in a text."""
        return bool(self.found_in([text])[0])

    def parts_of(self, texts: pd.Series) -> pd.DataFrame:
        """Give what its groups take: one column a group, missing where it isn't found or takes nothing."""
        parts = pc.extract_regex(_texts(texts), self.searched)
        empty = pa.scalar(None, pa.large_string())
        taken = {
            name: pc.if_else(pc.equal(part, ""), empty, part).cast(pa.large_string())
            for name, part in zip(self.groups, parts.flatten(), strict=True)
        }
        return pd.DataFrame(
            {name: pd.array(part, dtype=STRING) for name, part in taken.items()}, index=texts.index
        )


def _texts(texts: Iterable[str | None]) -> pa.Array:
    array = pa.array(texts, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


@lru_cache(1 << 12)
def shape_of(pattern: str) -> Shape:
    r"""Make a pattern of a layout ready.

    Parameters
    ----------
    pattern
        A regular expression as Python writes it.

    Returns
    -------
    Shape
        What finds it, in a time that grows with the text alone.

    Raises
    ------
    ValueError
        When it is none, is too long, or asks for what can't be found so: a look around, a reference back.

    Examples
    --------
    >>> shape_of(r"^(?P<term>\w+) \d{4}").search("Otoño 2026")
    True
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a pattern has at most {LONGEST_PATTERN:,} characters, not {len(pattern):,}")
    try:
        re.compile(pattern)
        searched, names = _for_re2(pattern)
        pc.match_substring_regex(pa.array([""]), searched)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    except pa.ArrowInvalid as error:
        told = str(error).partition("Invalid regular expression: ")[2] or str(error)
        raise ValueError(f"can't be used: {told}; {INSTEAD}") from None
    return Shape(searched, names)


def _can_be_used(pattern: str) -> str:
    shape_of(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_can_be_used)]
