"""Derive attendance days from events, up to each export's last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.facts.school_years import SchoolYears, school_years
from helpers.standard import STRING, AttendanceTerms, as_table, attendance_terms, empty_table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = [
    "DAY_BITS",
    "GENERATED",
    "LAST_DAY",
    "Days",
    "Numbers",
    "Reach",
    "attendance_days",
    "day_numbers",
    "derive_days",
    "joined_reach",
    "numbered",
    "numbers_of",
    "reach_of",
    "school_days",
]


# Sorted keys have days since 1970 in the lower bits. Days outside (a typed 0209, a 2173) are no school days.
DAY_BITS = 20
LAST_DAY = 60_000
# Without an as-of date, the latest event marks the end of an export. A few events more than this many days
# after all others are mistyped dates, and would turn future months into days at school.
STRAY_AFTER_DAYS = 21
STRAY_SHARE = 0.01
# Dtypes of the daily event counts.
NOTED: dict[str, Any] = {"silo": STRING, "day": "int64", "events": "int64"}


@dataclass(frozen=True)
class Reach:
    """Last day that each system's export covers, as far as these children's rows show."""

    # Latest as-of date by silo.
    as_of: Mapping[str, pd.Timestamp] = field(default_factory=dict)
    # ``silo, day, events``: number of events on each school day (since 1970).
    noted: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"silo": [], "day": [], "events": []}).astype(NOTED)
    )

    def of(self, silo: str) -> int:
        """Return the last day of a silo; -1 if unknown."""
        if silo in self.as_of:
            return int(np.datetime64(self.as_of[silo], "D").astype("int64"))
        mine = self.noted[self.noted["silo"].eq(silo).to_numpy(dtype=bool)]
        days, counts = mine["day"].to_numpy(dtype="int64"), mine["events"].to_numpy(dtype="int64")
        if len(days) == 0:
            return -1
        gaps = np.flatnonzero(np.diff(days) > STRAY_AFTER_DAYS)
        later = counts.sum() - np.cumsum(counts)
        stray = gaps[later[gaps] <= STRAY_SHARE * counts.sum()]
        return int(days[stray[0]] if len(stray) else days[-1])


def reach_of(frames: Mapping[str, pd.DataFrame]) -> Reach:
    """Find the last day of the attendance exports, from some children's rows."""
    people = frames.get("people")
    as_of: dict[str, pd.Timestamp] = {}
    if people is not None and not people.empty:
        newest = people.groupby("silo")["as_of"].max().dropna()
        as_of = {str(silo): day for silo, day in newest.items()}
    calendar = frames.get("calendar", empty_table("calendar"))
    events = frames.get("attendance_event", empty_table("attendance_event"))
    schools, event_school = numbered(calendar, events, columns=("silo", "school_id"))
    school, day = school_days(calendar, schools, attendance_terms())
    event_day = day_numbers(events["date"])
    taught = (event_school >= 0) & (event_day >= 0)
    taught &= np.isin((event_school << DAY_BITS) | event_day, (school << DAY_BITS) | day)
    noted = pd.DataFrame({"silo": events["silo"].to_numpy(dtype=object)[taught], "day": event_day[taught]})
    counts = noted.groupby(["silo", "day"], sort=True).size().rename("events").reset_index()
    return Reach(as_of, counts.astype(NOTED))


def joined_reach(parts: Sequence[Reach]) -> Reach:
    """Combine the last days from several parts of the children."""
    as_of: dict[str, pd.Timestamp] = {}
    for part in parts:
        for silo, day in part.as_of.items():
            as_of[silo] = max(day, as_of.get(silo, day))
    every = pd.concat([part.noted for part in parts], ignore_index=True)
    noted = every.groupby(["silo", "day"], sort=True)["events"].sum().reset_index()
    return Reach(as_of, noted.astype(NOTED))


