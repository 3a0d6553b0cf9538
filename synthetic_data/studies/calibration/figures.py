"""Compute figures of a district, and read their published targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import first_day
from synthetic_data.columns import positions_in
from synthetic_data.facts import rows
from synthetic_data.life.absences import ENOUGH_DAYS, is_chronic
from synthetic_data.life.circumstances import changed_school, is_homeless
from synthetic_data.life.learning.tests import SEASONS, SUBJECTS, means, spreads
from synthetic_data.life.wellbeing.meal_eligibility import FULL
from synthetic_data.life.wellbeing.plans import CATEGORIES
from synthetic_data.population.births import NINE_MONTHS
from synthetic_data.population.names import GROUPS
from synthetic_data.population.schools import GRADES
from synthetic_data.studies.calibration.outcomes import Estimate, Outcomes, mean, share, spread
from synthetic_data.studies.calibration.recorded_names import disagreement, error_ratios

__all__ = [
    "MEASURES",
    "NO_TARGET",
    "WORST_GRADES",
    "CalibrationLine",
    "Found",
    "chronic_by_school",
    "line_of",
    "school_days",
    "targets",
    "untargeted",
]


Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
MONTH = 365.25 / 12
Mask = npt.NDArray[np.bool_]
Found = dict[str, Estimate]


def school_days(outcomes: Outcomes, year: int) -> pd.DataFrame:
    """Count the enrolled and missed days of each child at each school in a year."""
    scenario, schooling = outcomes.scenario, outcomes.schooling
    enrollments = schooling.enrollments
    length = np.array(
        [
            laid_out.past if year == scenario.school_year else len(laid_out.days)
            for (of_year, _), laid_out in schooling.years.items()
            if of_year == year
        ]
    )
    mine = enrollments.attended(year)
    last = length[enrollments.level[mine]] - 1
    end = np.where(enrollments.is_open[mine], last, np.minimum(enrollments.end[mine], last))
    schools = len(outcomes.population.school_list.ids)
    rows = pd.DataFrame(
        {
            "child": enrollments.child[mine],
            "school": enrollments.school[mine],
            "grade": enrollments.grade[mine],
            "enrolled": np.maximum(end - enrollments.begin[mine] + 1, 0),
            "left": end < last,
        }
    )
    table = rows.groupby(["child", "school"], as_index=False).agg(
        {"grade": "first", "enrolled": "sum", "left": "last"}
    )
    events = outcomes.life.absences
    begins, after = pd.Timestamp(first_day(year)), pd.Timestamp(first_day(year + 1))
    missed = events["attendance_event_category"].isin(["Excused Absence", "Unexcused Absence"])
    events = events.loc[missed & (events["date"] >= begins) & (events["date"] < after)]
    child = outcomes.population.child_of(events["person"])
    school = positions_in(outcomes.population.school_list.ids, events["school_id"])
    days = np.bincount(child * schools + school, minlength=len(outcomes.population.children) * schools)
    table["missed"] = days[(table["child"] * schools + table["school"]).to_numpy()]
    return table


def _chronic(table: pd.DataFrame) -> pd.DataFrame:
    enough = table.loc[table["enrolled"] >= ENOUGH_DAYS]
    return enough.assign(chronic=1.0 * is_chronic(enough["missed"].to_numpy(), enough["enrolled"].to_numpy()))


def _household(outcomes: Outcomes, child: pd.Series) -> Codes:
    homes = pd.factorize(outcomes.population.children["household"])[0]
    return np.asarray(homes[child.to_numpy()], dtype="int64")


def chronic_by_school(outcomes: Outcomes, year: int | None = None) -> Found:
    """Compute the chronically absent share as the federal figure does: per school, summed, at a tenth."""
    table = _chronic(school_days(outcomes, year or outcomes.scenario.school_year - 1))
    return {"all": share(table["chronic"].to_numpy(dtype="float64"), _household(outcomes, table["child"]))}


def _chronic_by_group(outcomes: Outcomes) -> Found:
    table = _chronic(school_days(outcomes, outcomes.scenario.school_year - 1))
    group = outcomes.population.children["group"].to_numpy(dtype=object)[table["child"].to_numpy()]
    chronic, home = table["chronic"].to_numpy(dtype="float64"), _household(outcomes, table["child"])
    return {name: share(chronic[group == name], home[group == name]) for name in GROUPS}


def _worst_grades(outcomes: Outcomes) -> Found:
    table = _chronic(school_days(outcomes, outcomes.scenario.school_year - 1))
    chronic, home = table["chronic"].to_numpy(dtype="float64"), _household(outcomes, table["child"])
    by_grade = [
        share(chronic[mine], home[mine])
        for place in range(len(GRADES))
        for mine in [table["grade"].to_numpy() == place]
    ]
    highest = np.isin(GRADES, ["KG", "09", "12"])
    weights = np.where(highest, 1 / highest.sum(), -1 / (~highest).sum())
    value = float(weights @ [one.value for one in by_grade])
    error = float(np.sqrt(weights**2 @ np.square([one.error for one in by_grade])))
    return {"worst grades": Estimate(value, error, len(table))}


def _race_share(outcomes: Outcomes) -> Found:
    group, home = outcomes.children["group"].to_numpy(dtype=object), outcomes.household
    return {name: share(1.0 * (group == name), home) for name in GROUPS}


def _eligible(outcomes: Outcomes) -> Numbers:
    return outcomes.has("meal_eligibility", "Free", "Reduced price")


def _frpl_share(outcomes: Outcomes) -> Found:
    found = _by_school(outcomes, 100 * _eligible(outcomes))
    value, size = found["mean"].to_numpy(), found["size"].to_numpy()
    weight = size / size.sum()
    average = float(weight @ value)
    # Schools differ much more than chance, so schools are the sampling units, not children.
    error = float(np.sqrt(weight**2 @ (value - average) ** 2))
    return {"all": Estimate(average, error, int(size.sum()))}


def _frpl_above_75(outcomes: Outcomes) -> Found:
    return {"all": _in_schools(outcomes, lambda eligible: eligible > 0.75)}


def _frpl_up_to_25(outcomes: Outcomes) -> Found:
    return {"all": _in_schools(outcomes, lambda eligible: eligible <= 0.25)}


def _by_school(outcomes: Outcomes, numbers: Numbers) -> pd.DataFrame:
    return (
        pd.Series(numbers).groupby(outcomes.children["school"].to_numpy(dtype=object)).agg(["mean", "size"])
    )


def _in_schools(outcomes: Outcomes, such: Callable[[pd.Series], pd.Series]) -> Estimate:
    found = _by_school(outcomes, _eligible(outcomes))
    weight = (found["size"] / found["size"].sum()).to_numpy(dtype="float64")
    inside = such(found["mean"]).to_numpy(dtype="float64")
    value = float(weight @ inside)
    # As for a share of this many schools, and never more certain than with one of them on the other side.
    error = np.sqrt(max(value * (1 - value), 1 / len(found) * (1 - 1 / len(found))) * float(weight @ weight))
    return Estimate(100 * value, 100 * float(error), len(found))


def _plan_share(outcomes: Outcomes) -> Found:
    # Children served in the year include the few with a plan that has ended since.
    return {"all": share(outcomes.has("special_education", "Active", "Exited"), outcomes.household)}


def _plan_categories(outcomes: Outcomes) -> Found:
    active = outcomes.has("special_education", "Active") == 1
    home = outcomes.household[active]
    return {name: share(outcomes.has("primary_disability", name)[active], home) for name in CATEGORIES}


def _schools_losing_a_tenth(outcomes: Outcomes) -> Found:
    table = school_days(outcomes, outcomes.scenario.school_year - 1)
    table = table.loc[table["grade"] <= GRADES.index("08")]
    lost = table.groupby("school")["left"].mean()
    value, count = float((lost > 0.1).mean()), len(lost)
    bound = max(value * (1 - value), 1 / count * (1 - 1 / count))
    return {
        "schools with kindergarten to grade 8": Estimate(
            100 * value, 100 * float(np.sqrt(bound / count)), count
        )
    }


def _interpregnancy_intervals(outcomes: Outcomes) -> Found:
    """Count the births of a mother by the months from the birth before to conception; twins are one birth."""
    children = outcomes.population.children
    births = children.loc[children["grade_level"].notna(), ["household", "birth_date"]].drop_duplicates()
    births = births.sort_values(["household", "birth_date"])
    gap = births.groupby("household")["birth_date"].diff().dt.days
    later = births.loc[gap.notna()]
    months = (gap.dropna().to_numpy() - NINE_MONTHS) / MONTH
    home = pd.factorize(later["household"])[0]
    return {
        name: share(1.0 * ((months >= low) & (months < low + 6)), home)
        for low, name in ((0, "up to 5 months"), (6, "6 to 11 months"), (12, "12 to 17 months"))
    }


def _map_growth(outcomes: Outcomes, measure: Callable[[Numbers], Estimate]) -> Found:
    tests = outcomes.life.tests
    found = {}
    for subject, name in enumerate(SUBJECTS):
        for season, word in enumerate(SEASONS):
            mine = (tests.program == 0) & (tests.subject == subject) & (tests.season == season)
            for grade in np.unique(tests.grade[mine]).tolist():
                score = tests.score[mine & (tests.grade == grade)].astype("float64")
                found[f"{name}, {word}, {GRADES[grade]}"] = measure(score)
    return found


def _map_growth_means(outcomes: Outcomes) -> Found:
    return _map_growth(outcomes, lambda score: mean(score, np.arange(len(score))))


def _map_growth_spreads(outcomes: Outcomes) -> Found:
    return _map_growth(outcomes, spread)


# Differences between groups. Log odds depend neither on the level of chronic absence nor on which of the two
# groupings comes first, so that figures of other years and states can be compared.

KG_TO_08, KG_TO_06 = "KG to 08", "KG to 06"


def _log_odds(table: pd.DataFrame, such: Mask, home: Codes) -> Estimate:
    """Compute how much higher a group's log odds of chronic absence are, clustered by household."""
    chronic, pull, difference = table["chronic"].to_numpy(dtype="float64"), np.zeros(len(table)), 0.0
    for mine, way in ((such, 1), (~such, -1)):
        size, away = int(mine.sum()), float(chronic[mine].sum())
        if not 0 < away < size:
            return Estimate(float("nan"), float("inf"), int(such.sum()))
        difference += way * float(np.log(away / (size - away)))
        pull[mine] = way * (chronic[mine] - away / size) * size / (away * (size - away))
    error = float(np.sqrt(np.sum(np.bincount(home, weights=pull) ** 2)))
    return Estimate(difference, error, int(such.sum()))


