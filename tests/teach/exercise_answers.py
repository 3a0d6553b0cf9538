"""What each exercise is given, and answers to it: right ones, and wrong ones with words of the reply."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.teach import governing_answers
from tests.teach.exercise_tables import (
    BY_DEFINITION,
    CANDIDATES,
    CARRIED,
    CLASS_YEARS,
    CODES,
    COMPARED,
    CROSSWALK,
    EVENTS,
    FAULTS,
    FIRST_DAYS,
    FOUND,
    GROUPS,
    HELD,
    JOINED,
    LEVELS,
    LOOSE,
    LUNCHES,
    NARROW,
    ORDERS,
    PEOPLE,
    POLICY,
    QUESTIONS,
    SCORECARD,
    SCORED,
    SMALL,
    STORIES,
    TILL,
    VALUES,
    WAITING,
    WATCHED,
    differ,
)
from tests.teach.survey_tables import ANSWERED, BY_DOMAIN

GIVEN: dict[str, dict[str, Any]] = {
    "1.1": {"carried": CARRIED, "roster": "sis"},
    "1.2": {"faults": FAULTS},
    "2.4": {"held": HELD, "enrolled": {"a", "b", "c", "d"}},
    "2.1": {"rows": LUNCHES, "formats": ORDERS},
    "2.5": {"roster": pd.Series([*"abcde"], dtype="string"), "visits": pd.Series([*"aab"], dtype="string")},
    "2.6": {"responses": pd.DataFrame({"record": pd.array(["a", None, None, None], dtype="string")})},
    "2.2": {"class_years": CLASS_YEARS, "school_year": 2026, "grade": 10},
    "2.3": {"events": EVENTS},
    "3.1": {"crosswalk": CROSSWALK, "left": "sis", "right": "meals"},
    "3.2": {"found": FOUND, "people": PEOPLE},
    "3.3": {"joined": JOINED},
    "3.4": {"candidates": CANDIDATES},
    "3.5": {"scored": SCORED},
    "3.7": {"groups": GROUPS},
    "3.6": {"waiting": WAITING},
    "4.1": {"lines": STORIES},
    "4.2": {"by_definition": BY_DEFINITION},
    "4.3": {"answers": QUESTIONS, "at_least": 4},
    "4.4": {},
    "4.5": {"values": VALUES},
    "4.6": {"values": VALUES, "believed": "meals"},
    "5.1": {"scorecard": SCORECARD},
    "5.2": {},
    "5.3": {"codes": CODES},
    "5.4": {},
    "6.1": {"policy": POLICY, "role": "teacher"},
    "6.2": {"policy": POLICY},
    "6.3": {"columns": TILL},
    "6.4": {"counts": SMALL},
    "6.5": {},
    "7.1": {"levels": LEVELS},
    "7.2": {},
    "7.3": {},
    "7.4": {"known": WATCHED, "change": "surname"},
    "8.1": {"answers": ANSWERED},
    "8.2": {"scores": BY_DOMAIN},
    "8.3": {},
    "9.1": {"comparisons": COMPARED, "year": 2022},
    "9.2": {},
    "9.3": {},
    **governing_answers.GIVEN,
}
OTHERS = sum(POLICY.rule("teacher", domain).allow != "row" for domain in POLICY.domains)
NOTHING = sum(POLICY.rule("teacher", domain).allow == "none" for domain in POLICY.domains)
RIGHT: dict[str, list[Any]] = {
    "1.1": [["attendance"], {"attendance"}],
    "1.2": [2],
    "2.4": ["sis", "attendance"],
    "2.1": [FIRST_DAYS, FIRST_DAYS.set_axis([4, 5, 6, 7])],
    "2.5": [3],
    "2.6": [0.25],
    "2.2": [2],
    "2.3": [3, EVENTS["record"].nunique()],
    "3.1": [0.75, 3 / 4],
    "3.2": [1],
    "3.3": [differ("first", "last"), lambda rows: list(differ("first", "last")(rows))],
    "3.4": [8 / 13],
    "3.5": [0.9, 0.85],
    "3.7": [["some"], {"some"}],
    "3.6": [["B", "C", "D"], ("D", "C", "B")],
    "4.1": [
        "We print 2015-08-19, since three systems say so, and ask the mother for the certificate tonight."
    ],
    "4.2": [1],
    "4.3": [3],
    "4.4": [
        "Her mark is a B and the test came out low; I don't know why yet, so I ask her teacher tomorrow."
    ],
    "4.5": [2],
    "4.6": [2],
    "5.1": [("meals", "attendance"), ["attendance", "meals"]],
    "5.2": [{"A": "Not joinable", "B": "Not fresh", "C": "Not meant", "D": "Missing"}],
    "5.3": [0.2, 12 / 60],
    "5.4": [
        "On Monday the nurse gets the list of children whom her office doesn't know, and says by Friday who "
        "should be there."
    ],
    "6.1": [OTHERS],
    "6.2": [POLICY, LOOSE.changed("teacher", "meals_eligibility", allow="none")],
    "6.3": [
        ["PIN", "Charged today", "Balance"],
        {"Balance", "PIN", "Charged today"},
        ["Charged today", "Balance"],
        ("balance ", "charged today"),
        pd.Index(["Balance", "Charged today"]),
    ],
    "6.4": [7],
    "6.5": [
        "Days absent only, of children whose parents signed a dated form, for planning rides, until June."
    ],
    "7.1": [["Two together"], "Two together"],
    "7.2": [(25, 2), [25, 2]],
    "7.3": [
        "First every roster goes over at night, so that a teacher knows of a child on Tuesday; it costs "
        "60,000 dollars, which is assumed."
    ],
    "7.4": [3],
    "8.1": [2.0, 2],
    "8.2": ["Procurement"],
    "8.3": [
        "On Monday the secretary and I open the list of children with two records. Until then we don't say "
        "who is wrong.",
    ],
    "9.1": [1],
    "9.2": [["Procurement"], ("Procurement",), "Procurement"],
    "9.3": [
        "Those that answered and signed stand higher in governance, by between 0.1 and 0.5 points; that "
        "doesn't say why."
    ],
    **governing_answers.RIGHT,
}
WRONG: dict[str, list[tuple[Any, str]]] = {
    "1.1": [
        (["attendance", "meals"], "share of its records"),
        (["sis"], "is the roster itself"),
        (["attendance", "clubs"], "none of the numbers"),
        ([], "left out attendance: both carry State"),
        (["till"], "no system 'till'"),
        ("attendance", "names of the systems"),
    ],
    "1.2": [
        (3, "changed places"),
        (1, "number of kinds"),
        (6, "detected_by"),
        (2.0, "whole number"),
    ],
    "2.4": [("meals", "not 3 who are"), ("till", "no system"), (3, "name of one system")],
    "2.1": [
        (FIRST_DAYS.mask(FIRST_DAYS.index == 2), "22/10/2025 of Default became nothing"),
        (pd.to_datetime(LUNCHES["start"], format="%d/%m/%Y"), "10/03/2025 of PaySchools is 03 October"),
        (
            pd.to_datetime(LUNCHES["start"], format="%m/%d/%Y", errors="coerce").fillna(
                pd.Timestamp(2025, 10, 22)
            ),
            "a wrong day, and no error",
        ),
        (LUNCHES["start"], "still string"),
        (["2025-10-03"], "column of 4 dates"),
    ],
    "2.5": [
        (5, "on the nurse's list"),
        (2, "came at least once"),
        (100, "nobody knows"),
        (0, "leave out"),
    ],
    "2.6": [
        (0.75, "nobody can link"),
        (25, "between 0 and 1"),
        (0.5, "confidential"),
        ("0.25", "one number"),
    ],
    "2.2": [(3, "ends"), (1, "one year too far"), (7, "leave school"), ("2", "whole number")],
    "2.3": [(6, "number of rows"), (2, "counts once"), ("3", "whole number"), (3.0, "whole number")],
    "3.1": [
        (75, "between 0 and 1; yours is 75"),
        (0.6, "children of meals"),
        ("0.75", "one number"),
        (0.1, "divide"),
    ],
    "3.2": [
        (3, "the same birth date"),
        (2, "Not known"),
        (5, "Compare both birth dates"),
        (0.2, "whole number"),
    ],
    "3.3": [
        (lambda rows: rows["number"].duplicated(), "2 of 2 pass"),
        (differ("last"), "1 of 2 pass, such as Luis Ruiz with ANA RUIZ"),
        (differ("first", "last", fold=False), "stops 8 of 8 right joins"),
        (differ("first"), "such as Ana Ruiz with ANA STONE"),
        (lambda rows: rows["number"].lt("20000"), "stops 2 of 8 right joins"),
        (lambda rows: rows["number"].astype("int64") < 20000, "stops 2 of 8 right joins"),
        (lambda rows: rows["test_first"].isin(["ANA", "DEV"]), "stops 2 of 8 right joins"),
        (lambda rows: rows["roster_first"].isin(["Luis", "Ivy"]), "stops 2 of 8 right joins"),
        (lambda rows: True, "1 answers for 2 rows"),
        (True, "Write a function"),
    ],
    "3.4": [
        (8 / 9, "the others compete"),
        (0.6, "doublings"),
        (0.5, "divide the first's"),
        (61.5, "between 0 and 1"),
        ("8/13", "one number"),
    ],
    "3.5": [
        (0.6, "1 of them are two children"),
        (0.95, "1 more could be accepted"),
        (1.0, "2 more could be accepted"),
        (90, "between 0 and 1"),
    ],
    "3.7": [
        (["some", "few"], "few: its interval begins at 3.9"),
        (["many"], "may be chance"),
        ([], "0 of 1"),
        (["none"], "no group 'none'"),
        ("some", "in a list"),
    ],
    "3.6": [
        (["A", "B", "D"], "most probable"),
        (["C", "D", "E"], "gain most"),
        (["A", "C", "D"], "three others gain more"),
        (["B", "C"], "yours are 2"),
        (["B", "C", "Z"], "no pair 'Z'"),
    ],
    "4.1": [
        ("The newest one.", "words are a label"),
        (
            "We print what the newest export says, as our rule has it, and leave it at that now.",
            "what the page",
        ),
        (
            "We print 2015-08-19 because three of the four systems say so and leave it at that.",
            "whom you ask",
        ),
        (7, "text in quotes"),
    ],
    "4.2": [(3, "clear by another"), (2, "One".lower()), (0, "flags her"), ("1", "whole number")],
    "4.3": [(1, "are enough"), (5, "counts the systems"), (3.0, "whole number")],
    "4.4": [
        (
            "She is doing fine in class, a good pupil all in all, and there is nothing else.",
            "what the test says",
        ),
        (
            "The test is low, and so she has to repeat it as soon as that can be arranged.",
            "what the grade says",
        ),
    ],
    "4.5": [(1, "zero visits"), (3, "chosen row of health_visits"), (2.0, "whole number")],
    "4.6": [(4, "Put the surname"), (3, "have a surname"), ("2", "whole number")],
    "5.1": [
        (("sis", "meals"), "lower match rate"),
        (("sis", "meal"), "no system 'meal'"),
        ("meals", "two names"),
    ],
    "5.2": [
        (dict.fromkeys("ABCD", "Missing"), "pair A again"),
        ({**dict.fromkeys("ABCD", "Missing"), "A": "Not joinable"}, "pair B again"),
        (dict.fromkeys("ABCD", "missing"), "none of the four"),
        ("Missing", "a reason for each pair"),
    ],
    "5.3": [
        (0.8, "does come back"),
        (4 / 60, "has no code for"),
        (0.4, "count rows"),
        (20, "between 0 and 1"),
        (0.5, "divide by all rows"),
    ],
    "5.4": [
        ("Fix the data.", "are a label"),
        (
            "The whole export of this system should be mended as soon as anybody finds the time.",
            "for whom it is",
        ),
        (["nurse"], "text in quotes"),
    ],
    "6.1": [
        (NOTHING, "nothing at all"),
        (len(POLICY.domains) - OTHERS, "sees single children"),
        (99, "Look at allow"),
        ("8", "whole"),
    ],
    "6.2": [
        (LOOSE, "sees more of meals_eligibility"),
        (NARROW, "can't work any more"),
        (POLICY.changed("teacher", "grades", allow="row", scope="district"), "of district"),
        ("the old one", "Give the policy that"),
    ],
    "6.3": [
        (["PIN"], "stays"),
        (["PIN", "Balance"], "Charged today stays"),
        (["Charged today"], "Balance stays"),
        (["Charged today", "Balance", "Grade"], "Grade says nothing about money"),
        ([*TILL[3:], "Allergy"], "the cook needs it"),
        (["Price"], "no column 'Price'"),
        ("PIN", "in a list"),
    ],
    "6.4": [(38, "what is left"), (0, "what is left"), ("7", "whole number")],
    "6.5": [
        ("Yes.", "words are a label"),
        (
            "We gladly send the attendance of all your children every Monday for planning rides.",
            "who has to sign",
        ),
        (
            "The parents may tell you about the attendance themselves for planning rides, of course.",
            "in writing",
        ),
    ],
    "7.1": [
        (["Two together", "Days"], "Look again at 'Days'"),
        ([], "1 more"),
        (["Two togethr"], "No measure is called"),
        (3, "as a list"),
    ],
    "7.2": [
        ((91, 14), "afterwards"),
        ((24, 2), "the two with each other"),
        ((2, 25), "the other way round"),
        ((25, 1), "n(n-1)/2"),
        (25, "two whole numbers"),
    ],
    "7.3": [
        ("We buy ids.", "words are a label"),
        (
            "First every system gets the same number, and then all of us will be much better off than now.",
            "for a child",
        ),
        (
            "First every system gets the same number, so that a nurse finds a child; it costs 9,000 dollars.",
            "what is assumed",
        ),
    ],
    "7.4": [
        (6, "it happened once"),
        (2, "after the first"),
        (5, "all levels together"),
        (11, "level rostered"),
        ("3", "whole number"),
    ],
    "8.1": [
        (20 / 12, "mean of all answers"),
        (1.0, "Take each person's mean"),
        ("2", "a number between 1 and 4"),
    ],
    "8.2": [
        ("Leadership and Vision", "are 1.0 anchors apart"),
        ("Procurment", "Did you mean Procurement"),
        (4, "name of a domain"),
    ],
    "8.3": [
        ("They are wrong.", "words are a label"),
        (
            "We look at the two records of each of these children again next week, and don't say anything.",
            "with whom",
        ),
        (
            "On Monday the secretary and I open the list and then tell everybody how wrong they all are.",
            "claim",
        ),
    ],
    "9.1": [(2, "as if nobody had looked"), (7, "There are 3 domains"), (0, "Keep the rows"), (1.0, "whole")],
    "9.2": [
        (["Procurement", "Governance"], "Governance is above zero alone"),
        ([], "is above zero"),
        (3, "in a list"),
    ],
    "9.3": [
        ("The pledge raises governance.", "words are a label"),
        ("The pledge raises governance by 0.3 points, and so every system should sign it now.", "whom it is"),
        (
            "Among those that answered, the pledge raises governance by between 0.1 and 0.5, a difference.",
            "Does 'raises' say",
        ),
    ],
    **governing_answers.WRONG,
}
