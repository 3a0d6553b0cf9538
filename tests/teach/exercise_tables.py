"""Small tables by hand on which the answers to exercises are judged."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.share import read_policy

EVENTS = pd.DataFrame({"record": ["a", "a", "b", "c", "c", "c"]}, dtype="string")
CROSSWALK = pd.DataFrame(
    {"silo": ["sis"] * 4 + ["meals"] * 5, "child": ["1", "2", "3", "4", "1", "2", "3", "7", "8"]},
    dtype="string",
)
SCORECARD = pd.DataFrame(
    {
        "measure": ["match rate"] * 3 + ["shared key"],
        "left_silo": ["sis", "sis", "attendance", "sis"],
        "right_silo": ["attendance", "meals", "meals", "meals"],
        "value": [0.98, 0.9, 0.6, 0.1],
    }
)
PEOPLE = pd.DataFrame(
    {
        "silo": pd.array(["sis"] * 5 + ["meals"] * 5, dtype="string"),
        "record": pd.array([*"12345", *"abcde"], dtype="string"),
        "birth_date": pd.to_datetime(
            ["2013-03-05"] * 5 + ["2013-03-05", "2013-03-05", "2013-03-05", "2014-01-01", None]
        ),
    }
)
FOUND = pd.DataFrame(
    {
        "left_silo": ["sis"] * 5,
        "left_record": [*"12345"],
        "right_silo": ["meals"] * 5,
        "right_record": [*"abcde"],
        "identifier": [*"12345"],
    },
    dtype="string",
)
# Ana was counted and never absent, Ben was counted, of Bea and Dev nobody knows.
VALUES = pd.DataFrame(
    {
        "child": [*"1234", *"112233"],
        "element": ["health_visits"] * 4 + ["last_surname"] * 6,
        "silo": ["attendance", "attendance", "attendance", None, *["sis", "meals"] * 3],
        "status": ["Reported", "Reported", "Empty", "Not collected"] + ["Reported"] * 6,
        "chosen": [True] * 4 + [True, False] * 3,
        "value": ["0", "7", None, None, "Ruiz Peña", "Ruiz", "Okafor", "OKAFOR", "Patel", "Patel"],
        "value_number": [0.0, 7.0, None, None] + [None] * 6,
        "agrees": pd.array([None] * 4 + [False, False, True, True, True, True], dtype="boolean"),
    }
)
# Brother and sister in the first row, strangers in the second.
JOINED = pd.DataFrame(
    {
        "number": ["10231", "10232"],
        "roster_first": ["Luis", "Ivy"],
        "roster_last": ["Ruiz", "Stone"],
        "test_first": ["ANA", "DEV"],
        "test_last": ["RUIZ", "PATEL"],
    },
    dtype="string",
)


def differ(*parts: str, fold: bool = True) -> Callable[[pd.DataFrame], pd.Series]:
    """Give a test of joined rows: one of these parts of the name differs."""

    def looks(rows: pd.DataFrame) -> pd.Series:
        plain = rows.apply(lambda column: column.str.casefold()) if fold else rows
        odd = [plain[f"roster_{part}"].ne(plain[f"test_{part}"]) for part in parts]
        return pd.concat(odd, axis="columns").any(axis="columns")

    return looks


CARRIED = {
    "sis": {"District": 1.0, "State": 1.0},
    "attendance": {"State": 1.0},
    "meals": {"District": 0.9},
    "clubs": {},
}
# One accident changed two places.
FAULTS = pd.DataFrame(
    {
        "fault": [1, 1, 2, 3, 4, 5],
        "kind": ["swapped", "swapped", "swapped", "typo", "typo", "typo"],
        "detected_by": ["Not findable"] * 3 + ["names_disagree"] * 3,
    }
)
HELD = {"sis": {"a", "b", "c"}, "attendance": {"a", "b", "c", "d", "e"}, "meals": {"a"}}
LUNCHES = pd.DataFrame(
    {
        "layout": ["Default", "PaySchools", "Default", "PaySchools"],
        "start": ["03/10/2025", "10/03/2025", "22/10/2025", "01/12/2026"],
    },
    dtype="string",
)
ORDERS = {"Default": "%d/%m/%Y", "PaySchools": "%m/%d/%Y"}
FIRST_DAYS = pd.Series(pd.to_datetime(["2025-10-03", "2025-10-03", "2025-10-22", "2026-01-12"]))
CLASS_YEARS = pd.Series(["2026", "2027", "2028", "2028", "2029", "2029", "2029"], dtype="string")
CANDIDATES = pd.Series({"the one": 3.0, "her namesake": 2.0, "none of them": 0.0})
SCORED = pd.DataFrame(
    {"probability": [0.99, 0.9, 0.8, 0.7, 0.6], "one_child": [True, True, False, True, True]}
)
GROUPS = pd.DataFrame(
    {
        "group": ["many", "some", "few"],
        "children": [300, 60, 9],
        "missed": [4.0, 17.0, 22.0],
        "low": [2.3, 9.4, 3.9],
        "high": [6.8, 28.4, 54.7],
    }
)
WAITING = pd.DataFrame(
    {"pair": [*"ABCDE"], "probability": [0.98, 0.95, 0.5, 0.6, 0.05], "pairs_gained": [1, 2, 4, 3, 20]}
)

BY_DEFINITION = pd.DataFrame(
    {
        "one": ["Flagged", "Clear", "Flagged", "Not applicable", "Clear"],
        "other": ["Clear", "Clear", "Flagged", "Flagged", "Unknown"],
    },
    dtype="string",
)
QUESTIONS = pd.DataFrame({"platforms_before": [1, 4, 4, 6, 3]})
STORIES = pd.DataFrame(
    {"system": ["SIS", "Meals"], "says": ["2015-01-01", "2015-08-19"]},
    dtype="string",
)
POLICY = read_policy()
LOOSE = POLICY.changed("teacher", "meals_eligibility", allow="row", scope="own class")
NARROW = POLICY.changed("nurse", "health", allow="none")
TILL = ["First name", "Grade", "Allergy", "PIN", "Charged today", "Balance"]
SMALL = pd.DataFrame(
    {
        "school": ["Oak", "Pine", "all schools"],
        "children": pd.array([31, None, 38], dtype="Int64"),
    }
)
# Two groups of school systems in three domains; the third of the rows of 2022 is another comparison.
COMPARED = pd.DataFrame(
    {
        "grouping": "data_team",
        "comparison": ["adjusted", "adjusted", "adjusted", "unadjusted", "adjusted"],
        "year": pd.array([2022, 2022, 2022, 2022, None], dtype="Int64"),
        "p": [0.01, 0.04, 0.5, 0.01, 0.01],
        "p_corrected": [0.03, 0.08, 0.5, 0.03, 0.03],
    }
)
CODES = pd.DataFrame(
    {
        "clinic_writes": ["KG", "K", "1", "2", "Nursery"],
        "rows": [12, 8, 20, 16, 4],
        "roster_writes": pd.array(["KG", "KG", "01", "02", None], dtype="string"),
        "comes_back_as": pd.array(["KG", "KG", "1", "2", None], dtype="string"),
    }
)
# Of four systems the two last are typed into again, where one roster feeds the others.
WATCHED = pd.DataFrame(
    [("manual", "surname", 1), ("manual", "surname", 2), ("manual", "surname", 2), ("rostered", "allergy", 1)]
    + [("rostered", "surname", typed) for typed in (1, 1, 2, 2)],
    columns=["level", "change", "typed"],
).astype({"typed": "Int64"})
# The last level of a study: two measures of two districts, which lie apart in one of them.
LEVELS = pd.DataFrame(
    [
        ("Days", "governed", "workshop", 1.0, 3.0),
        ("Days", "governed", "placebo", 2.0, 4.0),
        ("Two together", "none", "placebo", 1.0, 2.0),
        ("Two together", "governed", "workshop", 30.0, 40.0),
        ("Two together", "governed", "placebo", -4.0, 5.0),
    ],
    columns=["label", "level", "scenario", "low", "high"],
)
