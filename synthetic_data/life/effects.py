"""Everything that the maker puts in, by name and size: assumptions, never findings about the world."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.columns import text
from synthetic_data.life import absences, assessments, assignments, grades, traits
from synthetic_data.population.homes import HOME_LANGUAGES
from synthetic_data.population.schools import GRADES
from synthetic_data.published import rows
from synthetic_data.scenario import Scenario

__all__ = ["effects_frame"]

OWN = "the kit's own assumption; no published figure"
NORMS = "NWEA 2025 MAP Growth Technical Manual, percentiles of children; mean and spread fitted to them"
SEEN_ERRORS = "3.30 to 4.20 in the tests of an anonymised export; the size itself is the kit's own"
U_SHAPE = "shape: FutureEd 2023-24 (22 states and DC), worst in KG, 09 and 12; size: the kit's own"


def effects_frame(scenario: Scenario) -> pd.DataFrame:
    """List the effects of a scenario.

    Parameters
    ----------
    scenario
        Those that a scenario sets come from it.

    Returns
    -------
    pandas.DataFrame
        name, from, to, size, unit, source.
    """
    published = next(r for r in rows("published") if (r["topic"], r["group"]) == ("chronic_absence", "all"))
    source = f"{published['source']}, {published['period']}: {published['value']} percent of all children"
    correlation, ratio = "correlation", "times as many absences beginning"
    listed: list[tuple[str, str, str, float, str, str]] = [
        *(
            (f"{left}_with_{right}", left.replace("_", "-"), right.replace("_", "-"), size, correlation, OWN)
            for (left, right), size in traits.ties(scenario).items()
        ),
        *(
            (f"{layer}_in_{trait}", layer, trait.replace("_", "-"), share, "share of variance", OWN)
            for trait in traits.TRAITS
            for layer, share in traits.shares(trait).items()
        ),
        (
            "school_in_absence",
            "school",
            "tendency to miss school beside engagement",
            traits.SCHOOL_IN_ABSENCE,
            "share of variance",
            OWN,
        ),
        (
            "engagement_in_absence",
            "engagement",
            "tendency to miss school",
            -scenario.engagement_in_absence,
            correlation,
            OWN,
        ),
        (
            "traits_in_grades",
            "academic, engagement",
            "doing in class",
            scenario.traits_in_grades,
            correlation,
            OWN,
        ),
        (
            "doing_in_grades",
            "doing in class",
            "numeric grade",
            grades.CHILD_SPREAD,
            "percent a standard deviation",
            OWN,
        ),
        (
            "absence_level",
            "everybody",
            "chronic absence",
            100 * scenario.chronic_absence,
            "percent of children",
            source,
        ),
        (
            "engagement_in_excuses",
            "engagement",
            "absences excused",
            100 * absences.EXCUSED_BY_ENGAGEMENT,
            "percent points a standard deviation",
            OWN,
        ),
        (
            "engagement_in_lateness",
            "engagement",
            "coming late",
            -absences.TARDY_SPREAD,
            "log rate a standard deviation",
            OWN,
        ),
        (
            "doing_in_coursework",
            "doing in class",
            "score of an assignment",
            grades.CHILD_SPREAD,
            "percent a standard deviation",
            OWN,
        ),
        (
            "engagement_in_handing_in",
            "engagement",
            "handing nothing in",
            assignments.ENGAGEMENT_IN_MISSING,
            "log odds a standard deviation",
            OWN,
        ),
        (
            "absence_in_handing_in",
            "away on the day due",
            "handing nothing in",
            assignments.ABSENT_IN_MISSING,
            "log odds",
            OWN,
        ),
        (
            "academic_in_tests",
            "academic",
            "standing in a subject",
            assessments.ACADEMIC_IN_TESTS,
            correlation,
            OWN,
        ),
        (
            "season_in_tests",
            "season",
            "standing in a subject",
            assessments.OF_THE_SEASON,
            "share of variance",
            OWN,
        ),
        ("norms_in_map_growth", "grade, season", "RIT", 1.0, "times mean and spread of the norms", NORMS),
        (
            "error_in_map_growth",
            "chance",
            "RIT",
            assessments.STANDARD_ERROR[0],
            "RIT, standard error",
            SEEN_ERRORS,
        ),
        *(
            (f"error_in_iready_{word}", "chance", f"i-Ready {word}", size, "points, standard error", OWN)
            for word, size in zip(("math", "reading"), assessments.STANDARD_ERROR[1], strict=True)
        ),
    ]
    listed += [
        (f"grade_{name}_in_absence", f"grade {name}", "absence", float(size), ratio, U_SHAPE)
        for name, size in zip(GRADES, absences.GRADE_FACTOR, strict=True)
    ]
    months = "January February March April May June July August September October November December".split()
    listed += [
        (f"{name.lower()}_in_absence", name, "absence", float(size), ratio, OWN)
        for name, size in zip(months, absences.MONTH_FACTOR, strict=True)
        if name != "July"
    ]
    weekdays = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    listed += [
        (f"{name.lower()}_in_absence", name, "absence", float(size), ratio, OWN)
        for name, size in zip(weekdays, absences.WEEKDAY_FACTOR, strict=True)
    ]
    listed += [
        (
            f"{code}_at_home",
            f"name origin {origin}",
            f"home language {code}",
            share,
            "share of households",
            OWN,
        )
        for origin, (code, share) in HOME_LANGUAGES.items()
    ]
    if not scenario.fair:
        listed += [
            (
                f"group_{row['group']}_in_absence",
                row["group"],
                "chronic absence",
                scenario.chronic_absence * float(row["value"]) / float(published["value"]) * 100,
                "percent of children",
                f"{row['source']}, {row['period']}",
            )
            for row in rows("published")
            if row["topic"] == "chronic_absence" and row["group"] != "all"
        ]
    columns = list(zip(*listed, strict=True))
    return pd.DataFrame(
        {
            "name": text(columns[0]),
            "from": text(columns[1]),
            "to": text(columns[2]),
            "size": np.array(columns[3], dtype="float64"),
            "unit": text(columns[4]),
            "source": text(columns[5]),
        }
    )
