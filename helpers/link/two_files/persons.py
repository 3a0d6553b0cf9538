"""Standardize rows as persons, including dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from helpers.files import words_file
from helpers.link.two_files.mapping import SideMapping
from helpers.link.values.identifiers import plain_ids
from helpers.link.values.names import fold

__all__ = [
    "NO_DATE",
    "GuessedFormats",
    "PersonTable",
    "Texts",
    "exchanged",
    "guess_formats",
    "mostly_two_figures",
    "parts_of",
    "persons_of",
    "same_days",
    "with_century",
]


# Impossible dates (February 31, month 13) stay as their numbers: a typo made them, and the other digits still
# help to identify the person.

NO_DATE = -1
FEWEST = 0.7  # share of a column's values that must be dates
SOME = 0.02  # share from which a second notation counts
SAMPLE = 20_000
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Alternatives of one shape are grouped: the values decide which one applies.
SHAPES: tuple[tuple[str, ...], ...] = (
    ("%Y-%m-%d",),
    ("%Y/%m/%d",),
    ("%Y.%m.%d",),
    ("%m/%d/%Y", "%d/%m/%Y"),
    ("%m-%d-%Y", "%d-%m-%Y"),
    ("%d.%m.%Y", "%m.%d.%Y"),
    ("%m %d %Y", "%d %m %Y"),
    ("%Y%m%d", "%m%d%Y", "%d%m%Y"),
    ("%m/%d/%y", "%d/%m/%y"),
    ("%m-%d-%y", "%d-%m-%y"),
    ("%d.%m.%y", "%m.%d.%y"),
    ("%d-%b-%Y",),
    ("%d-%b-%y",),
    ("%d %b %Y",),
    ("%d%b%Y",),
    ("%b %d, %Y",),
    ("%b %d %Y",),
    ("%Y-%m",),
    ("%m/%Y",),
    ("%Y",),
)
DIRECTIVE = {
    "Y": r"(?P<y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>[^\W\d_]{3,9})\.?",
    "B": r"(?P<b>[^\W\d_]{3,9})\.?",
}
CLOCK = r"(?:[T ,]+\d{1,2}:\d{2}.*)?"


@dataclass(frozen=True)
class GuessedFormats:
    """Formats of a column's values; ``doubtful``: day and month are ambiguous in every value."""

    formats: tuple[str, ...]
    doubtful: bool = False


@cache
def _pattern(written: str) -> re.Pattern[str]:
    pieces = re.split(r"%-?([a-zA-Z%])", written)
    alone = not any(piece for piece in pieces[2:-1:2])
    text = re.escape(pieces[0])
    for directive, between in zip(pieces[1::2], pieces[2::2], strict=True):
        part = DIRECTIVE.get(directive, r".*?")
        # Without separators, each part must have all its digits.
        text += part.replace("{1,2}", "{2}") if alone and len(pieces) > 3 else part
        text += re.escape(between).replace(r"\ ", r"\s+")
    return re.compile(text + CLOCK)


def _read(text: str, written: str) -> tuple[int, int, int] | None:
    found = _pattern(written).fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    month = NO_DATE
    if parts.get("b"):
        begun = parts["b"][:3].casefold()
        if begun not in MONTHS:
            return None
        month = MONTHS.index(begun) + 1
    elif parts.get("m"):
        month = int(parts["m"])
    day = int(parts["d"]) if parts.get("d") else NO_DATE
    return int(parts["y"]), month, day


def _fits(read: tuple[int, int, int] | None, two_digits: bool) -> bool:
    if read is None:
        return False
    year, month, day = read
    # A few typos shouldn't decide; a column of other numbers has them everywhere.
    return (two_digits or 1850 <= year <= 2100) and month <= 12 and day <= 31 and month != 0 and day != 0


