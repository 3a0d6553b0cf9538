"""A child's page, laid out from views made by hand: what stands where, and every text as text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from helpers.profile import definition
from helpers.profile.indicators import indicator as indicator_of
from helpers.profile.rules.results import STATUSES
from helpers.report.child.page import _WHY as WHY_UNKNOWN
from helpers.report.child.page import ChildPage, child_page
from helpers.report.child.shown_elements import CALL, Concern, PageTerms, page_terms
from helpers.report.child.values import SystemName
from helpers.report.display_names import status_names
from helpers.standard import as_table, empty_table

SYSTEMS = {
    "sis": SystemName("SIS", pd.Timestamp("2026-04-28")),
    "meals": SystemName("Meals", pd.Timestamp("2026-04-30")),
    "attendance": SystemName("Attendance", pd.Timestamp("2026-04-01")),
    "map_growth": SystemName("MAP Growth", pd.Timestamp("2026-03-31")),
    "iready": SystemName("i-Ready", pd.Timestamp("2026-03-31")),
}


def value(element: str, value: str | None, silo: str | None = "sis", **more: Any) -> dict[str, Any]:
    """One row of values: chosen, reported, surely joined, unless said otherwise."""
    row = {
        "child": "c-1",
        "school_year": 2026,
        "element": element,
        "value": value,
        "value_number": None,
        "status": "Reported",
        "silo": silo,
        "record": "7",
        "file": f"{silo}/a.csv",
        "row": 5,
        "rows": 1,
        "link_status": "Verified",
        "chosen": True,
        "rule": "latest",
    }
    return row | more


def lacking(element: str, status: str, silo: str | None) -> dict[str, Any]:
    return value(element, None, silo, status=status, file=None, row=None, rows=None, link_status=None)


def event(date: str, event: str, silo: str = "attendance", **more: Any) -> dict[str, Any]:
    row = {"child": "c-1", "date": pd.Timestamp(date), "kind": "attendance_exception", "domain": "attendance"}
    return (
        row
        | {"event": event, "silo": silo, "file": f"{silo}/b.csv", "row": 9, "link_status": "Verified"}
        | more
    )


@dataclass(frozen=True)
class View:
    """A view of one child."""

    values: pd.DataFrame
    timeline: pd.DataFrame
    role: str = "teacher"
    school_year: int | None = 2026
    children: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"child": ["c-1"], "first_name": ["Ana"], "last_surname": ["Ruiz"], "grade_level": ["07"]},
            dtype="string",
        )
    )
    indicators: pd.DataFrame = field(default_factory=lambda: empty_table("indicators"))
    withheld: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"title": ["Health"], "allow": ["none"], "why": ["the nurse tells"], "citation": ["45 CFR 160"]},
            dtype="string",
        )
    )


def view(values: list[dict[str, Any]], events: list[dict[str, Any]] | None = None, **more: Any) -> View:
    said = as_table("values", pd.DataFrame(values)) if values else empty_table("values")
    line = as_table("timeline", pd.DataFrame(events)) if events else empty_table("timeline")
    return View(said, line, **more)


def indicator(name: str, numerator: float, denominator: float | None = None, **more: Any) -> dict[str, Any]:
    """One result of an indicator under its default definition."""
    row = {
        "child": "c-1",
        "school_year": 2026,
        "indicator": name,
        "definition": definition(name).name,
        "status": "Clear",
        "value": numerator,
        "numerator": numerator,
        "denominator": denominator,
        "elements": ";".join(indicator_of(name).elements),
        "link_status": "Verified",
    }
    return row | more


def judged(*rows: dict[str, Any]) -> pd.DataFrame:
    return as_table("indicators", pd.DataFrame(rows)) if rows else empty_table("indicators")


def number(element: str, amount: float, silo: str = "map_growth", **more: Any) -> dict[str, Any]:
    return value(element, f"{amount:g}", silo, value_number=amount, **more)


def laid_out(shown: View, **more: Any) -> ChildPage:
    return child_page(shown, SYSTEMS, note="This district is invented", invented=True, **more)


def words(page: ChildPage) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.block.markup)))


def sentences(page: ChildPage) -> dict[str, str]:
    """The sentences at the top, by their lead word."""
    items = re.findall(r'<li><span class="lead">(.*?)</span> <span>(.*?)</span></li>', page.block.markup)
    return {lead: html.unescape(re.sub(r"<[^>]+>", "", text)) for lead, text in items}


def test_the_head_says_who_it_is_and_as_whom_it_is_seen() -> None:
    page = laid_out(view([value("school", "Oak Middle School")]))
    assert page.title == "Ana Ruiz"
    assert "Grade 7 · school not known · school year 2025–2026 · seen as: teacher" in words(page)
    assert "This district is invented" in words(page)


def test_a_value_says_its_system_its_age_and_how_surely_it_is_joined() -> None:
    day = pd.Timestamp("2026-04-29")
    page = laid_out(view([value("school", "Oak Middle School", as_of=day)]))
    assert "Oak Middle School from: SIS, 1 day old, verified" in words(page)
    assert page.opens[0]["element"] == "school"
    assert "sis/a.csv, row 5" in words(page)


def test_a_value_without_a_day_is_as_old_as_its_system_and_too_old_is_said() -> None:
    page = laid_out(view([value("school", "Oak", "attendance")]))
    assert "from: Attendance, 29 days old, verified" in words(page)
    old = laid_out(view([value("school", "Oak", as_of=pd.Timestamp("2026-01-01"))]))
    assert "119 days old: too old, 30 are allowed" in words(old)


@pytest.mark.parametrize("link_status", ["Unverified", "Review"])
def test_what_nobody_has_checked_says_so_in_words_and_by_a_sign(link_status: str) -> None:
    page = laid_out(
        view(
            [value("school", "Oak", link_status=link_status)],
            [event("2026-01-05", "Tardy", link_status=link_status)],
        )
    )
    checked = "we think so, but no one has checked"
    assert page.block.markup.count(f'<span aria-hidden="true">?</span> {checked}') == 1
    assert f"Tardy (? {checked})" in words(page)
    # It shows while the domain is folded, too.
    assert '<span class="doubt">? 1 not checked</span>' in page.block.markup
    # Nothing of it is in a sentence or in the picture.
    assert "Dated records that nobody has checked, and that are not drawn: 1." in words(page)


@pytest.mark.parametrize(
    ("chosen_by", "told"),
    [
        ("Trusted most", ", because it is trusted more than Meals"),
        ("Surest tie", ", because its record is linked more reliably"),
        ("Newest", ", because it is newer"),
        (None, ""),
    ],
)
def test_two_birth_dates_are_both_said_with_the_rule_that_chose(chosen_by: str | None, told: str) -> None:
    page = laid_out(
        view(
            [
                value("birth_date", "2013-04-22", school_year=None, agrees=False, chosen_by=chosen_by),
                value("birth_date", "2013-01-01", "meals", school_year=None, chosen=False, agrees=False),
            ]
        )
    )
    assert "≠ Meals says 2013-01-01." in words(page)
    assert f"Shown is what SIS says{told}." in words(page)
    assert '<span class="doubt">≠ systems differ on 1</span>' in page.block.markup


def test_two_dates_of_which_nobody_says_whether_they_agree_are_both_said() -> None:
    """Where a role doesn't see every system, it isn't told how all of them agree."""
    page = laid_out(
        view(
            [
                value("birth_date", "2013-04-22", school_year=None),
                value("birth_date", "2001-01-31", "meals", school_year=None, chosen=False),
                value("school", "Oak"),
                value("school", "041", "meals", chosen=False),
            ]
        )
    )
    assert "≠ Meals says 2001-01-31." in words(page)
    assert "041" not in words(page)


def test_a_name_without_its_accent_is_no_other_name() -> None:
    page = laid_out(
        view(
            [
                value("last_surname", "Peña", school_year=None, agrees=False),
                value("last_surname", "PENA", "meals", school_year=None, chosen=False, agrees=False),
            ]
        )
    )
    assert "Meals says" not in words(page)


def test_a_rate_says_of_what() -> None:
    counted = {"file": None, "row": None, "rows": 14, "silo": "attendance"}
    page = laid_out(
        view(
            [
                value("rate", "0.9481", value_number=0.9481, unit="rate", **counted),
                value("days_present", "146", value_number=146, unit="days", **counted),
                value("days_enrolled", "154", value_number=154, unit="days", **counted),
            ]
        ),
        rows_text=lambda element, year: f"attendance/b.jsonl, row 1, 2 ({element} {year})",
    )
    assert "94.8% 146 of 154 days" in words(page)
    assert "counted from 14 rows: attendance/b.jsonl, row 1, 2 (rate 2026)" in words(page)


def test_another_year_is_not_on_the_page() -> None:
    page = laid_out(view([value("school", "Elm", school_year=2025), value("school", "Oak")]))
    assert "Oak" in words(page)
    assert "Elm" not in words(page)


def test_domains_are_folded_in_one_order_and_say_what_is_found_while_closed() -> None:
    page = laid_out(
        view(
            [
                number("days_absent", 19, "attendance", unit="days"),
                number("days_enrolled", 154, "attendance", unit="days"),
                value("grade_level", "07"),
                value("first_name", "Ana", school_year=None),
                value("school", "Oak"),
            ]
        )
    )
    folds = re.findall(r'<details class="fold"><summary><b>(.*?)</b> <span>(.*?)</span>', page.block.markup)
    assert folds == [("Who this is", "Oak"), ("Attendance", "19 of 154 days missed")]
    levels = [int(level) for level in re.findall(r"<h([1-6])", page.block.markup)]
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_is_missing_names_the_system_in_its_domain_and_what_is_withheld_no_child() -> None:
    page = laid_out(
        view(
            [
                value("school", "Oak"),
                lacking("math_score", "Not linked", "meals"),
                lacking("college_test_total", "Not collected", None),
            ]
        )
    )
    assert "Not known: math test score (Meals: not linked" in words(page).replace(" :", ":")
    assert "college test total (No system here: nobody collects it)" in words(page)
    tests = page.block.markup.partition("<b>Tests</b>")[2]
    assert tests.index("Not known") < tests.index("</details>")
    assert "Health : the nurse tells (45 CFR 160)" in words(page)
    assert "We don’t show whether this child has any of it" in words(page)


def test_what_was_set_aside_for_want_of_a_date_is_not_what_nobody_collects() -> None:
    aside = [
        lacking("math_score", "Set aside: no date", "meals"),
        lacking("reading_score", "Not collected", None),
    ]
    page = laid_out(view([number("days_absent", 1, "attendance"), *aside]))
    why = "Meals: set aside: no date says which year it is of"
    assert f"({why})" in words(page).replace(" :", ":")
    said = "How this child does on tests: Meals has it without a date, so we set it aside."
    assert sentences(page)["Unknown"] == said


def test_every_status_of_a_value_has_its_words() -> None:
    assert set(STATUSES) - set(status_names(pd.Series(STATUSES))) == set(STATUSES)
    assert set(STATUSES) - {"Reported", "Not applicable"} == set(WHY_UNKNOWN)


READING = [
    number("reading_score", 223),
    number("reading_percentile", 80),
    number("reading_growth", 16),
]
MATH = [number("math_score", 225), number("math_percentile", 69), number("math_growth", 7)]
GROWN = (indicator("growth_reading", 16, 6.0), indicator("growth_mathematics", 7, 6.0))


def test_three_sentences_come_first_a_strength_a_worry_and_what_is_unknown() -> None:
    page = laid_out(
        view(
            [
                *READING,
                *MATH,
                value("first_name", "Ana", school_year=None),
                number("days_absent", 19, "attendance"),
                number("days_enrolled", 154, "attendance"),
                number("grade_average", 90, "attendance"),
                lacking("school_activities", "Not linked", "meals"),
                lacking("community_clubs", "Not linked", "sis"),
            ],
            indicators=judged(*GROWN),
        )
    )
    assert sentences(page) == {
        "Strength": "On MAP Growth, Ana reads better than 80 of 100 children of the grade in the country, "
        "and gained 16 points in a year; 6 is typical.",
        "Worry": "One day in ten is chronic absence. Ana missed 19 of 154 days.",
        "Unknown": "Whether Ana is on a team, in a band or in a club: no record of Meals or SIS matches this "
        "child. Ask.",
    }
    assert "Next, for you as teacher: Ask what would help Ana to be here" in words(page).replace(" :", ":")


@pytest.mark.parametrize(
    ("percentile", "growth", "typical", "said"),
    [
        (75, 16, 6.0, "better than 75 of 100 children of the grade in the country, and gained 16 points"),
        (74, 16, 6.0, "gained 16 points on MAP Growth in reading in a year; 6 is typical"),
        (75, 7, 6.0, "and gained 7 points in a year"),
        (75, 6.5, 6.0, "better than 75 of 100 children of the grade in the country."),
        (75, 4, 2.0, "better than 75 of 100 children of the grade in the country."),
        (74, 6.5, 6.0, "No system shows one to this role"),
        (74, 4, 2.0, "No system shows one to this role"),
    ],
)
def test_a_high_and_rising_test_comes_before_a_level_and_a_level_before_growth(
    percentile: float, growth: float, typical: float, said: str
) -> None:
    """The lines are the top quarter, five points, and one point more than the norms expect."""
    values = [number("reading_percentile", percentile), number("reading_growth", growth), READING[0]]
    shown = view(values, indicators=judged(indicator("growth_reading", growth, typical)))
    assert said in sentences(laid_out(shown))["Strength"]


@pytest.mark.parametrize(
    ("handed_in", "late", "strong"), [(10, 0, False), (107, 0, False), (108, 0, True), (108, 6, False)]
)
def test_work_is_a_strength_only_if_nearly_all_of_it_came_and_on_time(
    handed_in: int, late: int, strong: bool
) -> None:
    """Nine in ten of the assigned pieces, and at most one in twenty late."""
    values = [
        number("assignments_assigned", 119, "lms"),
        number("submissions", handed_in, "lms"),
        number("submissions_late", late, "lms"),
    ]
    said = sentences(laid_out(view(values)))["Strength"]
    assert ("hands work in on time" in said) is strong


@pytest.mark.parametrize(
    ("absent", "tardy", "strong"), [(15, 0, True), (16, 0, False), (72, 0, False), (15, 1, False)]
)
def test_never_late_is_a_strength_only_of_who_is_mostly_there(absent: int, tardy: int, strong: bool) -> None:
    values = [
        number("days_tardy", tardy, "attendance"),
        number("days_absent", absent, "attendance"),
        number("days_enrolled", 154, "attendance"),
    ]
    said = sentences(laid_out(view(values)))["Strength"]
    assert ("was never late this year" in said) is strong


def test_a_child_whom_nobody_named_is_written_small_within_a_sentence() -> None:
    values = [number("days_absent", 8, "attendance"), lacking("math_score", "Not linked", "map_growth")]
    nobody = pd.DataFrame({"child": ["c-1"], "grade_level": ["07"]}, dtype="string")
    text = words(
        laid_out(
            view(
                [*values, number("absence_messages_sent", 0, "family")],
                children=nobody,
                indicators=judged(indicator("absences_since_message", 6)),
            )
        )
    )
    assert "How this child does on tests" in text
    assert "This child missed 6 days this year, and no message about absences is on record." in text
    assert "Ask what would help this child to be here." in text


def test_a_field_that_a_child_named_is_no_strength() -> None:
    said = sentences(laid_out(view([value("career_interest", "Music", "career")])))["Strength"]
    assert said.startswith("No system shows one")


@pytest.mark.parametrize(
    ("growth", "typical", "topic"),
    [
        (-1, 3, False),
        (-1, 4, True),
        (0, 4, False),
        (0, 5, True),
        (1, 6, False),
        (-4, -0.8, False),
        (-5, -0.8, True),
        (-9, None, False),
    ],
)
def test_fewer_points_are_a_worry_only_beyond_the_error_of_two_tests(
    growth: float, typical: float | None, topic: bool
) -> None:
    shown = view(
        [number("reading_growth", growth)],
        indicators=judged(*([] if typical is None else [indicator("growth_reading", growth, typical)])),
    )
    said = sentences(laid_out(shown))["Worry"]
    assert ("MAP Growth in reading" in said) is topic


def test_no_sentence_rests_on_a_record_that_nobody_has_checked() -> None:
    unsure = [
        {**one, "link_status": "Unverified"} for one in [*READING, number("days_absent", 30, "attendance")]
    ]
    said = sentences(laid_out(view(unsure, indicators=judged(*GROWN))))
    assert said["Strength"].startswith("No system shows one")
    assert said["Worry"].startswith("No rule of this page finds one")


@pytest.mark.parametrize(("days", "calls"), [(4, False), (5, True)])
def test_home_is_called_when_a_week_of_days_was_missed_since_an_opened_message(
    days: int, calls: bool
) -> None:
    values = [
        value("first_name", "Ana", school_year=None),
        number("days_absent", 8, "attendance"),
        number("days_enrolled", 154, "attendance"),
        number("absence_messages_sent", 3, "family"),
        number("absence_messages_opened", 1, "family"),
        value("last_absence_message_opened", "2026-01-15", "family"),
    ]
    shown = view(values, indicators=judged(indicator("absences_since_message", days)))
    page = laid_out(shown)
    missed = f"Ana missed {days} days since January 15, when the family last opened a message about absences."
    assert (missed in sentences(page)["Worry"]) is calls
    asked = "Next, for you as teacher: Call home. Ask what would help Ana"
    assert (asked in words(page).replace(" :", ":")) is calls


@pytest.mark.parametrize("days", [4, 5])
def test_what_comes_next_answers_each_worry_that_is_stated(days: int) -> None:
    """A call and a test at odds with grades are both worries; with days missed the call is asked for once."""
    values = [
        value("first_name", "Ana", school_year=None),
        number("grade_mathematics", 85, "sis"),
        number("math_percentile", 12),
        number("days_absent", 6, "attendance"),
        number("absence_messages_sent", 0, "family"),
    ]
    shown = judged(indicator("absences_since_message", days))
    page = laid_out(view(values, indicators=shown))
    worry, text = sentences(page)["Worry"], words(page)
    assert worry.endswith(
        "Grades and test differ: math 85 of 100 on the report card, percentile 12 on MAP Growth of this year."
    )
    assert worry.startswith("Ana missed 5 days") is (days == 5)
    assert "Look at both with Ana: class work, and the day of the test." in text
    assert ("Call home" in text) is (days == 5)
    chronic = [number("days_absent", 30, "attendance"), number("days_enrolled", 154, "attendance")]
    page = laid_out(view([values[0], *chronic, values[-1]], indicators=shown))
    assert sentences(page)["Worry"].startswith("One day in ten is chronic absence.")
    assert "Ask what would help Ana to be here" in words(page)
    assert ("a ride, health" in words(page)) is (days == 4)


def test_what_is_most_serious_comes_first_and_two_more_follow() -> None:
    """Two incidents and a failing grade come before a loss on a test, and a low test doesn't come."""
    values = [
        number("math_percentile", 20),
        number("math_growth", -3), number("reading_growth", -10),
        number("grade_english", 64, "sis"), number("grade_mathematics", 66, "sis"),
        number("incidents", 2, "sis"),
    ]  # fmt: skip
    grown = judged(indicator("growth_mathematics", -3, 4.0), indicator("growth_reading", -10, 4.0))
    page = laid_out(view(values, indicators=grown))
    assert sentences(page)["Worry"] == (
        "There are 2 incidents on record this year. English is at 64 of 100 on the report card (D). "
        "MAP Growth in reading is 10 points lower than a year before."
    )
    said = words(page)
    asks = ("Look for the time or place", "what to work on first in English", "how the day of the test went")
    assert sorted(asks, key=said.index) == list(asks)
    fewer = sentences(laid_out(view(values[:3], indicators=grown)))["Worry"]
    assert fewer.startswith(
        "MAP Growth in reading is 10 points lower than a year before. MAP Growth puts math at percentile 20"
    )