def _chronic_of(outcomes: Outcomes, such: Mask, groups: Sequence[str], back: int = 1) -> Found:
    """Compare children in a group with all others in a school year, counted per school."""
    table = _chronic(school_days(outcomes, outcomes.scenario.school_year - back))
    young = table["grade"].to_numpy() <= GRADES.index("08")
    found = {}
    for name in groups:
        mine = table.loc[young] if KG_TO_08 in name else table
        found[name] = _log_odds(mine, such[mine["child"].to_numpy()], _household(outcomes, mine["child"]))
    return found


def _chronic_by_income(outcomes: Outcomes) -> Found:
    return _chronic_of(outcomes, _subsidized(outcomes), [f"California, {KG_TO_08}", "South Carolina"])


def _chronic_by_home(outcomes: Outcomes) -> Found:
    groups = ["United States", f"California, {KG_TO_08}", "Connecticut"]
    return _chronic_of(outcomes, is_homeless(outcomes.population), groups)


def _chronic_by_plan(outcomes: Outcomes) -> Found:
    return _chronic_of(outcomes, _with_plan(outcomes), [f"California, {KG_TO_08}", "South Carolina"])


def _chronic_by_moves(outcomes: Outcomes) -> Found:
    year = outcomes.scenario.school_year
    before = outcomes.schooling.enrollments.child[outcomes.schooling.enrollments.year == year - 1]
    moved = changed_school(outcomes.schooling, len(outcomes.population.children), year - 1)
    table = _chronic(school_days(outcomes, year))
    table = table.loc[table["child"].isin(before)]
    such = moved[table["child"].to_numpy()]
    return {"Rhode Island": _log_odds(table, such, _household(outcomes, table["child"]))}


