"""Generate the SIS: people, enrollment, classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.layouts import load_layout
from helpers.standard import STRING, constant, isin_text
from synthetic_data.columns import concat_columns, index_in, pick
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    guids,
    keep,
    look_up,
    names_persons,
    on_day,
    ref_ids,
)
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]


# OneRoster's column for each Ed-Fi race.
RACE_COLUMNS = {
    "americanIndianOrAlaskaNative": "American Indian or Alaska Native",
    "asian": "Asian",
    "blackOrAfricanAmerican": "Black or African American",
    "nativeHawaiianOrOtherPacificIslander": "Native Hawaiian or Pacific Islander",
    "white": "White",
}


def opaque_ids(scenario: Scenario, truth: Truth) -> pd.DataFrame:
    """Return everybody's opaque id, and children's RefId, the same in every system."""
    population = truth.population
    everybody = pd.concat(
        [population.children["person"], population.staff["person"], population.guardians["person"]],
        ignore_index=True,
    )
    ids = guids(rng_for(scenario.seed, "sis", "sourcedId"), len(everybody))
    known = pd.Series(ref_ids(scenario, truth), dtype=STRING).reindex(everybody.index)
    return pd.DataFrame({"person": everybody, "sourcedId": ids, "ref_id": known})


def student_users(
    truth: Truth, enrollments: pd.DataFrame, accounts: pd.DataFrame, agents: pd.DataFrame, exchange: Exchange
) -> pd.DataFrame:
    """Return the account of each child with an enrollment period, as of that period."""
    persons = enrollments["person"]
    # Accounts start with the children's, in their order.
    place = index_in(persons, truth.population.children["person"])
    children, account = truth.population.children.iloc[place], accounts.iloc[place]
    users = pd.DataFrame(
        {
            "person": persons.array,
            "sourcedId": account["sourcedId"].array,
            "enabledUser": pd.array([True] * len(persons), dtype="boolean"),
            "username": _before_at(children["email"]),
            "givenName": children["first_name"].array,
            "familyName": children["last_surname"].array,
            "middleName": children["middle_name"].array,
            "email": children["email"].array,
            "phone": look_up(
                children["household"], truth.population.households, "household", "telephone"
            ).array,
            "agentSourcedIds": look_up(children["household"], agents, "household", "sourcedId").array,
            "grades": enrollments["grade_level"].array,
            "preferredGivenName": children["preferred_first_name"].array,
            "primaryOrgSourcedId": enrollments["school_id"].array,
        }
    )
    if "State" in exchange.ids:
        users["userIds"] = ("{State:" + children["state_id"] + "}").array
    if "RefId" in exchange.ids:
        users["userIds"] = (users["userIds"].array + ",{RefId:") + account["ref_id"].array + "}"
    if "District" in exchange.ids:
        users["identifier"] = children["district_number"].array
    return users


def _before_at(addresses: pd.Series) -> Any:
    return addresses.str.replace("@.*", "", regex=True).astype(STRING).array


def guardians_accounts(truth: Truth, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the opaque ids of each household's guardians, as one text."""
    guardians = truth.population.guardians
    ids = look_up(guardians["person"], accounts, "person", "sourcedId")
    return concat_columns(ids, guardians["household"])


def old_records(scenario: Scenario, truth: Truth, users: pd.DataFrame) -> pd.DataFrame:
    """Return the record of a returned child under her old numbers."""
    rng = rng_for(scenario.seed, "sis", "old id")
    users = users.assign(sourcedId=guids(rng, len(users)))
    users["username"] = users["username"] + "0"
    if "identifier" in users.columns:
        # Nobody else has an old number.
        given = truth.population.children["district_number"]
        width, taken = int(given.str.len().max()), set(given.tolist())
        drawn = rng.integers(0, 10**width, size=4 * len(users) + 8).tolist()
        free = [
            number for number in dict.fromkeys(f"{one:0{width}d}" for one in drawn) if number not in taken
        ]
        users["identifier"] = pd.array(free[: len(users)], dtype=STRING)
    return users


