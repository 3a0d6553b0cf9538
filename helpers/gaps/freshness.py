"""How old what a system says is, and whom one system still lists after another has let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.known import Known
from helpers.gaps.measures import line
from helpers.layouts import fact_tables, standard_table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["STALE_AFTER_DAYS", "freshness", "newest_days"]

# Two exports more than a month apart are of two rosters; who is missing from one can't be told from who
# moved.
STALE_AFTER_DAYS = 31
# A mistyped date in the far future would make a system look new: the newest of a thousand dates is passed
# over.
NEWEST_OF = 0.999
# Days that lie ahead by nature, so that they say nothing about how new an export is.
AHEAD = ("end_date", "due_date", "calendar", "session")

# Later than every day.
NEVER = 10**6

Days = npt.NDArray[np.int64]
Lines = list[dict[str, Any]]


def newest_days(district: District) -> dict[str, pd.Timestamp]:
    """Find the newest day of which each system speaks: as its export says, else the newest in its facts.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    dict
        Day by system; a system without a dated row has none.
    """
    spoken = district.people.groupby("silo")["as_of"].max().dropna()
    days: dict[str, pd.Timestamp] = {str(silo): day for silo, day in spoken.items()}
    seen = []
    for table in fact_tables():
        if table in AHEAD or table == "attendance_day":
            continue
        facts = district.fact(table)
        for column in standard_table(table).columns:
            if column.type in ("date", "datetime") and column.name not in AHEAD and len(facts):
                dated = facts.loc[facts[column.name].notna(), ["silo", column.name]]
                seen.append(dated.rename(columns={column.name: "day"}))
    if not seen:
        return days
    dated = pd.concat(seen, ignore_index=True)
    for silo, mine in dated.groupby("silo")["day"]:
        if str(silo) not in days:
            days[str(silo)] = pd.Timestamp(str(mine.quantile(NEWEST_OF, interpolation="higher"))).normalize()
    return days


@dataclass(frozen=True)
class _Membership:
    """Since when each system lists a child, and when it ended the membership.

    A row a child, a column a system. Days since 1970; `NEVER` where it doesn't list the child, or didn't
    end it. ``tells``: which systems say anything of a beginning or an end.
    """

    since: Days
    until: Days
    tells: npt.NDArray[np.bool_]


def _membership(district: District, known: Known, days: dict[str, pd.Timestamp]) -> _Membership:
    day = known.records["silo"].map(days).astype("datetime64[us]")
    key = ["silo", "record"]
    spells = district.fact("school_enrollment")
    spells = spells[spells["record"].notna()][[*key, "begin_date", "end_date"]]
    # A record without spells is a spell of its own.
    own = known.records[[*key, "begin_date", "end_date"]]
    spelled = pd.MultiIndex.from_frame(own[key]).isin(pd.MultiIndex.from_frame(spells[key]))
    numbered = known.records[key].assign(number=np.arange(len(known.records)), day=day)
    every = pd.concat([part for part in (spells, own[~spelled]) if len(part)], ignore_index=True)
    every = every.merge(numbered, on=key, how="inner", validate="many_to_one")
    over = (every["end_date"] < every["day"]).to_numpy(dtype=bool)
    since = np.full(known.holds.shape, NEVER)
    until = np.full(known.holds.shape, -1)
    number = every["number"].to_numpy(dtype="int64")
    at = known.child[number], known.place[number]
    begin, end = (_numbers(every[name]) for name in ("begin_date", "end_date"))
    np.minimum.at(since, tuple(part[~over] for part in at), begin[~over])
    np.maximum.at(until, tuple(part[over] for part in at), end[over])
    dated = (every["begin_date"].notna() | every["end_date"].notna()).to_numpy(dtype=bool)
    tells = np.bincount(at[1][dated], minlength=len(known.silos)) > 0
    return _Membership(since, np.where(since == NEVER, until, NEVER), tells)


def _numbers(dates: pd.Series) -> Days:
    """Count days since 1970; the beginning of time where there is none."""
    numbers = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where(dates.isna(), 0, numbers)


def freshness(district: District, known: Known) -> Lines:
    """Measure how far systems are behind, and whom one still lists after the other has ended the membership.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.

    Returns
    -------
    list of dict
        Lines *days behind* and *ended and still listed* (a system), *roster lag* (Not fresh when more than a
        month), *ended in right only* and *ended in left only* (a pair).
    """
    days = newest_days(district)
    dated = [silo for silo in known.silos if silo in days]
    lines: Lines = []
    if not dated:
        return lines
    newest = max(days[silo] for silo in dated)
    lines += [line("days behind", silo, None, (newest - days[silo]).days) for silo in dated]
    membership = _membership(district, known, days)
    for place, silo in enumerate(known.silos):
        over = (
            known.holds[:, place] & (membership.since[:, place] == NEVER) & (membership.until[:, place] >= 0)
        )
        example = known.example(known.of(place) & over[known.child])
        total = int(known.holds[:, place].sum())
        # A system that dates no membership says of nobody that it has ended: unknown, and not zero.
        tells = bool(membership.tells[place])
        ended = int(over.sum()) if tells else None
        lines.append(line("ended and still listed", silo, None, ended, total, is_limit=not tells, **example))
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
        if left in days and right in days:
            lag = abs((days[left] - days[right]).days)
            blocked: dict[str, Any] = {"blocked_by": "Not fresh"} if lag > STALE_AFTER_DAYS else {}
            lines.append(line("roster lag", left, right, lag, **blocked))
        both = int((known.holds[:, left_place] & known.holds[:, right_place]).sum())
        for name, stays, leaves in (
            ("ended in right only", left_place, right_place),
            ("ended in left only", right_place, left_place),
        ):
            # Who began here after the end there has come back, and the other system doesn't know it yet.
            until = membership.until[:, leaves]
            late = (until >= 0) & (until != NEVER) & (membership.since[:, stays] <= until)
            example = known.example(known.of(stays) & late[known.child])
            # A system that never says when a membership begins or ends isn't late: it doesn't keep that. Nor
            # can anybody say who has left it.
            limit = not (membership.tells[stays] and membership.tells[leaves])
            count = int(late.sum()) if membership.tells[leaves] else None
            lines.append(line(name, left, right, count, both, is_limit=limit, **example))
    return lines