def _subsidized(outcomes: Outcomes) -> Mask:
    """Mark children who had free or reduced meals at the end of the year before."""
    eligibility, such = outcomes.life.eligibility, np.zeros(len(outcomes.population.children), dtype=bool)
    then = eligibility.year == outcomes.scenario.school_year - 1
    such[eligibility.child[then]] = eligibility.benefit[then] != FULL  # the latest is assigned last
    return such


def _with_plan(outcomes: Outcomes) -> Mask:
    """Mark children with a plan of special education in the year before."""
    plans, year = outcomes.life.plans, outcomes.scenario.school_year
    such = np.zeros(len(outcomes.population.children), dtype=bool)
    over = plans.ended < np.datetime64(first_day(year - 1), "D")
    such[plans.child[(plans.first_meeting < np.datetime64(first_day(year), "D")) & ~over]] = True
    return such


def _test_gap(outcomes: Outcomes, subject: str, such: Mask, within: bool, last_grade: str = "09") -> Estimate:
    """Compute how far a group's scores of the year before lie below all others', clustered by household.

    In standard deviations: of all children, or, as in meta-analyses, of children within the two groups.
    """
    tests = outcomes.life.tests
    mine = (tests.program == 0) & (tests.subject == SUBJECTS.index(subject))
    mine &= (tests.year == outcomes.scenario.school_year - 1) & (tests.grade <= GRADES.index(last_grade))
    place = tests.subject[mine], tests.grade[mine], tests.season[mine]
    score = (tests.score[mine] - means(0, *place)) / spreads(0, *place)
    inside = such[tests.child[mine]]
    if min(inside.sum(), (~inside).sum()) < 2:
        return Estimate(float("nan"), float("inf"), int(inside.sum()))
    rest = score.copy()
    for one in (inside, ~inside):
        rest[one] -= score[one].mean()
    spread = float((rest if within else score).std())
    pull = rest * np.where(inside, -1 / inside.sum(), 1 / (~inside).sum()) / spread
    home = pd.factorize(outcomes.population.children["household"])[0][tests.child[mine]]
    error = float(np.sqrt(np.sum(np.bincount(home, weights=pull) ** 2)))
    gap = float(score[~inside].mean() - score[inside].mean()) / spread
    return Estimate(gap, error, len(np.unique(tests.child[mine][inside])))