@pytest.mark.parametrize(("status", "link_status"), [("Warning", "Verified"), ("Flagged", "Review")])
def test_a_flag_that_no_topic_states_leads_by_its_rank_and_unknown_is_no_concern(
    status: str, link_status: str
) -> None:
    flag = indicator("screener_level", 1, status="Flagged", detail="part=Teacher's form; says=High")
    values = [number("incidents", 2, "sis"), value("first_name", "Ana", school_year=None)]
    worry = sentences(laid_out(view(values, indicators=judged(flag))))["Worry"]
    assert worry.startswith("Level of the screener: Teacher's form: High;")
    assert worry.endswith("There are 2 incidents on record this year.")
    for other in (
        {"status": "Unknown", "detail": "why=Empty"},
        {"status": status, "link_status": link_status},
    ):
        page = laid_out(view(values, indicators=judged({**flag, **other})))
        assert sentences(page)["Worry"] == "There are 2 incidents on record this year."


def test_every_topic_has_one_rank_and_each_rank_its_reason() -> None:
    terms = page_terms()
    assert {one.key for one in terms.talk} | {CALL} == {key for one in terms.concern for key in one.talks}
    assert all(one.why for one in terms.concern)
    for name in (name for one in terms.concern for name in one.flags):
        assert indicator_of(name)
    twice = [*terms.concern, Concern(talks=("low_math",), why="twice")]
    with pytest.raises(ValidationError, match="'low_math' is in 2 concerns"):
        PageTerms.model_validate({**terms.model_dump(), "concern": [one.model_dump() for one in twice]})