def guess_formats(values: pd.Series) -> GuessedFormats | None:
    """Guess the date formats of a column.

    >>> guess_formats(pd.Series(["19990219", "19081209"]))
    GuessedFormats(formats=('%Y%m%d',), doubtful=False)
    >>> guess_formats(pd.Series(["03/04/1999", "05/06/2001"]))
    GuessedFormats(formats=('%m/%d/%Y', '%d/%m/%Y'), doubtful=True)
    """
    counts = values.dropna().value_counts().iloc[:SAMPLE]
    total = int(counts.sum())
    if not total:
        return None
    left = {str(text): int(times) for text, times in counts.items()}
    chosen: list[str] = []
    doubtful = False
    covered = 0
    while left:
        best, best_fits, tie = _best_shape(left)
        share = sum(best_fits.values()) / total
        if share < (SOME if chosen else 0.4):
            break
        chosen += tie if tie else [best]
        doubtful |= bool(tie) and not covered
        covered += sum(best_fits.values())
        left = {text: times for text, times in left.items() if _pattern(best).fullmatch(text) is None}
    if covered < FEWEST * total:
        return None
    return GuessedFormats(tuple(chosen), doubtful)


def _best_shape(left: dict[str, int]) -> tuple[str, dict[str, int], list[str]]:
    """Find the format that fits most values; ``tie`` has two if day and month are ambiguous."""
    best: tuple[int, str, dict[str, int], list[str]] = (-1, "", {}, [])
    for shape in SHAPES:
        fits = {
            one: {text: n for text, n in left.items() if _fits(_read(text, one), "%y" in one)}
            for one in shape
        }
        sums = {one: sum(found.values()) for one, found in fits.items()}
        top = max(sums, key=lambda one: sums[one])
        if sums[top] > best[0]:
            alike = [one for one in shape if sums[one] == sums[top]]
            best = (sums[top], top, fits[top], alike if len(alike) > 1 and sums[top] else [])
    return best[1], best[2], best[3]


def parts_of(values: pd.Series, formats: Sequence[str]) -> np.ndarray:
    """Parse years, months and days."""
    codes, distinct = pd.factorize(values)
    read = np.full((len(distinct) + 1, 3), NO_DATE, dtype="int32")
    for place, text in enumerate(distinct):
        for written in formats:
            found = _read(str(text), written)
            if found is not None:
                read[place] = found
                break
    return read[codes]


def same_days(left: np.ndarray, right: np.ndarray) -> int:
    """Count the distinct days that two columns share."""
    figures = np.array([10_000, 100, 1])
    whole = [side[(side >= 0).all(axis=1)].astype("int64") @ figures for side in (left, right)]
    return len(np.intersect1d(np.unique(whole[0]), np.unique(whole[1])))


def exchanged(formats: Sequence[str]) -> bool:
    """Return whether two formats differ only in the order of day and month."""
    plain = [re.sub(r"[^dmyY]", "", one) for one in formats]
    return sorted(plain[0]) == sorted(plain[1]) and plain[0] != plain[1]


def mostly_two_figures(dates: np.ndarray) -> bool:
    """Return whether most years have two digits."""
    year = dates[:, 0]
    known = year[year >= 0]
    return bool(len(known)) and float((known < 100).mean()) > 0.5


def with_century(dates: np.ndarray) -> np.ndarray:
    """Expand two-digit years to the last hundred years."""
    year = dates[:, 0]
    short = (year >= 0) & (year < 100)
    if not short.any():
        return dates
    newest = int(np.max(year)) % 100 if int(np.max(year)) >= 2000 else -1
    result = dates.copy()
    result[:, 0] = np.where(short, year + np.where(year <= newest, 2000, 1900), year)
    return result


# What people type for missing values, names included.
NOTHING = frozenset(
    "unknown unk unknwn none null test testing x xx xxx n a na notgiven noname nn tbd missing refused".split()
)
STREET_WORDS = {
    "st": "street", "str": "street", "rd": "road", "ave": "avenue", "av": "avenue", "dr": "drive",
    "ln": "lane", "ct": "court",
    "pl": "place", "blvd": "boulevard", "hwy": "highway", "cir": "circle", "cres": "crescent",
    "cct": "circuit", "pde": "parade", "tce": "terrace", "ter": "terrace", "pkwy": "parkway", "sq": "square",
    "cl": "close", "gr": "grove", "trl": "trail", "wy": "way", "n": "north", "s": "south", "e": "east",
    "w": "west", "apt": "", "unit": "", "flat": "",
}  # fmt: skip
FEWEST_MIDDLE = 0.02  # share of rows
LEADING_NUMBER = re.compile(r"^#?(\d+[a-z]?)(?:\s+|$)(.*)$")
TRAILING_NUMBER = re.compile(r"^(\D+?)\s+(\d+\s?[a-z]?)$")


