"""Plan coaches and data teams: assumptions, schools, months."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil, floor
from pathlib import Path
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, ValidationError, model_validator

from helpers.standard import (
    Assumed,
    BadInput,
    StrictModel,
    as_table,
    faults_of,
    nearest,
    read_declared,
)

__all__ = [
    "ENDS",
    "ORDERS",
    "Staff",
    "StaffingAssumptions",
    "StaffingPlan",
    "kit_people_assumptions",
    "months_waited",
    "read_people_assumptions",
    "read_schools",
    "staffing_plan",
]


End = Literal["easy", "likely", "hard"]
# The easy end of a range: the low end of needs, the high end of capacity.
OF_NEEDS: dict[End, str] = {"easy": "low", "likely": "likely", "hard": "high"}
OF_GIVEN: dict[End, str] = {"easy": "high", "likely": "likely", "hard": "low"}


class Needed(Assumed):
    """One assumption, and what it means."""

    unit: str
    meaning: str


class TrainingNeeds(StrictModel):
    """Training needs."""

    specialist_learning: Needed
    specialist_teaching: Needed
    certificate: Needed
    team_size: Needed
    team_learning: Needed
    team_teaching: Needed
    upkeep: Needed
    dollars_an_hour: Needed


class TrainingCapacity(StrictModel):
    """Training capacity."""

    trainer_hours: Needed
    specialist_hours: Needed
    member_hours: Needed
    coach_hours: Needed
    schools_a_coach: Needed

    @model_validator(mode="after")
    def _takes_on_a_school(self) -> Self:
        if self.schools_a_coach.low < 1:
            raise ValueError(f"schools_a_coach = {self.schools_a_coach.low}: a coach takes on at least one")
        return self


class StaffingAssumptions(StrictModel):
    """All assumptions about training."""

    about: str
    needs: TrainingNeeds
    gives: TrainingCapacity

    def at(self, end: End) -> dict[str, float]:
        """Return every figure at one end: easy, likely or hard.

        Parameters
        ----------
        end
            One of the three ends.

        Returns
        -------
        dict
            Figure by name.
        """
        found = {name: float(getattr(one, OF_NEEDS[end])) for name, one in self.needs}
        return found | {name: float(getattr(one, OF_GIVEN[end])) for name, one in self.gives}


def read_people_assumptions(path: Path | str) -> StaffingAssumptions:
    """Read assumptions from a file.

    Parameters
    ----------
    path
        A TOML file like ``plan.toml`` of this folder.

    Returns
    -------
    StaffingAssumptions
        Validated assumptions.

    Raises
    ------
    BadInput
        If the file has faults; the message lists all of them.
    """
    return read_declared(Path(path), StaffingAssumptions, "assumptions")


@cache
def kit_people_assumptions() -> StaffingAssumptions:
    """Return the kit's own assumptions."""
    return read_people_assumptions(Path(__file__).with_name("plan.toml"))


ENDS: tuple[End, ...] = get_args(End)
Order = Literal["most children first", "most at risk first", "fewest children first", "as listed"]
ORDERS: tuple[Order, ...] = get_args(Order)
# A course is over if less than about a second of it is left.
NOTHING = 1e-6
PARTS = ("learning", "teaching", "certificates", "coaching")


class Staff(StrictModel):
    """Number of staff: people, not hours."""

    specialists: int = Field(ge=0, le=100_000, description="IT specialists who can become coaches")
    specialist_trainers: int = Field(ge=0, le=100_000, description="Trainers who certify specialists")
    team_trainers: int = Field(ge=0, le=100_000, description="Trainers who teach data teams from the start")


@dataclass(frozen=True)
class StaffingPlan:
    """A plan, computed for three ends of the assumptions.

    Attributes
    ----------
    months
        Table ``staffing_months``: coverage, hours and dollars, month by month.
    schools
        Table ``staffing_schools``: the month in which each school gets its coach and its team.
    about
        Source of the assumptions.
    """

    months: pd.DataFrame
    schools: pd.DataFrame
    about: str


