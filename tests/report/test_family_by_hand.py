"""Family pages of children written by hand: odd names, little data, conflicts, gaps, homes and rights."""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files.save import unguarded
from helpers.profile import definition
from helpers.profile.conditions import Condition
from helpers.report.child.statements import (
    MonthLine,
    PageStatements,
    page_statements,
    strengths_of,
    talks_of,
)
from helpers.report.child.year import missed_days
from helpers.report.family import language, languages, page_terms
from helpers.report.family.page import Office, PageFacts, compose, markup_of
from helpers.report.family.printing import print_pages
from helpers.report.family.recipients import families, students
from helpers.report.family.write import SavedPages, read_lookup, save_lookup, save_run
from helpers.report.messages import Voice
from helpers.standard import BadInput, as_table, each_row, empty_table
from tests.modes import for_others
from tests.report.family_words import words_of
from tests.report.fullest_page import fullest_child, page_of

YEAR = 2026
TERMS = page_terms()


def value(element: str, text: str, silo: str = "sis", **more: Any) -> dict[str, Any]:
    per_child = element in ("first_name", "last_surname", "birth_date")
    number = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
    return {
        "child": "c-1",
        "school_year": None if per_child else YEAR,
        "element": element,
        "value": text,
        "value_number": number,
        "status": "Reported",
        "silo": silo,
        "record": "1",
        "link_status": "Verified",
        "chosen": True,
        **more,
    }


def event(day: str, word: str, silo: str = "attendance", **more: Any) -> dict[str, Any]:
    return {
        "child": "c-1",
        "date": pd.Timestamp(day),
        "kind": "attendance_exception",
        "event": word,
        "silo": silo,
        "file": "attendance/events.jsonl",
        "row": 7,
        "link_status": "Verified",
        **more,
    }


def told(
    values: list[dict[str, Any]],
    events: list[dict[str, Any]] | None = None,
    may: Mapping[str, bool] | None = None,
    also: Collection[str] = (),
    indicators: pd.DataFrame | None = None,
) -> PageStatements:
    silos = {each["silo"] for each in [*values, *(events or [])] if each["silo"] is not None}
    standing = {("c-1", silo): (may or {}).get(silo, True) for silo in sorted(silos) or ["sis"]}
    frame = pd.DataFrame(values)
    if "as_of" in frame:
        frame["as_of"] = pd.to_datetime(frame["as_of"])
    timeline = as_table("timeline", pd.DataFrame(events)) if events else empty_table("timeline")
    rows = each_row(as_table("values", frame)) if len(frame) else []
    norms = () if indicators is None else each_row(indicators)
    return page_statements(rows, each_row(timeline), standing, YEAR, TERMS, norms, also)["c-1"]


def markup(own: PageStatements, code: str = "en", voice: Voice = "family", **facts: Any) -> str:
    systems = {silo: silo for silo in ("sis", "attendance", "map_growth", "meals", "survey", "clubs")}
    given = {"school_year": YEAR, "as_of": date(2026, 4, 30), "invented": True, "systems": systems, **facts}
    spoken = language(code)
    return markup_of(compose("K7QM-3XPD", own, PageFacts(**given), TERMS, spoken, voice), spoken)


SCRIPT, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("http://example.org","x")'


@pytest.mark.parametrize("name", [SCRIPT, FORMULA, 'O\'Neil & "Sons"', "A" * 50, "{{ 7 * 7 }}", "{name}"])
@pytest.mark.parametrize("code", ["en", "es"])
def test_a_name_is_text_whatever_it_is(name: str, code: str) -> None:
    own = told([value("first_name", name), value("school", name), value("career_interest", name)])
    text = markup(own, code)
    assert "<script" not in text
    assert html.unescape(text).count(name) >= 3
    assert words_of(text).count("49") == 0


