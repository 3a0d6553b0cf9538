"""From exceptions to days: who was expected on which day, and what the attendance system says of it.

Attendance systems send exceptions only: a child with six rows was at school on all the other days, if she was
enrolled and school was held. So a day is made from three tables of one system: its calendar says when
school is held, its enrolment says who was expected, its events say who wasn't there. Where one of them is
missing there is no day, and a rate stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.attendance_numbers import Numbers, numbers_of
from helpers.profile.attendance_reach import (
    DAY_BITS,
    LAST_DAY,
    day_numbers,
    reach_of,
    school_days,
)
from helpers.profile.school_years import SchoolYears, school_years
from helpers.standard import STRING, as_table, empty_table
from helpers.standard.elements import AttendanceTerms, attendance_terms

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["GENERATED", "Days", "attendance_days", "derive_days"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# There are some hundred days of each child: what is kept of every one is small.
Small = npt.NDArray[np.int32]


# How certain a mark is, below the declared order: a child of whom nothing is said, and a mark of an unknown
# kind.
GENERATED, UNKNOWN, FIRST_DECLARED = 1, 2, 3


@dataclass(frozen=True)
class Days:
    """Days of children at schools, compact: one entry a child, school and instructional day in a spell.

    Attributes
    ----------
    spells
        ``silo, record, file, row, school_id``: disjoint pieces of enrolment, one row each.
    source
        One entry a piece: its place in the table of enrolment.
    spell, day, rank, event
        One entry a day: its piece of enrolment, days since 1970, how certain the mark is (an index into
        `statuses`), and the place of the event that decided it in the table of events (-1: none).
    covered
        One entry a day: the system is known to say whether the child was there.
    statuses
        Status by rank; NA where the mark is of an unknown kind.
    counted, out_of_place
        One entry an event: it stands on a day of a spell; it can be judged and stands on none.
    expanded
        One entry an enrolment row: it gave at least one day, or lies inside one that did.
    """

    spells: pd.DataFrame
    source: Ints
    spell: Small
    day: Small
    rank: npt.NDArray[np.int8]
    event: Small
    covered: Bools
    statuses: pd.Series
    counted: Bools
    out_of_place: Bools
    expanded: Bools


def _pieces(
    enrolment: pd.DataFrame,
    records: Ints,
    schools: Ints,
    calendar: tuple[Ints, Ints],
    reach: Ints,
    years: SchoolYears,
) -> pd.DataFrame:
    """Cut enrolment into disjoint pieces with a first and last day, at schools that have a calendar."""
    cal_school, cal_day = calendar
    cal_year = years.of(pd.Series(cal_day.astype("datetime64[D]").astype("datetime64[us]")))
    bounds = (
        pd.DataFrame({"school": cal_school, "year": cal_year, "day": cal_day})
        .groupby(["school", "year"])["day"]
        .agg(["min", "max"])
    )
    # An end in the year 9999 is how some systems write that there is none.
    far = enrolment["end_date"].to_numpy(dtype="datetime64[D]") > np.datetime64(LAST_DAY, "D")
    pieces = pd.DataFrame(
        {
            "source": np.arange(len(enrolment)),
            "record": records,
            "school": schools,
            "begin": day_numbers(enrolment["begin_date"]),
            "end": day_numbers(enrolment["end_date"]),
            "year": enrolment["school_year"].to_numpy(dtype="int64", na_value=-1),
            "reach": reach,
            "no_end": enrolment["end_date"].isna().to_numpy() | far,
        }
    )
    wanted = pd.MultiIndex.from_arrays([pieces["school"], pieces["year"]])
    of_year = bounds.reindex(wanted).fillna(-1).astype("int64")
    # An open spell ends with its school year, where it names one, and never after the day the export speaks
    # for.
    first = of_year["min"].to_numpy()
    last = np.where(of_year["max"].to_numpy() >= 0, of_year["max"].to_numpy(), LAST_DAY)
    pieces["begin"] = np.where(pieces["begin"] >= 0, pieces["begin"], first)
    pieces["end"] = np.where(pieces["no_end"], last, pieces["end"])
    pieces["end"] = np.where(pieces["reach"] >= 0, np.minimum(pieces["end"], pieces["reach"]), pieces["end"])
    known = (pieces[["record", "school", "begin"]] >= 0).all(axis="columns")
    known &= (pieces["begin"] <= pieces["end"]) & np.isin(schools, cal_school)
    pieces = pieces[known].sort_values(["record", "school", "begin", "source"], kind="stable")
    before = (
        pieces.groupby(["record", "school"])["end"]
        .cummax()
        .groupby([pieces["record"], pieces["school"]])
        .shift(fill_value=-1)
    )
    return pieces.assign(begin=np.maximum(pieces["begin"], before + 1)).reset_index(drop=True)


def _find(keys: Ints, day: Ints, pieces_key: Ints, begin: Ints, end: Ints) -> Ints:
    """Find the piece of enrolment that each event stands in; -1 where there is none. Pieces are sorted."""
    if len(pieces_key) == 0:
        return np.full(len(keys), -1, dtype="int64")
    at = np.searchsorted((pieces_key << DAY_BITS) | begin, (keys << DAY_BITS) | day, side="right") - 1
    safe = np.maximum(at, 0)
    inside = (at >= 0) & (keys >= 0) & (day >= 0) & (pieces_key[safe] == keys) & (day <= end[safe])
    return np.where(inside, at, -1)


def derive_days(
    frames: Mapping[str, pd.DataFrame], years: SchoolYears | None = None, numbers: Numbers | None = None
) -> Days:
    """Derive days from calendar, enrolment and events, each system by itself.

    Parameters
    ----------
    frames
        ``calendar``, ``school_enrollment``, ``attendance_event``, and ``people`` for the day an export
        speaks for.
    years
        School years; found in the frames when not given.
    numbers
        Schools, records and systems in numbers; found in the frames when not given.

    Returns
    -------
    Days
        The days, and what became of every event and spell.
    """
    terms = attendance_terms()
    calendar = frames.get("calendar", empty_table("calendar"))
    enrolment = frames.get("school_enrollment", empty_table("school_enrollment"))
    events = frames.get("attendance_event", empty_table("attendance_event"))
    years = school_years(frames) if years is None else years

    if numbers is None:
        numbers = numbers_of(calendar, enrolment, events, reach_of(frames))
    spell_school, event_school = numbers.spell_school, numbers.event_school
    spell_record, event_record = numbers.spell_record, numbers.event_record
    spell_silo, event_silo, reaches = numbers.spell_silo, numbers.event_silo, numbers.reach
    cal_school, cal_day = school_days(calendar, numbers.school, terms)
    cal_key = (cal_school << DAY_BITS) | cal_day
    event_day = day_numbers(events["date"])

    pieces = _pieces(enrolment, spell_record, spell_school, (cal_school, cal_day), reaches[spell_silo], years)
    school, begin, end = (pieces[name].to_numpy(dtype="int64") for name in ("school", "begin", "end"))
    low = np.searchsorted(cal_key, (school << DAY_BITS) | begin)
    high = np.searchsorted(cal_key, (school << DAY_BITS) | end, side="right")
    lengths = np.maximum(high - low, 0)
    starts = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    spell = np.repeat(np.arange(len(pieces), dtype="int32"), lengths)
    place = np.arange(total) - np.repeat(starts - low, lengths)

    # An event names its school; where it doesn't, it goes to the spell that its child has on that day.
    width = max(int(np.max(spell_school, initial=-1)), int(np.max(event_school, initial=-1))) + 1
    record = pieces["record"].to_numpy(dtype="int64")
    whole_day = events["section_id"].isna().to_numpy()
    at = _find(
        np.where((event_record >= 0) & (event_school >= 0), event_record * width + event_school, -1),
        event_day, record * width + school, begin, end,
    )  # fmt: skip
    by_record = np.lexsort((begin, record))
    alone = _find(event_record, event_day, record[by_record], begin[by_record], end[by_record])
    nameless = (event_school < 0) & (alone >= 0)
    at = np.where(nameless, np.append(by_record, -1)[alone], at)
    # A last entry that stands for "no spell" and "no day" is what -1 and a search past the end point to.
    its_school, its_start, its_low = (np.append(array, -1)[at] for array in (school, starts, low))
    its_key = (its_school << DAY_BITS) | event_day
    in_calendar = np.searchsorted(cal_key, its_key)
    counted = (at >= 0) & whole_day & (np.append(cal_key, -1)[in_calendar] == its_key)
    day_of_event = its_start + in_calendar - its_low

    statuses, ranks = _ranks(events["attendance_event_category"], terms)
    rank = np.full(total, GENERATED, dtype="int8")
    event = np.full(total, -1, dtype="int32")
    marks = np.flatnonzero(counted)
    marks = marks[np.lexsort((-marks, ranks[marks]))]
    # Assigned in rising certainty, so that the most certain mark of a day stays, and the first written of
    # equals.
    rank[day_of_event[marks]] = ranks[marks]
    event[day_of_event[marks]] = marks

    told = (reaches >= 0)[spell_silo[pieces["source"].to_numpy(dtype="int64")]]
    covered = (rank != UNKNOWN) & np.repeat(told, lengths)
    rostered = np.isin(event_silo, numbers.rostered)
    has_calendar = np.isin(event_school, cal_school) | ((event_school < 0) & np.isin(event_record, record))
    out_of_place = (event_record >= 0) & whole_day & (event_day >= 0) & rostered & has_calendar & ~counted
    expanded = np.zeros(len(enrolment), bool)
    source = pieces["source"].to_numpy(dtype="int64")
    expanded[source] = True
    return Days(
        spells=enrolment.iloc[source][["silo", "record", "file", "row", "school_id"]].reset_index(drop=True),
        source=source,
        spell=spell,
        day=cal_day.astype("int32")[place] if total else np.zeros(0, "int32"),
        rank=rank,
        event=event,
        covered=covered,
        statuses=statuses,
        counted=counted,
        out_of_place=out_of_place,
        expanded=expanded,
    )


def _ranks(words: pd.Series, terms: AttendanceTerms) -> tuple[pd.Series, Ints]:
    """Give each event its rank in the declared order of certainty, and each rank its status."""
    rising = list(reversed(terms.order))
    statuses = pd.Series([None, "Present", None, *rising], dtype=STRING)
    rank_of = {word: FIRST_DECLARED + rising.index(status) for word, status in terms.status.items()}
    ranks = words.map(rank_of).to_numpy(dtype="float64", na_value=np.nan)
    return statuses, np.where(np.isnan(ranks), UNKNOWN, ranks).astype("int64")


def attendance_days(district_or_frames: District | Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Derive a row a child, school and instructional day from what an attendance system sends.

    Present is generated; an exception takes its place, the most certain of a day by the order declared in
    ``elements.toml``. A school without a calendar gives no day, and neither do days after the one for which
    the export speaks: ``as_of`` of its people, else its newest event; without either nothing is covered.
    Events outside any spell, or on a day without school, are not counted.

    Parameters
    ----------
    district_or_frames
        A district, or its tables ``calendar``, ``school_enrollment``, ``attendance_event``, with ``people``
        (for ``as_of``) and ``session`` where there are any.

    Returns
    -------
    pandas.DataFrame
        Table ``attendance_day``: silo, record, file and row (of the event that decided, else of the
        enrolment), school_id, date, status (NA: a mark of an unknown kind) and covered.
    """
    frames = tables_of(district_or_frames)
    days = derive_days(frames)
    return days_table(days, frames.get("attendance_event", empty_table("attendance_event")))