def numbered(*frames: pd.DataFrame, columns: tuple[str, str]) -> list[Ints]:
    """Encode pairs of two text columns as integers, consistent across frames; -1 if one is missing."""
    first = pd.concat([frame[columns[0]] for frame in frames], ignore_index=True)
    second = pd.concat([frame[columns[1]] for frame in frames], ignore_index=True)
    a, _ = pd.factorize(first)
    b, named = pd.factorize(second)
    pairs = np.where((a < 0) | (b < 0), -1, a.astype("int64") * max(len(named), 1) + b)
    numbers, _ = pd.factorize(pd.Series(pairs).where(pairs >= 0))
    ends = np.cumsum([len(frame) for frame in frames])
    return [part.astype("int64") for part in np.split(numbers, ends[:-1])]


def school_days(calendar: pd.DataFrame, schools: Ints, terms: AttendanceTerms) -> tuple[Ints, Ints]:
    """List each school's instructional days, sorted; a day with conflicting entries doesn't count."""
    by_word = calendar["calendar_event"].isin(list(terms.instructional)).astype("boolean")
    by_word = by_word.where(calendar["calendar_event"].notna())
    held = calendar["is_instructional"].fillna(by_word)
    day = day_numbers(calendar["date"])
    known = (schools >= 0) & (day >= 0) & held.notna().to_numpy()
    days = pd.DataFrame(
        {"school": schools[known], "day": day[known], "held": held[known].to_numpy(dtype=bool)}
    )
    held_by_day = days.groupby(["school", "day"], sort=True)["held"].all()
    kept = held_by_day.index[held_by_day.to_numpy()]
    return (
        kept.get_level_values("school").to_numpy(dtype="int64"),
        kept.get_level_values("day").to_numpy(dtype="int64"),
    )


def day_numbers(dates: pd.Series) -> Ints:
    """Convert dates to days since 1970; -1 if missing or impossible for a school."""
    numbers = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where((numbers < 0) | (numbers > LAST_DAY), -1, numbers)


@dataclass(frozen=True)
class Numbers:
    """Integer codes of schools, records and systems; -1: none."""

    # The school of each row of the calendar, of enrollment and of the events.
    school: Ints
    period_school: Ints
    event_school: Ints
    # The record of each row of enrollment and of the events.
    period_record: Ints
    event_record: Ints
    # The system of each row.
    period_silo: Ints
    event_silo: Ints
    # By system, the last day its export covers, in days since 1970; -1 if unknown.
    reach: Ints
    # Systems with enrollment.
    rostered: Ints


def numbers_of(
    calendar: pd.DataFrame, enrollment: pd.DataFrame, events: pd.DataFrame, reach: Reach
) -> Numbers:
    """Compute the codes from tables on their own."""
    schools, period_school, event_school = numbered(
        calendar, enrollment, events, columns=("silo", "school_id")
    )
    period_record, event_record = numbered(enrollment, events, columns=("silo", "record"))
    silo_of, named = pd.factorize(pd.concat([enrollment["silo"], events["silo"]], ignore_index=True))
    period_silo = silo_of[: len(enrollment)].astype("int64")
    return Numbers(
        school=schools,
        period_school=period_school,
        event_school=event_school,
        period_record=period_record,
        event_record=event_record,
        period_silo=period_silo,
        event_silo=silo_of[len(enrollment) :].astype("int64"),
        reach=np.array([reach.of(str(silo)) for silo in named], dtype="int64"),
        rostered=np.unique(period_silo[period_record >= 0]),
    )


Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# A child has some hundred days, so per-day arrays must be small.
Small = npt.NDArray[np.int32]


# Certainty of a day's status, below the declared order: a day without a record, and a record of unknown kind.
GENERATED, UNKNOWN, FIRST_DECLARED = 1, 2, 3


@dataclass(frozen=True)
class Days:
    """Days of children at schools, compact: one entry per child, school and enrolled instructional day."""

    # ``silo, record, file, row, school_id``: disjoint enrollment periods, one row each.
    periods: pd.DataFrame
    # Per period: its position in the table of enrollment.
    source: Ints
    # Per day: its enrollment period, days since 1970, certainty (an index into `statuses`), and the position
    # of the deciding event in the table of events (-1: none).
    period: Small
    day: Small
    rank: npt.NDArray[np.int8]
    event: Small
    # Per day: whether the system is known to cover it.
    covered: Bools
    # Status by rank; NA for a record of unknown kind.
    statuses: pd.Series
    # Per event: whether it is on a day of enrollment; whether it could be checked and is on none.
    counted: Bools
    out_of_place: Bools
    # Per enrollment row: whether it gave at least one day, or is inside one that did.
    expanded: Bools


