"""What a rule hands over: rows of values in canonical text, and the fact rows that it weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import STRING, cast, missing
from helpers.profile.elements import Element
from helpers.profile.groups import Groups
from helpers.profile.pairs import places_of

if TYPE_CHECKING:
    from helpers.profile.evidence import Evidence
    from helpers.profile.rows import Rows

__all__ = [
    "BANDS", "NOTHING", "NOTHING_TOLD", "STATUSES", "STILL", "Found", "Whose", "canonical", "found",
    "in_numbers", "in_words", "told", "told_of_groups",
]  # fmt: skip

Ints = npt.NDArray[np.int64]
# From the surest tie to the weakest. A record alone is sure to be itself.
BANDS = ("Sure", "Alone", "Unverified", "Review")
STATUSES = ("Reported", "Withheld", "Not applicable", "Empty", "Not collected", "Not linked")
REPORTED, NOT_APPLICABLE, EMPTY = (STATUSES.index(name) for name in ("Reported", "Not applicable", "Empty"))
# What hasn't ended is newer than all that has.
STILL = pd.Timestamp("2200-01-01")
FIELDS: dict[str, Any] = {
    **dict.fromkeys(
        ["child", "value", "status", "silo", "record", "file", "link_band", "other_reading"], STRING
    ),
    **dict.fromkeys(["school_year", "row", "rows"], pd.Int64Dtype()),
    **dict.fromkeys(["begin_date", "as_of", "recent"], np.dtype("datetime64[us]")),
    "value_number": np.dtype("float64"),
    "doubtful": pd.BooleanDtype(),
}
# The same in numbers: places of words in the evidence; -1 stands for nothing, and 0 for no school year.
NUMBERS: dict[str, Any] = {
    "owner": "int32",
    "school_year": "int16",
    "system": "int16",
    "tie": "int32",
    "band": "int8",
    "source": "int32",
    **dict.fromkeys(["row", "rows"], "int64"),
    "status": "int8",
    **dict.fromkeys(["begin_date", "as_of", "recent"], "datetime64[us]"),
    "value_number": "float64",
    "doubtful": "bool",
}
WORDS = ("value", "other_reading")


@dataclass(frozen=True)
class Found:
    """What a rule found.

    Attributes
    ----------
    values
        Rows of the table ``values`` without element, unit, choice and agreement, in words (`found`) or in
        numbers (`told`); besides ``doubtful`` (boolean: the value gives way to any other), ``other_reading``
        (a second reading of the value) and ``recent`` (of two values of one system the later counts; `as_of`
        where it is NA).
    weighed
        By fact table, which of its rows the rule looked at.
    behind
        By table, which of its rows stand behind which value: of each such row its place in the table, and
        the place of the value.
    """

    values: pd.DataFrame
    weighed: Mapping[str, Any] = field(default_factory=dict)
    behind: Mapping[str, tuple[Ints, Ints]] = field(default_factory=dict)


# What a rule finds where no system has a row of its table.
NOTHING = Found(pd.DataFrame(columns=list(FIELDS)).astype(FIELDS))


@dataclass(frozen=True)
class Whose:
    """Whose each value is, and which system tells it, in numbers.

    Attributes
    ----------
    owner, system, year, tie, band
        One number a value: child, silo, school year (its place; -1: of none), record (-1: several, or none)
        and how sure its tie is.
    """

    owner: Ints
    system: Ints
    year: Ints
    tie: Ints
    band: Ints

    def __len__(self) -> int:
        return len(self.owner)

    @classmethod
    def of(cls, rows: Rows, at: Ints, *, year: bool = True) -> Whose:
        """Take what some rows of a table say."""
        years = rows.year[at] if year else np.full(len(at), -1, dtype="int64")
        return cls(rows.owner[at], rows.system[at], years, rows.tie[at], rows.band[at])

    def taken(self, at: npt.NDArray[Any]) -> Whose:
        """Take some of them."""
        return Whose(self.owner[at], self.system[at], self.year[at], self.tie[at], self.band[at])

    def groups(self) -> Groups:
        """Put together what is told of one child and year by one system."""
        return Groups(self.owner, self.system, self.year + 1)

    def of_system(self) -> Groups:
        """Put together what is told of one year by one system."""
        return Groups(self.system, self.year + 1)

    def of_groups(self, groups: Groups) -> Whose:
        """Give what holds of each group: the record if it is one, and the weakest tie."""
        return Whose(
            groups.parent(self.owner), groups.parent(self.system), groups.parent(self.year),
            groups.only(self.tie), groups.largest(self.band),
        )  # fmt: skip

    def followed_by(self, other: Whose) -> Whose:
        """Put others behind them."""
        return Whose(
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in ("owner", "system", "year", "tie", "band")
            )
        )


def told_of_groups(
    element: Element,
    evidence: Evidence,
    whose: Whose,
    groups: Groups,
    values: Any,
    *,
    rows: npt.NDArray[Any] | None = None,
    **more: Any,
) -> pd.DataFrame:
    """Make a value of each group of rows, told on the day for which its record speaks, or its system.

    Parameters
    ----------
    element
        The element.
    evidence
        Records and facts by child.
    whose
        Whose each row is.
    groups
        The groups.
    values
        A value a group.
    rows
        How many rows stand behind each value; all of the group, when not given.
    **more
        What else `told` takes.

    Returns
    -------
    pandas.DataFrame
        What `told` gives.
    """
    of = whose.of_groups(groups)
    more.setdefault("as_of", evidence.spoken_for(of.system, of.tie))
    return told(element, evidence, of, values, rows=groups.size() if rows is None else rows, **more)


def canonical(values: pd.Series, element: Element) -> tuple[pd.Series, pd.Series]:
    """Write values as canonical text, and as numbers where they are numbers.

    Parameters
    ----------
    values
        Values of one element, of its own type.
    element
        The element.

    Returns
    -------
    tuple of pandas.Series
        Text (dates ``YYYY-MM-DD``, whole numbers without a point, USD with two decimals, other numbers with
        four, ``true`` and ``false``), and ``float64``.
    """
    nothing = pd.Series(np.nan, index=values.index)
    if element.type == "string":
        return values.astype(STRING), nothing
    if element.type == "date":
        return _written(values, lambda day: f"{day:%Y-%m-%d}"), nothing
    numbers = values.astype("Float64").astype("float64")
    if element.type == "boolean":
        return _written(numbers, {1.0: "true", 0.0: "false"}.get), numbers
    digits = 0 if element.type == "integer" else 2 if element.unit == "USD" else 4
    return _written(numbers, f"{{:.{digits}f}}".format), numbers


def _written(values: pd.Series, write: Any) -> pd.Series:
    """Write each different value once."""
    codes, different = pd.factorize(values)
    words = pd.array([*map(write, different), None], dtype=STRING)
    return pd.Series(words.take(codes), index=values.index)


def found(frame: pd.DataFrame, values: pd.Series, element: Element) -> pd.DataFrame:
    """Make rows of values: one a row of the frame; a missing value is Empty.

    Parameters
    ----------
    frame
        What is known of each value: ``child``, ``silo``, ``link_band``, and of the rest what there is.
    values
        The values themselves, on the frame's index.
    element
        The element.

    Returns
    -------
    pandas.DataFrame
        The columns of `Found.values`, in words.
    """
    if frame.empty:
        return NOTHING.values
    text, numbers = canonical(values, element)
    said = pd.Series("Reported", index=frame.index, dtype=STRING).where(text.notna(), "Empty")
    given = {name: frame[name] for name in FIELDS if name in frame.columns}
    given |= {"value": text, "value_number": numbers, "status": said}
    if "doubtful" in given:
        given["doubtful"] = cast(given["doubtful"], FIELDS["doubtful"]).fillna(False)
    else:
        given["doubtful"] = pd.Series(False, index=frame.index)
    columns = {
        name: cast(given[name], dtype).array if name in given else missing(len(frame), dtype)
        for name, dtype in FIELDS.items()
    }
    return pd.DataFrame(columns, copy=False)


def told(
    element: Element,
    evidence: Evidence,
    whose: Whose,
    values: Any,
    *,
    rows: npt.NDArray[Any] | None = None,
    source: Ints | None = None,
    row: Ints | None = None,
    not_applicable: npt.NDArray[np.bool_] | None = None,
    other_reading: pd.Series | None = None,
    **more: npt.NDArray[Any],
) -> pd.DataFrame:
    """Make values in numbers; a missing value is Empty.

    Parameters
    ----------
    element
        The element.
    evidence
        Records and facts by child.
    whose
        Whose each value is.
    values
        The values themselves, of the element's own type; as many.
    rows
        How many rows stand behind each.
    source, row
        File and row, where one row stands behind the value; see `Evidence.files_of`.
    not_applicable
        Of whom nothing can be told, so that the value is left out.
    other_reading
        A second reading of each value, as text.
    **more
        ``begin_date``, ``as_of``, ``recent`` (days) and ``doubtful``.

    Returns
    -------
    pandas.DataFrame
        The columns of `Found.values`, in numbers.
    """
    text, numbers = canonical(pd.Series(values).reset_index(drop=True), element)
    number = numbers.to_numpy()
    status = np.where(text.isna().to_numpy(dtype=bool), EMPTY, REPORTED)
    if not_applicable is not None:
        text, number = text.mask(not_applicable), np.where(not_applicable, np.nan, number)
        status = np.where(not_applicable, NOT_APPLICABLE, status)
    year = np.append(np.asarray(evidence.years.years, dtype="int64"), 0)[whose.year]
    given: dict[str, Any] = {
        "owner": whose.owner, "system": whose.system, "tie": whose.tie, "band": whose.band,
        "school_year": year, "source": source, "row": row, "rows": rows, "status": status,
        "value_number": number, **more,
    }  # fmt: skip
    columns = {
        name: _filled(dtype, len(whose)) if given.get(name) is None else given[name].astype(dtype, copy=False)
        for name, dtype in NUMBERS.items()
    }
    other = missing(len(whose), STRING) if other_reading is None else other_reading.array
    return pd.DataFrame({**columns, "value": text.array, "other_reading": other}, copy=False)


def _filled(dtype: str, rows: int) -> npt.NDArray[Any]:
    """Give a column in which nothing is known."""
    nothing = np.datetime64("NaT") if dtype.startswith("datetime") else dtype != "bool" and -1
    return np.full(rows, nothing, dtype=dtype)


def in_numbers(values: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Write values that are told in words in numbers; those that are in numbers stay as they are.

    Parameters
    ----------
    values
        What `found` or `told` gives.
    evidence
        Records and facts by child.

    Returns
    -------
    pandas.DataFrame
        What `told` gives.
    """
    if "owner" in values.columns:
        return values
    system = places_of(values["silo"], evidence.silos)
    columns = {
        "owner": evidence.children.get_indexer(pd.Index(values["child"])),
        "school_year": values["school_year"].to_numpy(dtype="int64", na_value=0),
        "system": system,
        "tie": evidence.ties.of(system, values["record"]),
        "band": places_of(values["link_band"], BANDS),
        "source": evidence.files_of(values["file"]),
        "row": values["row"].to_numpy(dtype="int64", na_value=-1),
        "rows": values["rows"].to_numpy(dtype="int64", na_value=-1),
        "status": places_of(values["status"], STATUSES),
        **{name: values[name].to_numpy() for name in ("begin_date", "as_of", "recent", "value_number")},
        "doubtful": values["doubtful"].to_numpy(dtype=bool, na_value=False),
    }
    numbers = {name: columns[name].astype(dtype, copy=False) for name, dtype in NUMBERS.items()}
    return pd.DataFrame({**numbers, **{name: values[name].array for name in WORDS}}, copy=False)


