"""A child's attendance in a school year: days enrolled, present, absent, late; each day counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from helpers.profile.attendance import Days, derive_days
from helpers.profile.attendance_reach import LAST_DAY
from helpers.profile.elements import attendance_terms
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.keys import listed_in

__all__ = ["AttendanceYears", "attendance_years"]

KEYS = ["child", "silo", "school_year"]
COUNTED: dict[str, Any] = {
    **dict.fromkeys(["child", "silo", "record", "link_band"], STRING),
    "school_year": pd.Int64Dtype(),
    **dict.fromkeys(["enrolled", "present", "absent", "tardy"], pd.Int64Dtype()),
    **dict.fromkeys(["absent_rows", "tardy_rows", "spell_rows", "event_rows"], pd.Int64Dtype()),
    **dict.fromkeys(["begin_date", "as_of"], np.dtype("datetime64[us]")),
}


@dataclass(frozen=True)
class AttendanceYears:
    """Attendance by child, system and school year.

    Attributes
    ----------
    counted
        ``child, silo, school_year, record, link_band, enrolled, present, absent, tardy (days), absent_rows,
        tardy_rows, spell_rows, event_rows (rows), begin_date, as_of``: children whose days are known.
    recorded
        ``child, silo, school_year, record, link_band, absent, tardy, absent_rows, tardy_rows, begin_date,
        as_of``: what the events say where nothing tells which days the child was expected. Zeros mean
        nothing there.
    event_weighed, spell_weighed
        One entry a row of the fact tables: it was looked at for one of these.
    event_out_of_place
        One entry an event: the calendar and the enrolment are known, and it stands outside them.
    """

    counted: pd.DataFrame
    recorded: pd.DataFrame
    event_weighed: pd.Series
    spell_weighed: pd.Series
    event_out_of_place: pd.Series


def _day_counts(days: Days, child: pd.Series, evidence: Evidence) -> pd.DataFrame:
    """Count each day of a child once, by the most certain mark that any school or record gives it."""
    terms = attendance_terms()
    owned = child.notna().to_numpy()
    if not (days.covered & owned[days.spell]).any():
        return pd.DataFrame(columns=list(COUNTED))
    owners = pd.DataFrame({"child": child, "silo": days.spells["silo"]})
    pair, named = pd.factorize(pd.MultiIndex.from_frame(owners[owned]))
    pair_of_spell = np.full(len(owners), -1, dtype="int64")
    pair_of_spell[owned] = pair
    kept = days.covered & owned[days.spell]
    day, rank, row = days.day[kept], days.rank[kept], pair_of_spell[days.spell[kept]]
    first, span = int(np.min(day)), int(np.ptp(day)) + 1
    marks = np.zeros(len(named) * span, dtype="int8")
    for mark in np.unique(rank):  # rising, so that the most certain mark of a day stays
        marks[(row * span + day - first)[rank == mark]] = mark
    grid = marks.reshape(len(named), span)
    of_rank = days.statuses
    is_absent = of_rank.isin(list(terms.absent)).to_numpy(dtype=bool)
    is_tardy = (of_rank == "Tardy").fillna(False).to_numpy(dtype=bool)
    dates = pd.Series((first + np.arange(span)).astype("datetime64[D]").astype("datetime64[us]"))
    year_of_day = evidence.years.of(dates).to_numpy(dtype="int64")
    counts = []
    for year in evidence.years.years:
        within = np.flatnonzero(year_of_day == year)
        if len(within) == 0:
            continue
        part = grid[:, within]
        enrolled = (part > 0).sum(axis=1)
        absent = is_absent[part].sum(axis=1)
        known = np.flatnonzero(enrolled)
        begin = (part > 0).argmax(axis=1)
        end = len(within) - 1 - (part[:, ::-1] > 0).argmax(axis=1)
        at = named[known]
        counts.append(
            pd.DataFrame(
                {
                    "child": at.get_level_values(0),
                    "silo": at.get_level_values(1),
                    "school_year": year,
                    "enrolled": enrolled[known],
                    "present": (enrolled - absent)[known],
                    "absent": absent[known],
                    "tardy": is_tardy[part].sum(axis=1)[known],
                    "begin_date": dates.to_numpy()[within[begin[known]]],
                    "as_of": dates.to_numpy()[within[end[known]]],
                }
            )
        )
    return pd.concat(counts, ignore_index=True) if counts else pd.DataFrame(columns=list(COUNTED))


def _piece_years(days: Days, evidence: Evidence) -> pd.DataFrame:
    """List the school years in which each piece of enrolment has a day that is known."""
    piece, day = days.spell[days.covered], days.day[days.covered]
    first = int(np.min(day, initial=0 if len(day) == 0 else LAST_DAY))
    span = np.arange(first, int(np.max(day, initial=first)) + 1)
    dates = pd.Series(span.astype("datetime64[D]").astype("datetime64[us]"))
    year = evidence.years.of(dates).to_numpy(dtype="int64")[day - first]
    # The days of a piece follow one another, so a new piece or year shows as a change.
    new = np.ones(len(piece), dtype=bool)
    new[1:] = (np.diff(piece) != 0) | (np.diff(year) != 0)
    return pd.DataFrame({"piece": piece[new], "school_year": year[new]})


def _rows_behind(events: pd.DataFrame) -> pd.DataFrame:
    """Count the event rows of each child and year, by kind."""
    by = events.groupby(KEYS, sort=True)
    return pd.DataFrame(
        {
            "absent_rows": by["is_absent"].sum(),
            "tardy_rows": by["is_tardy"].sum(),
            "event_rows": by.size(),
        }
    )


def _counted(days: Days, evidence: Evidence, events: pd.DataFrame) -> pd.DataFrame:
    used = evidence.facts["school_enrollment"].iloc[days.source].reset_index(drop=True)
    counts = _day_counts(days, used["child"], evidence)
    if counts.empty:
        return counts.astype(COUNTED)
    pieces = _piece_years(days, evidence)
    pieces = used.iloc[pieces["piece"]].assign(school_year=pieces["school_year"].to_numpy())
    pieces = pieces[pieces["child"].notna()]
    own = behind_one_value(pieces, KEYS).join(pieces.groupby(KEYS).size().rename("spell_rows"))
    result = counts.set_index(KEYS).join(own, how="left").join(_rows_behind(events), how="left")
    filled = {
        name: result[name].fillna(0).astype("int64") for name in ("absent_rows", "tardy_rows", "event_rows")
    }
    return result.assign(**filled).reset_index().reindex(columns=list(COUNTED)).astype(COUNTED)


def _recorded(events: pd.DataFrame) -> pd.DataFrame:
    """Count the days that events name, where no calendar or enrolment says which days there were."""
    days = events.groupby([*KEYS, "date"], sort=True)[["is_absent", "is_tardy"]].max().reset_index()
    days["is_tardy"] &= ~days["is_absent"]
    by = days.groupby(KEYS, sort=True)
    counts = pd.DataFrame(
        {
            "absent": by["is_absent"].sum(),
            "tardy": by["is_tardy"].sum(),
            "begin_date": by["date"].min(),
            "as_of": by["date"].max(),
        }
    )
    return (
        counts.join(behind_one_value(events, KEYS), how="left")
        .join(_rows_behind(events), how="left")
        .reset_index()
    )


def attendance_years(evidence: Evidence) -> AttendanceYears:
    """Count every child's days by system and school year.

    Parameters
    ----------
    evidence
        Records and facts by child.

    Returns
    -------
    AttendanceYears
        The counts, and which fact rows were weighed.
    """
    terms = attendance_terms()
    events = evidence.facts["attendance_event"]
    needed = {
        name: evidence.facts[name]
        for name in ("calendar", "school_enrollment", "attendance_event", "session")
    }
    days = derive_days({**needed, "people": evidence.people}, evidence.years, evidence.survey.reach)
    status = events["attendance_event_category"].map(terms.status)
    marked = events.assign(
        school_year=events["year"],
        is_absent=status.isin(list(terms.absent)).astype(bool),
        is_tardy=(status == "Tardy").fillna(False).astype(bool),
    )
    named = events["child"].notna()
    counted = pd.Series(days.counted, index=events.index) & named
    result = _counted(days, evidence, marked[counted])
    loose = named & events["date"].notna() & events["section_id"].isna() & ~counted
    loose &= ~pd.Series(days.out_of_place, index=events.index)
    loose &= evidence.years.speak_of(marked["school_year"])
    recorded = _recorded(marked[loose])
    if not result.empty and not recorded.empty:
        recorded = recorded[~listed_in(recorded[KEYS], result[KEYS])]
    spells = evidence.facts["school_enrollment"]
    return AttendanceYears(
        counted=result,
        recorded=recorded,
        event_weighed=counted | loose,
        spell_weighed=pd.Series(days.expanded, index=spells.index) & spells["child"].notna(),
        event_out_of_place=pd.Series(days.out_of_place, index=events.index),
    )