@dataclass(frozen=True)
class Texts:
    """One field of all persons: ``codes`` into ``distinct``; -1 if missing."""

    codes: np.ndarray
    distinct: list[str]

    @property
    def known(self) -> np.ndarray:
        """Which persons have a value."""
        return self.codes >= 0


@dataclass(frozen=True)
class PersonTable:
    """All persons of both files: first the rows of the left one, then those of the right one."""

    # Row number in its file.
    row: np.ndarray
    # Number of persons in the left file; all of them with one file.
    lefts: int
    # Whether there are two files.
    two: bool
    # Field -> its texts. Names are ``given``, ``family``, ``middle``; ids ``national_id 1`` and so on.
    texts: Mapping[str, Texts]
    # ``int32``, persons by 3: year, month, day; -1 if unknown. None if no file has any.
    birth: np.ndarray | None
    # ``int32``, -1 for unknown; None likewise.
    age: np.ndarray | None
    # Assumptions, in sentences.
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row)

    @property
    def pairs(self) -> int:
        """Number of possible pairs."""
        rights = len(self) - self.lefts
        return self.lefts * rights if self.two else self.lefts * (self.lefts - 1) // 2


def persons_of(sides: Sequence[tuple[pd.DataFrame, SideMapping]]) -> PersonTable:
    """Standardize the rows of one or two files."""
    notes: list[str] = []
    parts = [_Side(rows, mapping) for rows, mapping in sides]
    texts = {
        name: _texts([part.plain(name, change) for part in parts]) for name, change in _changes(parts).items()
    }
    texts |= _names(parts)
    texts |= _street(parts)
    for name in ("national_id", "local_id"):
        for place in range(min(part.count(name) for part in parts)):
            texts[f"{name} {place + 1}"] = _texts([part.id(name, place) for part in parts])
    return PersonTable(
        row=np.concatenate([part.rows.index.to_numpy(dtype="int64") for part in parts]),
        lefts=len(parts[0].rows),
        two=len(parts) > 1,
        texts={name: one for name, one in texts.items() if one.known.any()},
        birth=_birth(parts, notes),
        age=_age(parts),
        notes=notes,
    )


@dataclass(frozen=True)
class _Side:
    rows: pd.DataFrame
    mapping: SideMapping

    def has(self, *names: str) -> bool:
        return all(name in self.mapping.sources for name in names)

    def count(self, name: str) -> int:
        return len(self.mapping.sources[name].columns) if self.has(name) else 0

    def text(self, name: str) -> pd.Series:
        """Return the text of a field, with several columns joined by a blank."""
        columns = [self.rows[column] for column in self.mapping.sources[name].columns]
        joined = columns[0]
        for column in columns[1:]:
            both = joined.fillna("") + " " + column.fillna("")
            joined = both.str.strip().mask(joined.isna() & column.isna())
        return joined

    def plain(self, name: str, change: Callable[[str], str]) -> pd.Series:
        return _changed(self.text(name), change)

    def id(self, name: str, place: int) -> pd.Series:
        column = self.rows[self.mapping.sources[name].columns[place]]
        codes, distinct = pd.factorize(column)
        plain = np.append(plain_ids(pd.Series(distinct, dtype="string")).to_numpy(dtype=object), "")
        return pd.Series(plain[codes], index=column.index, dtype=object)