def staffing_plan(
    schools: pd.DataFrame,
    *,
    specialists: int,
    specialist_trainers: int,
    team_trainers: int,
    months: int = 36,
    order: Order = "most children first",
    assumptions: StaffingAssumptions | None = None,
) -> StaffingPlan:
    """Plan when every school gets a coach and a data team.

    Parameters
    ----------
    schools
        One row per school: ``school`` and ``children``, and ``at_risk`` if `order` asks for it.
    specialists
        IT specialists who can become instructional technology specialists.
    specialist_trainers, team_trainers
        Trainers available from the first month, for specialists and for data teams.
    months
        Number of months to plan.
    order
        Order in which schools are served.
    assumptions
        Training assumptions; default is the kit's own.

    Returns
    -------
    StaffingPlan
        By month and by school, each at the ends *easy*, *likely* and *hard*.

    Raises
    ------
    BadInput
        If there is no school, an impossible number of people or months, or an unknown order.
    """
    given = assumptions or kit_people_assumptions()
    try:
        staff = Staff(
            specialists=specialists, specialist_trainers=specialist_trainers, team_trainers=team_trainers
        )
    except ValidationError as error:
        raise BadInput(f"These people can't be planned with:\n{faults_of(error)}") from None
    if not 1 <= months <= 600:
        raise BadInput(f"months = {months}: a plan has 1 to 600 months.")
    listed = _in_order(schools, order)
    by_month, by_school = [], []
    for end in ENDS:
        month_rows, school_rows = _worked_out(listed, staff, months, given.at(end))
        by_month.append(month_rows.assign(end=end))
        by_school.append(school_rows.assign(end=end))
    return StaffingPlan(
        as_table("staffing_months", pd.concat(by_month, ignore_index=True)),
        as_table("staffing_schools", pd.concat(by_school, ignore_index=True)),
        given.about,
    )


def _in_order(schools: pd.DataFrame, order: str) -> pd.DataFrame:
    if order not in ORDERS:
        raise BadInput(
            f"order = {order!r}: no such order.{nearest(order, ORDERS)} There are: {', '.join(ORDERS)}."
        )
    by = {"most at risk first": "at_risk", "as listed": None}.get(order, "children")
    for name in ("school", "children", *([by] if by else [])):
        if name not in schools.columns:
            raise BadInput(
                f"Schools have no column {name!r}. They have: {', '.join(map(str, schools.columns))}."
            )
    if schools.empty or schools["school"].duplicated().any():
        raise BadInput("A plan needs at least one school, and each of them once.")
    listed = schools.reset_index(drop=True)
    if by:
        listed = listed.sort_values(by, ascending=order == "fewest children first", kind="stable")
    return listed.assign(place=np.arange(1, len(listed) + 1)).reset_index(drop=True)


def _course(left: npt.NDArray[np.float64], hours: float, most: float) -> float:
    """Assign a month's teaching hours to courses in order, and return the hours used."""
    spent = 0.0
    for place in range(len(left)):
        if hours - spent <= NOTHING:
            break
        part = min(left[place], most, hours - spent)
        left[place] -= part
        spent += part
    return spent


