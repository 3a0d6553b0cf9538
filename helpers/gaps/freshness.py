"""How old what a system says is, and whom one system still lists after another has let go."""

from __future__ import annotations

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


def _ended(district: District, known: Known, days: dict[str, pd.Timestamp]) -> npt.NDArray[np.bool_]:
    """Say of each record whether its membership has ended before the newest day of its system."""
    day = known.records["silo"].map(days).astype("datetime64[us]")
    spells = district.fact("school_enrollment")
    spells = spells[spells["record"].notna()]
    spells = spells.assign(open=spells["end_date"].isna())
    last = spells.groupby(["silo", "record"]).agg(end=("end_date", "max"), open=("open", "max")).reset_index()
    joined = known.records[["silo", "record"]].merge(
        last, on=["silo", "record"], how="left", validate="one_to_one"
    )
    by_spell = (joined["end"] < day) & ~joined["open"].astype("boolean").fillna(True)
    by_record = known.records["end_date"] < day
    return (by_spell | by_record).to_numpy(dtype=bool)


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
        Lines *days behind* (a system), *roster lag* (Not fresh when a month or more), *ended in right only*
        and *ended in left only* (a pair).
    """
    days = newest_days(district)
    dated = [silo for silo in known.silos if silo in days]
    lines: Lines = []
    if not dated:
        return lines
    newest = max(days[silo] for silo in dated)
    lines += [line("days behind", silo, None, (newest - days[silo]).days) for silo in dated]
    gone = _ended(district, known, days)
    listed = np.zeros(known.holds.shape, dtype=bool)
    for place in range(len(known.silos)):
        listed[known.child[known.of(place) & ~gone], place] = True
    ended = known.holds & ~listed
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
            late = listed[:, stays] & ended[:, leaves]
            example = known.example(known.of(stays) & late[known.child])
            lines.append(line(name, left, right, int(late.sum()), both, **example))
    return lines
