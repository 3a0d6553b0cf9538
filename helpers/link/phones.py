"""Telephone numbers as the digits that ring one line, whatever is written around them."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["shared_by_many", "telephone_extensions", "telephones"]

# What stands behind a number: an extension, or a second number of which only the first is taken.
EXTENSION = r"(?i)(?:extension|extn|ext|x|#|;ext=)[.:\s]*(\d{1,6})\s*$"
SECOND_NUMBER = r"(?i)\s*(?:/|;|\bor\b|\band\b|&).*$"
TRUNK_IN_BRACKETS = r"\(0\)"
# Numbers from abroad: 00 in most countries, 011 in North America (ITU E.123).
INTERNATIONAL = r"^\s*(?:\+|00|011(?=\D*\d{11}))"
# Country codes have one digit (1, 7), two of this list, or three (ITU E.164).
TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 "
    "82 84 86 90 91 92 93 94 95 98".split()
)
FEWEST_DIGITS, MOST_DIGITS = 7, 15
FILLERS = frozenset({"1234567", "1234567890", "0123456789", "9876543210", "5551212"})


def telephones(column: pd.Series) -> pd.Series:
    """Put telephone numbers into the form in which they are compared.

    Parameters
    ----------
    column
        Numbers as written.

    Returns
    -------
    pandas.Series
        ``string``: the digits of the national number, without country code, leading 0, extension and signs;
        of several numbers in a cell the first. Missing where there are too few digits for a number, or only a
        filler (000-000-0000).

    Examples
    --------
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
    written = pd.Series(distinct, dtype="string").str.strip()
    written = written.str.replace(SECOND_NUMBER, "", regex=True).str.replace(EXTENSION, "", regex=True)
    written = written.str.replace(TRUNK_IN_BRACKETS, "", regex=True)
    abroad = written.str.contains(INTERNATIONAL, regex=True).fillna(False).to_numpy(dtype=bool)
    digits = written.str.replace(INTERNATIONAL, "", regex=True).str.replace(r"\D", "", regex=True)
    digits = digits.mask(abroad, digits[abroad].map(_without_country))
    north_american = digits.str.fullmatch(r"1\d{10}").fillna(False)
    digits = digits.mask(north_american, digits.str.slice(1))
    # All zeros are a filler, and so they stay long enough to be seen as one.
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
    """Give the extension that stands behind each number.

    Parameters
    ----------
    column
        Numbers as written.

    Returns
    -------
    pandas.Series
        ``string``; missing where there is none.

    Examples
    --------
    >>> telephone_extensions(pd.Series(["931-555-0112 ext. 4", "931-555-0112"])).tolist()
    ['4', <NA>]
    """
    return column.astype("string").str.strip().str.extract(EXTENSION, expand=False).astype("string")


def shared_by_many(values: pd.Series, owners: pd.Series, most: int) -> np.ndarray:
    """Tell which values are a switchboard's and no family's: too many owners have them.

    Parameters
    ----------
    values
        Telephone numbers or addresses, standardised.
    owners
        Who has them: surnames, or numbers of units; missing ones don't count.
    most
        How many distinct owners one family's value may have.

    Returns
    -------
    numpy.ndarray
        Boolean, one a row; false where there is no value.

    Examples
    --------
    >>> shared_by_many(pd.Series(["1", "1", "1", "2"]), pd.Series(["a", "b", "c", "a"]), most=2).tolist()
    [True, True, True, False]
    """
    table = pd.DataFrame({"value": values.to_numpy(), "owner": owners.to_numpy()})
    owned = table.dropna().drop_duplicates()["value"].value_counts()
    return table["value"].isin(owned.index[owned > most]).to_numpy(dtype=bool)
