"""Comparable email addresses, phone numbers and street addresses."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.link.values.name_variants import formal_names
from helpers.link.values.names import fold, joined_surname, surname_variants

__all__ = [
    "StreetAddress",
    "address_parts",
    "addresses",
    "emails",
    "name_from_initials",
    "shared_by_many",
    "street_address",
    "telephone_extensions",
    "telephones",
]


HOUSE_NUMBER = re.compile(r"\d+[a-z]?(?:-\d+[a-z]?)?")
UNIT_BEFORE_NUMBER = re.compile(r"(\d+[a-z]?)\s*/\s*(\d+[a-z]?)")
PO_BOX = re.compile(r"\b(?:p\s*o\s*box|post office box|pob|gpo box|locked bag)\s*(\w+)")
# Words before a number that isn't the street's house number (House 12, 5 Foo Road).
PREMISES = frozenset("house block tower villa site farm".split())


class StreetAddress(NamedTuple):
    """Parts of an address; empty if missing."""

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
    """Split an address into number, street and unit.

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
            # Whatever precedes the house number is the name of the house.
            words = words[place + 1 :]
            break
    if not number:
        # Lot 7 Burnie Court: without a house number, the lot serves as one.
        number, unit = unit, ""
    return StreetAddress(number, _street(words), unit)


def _without_unit(words: list[str]) -> tuple[list[str], str]:
    """Remove a unit designator with its value."""
    units, unit, kept, place = _words("Unit"), "", [], 0
    while place < len(words):
        word = words[place]
        following = words[place + 1] if place + 1 < len(words) else ""
        is_unit = word == "#" or word in units or (word in PREMISES and place == 0)
        # Unit and Lot precede a number or a letter; in Lower Oak Street nothing of the kind follows.
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
    spaced = [word.replace("-", " ") for word in words]
    standard = [directions.get(word, word) for word in spaced]
    # The first word is the street's name, and no street type: St. John Street.
    types = [suffixes.get(word, word) if place else word for place, word in enumerate(standard)]
    if types and types[0] == "st" and len(types) > 1:
        types[0] = "saint"
    return " ".join(types)


def address_parts(column: pd.Series) -> pd.DataFrame:
    """Split addresses into parts."""
    codes, distinct = pd.factorize(column)
    parts = [street_address(str(text)) for text in distinct]
    columns = {
        name: pd.array([part[place] or None for part in parts] + [None], dtype="string").take(codes)
        for place, name in enumerate(StreetAddress._fields)
    }
    return pd.DataFrame(columns, index=column.index)


def addresses(column: pd.Series) -> pd.Series:
    """Normalize street addresses for comparison.

    >>> addresses(pd.Series(["12 Oak Avenue Unit 3", "12 OAK AVE", None], dtype="string")).tolist()
    ['12 oak ave', '12 oak ave', <NA>]
    """
    parts = address_parts(column)
    return parts["number"] + " " + parts["street"]


ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
SEPARATORS = re.compile(r"[._-]+")
SHORTEST_NAME = 3


def emails(column: pd.Series) -> pd.Series:
    """Normalize e-mail addresses for comparison.

    >>> emails(pd.Series(["Ana.Lopez+school@Example.org ", "none"], dtype="string")).tolist()
    ['ana.lopez@example.org', <NA>]
    """
    codes, distinct = pd.factorize(column)
    texts = pd.array([_address(str(text)) for text in distinct] + [None], dtype="string")
    return pd.Series(texts.take(codes), index=column.index)


def _address(text: str) -> str | None:
    address = text.strip().strip("<>").lower().removeprefix("mailto:")
    if not ADDRESS.match(address):
        return None
    user, _, domain = address.rpartition("@")
    return f"{user.partition('+')[0]}@{domain}"


def name_from_initials(first: str, last: str, address: str) -> tuple[str, str] | None:
    """Expand an initial from an e-mail address that has the full name (first.last@).

    >>> name_from_initials("n", "cheng", "nora.cheng12@example.org")
    ('nora', 'cheng')
    >>> (
    ...     name_from_initials("ana", "l", "lopez.ana@example.org"),
    ...     name_from_initials("n", "cheng", "z@x.org"),
    ... )
    (('ana', 'lopez'), None)
    """
    pieces = [fold(piece.strip("0123456789")) for piece in SEPARATORS.split(address.partition("@")[0])]
    pieces = [piece for piece in pieces if len(piece) > 1]
    if len(pieces) != 2:
        return None
    # Most addresses begin with the first name; the other order counts if the other name agrees.
    for one, other in ((pieces[0], pieces[1]), (pieces[1], pieces[0])):
        if len(first) == 1 and one.startswith(first) and len(one) >= SHORTEST_NAME:
            whole = joined_surname(last)
            agrees = other in surname_variants(last) or other.startswith(whole) or whole.startswith(other)
            if agrees or one == pieces[0]:
                return one, last
        if len(last) == 1 and len(first) > 1 and other.startswith(last) and len(other) >= SHORTEST_NAME:
            if formal_names(one) & formal_names(first.replace(" ", "")):
                return first, other
    return None