def tables_of(district_or_frames: District | Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Take the tables that days are derived from out of a district, or leave a mapping of frames as it is.

    Parameters
    ----------
    district_or_frames
        A district, or its tables by name.

    Returns
    -------
    dict
        Tables by name.
    """
    names = ("calendar", "school_enrollment", "attendance_event", "session")
    given: Any = district_or_frames
    if hasattr(given, "fact"):
        return {**{name: given.fact(name) for name in names}, "people": given.people}
    return {name: given[name] for name in (*names, "people") if name in given}


def days_table(days: Days, events: pd.DataFrame) -> pd.DataFrame:
    """Write days out as the table ``attendance_day``.

    Parameters
    ----------
    days
        Derived days.
    events
        The events from which they were derived.

    Returns
    -------
    pandas.DataFrame
        Table ``attendance_day``.
    """
    said = days.event >= 0
    # Files and rows of enrolment and of events in one list, so that each column is taken once.
    files = pd.concat([days.spells["file"], events["file"]], ignore_index=True)
    rows = pd.concat([days.spells["row"], events["row"]], ignore_index=True)
    source = np.where(said, days.event + len(days.spells), days.spell)
    rank = np.where(days.covered | (days.rank == UNKNOWN), days.rank, 0)
    frame = {name: days.spells[name].array.take(days.spell) for name in ("silo", "record", "school_id")}
    frame |= {"file": files.array.take(source), "row": rows.array.take(source)}
    frame["date"] = days.day.astype("datetime64[D]").astype("datetime64[us]")
    frame["status"] = days.statuses.array.take(rank)
    frame["covered"] = pd.array(days.covered, dtype="boolean")
    return as_table("attendance_day", pd.DataFrame(frame))