def staff_users(truth: Truth, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return staff accounts; staff without a school belong to the district."""
    staff = truth.population.staff
    return pd.DataFrame(
        {
            "person": staff["person"].array,
            "sourcedId": look_up(staff["person"], accounts, "person", "sourcedId").array,
            "enabledUser": pd.array([True] * len(staff), dtype="boolean"),
            "username": _before_at(staff["email"]),
            "givenName": staff["first_name"].array,
            "familyName": staff["last_surname"].array,
            "middleName": staff["middle_name"].array,
            "identifier": staff["staff_number"].array,
            "email": staff["email"].array,
            "primaryOrgSourcedId": staff["school_id"].fillna(truth.population.district_id).array,
        }
    )


def guardian_users(truth: Truth, here: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the guardians of enrolled children, with their children."""
    guardians = truth.population.guardians
    children = pd.DataFrame(
        {
            "household": look_up(here["person"], truth.population.children, "person", "household"),
            "sourcedId": look_up(here["person"], accounts, "person", "sourcedId"),
            "school_id": here["school_id"],
        }
    ).sort_values("sourcedId", ignore_index=True)
    agents = concat_columns(children["sourcedId"], children["household"])
    guardians = keep(guardians, isin_text(guardians["household"], agents["household"]))
    first_child = children.drop_duplicates("household")
    ids = look_up(guardians["person"], accounts, "person", "sourcedId")
    return pd.DataFrame(
        {
            "person": guardians["person"].array,
            "sourcedId": ids.array,
            "enabledUser": pd.array([True] * len(guardians), dtype="boolean"),
            "username": guardians["email"].fillna("guardian-" + ids.str[:8]).array,
            "givenName": guardians["first_name"].array,
            "familyName": guardians["last_surname"].array,
            "email": guardians["email"].array,
            "phone": guardians["telephone"].array,
            "agentSourcedIds": look_up(guardians["household"], agents, "household", "sourcedId").array,
            "primaryOrgSourcedId": look_up(
                guardians["household"], first_child, "household", "school_id"
            ).array,
        }
    )


def demographics_of(truth: Truth, persons: pd.Series, ids: pd.Series) -> pd.DataFrame:
    """Return children's birth date, sex and race, with the ids of their accounts."""
    children = truth.population.children.iloc[index_in(persons, truth.population.children["person"])]
    race = children["race"].fillna("")
    known = children["race"].notna()
    frame = {
        "sourcedId": ids.array,
        "birthDate": children["birth_date"].array,
        "sex": children["sex"].array,
    }
    for column, word in RACE_COLUMNS.items():
        has = (";" + race + ";").str.contains(f";{word};", regex=False)
        frame[column] = has.astype("boolean").mask(~known).array
    several = race.str.contains(";", regex=False).astype("boolean").mask(~known)
    frame["demographicRaceTwoOrMoreRaces"] = several.array
    frame["hispanicOrLatinoEthnicity"] = children["hispanic_latino_ethnicity"].array
    return pd.DataFrame(frame)


SILO = "sis"
LAYOUT = "sis/oneroster_1p2"
# A database sorts rows by their own id.
SORTED_BY = dict.fromkeys(("users", "roles", "enrollments", "demographics"), ("sourcedId",))
WORK = 7  # among the slowest to write; the largest number is the slowest

# The binding's 21 data files; the manifest lists each, present or not.
BUNDLE = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources",
    "demographics", "enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales",
    "orgs", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "roles",
    "scoreScales", "userProfiles", "userResources", "users",
)  # fmt: skip

# Files that this system writes: rostering, but no gradebook, resources or vendor profiles.
HELD = ("academicSessions", "classes", "courses", "demographics", "enrollments", "orgs", "roles", "users")

# Subject areas by their two digits in NCES' School Courses for the Exchange of Data (SCED). Technical
# education covers several areas there, so the course decides: computer science is 10, engineering 21.
SUBJECT_CODES = {
    "English Language Arts": "01",
    "Mathematics": "02",
    "Science": "03",
    "Social Studies": "04",
    "Fine and Performing Arts": "05",
    "Physical, Health, and Safety Education": "08",
    "Other": "22",
}
TECHNICAL_CODES = {"CS": "10", "ENG": "21"}


