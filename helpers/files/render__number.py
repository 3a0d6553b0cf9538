"""Split off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpers.layouts import PICTURE
from helpers.standard import BadInput

__all__ = ["write_number"]


def write_number(picture: str | None) -> Callable[[Any], str]:
    """Give the function that writes a number by its picture, such as ``$#,##0.00``."""
    if picture is None:
        return lambda value: repr(int(value)) if float(value).is_integer() else repr(float(value))
    shape = PICTURE.match(picture)
    if shape is None:
        raise BadInput(f"A number's picture is like 0.00 or $#,##0.00, not {picture!r}.")
    decimals = len(shape["decimals"] or "")
    comma = "," if shape["group"] else ""

    def write(value: Any) -> str:
        sign = "-" if round(float(value), decimals) < 0 else ""
        return f"{sign}{shape['currency']}{abs(float(value)):{comma}.{decimals}f}"

    return write