# What may follow a number: an extension, or a second number, which is ignored.
EXTENSION = r"(?i)(?:extension|extn|ext|x|#|;ext=)[.:\s]*(\d{1,6})\s*$"
SECOND_NUMBER = r"(?i)\s*(?:/|;|\bor\b|\band\b|&).*$"
TRUNK_IN_BRACKETS = r"\(0\)"
# International prefixes: 00 in most countries, 011 in North America (ITU E.123).
INTERNATIONAL = r"^\s*(?:\+|00|011(?=\D*\d{11}))"
# Country codes have one digit (1, 7), two from this list, or three (ITU E.164).
TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 "
    "82 84 86 90 91 92 93 94 95 98".split()
)
FEWEST_DIGITS, MOST_DIGITS = 7, 15
FILLERS = frozenset({"1234567", "1234567890", "0123456789", "9876543210", "5551212"})


def telephones(column: pd.Series) -> pd.Series:
    """Normalize phone numbers for comparison.

    >>> telephones(pd.Series(["(931) 555-0112 x4", "+1 931.555.0112", "1-931-555-0112"])).unique().tolist()
    ['9315550112']
    >>> telephones(
    ...     pd.Series(["+44 (0)20 7946 0958", "020 7946 0958", "+61 2 5550 1234", "02 5550 1234"])
    ... ).tolist()
    ['2079460958', '2079460958', '255501234', '255501234']
    """
    codes, distinct = pd.factorize(column)
    if len(distinct) == 0:
        return pd.Series(pd.NA, index=column.index, dtype="string")
    number = pd.Series(distinct, dtype="string").str.strip()
    number = number.str.replace(SECOND_NUMBER, "", regex=True).str.replace(EXTENSION, "", regex=True)
    number = number.str.replace(TRUNK_IN_BRACKETS, "", regex=True)
    abroad = number.str.contains(INTERNATIONAL, regex=True).fillna(False).to_numpy(dtype=bool)
    digits = number.str.replace(INTERNATIONAL, "", regex=True).str.replace(r"\D", "", regex=True)
    digits = digits.mask(abroad, digits[abroad].map(_without_country))
    north_american = digits.str.fullmatch(r"1\d{10}").fillna(False)
    digits = digits.mask(north_american, digits.str.slice(1))
    # All zeros are a placeholder: leave them long enough to be recognized.
    national = digits.str.replace(r"^0(?=\d*[1-9])", "", regex=True)
    usable = national.str.len().between(FEWEST_DIGITS, MOST_DIGITS) & ~national.isin(FILLERS)
    usable &= ~national.str.fullmatch(
        r"(\d{3})?(" + "|".join(f"{digit}{{7,}}" for digit in "0123456789") + ")"
    )
    kept = national.where(usable.fillna(False)).array
    return pd.Series(kept.take(codes, allow_fill=True), index=column.index, dtype="string")


def _without_country(digits: str) -> str:
    if digits[:1] in ("1", "7"):
        return digits[1:]
    return digits[2:] if digits[:2] in TWO_DIGITS else digits[3:]


def telephone_extensions(column: pd.Series) -> pd.Series:
    """Return the extension that follows each number.

    >>> telephone_extensions(pd.Series(["931-555-0112 ext. 4", "931-555-0112"])).tolist()
    ['4', <NA>]
    """
    return column.astype("string").str.strip().str.extract(EXTENSION, expand=False).astype("string")


def shared_by_many(values: pd.Series, owners: pd.Series, most: int) -> np.ndarray:
    """Test which values belong to a switchboard rather than a family: too many owners have them.

    >>> shared_by_many(pd.Series(["1", "1", "1", "2"]), pd.Series(["a", "b", "c", "a"]), most=2).tolist()
    [True, True, True, False]
    """
    table = pd.DataFrame({"value": values.to_numpy(), "owner": owners.to_numpy()})
    owned = table.dropna().drop_duplicates()["value"].value_counts()
    return table["value"].isin(owned.index[owned > most]).to_numpy(dtype=bool)
