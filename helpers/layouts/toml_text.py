"""Text -> TOML: what a person wrote by hand, and never what no person would."""

from __future__ import annotations

import tomllib
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["LARGEST_TOML", "toml_of"]

LARGEST_TOML = 2 << 20  # characters: more than a layout of as many columns as a table may have
DEEPEST = 100  # tables and lists inside one another; the kit's own go down to six
# A name of more parts than that: a.b.c, each of letters or quoted.
DOTTED = rf"""(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEEPEST}}}"""


def toml_of(text: str) -> dict[str, Any]:
    """Read TOML.

    Parameters
    ----------
    text
        As somebody wrote it.

    Returns
    -------
    dict
        What it says.

    Raises
    ------
    tomllib.TOMLDecodeError
        When it is none, or is longer, deeper or has a longer number than anybody writes by hand.
    """
    if len(text) > LARGEST_TOML:
        raise tomllib.TOMLDecodeError(f"it is longer than {LARGEST_TOML >> 20} MiB")
    # Python's reader notes every beginning of a name of many parts.
    if pc.match_substring_regex(pa.scalar(text.encode("utf-8", "replace").decode()), DOTTED).as_py():
        raise tomllib.TOMLDecodeError(f"it is nested more than {DEEPEST} deep")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(f"it is nested more than {DEEPEST} deep") from None
    except ValueError:  # Python refuses numbers of more than some thousand digits
        raise tomllib.TOMLDecodeError("it holds a number that no computer can hold") from None
    _check(told)
    return told


def _check(told: dict[str, Any]) -> None:
    """Refuse what is nested too deep, and numbers above those that every other program reads."""
    here: list[Any] = [told]
    for _ in range(DEEPEST):
        inside: list[Any] = []
        for one in here:
            values = one.values() if isinstance(one, dict) else one
            inside += [value for value in values if isinstance(value, dict | list)]
            if any(isinstance(value, int) and abs(value) >= 1 << 63 for value in values):
                raise tomllib.TOMLDecodeError("it holds a whole number of more than 18 digits")
        if not inside:
            return
        here = inside
    raise tomllib.TOMLDecodeError(f"it is nested more than {DEEPEST} deep")