def _changed(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Apply a change to each distinct text once; missing stays empty."""
    codes, distinct = pd.factorize(column)
    new = np.array([*(change(str(text)) for text in distinct), ""], dtype=object)
    return pd.Series(new[codes], index=column.index, dtype=object)


def _texts(sides: Sequence[pd.Series]) -> Texts:
    whole = np.concatenate([side.to_numpy(dtype=object) for side in sides])
    codes, distinct = pd.factorize(whole)
    listed = [str(text) for text in distinct]
    empty = np.array([text == "" for text in listed], dtype=bool)
    if empty.any():
        renumbered = np.where(empty, -1, np.cumsum(~empty) - 1)
        codes = np.where(codes >= 0, renumbered[codes], -1)
        listed = [text for text in listed if text]
    return Texts(codes.astype("int64"), listed)


def _changes(parts: Sequence[_Side]) -> dict[str, Callable[[str], str]]:
    changes: dict[str, Callable[[str], str]] = {
        "sex": _plain_sex,
        "house_number": _plain_number,
        "address_line_2": _plain_street,
        "locality": _plain_words,
        "region": _plain_words,
        "postcode": _plain_postcode,
        "telephone": _plain_telephone,
        "e_mail": _plain_mail,
        "school": _plain_words,
        "grade": _plain_number,
        "birth_place": _plain_words,
        "occupation": _plain_words,
        "race": _plain_words,
    }
    return {name: change for name, change in changes.items() if all(part.has(name) for part in parts)}


def _plain_words(text: str) -> str:
    folded = fold(text)
    return "" if folded.replace(" ", "") in NOTHING else folded


def _plain_name(text: str) -> str:
    folded = fold(text)
    return "" if folded.replace(" ", "") in NOTHING - {"x", "n", "a", "na"} or folded.isdecimal() else folded


def _plain_street(text: str) -> str:
    words = (STREET_WORDS.get(word, word) for word in fold(text).split())
    return " ".join(word for word in words if word)


def _plain_number(text: str) -> str:
    return "".join(sign for sign in text.removesuffix(".0").casefold() if sign.isalnum()).lstrip("0")


def _plain_postcode(text: str) -> str:
    plain = _plain_number(text)
    # ZIP+4, with or without its hyphen.
    return plain[: len(plain) - 4] if plain.isdecimal() and len(plain) in (8, 9) else plain


def _plain_telephone(text: str) -> str:
    digits = "".join(sign for sign in text.removesuffix(".0") if sign.isdigit())
    return digits[-10:].lstrip("0") if len(digits) >= 5 else ""


def _plain_mail(text: str) -> str:
    plain = text.strip().casefold()
    return plain if "@" in plain else ""


@cache
def _plain_sex(text: str) -> str:
    known = words_file()["sex"].get(text.casefold().strip())
    if known is not None:
        return {"Female": "f", "Male": "m"}.get(known, "")
    # ISO 5218: 1 for male and 2 for female.
    return {"1": "m", "2": "f", "0": "", "9": ""}.get(text.removesuffix(".0"), _plain_words(text))


def _names(parts: Sequence[_Side]) -> dict[str, Texts]:
    """Return first names, middle names and surnames, split from one cell if a file has no others."""
    given: list[pd.Series] = []
    middle: list[pd.Series] = []
    family: list[pd.Series] = []
    for part in parts:
        first, second, last = _names_of(part)
        given.append(first)
        middle.append(second)
        family.append(last)
    texts = {"given": _texts(given), "family": _texts(family)}
    # If hardly anybody has a second name, it is a remainder of splitting: don't compare it.
    if all(float((one != "").mean()) >= FEWEST_MIDDLE for one in middle if len(one)):
        texts["middle"] = _texts(middle)
    return texts


def _names_of(part: _Side) -> tuple[pd.Series, pd.Series, pd.Series]:
    nothing = pd.Series([""] * len(part.rows), index=part.rows.index, dtype=object)
    first = part.plain("given_name", _plain_name) if part.has("given_name") else nothing
    second = part.plain("middle_name", _plain_name) if part.has("middle_name") else nothing
    last = part.plain("family_name", _plain_name) if part.has("family_name") else nothing
    if part.has("full_name"):
        whole = _changed(part.text("full_name"), _split_name)
        empty = (first == "") | (last == "")
        split = whole.where(whole != "", "\t\t").str.split("\t", expand=True)
        first = first.where(~empty, split[0].astype(object))
        last = last.where(~empty, split[2].astype(object))
        second = second.where((second != "") | ~empty, split[1].astype(object))
    if not part.has("middle_name"):
        # "Mary J": the initial is no part of the first name.
        behind = first.str.extract(r"^(.{2,}) ([^\W\d_])$")
        there = behind[1].notna() & (second == "")
        second = second.mask(there, behind[1]).astype(object)
        first = first.mask(there, behind[0]).astype(object)
    return first, second, last


def _split_name(text: str) -> str:
    """Split a whole name into first, middle and last, separated by tabs."""
    before, comma, after = text.partition(",")
    if comma and fold(after) and fold(after) not in ("jr", "sr", "ii", "iii", "iv"):
        words, last = _plain_name(after).split(), _plain_name(before)
    else:
        listed = _plain_name(text).split()
        words, last = (listed[:-1], listed[-1]) if len(listed) > 1 else (listed, "")
    if not words and not last:
        return ""
    return "\t".join((words[0] if words else "", " ".join(words[1:]), last))


def _street(parts: Sequence[_Side]) -> dict[str, Texts]:
    """Return streets and house numbers, split if they share a cell."""
    if not all(part.has("street") for part in parts):
        return {}
    streets, numbers = [], []
    for part in parts:
        street = part.plain("street", _plain_street)
        if part.has("house_number"):
            number = part.plain("house_number", _plain_number)
        else:
            split = _changed(street, _split_street).where(street != "", "\t").str.split("\t", expand=True)
            number, street = split[0].astype(object), split[1].astype(object)
        streets.append(street)
        numbers.append(number)
    return {"street": _texts(streets), "house_number": _texts(numbers)}


def _split_street(text: str) -> str:
    found = LEADING_NUMBER.match(text)
    if found:
        return f"{found[1].lstrip('0')}\t{found[2]}"
    found = TRAILING_NUMBER.match(text)
    return f"{found[2].replace(' ', '').lstrip('0')}\t{found[1]}" if found else f"\t{text}"


def _birth(parts: Sequence[_Side], notes: list[str]) -> np.ndarray | None:
    if not all(part.has("birth_date") or part.has("birth_year") for part in parts):
        return None
    read = [_birth_of(part) for part in parts]
    for place, (part, (_, formats)) in enumerate(zip(parts, read, strict=True)):
        side = "right file" if place else "left file"
        if len(formats) == 2 and exchanged(formats):
            # The order that gives more days in common with the other file wins.
            texts = part.text("birth_date")
            by_order = {one: parts_of(texts, (one,)) for one in formats}
            shared = {
                one: same_days(dates, read[1 - place][0]) if len(parts) > 1 else 0
                for one, dates in by_order.items()
            }
            best = max(formats, key=lambda one: shared[one])
            notes.append(
                f"{side}: day and month can be exchanged in every birth date; read as {best}"
                + (", by which most are days of the other file" if shared[best] else "")
            )
            read[place] = (by_order[best], (best,))
        if part.has("birth_date"):
            unread = int((part.text("birth_date").notna().to_numpy() & (read[place][0][:, 0] < 0)).sum())
            if unread:
                notes.append(f"{side}: {unread} birth dates could not be read (as {', '.join(formats)})")
    if any(mostly_two_figures(one[0]) for one in read):
        # Only the last two digits can be compared.
        dates = [np.where(one[0] < 0, one[0], one[0] % 100) for one in read]
        notes.append("years of birth are compared by their last two figures: a file writes no others")
    else:
        dates = [with_century(one[0]) for one in read]
    whole = np.concatenate(dates)
    return whole if (whole[:, 0] >= 0).any() else None


def _birth_of(part: _Side) -> tuple[np.ndarray, tuple[str, ...]]:
    if part.has("birth_date"):
        texts = part.text("birth_date")
        formats = part.mapping.sources["birth_date"].formats
        if not formats:
            guessed = guess_formats(texts)
            formats = guessed.formats if guessed else ()
        return parts_of(texts, formats), formats
    columns = [_whole(part, name) for name in ("birth_year", "birth_month", "birth_day")]
    return np.stack(columns, axis=1), ()


def _whole(part: _Side, name: str) -> np.ndarray:
    if not part.has(name):
        return np.full(len(part.rows), NO_DATE, dtype="int32")
    numbers = pd.to_numeric(part.text(name), errors="coerce")
    numbers = numbers.where(numbers.between(0, 9999))
    return numbers.fillna(NO_DATE).to_numpy(dtype="float64").astype("int32")


def _age(parts: Sequence[_Side]) -> np.ndarray | None:
    if not all(part.has("age") for part in parts):
        return None
    return np.concatenate([_whole(part, "age") for part in parts])
