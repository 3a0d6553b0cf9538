"""Standardize rows as persons, including dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from helpers.files import words_file
from helpers.link.blocking import Values
from helpers.link.records import Units, make_units, prepare_records
from helpers.link.two_files.mapping import SideMapping, fields
from helpers.link.values.identifiers import plain_ids
from helpers.link.values.names import fold
from helpers.standard import STRING, as_table, empty_table

__all__ = [
    "NO_DATE",
    "GuessedFormats",
    "exchanged",
    "guess_formats",
    "mostly_two_figures",
    "parts_of",
    "same_days",
    "units_of",
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
def _pattern(date_format: str) -> re.Pattern[str]:
    pieces = re.split(r"%-?([a-zA-Z%])", date_format)
    alone = not any(piece for piece in pieces[2:-1:2])
    text = re.escape(pieces[0])
    for directive, between in zip(pieces[1::2], pieces[2::2], strict=True):
        part = DIRECTIVE.get(directive, r".*?")
        # Without separators, each part must have all its digits.
        text += part.replace("{1,2}", "{2}") if alone and len(pieces) > 3 else part
        text += re.escape(between).replace(r"\ ", r"\s+")
    return re.compile(text + CLOCK)


def _read(text: str, date_format: str) -> tuple[int, int, int] | None:
    found = _pattern(date_format).fullmatch(text)
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
        for date_format in formats:
            found = _read(str(text), date_format)
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


def _last_two_figures(dates: np.ndarray) -> np.ndarray:
    """Keep of each year its last two figures, 100 for 00: a year of 0 would be an unknown one."""
    year = dates[:, :1]
    return np.hstack([np.where(year < 0, year, (year - 1) % 100 + 1), dates[:, 1:]])


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
FEWEST_MIDDLE = 0.02  # share of rows
# Column of the standard table *people* -> field of a mapping.
COLUMNS = {
    "last_surname": "family_name",
    "sex": "sex",
    "grade_level": "grade",
    "school_name": "school",
    "city": "locality",
    "telephone": "telephone",
    "email": "e_mail",
}
# Fields that no district's system has -> their values; compared as texts or codes, if both files have them.
VALUES = {
    "region": "regions",
    "postcode": "postcodes",
    "address_line_2": "flats",
    "age": "ages",
    "birth_place": "text: birth place",
    "occupation": "text: occupation",
    "race": "text: race",
}
IDS = ("national_id", "local_id")


def units_of(sides: Sequence[tuple[pd.DataFrame, SideMapping]], notes: list[str]) -> Units:
    """Give each row of one or two files as a unit, as if each file were a district's system."""
    parts = [_Side(rows, mapping) for rows, mapping in sides]
    people = as_table("people", pd.concat(map(_people, parts, ("left", "right")), ignore_index=True))
    shares = [float(one.mean()) for _, one in people["middle_name"].notna().groupby(people["silo"])]
    # If hardly anybody has a second name, it is a remainder of splitting: don't compare it.
    if min(shares, default=0.0) < FEWEST_MIDDLE:
        people["middle_name"] = pd.Series(pd.NA, index=people.index, dtype=STRING)
    # What one file alone has says nothing about pairs.
    for column, name in (*COLUMNS.items(), ("street_number_name", "street")):
        if name not in ("family_name", "e_mail") and not all(part.has(name) for part in parts):
            people[column] = pd.Series(pd.NA, index=people.index, dtype=STRING)
    students = prepare_records(people, empty_table("identifiers"), anchor_order=("left", "right"))
    units = make_units(students, np.arange(len(students), dtype="int64"))
    more = _birth(parts, len(units), notes) | _more_values(parts, len(units))
    if not all(part.has("e_mail") for part in parts):  # it showed the order of names all the same
        more["emails"] = units.values["emails"].among(np.zeros(len(units.values["emails"]), dtype=bool))
    # A person in both files would make a rare value look common.
    one_a_person = units.record_silo == np.argmax(np.bincount(units.record_silo, minlength=1))
    return replace(units, values=units.values | more, one_a_person=one_a_person)


@dataclass(frozen=True)
class _Side:
    rows: pd.DataFrame
    mapping: SideMapping

    def has(self, *names: str) -> bool:
        return all(name in self.mapping.sources for name in names)

    def count(self, name: str) -> int:
        return len(self.mapping.sources[name].columns) if self.has(name) else 0

    def text(self, name: str) -> pd.Series:
        """Return the text of a field, with several columns joined by a blank; all missing if it has none."""
        if not self.has(name):
            return pd.Series(pd.NA, index=self.rows.index, dtype=STRING)
        columns = [self.rows[column] for column in self.mapping.sources[name].columns]
        joined = columns[0]
        for column in columns[1:]:
            both = joined.fillna("") + " " + column.fillna("")
            joined = both.str.strip().mask(joined.isna() & column.isna())
        return joined.astype(STRING)

    def plain(self, name: str) -> pd.Series:
        """Return the text of a field in plain form, from each distinct text once; empty ones are missing."""
        text = self.text(name)
        change = PLAIN.get(fields()[name].values, _plain_words)
        codes, distinct = pd.factorize(text)
        new = pd.array([change(str(one)) or None for one in distinct] + [None], dtype=STRING)
        return pd.Series(new.take(codes), index=text.index)


