"""E-mail addresses, and the names that stand in them."""

from __future__ import annotations

import re

import pandas as pd

from helpers.link.names import fold, joined_surname, surname_forms
from helpers.link.variants import formal_names

__all__ = ["emails", "name_behind_initials"]

ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
SEPARATORS = re.compile(r"[._-]+")
SHORTEST_NAME = 3


def emails(column: pd.Series) -> pd.Series:
    """Put e-mail addresses into the form in which they are compared.

    Parameters
    ----------
    column
        Addresses as written.

    Returns
    -------
    pandas.Series
        ``string``: lower case, without ``mailto:``, brackets and what stands between a plus sign and the @
        (mail to ana+school@ goes to ana@, RFC 5233); missing where it is no address.

    Examples
    --------
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


def name_behind_initials(first: str, last: str, address: str) -> tuple[str, str] | None:
    """Read a name that is written with an initial in full, where the e-mail address has it (first.last@).

    Parameters
    ----------
    first, last
        Folded first name and surname; one of them a single letter.
    address
        From `emails`.

    Returns
    -------
    tuple of str, or None
        First name and surname; nothing where the address doesn't fit the name or says no more than it.

    Examples
    --------
    >>> name_behind_initials("n", "cheng", "nora.cheng12@example.org")
    ('nora', 'cheng')
    >>> (
    ...     name_behind_initials("ana", "l", "lopez.ana@example.org"),
    ...     name_behind_initials("n", "cheng", "z@x.org"),
    ... )
    (('ana', 'lopez'), None)
    """
    pieces = [fold(piece.strip("0123456789")) for piece in SEPARATORS.split(address.partition("@")[0])]
    pieces = [piece for piece in pieces if len(piece) > 1]
    if len(pieces) != 2:
        return None
    # Most addresses begin with the first name; the other order counts where the other name agrees.
    for one, other in ((pieces[0], pieces[1]), (pieces[1], pieces[0])):
        if len(first) == 1 and one.startswith(first) and len(one) >= SHORTEST_NAME:
            whole = joined_surname(last)
            agrees = other in surname_forms(last) or other.startswith(whole) or whole.startswith(other)
            if agrees or one == pieces[0]:
                return one, last
        if len(last) == 1 and len(first) > 1 and other.startswith(last) and len(other) >= SHORTEST_NAME:
            if formal_names(one) & formal_names(first.replace(" ", "")):
                return first, other
    return None