@pytest.mark.parametrize(
    ("first", "other", "differ"),
    [(58, 22, True), (22, 58, True), (50, 22, False), (52, 21, True), (96, 70, False), (None, 22, False)],
)
def test_two_tests_whose_bands_do_not_overlap_are_both_said_with_norms_and_days(
    first: float | None, other: float, differ: bool
) -> None:
    """A band is .4 standard deviations to each side; a step over the line alone is no disagreement."""
    tests = [
        value("first_name", "Ana", school_year=None),
        number("reading_percentile", other, "iready", as_of=pd.Timestamp("2026-04-23")),
    ]
    if first is not None:
        tests.append(number("reading_percentile", first, as_of=pd.Timestamp("2026-03-31")))
    worry = sentences(laid_out(view(tests)))["Worry"]
    assert worry.startswith("Two reading tests disagree") is differ
    if differ:
        assert worry == (
            f"Two reading tests disagree: i-Ready of April 23, 2026 puts Ana at percentile {other} of its "
            f"own norms, MAP Growth of March 31, 2026 at {first} of its own."
        )


def test_of_two_subjects_whose_test_is_at_odds_with_the_grade_the_lower_is_said() -> None:
    def told(math: float, reading: float) -> str:
        grades = [number("grade_mathematics", 80, "sis"), number("grade_english", 80, "sis")]
        tests = [number("math_percentile", math), number("reading_percentile", reading)]
        return sentences(laid_out(view([*grades, *tests])))["Worry"]

    assert "math" in told(4, 5)
    assert "math" in told(4, 4)
    assert "English" in told(5, 4)


