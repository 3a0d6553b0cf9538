"""Guess a column's type, and the order of day and month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

import pandas as pd

from helpers.files.draft.columns import (
    DESCRIPTOR,
    FEW_ROWS,
    Distinct,
    Guess,
    has,
    named_fields,
    numbered_thing,
    words_file,
)
from helpers.files.parse.dates import FEWEST_DAYS, NEAR, from_serial
from helpers.layouts import is_data_head

__all__ = ["day_orders", "guess_type"]


SAMPLE = 60  # values
MOSTLY, SELDOM = 0.8, 0.4  # share of rows in which two columns agree on the day

# Each date notation: its pattern, and its formats in the order in which we try them.
DAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%m/%d/%Y", "%d/%m/%Y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%m-%d-%Y", "%d-%m-%Y")),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y", "%m.%d.%Y")),
    (r"\d{1,2}/\d{1,2}/\d{2}", ("%m/%d/%y", "%d/%m/%y")),
    (r"\d{1,2}-\d{1,2}-\d{2}", ("%m-%d-%y", "%d-%m-%y")),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", ("%d.%m.%y", "%m.%d.%y")),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", ("%d-%b-%Y",)),
    (r"\d{1,2}-[A-Za-z]{3}-\d{2}", ("%d-%b-%y",)),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", ("%d %b %Y",)),
    (r"\d{1,2} [A-Za-z]{4,9} \d{4}", ("%d %B %Y",)),
    (r"[A-Za-z]{3} \d{1,2}, \d{4}", ("%b %d, %Y",)),
    (r"[A-Za-z]{4,9} \d{1,2}, \d{4}", ("%B %d, %Y",)),
)
CLOCKS: tuple[tuple[str, str], ...] = (
    (r"\d{1,2}:\d{2}", "%H:%M"),
    (r"\d{1,2}:\d{2}:\d{2}", "%H:%M:%S"),
    (r"\d{1,2}:\d{2}:\d{2}\.\d{1,6}", "%H:%M:%S.%f"),
    (r"\d{1,2}:\d{2} [AaPp][Mm]", "%I:%M %p"),
    (r"\d{1,2}:\d{2}:\d{2} [AaPp][Mm]", "%I:%M:%S %p"),
)
ZONE = r"(Z|[+-]\d{2}:?\d{2})"


def reads(text: str, date_format: str) -> bool:
    """Return whether a format parses a text."""
    try:
        datetime.strptime(text, date_format)
    except ValueError:
        return False
    return True


def _by_shape(texts: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Group values by the formats their notation allows.

    A few values are enough to rule out other columns, so that few are compared with every date notation.
    """
    texts = list(texts)
    first = _sorted_in(texts[:SAMPLE], list(_shapes()))
    if sum(map(len, first.values())) * 2 < len(texts[:SAMPLE]):
        return {}
    return _sorted_in(texts, [*first, *(formats for formats in _shapes() if formats not in first)])


