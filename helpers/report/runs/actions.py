"""Write the steps that pages ask for first: what to do, who does it, by when, and in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Self

import pandas as pd
from babel.dates import format_date
from pydantic import model_validator

from helpers.files import District
from helpers.gaps import owner_of, system_owners
from helpers.profile import latest_days
from helpers.report.display_names import system_names_in_text
from helpers.report.to_do import Action
from helpers.standard import Measured, StrictModel, first_day, last_day, read_declared

__all__ = ["Actions", "due_days", "in_order", "order_sentence", "usual_action"]

DueRule = Literal["next_run", "last_school_day", "new_school_year"]
Harm = Literal["shown", "unchecked", "missing"]


class DeclaredDue(StrictModel):
    """How a page says by when: with a day of a district, and without."""

    text: str
    rule: str


class DeclaredOrder(StrictModel):
    """What comes first, worst harm first, and the sentence that says so."""

    text: str
    harms: list[Harm]


class DeclaredAction(StrictModel):
    """One step that a first page may ask for."""

    what: str
    harm: Harm
    owner: Literal["team", "system", "both"]
    due: DueRule
    page: str
    link: str


class DeclaredActions(StrictModel):
    """Contents of ``actions.toml``."""

    order: DeclaredOrder
    due: dict[DueRule, DeclaredDue]
    action: dict[str, DeclaredAction]

    @model_validator(mode="after")
    def _orders_each_harm(self) -> Self:
        lacks = sorted({one.harm for one in self.action.values()} - set(self.order.harms))
        if lacks:
            raise ValueError(f"the order of harms lacks {', '.join(lacks)}")
        return self


@cache
def declared_actions() -> DeclaredActions:
    """Return the kit's own steps and due rules."""
    return read_declared(Path(__file__).with_name("actions.toml"), DeclaredActions, "actions")


def order_sentence() -> str:
    """Say which steps come first, on every page that lists some."""
    return declared_actions().order.text


def in_order(kinds: Sequence[str]) -> list[int]:
    """Return the positions of some kinds of step, worst harm first.

    >>> in_order(["add_id", "add_names", "match"])
    [2, 1, 0]
    """
    declared = declared_actions()
    harms = [declared.order.harms.index(declared.action[kind].harm) for kind in kinds]
    return sorted(range(len(harms)), key=harms.__getitem__)


def usual_action(kind: str, many: Measured, effect: str) -> Action:
    """Write a step of the data team for any district: its due rule instead of a day."""
    declared = declared_actions()
    one = declared.action[kind]
    who = f"your {owner_of({}, 'team', {})}"
    return Action(many, one.what, effect, who, declared.due[one.due].rule)


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

    def action(
        self,
        kind: str,
        many: Measured,
        effect: str,
        silo: str = "",
        other: str = "",
    ) -> Action:
        """Write one step of `declared_actions`."""
        declared = declared_actions()
        one = declared.action[kind]
        side = {"team": "team", "system": "left", "both": "both"}[one.owner]
        day = self._days[one.due]
        day_text = format_date(day, "EEEE, MMMM d" if day.year == self._today.year else "full", "en_US")
        return Action(
            many=many,
            what=one.what.format(system=self._names.get(silo, silo), other=self._names.get(other, other)),
            effect=effect,
            who=owner_of({"left_silo": silo, "right_silo": other}, side, self._owners),
            by=declared.due[one.due].text.format(day=day_text),
            page=f"{one.page}.html",
            link=one.link,
        )