@pytest.mark.parametrize(
    ("sent", "opened", "said"),
    [
        (3, 0, "the family opened none of 3 messages about absences"),
        (0, 0, "no message about absences is on record"),
    ],
)
def test_a_family_that_opened_nothing_or_got_nothing_is_called_for_that(
    sent: int, opened: int, said: str
) -> None:
    values = [
        number("absence_messages_sent", sent, "family"), number("absence_messages_opened", opened, "family"),
        number("days_absent", 6, "attendance"),
    ]  # fmt: skip
    shown = view(values, indicators=judged(indicator("absences_since_message", 6)))
    assert said in words(laid_out(shown))


def test_a_gap_is_named_only_where_nothing_of_it_is_known_and_it_is_for_the_child() -> None:
    known = [number("days_absent", 1, "attendance"), number("math_score", 210)]
    grades = [
        lacking("grade_average", "Not applicable", "sis"),
        lacking("course_average", "Not linked", "meals"),
    ]
    unknown = sentences(laid_out(view([*known, *grades, lacking("incidents", "Empty", "sis")])))["Unknown"]
    assert unknown == "Whether there were incidents: SIS has nothing about this child."
    whole = sentences(laid_out(view(known)))["Unknown"]
    assert whole == "Only what no system records: ask this child. This page has attendance and tests."
    asked = "Ask this child what no system records."
    assert sentences(laid_out(view([value("school", "Oak")])))["Unknown"] == asked