def _sorted_in(texts: Sequence[str], order: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    patterns = _shapes()
    for text in texts:
        formats = next((one for one in order if patterns[one].fullmatch(text)), None)
        if formats is not None:
            found.setdefault(formats, []).append(text)
    return found


@cache
def _shapes() -> dict[tuple[str, ...], re.Pattern[str]]:
    shapes = {}
    for day, formats in DAYS:
        shapes[formats] = re.compile(day)
        for clock, clock_format in CLOCKS:
            for apart in (" ", "T", ", "):
                shapes[tuple(f"{one}{apart}{clock_format}" for one in formats)] = re.compile(
                    f"{day}{apart}{clock}"
                )
                zoned = tuple(f"{one}{apart}{clock_format}%z" for one in formats)
                shapes[zoned] = re.compile(f"{day}{apart}{clock}{ZONE}")
    return shapes


def _orders(formats: tuple[str, ...], texts: Sequence[str]) -> list[str]:
    """Return the formats that parse every value, else those that parse some.

    A value that no format parses, such as 14/14/2013, doesn't help with the order.
    """
    texts = [text for text in texts if any(reads(text, one) for one in formats)]
    if not texts:
        return []
    readable = {one: [reads(text, one) for text in texts] for one in formats}
    whole = [one for one, found in readable.items() if all(found)]
    if whole:
        return whole
    return [one for one, found in readable.items() if any(found)]


def day_orders(rows: pd.DataFrame, distinct: Mapping[str, Distinct]) -> set[str]:
    """Find the order of day and month in a file from its unambiguous columns."""
    found = set()
    doubtful: list[tuple[tuple[str, ...], pd.Series]] = []
    year_first: list[pd.Series] = []
    for name, values in distinct.items():
        column = rows[name]
        by_shape = _by_shape(values.texts)
        for formats, texts in by_shape.items():
            if len(formats) == 2:
                able = _orders(formats, texts)
                if len(able) == 1:
                    found.add(_order(able[0]))
                elif len(by_shape) == 1:
                    doubtful.append((formats, column))
            elif formats[0].startswith("%Y") and len(by_shape) == 1:
                year_first.append(_days(column, formats[0][:8]))
    if found:
        return found
    for formats, column in doubtful:
        for day in year_first:
            same = {one: float((_days(column, one[:8]) == day).mean()) for one in formats}
            best = max(same, key=lambda one: same[one])
            if same[best] >= MOSTLY and min(same.values()) < SELDOM:
                found.add(_order(best))
    return found


def _days(column: pd.Series, date_format: str) -> pd.Series:
    """Parse the dates at the beginning of a column's texts."""
    return pd.to_datetime(column.str.extract(r"^(\d+\D\d+\D\d+)")[0], format=date_format, errors="coerce")


def _order(date_format: str) -> str:
    return "md" if date_format.index("%m") < date_format.index("%d") else "dm"


def moments(distinct: Distinct, known_orders: set[str]) -> Guess | None:
    """Guess whether values are dates or datetimes."""
    by_shape = _by_shape(distinct.texts)
    times = dict(zip(distinct.texts, distinct.times, strict=True))
    chosen: list[str] = []
    read: set[str] = set()
    doubt = False
    mixed = False
    helped = False
    for formats, texts in sorted(by_shape.items(), key=lambda item: -len(item[1])):
        able = _orders(formats, texts)
        taken = {text for text in texts if any(reads(text, one) for one in able)}
        if len(able) == 2 and all(reads(text, one) for text in taken for one in able):
            if len(known_orders) == 1:
                wanted = next(iter(known_orders))
                able = [one for one in able if _order(one) == wanted]
                helped = True
            else:
                doubt = True
        elif len(able) == 2:
            mixed = True
        chosen += [one for one in able if one not in chosen]
        read |= taken
    share = sum(times[text] for text in read) / distinct.rows if distinct.rows else 0.0
    if not chosen or not distinct.enough(share):
        return None
    kind = "datetime" if any("%H" in one or "%I" in one for one in chosen) else "date"
    if kind == "datetime":
        both = [one for one in chosen if "%H" not in one and "%I" not in one]
        chosen = [one for one in chosen if one not in both] + both
    odd = distinct.others(lambda text: text in read)
    unit = "day" if kind == "date" else "moment"
    why, question = f"its values are {unit}s", ""
    if doubt:
        why = f"nearly all {why}" if odd else f"every value is a {unit}"
        question = "day and month can be swapped in every value: delete one of the two formats"
    elif mixed:
        question = "some values put the month first, others the day: which order do the rest have?"
    elif helped:
        why += ", in the order of day and month that the file's other dates have"
    elif any("%d" in one and not one.startswith("%Y") and "%b" not in one.lower() for one in chosen):
        why += ", and some fit only one order of day and month"
    return Guess(kind, tuple(chosen), why=why, open=question, odd=odd, unit=f"a {unit}")


MOST_CODES = 20
CODE_LENGTH = 40
UP_TO = 2.0**53  # a larger number loses digits

WHOLE = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?")
MONEY = re.compile(r"-?\$(\d{1,3}(,\d{3})+|\d+)(\.\d{2})?")
LEADING_ZERO = re.compile(r"0\d+")
YEAR = re.compile(r"(19|20)\d{2}")
YEARS = re.compile(r"(19|20)\d{2}\s*[-/]\s*(\d{4}|\d{2})")
TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?( ?[AaPp][Mm])?")
PAIRS = ("true|false", "yes|no", "y|n", "t|f", "1|0")

SERIAL = re.compile(r"\d{5}(\.\d{1,15})?")
COUNTED = "spreadsheet day numbers, such as 45991 for 2025-11-30"
PACKED = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


def _boolean(distinct: Distinct, words: Sequence[str]) -> Guess | None:
    folded = {text.casefold() for text in distinct.texts}
    flagged = any(has(words, flag) for flag in words_file()["text_or_not"]["flags"])
    for pair in PAIRS:
        yes, no = pair.split("|")
        if not folded <= {yes, no}:
            continue
        both = folded == {yes, no}
        if pair == "1|0" and not (both and flagged):
            return None
        if len(yes) == 1 and not (both or flagged):
            return None
        spellings = {text.casefold(): text for text in reversed(distinct.texts)}
        style = str.upper if all(text.isupper() for text in distinct.texts) else str.lower
        if len(yes) > 1 and all(text.istitle() for text in distinct.texts):
            style = str.title
        forms = [f"{spellings.get(yes, style(yes))}|{spellings.get(no, style(no))}"]
        for text in distinct.texts:
            if text not in forms[0].split("|"):
                other = [style(yes), style(no)]
                other[0 if text.casefold() == yes else 1] = text
                forms.append("|".join(other))
        return Guess("boolean", tuple(forms), why=f"its values are {' and '.join(sorted(folded))}")
    return None


def _nearly_all(distinct: Distinct, pattern: re.Pattern[str]) -> bool:
    return distinct.enough(distinct.share(lambda text: pattern.fullmatch(text) is not None))


def _with_odd(guess: Guess, distinct: Distinct, pattern: re.Pattern[str], unit: str) -> Guess:
    """Add the values that don't match the type, and what they are not."""
    return replace(guess, odd=distinct.others(lambda text: pattern.fullmatch(text) is not None), unit=unit)


def _number(distinct: Distinct, words: Sequence[str]) -> Guess | None:
    if _nearly_all(distinct, MONEY):
        amounts = [text for text in distinct.texts if MONEY.fullmatch(text)]
        decimals = ".00" if any("." in text for text in amounts) else ""
        grouped = "#,##" if any("," in text for text in amounts) else ""
        return _with_odd(
            Guess("number", (f"${grouped}0{decimals}",), why="its values are amounts of money"),
            distinct,
            MONEY,
            "an amount",
        )
    odd = distinct.others(lambda text: text not in ("", "-") and NUMBER.fullmatch(text) is not None)
    if not distinct.enough(distinct.share(lambda text: text not in odd)):
        return None
    # Among a few numbers, 12A suggests that they are names of things; "absent" doesn't.
    if odd and distinct.rows < FEW_ROWS and any(letter.isdigit() for text in odd for letter in text):
        return None
    return _of_numbers(distinct, odd)


def _of_numbers(distinct: Distinct, odd: frozenset[str]) -> Guess:
    """Guess the type of numbers, and their format."""
    numbers = [text for text in distinct.texts if NUMBER.fullmatch(text)]
    if any(LEADING_ZERO.fullmatch(text) for text in numbers):
        return Guess(why="its numbers start with 0, which a number format would drop")
    if any(abs(float(text.replace(",", ""))) >= UP_TO for text in numbers):
        return Guess(why="its numbers are too long to calculate with")
    guess = partial(Guess, odd=odd, unit="a number")
    whole = all(WHOLE.fullmatch(text) for text in numbers)
    if whole:
        lengths = {len(text) for text in numbers}
        if len(numbers) >= FEW_ROWS and lengths and min(lengths) >= 6 and len(numbers) > 0.9 * distinct.rows:
            return Guess(
                why="each long number appears once, as ids do",
                open="if it is a quantity, change the type to number",
            )
        return guess("integer", why="its values are whole numbers")
    # If all have equally many decimals, the system writes that many.
    after = {len(text.partition(".")[2]) for text in numbers}
    tail = "." + "0" * after.pop() if len(after) == 1 and after != {0} else ""
    if any("," in text for text in numbers):
        return guess("number", (f"#,##0{tail}",), why="its values are numbers with commas")
    return guess("number", (f"0{tail}",) if tail else (), why="its values are numbers")


def _codes(distinct: Distinct, words: Sequence[str]) -> Guess | None:
    texts = distinct.texts
    few = 2 <= len(texts) <= MOST_CODES and distinct.rows >= 5 * len(texts)
    plain = all(len(text) <= CODE_LENGTH and "\n" not in text and "@" not in text for text in texts)
    named = any(
        word in ("name", "title", "text", "description", "comment", "note", "notes") for word in words
    )
    folded = len({text.casefold() for text in texts}) == len(texts)
    # A layout lists its codes, and it must never list people's names.
    persons = any(map(is_data_head, texts)) or any("," in text for text in texts)
    if not (few and plain and folded) or named or persons:
        return None
    return Guess(
        "code",
        codes={text: text for text in sorted(texts)},
        why=f"it repeats {len(texts)} words",
    )


def _with_counted_days(distinct: Distinct, known_orders: set[str]) -> Guess | None:
    """Guess dates where some values are spreadsheet serial numbers among ordinary dates."""
    counted = {text for text in distinct.texts if SERIAL.fullmatch(text)}
    pairs = list(zip(distinct.texts, distinct.times, strict=True))
    others = [(text, times) for text, times in pairs if text not in counted]
    if not counted or len(others) < FEWEST_DAYS:
        return None
    guess = moments(Distinct([text for text, _ in others], [times for _, times in others]), known_orders)
    if guess is None:
        return None
    days = sorted(day for text, _ in others for one in guess.formats if (day := _day(text, one)) is not None)
    usual = days[len(days) // 20 : len(days) - len(days) // 20]
    for text in counted:
        day = from_serial(float(text))
        if day is None or not usual[0] - NEAR <= day <= usual[-1] + NEAR:
            return None
    return replace(guess, why=f"{guess.why}; some are {COUNTED}", odd=guess.odd | counted)


def _day(text: str, date_format: str) -> datetime | None:
    try:
        return datetime.strptime(text, date_format).replace(tzinfo=None)
    except ValueError:
        return None


def guess_type(distinct: Distinct, words: Sequence[str], known_orders: set[str]) -> Guess:
    """Guess the type of a column."""
    if not distinct.rows:
        return Guess(why="it is empty", open="it is empty in this file, so we read only its header")
    if all(DESCRIPTOR.fullmatch(text) for text in distinct.texts):
        codes = {text.rpartition("#")[2]: text.rpartition("#")[2] for text in sorted(distinct.texts)}
        return Guess("code", ("descriptor",), codes, why="its values are Ed-Fi descriptors")
    rules = words_file()["text_or_not"]
    if not any("\0" in text for text in distinct.texts):
        moment = moments(distinct, known_orders) or _with_counted_days(distinct, known_orders)
        if moment is not None:
            return moment
    dated = any(word in rules["dates"] for word in words)
    of_birth = any(field == "birth_date" for field, _ in named_fields(list(words)))
    if (dated or of_birth) and _nearly_all(distinct, SERIAL):
        if all(from_serial(float(text)) is not None for text in distinct.texts if SERIAL.fullmatch(text)):
            counted = Guess("date", ("%Y-%m-%d",), why=f"its header and values fit: {COUNTED}")
            return _with_odd(counted, distinct, SERIAL, "a day")
    if dated and _nearly_all(distinct, PACKED):
        if all(reads(text, "%Y%m%d") for text in distinct.texts if PACKED.fullmatch(text)):
            packed = Guess(
                "date", ("%Y%m%d",), why="its values are dates in eight digits, and its header fits"
            )
            return _with_odd(packed, distinct, PACKED, "a day")
    if _nearly_all(distinct, TIME):
        return _with_odd(Guess("time", why="its values are times of day"), distinct, TIME, "a time")
    if any(has(words, phrase) for phrase in rules["years"]):
        if _nearly_all(distinct, YEARS):
            years = Guess("school_year", ("YYYY-YYYY",), why="its values are school years")
            return _with_odd(years, distinct, YEARS, "a school year")
        if _nearly_all(distinct, YEAR):
            is_school = has(words, "school year") or has(words, "academic year")
            asked = (
                "we read 2026 as 2025-2026: is it the year in which the school year starts instead?"
                if is_school
                else ""
            )
            one = Guess("school_year" if is_school else "year", why="its values are years", open=asked)
            return _with_odd(one, distinct, YEAR, "a year")
    boolean = _boolean(distinct, words)
    if boolean is not None:
        return boolean
    quantity = any(has(words, phrase) for phrase in rules["counts"])
    kept = numbered_thing(words) is not None or any(has(words, phrase) for phrase in rules["heads"])
    if kept and not quantity and not MONEY.fullmatch(distinct.texts[0]):
        return _codes_if_words(distinct, words) or Guess(why="its header names a number or code")
    return _number(distinct, words) or _codes(distinct, words) or Guess()


def _codes_if_words(distinct: Distinct, words: Sequence[str]) -> Guess | None:
    """Accept codes made of letters; codes with digits stay text."""
    if "code" not in words and "grade" not in words:
        return None
    if any(any(letter.isdigit() for letter in text) for text in distinct.texts):
        return None
    return _codes(distinct, words)
