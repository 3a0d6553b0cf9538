"""Street addresses: house number, street and unit, with the words that have abbreviations in one form.

The abbreviations are those of USPS Publication 28 and of Australia Post; nothing else of an address is held
to be American: *Flat 2, 5 Foo Road*, *2/5 Foo Rd* and *5 Foo Road Apt 2* are one home.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

__all__ = ["StreetAddress", "address_parts", "addresses", "street_address"]

HOUSE_NUMBER = re.compile(r"\d+[a-z]?(?:-\d+[a-z]?)?")
UNIT_BEFORE_NUMBER = re.compile(r"(\d+[a-z]?)\s*/\s*(\d+[a-z]?)")
PO_BOX = re.compile(r"\b(?:p\s*o\s*box|post office box|pob|gpo box|locked bag)\s*(\w+)")
# Words before a number that is no house number of the street (House 12, 5 Foo Road).
PREMISES = frozenset("house block tower villa site farm".split())


class StreetAddress(NamedTuple):
    """Parts of an address; an empty text for what it doesn't say."""

    number: str
    street: str
    unit: str


@cache
def _words(kind: str) -> dict[str, str]:
    with (Path(__file__).parent / "tables" / "street_words.csv").open(encoding="utf-8", newline="") as lines:
        return {line["written"]: line["standard"] for line in csv.DictReader(lines) if line["kind"] == kind}


def _plain(text: str) -> str:
    if not text.isascii():
        text = "".join(
            sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
        )
    return re.sub(r"[.'’]", "", text.lower()).replace("#", " # ")


def street_address(text: str) -> StreetAddress:
    """Take an address apart.

    Parameters
    ----------
    text
        A street address without city and postal code.

    Returns
    -------
    StreetAddress
        In lower case, directions and street types abbreviated.

    Examples
    --------
    >>> tuple(street_address("123 North Oak Street, Apt. 4B"))
    ('123', 'n oak st', '4b')
    >>> street_address("2/5 Foo Rd") == street_address("Flat 2, 5 Foo Road") == street_address(
    ...     "5 FOO ROAD #2"
    ... )
    True
    >>> tuple(street_address("House 12, 5 Foo Road")), tuple(street_address("P.O. Box 12"))
    (('5', 'foo rd', '12'), ('12', 'po box', ''))
    """
    plain = _plain(text)
    box = PO_BOX.search(plain)
    if box:
        return StreetAddress(box[1], "po box", "")
    plain = UNIT_BEFORE_NUMBER.sub(r"unit \1 \2", plain)
    words = re.sub(r"[^\w#-]+", " ", plain).split()
    words, unit = _without_unit(words)
    number = ""
    for place, word in enumerate(words[:-1]):
        if HOUSE_NUMBER.fullmatch(word):
            # Two numbers in front: the unit, then the house.
            if HOUSE_NUMBER.fullmatch(words[place + 1]) and place + 2 < len(words):
                unit = unit or word
                continue
            number = word
            # What stands before the number of the house is the name of the house.
            words = words[place + 1 :]
            break
    if not number:
        # Lot 7 Burnie Court: where the house has no number of its own, the lot is it.
        number, unit = unit, ""
    return StreetAddress(number, _street(words), unit)


def _without_unit(words: list[str]) -> tuple[list[str], str]:
    """Take out a word for a part of a house and what it is called."""
    units, unit, kept, place = _words("Unit"), "", [], 0
    while place < len(words):
        word = words[place]
        following = words[place + 1] if place + 1 < len(words) else ""
        is_unit = word == "#" or word in units or (word in PREMISES and place == 0)
        # Unit and Lot have a number or a letter behind them; Lower Oak Street has none.
        named = any(sign.isdigit() for sign in following) or (len(following) == 1 and following.isalpha())
        if is_unit and named:
            unit = unit or following.lstrip("0")
            place += 2
        elif word == "#":
            place += 1
        else:
            kept.append(word)
            place += 1
    return kept, unit


def _street(words: list[str]) -> str:
    directions, suffixes = _words("Direction"), _words("Suffix")
    written = [word.replace("-", " ") for word in words]
    standard = [directions.get(word, word) for word in written]
    # The first word is the street's name, and no type of street: St. John Street.
    types = [suffixes.get(word, word) if place else word for place, word in enumerate(standard)]
    if types and types[0] == "st" and len(types) > 1:
        types[0] = "saint"
    return " ".join(types)


def address_parts(column: pd.Series) -> pd.DataFrame:
    """Take addresses apart.

    Parameters
    ----------
    column
        Street addresses as written.

    Returns
    -------
    pandas.DataFrame
        ``number``, ``street``, ``unit`` (``string``, missing where an address doesn't say it), one row a row.
    """
    codes, distinct = pd.factorize(column)
    parts = [street_address(str(text)) for text in distinct]
    columns = {
        name: pd.array([part[place] or None for part in parts] + [None], dtype="string").take(codes)
        for place, name in enumerate(StreetAddress._fields)
    }
    return pd.DataFrame(columns, index=column.index)


def addresses(column: pd.Series) -> pd.Series:
    """Put street addresses into the form in which they are compared.

    Parameters
    ----------
    column
        Street addresses as written.

    Returns
    -------
    pandas.Series
        ``string``: number and street; the unit is left out, since many systems don't ask for it. Missing
        where there is no number or no street: a street alone is no family's home.

    Examples
    --------
    >>> addresses(pd.Series(["12 Oak Avenue Unit 3", "12 OAK AVE", None], dtype="string")).tolist()
    ['12 oak ave', '12 oak ave', <NA>]
    """
    parts = address_parts(column)
    return parts["number"] + " " + parts["street"]
