"""Since when a system lists a child, and when it ended the membership."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.gaps.known import Known

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["NEVER", "Membership", "days_since_1970", "membership_of"]

# Later than every day.
NEVER = 10**6

Days = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Membership:
    """Since when each system lists a child, and when it ended the membership.

    A row a child, a column a system. Days since 1970; `NEVER` where it doesn't list the child, or didn't
    end it. ``tells``: which systems say anything of a beginning or an end.
    """

    since: Days
    until: Days
    tells: npt.NDArray[np.bool_]


def membership_of(district: District, known: Known, days: Mapping[str, pd.Timestamp]) -> Membership:
    """Find since when each system lists each child, and until when.

    Parameters
    ----------
    district
        A district that was read.
    known
        Who is in which system.
    days
        Newest day by system.

    Returns
    -------
    Membership
        By the spells of enrolment, and of a record without any by its own begin and end.
    """
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
    begin, end = (days_since_1970(every[name]) for name in ("begin_date", "end_date"))
    np.minimum.at(since, tuple(part[~over] for part in at), begin[~over])
    np.maximum.at(until, tuple(part[over] for part in at), end[over])
    dated = (every["begin_date"].notna() | every["end_date"].notna()).to_numpy(dtype=bool)
    tells = np.bincount(at[1][dated], minlength=len(known.silos)) > 0
    return Membership(since, np.where(since == NEVER, until, NEVER), tells)


def days_since_1970(dates: pd.Series) -> Days:
    """Count days since 1970; 0, the beginning of time, where there is none."""
    numbers = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    return np.where(dates.isna(), 0, numbers)
