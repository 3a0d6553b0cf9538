"""Cell formats by column type: which ones are valid, and what an invalid one probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from helpers.standard import nearest

__all__ = ["PICTURE", "day_of", "format_fault", "set_value_fault"]

# Number formats.
PICTURE = re.compile(r"^(?P<currency>\$?)(?P<group>#,##)?0(?:\.(?P<decimals>0+))?$")
DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
OF_DAYS, OF_CLOCKS = "YymbBdjaA", "HIMSfpz"
# Spreadsheet and database names for parts of dates and times. MM and mm are months, but minutes after an
# hour.
WORDS = re.compile(r"yyyy|yy|mmmm|mmm|mm|mi|m|dddd|ddd|dd|d|hh24|hh12|hh|h|ss|s|am/pm", re.IGNORECASE)
MEANT = {
    "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "%m", "dddd": "%A", "ddd": "%a",
    "dd": "%d", "d": "%d", "hh24": "%H", "hh12": "%I", "hh": "%H", "h": "%H", "mi": "%M", "ss": "%S",
    "s": "%S", "am/pm": "%p",
}  # fmt: skip


def day_of(text: str) -> datetime | None:
    """Parse an ISO date or datetime; None if it isn't one."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def format_fault(kind: str, declared: str) -> str:
    """Describe what is wrong with a format.

    >>> format_fault("date", "MM/DD/YYYY")
    "no format of a date. Did you mean '%m/%d/%Y'?"
    >>> format_fault("date", "%m/%d/%Y")
    ''
    """
    checks: dict[str, Callable[[str], str]] = {
        "date": lambda text: _day(text, "date"),
        "datetime": lambda text: _day(text, "datetime"),
        "time": _clock,
        "number": _picture,
        "integer": _picture,
        "boolean": _pair,
        "year": lambda text: _one_of(text, ["YYYY"]),
        "school_year": lambda text: _one_of(text, ["YYYY", "YYYY-YYYY"]),
        "code": lambda text: _one_of(text, ["descriptor"]),
        "list": lambda text: _one_of(text, ["descriptor"]),
    }
    if kind in checks:
        return checks[kind](declared)
    types = [one for one in ("date", "time", "number", "boolean", "code") if not checks[one](declared)]
    meant = f" Did you mean type = {types[0]!r}?" if types else ""
    return f"a format without a type: text is kept as it is written.{meant}"


def _meant(declared: str) -> str:
    """Replace words such as MM/DD/YYYY with directives."""
    found: list[str] = []

    def put(word: re.Match[str]) -> str:
        directive = MEANT[word[0].lower()]
        found.append("%M" if directive == "%m" and found and found[-1] in ("%H", "%I") else directive)
        return found[-1]

    return WORDS.sub(put, declared.replace("%", ""))


def _letters(declared: str) -> list[str] | None:
    """List the letters of a format's directives; None if one of them is unknown."""
    letters = [one for one in DIRECTIVE.findall(declared) if one != "%"]
    return letters if all(one and one in OF_DAYS + OF_CLOCKS for one in letters) else None


def _whole_day(letters: list[str]) -> bool:
    month = [one for one in letters if one in "mbB"]
    return sum(one in "Yy" for one in letters) == 1 and (
        (len(month) == 1 and letters.count("d") == 1) or (not month and letters.count("j") == 1)
    )


def _day(declared: str, kind: str) -> str:
    letters = _letters(declared)
    if letters is not None and _whole_day(letters) and len(set(letters)) == len(letters):
        return ""
    plain = re.sub(r"%-(?=[mdHIMSjy])", "%", declared)
    for meant in (plain, _meant(declared), re.sub(r"%D", "%d", re.sub(r"%M", "%m", plain))):
        known = _letters(meant)
        if known is not None and meant != declared and _whole_day(known) and len(set(known)) == len(known):
            return f"no format of a {kind}. Did you mean {meant!r}?"
    return (
        f"no format of a {kind}: it takes a year (%Y or %y), a month (%m, %b or %B) and a day (%d), "
        "or a year and the day of the year (%j), such as '%m/%d/%Y'"
    )


def _clock(declared: str) -> str:
    letters = _letters(declared)
    good = letters is not None and set(letters) <= set("HIMSfp") and len(set(letters)) == len(letters)
    if good and letters and sum(one in "HI" for one in letters) == 1:
        return ""
    meant = _meant(declared)
    asked = f" Did you mean {meant!r}?" if meant != declared and not _clock(meant) else ""
    return f"no format of a time, such as '%H:%M' or '%I:%M %p'.{asked}"


def _picture(declared: str) -> str:
    if PICTURE.match(declared):
        return ""
    asked = nearest(declared, ["0", "0.0", "0.00", "#,##0", "#,##0.00", "$0.00", "$#,##0.00"])
    return f"no picture of a number, such as 0.00 or $#,##0.00.{asked}"


def _pair(declared: str) -> str:
    words = [word.strip() for word in declared.split("|")]
    if len(words) == 2 and all(words) and words[0] != words[1]:
        return ""
    apart = [word.strip() for word in re.split(r"[/,;]", declared) if word.strip()]
    asked = f" Did you mean {'|'.join(apart)!r}?" if len(apart) == 2 else ""
    return f"no pair of words, the one for yes first, such as 'Y|N'.{asked}"


def _one_of(declared: str, known: list[str]) -> str:
    if declared in known:
        return ""
    folded = [one for one in known if one.casefold() == declared.casefold()]
    asked = f" Did you mean {folded[0]!r}?" if folded else nearest(declared, known)
    return f"none of {', '.join(map(repr, known))}.{asked}"


def set_value_fault(kind: str, value: object) -> str:
    """Describe why a standard column can't contain a value that a layout sets; empty if it can."""
    if kind in ("date", "datetime"):
        day = day_of(value) if isinstance(value, str) else None
        if day is None or (kind == "date" and isinstance(value, str) and len(value) > len("2026-02-01")):
            return "is no day: write it year first, such as '2026-02-01'"
        return ""
    if kind == "boolean":
        return "" if isinstance(value, bool) else "is neither true nor false: write one, without quotes"
    if kind in ("integer", "number"):
        try:
            number = None if isinstance(value, bool) else float(str(value))
        except ValueError:
            number = None
        if number is not None and (kind == "number" or number.is_integer()):
            return ""
        return f"is no {'whole number' if kind == 'integer' else 'number'}: write one without quotes"
    return "" if isinstance(value, str) else "is no text: write it in quotes"
