"""Generate the activities system: what schools offer, and who takes part, as SIF objects."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.layouts import load_layout
from helpers.standard import STRING
from synthetic_data.columns import pick, text, whole
from synthetic_data.life.participation import ACTIVITIES, named
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    arrived_by,
    guids,
    not_held,
    ref_ids,
)
from synthetic_data.population.schools import GRADES, LEVELS
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

Codes = npt.NDArray[np.int64]

SILO = "activities"
LAYOUT = "activities/sif_activities"
SORTED_BY = {"StudentActivityParticipation": ("@RefId",)}

# A participation identifies a child only by an id.
columns_not_held = partial(not_held, LAYOUT)
ROLES = {
    "Athletics": "Captain",
    "Performing arts": "Section leader",
    "Student government": "President",
    "Publications": "Editor",
}


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record what schools offer outside lessons, and who took part up to a day."""
    day = np.datetime64(exchange.roster_date, "D")
    taken_part = truth.life.participation
    kept = np.flatnonzero(taken_part.begin <= day)
    here = np.flatnonzero(arrived_by(truth, scenario.as_of))
    person = truth.population.children["person"].array
    without = here[~np.isin(here, taken_part.child[kept])]
    offered = _offered(truth)
    ids = guids(rng_for(scenario.seed, SILO, "activities"), len(offered[0]))

    def participations() -> list[Recorded]:
        return [_participations(scenario, truth, kept, day, offered, ids)]

    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            Later("StudentActivityInfo", lambda: [_info(truth, offered, ids)]),
            Later("StudentActivityParticipation", participations),
        ),
        limits=all_limits({"Not served": person.take(without)}, columns_not_held()),
    )


def _offered(truth: Truth) -> tuple[Codes, Codes]:
    """List schools and their activities as indexes: a school offers what is for one of its grades."""
    levels = truth.population.school_list.levels
    pairs = [
        (school, place)
        for school, level in enumerate(levels)
        for place, activity in enumerate(ACTIVITIES)
        if activity.grades[0] <= LEVELS[level][1] and activity.grades[1] >= LEVELS[level][0]
    ]
    school, activity = np.array(pairs, dtype="int64").T
    return school, activity


def _info(truth: Truth, offered: tuple[Codes, Codes], ids: Any) -> Recorded:
    schools, activities = offered
    school_list = truth.population.school_list
    columns: dict[str, Any] = {
        "@RefId": ids,
        "Title": text([named(ACTIVITIES[one]) for one in activities.tolist()]),
        "Description": text(
            [
                f"{named(ACTIVITIES[a])} at {school_list.names[s]}"
                for s, a in zip(schools, activities, strict=True)
            ]
        ),
        "StudentActivityType.Code": text([ACTIVITIES[one].kind for one in activities.tolist()]),
        "StudentActivityLevel": text([ACTIVITIES[one].level for one in activities.tolist()]),
    }
    of_school = np.array([LEVELS[level] for level in school_list.levels])[schools]
    of_activity = np.array([one.grades for one in ACTIVITIES])[activities]
    first = np.maximum(of_school[:, 0], of_activity[:, 0])
    last = np.minimum(of_school[:, 1], of_activity[:, 1])
    for number in range(int(np.max(last - first)) + 1):
        grade = np.where(first + number <= last, first + number, -1)
        columns[f"GradeLevels.GradeLevel[{number + 1}].Code"] = pick(GRADES, grade)
    columns["CurricularStatus"] = pick(
        ("Co-curricular", "Extracurricular"),
        np.array([0 if ACTIVITIES[a].kind == "Performing arts" else 1 for a in activities]),
    )
    order = np.argsort(np.asarray(ids, dtype=object), kind="stable")
    nobody = pd.Series([pd.NA] * len(schools), dtype=STRING)
    return Recorded(
        "StudentActivityInfo",
        load_layout(LAYOUT).file_named("StudentActivityInfo").path,
        pd.DataFrame(columns).iloc[order].reset_index(drop=True),
        pd.DataFrame({"person": nobody, "part": nobody}),
    )


def _participations(
    scenario: Scenario,
    truth: Truth,
    kept: Codes,
    day: np.datetime64,
    offered: tuple[Codes, Codes],
    ids: Any,
) -> Recorded:
    taken_part = truth.life.participation
    child, activity, school = (
        part[kept] for part in (taken_part.child, taken_part.activity, taken_part.school)
    )
    which = np.full((len(truth.population.school_list.ids), len(ACTIVITIES)), -1)
    which[offered] = np.arange(len(ids))
    end = taken_part.end[kept].copy()
    end[end > day] = np.datetime64("NaT", "D")
    roles = [ROLES.get(one.kind, "Leader") for one in ACTIVITIES]
    frame = pd.DataFrame(
        {
            "@RefId": guids(rng_for(scenario.seed, SILO, "participations"), len(taken_part.child)).take(kept),
            "@StudentPersonalRefId": ref_ids(scenario, truth).take(child),
            "@StudentActivityInfoRefId": ids.take(which[school, activity]),
            "@SchoolYear": whole(taken_part.year[kept]),
            "StartDate": taken_part.begin[kept].astype("datetime64[us]"),
            "EndDate": end.astype("datetime64[us]"),
            "Role": pick(roles, np.where(taken_part.leads[kept], activity, -1)),
        }
    )
    return Recorded(
        "StudentActivityParticipation",
        load_layout(LAYOUT).file_named("StudentActivityParticipation").path,
        frame,
        about(truth.population.children["person"].array.take(child), "Subject"),
    )
