"""Parse distinct texts into values, and detect ids that a spreadsheet damaged."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.files.findings import Findings
from helpers.files.parse.dates import FEWEST_DAYS, NEAR
from helpers.files.parse.types import AS_NUMBER, READERS, Read, date_reader
from helpers.layouts import Column
from helpers.standard import STRING, constant

__all__ = ["Values", "is_blank", "read_column", "trimmed", "without_odd_ids", "written_out"]


SCIENTIFIC = r"^([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]+)$"


def written_out(text: str) -> str | None:
    """Write out a number in scientific notation; None if digits are lost.

    >>> written_out("1.23456E+05"), written_out("1.23E+05"), written_out("123E")
    ('123456', None, None)
    """
    found = re.match(SCIENTIFIC, text)
    if found is None or len(found[3]) > 3 or len(found[2] or "") < int(found[3]):
        return None
    digits = found[1] + (found[2] or "")
    end = int(found[3]) + 1
    return None if digits[end:].strip("0") else digits[:end]


def without_odd_ids(text: pd.Series, column: Column, rows: np.ndarray, findings: Findings) -> pd.Series:
    """Report ids that a spreadsheet damaged, and drop those that lost digits."""
    distinct = pa.chunked_array(pa.array(text, from_pandas=True))
    science = pc.fill_null(pc.match_substring_regex(distinct, SCIENTIFIC), False).to_numpy()
    if science.any():
        whole = np.array([written_out(one) for one in text[science].tolist()], dtype=object)
        there = np.array([one is not None for one in whole], dtype=bool)
        for mask, action in ((there, "read_as"), (~there, "value_set_aside")):
            findings.add_rows(
                "scientific_notation",
                action,
                rows[science][mask],
                column=column.name,
                value=text[science][mask].tolist(),
                expected="every digit of the id",
                read_as=whole[mask].tolist() if action == "read_as" else None,
            )
        text = text.mask(pd.Series(science, index=text.index))
        text.iloc[np.flatnonzero(science)[there]] = whole[there]
        distinct = pa.chunked_array(pa.array(text, from_pandas=True))
    digits = pc.fill_null(pc.utf8_is_digit(distinct), False).to_numpy()
    if digits.sum() > 1:
        lengths = pc.fill_null(pc.utf8_length(distinct), 0).to_numpy()
        counts = np.bincount(lengths[digits])
        usual = int(np.argmax(counts))
        # Nearly all ids have one length and a few are shorter: their zeros were cut. If no id begins with 0,
        # more may be short, since then the whole column was cut.
        zero = pc.fill_null(pc.starts_with(distinct, "0"), False).to_numpy()
        shorter = digits & (lengths < usual)
        part = counts[usual] / digits.sum()
        by_one = (
            shorter.any() and (lengths[shorter] == usual - 1).mean() >= 0.5
        )  # few ids begin with two zeros
        if usual >= 4 and by_one and (part >= 0.9 or (part >= 0.6 and not zero.any())):
            findings.add_rows(
                "zeros_lost",
                "nothing",
                rows[shorter],
                column=column.name,
                value=text[shorter].tolist(),
                expected=f"{usual} digits, as most others have",
            )
    return text


NULL_AS_TEXT = "NULL"


@dataclass(frozen=True)
class Values:
    """The parsed values of one column."""

    # Standard values.
    values: pd.Series
    # Second readings of dates whose day and month are ambiguous; None for other types.
    other: pd.Series | None = None
    # Why a value is missing, by its marker; None for columns without markers.
    status: pd.Series | None = None

    def part(self, begin: int, end: int) -> Values:
        """Return a range of rows as a column."""
        other = None if self.other is None else pd.Series(self.other.array[begin:end])
        status = None if self.status is None else pd.Series(self.status.array[begin:end])
        return Values(pd.Series(self.values.array[begin:end]), other, status)


def dtype_of(column: Column) -> Any:
    """Return the dtype of a column's standard values."""
    if column.type in ("date", "datetime"):
        return np.dtype("datetime64[us]")
    if column.type == "number":
        return np.dtype("float64")
    if column.type in ("integer", "year", "school_year"):
        return pd.Int64Dtype()
    return pd.BooleanDtype() if column.type == "boolean" else STRING


def trimmed(cells: pd.Series) -> pd.Series:
    """Trim text and compose its accents (Unicode NFC); an empty cell becomes missing."""
    text = pa.chunked_array(pa.array(cells, from_pandas=True)).cast(pa.large_string())
    shorn = pc.utf8_trim_whitespace(text)
    if not pc.all(pc.equal(shorn, text), min_count=0).as_py():
        text = shorn  # otherwise the result shares memory with the cells
    if not pc.all(pc.string_is_ascii(text), min_count=0).as_py():
        text = pc.utf8_normalize(text, form="NFC")
    empty = pc.equal(text, "")
    if pc.any(empty, min_count=0).as_py():
        text = pc.if_else(empty, pa.scalar(None, pa.large_string()), text)
    return pd.Series(pd.array(text, dtype=STRING), index=cells.index)


def is_blank(cells: pd.Series) -> np.ndarray:
    """Test which cells are empty or contain only space."""
    text = pa.chunked_array(pa.array(cells, from_pandas=True)).cast(pa.large_string())
    blank = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(text)), 0)
    return np.asarray(pc.fill_null(blank, True), dtype=bool)


