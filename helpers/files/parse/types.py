"""Parse one text into one standard value, by the type, format and codes of its column."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from helpers.files.parse.dates import format_reader, from_serial, serial_of
from helpers.layouts import Column

__all__ = ["AS_NUMBER", "READERS", "Read", "date_reader"]

AS_NUMBER = "date_as_number"  # a spreadsheet serial number
LARGEST = 2.0**53  # beyond it a float can't represent every whole number
MONEY = re.compile(
    r"^(?P<open>\()?(?P<sign>-)?\s*\$?\s*(?P<digits>\d{1,3}(,\d{3})+|\d+)?(?P<rest>\.\d+)?\)?$"
)
YEARS = re.compile(r"^(\d{4})\s*[-/]\s*(\d{4}|\d{2})$")
TRUE = {"true": True, "false": False, "1": True, "0": False, "y": True, "n": False, "yes": True, "no": False}


@dataclass(frozen=True)
class Read:
    """The result of parsing one text."""

    value: Any = None
    kind: str | None = None  # of finding, if the text isn't what the layout declares
    other: Any = None  # the second reading of a date
    lenient: bool = False  # the value is used anyway


def date_reader(column: Column, epoch: int = 1900) -> Callable[[str], Read]:
    """Return a parser of dates and datetimes."""
    formats = column.formats() or ["%Y-%m-%d"]
    readers = [format_reader(one) for one in formats]
    orders = {re.sub(r"[^dmb]", "", one) for one in formats}
    trusted = not {"md", "dm"} <= orders
    earlier = timedelta(days=1 if column.exclusive else 0)
    low = datetime.fromisoformat(str(column.minimum)) if column.minimum else None
    high = datetime.fromisoformat(str(column.maximum)) if column.maximum else None

    def counted(text: str) -> datetime | None:
        serial = serial_of(text, formats)
        moment = None if serial is None else from_serial(serial, epoch)
        if moment is None or column.type == "datetime":
            return moment
        return moment.replace(hour=0, minute=0, second=0)

    def read(text: str) -> Read:
        found = [one(text) for one in readers]
        readings = [moment for one in found if not one.short for moment in one.moments]
        kind = None
        if not readings:
            readings = list(dict.fromkeys(moment for one in found for moment in one.moments))
            kind = "zeros_lost"
            if len(readings) > 1:
                return Read(None, "date_ambiguous")
        if not readings and (day := counted(text)) is not None:
            readings, kind = [day], AS_NUMBER
        if not readings:
            return Read(None, f"not_a_{column.type}")
        first = readings[0]
        plain = first.replace(tzinfo=None)
        if (low and plain < low) or (high and plain > high) or plain - datetime.min < earlier:
            return Read(None, "out_of_range")
        others = [] if trusted else [one for one in readings[1:] if one != first]
        value = pd.Timestamp(first - earlier)
        if others:
            return Read(value, "date_ambiguous", pd.Timestamp(others[0] - earlier), lenient=True)
        return Read(value, kind, lenient=kind is not None)

    return read


def _number(column: Column) -> Callable[[str], Read]:
    formats = column.formats()
    picture = formats[0] if formats else ""
    plain = re.compile(r"^-?\d+(\.\d+)?$")
    if picture:
        group = r"\d{1,3}(,\d{3})*" if "," in picture else r"\d+"
        decimals = len(picture.partition(".")[2])
        tail = rf"\.\d{{{decimals}}}" if decimals else ""
        plain = re.compile(rf"^-?{re.escape('$') if '$' in picture else ''}{group}{tail}$")
    kind = f"not_a_{column.type}"
    whole = column.type == "integer"

    def read(text: str) -> Read:
        shape = MONEY.match(text)
        if shape is None or not (shape["digits"] or shape["rest"]):
            return Read(None, kind)
        value = float((shape["digits"] or "0").replace(",", "") + (shape["rest"] or ""))
        if value > LARGEST or (whole and not value.is_integer()):
            return Read(None, kind)
        value = -value if shape["sign"] or shape["open"] else value
        out = [column.minimum is not None and value < float(column.minimum)]
        out += [column.maximum is not None and value > float(column.maximum)]
        if any(out):
            return Read(None, "out_of_range")
        return Read(value) if plain.match(text) else Read(value, kind, lenient=True)

    return read


def _year(column: Column) -> Callable[[str], Read]:
    spans = (column.formats() or ["YYYY"])[0] == "YYYY-YYYY"
    kind = f"not_a_{column.type}"

    def read(text: str) -> Read:
        span = YEARS.match(text)
        if span:
            begins, ends = int(span[1]), int(span[2])
            ends = ends if ends > 99 else begins - begins % 100 + ends
            if ends != begins + 1:
                return Read(None, kind)
            return Read(ends) if spans else Read(ends, kind, lenient=True)
        if re.fullmatch(r"\d{4}", text):
            return Read(int(text), kind, lenient=True) if spans else Read(int(text))
        return Read(None, kind)

    return read


def _boolean(column: Column) -> Callable[[str], Read]:
    formats = column.formats() or ["true|false"]
    known: dict[str, bool] = {}
    for one in formats:
        yes, no = one.split("|")
        known |= {yes: True, no: False}

    def read(text: str) -> Read:
        if text in known:
            return Read(known[text])
        if text.casefold() in TRUE:
            return Read(TRUE[text.casefold()], "not_a_boolean", lenient=True)
        return Read(None, "not_a_boolean")

    return read


def _code(column: Column) -> Callable[[str], Read]:
    codes = dict(column.code_map())
    by_fold = {code.casefold(): meaning for code, meaning in codes.items()}
    descriptor = "descriptor" in column.formats()

    def read(text: str) -> Read:
        code = text.rsplit("#", 1)[-1] if descriptor else text
        if code in codes:
            return Read(codes[code])
        if code.casefold() in by_fold:
            return Read(by_fold[code.casefold()], "not_in_codes", lenient=True)
        return Read(None, "not_in_codes")

    return read


def _list(column: Column) -> Callable[[str], Read]:
    one = _code(column) if column.codes is not None else None

    def read(text: str) -> Read:
        parts = [item.strip() for item in text.split(",")]
        items = [item for item in parts if item]
        gap = None if len(items) == len(parts) else "not_a_list"
        if one is None:
            return Read(";".join(sorted(items)) or None, gap, lenient=gap is not None)
        readings = [one(item) for item in items]
        values = ";".join(sorted(str(r.value) for r in readings if r.value is not None)) or None
        bad = [r for r in readings if r.kind]
        if bad:
            return Read(values, bad[0].kind, lenient=all(r.lenient for r in bad))
        return Read(values, gap, lenient=gap is not None)

    return read


def _time(column: Column) -> Callable[[str], Read]:
    formats = column.formats()

    def read(text: str) -> Read:
        for one in formats:
            try:
                return Read(datetime.strptime(text, one).strftime("%H:%M:%S"))
            except ValueError:
                continue
        # Without a declared format, a time stays as written.
        return Read(None, "not_a_time") if formats else Read(text)

    return read


READERS: dict[str, Callable[[Column], Callable[[str], Read]]] = {
    "date": date_reader,
    "datetime": date_reader,
    "time": _time,
    "number": _number,
    "integer": _number,
    "year": _year,
    "school_year": _year,
    "boolean": _boolean,
    "code": _code,
    "list": _list,
}