@pytest.mark.parametrize(("count", "said"), [(1, "One detail, listed"), (2, "2 details, listed")])
def test_a_page_that_lists_what_is_not_known_counts_it_and_never_says_that_nothing_is_unknown(
    count: int, said: str
) -> None:
    known = [number("days_absent", 1, "attendance"), number("math_score", 210)]
    details = [lacking(name, "Empty", "sis") for name in ("credits_earned", "courses_failed")[:count]]
    page = laid_out(view([*known, *details]))
    listed = re.findall(r"Not known: (.*?) \(", words(page).replace(" :", ":"))
    assert sum(one.count(", ") + 1 for one in listed) == count
    assert sentences(page)["Unknown"] == (f"{said} below. This page has attendance and tests.")


def test_dated_records_of_the_year_stand_in_a_table_with_their_rows() -> None:
    page = laid_out(
        view(
            [value("school", "Oak")],
            [
                event("2026-02-03", "Excused Absence", detail="990, 7"),
                event("2025-09-01", "Tardy"),
                event("2026-02-06", "Message about absences", "family", kind="absence_message"),
                event("2024-09-01", "Last year"),
            ],
        ),
        schools={"990": "Oak Middle School"},
    )
    told = words(page)
    assert "Every dated record of this year: 3" in told
    assert told.index("2025-09-01") < told.index("2026-02-03")
    assert "Oak Middle School, 7" in told
    assert "Message about absences not opened" in told
    assert "Last year" not in told
    assert [one["row"] for one in page.opens if "row" in one] == [9, 9, 9]