def columns_not_held() -> tuple[str, ...]:
    """Return what the roster doesn't say of a child; its layout has a race in seven columns."""
    return ("street_number_name", "city", "postal_code", "home_language", "generation_code_suffix")


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record what the student information system contains on its roster day."""
    year, day = scenario.school_year, exchange.roster_date
    schooling = truth.schooling
    enrollments = schooling.school_enrollment
    enrollments = keep(enrollments, (enrollments["school_year"] == year) & (enrollments["begin_date"] <= day))
    running = enrollments.loc[on_day(enrollments, day).to_numpy()].sort_values(
        ["person", "is_primary", "begin_date"], ascending=[True, False, False]
    )
    running = running.reset_index(drop=True)
    here = running.drop_duplicates("person").reset_index(drop=True)
    left = enrollments.loc[~isin_text(enrollments["person"], here["person"])]
    left = left.sort_values(["person", "begin_date"]).drop_duplicates("person", keep="last")
    left = left.reset_index(drop=True)
    returned = _returned(enrollments, here)

    accounts = opaque_ids(scenario, truth)
    agents = guardians_accounts(truth, accounts)
    students = student_users(truth, here, accounts, agents, exchange)
    gone = student_users(truth, left, accounts, agents, exchange)
    renumbered = old_records(scenario, truth, student_users(truth, returned, accounts, agents, exchange))
    spare_enrollments = pd.concat([left, returned], ignore_index=True)
    spare_people = about(
        spare_enrollments["person"], "Subject", why=["left"] * len(left) + ["old id"] * len(returned)
    )
    spare_users = pd.concat([gone, renumbered], ignore_index=True).drop(columns="person")

    staff = staff_users(truth, accounts)
    guardians = guardian_users(truth, here, accounts)
    users = pd.concat([students, staff, guardians], ignore_index=True)
    users_people = pd.concat(
        [
            about(here["person"], "Subject"),
            about(truth.population.staff["person"], "Teacher"),
            about(guardians["person"], "Guardian"),
        ],
        ignore_index=True,
    )
    roles, roles_people = _roles(scenario, truth, running, guardians, accounts)
    # A leaver who is still listed has a role that nobody closed.
    closed = (spare_people["why"] == "old id").to_numpy(dtype=bool)
    open_ended = spare_enrollments.assign(end_date=spare_enrollments["end_date"].where(closed))
    spare_roles = _student_roles(open_ended, spare_users["sourcedId"])
    spare_roles["sourcedId"] = guids(rng_for(scenario.seed, SILO, "spare roles"), len(spare_roles))
    demographics = demographics_of(truth, here["person"], students["sourcedId"])
    spare_demographics = demographics_of(truth, spare_enrollments["person"], spare_users["sourcedId"])

    @cache
    def taught() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        return _classes(scenario, truth, here, accounts, day)

    def courses() -> pd.DataFrame:
        known = isin_text(schooling.courses["course_id"], taught()[0]["courseSourcedId"])
        return _courses(truth, keep(schooling.courses, known), year)

    files: list[Recorded | Later] = [
        replace(_recorded("manifest", _manifest(scenario)), always=True),
        replace(_recorded("orgs", _orgs(truth)), always=True),
        _recorded("academicSessions", _sessions(truth, year)),
        Later("courses", lambda: [_recorded("courses", courses())]),
        Later("classes", lambda: [_recorded("classes", taught()[0])]),
        _recorded("users", users.drop(columns="person"), users_people, spare_users, spare_people),
        _recorded("roles", roles, roles_people, spare_roles, spare_people),
        Later("enrollments", lambda: [_recorded("enrollments", *taught()[1:])]),
        _recorded(
            "demographics", demographics, about(here["person"], "Subject"), spare_demographics, spare_people
        ),
    ]
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=tuple(files),
        limits=all_limits({"Roster date": left["person"]}, columns_not_held()),
    )


def _recorded(
    name: str,
    frame: pd.DataFrame,
    people: pd.DataFrame | None = None,
    spare: pd.DataFrame | None = None,
    spare_people: pd.DataFrame | None = None,
) -> Recorded:
    if people is None:
        nobody = pd.Series([pd.NA] * len(frame), dtype=STRING)
        people = pd.DataFrame({"person": nobody, "part": nobody})
    path = load_layout(LAYOUT).file_named(name).path
    return Recorded(name, path, frame, people, spare, spare_people)


def _returned(enrollments: pd.DataFrame, here: pd.DataFrame) -> pd.DataFrame:
    """Return the earlier enrollment period of every child who left the district's schools and is back now."""
    now = look_up(enrollments["person"], here, "person", "begin_date")
    gap = (now - enrollments["end_date"]) > pd.Timedelta(days=14)
    earlier = enrollments.loc[gap.fillna(False).to_numpy(dtype=bool)].sort_values(["person", "begin_date"])
    return earlier.drop_duplicates("person").reset_index(drop=True)