def test_cells_of_the_lookup_that_a_spreadsheet_would_run_are_guarded(tmp_path: Any) -> None:
    table = pd.DataFrame({"page": ["K7QM-3XPD"], "shown": [FORMULA], "element": ["+1"]}, dtype="string")
    text = save_lookup(tmp_path, {"lines.csv": table})[0].read_text(encoding="utf-8-sig")
    header, cells = text.splitlines()
    assert header == "page,shown,element"
    assert cells.startswith("K7QM-3XPD,")
    assert "'=HYPERLINK" in cells
    assert ",'+1" in cells
    assert unguarded("'" + FORMULA) == FORMULA


def test_a_lookup_in_a_folder_that_is_there_changes_nothing_else_of_it(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("my own\n", encoding="utf-8")
    tmp_path.chmod(0o750)
    save_lookup(tmp_path, {})
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "my own\n"
    assert os.name == "nt" or tmp_path.stat().st_mode & 0o777 == 0o750
    (made,) = save_lookup(tmp_path / "new", {"pages.csv": pd.DataFrame({"page": ["A"]})})
    assert (made.parent / "RESTRICTED.txt").read_text(encoding="utf-8").startswith("Restricted: ")
    assert for_others(made.parent) == 0
    assert (made.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_the_lookup_of_a_folder_has_the_pages_of_all_its_runs_once_the_latest_first(tmp_path: Path) -> None:
    held = pd.DataFrame({"child": ["c-9"]}, dtype="string")
    for page, child in (("K7QM-3XPD", "c-1"), ("A2BC-4DEF", "c-2")):
        pages = pd.DataFrame({"page": [page], "child": [child], "records": ["sis:7"]}, dtype="string")
        lines = pd.DataFrame({"page": [page, page], "line": ["1", "2"]}, dtype="string")
        save_run(tmp_path, SavedPages(pages, lines), held)
    # A run that was interrupted has copied the latest pages and not yet written its own.
    copied = tmp_path / "earlier" / "2026-06-01T000000Z"
    copied.mkdir()
    for name in ("pages.csv", "lines.csv"):
        shutil.copy(tmp_path / name, copied)
    pages, lines = read_lookup(tmp_path)
    assert pages[["page", "child", "records"]].values.tolist() == [
        ["A2BC-4DEF", "c-2", "sis:7"],
        ["K7QM-3XPD", "c-1", "sis:7"],
    ]
    assert pages["written"].notna().all()
    assert lines[["page", "line"]].values.tolist() == [
        ["A2BC-4DEF", "1"],
        ["A2BC-4DEF", "2"],
        ["K7QM-3XPD", "1"],
        ["K7QM-3XPD", "2"],
    ]


def test_a_folder_without_a_lookup_or_with_half_of_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no .*pages\.csv: name with --lookup"):
        read_lookup(tmp_path)
    (tmp_path / "pages.csv").write_text("page,child,records,written\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"There is no .*lines\.csv: name with --lookup"):
        read_lookup(tmp_path)


def test_a_system_that_may_not_stand_is_not_quoted_and_the_next_one_speaks() -> None:
    both = [
        value("first_name", "Ana", "meals"),
        value("first_name", "Anna", "sis", chosen=False),
        value("days_tardy", "4", "meals"),
    ]
    own = told(both, may={"meals": False, "sis": True})
    assert own.values["first_name"].text == "Anna"
    assert "days_tardy" not in own.values
    assert own.unsure == ["meals"]
    assert "Lunch list" in words_of(markup(own))


def test_an_unreviewed_link_never_stands_even_where_somebody_lets_its_system_stand() -> None:
    own = told([value("first_name", "Ana"), value("days_tardy", "4", "attendance", link_status="Unverified")])
    assert set(own.values) == {"first_name"}


def test_a_part_is_never_shown_of_another_system_s_whole() -> None:
    own = told([value("days_absent", "3", "attendance"), value("days_enrolled", "160", "sis")])
    assert "of 160 days" not in words_of(markup(own))


def test_a_child_in_one_system_alone_gets_a_page_that_claims_nothing() -> None:
    own = told([value("first_name", "Ana")])
    for code, words in (("en", "We do not know enough yet"), ("es", "Aún no sabemos")):
        text = words_of(markup(own, code))
        assert words in text
        assert "Ana" in text
    assert strengths_of(own, TERMS) == talks_of(own, TERMS) == []


def test_two_birth_dates_are_told_without_either() -> None:
    own = told(
        [
            value("first_name", "Ana"),
            value("birth_date", "2014-03-02", agrees=False),
            value("birth_date", "2014-02-03", "meals", chosen=False, agrees=False),
        ]
    )
    text = words_of(markup(own))
    assert "do not agree on the birth date" in text
    assert "2014" not in text


def test_no_name_no_school_no_grade_is_still_a_page() -> None:
    own = told([value("days_tardy", "4", "attendance")])
    for code in ("en", "es"):
        for voice in ("family", "student"):
            text = markup(own, code, voice)  # type: ignore[arg-type]
            assert "K7QM-3XPD" in text
            assert "nan" not in words_of(text).split()
    assert words_of(markup(own)).startswith("How your child is doing at school.")


def test_grades_beside_a_test_that_tells_another_story_come_right_after_days_missed() -> None:
    own = told(
        [
            value("first_name", "Ana"),
            value("grade_level", "07"),
            value("grade_mathematics", "84", "attendance"),
            value("math_score", "210", "map_growth", as_of="2025-09-20"),
            value("math_percentile", "12", "map_growth", as_of="2025-09-20"),
            value("days_absent", "30", "attendance"),
            value("days_enrolled", "150", "attendance"),
        ]
    )
    assert [one.key for one in talks_of(own, TERMS)] == ["many_days_missed", "math_below_marks"]
    text = words_of(markup(own))
    assert "The report card shows 84 of 100 in math (B)." in text
    assert "The math test of September 20, 2025 shows less than is usual for grade 7." in text
    assert "Why are they not the same?" in text
    assert "12" not in text.replace("September", "").split()  # a percentile is a place among children


def test_zero_is_said_only_where_it_is_known_and_months_that_nobody_knows_are_left_out() -> None:
    days = [
        value("days_absent", "2", "attendance", as_of="2026-02-10"),
        value("days_enrolled", "50", "attendance"),
    ]
    comes = event("2025-11-20", "Starts at a school", kind="starts_at_school")
    own = told(
        [value("first_name", "Ana"), *days],
        [comes, event("2025-12-03", "Excused Absence"), event("2026-01-09", "Unexcused Absence")],
    )
    page = compose(
        "K7QM-3XPD", own, PageFacts(YEAR, date(2026, 4, 30), True, {}), TERMS, language("en"), "family"
    )
    assert page.year is not None
    assert [row.label for row in page.year.rows] == ["November", "December", "January", "February"]
    assert [row.counts[:2] for row in page.year.rows] == [(0, 0), (1, 0), (0, 1), (0, 0)]
    assert "School activities" not in words_of(markup(own))
    assert "We know of no club or activity for sure. There may be some." in words_of(markup(own))


@pytest.mark.parametrize(
    ("grade", "sent", "shown"),
    [("08", "0", False), ("10", "0", False), ("11", "0", True), ("08", "1", True), (None, "0", True)],
)
def test_no_forms_to_colleges_are_news_only_from_the_grade_in_which_children_send_some(
    grade: str | None, sent: str, shown: bool
) -> None:
    graded = [value("grade_level", grade)] if grade else []
    own = told([value("first_name", "Ana"), value("applications", sent, "meals"), *graded])
    for code in languages():
        label = language(code).say("family", "line.applications")
        assert (label in words_of(markup(own, code))) is shown, code


@pytest.mark.parametrize(
    ("code", "said"), [("en", "that would be 16 days. Ana missed fewer"), ("es", "16 días. Ana faltó menos")]
)
def test_the_days_at_which_school_gets_hard_are_not_said_as_the_child_s_own(code: str, said: str) -> None:
    days = [value("days_absent", "9", "attendance"), value("days_enrolled", "154", "attendance")]
    assert said in words_of(markup(told([value("first_name", "Ana"), *days]), code))


def test_a_system_that_is_not_for_the_child_is_no_gap() -> None:
    lacking = value("days_tardy", "", "attendance", status="Not linked", value=None)
    activity = value("club_names", "", "clubs", status="Not linked", value=None)
    own = told([value("first_name", "Ana"), lacking, activity])
    assert "Attendance" in words_of(markup(own))
    assert "Clubs in town." not in words_of(markup(own))
    assert "Attendance" not in words_of(markup(own, outside=frozenset([("c-1", "attendance")])))


def test_whom_to_call_is_the_office_s_own_list_or_a_line_to_fill_in() -> None:
    own = told([value("first_name", "Ana"), value("school", "Hill School")])
    assert 'class="blank"' in markup(own)
    offices = {"Hill School": Office("Ms Lee", "555-0100", "office@hill.example")}
    text = markup(own, offices=offices, teachers={"c-1": ["A. Boye"]})
    assert 'class="blank"' not in text
    assert "Ms Lee" in text
    assert "Who teaches: A. Boye." in text


def test_a_real_page_says_nothing_of_a_sample() -> None:
    own = told([value("first_name", "Ana")])
    assert "made up" in markup(own)
    assert "made up" not in markup(own, invented=False)


@pytest.mark.parametrize(
    ("code", "voice", "said"),
    [
        ("en", "family", "19 days (nineteen), out of 154 so far. Last year: 6."),
        ("en", "student", "19 days (nineteen), out of 154 so far. Last year: 6."),
        ("es", "family", "19 días (diecinueve), de 154 hasta hoy. El año pasado: 6."),
    ],
)
def test_the_total_of_days_missed_comes_right_after_the_strength_in_number_and_words(
    code: str, voice: Voice, said: str
) -> None:
    own = told(
        [
            value("first_name", "Ana"),
            value("days_absent", "19", "attendance"),
            value("days_enrolled", "154", "attendance"),
            value("days_absent", "6", "attendance", school_year=YEAR - 1),
            value("grade_average", "91", "attendance"),
            value("club_names", "Teen Center", "clubs"),
        ]
    )
    text = markup(own, code, voice)
    leads = re.findall(r'<li><span class="lead">(.*?)</span> <span>(.*?)</span></li>', text)
    assert said in re.sub(r"<[^>]+>", "", leads[1][1])
    assert [lead for lead, _ in leads[:2]] == (
        ["Going well", "Days missed"] if code == "en" else ["Va bien", "Faltas"]
    )
    # The picture comes after the numbers.
    assert text.index(leads[1][1]) < text.index('id="year"')


@pytest.mark.parametrize(
    ("code", "voice", "see"),
    [
        (
            "en",
            "family",
            "Two reading tests do not agree: Growth test of March 31, 2026, and i-Ready test of April 23",
        ),
        ("en", "student", "Which of the two fits what I do in class?"),
        ("es", "family", "Dos pruebas de lectura no dicen lo mismo: Prueba Growth del 31 de marzo"),
        ("es", "student", "En una sacaste menos de lo común"),
    ],
)
def test_two_tests_that_disagree_and_a_low_grade_are_said_to_families_without_a_percentile(
    code: str, voice: Voice, see: str
) -> None:
    own = told(
        [
            value("first_name", "Ana"), value("grade_level", "05"),
            value("grade_english", "64", "attendance"),
            value("reading_score", "210", "map_growth", as_of="2026-03-31"),
            value("reading_percentile", "58", "map_growth", as_of="2026-03-31"),
            value("reading_score", "520", "iready", as_of="2026-04-23"),
            value("reading_percentile", "22", "iready", as_of="2026-04-23"),
        ]
    )  # fmt: skip
    assert [one.key for one in talks_of(own, TERMS)] == ["low_english", "reading_tests_differ"]
    text = words_of(markup(own, code, voice))
    assert see in text
    assert "64 of 100 in English" in text or "64 de 100 en inglés" in text
    assert "58" not in text
    assert "22" not in text


def test_days_of_another_year_are_no_days_of_this_one_and_unknown_days_are_said() -> None:
    own = told([value("first_name", "Ana"), value("days_absent", "6", "attendance", school_year=YEAR - 1)])
    text = words_of(markup(own))
    assert "We do not know how many days Ana missed." in text
    assert "days (six)" not in text


def test_what_is_fine_is_no_topic_and_a_topic_asks_about_what_is_not() -> None:
    fine = [
        value("first_name", "Ana"),
        value("days_absent", "3", "attendance"),
        value("days_enrolled", "154", "attendance"),
        value("grade_average", "91", "attendance"),
        value("grade_mathematics", "90", "attendance"),
        value("grade_english", "92", "attendance"),
        value("math_score", "230", "map_growth"),
        value("math_percentile", "70", "map_growth"),
        value("messages_sent", "10", "family"),
        value("messages_opened", "9", "family"),
        value("career_interest", "Law enforcement", "career"),
    ]
    assert talks_of(told(fine), TERMS) == []
    assert "We have no number that asks for a talk." in words_of(markup(told(fine)))
    # Six days more than in all of the year before, and not five.
    for before, topics in (("8", []), ("7", ["more_days_missed"])):
        days = [
            *[one for one in fine if one["element"] not in ("days_absent", "days_enrolled")],
            value("days_absent", "13", "attendance"),
            value("days_enrolled", "300", "attendance"),
            value("days_absent", before, "attendance", school_year=YEAR - 1),
            value("days_enrolled", "90", "attendance", school_year=YEAR - 1),
        ]
        assert [one.key for one in talks_of(told(days), TERMS)] == topics


def test_a_student_finds_their_own_words_and_goals_right_after_the_strength() -> None:
    own = told(
        [value("first_name", "Ana"), value("career_interest", "Law enforcement", "career"),
         value("plan_after_high_school", "4-year college", "career"),
         value("proud_of", "My kite. It flew!", "survey", as_of="2026-03-24"),
         value("own_goal", "Pass all my classes.", "career", as_of="2026-04-02"),
         value("wants_to_improve", "spelling", "survey", as_of="2026-03-24")],
        also=TERMS.own_page,
    )  # fmt: skip
    page = markup(own, voice="student")
    text = words_of(page)
    parts = [
        "Going well", "You wrote", "“My kite. It flew!” (Student survey, Mar 24)", "Your goal",
        "You told us what you like", "Your plan for later", "In your words: “Pass all my classes.”",
        "“spelling” (Student survey, Mar 24)",
        "Days missed", "Not known", "Worth a talk", "I want you to know:",
    ]  # fmt: skip
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert "I am proud of:" not in text
    assert page.count('class="write"') >= 2
    # Nobody else's page has them: neither the sentence nor its lead.
    family = words_of(markup(own))
    assert not [
        word for word in ("kite", "Pass all", "spelling", "You wrote", "In your words") if word in family
    ]


def test_without_words_of_their_own_a_student_has_room_to_write_them() -> None:
    own = told([value("first_name", "Ana"), value("days_absent", "3")])
    text = words_of(markup(own, voice="student"))
    assert "You wrote" not in text
    assert "Your goal" not in text
    assert "I am proud of:" in text
    assert "I want you to know:" in text


def test_own_words_are_text_and_never_longer_than_a_line_or_two() -> None:
    def page(words: str) -> str:
        own = told([value("proud_of", words, "survey")], also=TERMS.own_page)
        return markup(own, voice="student")

    assert "<script" not in page(SCRIPT)
    assert SCRIPT in html.unescape(page(SCRIPT))
    assert "“I like {name} and stars”" in words_of(page("I like {name}\n\n  and **stars**"))
    long = " ".join(["kite"] * 16)
    assert f"“{long}”" in words_of(page(long))
    assert len(long) == 79
    cut = words_of(page(f"{long} kites"))
    assert "kites" not in cut
    assert "kite …”" in cut


def test_a_survey_that_is_not_surely_the_student_s_is_not_quoted() -> None:
    also = TERMS.own_page
    asked = [value("first_name", "Ana"), value("proud_of", "My kite", "survey")]
    doubtful = told(asked, may={"survey": False}, also=also)
    text = words_of(markup(doubtful, voice="student"))
    assert "kite" not in text
    assert "Nobody has checked yet that these lists are about you: Student survey." in text
    unreviewed = told([asked[0], {**asked[1], "link_status": "Review"}], also=also)
    assert "kite" not in markup(unreviewed, voice="student")
    # Whoever isn't in the survey may have been kept out of it by a parent: no page asks why.
    absent = told([asked[0], value("proud_of", "", "survey", status="Not linked", record=None)], also=also)
    assert absent.not_linked == []


TIES = [
    {"role": "Guardian", "silo": "family", "adult": "A1", "child": "c-1", "home": "h1", "language": "spa"},
    {"role": "Guardian", "silo": "family", "adult": "A2", "child": "c-1", "home": "h1", "language": "eng"},
    {"role": "Guardian", "silo": "family", "adult": "A3", "child": "c-1", "home": "h2", "language": "vie"},
    {"role": "Guardian", "silo": "family", "adult": "A4", "child": "c-2", "home": "h3", "language": "eng"},
]


def holds(*rows: tuple[str, str | None, str]) -> pd.DataFrame:
    table = [
        {
            "child": child,
            "silo": None if adult is None else "family",
            "guardian": adult,
            "code": code,
            "reason": "because",
        }
        for child, adult, code in rows
    ]
    return as_table("pages_on_hold", pd.DataFrame(table)) if table else empty_table("pages_on_hold")


def test_one_page_a_home_none_for_who_is_held_and_by_hand_where_all_are_in_doubt() -> None:
    ties = as_table("relations", pd.DataFrame(TIES))
    found, held = families(["c-1", "c-2"], ties, holds())
    assert [(one.child, one.who, one.language) for one in found] == [
        ("c-1", "family:A1", "es"), ("c-1", "family:A3", "en"), ("c-2", "family:A4", "en"),
    ]  # fmt: skip
    assert held.empty
    found, held = families(["c-1"], ties, holds(("c-1", "A3", "no_rights"), ("c-1", "A1", "shared_email")))
    assert [(one.who, one.adults) for one in found] == [("family:A2", ("family:A2",))]
    assert set(held["guardian"]) == {"A1", "A3"}
    # All in doubt: addressed to nobody, in the language that the record asks for. Barred: nobody gets it.
    found, _ = families(["c-2", "c-3"], ties, holds(("c-2", "A4", "adult_in_doubt")))
    assert [(one.child, one.who) for one in found] == [("c-2", None), ("c-3", None)]
    assert families(["c-2"], ties, holds(("c-2", "A4", "no_rights")))[0] == []
    assert families(["c-2"], ties, holds(("c-2", None, "eighteen")))[0] == []


def test_what_is_held_from_parents_of_a_student_of_18_is_not_held_from_the_student() -> None:
    found, held = students(["c-1", "c-2"], holds(("c-1", None, "eighteen"), ("c-2", None, "links_in_doubt")))
    assert [one.child for one in found] == ["c-1"]
    assert held["child"].tolist() == ["c-2"]


def test_of_the_fullest_page_every_line_is_said_in_every_language_to_both() -> None:
    own = fullest_child()
    for code in languages():
        for voice in ("family", "student"):
            page = page_of(own, code, voice)  # type: ignore[arg-type]
            assert page.count('<td class="no">') == len(TERMS.line)
            assert "{" not in words_of(page)


def test_without_a_chromium_printing_is_one_sentence_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BIGPICTURE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"There is no chromium to print PDFs.*leave --pdf out"):
        print_pages([])
    monkeypatch.setenv("BIGPICTURE_CHROMIUM", "nowhere/chromium")
    with pytest.raises(BadInput, match="is no program here"):
        print_pages([])


def test_nothing_that_is_left_off_stands_anywhere_in_a_page() -> None:
    planted = [value(name, f"CANARY-{name}") for name in TERMS.left_off]
    dated = [
        event("2025-10-01", "CANARY-word", kind=kind, detail=f"CANARY-{kind}")
        for kind in TERMS.left_off_events
    ]
    dated.append(event("2025-10-02", "Excused Absence", detail="CANARY-detail"))
    own = told([value("first_name", "Ana"), *planted], dated)
    assert len(own.events) == 1
    for code in languages():
        for voice in ("family", "student"):
            assert "CANARY" not in markup(own, code, voice)  # type: ignore[arg-type]


def rows_of(own: PageStatements) -> tuple[MonthLine, ...]:
    page = compose("K7QM-3XPD", own, PageFacts(YEAR, None, True, {}), TERMS, language("en"), "family")
    assert page.year is not None
    return page.year.rows


def test_a_day_with_two_marks_is_missed_once() -> None:
    twice = [event("2025-12-03", "Excused Absence"), event("2025-12-03", "Unexcused Absence", row=8)]
    own = told([value("first_name", "Ana")], [*twice, event("2026-01-09", "Tardy")])
    assert missed_days(own.events) == {date(2025, 12, 3): "Excused Absence"}
    assert [row.counts[:2] for row in rows_of(own) if row.events] == [(1, 0), (0, 0)]
    own = told([value("first_name", "Ana")], [*twice, event("2026-01-09", "Excused Absence")])
    assert [row.counts[:2] for row in rows_of(own) if row.events] == [(1, 0), (1, 0)]


@pytest.mark.parametrize(
    ("number", "meets"), [(4, (False, True, True)), (5, (True, True, False)), (6, (True, False, False))]
)
def test_a_condition_includes_its_line_where_it_says_at_least_or_at_most(
    number: int, meets: tuple[bool, ...]
) -> None:
    own = told([value("days_absent", str(number))])
    asked = [Condition(f"days_absent {sign} 5") for sign in (">=", "<=", "<")]
    assert tuple(own.holds(one) for one in asked) == meets
    assert not told([]).holds(asked[1])
    assert not told([]).holds(Condition("not days_absent <= 5"))


def test_what_was_a_year_ago_is_of_the_year_before_and_of_no_other() -> None:
    element = next(iter(TERMS.earlier))
    for year, known in ((YEAR - 2, None), (YEAR - 1, 7.0), (YEAR + 1, None)):
        assert told([value(element, "7", school_year=year)]).number(f"last_year.{element}") == known


@pytest.mark.parametrize(("expected", "typical"), [(-1.5, 0.0), (0.0, 0.0), (2.5, 2.5)])
def test_nobody_is_expected_to_lose_points(expected: float, typical: float) -> None:
    """In some grades the mean of the norms falls."""
    (name, indicator) = next(iter(TERMS.norms.items()))
    growth = {
        "child": "c-1",
        "indicator": indicator,
        "definition": definition(indicator).name,
        "status": "Clear",
        "numerator": 3.0,
    }
    norms = as_table("indicators", pd.DataFrame([{**growth, "denominator": expected}]))
    own = told([value(name.removesuffix("_typical"), "3")], indicators=norms)
    assert own.number(name) == typical