def test_an_incident_is_drawn_only_if_the_child_did_it() -> None:
    said = {"kind": "incident", "domain": "behavior", "silo": "sis"}
    for part, drawn in (("Offender", True), ("Victim", False), ("Witness", False)):
        happened = event("2026-02-03", "Incident", detail=f"Fighting, Hallway, {part}", **said)
        picture = laid_out(view([value("school", "Oak")], [happened])).block.markup.partition("<figcaption")[
            0
        ]
        assert ("Incident</text>" in picture) is drawn, part


@pytest.mark.parametrize(
    ("detail", "named"),
    [("Chess, Boys Club", "Chess"), ("Arts, crafts, Boys Club", "Arts, crafts"), ("Chess", "Chess")],
)
def test_an_activity_is_drawn_by_its_name_without_its_provider(detail: str, named: str) -> None:
    joined = event("2025-09-20", "Joins an activity", "clubs", kind="joins_activity", detail=detail)
    picture, _, below = laid_out(view([value("school", "Oak")], [joined])).block.markup.partition(
        "<figcaption"
    )
    assert f">{named}</text>" in picture
    assert "Boys Club" not in picture
    assert detail in below


def test_the_picture_says_the_total_its_last_stretch_and_the_year_before() -> None:
    days = pd.bdate_range("2026-01-14", periods=14).strftime("%Y-%m-%d").tolist()
    spread = ["2025-09-29", "2025-10-30", "2025-11-06", "2025-11-14", "2025-11-20"]
    page = laid_out(
        view(
            [
                number("days_absent", 19, "attendance", as_of=pd.Timestamp("2026-04-27")),
                number("days_absent", 6, "attendance", school_year=2025),
                number("days_enrolled", 154, "attendance"),
            ],
            [
                event("2025-08-20", "Starts at a school", "sis", kind="starts_at_school"),
                *[event(day, "Excused Absence") for day in [*spread, *days]],
            ],
        )
    )
    assert "19 days missed this year, 14 of them since January 14; 6 last year" in words(page)
    assert page.block.markup.count('class="block"') == 19
    assert sentences(page)["Worry"].endswith("19 of 154 days. 14 of these days came since January 14.")