def _test_gap_by_income(outcomes: Outcomes) -> Found:
    gap = _test_gap(outcomes, "Mathematics", _subsidized(outcomes), within=False)
    return {"Mathematics, Michigan, 08": gap}


def _test_gap_by_plan(outcomes: Outcomes) -> Found:
    return {"Reading": _test_gap(outcomes, "Reading", _with_plan(outcomes), within=True)}


def _test_gap_by_moves(outcomes: Outcomes) -> Found:
    year = outcomes.scenario.school_year
    changed = changed_school(outcomes.schooling, len(outcomes.population.children), year - 1, year)
    return {
        f"{subject}, {KG_TO_06}": _test_gap(outcomes, subject, changed, within=True, last_grade="06")
        for subject in SUBJECTS
    }


MEASURES: dict[str, Callable[[Outcomes], Found]] = {
    "race_share": _race_share,
    "chronic_by_school": chronic_by_school,
    "chronic_by_group": _chronic_by_group,
    "worst_grades": _worst_grades,
    "frpl_share": _frpl_share,
    "frpl_above_75": _frpl_above_75,
    "frpl_up_to_25": _frpl_up_to_25,
    "plan_share": _plan_share,
    "plan_categories": _plan_categories,
    "schools_losing_a_tenth": _schools_losing_a_tenth,
    "interpregnancy_intervals": _interpregnancy_intervals,
    "surname_error_ratios": lambda outcomes: dict(error_ratios(outcomes, "surname")),
    "forename_error_ratios": lambda outcomes: dict(error_ratios(outcomes, "forename")),
    "within_person_disagreement": lambda outcomes: dict(disagreement(outcomes)),
    "map_growth_means": _map_growth_means,
    "map_growth_spreads": _map_growth_spreads,
    "chronic_by_income": _chronic_by_income,
    "chronic_by_home": _chronic_by_home,
    "chronic_by_plan": _chronic_by_plan,
    "chronic_by_moves": _chronic_by_moves,
    "test_gap_by_income": _test_gap_by_income,
    "test_gap_by_plan": _test_gap_by_plan,
    "test_gap_by_moves": _test_gap_by_moves,
}


