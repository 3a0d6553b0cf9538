"""Detect headers that are data: a person, a day, a phone number, an id or an address. They are refused.

A file saved without its header begins with a child's row, which no layout, page or message may repeat.
Such a column is named by its position. ``given_names.csv`` identifies children's names: common ones from
the lists of the US Social Security Administration (public domain), without those that are also header
words (Art, Grace, Mark, May, Page, Summer, Will).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

__all__ = ["by_place", "is_data_head", "named_by_place"]

LONGEST_NAME = 3  # words; twice as many with a comma
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
# Each matches a whole header, except the e-mail address, which identifies a person anywhere.
DAY = re.compile(
    r"(?:[a-z]+day,? )?(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    rf"|{MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}[ -]{MONTH}[ -]\d{{2,4}})"
    r"(?:[T ]+\d{1,2}:\d{2}.*)?",
    re.IGNORECASE,
)
TELEPHONE = re.compile(
    r"(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])?\d{3}[ .-]\d{4}(?: ?(?:x|ext\.?) ?\d+)?", re.I
)
EMAIL = re.compile(r"[^\s@]@[^\s@]+\.[a-z]", re.IGNORECASE)
ID = re.compile(
    r"#?\d{5,}|[A-Z]{1,3}[ -]?\d{5,}|\d{3}-\d{2}-\d{4}"
    r"|(?=[0-9a-f-]*\d)[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{12,}",
    re.IGNORECASE,
)
STREET = re.compile(
    r"\d{1,6} (?:[nsew]{1,2}\.? )?[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,3} "
    r"(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|ct|court|blvd|boulevard|way|pl|place|ter|terrace|cir"
    r"|circle|hwy|highway|pkwy|parkway|trl|trail|loop)\.?(?:[ ,].*)?|p\.? ?o\.? box \d+",
    re.IGNORECASE,
)
INITIAL = re.compile(r"[^\W\d_]\.?")
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-])*\.?")
WIDE = re.compile(r"\S {2,}(?=\S)")  # cells of a fixed-width report
# Words common in headers and in no person's name: "Jordan Score", "Taylor High".
OF_HEADS = frozenset(
    "average avg book campus center class code comments count course date day days district elementary email"
    " essay family final first form goal grade group high hours id index last level lexile list math middle"
    " minutes name notes number parent percent percentile phone points program project quiz rank rating"
    " reading room rubric scale school score section standard status student survey teacher test time total"
    " type unit version week writing year".split()
)


@cache
def _given_names() -> frozenset[str]:
    text = (Path(__file__).parent / "given_names.csv").read_text(encoding="utf-8")
    return frozenset(text.split()[1:])


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(".,")


def _is_person(head: str) -> bool:
    """Return whether a header is a person's name: a known given name, first or on either side of a comma."""
    last, comma, first = (part.strip() for part in head.partition(","))
    words = head.replace(",", " ").split()
    if not 0 < len(words) <= 2 * LONGEST_NAME or not all(WORD.fullmatch(word) for word in words):
        return False
    if any(_plain(word) in OF_HEADS for word in words):
        return False
    if comma:
        given = first.split()
        named = bool(given) and (_plain(given[0]) in _given_names() or _plain(last) in _given_names())
        return named or (len(given) == 2 and INITIAL.fullmatch(given[1]) is not None)
    return len(words) <= LONGEST_NAME and words[0][:1].isupper() and _plain(words[0]) in _given_names()


@cache
def is_data_head(head: str) -> bool:
    """Return whether a header is data rather than a column name.

    >>> [is_data_head(head) for head in ("Ruiz, Ana", "Anthony Allen", "08/09/2014", "P 107262", "a@b.org")]
    [True, True, True, True, True]
    >>> [is_data_head(head) for head in ("Date of Birth", "2024-25 GPA", "Last, First", "9/3", "Phone 1")]
    [False, False, False, False, False]
    """
    head = head.strip()
    if EMAIL.search(head):
        return True
    if any(shape.fullmatch(head) for shape in (DAY, TELEPHONE, ID, STREET)):
        return True
    if len(WIDE.findall(head)) >= 2 and sum(letter.isdigit() for letter in head) >= 3:
        return True
    label, colon, after = head.partition(":")
    if colon and " " not in label and after.strip():
        return is_data_head(after)
    return _is_person(head)


def by_place(place: int) -> str:
    """Name a column by its position, counted from 1."""
    return f"Column {place}"


def named_by_place(header: Sequence[str]) -> list[str]:
    """Name columns with data headers by position; ignore the ``#2`` that marks a repeated header."""
    return [
        by_place(place) if is_data_head(re.sub(r"#\d+$", "", head)) else head
        for place, head in enumerate(header, start=1)
    ]