def _pieces(
    enrollment: pd.DataFrame,
    records: Ints,
    schools: Ints,
    calendar: tuple[Ints, Ints],
    reach: Ints,
    years: SchoolYears,
) -> pd.DataFrame:
    """Split enrollment into disjoint periods with first and last day, at schools with a calendar."""
    cal_school, cal_day = calendar
    cal_year = years.of(pd.Series(cal_day.astype("datetime64[D]").astype("datetime64[us]")))
    bounds = (
        pd.DataFrame({"school": cal_school, "year": cal_year, "day": cal_day})
        .groupby(["school", "year"])["day"]
        .agg(["min", "max"])
    )
    # Some systems write an end in the year 9999 for an open end.
    far = enrollment["end_date"].to_numpy(dtype="datetime64[D]") > np.datetime64(LAST_DAY, "D")
    pieces = pd.DataFrame(
        {
            "source": np.arange(len(enrollment)),
            "record": records,
            "school": schools,
            "begin": day_numbers(enrollment["begin_date"]),
            "end": day_numbers(enrollment["end_date"]),
            "year": enrollment["school_year"].to_numpy(dtype="int64", na_value=-1),
            "reach": reach,
            "no_end": enrollment["end_date"].isna().to_numpy() | far,
        }
    )
    wanted = pd.MultiIndex.from_arrays([pieces["school"], pieces["year"]])
    of_year = bounds.reindex(wanted).fillna(-1).astype("int64")
    # An open period ends with its school year, if it names one, and never after the export's last day.
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
    """Find the enrollment period of each event; -1 if there is none. Periods are sorted."""
    if len(pieces_key) == 0:
        return np.full(len(keys), -1, dtype="int64")
    at = np.searchsorted((pieces_key << DAY_BITS) | begin, (keys << DAY_BITS) | day, side="right") - 1
    safe = np.maximum(at, 0)
    inside = (at >= 0) & (keys >= 0) & (day >= 0) & (pieces_key[safe] == keys) & (day <= end[safe])
    return np.where(inside, at, -1)