# ``facts/targets.csv`` describes every published figure by topic, period and group.

NO_TARGET = "no published figure"
WORST_GRADES = "chronic_absence_grades"  # reported as text: they exceed all others


@dataclass
class CalibrationLine:
    """A published figure with its measurements, by seed."""

    scenario: str
    topic: str
    group: str
    period: str
    unit: str
    role: str
    """Tuned, held out, or `NO_TARGET`."""
    target: float
    rounding: float
    """How near to the target is as good as equal."""
    telling: float
    """How far an interval may reach and still tell something."""
    source: str
    strength: str
    why: str
    found: dict[int, Estimate] = field(default_factory=dict)

    def verdict(self, value: float, half: float) -> str:
        """Return whether a value with this interval half-width meets the target."""
        if self.role == NO_TARGET:
            return "compared"
        if not isfinite(half) or half > self.telling:
            return "too few"
        met = (
            value - half > 0
            if self.topic == WORST_GRADES
            else abs(value - self.target) <= half + self.rounding
        )
        return "pass" if met else "miss"


def targets(role: str | None = None) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return every published figure with its entry in ``facts/targets.csv``."""
    return [
        (target, row)
        for target in rows("targets")
        if role in (None, target["role"])
        for row in _published(target["facts"], target["topic"])
        if target["period"] in ("", row["period"])
        and (not target["groups"] or row["group"] in target["groups"].split(";"))
    ]


def line_of(scenario: str, declared: dict[str, str], row: dict[str, str]) -> CalibrationLine:
    """Create the line of a published figure, without measurements."""
    if declared["topic"] == WORST_GRADES:
        target = 0.0
    elif row["unit"].startswith("students of "):
        target = 100 * float(row["value"]) / float(row["unit"].removeprefix("students of "))
    else:
        target = float(row["value"])
    return CalibrationLine(
        scenario=scenario,
        topic=declared["topic"],
        group=row["group"],
        period=row["period"],
        unit=declared["unit"],
        role=declared["role"],
        target=target,
        rounding=float(declared["rounding"]),
        telling=float(declared["telling"]),
        source=row["source"],
        strength=row["strength"],
        why=declared["why"],
    )


def untargeted(scenario: str, topic: str, group: str, unit: str, why: str) -> CalibrationLine:
    """Create the line of a figure that nobody has published."""
    return CalibrationLine(
        scenario, topic, group, "", unit, NO_TARGET, float("nan"), 0.0, float("inf"), "", "", why
    )


def _published(facts: str, topic: str) -> list[dict[str, str]]:
    """Return the published figures of a topic in the columns of facts/published.csv."""
    if not facts.startswith("map_growth_norms"):
        return [row for row in rows(facts) if row["topic"] == topic]
    return [
        {
            "group": f"{row['subject']}, {row['season']}, {row['grade']}",
            "period": "2025 norms",
            "value": row[topic.removeprefix("map_growth_")],
            "unit": "RIT",
            "source": row["source"],
            "strength": row["strength"].partition(";")[0],
        }
        for row in rows(facts)
    ]