def _people(part: _Side, silo: str) -> pd.DataFrame:
    """Give the rows of a file in the columns of the standard table *people*."""
    first, middle = part.plain("given_name"), part.plain("middle_name")
    if not part.has("middle_name"):
        # A second name's initial may stand behind the first name (Mary J).
        behind = first.str.extract(r"^(.{2,}) ([^\W\d_])\.?$").astype(STRING)
        first, middle = first.mask(behind[1].notna(), behind[0]), behind[1]
    people = pd.DataFrame({column: part.plain(name) for column, name in COLUMNS.items()})
    last = people["last_surname"]
    whole = part.plain("full_name").where(part.plain("given_name").isna() | last.isna())
    named = (first.notna() | last.notna() | whole.notna()).to_numpy(dtype=bool)
    number = part.plain("house_number")
    street = (number.fillna("") + " " + part.text("street").fillna("")).str.strip()
    return people.assign(
        silo=silo,
        record=[f"{place:09d}" for place in range(len(people))],
        role="Student",
        first_name=first,
        middle_name=middle,
        full_name=whole,
        street_number_name=street.where(street.ne("") & part.text("street").notna()),
        name_status=np.where(named, "As written", "None"),
        birth_date_status="None",
        linkable_by=np.where(named, "Name only", "Nothing"),
    )


def _without_filler(text: str) -> str:
    """Drop what people type where there is no name."""
    folded = fold(text)
    bare = folded.replace(" ", "")
    return "" if bare in NOTHING - {"x", "n", "a", "na"} or folded.isdecimal() else text


def _more_values(parts: Sequence[_Side], count: int) -> dict[str, Values]:
    """Give what both files have, and no district's system."""
    found = {
        values: [part.plain(name) for part in parts]
        for name, values in VALUES.items()
        if all(part.has(name) for part in parts)
    }
    for name in IDS:
        for place in range(min(part.count(name) for part in parts)):
            title = name.replace("_", " ") + (f" {place + 1}" if place else "")
            columns = [part.rows[part.mapping.sources[name].columns[place]] for part in parts]
            found[f"identifier: {title}"] = [plain_ids(column) for column in columns]
    stacked = {name: pd.concat(columns, ignore_index=True).astype(STRING) for name, columns in found.items()}
    made = {name: Values.of_column(np.arange(count), column) for name, column in stacked.items()}
    return {name: values for name, values in made.items() if len(values)}


def _plain_words(text: str) -> str:
    folded = fold(text.removesuffix(".0"))
    return "" if folded.replace(" ", "") in NOTHING else folded


def _plain_number(text: str) -> str:
    return text.removesuffix(".0")


def _plain_age(text: str) -> str:
    number = pd.to_numeric(text, errors="coerce")
    return str(round(number)) if 0 <= number <= 150 else ""


def _plain_postcode(text: str) -> str:
    plain = "".join(sign for sign in text.removesuffix(".0") if sign.isalnum()).lstrip("0")
    # ZIP+4, with or without its hyphen.
    return plain[: len(plain) - 4] if plain.isdecimal() and len(plain) in (8, 9) else plain


def _plain_sex(text: str) -> str:
    known = words_file()["sex"].get(text.casefold().strip())
    if known is not None:
        return {"Female": "f", "Male": "m"}.get(known, "")
    # ISO 5218: 1 for male and 2 for female.
    plain = _plain_words(text)
    return {"1": "m", "2": "f", "0": "", "9": ""}.get(plain, plain)


# What the cells of a field look like -> their plain form; words for all others.
PLAIN: dict[str, Callable[[str], str]] = {
    "name": _without_filler,
    "e_mail": str,
    "telephone": _plain_number,
    "number": _plain_number,
    "age": _plain_age,
    "postcode": _plain_postcode,
    "sex": _plain_sex,
}


def _birth(parts: Sequence[_Side], count: int, notes: list[str]) -> dict[str, Values]:
    """Read birth dates as texts, year-month-day; 00 for an unknown month or day."""
    unit = np.arange(count)
    nothing = Values.of(unit, np.full(count, -1), [])
    if not all(part.has("birth_date") or part.has("birth_year") for part in parts):
        return {"birth_days": nothing, "birth_days_free": nothing}
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
                notes.append(
                    f"{side}: birth dates that could not be read (as {', '.join(formats)}): {unread}"
                )
    if any(mostly_two_figures(one[0]) for one in read):
        dates = [_last_two_figures(one[0]) for one in read]
        notes.append("years of birth are compared by their last two figures: a file writes no others")
    else:
        dates = [with_century(one[0]) for one in read]
    parts_of_dates = np.concatenate(dates).astype("int64")
    known = parts_of_dates[:, 0] >= 0
    year, one, two = np.maximum(parts_of_dates, 0).T
    codes, distinct = pd.factorize(np.where(known, year * 10_000 + one * 100 + two, 0))
    days = [f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in distinct.tolist()]
    whole = known & (one > 0) & (two > 0)
    free = np.where(whole, year * 10_000 + np.maximum(one, two) * 100 + np.minimum(one, two), -1)
    free_codes, free_days = pd.factorize(free)
    return {
        "birth_days": Values.of(unit, np.where(known, codes, -1), days),
        "birth_days_free": Values.of(unit, np.where(whole, free_codes, -1), free_days.astype(str)),
    }


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