def derive_days(
    frames: Mapping[str, pd.DataFrame], years: SchoolYears | None = None, numbers: Numbers | None = None
) -> Days:
    """Derive days from calendar, enrollment and events, each system by itself."""
    terms = attendance_terms()
    calendar = frames.get("calendar", empty_table("calendar"))
    enrollment = frames.get("school_enrollment", empty_table("school_enrollment"))
    events = frames.get("attendance_event", empty_table("attendance_event"))
    years = school_years(frames) if years is None else years

    if numbers is None:
        numbers = numbers_of(calendar, enrollment, events, reach_of(frames))
    period_school, event_school = numbers.period_school, numbers.event_school
    period_record, event_record = numbers.period_record, numbers.event_record
    period_silo, event_silo, reaches = numbers.period_silo, numbers.event_silo, numbers.reach
    cal_school, cal_day = school_days(calendar, numbers.school, terms)
    cal_key = (cal_school << DAY_BITS) | cal_day
    event_day = day_numbers(events["date"])

    pieces = _pieces(
        enrollment, period_record, period_school, (cal_school, cal_day), reaches[period_silo], years
    )
    school, begin, end = (pieces[name].to_numpy(dtype="int64") for name in ("school", "begin", "end"))
    low = np.searchsorted(cal_key, (school << DAY_BITS) | begin)
    high = np.searchsorted(cal_key, (school << DAY_BITS) | end, side="right")
    lengths = np.maximum(high - low, 0)
    starts = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    period = np.repeat(np.arange(len(pieces), dtype="int32"), lengths)
    place = np.arange(total) - np.repeat(starts - low, lengths)

    # An event names its school; otherwise it belongs to the child's enrollment period on that day.
    width = max(int(np.max(period_school, initial=-1)), int(np.max(event_school, initial=-1))) + 1
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
    # An extra last entry serves -1 and searches past the end.
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
    # Assigned in rising certainty, so that the most certain record of a day remains, and the first of equals.
    rank[day_of_event[marks]] = ranks[marks]
    event[day_of_event[marks]] = marks

    known = (reaches >= 0)[period_silo[pieces["source"].to_numpy(dtype="int64")]]
    covered = (rank != UNKNOWN) & np.repeat(known, lengths)
    rostered = np.isin(event_silo, numbers.rostered)
    has_calendar = np.isin(event_school, cal_school) | ((event_school < 0) & np.isin(event_record, record))
    out_of_place = (event_record >= 0) & whole_day & (event_day >= 0) & rostered & has_calendar & ~counted
    expanded = np.zeros(len(enrollment), bool)
    source = pieces["source"].to_numpy(dtype="int64")
    expanded[source] = True
    return Days(
        periods=enrollment.iloc[source][["silo", "record", "file", "row", "school_id"]].reset_index(
            drop=True
        ),
        source=source,
        period=period,
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
    """Return each event's rank in the declared order of certainty, and each rank's status."""
    rising = list(reversed(terms.order))
    statuses = pd.Series([None, "Present", None, *rising], dtype=STRING)
    rank_of = {word: FIRST_DECLARED + rising.index(status) for word, status in terms.status.items()}
    ranks = words.map(rank_of).to_numpy(dtype="float64", na_value=np.nan)
    return statuses, np.where(np.isnan(ranks), UNKNOWN, ranks).astype("int64")


def attendance_days(district_or_frames: District | Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Derive one row per child, school and instructional day from the exports of an attendance system.

    Present is generated; an absence record replaces it, the most certain one of a day by the order in
    ``elements.toml``. A school without a calendar gives no days. Days after the export's last day don't
    count: ``as_of`` of its people, else its latest event; without either, no day is covered. Events outside
    enrollment, or on a day without school, don't count.

    Parameters
    ----------
    district_or_frames
        A district, or its tables ``calendar``, ``school_enrollment``, ``attendance_event``, with ``people``
        (for ``as_of``) and ``session`` if available.

    Returns
    -------
    pandas.DataFrame
        Table ``attendance_day``: silo, record, file and row (of the deciding event, else of the
        enrollment), school_id, date, status (NA: a record of unknown kind) and covered.
    """
    frames = tables_of(district_or_frames)
    days = derive_days(frames)
    return days_table(days, frames.get("attendance_event", empty_table("attendance_event")))


def tables_of(district_or_frames: District | Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Extract the tables for deriving days from a district; pass a mapping of frames through."""
    names = ("calendar", "school_enrollment", "attendance_event", "session")
    given: Any = district_or_frames
    if hasattr(given, "fact"):
        return {**{name: given.fact(name) for name in names}, "people": given.people}
    return {name: given[name] for name in (*names, "people") if name in given}


def days_table(days: Days, events: pd.DataFrame) -> pd.DataFrame:
    """Write days as the table ``attendance_day``."""
    recorded = days.event >= 0
    # Concatenate files and rows of enrollment and events, so that each column is taken once.
    files = pd.concat([days.periods["file"], events["file"]], ignore_index=True)
    rows = pd.concat([days.periods["row"], events["row"]], ignore_index=True)
    source = np.where(recorded, days.event + len(days.periods), days.period)
    rank = np.where(days.covered | (days.rank == UNKNOWN), days.rank, 0)
    frame = {name: days.periods[name].array.take(days.period) for name in ("silo", "record", "school_id")}
    frame |= {"file": files.array.take(source), "row": rows.array.take(source)}
    frame["date"] = days.day.astype("datetime64[D]").astype("datetime64[us]")
    frame["status"] = days.statuses.array.take(rank)
    frame["covered"] = pd.array(days.covered, dtype="boolean")
    return as_table("attendance_day", pd.DataFrame(frame))