NOTHING_TOLD = pd.DataFrame(
    {
        **{name: _filled(dtype, 0) for name, dtype in NUMBERS.items()},
        **{name: missing(0, STRING) for name in WORDS},
    }
)


def in_words(values: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Write values that are told in numbers in words.

    Parameters
    ----------
    values
        What `told` gives, with whatever other columns.
    evidence
        Records and facts by child, from which they come.

    Returns
    -------
    pandas.DataFrame
        What `found` gives, with the other columns.
    """

    def words(names: Any, column: str) -> Any:
        return pd.array([*names, None], dtype=STRING).take(values[column].to_numpy())

    def number(column: str, nothing: int) -> Any:
        whole = values[column].to_numpy(dtype="int64")
        return pd.arrays.IntegerArray(whole, whole == nothing)

    tie = values["tie"].to_numpy()
    columns = {
        "child": evidence.children.array.take(values["owner"].to_numpy()),
        "silo": words(evidence.silos, "system"),
        "record": evidence.crosswalk["record"].array.take(tie, allow_fill=True),
        "link_band": words(BANDS, "band"),
        "file": words(evidence.file_names, "source"),
        "status": words(STATUSES, "status"),
        "school_year": number("school_year", 0),
        "row": number("row", -1),
        "rows": number("rows", -1),
        "doubtful": pd.array(values["doubtful"].to_numpy(), dtype="boolean"),
    }
    for name in ("value", "other_reading", "begin_date", "as_of", "recent", "value_number"):
        columns[name] = values[name].array
    others = {name: values[name].array for name in values.columns if name not in {*NUMBERS, *WORDS}}
    return pd.DataFrame({**{name: columns[name] for name in FIELDS}, **others}, copy=False)
