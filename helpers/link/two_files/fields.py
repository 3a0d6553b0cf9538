"""What two files may say of a person: the fields, their other names, and the heads of their columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.standard import BadInput, nearest

__all__ = ["FIELDS", "PARTS_OF_DATE", "Field", "fields", "named_field"]

PARTS_OF_DATE = ("birth_year", "birth_month", "birth_day")


@dataclass(frozen=True)
class Field:
    """One thing that a file may say of a person.

    Attributes
    ----------
    name
        As a mapping calls it.
    values
        What its cells look like: name, date, year, month, day, age, sex, words, number, postcode, telephone,
        e_mail, id or any.
    also
        Other names that a mapping may use.
    heads
        Heads of columns that hold it, in words.
    meaning
        In words.
    """

    name: str
    values: str
    also: tuple[str, ...]
    heads: tuple[str, ...]
    meaning: str


@cache
def fields() -> Mapping[str, Field]:
    """Give every field by its name, in the order in which a mapping lists them."""
    declared = tomllib.loads((Path(__file__).parent / "fields.toml").read_text(encoding="utf-8"))
    return {
        name: Field(name, one["values"], tuple(one["also"]), tuple(one["heads"]), one["meaning"])
        for name, one in declared.items()
    }


FIELDS = tuple(fields())


@cache
def _by_name() -> Mapping[str, str]:
    known = {}
    for field in fields().values():
        for name in (*field.also, field.name):
            known[_plain(name)] = field.name
    return known


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def named_field(name: str, place: str) -> str:
    """Say which field a mapping means.

    Parameters
    ----------
    name
        As a person wrote it: a field's name or another one for the same (``dob``, ``zip``).
    place
        Where it stands, for the message.

    Returns
    -------
    str
        A name of `FIELDS`.

    Raises
    ------
    BadInput
        When no field is called so.

    Examples
    --------
    >>> named_field("birth_date", "[left]"), named_field("E-Mail", "[left]"), named_field("phone", "[left]")
    ('birth_date', 'e_mail', 'telephone')
    """
    found = _by_name().get(_plain(name))
    if found is None:
        raise BadInput(
            f"{place} names a field {name!r} that there isn't.{nearest(name, FIELDS)} "
            f"The fields are: {', '.join(FIELDS)}."
        )
    return found
