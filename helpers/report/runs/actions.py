"""Choose the three actions of a first page: what to do, for how many children, who does it, and by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import BaseModel

from helpers.gaps import owner_of, system_owners
from helpers.profile import latest_days
from helpers.report.display_names import system_names_in_text
from helpers.report.pages.index import Action, Count
from helpers.standard import STRICT, first_day, last_day, read_declared

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["Actions", "due_days"]

DueRule = Literal["next_run", "last_school_day", "new_school_year"]


class DeclaredDue(BaseModel):
    """How a page says by when."""

    model_config = STRICT

    text: str


class DeclaredAction(BaseModel):
    """One step that a first page may ask for."""

    model_config = STRICT

    what: str
    owner: Literal["team", "system"]
    due: DueRule
    page: str
    link: str


class DeclaredActions(BaseModel):
    """Contents of ``actions.toml``."""

    model_config = STRICT

    due: dict[DueRule, DeclaredDue]
    action: dict[str, DeclaredAction]


@cache
def declared_actions() -> DeclaredActions:
    """Return the kit's own steps and due rules."""
    return read_declared(Path(__file__).with_name("actions.toml"), DeclaredActions, "actions")


def due_days(today: dt.date, calendar: pd.DataFrame | None = None) -> dict[DueRule, dt.date]:
    """Find the day that each due rule gives.

    >>> {rule: day.isoformat() for rule, day in due_days(dt.date(2026, 4, 30)).items()}
    {'next_run': '2026-05-04', 'last_school_day': '2026-06-30', 'new_school_year': '2026-07-01'}
    """
    year = today.year if today < first_day(today.year + 1) else today.year + 1
    school = last_day(year)
    if calendar is not None and len(calendar):
        days = calendar.loc[calendar["is_instructional"].eq(True), "date"].dropna().dt.date
        to_come = [day for day in days.unique() if today < day <= school]
        school = max(to_come, default=school)
    return {
        "next_run": today + dt.timedelta(days=7 - today.weekday()),
        "last_school_day": school,
        "new_school_year": first_day(year + 1),
    }


class Actions:
    """The steps that a district can take, with its own names, owners and days."""

    def __init__(self, district: District) -> None:
        self._names = system_names_in_text(district.layouts)
        self._owners: Mapping[str, str] = system_owners(district.layouts)
        calendars = [silo.facts["calendar"] for silo in district.values() if "calendar" in silo.facts]
        newest = max(latest_days(district).days.values(), default=None)
        # An invented district lives on its own days, a real one in ours.
        self._today = newest.date() if newest is not None and district.synthetic else dt.date.today()
        self._days = due_days(self._today, pd.concat(calendars) if calendars else None)

    def action(self, kind: str, many: Count, effect: str, silo: str = "", unit: str = "children") -> Action:
        """Write one step of `declared_actions`."""
        declared = declared_actions()
        one = declared.action[kind]
        return Action(
            many=many,
            unit=unit,
            what=one.what.format(system=self._names.get(silo, silo)),
            effect=effect,
            who=owner_of({"left_silo": silo}, "team" if one.owner == "team" else "left", self._owners),
            by=declared.due[one.due].text.format(day=self._day_text(self._days[one.due])),
            page=f"{one.page}.html",
            link=one.link,
        )

    def _day_text(self, day: dt.date) -> str:
        year = f", {day.year}" if day.year != self._today.year else ""
        return f"{day:%A}, {day:%B} {day.day}{year}"
