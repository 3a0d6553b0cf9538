"""A child's page, laid out from views made by hand: what stands where, and every text as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from helpers.report.child.page import ChildPage, child_page
from helpers.report.child.values import SystemName
from helpers.standard import as_table, empty_table

SYSTEMS = {
    "sis": SystemName("SIS", pd.Timestamp("2026-04-28")),
    "meals": SystemName("Meals", pd.Timestamp("2026-04-30")),
    "attendance": SystemName("Attendance", pd.Timestamp("2026-04-01")),
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


def laid_out(shown: View, **more: Any) -> ChildPage:
    return child_page(shown, SYSTEMS, note="This district is invented", invented=True, **more)


def words(page: ChildPage) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.block.markup))


def test_the_head_says_who_it_is_and_as_whom_it_is_seen() -> None:
    page = laid_out(view([value("school", "Oak Middle School")]))
    assert page.title == "Ana Ruiz"
    assert "grade 7 · school not known · school year 2025–2026 · seen as: teacher" in words(page)
    assert "This district is invented" in words(page)


def test_a_value_says_its_system_its_age_and_how_surely_it_is_joined() -> None:
    day = pd.Timestamp("2026-04-29")
    page = laid_out(view([value("school", "Oak Middle School", as_of=day)]))
    assert "Oak Middle School from: SIS, 1 day old, sure" in words(page)
    assert page.opens[0]["element"] == "school"
    assert "sis/a.csv, row 5" in words(page)


def test_a_value_without_a_day_is_as_old_as_its_system_and_too_old_is_said() -> None:
    page = laid_out(view([value("school", "Oak", "attendance")]))
    assert "from: Attendance, 29 days old, sure" in words(page)
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
    assert page.block.markup.count("? </span> we think") == 0
    assert (
        page.block.markup.count('<span aria-hidden="true">?</span> we think so, but no one has checked') == 2
    )
    assert "1 stands on a record that waits for a check" in words(page)


@pytest.mark.parametrize(
    ("chosen_by", "told"),
    [
        ("Trusted most", ", which is believed before Meals"),
        ("Surest tie", ", whose record is more surely this child’s"),
        ("Newest", ", which is newer"),
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
    assert "1 is contradicted by another system" in words(page)


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
        places=lambda element, year: f"attendance/b.jsonl, row 1, 2 ({element} {year})",
    )
    assert "94.8% 146 of 154 days" in words(page)
    assert "counted from 14 rows: attendance/b.jsonl, row 1, 2 (rate 2026)" in words(page)


def test_another_year_is_not_on_the_page() -> None:
    page = laid_out(view([value("school", "Elm", school_year=2025), value("school", "Oak")]))
    assert "Oak" in words(page)
    assert "Elm" not in words(page)


def test_every_tenet_with_something_known_has_its_part_in_one_order() -> None:
    page = laid_out(
        view(
            [value("grade_level", "07"), value("first_name", "Ana", school_year=None), value("school", "Oak")]
        )
    )
    assert re.findall(r"<h4>(\w+)</h4>", page.block.markup) == ["Engaged", "Supported", "Challenged"]
    levels = [int(level) for level in re.findall(r"<h([1-6])", page.block.markup)]
    assert levels[0] == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_is_missing_names_the_system_and_what_is_withheld_no_child() -> None:
    page = laid_out(
        view(
            [
                value("school", "Oak"),
                lacking("iready_math_score", "Not linked", "meals"),
                lacking("sat_total", "Not collected", None),
            ]
        )
    )
    assert "Meals : i-Ready math score (not joined" in words(page)
    assert "No system here : SAT total (nobody collects it)" in words(page)
    assert "Health : the nurse tells (45 CFR 160)" in words(page)
    assert "Whether there is anything of it about this child isn’t said" in words(page)
    # A system that doesn't know the child has no lane, and is named as one that wasn't asked.
    happened = laid_out(
        view(
            [value("school", "Oak"), lacking("sat_total", "Not linked", "meals")],
            [event("2026-01-05", "Tardy")],
        )
    )
    assert "No record is joined to this child in: Meals." in words(happened)
    assert '<strong>Meals</strong> <span class="key' not in happened.block.markup


def test_dated_lines_stand_in_lanes_and_in_a_table_with_their_rows() -> None:
    page = laid_out(
        view(
            [value("school", "Oak")],
            [
                event("2026-02-03", "Excused Absence", detail="990, 7"),
                event("2025-09-01", "Tardy"),
                event("2024-09-01", "Last year"),
            ],
        ),
        schools={"990": "Oak Middle School"},
    )
    told = words(page)
    assert "2 dated lines from July 2025 to June 2026, by system: SIS 0, Attendance 2." in page.block.markup
    assert told.index("2025-09-01") < told.index("2026-02-03")
    assert "Oak Middle School, 7" in told
    assert "Last year" not in told
    assert [one["row"] for one in page.opens if "row" in one] == [9, 9]


def test_a_child_of_whom_nothing_is_known_has_a_page() -> None:
    page = laid_out(view([]))
    assert "nothing is known; none is contradicted by another system" in words(page)
    assert "No dated line" in words(page)


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
                lacking("sat_total", "Not linked", text),
            ],
            [event("2026-01-05", text, detail=text, file=text)],
            children=child,
            role=text,
        ),
        {"sis": SystemName(text, pd.Timestamp("2026-04-28")), text: SystemName(text, None)},
        note=text,
        strengths=[text],
        schools={text: text},
        places=lambda element, year: text,
    )
    allowed = (
        "article header section p h2 h3 h4 h5 ul li strong span dl div dt dd details summary figure "
        "figcaption svg line circle rect path table thead tbody tr th td br"
    ).split()
    tags = set(re.findall(r"</?([a-zA-Z][\w-]*)", page.block.markup))
    assert tags <= set(allowed)
    # Every quote in a text is escaped, so that none closes an attribute.
    assert "onerror=" not in re.sub(r'"[^"]*"', "", " ".join(re.findall(r"<[^>]*>", page.block.markup)))


def test_a_page_is_one_childs() -> None:
    two = pd.DataFrame({"child": ["c-1", "c-2"]}, dtype="string")
    with pytest.raises(ValueError, match="one child"):
        laid_out(view([], children=two))
