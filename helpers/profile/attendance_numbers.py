"""Schools, records and systems of attendance in numbers, alike over calendar, enrolment and events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.profile.attendance_reach import Reach, numbered

__all__ = ["Numbers", "numbers_of"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Numbers:
    """Schools, records and systems in numbers; -1: none.

    Attributes
    ----------
    school, spell_school, event_school
        The school of each row of the calendar, of enrolment and of the events.
    spell_record, event_record
        Whose each row of enrolment and of the events is.
    spell_silo, event_silo
        Which system says it.
    reach
        By system, the day up to which its export speaks, in days since 1970; -1 where nothing tells.
    rostered
        Systems that enrol anybody.
    """

    school: Ints
    spell_school: Ints
    event_school: Ints
    spell_record: Ints
    event_record: Ints
    spell_silo: Ints
    event_silo: Ints
    reach: Ints
    rostered: Ints


def numbers_of(
    calendar: pd.DataFrame, enrolment: pd.DataFrame, events: pd.DataFrame, reach: Reach
) -> Numbers:
    """Find the numbers in tables that stand alone.

    Parameters
    ----------
    calendar, enrolment, events
        Tables ``calendar``, ``school_enrollment`` and ``attendance_event``.
    reach
        Up to which day the exports speak.

    Returns
    -------
    Numbers
        Schools, records and systems.
    """
    schools, spell_school, event_school = numbered(calendar, enrolment, events, columns=("silo", "school_id"))
    spell_record, event_record = numbered(enrolment, events, columns=("silo", "record"))
    silo_of, named = pd.factorize(pd.concat([enrolment["silo"], events["silo"]], ignore_index=True))
    spell_silo = silo_of[: len(enrolment)].astype("int64")
    return Numbers(
        school=schools,
        spell_school=spell_school,
        event_school=event_school,
        spell_record=spell_record,
        event_record=event_record,
        spell_silo=spell_silo,
        event_silo=silo_of[len(enrolment) :].astype("int64"),
        reach=np.array([reach.of(str(silo)) for silo in named], dtype="int64"),
        rostered=np.unique(spell_silo[spell_record >= 0]),
    )
