"""Generate the nurse's office: health cards, visits, vaccines; by name and birth date."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import dates, only, pick, positions_in, text, whole
from synthetic_data.life.wellbeing.health import DISPOSITIONS, EXEMPTIONS, REASONS, VACCINES
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    arrived_by,
    look_up,
    not_held,
    on_day,
    own_words,
)
from synthetic_data.scenario import Exchange, Scenario

__all__ = ["LAYOUT", "SILO", "observe"]

Codes = npt.NDArray[np.int64]

SILO = "health"
LAYOUT = "health/nurse_office"
WHO = ("Last Name", "First Name", "Date of Birth")
SORTED_BY = {"students": WHO, "visits": ("Date", "Time In"), "immunizations": (*WHO, "Vaccine")}
WORK = 5  # among the slowest to write; the largest number is the slowest

columns_not_held = partial(not_held, LAYOUT)


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record the children in the office's files, and their data until the day of its list."""
    day = exchange.roster_date
    children, enrollments = truth.population.children, truth.schooling.school_enrollment
    card = truth.life.cards
    now = enrollments.loc[(enrollments["school_year"] == scenario.school_year) & on_day(enrollments, day)]
    now = now.sort_values(["person", "is_primary", "begin_date"]).drop_duplicates("person", keep="last")
    place = positions_in(children["person"], now["person"])
    school, grade = (
        look_up(children["person"], now, "person", name).to_numpy(dtype=object)
        for name in ("school_id", "grade_level")
    )
    listed = np.sort(place[card[place]])
    has_ids = {system: share > 0 for system, share in exchange.ids.items()}

    def who(child: Codes) -> dict[str, Any]:
        return {
            "Last Name": children["last_surname"].array.take(child),
            "First Name": children["first_name"].array.take(child),
            "Date of Birth": children["birth_date"].array.take(child),
            "District ID": _known_numbers(children["district_number"], child, has_ids.get("District", False)),
        }

    students = pd.DataFrame(
        {
            **who(listed),
            "School": text(school[listed]),
            "Grade": text(grade[listed]),
            "State ID": _known_numbers(children["state_id"], listed, has_ids.get("State", False)),
        }
    )
    if scenario.watched == "allergy":
        students["Health Alert"] = _alerts(truth, listed)
    person = children["person"]

    def visits() -> Sequence[Recorded]:
        made = truth.life.visits
        mine = np.flatnonzero((made.day <= np.datetime64(day, "D")) & card[made.child])
        frame = pd.DataFrame(
            {
                "Date": dates(made.day[mine]),
                "Time In": _clock(made.time_in[mine]),
                "Time Out": _clock(made.time_out[mine]),
                "School": pick(truth.population.school_list.ids, made.school[mine]),
                **who(made.child[mine]),
                "Reason": pick(REASONS, made.reason[mine]),
                "Disposition": pick(DISPOSITIONS, made.disposition[mine]),
            }
        )
        return (
            Recorded("visits", "visits.csv", frame, about(person.array.take(made.child[mine]), "Subject")),
        )

    def immunizations() -> Sequence[Recorded]:
        child, columns = _vaccines(truth, listed, np.datetime64(day, "D"))
        frame = pd.DataFrame({**who(child), **columns})
        rows = about(person.array.take(child), "Subject")
        return (Recorded("immunizations", "immunizations.csv", frame, rows),)

    ever, arrived = arrived_by(truth, scenario.as_of), arrived_by(truth, day)
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            Recorded(
                file="students",
                path=f"students_{day:%Y-%m-%d}.csv",
                frame=students,
                people=about(person.array.take(listed), "Subject"),
                wording={} if exchange.agreed_codes else {"Grade": own_words(SILO, "Grade")[0]},
            ),
            Later("visits", visits),
            Later("immunizations", immunizations),
        ),
        limits=all_limits(
            {"Not served": person.loc[ever & ~card], "Roster date": person.loc[ever & card & ~arrived]},
            columns_not_held(),
        ),
    )


def _known_numbers(numbers: pd.Series, child: Codes, has_ids: bool) -> Any:
    known = np.full(len(child), has_ids)
    return text(only(known, numbers.to_numpy(dtype=object)[child]))


def _alerts(truth: Truth, child: Codes) -> Any:
    """Return what the office knows about the child with a watched change; it knows nothing about others."""
    alerts = np.full(len(child), None, dtype=object)
    if truth.change is not None:
        alerts[child == truth.change.child] = truth.change.value
    return text(alerts)


def _clock(minutes: Codes) -> Any:
    distinct, place = np.unique(minutes, return_inverse=True)
    return pick([f"{one // 60:02d}:{one % 60:02d}:00" for one in distinct.tolist()], place)


def _vaccines(truth: Truth, listed: Codes, day: np.datetime64) -> tuple[Codes, dict[str, Any]]:
    """Return one row per vaccine that a child had or should have had; a single one if exempt."""
    doses = truth.life.doses
    last, counts = (values[listed] for values in doses.given(day))
    exempt = doses.exemption[listed]
    asked = np.array([vaccine.required for vaccine in VACCINES])
    shown = (~np.isnat(last) | asked) & (exempt < 0)[:, None]
    row, vaccine = np.nonzero(shown)
    free = np.flatnonzero(exempt >= 0)
    order = np.argsort(np.r_[row, free], kind="stable")
    row = np.r_[row, free][order]
    vaccine = np.r_[vaccine, np.full(len(free), -1)][order]
    named = vaccine >= 0
    child = listed[row]
    never = np.datetime64("NaT", "D")
    first_day = _first_days(truth)[child]
    return child, {
        "Vaccine": pick([one.name for one in VACCINES], vaccine),
        "Doses": whole(counts[row, vaccine], named),
        "Last Dose": dates(np.where(named, last[row, vaccine], never)),
        "Exemption": pick(EXEMPTIONS, np.where(named, -1, exempt[row])),
        "Exempt Since": dates(np.where(named, never, first_day)),
    }


def _first_days(truth: Truth) -> npt.NDArray[np.datetime64]:
    """Return each child's first known day in the district's schools."""
    enrollments, begins = truth.schooling.enrollments, truth.schooling.school_enrollment["begin_date"]
    days = np.full(len(truth.population.children), np.datetime64("9999-01-01", "D"))
    np.minimum.at(days, enrollments.child, begins.to_numpy().astype("datetime64[D]"))
    return days