def _student_roles(enrollments: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    primary = ~enrollments["person"].duplicated() if len(enrollments) else pd.Series([], dtype=bool)
    return pd.DataFrame(
        {
            "userSourcedId": ids.array,
            "roleType": pick(("secondary", "primary"), np.asarray(primary, dtype="int64")),
            "role": constant("Student", len(enrollments)),
            "beginDate": enrollments["begin_date"].array,
            "endDate": enrollments["end_date"].array,
            "orgSourcedId": enrollments["school_id"].array,
        }
    )


def _roles(
    scenario: Scenario,
    truth: Truth,
    running: pd.DataFrame,
    guardians: pd.DataFrame,
    accounts: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    staff = truth.population.staff
    pieces = [
        _student_roles(running, look_up(running["person"], accounts, "person", "sourcedId")),
        pd.DataFrame(
            {
                "userSourcedId": look_up(staff["person"], accounts, "person", "sourcedId").array,
                "roleType": "primary",
                "role": "Staff",
                "orgSourcedId": staff["school_id"].fillna(truth.population.district_id).array,
            }
        ),
        pd.DataFrame(
            {
                "userSourcedId": guardians["sourcedId"].array,
                "roleType": "primary",
                "role": "Guardian",
                "orgSourcedId": guardians["primaryOrgSourcedId"].array,
            }
        ),
    ]
    people = pd.concat(
        [
            about(running["person"], "Subject"),
            about(staff["person"], "Teacher"),
            about(guardians["person"], "Guardian"),
        ],
        ignore_index=True,
    )
    roles = pd.concat(pieces, ignore_index=True)
    roles["sourcedId"] = guids(rng_for(scenario.seed, SILO, "roles"), len(roles))
    return roles, people


def _classes(
    scenario: Scenario, truth: Truth, here: pd.DataFrame, accounts: pd.DataFrame, day: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the classes that run on the day, their members, and the person of each of those rows."""
    schooling = truth.schooling
    seated = schooling.section_enrollment
    listed = isin_text(seated["person"], here["person"]) | isin_text(
        seated["person"], truth.population.staff["person"]
    )
    seated = keep(
        seated,
        (seated["school_year"] == scenario.school_year) & on_day(seated, day) & listed,
    )
    sections = keep(schooling.sections, isin_text(schooling.sections["section_id"], seated["section_id"]))
    course = schooling.courses
    teacher = seated["role"] != "Student"
    enrollments = pd.DataFrame(
        {
            "sourcedId": guids(rng_for(scenario.seed, SILO, "enrollments"), len(seated)),
            "classSourcedId": seated["section_id"].array,
            "schoolSourcedId": look_up(seated["section_id"], sections, "section_id", "school_id").array,
            "userSourcedId": look_up(seated["person"], accounts, "person", "sourcedId").array,
            "role": seated["role"].array,
            "primary": teacher.astype("boolean").array,
            "beginDate": seated["begin_date"].array,
            "endDate": seated["end_date"].array,
        }
    )
    people = about(seated["person"], ["Teacher" if adult else "Subject" for adult in teacher.tolist()])
    codes = course[["course_id"]].assign(subject_codes=_subject_codes(course))
    classes = pd.DataFrame(
        {
            "sourcedId": sections["section_id"].array,
            "title": sections["title"].array,
            "grades": look_up(sections["course_id"], course, "course_id", "grade_level").array,
            "courseSourcedId": sections["course_id"].array,
            "classCode": sections["section_id"].array,
            "classType": "scheduled",
            "schoolSourcedId": sections["school_id"].array,
            "termSourcedIds": sections["session_id"].array,
            "subjects": look_up(sections["course_id"], course, "course_id", "academic_subject").array,
            "subjectCodes": look_up(sections["course_id"], codes, "course_id", "subject_codes").array,
            "periods": sections["period"].astype(STRING).array,
        }
    )
    return classes, enrollments, people


def _courses(truth: Truth, courses: pd.DataFrame, year: int) -> pd.DataFrame:
    sessions = truth.schooling.sessions
    top = sessions.loc[(sessions["school_year"] == year) & sessions["parent_session_id"].isna()]
    return pd.DataFrame(
        {
            "sourcedId": courses["course_id"].array,
            "schoolYearSourcedId": top["session_id"].iloc[0],
            "title": courses["course_title"].array,
            "courseCode": courses["course_code"].array,
            "grades": courses["grade_level"].array,
            "orgSourcedId": courses["school_id"].array,
            "subjects": courses["academic_subject"].array,
            "subjectCodes": _subject_codes(courses).array,
        }
    )


def _subject_codes(courses: pd.DataFrame) -> pd.Series:
    """Return a code for each course subject: commas in a name would split it into three in a list."""
    technical = courses["course_code"].str.partition("-")[0].map(TECHNICAL_CODES)
    code = courses["academic_subject"].map(SUBJECT_CODES).fillna(technical).astype(STRING)
    again = ("," + code).where(courses["academic_subject"].str.contains(",").to_numpy(bool), "")
    return code + again + again


def _sessions(truth: Truth, year: int) -> pd.DataFrame:
    sessions = keep(truth.schooling.sessions, truth.schooling.sessions["school_year"] == year)
    return pd.DataFrame(
        {
            "sourcedId": sessions["session_id"].array,
            "title": sessions["title"].array,
            "type": pd.array(
                ["semester" if parent else "schoolYear" for parent in sessions["parent_session_id"].notna()],
                dtype=STRING,
            ),
            "startDate": sessions["begin_date"].array,
            "endDate": sessions["end_date"].array,
            "parentSourcedId": sessions["parent_session_id"].array,
            "schoolYear": sessions["school_year"].array,
        }
    )


def _orgs(truth: Truth) -> pd.DataFrame:
    population = truth.population
    schools = population.schools
    ids = [population.district_id, *schools["school_id"]]
    return pd.DataFrame(
        {
            "sourcedId": ids,
            "name": [population.district_name, *schools["school_name"]],
            "type": ["district", *["school"] * len(schools)],
            "identifier": ids,
            "parentSourcedId": [pd.NA, *[population.district_id] * len(schools)],
        }
    ).astype(STRING)


def _manifest(scenario: Scenario) -> pd.DataFrame:
    files = [load_layout(LAYOUT).file_named(name) for name in HELD]
    in_bundle = {
        file.name for file in files if not scenario.people_only or file.name == "orgs" or names_persons(file)
    }
    rows: Sequence[tuple[str, str]] = [
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.2"),
        *((f"file.{name}", "bulk" if name in in_bundle else "absent") for name in BUNDLE),
        ("source.systemName", f"{scenario.title} student information system (synthetic)"),
        ("source.systemCode", "synthetic"),
    ]
    return pd.DataFrame(rows, columns=["propertyName", "value"], dtype=STRING)