def _shown(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _read_as(reading: Read) -> str | None:
    if reading.kind == "date_ambiguous" and reading.lenient:
        return f"{_shown(reading.value)} or {_shown(reading.other)}"
    return _shown(reading.value) if reading.lenient else None


def _column(values: list[Any], dtype: Any) -> Any:
    if dtype == np.dtype("float64"):
        return np.array([np.nan if value is None else value for value in values], "float64")
    if dtype == np.dtype("datetime64[us]"):
        return np.array(
            [np.datetime64("NaT", "us") if v is None else v.to_datetime64() for v in values], dtype
        )
    return pd.array([pd.NA if value is None else value for value in values], dtype=dtype)


def read_column(
    cells: pd.Series,
    column: Column,
    rows: np.ndarray,
    findings: Findings,
    *,
    name: str,
    of_ids: bool = True,
    epoch: int = 1900,
) -> Values:
    """Parse one column."""
    text = trimmed(cells)
    null = (text == NULL_AS_TEXT).fillna(False).to_numpy(bool)
    if null.any():
        findings.add_rows("null_as_text", "value_set_aside", rows[null], column=name, value=NULL_AS_TEXT)
        text = text.mask(pd.Series(null, index=text.index))
    gone = text.isna().to_numpy()
    if column.required and gone.any():
        findings.add_rows("required_empty", "nothing", rows[gone], column=name, expected="a value")
    if column.max_length is not None:
        length = text.str.len()
        long = (length > column.max_length).fillna(False).to_numpy(bool)
        findings.add_rows(
            "too_long",
            "nothing",
            rows[long],
            column=name,
            value=text[long].tolist(),
            expected=f"at most {column.max_length} characters",
        )
    if of_ids and column.identification_system and column.type == "string":
        text = without_odd_ids(text, column, rows, findings)
    status = None
    if column.markers:
        text, status = _marked(text, column, rows, findings, name)
    make = READERS.get(column.type)
    if make is None or column.item or column.parts:
        return Values(text, status=status)
    of_days = column.type in ("date", "datetime")
    read = date_reader(column, epoch) if of_days else make(column)
    return replace(_by_distinct(text, column, read, rows, findings, name), status=status)


def _marked(
    text: pd.Series, column: Column, rows: np.ndarray, findings: Findings, name: str
) -> tuple[pd.Series, pd.Series]:
    """Replace markers with missing values and their reasons; report markers in another case."""
    codes, distinct = pd.factorize(text, use_na_sentinel=True)
    by_fold = {marker.casefold(): reason for marker, reason in column.markers.items()}
    reasons = [by_fold.get(str(one).casefold()) for one in distinct]
    here = np.array([reason is not None for reason in reasons] + [False])[codes]
    if not here.any():
        return text, pd.Series(constant(None, len(text)), index=text.index)
    other = here & ~text.isin(list(column.markers)).to_numpy(bool)
    findings.add_rows(
        f"not_a_{column.type}",
        "read_as",
        rows[other],
        column=name,
        value=[str(distinct[place]) for place in codes[other]],
        expected=" or ".join(column.markers),
        read_as=[reasons[place] for place in codes[other]],
    )
    status = pd.Series(pd.array([*reasons, None], dtype=STRING).take(codes), index=text.index)
    return text.mask(pd.Series(here, index=text.index)), status


def _near_the_others(readings: list[Read], column: Column) -> list[Read]:
    """Reject serial numbers far from the column's ordinary dates: they may be ids."""
    if not any(one.kind == AS_NUMBER for one in readings):
        return readings
    days = sorted(one.value.replace(tzinfo=None) for one in readings if one.kind is None)
    if len(days) < FEWEST_DAYS:
        return readings
    usual = days[len(days) // 20 : len(days) - len(days) // 20]  # a few may be in the wrong century
    low, high = usual[0] - NEAR, usual[-1] + NEAR
    far = Read(None, f"not_a_{column.type}")
    return [far if one.kind == AS_NUMBER and not low <= one.value <= high else one for one in readings]


def _by_distinct(
    text: pd.Series,
    column: Column,
    read: Callable[[str], Read],
    rows: np.ndarray,
    findings: Findings,
    name: str,
) -> Values:
    codes, distinct = pd.factorize(text, use_na_sentinel=True)
    readings = _near_the_others([read(str(one)) for one in distinct], column)
    expected = " or ".join(column.formats()) or column.type
    if column.type in ("code", "list"):
        expected = ", ".join(list(column.code_map())[:12]) or column.type
    if column.minimum is not None or column.maximum is not None:
        expected += f", from {column.minimum or 'any'} to {column.maximum or 'any'}"
    kinds = {(reading.kind, reading.lenient) for reading in readings if reading.kind}
    for kind, lenient in sorted(kinds, key=str):
        odd = np.array([(r.kind, r.lenient) == (kind, lenient) for r in readings] + [False])
        here = odd[codes]
        shown = [_read_as(reading) for reading in readings]
        findings.add_rows(
            str(kind),
            "read_as" if lenient else "value_set_aside",
            rows[here],
            column=name,
            value=[str(distinct[place]) for place in codes[here]],
            expected="no empty item" if kind == "not_a_list" else expected,
            read_as=[shown[place] for place in codes[here]] if lenient else None,
        )
    dtype = dtype_of(column)
    values = pd.Series(_column([r.value for r in readings] + [None], dtype)).take(codes)
    other = None
    if any(reading.other is not None for reading in readings):
        others = pd.Series(_column([r.other for r in readings] + [None], dtype)).take(codes)
        other = others.set_axis(text.index)
    return Values(values.set_axis(text.index), other)
