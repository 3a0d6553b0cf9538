"""Days absent under any definition: which days, at which school, and what counts as an absence.

Definitions differ in numerator and denominator, not in the days. So the days of a school year are laid out
once, one row per child and school, and each definition is a sum over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.attendance import derive_days
from helpers.profile.facts.school_years import school_years
from helpers.profile.facts.store import LINK_STATUSES, with_child
from helpers.profile.facts.systems import name_schools
from helpers.profile.indicators.definitions import Definition
from helpers.profile.indicators.statuses import detailed
from helpers.standard import STRING, fact_tables

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.profile.profiles import Profiles

__all__ = ["LaidOutDays", "days_measured", "lay_out_days"]

Marks = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

SUSPENDED = "Out of School Suspension"
PARTIAL = "Partial"
# A suspension longer than a school year is a typo.
LONGEST_SUSPENSION = 200


@dataclass(frozen=True)
class LaidOutDays:
    """The days of one school year: one row per child and school, one column per calendar day."""

    # ``child, school, link_status, fresh_on``: one per child and school, sorted by child.
    rows: pd.DataFrame
    # Certainty of each day's record, an index into `statuses`; 0: the child was not expected, or it is
    # unknown.
    marks: Marks
    # Whether the child was suspended on that day.
    suspended: Bools
    # Status of a day by mark; NA: the child was there, or the record is of unknown kind.
    statuses: pd.Series
    # First day, in days since 1970.
    first: int

    def of_children(self) -> LaidOutDays:
        """Return the days per child, over all schools: each day once, with its most certain record."""
        if self.rows.empty:
            return self
        starts = np.flatnonzero(~self.rows["child"].duplicated().to_numpy())
        by = self.rows.groupby("child", sort=False)
        weakness = self.rows["link_status"].map({status: place for place, status in enumerate(LINK_STATUSES)})
        rows = pd.DataFrame(
            {
                "child": self.rows["child"].array.take(starts),
                "school": pd.array([pd.NA] * len(starts), dtype=STRING),
                "link_status": weakness.groupby(self.rows["child"], sort=False)
                .max()
                .map(dict(enumerate(LINK_STATUSES)))
                .astype(STRING)
                .array,
                "fresh_on": by["fresh_on"].max().array,
            }
        )
        return LaidOutDays(
            rows,
            np.maximum.reduceat(self.marks, starts, axis=0),
            np.maximum.reduceat(self.suspended, starts, axis=0),
            self.statuses,
            self.first,
        )


def lay_out_days(
    district: District, profiles: Profiles, as_of: Mapping[str, pd.Timestamp] | None = None
) -> LaidOutDays:
    """Lay out the days of the profiles' year, from the system that each profile trusts."""
    year = profiles.school_year
    facts = {name: district.fact(name) for name in fact_tables() if name != "attendance_day"}
    years = school_years(facts)
    days = derive_days({**facts, "people": district.people}, years)
    owners = with_child(days.periods, profiles.crosswalk)
    trusted = _trusted(profiles)
    owners = owners.assign(trusted=owners["child"].map(trusted))
    mine = owners["child"].notna() & (owners["silo"] == owners["trusted"]).fillna(False)
    kept = days.covered & mine.to_numpy(dtype=bool)[days.period]
    day, rank, period = days.day[kept], days.rank[kept], days.period[kept]
    if len(day) == 0 or year is None:
        return _nothing(days.statuses)
    span = np.arange(int(np.min(day)), int(np.max(day)) + 1)
    dates = pd.Series(span.astype("datetime64[D]").astype("datetime64[us]"))
    in_year = np.flatnonzero((years.of(dates) == year).fillna(False).to_numpy(dtype=bool))
    if len(in_year) == 0:
        return _nothing(days.statuses)
    first, last = int(span[in_year[0]]), int(span[in_year[-1]])
    within = (day >= first) & (day <= last)
    day, rank, period = day[within], rank[within], period[within]
    if len(day) == 0:
        return _nothing(days.statuses)

    newest = pd.Series(day).groupby(owners["silo"].to_numpy()[period]).max()
    for silo, until in (as_of or {}).items():
        if silo in newest.index:
            newest[silo] = max(int(newest[silo]), int(np.datetime64(until, "D").astype("int64")))
    pieces = np.unique(period)
    at = owners.iloc[pieces].assign(school_year=year)
    rows, row_of_piece = _rows(at, _schools(at, district, profiles), newest)
    row_of_period = np.full(len(owners), -1, dtype="int64")
    row_of_period[pieces] = row_of_piece
    width = last - first + 1
    place = row_of_period[period] * width + (day - first)
    flat = np.zeros(len(rows) * width, dtype="int8")
    for mark in np.unique(rank):  # rising, so that the most certain record of a day remains
        flat[place[rank == mark]] = mark
    marks = flat.reshape(len(rows), width)
    suspended = _suspended(district, profiles, rows, marks, first)
    return LaidOutDays(rows, marks, suspended, days.statuses, first)