def _worked_out(
    schools: pd.DataFrame, staff: Staff, months: int, at: dict[str, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count, each = len(schools), floor(at["schools_a_coach"])
    children = schools["children"].to_numpy(dtype="float64")
    coaches_wanted = min(staff.specialists, ceil(count / each))
    members = round(at["team_size"])
    becoming = np.full(coaches_wanted, max(at["specialist_teaching"], NOTHING * 2))
    teams = np.full(count, max(at["team_teaching"], NOTHING * 2))
    # Learning hours grow with teaching hours: a course of 20 taught hours may take 90 hours of learning.
    learned = at["specialist_learning"] / becoming[0] if len(becoming) else 0.0
    team_learned = members * at["team_learning"] / teams[0]
    pace = at["specialist_hours"] / learned if learned else at["specialist_teaching"]
    team_pace = at["member_hours"] * members / team_learned if team_learned else at["team_teaching"]
    coach_month = np.full(count, np.nan)
    team_month = np.full(count, np.nan)
    rows = []
    for month in range(1, months + 1):
        certified = int((becoming <= NOTHING).sum())
        capacity = staff.specialist_trainers * at["trainer_hours"]
        team_capacity = staff.team_trainers * at["trainer_hours"] + certified * at["coach_hours"]
        taught = _course(becoming, capacity, pace)
        team_taught = _course(teams, team_capacity, team_pace)
        covered = min(count, certified * each)
        now_certified = int((becoming <= NOTHING).sum())
        coach_month[: min(count, now_certified * each)] = np.fmin(
            coach_month[: min(count, now_certified * each)], month
        )
        done = teams <= NOTHING
        team_month[done] = np.fmin(team_month[done], month)
        teaching = taught + team_taught
        learning = taught * learned + team_taught * team_learned
        coaching = covered * at["upkeep"]
        fees = (now_certified - certified) * at["certificate"]
        dollars = {
            "learning": learning * at["dollars_an_hour"],
            "teaching": teaching * at["dollars_an_hour"],
            "certificates": fees,
            "coaching": coaching * at["dollars_an_hour"],
        }
        rows.append(
            {
                "month": month,
                "coaches": now_certified,
                "schools_with_coach": int(np.isfinite(coach_month).sum()),
                "schools_with_team": int(done.sum()),
                "members_trained": int(done.sum()) * members,
                "children_with_both": int(children[done & np.isfinite(coach_month)].sum()),
                "capacity": capacity + team_capacity,
                "hours_teaching": teaching,
                "hours_learning": learning,
                "hours_coaching": coaching,
                **{f"dollars_{name}": dollars[name] for name in PARTS},
                "dollars": sum(dollars.values()),
            }
        )
    frame = pd.DataFrame(rows)
    frame["dollars_so_far"] = frame["dollars"].cumsum()
    by_school = schools[["school", "place", "children"]].assign(
        coach_month=coach_month, team_month=team_month
    )
    return frame, by_school


def months_waited(plan: StaffingPlan, end: End = "likely", months: int | None = None) -> float:
    """Add up the months that children wait for their school's coach and team.

    Parameters
    ----------
    plan
        A plan.
    end
        End of the assumptions.
    months
        Months to count for a school that gets none by the end of the plan; default is the length of the plan.

    Returns
    -------
    float
        Child-months.
    """
    mine = plan.schools[plan.schools["end"].eq(end)]
    last = months or int(plan.months["month"].max())
    both = mine[["coach_month", "team_month"]].astype("float64").fillna(last).max(axis=1)
    return float((both * mine["children"].astype("float64")).sum())


COLUMNS = {"school": True, "children": True, "at_risk": False}


def read_schools(path: Path | str) -> pd.DataFrame:
    """Read a list of schools."""
    path = Path(path)
    try:
        read = pd.read_csv(path, dtype="string", encoding="utf-8-sig", skip_blank_lines=True)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} can't be read as a CSV: {str(error).splitlines()[0]}") from error
    read = read.rename(columns=lambda head: str(head).strip().casefold())
    absent = [name for name, needed in COLUMNS.items() if needed and name not in read.columns]
    if absent:
        raise BadInput(
            f"{path} has no column {' and no column '.join(absent)}. It has: {', '.join(read.columns)}. "
            "Name its columns school, children and, if you like, at_risk."
        )
    read = read[[name for name in COLUMNS if name in read.columns]]
    numbers = [name for name in read.columns if name != "school"]
    counted = read.assign(
        school=read["school"].str.strip(),
        **{name: pd.to_numeric(read[name], errors="coerce") for name in numbers},
    )
    for name in numbers:
        no_count = counted[name].isna() | counted[name].lt(0) | counted[name].mod(1).ne(0)
        wrong = no_count.fillna(True).to_numpy(dtype=bool)
        if wrong.any():
            place = int(np.argmax(wrong))
            value = read[name].fillna("").tolist()[place]
            raise BadInput(f"{path}, row {place + 2}: {name} is {value!r}, and no whole number of children.")
    if counted["school"].isna().any():
        raise BadInput(f"{path}: a row has no name of a school.")
    return counted.astype(dict.fromkeys(numbers, "int64"))