def test_a_child_of_whom_nothing_is_known_has_a_page() -> None:
    page = laid_out(view([]))
    assert "Nothing that this role may see is known." in words(page)
    assert "No dated record" in words(page)
    assert set(sentences(page)) == {"Strength", "Worry", "Unknown"}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '=HYPERLINK("http://x","y")',
        '"><img src=x onerror=alert(1)>',
        "A" * 50,
        "&amp;",
    ],
)
def test_any_text_is_shown_as_text(text: str) -> None:
    child = pd.DataFrame(
        {
            "child": ["c-1"],
            "first_name": [text],
            "last_surname": [text],
            "grade_level": [text],
            "school": [text],
        },
        dtype="string",
    )
    page = child_page(
        view(
            [
                value("first_name", text, school_year=None, agrees=False, file=text),
                value("first_name", f"{text}2", "meals", school_year=None, chosen=False, agrees=False),
                lacking("college_test_total", "Not linked", text),
            ],
            [event("2026-01-05", text, detail=text, file=text)],
            children=child,
            role=text,
        ),
        {"sis": SystemName(text, pd.Timestamp("2026-04-28")), text: SystemName(text, None)},
        note=text,
        schools={text: text},
        rows_text=lambda element, year: text,
    )
    allowed = (
        "article header section p h2 h3 h4 ul li strong b span div details summary figure figcaption svg "
        "line circle rect path text table thead tbody tr th td"
    ).split()
    tags = set(re.findall(r"</?([a-zA-Z][\w-]*)", page.block.markup))
    assert tags <= set(allowed)
    # Every quote in a text is escaped, so that none closes an attribute.
    assert "onerror=" not in re.sub(r'"[^"]*"', "", " ".join(re.findall(r"<[^>]*>", page.block.markup)))


def test_a_page_is_one_childs() -> None:
    two = pd.DataFrame({"child": ["c-1", "c-2"]}, dtype="string")
    with pytest.raises(ValueError, match="one child"):
        laid_out(view([], children=two))