def _nothing(statuses: pd.Series) -> LaidOutDays:
    """Return no days."""
    rows = pd.DataFrame(
        {name: pd.Series(dtype=STRING) for name in ("child", "school", "link_status")}
        | {"fresh_on": pd.Series(dtype="datetime64[us]")}
    )
    return LaidOutDays(rows, np.zeros((0, 1), "int8"), np.zeros((0, 1), bool), statuses, 0)


def _trusted(profiles: Profiles) -> pd.Series:
    """Map each child to the system with its days, since several systems may record attendance."""
    values = profiles.recorded
    chosen = values["chosen"] & values["element"].eq("days_enrolled") & values["status"].eq("Reported")
    chosen &= values["school_year"].isin([profiles.school_year])
    shown = values.loc[chosen.astype(bool), ["child", "silo"]]
    return shown.set_index("child")["silo"]


def _schools(pieces: pd.DataFrame, district: District, profiles: Profiles) -> pd.Series:
    """Name the schools of enrollment periods, by their own system or else by the profiles."""
    values = profiles.recorded
    chosen = values["element"].eq("school") & values["chosen"] & values["value"].notna()
    shown = values.loc[chosen.astype(bool), ["child", "silo", "school_year", "value"]]
    shown = shown[~shown["silo"].isin(pieces["silo"].unique())].rename(columns={"value": "school_name"})
    stated = pd.concat([pieces, shown], ignore_index=True)
    columns = ["child", "silo", "school_year", "school_id", "school_name"]
    named = name_schools(
        stated.reindex(columns=columns).astype({"school_name": STRING}), district.fact("school")
    )
    return named.iloc[: len(pieces)].set_axis(pieces.index)


def _rows(pieces: pd.DataFrame, named: pd.Series, newest: pd.Series) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    """Make one row per child and school, and return the row of each enrollment period."""
    weakness = (
        pieces["link_status"]
        .map({status: place for place, status in enumerate(LINK_STATUSES)})
        .astype("int64")
    )
    known = pieces.assign(
        school=named.fillna(""), weakness=weakness, fresh_on=pieces["silo"].map(newest).astype("int64")
    )
    by = known.groupby(["child", "school"], sort=True)
    rows = by.agg(weakness=("weakness", "max"), fresh_on=("fresh_on", "max")).reset_index()
    fresh_on = rows["fresh_on"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    return (
        pd.DataFrame(
            {
                "child": rows["child"].astype(STRING),
                "school": rows["school"].astype(STRING),
                "link_status": rows["weakness"].map(dict(enumerate(LINK_STATUSES))).astype(STRING),
                "fresh_on": fresh_on,
            }
        ),
        by.ngroup().to_numpy(dtype="intp"),
    )


def _suspended(district: District, profiles: Profiles, rows: pd.DataFrame, marks: Marks, first: int) -> Bools:
    """Mark a child's suspended days: as many of the child's school days as the action has, from its start."""
    suspended = np.zeros(marks.shape, dtype=bool)
    actions = district.fact("discipline_action")
    wanted = actions["discipline"].eq(SUSPENDED).fillna(False) & actions["begin_date"].notna()
    wanted &= (actions["days"] > 0).fillna(False)
    if not wanted.any():
        return suspended
    named = with_child(actions[wanted.astype(bool)], profiles.crosswalk)
    named = named[named["child"].notna()]
    rows_of = rows.groupby("child", sort=False).indices
    begin = named["begin_date"].to_numpy(dtype="datetime64[D]").astype("int64") - first
    lengths = np.ceil(named["days"].to_numpy(dtype="float64")).clip(0, LONGEST_SUSPENSION).astype("int64")
    for child, start, length in zip(named["child"], begin, lengths, strict=True):
        mine = rows_of.get(child)
        if mine is None or not 0 <= start < marks.shape[1]:
            continue
        expected = np.flatnonzero((marks[mine, start:] > 0).any(axis=0))[:length] + start
        cells = np.ix_(np.asarray(mine), expected)
        suspended[cells] = marks[cells] > 0
    return suspended


def days_measured(
    days: Mapping[str, LaidOutDays], definition: Definition, since: pd.Series | None = None
) -> pd.DataFrame:
    """Count days under one definition; with ``since``, only those after each child's date."""
    laid = days[definition.per]
    marks, suspended, first = laid.marks, laid.suspended, laid.first
    rows = laid.rows
    if definition.last_days is not None and len(rows):
        # Counted back from the latest day of the child's system, so that a leaver's last days become
        # outdated.
        newest = rows["fresh_on"].to_numpy(dtype="datetime64[D]").astype("int64") - first
        column = np.arange(marks.shape[1])
        recent = column > (newest[:, None] - definition.last_days)
        marks = np.where(recent, marks, 0)
    if since is not None and len(rows):
        after = since.reindex(rows["child"]).to_numpy(dtype="datetime64[D]")
        begin = np.where(np.isnat(after), -1, after.astype("int64") - first)
        marks = np.where(np.arange(marks.shape[1]) > begin[:, None], marks, 0)
    expected = marks > 0
    weight = laid.statuses.isin(list(definition.absent)).to_numpy(dtype="float64")
    is_partial = laid.statuses.eq(PARTIAL).fillna(False).to_numpy(dtype=bool)
    weight[is_partial] = definition.partial
    away = weight[marks]
    suspended = suspended & expected
    added = suspended & (away < 1)
    if definition.suspensions == "absent":
        away = np.where(suspended, 1.0, away)
    absent, enrolled = away.sum(axis=1), expected.sum(axis=1).astype("float64")
    counted = absent if definition.counts == "absent" else enrolled - absent
    last = marks.shape[1] - 1 - expected[:, ::-1].argmax(axis=1) + first
    partial = is_partial[marks].sum(axis=1)
    detail = detailed(
        school=rows["school"],
        partial_days=_some(partial) if definition.partial else _some(np.zeros(len(rows), "int64")),
        suspension_days=_some(added.sum(axis=1) * (definition.suspensions == "absent")),
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        value = counted / enrolled if definition.of_share else counted
    nobody = enrolled == 0
    as_of = pd.Series(last.astype("datetime64[D]").astype("datetime64[us]"))
    return pd.DataFrame(
        {
            "child": rows["child"],
            # A child not expected on any of these days has no share; a count of days is 0.
            "value": np.where(nobody & definition.of_share, np.nan, value),
            "numerator": counted,
            "denominator": enrolled,
            "detail": detail,
            "as_of": as_of.where(~nobody, rows["fresh_on"]),
            "link_status": rows["link_status"],
            "fresh_on": rows["fresh_on"],
        }
    )


def _some(numbers: np.ndarray) -> pd.Series:
    """Write numbers as text, and zero as missing."""
    counts = pd.Series(numbers)
    return counts.astype("Int64").astype(STRING).where(counts > 0)
