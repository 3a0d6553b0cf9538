from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles, build_profiles
from helpers.profile.indicators import (
    changes_between_definitions,
    compute_indicators,
    declared_indicators,
    definition,
    definitions_table,
    indicator,
    read_indicators,
    status_by_child,
)
from helpers.profile.indicators.definitions import NEVER_A_FLAG
from helpers.standard import BadInput
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import CALENDAR, DAYS, YEAR, absent, enrolled, person

EXCUSED, PART = "Excused Absence", "Early departure"


def told(*silos: Any) -> tuple[District, Links, Profiles]:
    known = district(*silos)
    who = {(name, record): record for name, one in known.items() for record in one.people["record"]}
    tied = links(who)
    return known, tied, build_profiles(known, tied)


def judged(*silos: Any) -> pd.DataFrame:
    known, tied, profiles = told(*silos)
    return compute_indicators(known, tied, profiles)


def attendance(
    events: list[dict[str, Any]],
    spells: list[dict[str, Any]],
    calendar: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Any:
    records = dict.fromkeys(spell["record"] for spell in spells)
    return silo(
        "attendance",
        [person(record, as_of=DAYS[-1]) for record in records],
        session=[YEAR],
        calendar=CALENDAR if calendar is None else calendar,
        school_enrollment=spells,
        attendance_event=events,
        **more,
    )


def of(indicators: pd.DataFrame, name: str, how: str | None = None, child: str = "1") -> dict[str, Any]:
    rows = status_by_child(indicators, name, how)
    return {str(part): value for part, value in rows[rows["child"] == child].iloc[0].items()}


def status(indicators: pd.DataFrame, name: str, how: str | None = None, child: str = "1") -> str:
    return str(of(indicators, name, how, child)["status"])


@pytest.mark.full
def test_a_tenth_to_the_day_is_flagged_where_the_threshold_is_inclusive_and_not_where_it_is_strict() -> None:
    away = [event for count in (18, 17, 9) for event in absent(str(count), *range(count))]
    found = judged(attendance(away, [enrolled(child) for child in ("18", "17", "9")]))

    assert of(found, "chronic_absence", child="18")["numerator"] == 18
    assert of(found, "chronic_absence", child="18")["denominator"] == 180
    for how in ("by_child", "federal", "california", "attendance_works", "edfi_warehouse"):
        assert status(found, "chronic_absence", how, "18") == "Flagged", how
    assert status(found, "chronic_absence", "edfi_warehouse_strict", "18") == "Clear"
    assert status(found, "chronic_absence", "severe", "18") == "Clear"
    assert status(found, "chronic_absence", child="17") == "Clear"
    # Over five of a hundred: a warning, and exactly five is none.
    assert status(found, "chronic_absence", "attendance_works", "17") == "Warning"
    assert status(found, "chronic_absence", "attendance_works", "9") == "Clear"


@pytest.mark.full
def test_a_child_with_too_few_days_is_not_judged() -> None:
    expected = {
        9: {"by_child": "Not applicable", "california": "Not applicable", "severe": "Flagged"},
        10: {"by_child": "Flagged", "new_jersey_state": "Not applicable", "new_jersey_federal": "Flagged"},
        19: {"edfi_warehouse": "Not applicable"},
        20: {"edfi_warehouse": "Flagged"},
        30: {"california": "Not applicable", "new_jersey_state": "Not applicable"},
        31: {"california": "Flagged"},
        45: {"new_jersey_state": "Flagged"},
    }
    away = [event for days in expected for event in absent(str(days), *range(9))]
    found = judged(attendance(away, [enrolled(str(days), days=days) for days in expected]))
    for days, said in expected.items():
        assert {how: status(found, "chronic_absence", how, str(days)) for how in said} == said, days


@pytest.mark.full
def test_a_mover_is_flagged_over_the_year_and_clear_at_the_second_school() -> None:
    both = [
        {"school_id": school, "date": day, "is_instructional": True} for school in ("S", "T") for day in DAYS
    ]
    first = enrolled("1", days=60)
    second = {**enrolled("1"), "school_id": "T", "begin_date": DAYS[60], "end_date": DAYS[-1]}
    away = absent("1", *range(45)) + [{**event, "school_id": "T"} for event in absent("1", *range(70, 79))]
    found = judged(attendance(away, [first, second], both))

    by_child = of(found, "chronic_absence")
    assert (by_child["status"], by_child["numerator"], by_child["denominator"]) == ("Flagged", 54, 180)
    rows = found[found["definition"].eq("new_jersey_state")].set_index("detail")
    assert rows["status"].to_dict() == {"school=S": "Flagged", "school=T": "Clear"}
    assert rows.loc["school=T", "value"] == pytest.approx(9 / 120)  # 92.5% there, 70% over the year
    assert len(found[found["definition"].eq("by_child")]) == 1

    moved = changes_between_definitions(found, "chronic_absence")
    pair = moved[(moved["definition_a"] == "by_child") & (moved["definition_b"] == "severe")]
    assert pair.empty  # 30 percent is severe, too


@pytest.mark.full
def test_part_of_a_day_counts_as_the_definition_says() -> None:
    events = absent("1", *range(12)) + absent("1", *range(20, 26), word=PART)
    found = judged(attendance(events, [enrolled("1", days=120)]))
    absences = {
        how: of(found, "chronic_absence", how)["numerator"]
        for how in ("by_child", "crdc_15_days", "edfi_warehouse", "chicago_whole_day")
    }
    assert absences == {"by_child": 12, "crdc_15_days": 18, "edfi_warehouse": 105, "chicago_whole_day": 12}
    assert status(found, "chronic_absence", "crdc_15_days") == "Flagged"
    assert "partial_days=6" in of(found, "chronic_absence", "crdc_15_days")["detail"]
    assert status(found, "chronic_absence", "edfi_warehouse") == "Flagged"  # 87.5%


@pytest.mark.full
def test_a_suspension_from_school_counts_where_a_definition_says_so_and_one_in_school_does_not() -> None:
    def with_action(word: str) -> pd.DataFrame:
        action = {"record": "1", "discipline": word, "begin_date": DAYS[50], "days": 3.0}
        return judged(
            attendance(absent("1", *range(8)), [enrolled("1", days=100)]),
            silo("behavior", [person("1")], discipline_action=[action]),
        )

    out = with_action("Out of School Suspension")
    assert status(out, "chronic_absence") == "Clear"  # as marked: eight days
    assert of(out, "chronic_absence", "california")["numerator"] == 11
    assert status(out, "chronic_absence", "california") == "Flagged"
    assert "suspension_days=3" in of(out, "chronic_absence", "california")["detail"]
    assert status(out, "chronic_absence", "federal") == "Flagged"
    assert of(with_action("In School Suspension"), "chronic_absence", "california")["numerator"] == 8
    why = changes_between_definitions(out, "chronic_absence")
    pair = why[(why["definition_a"] == "by_child") & (why["definition_b"] == "california")].iloc[0]
    assert (pair["status_a"], pair["status_b"]) == ("Clear", "Flagged")
    assert pair["because"] == "what counts;least days"
    # A day of suspension on which the child was marked absent anyway counts once.
    again = judged(
        attendance(absent("1", *range(8)), [enrolled("1", days=100)]),
        silo(
            "behavior",
            [person("1")],
            discipline_action=[
                {"record": "1", "discipline": "Out of School Suspension", "begin_date": DAYS[5], "days": 3.0}
            ],
        ),
    )
    assert of(again, "chronic_absence", "california")["numerator"] == 8


@pytest.mark.full
def test_an_alert_looks_at_the_last_days_only_and_leaves_excused_ones_out() -> None:
    lately = (170, 172, 174, 176)
    away = [
        *absent("late", *lately),
        *absent("ill", *lately, word=EXCUSED),
        *absent("early", 1, 2, 3, 4, 5),
        *absent("gone", 1, 2, 3, 4),
    ]
    here = [enrolled("late"), enrolled("ill"), enrolled("early"), enrolled("gone", days=60)]
    found = judged(attendance(away, here))
    said = {
        child: status(found, "recent_unexcused_absences", child=child)
        for child in ("late", "ill", "early", "gone")
    }
    # Who left before these days is asked nothing.
    assert said == {"late": "Flagged", "ill": "Clear", "early": "Clear", "gone": "Not applicable"}


def portal(*messages: tuple[str, int, int | None], children: tuple[str, ...]) -> Any:
    """A family portal: who got messages about absences, on which day, and when somebody opened them."""
    return silo(
        "family",
        [person(f"f-{child}") for child in children] + [person("adult", role="Guardian")],
        session=[YEAR],
        contact=[{"record": f"f-{child}", "contact_record": "adult", "priority": 1} for child in children],
        message=[
            {
                "record": f"f-{child}",
                "contact_record": "adult",
                "topic": "Absences",
                "sent_utc": DAYS[sent] + pd.Timedelta(hours=20),
                "opened_utc": None if opened is None else DAYS[opened] + pd.Timedelta(hours=21),
            }
            for child, sent, opened in messages
        ],
    )


@pytest.mark.full
def test_days_missed_count_from_the_latest_message_that_was_opened_excused_or_not() -> None:
    children = ("told", "later", "never", "unsent")
    away = [
        event
        for child in (*children, "stranger")
        for event in absent(child, 10, 20) + absent(child, 30, word=EXCUSED)
    ]
    here = attendance(away, [enrolled(child) for child in (*children, "stranger")])
    family = portal(
        ("told", 19, 19), ("told", 25, None),  # opened before the second day, a later one was not
        ("later", 20, 40), ("later", 5, 5),  # sent on the second day itself: it doesn't know of later ones
        ("never", 19, None),
        children=children,
    )  # fmt: skip
    known = district(here, family)
    who = {("attendance", child): child for child in (*children, "stranger")}
    who |= {("family", f"f-{child}"): child for child in children}
    tied = links(who)
    found = compute_indicators(known, tied, build_profiles(known, tied))
    days = {child: of(found, "absences_since_message", child=child) for child in (*children, "stranger")}
    assert {child: days[child]["numerator"] for child in children} == {
        "told": 2, "later": 1, "never": 3, "unsent": 3,
    }  # fmt: skip
    assert f"since={DAYS[19]:%Y-%m-%d}" in days["told"]["detail"]
    assert days["never"]["detail"] == "sent=1; opened=0"
    assert days["unsent"]["detail"] == "sent=0; opened=0"
    # It flags nobody, and where no portal has the child it is unknown, not none.
    assert {one["status"] for one in days.values()} == {"Clear", "Unknown"}
    assert days["stranger"]["status"] == "Unknown"
    assert "why=Not linked" in days["stranger"]["detail"]


def test_an_indicator_that_leaves_excused_days_out_says_so_in_its_name() -> None:
    for one in declared_indicators():
        for how in one.definition:
            if one.measure == "days" and how.absent == ("Unexcused Absence",):
                named = f"{one.title} {one.meaning}".casefold()
                assert "unexcused" in named or "without an excuse" in named, one.name


@pytest.mark.full
def test_truancy_counts_what_is_not_excused_and_is_another_thing_than_chronic_absence() -> None:
    away = absent("few", 3, 4, 5) + absent("ill", *range(30), word=EXCUSED)
    found = judged(attendance(away, [enrolled("few"), enrolled("ill")]))
    assert status(found, "truancy", child="few") == "Flagged"
    assert status(found, "chronic_absence", child="few") == "Clear"
    assert status(found, "truancy", child="ill") == "Clear"
    assert status(found, "chronic_absence", child="ill") == "Flagged"


def test_between_88_and_90_percent_two_rules_disagree() -> None:
    away = [event for count in (20, 25, 36) for event in absent(str(count), *range(count))]
    found = judged(attendance(away, [enrolled(str(count), grade_level="06") for count in (20, 25, 36)]))
    assert status(found, "early_warning_attendance", child="20") == "Clear"  # 88.9%
    assert status(found, "chronic_absence", child="20") == "Flagged"
    assert status(found, "early_warning_attendance", child="25") == "Warning"
    # Exactly 80%: the Philadelphia study flags 80% or less, Ed-Fi what is below.
    assert status(found, "early_warning_attendance", child="36") == "Warning"
    assert status(found, "early_warning_attendance", "balfanz_grade_6", "36") == "Flagged"
    assert status(found, "early_warning_attendance", "colorado_6_8", "36") == "Flagged"
    assert status(found, "early_warning_attendance", "colorado_9_12", "36") == "Not applicable"


@pytest.mark.full
def test_what_nobody_tells_is_unknown_and_says_why() -> None:
    here = attendance(absent("1", *range(18)), [enrolled("1")])
    found = judged(silo("sis", [person("1"), person("2", "Ben")], school_enrollment=[enrolled("2")]), here)
    assert status(found, "chronic_absence", child="2") == "Unknown"
    assert of(found, "chronic_absence", child="2")["detail"] == "why=Not linked"
    assert of(found, "early_warning_behavior")["detail"] == "why=Not collected"
    nothing = judged(silo("sis", [person("1")], session=[YEAR], school_enrollment=[enrolled("1")]))
    assert set(nothing.loc[nothing["indicator"].eq("chronic_absence"), "status"]) <= {
        "Unknown",
        "Not applicable",
    }
    assert not nothing["status"].isin(["Clear", "Flagged"]).any()
    # Without a calendar fifteen recorded absences are fifteen; fewer clear nobody.
    bare = silo("attendance", [person("1"), person("2", "Ben")], session=[YEAR],
                attendance_event=absent("1", *range(15)) + absent("2", *range(3)))  # fmt: skip
    without = judged(bare)
    assert status(without, "chronic_absence", "crdc_15_days") == "Flagged"
    assert status(without, "chronic_absence", "crdc_15_days", "2") == "Unknown"
    assert status(without, "chronic_absence") == "Unknown"


@pytest.mark.full
def test_what_is_too_old_clears_nobody_and_takes_no_flag_away() -> None:
    old = silo(
        "attendance",
        [person("1", as_of=DAYS[80]), person("2", "Ben", as_of=DAYS[80])],
        session=[YEAR],
        calendar=CALENDAR,
        school_enrollment=[enrolled("1", end_date=None), enrolled("2", end_date=None)],
        attendance_event=absent("1", *range(18)),
    )
    lms = silo("lms", [person("1", as_of=DAYS[179]), person("2", "Ben", as_of=DAYS[179])])
    found = judged(old, lms)
    assert status(found, "chronic_absence") == "Flagged"
    assert status(found, "chronic_absence", child="2") == "Unknown"
    assert of(found, "chronic_absence", child="2")["detail"] == "why=too old"


MOST = 60


@cache
def by_absences() -> pd.DataFrame:
    """Status by definition and number of absences: a child each, with 0 to MOST days away, in grade 6."""
    counts = range(MOST + 1)
    away = [event for count in counts for event in absent(f"c{count:02}", *range(count))]
    here = [enrolled(f"c{count:02}", days=150, grade_level="06") for count in counts]
    found = judged(attendance(away, here))
    return found.assign(absences=found["child"].str[1:].astype("int64"))


@pytest.mark.full
@settings(deadline=None)
@given(st.lists(st.integers(0, MOST), min_size=2, max_size=2).map(sorted))
def test_one_absence_more_never_takes_a_flag_away(counts: list[int]) -> None:
    rank = {"Clear": 0, "Warning": 1, "Flagged": 2}
    days = [one.name for one in declared_indicators() if one.measure == "days"]
    found = by_absences()
    found = found[found["indicator"].isin(days) & found["status"].isin(list(rank))]
    few, many = (
        found[found["absences"] == count].set_index(["indicator", "definition"])["status"].map(rank)
        for count in counts
    )
    assert len(few) > 10
    assert (many >= few).all()


def test_indicators_agree_with_the_elements_of_the_same_definition(
    made: tuple[District, Links, Profiles, pd.DataFrame],
) -> None:
    _, _, profiles, found = made
    profile = profiles.profile.set_index("child")
    for name, column in (
        ("chronic_absence", "attendance_chronically_absent"),
        ("on_track", "learning_on_track"),
    ):
        shown = status_by_child(found, name).set_index("child")["status"].reindex(profile.index)
        said = profile[column]
        flags = said if name == "chronic_absence" else ~said
        assert said.notna().sum() > 5
        assert shown[flags.fillna(False)].eq("Flagged").all()
        known = shown[said.notna() & ~flags.fillna(True)]
        assert known.isin(["Clear", "Unknown"]).all()
        assert known.eq("Clear").any()
        assert not shown[said.isna()].isin(["Flagged", "Clear"]).any()


@pytest.fixture(scope="module")
def made(district: District) -> tuple[District, Links, Profiles, pd.DataFrame]:
    from helpers.link import link_district

    tied = link_district(district)
    profiles = build_profiles(district, tied)
    return district, tied, profiles, compute_indicators(district, tied, profiles)


def test_every_child_has_every_definition_and_each_row_names_elements_that_exist(
    made: tuple[District, Links, Profiles, pd.DataFrame],
) -> None:
    _, _, profiles, found = made
    wanted = sum(len(one.definition) for one in declared_indicators())
    rows = found.drop_duplicates(["child", "indicator", "definition"])
    assert len(rows) == wanted * len(profiles.profile)
    named = {name for names in found["elements"].dropna() for name in names.split(";")}
    assert named <= set(profiles.values["element"])
    assert set(found["school_year"]) == {profiles.school_year}
    table = definitions_table(found, "chronic_absence")
    assert list(table["definition"]) == [one.name for one in indicator("chronic_absence").definition]
    assert table.set_index("definition").loc["severe", "by_child"] == 0  # a fifth is a tenth, too


@pytest.mark.full
def test_answers_about_well_being_flag_nobody(
    made: tuple[District, Links, Profiles, pd.DataFrame],
) -> None:
    known, tied, _, found = made
    used = {name for one in declared_indicators() for how in one.definition for name in one.elements_of(how)}
    assert not used & NEVER_A_FLAG
    # The same district in which every answer is the worst one.
    survey = known["survey"]
    answers = survey.fact("survey_response")
    changed = type(survey)(**{
        **{name: getattr(survey, name) for name in survey.__dataclass_fields__},
        "facts": {**survey.facts, "survey_response": answers.assign(response=1.0)},
    })  # fmt: skip
    other = District(known.folder, known.about, {**dict(known.items()), "survey": changed})
    profiles = build_profiles(other, tied)
    pd.testing.assert_frame_equal(compute_indicators(other, tied, profiles), found)


def test_a_faulty_declaration_is_refused_with_all_its_faults(tmp_path: Any) -> None:
    path = tmp_path / "indicators.toml"
    path.write_text(
        """
[[indicator]]
name = "odd"
title = "Odd"
tenet = "Healthy"
domain = "wellbeing"
days_until_stale = 30
meaning = "What it is"
[[indicator.definition]]
name = "one"
title = "One"
by = "the test"
source = "this test"
own = true
grades = ["5"]
value = "self_awarness"
[[indicator.definition]]
name = "two"
title = "Two"
by = "the test"
source = "this test"
treshold = 3
value = "self_awareness"
""",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as refused:
        read_indicators(path)
    assert "no grade is called '5'" in str(refused.value)
    assert "treshold" in str(refused.value)

    fixed = (
        path.read_text(encoding="utf-8")
        .replace('grades = ["5"]\n', "")
        .replace("treshold = 3\n", "own = true\n")
    )
    path.write_text(fixed, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_indicators(path)
    words = str(refused.value)
    assert "has to be default" in words
    assert "'self_awarness'" in words
    assert "flags nobody" in words


@pytest.mark.parametrize(
    ("key", "place", "fault"),
    [
        (
            'measure = "days"',
            "definition",
            "definition.0.measure: unknown name here; it belongs to indicator",
        ),
        (
            'note = "x"',
            "indicator",
            "indicator.0.note: unknown name here; it belongs to indicator.definition",
        ),
        ('unit = "x"', "top", "unit: unknown name here; it belongs to indicator.definition"),
        ("indicator = []", "definition", "indicator: unknown name here; it belongs to the top of the file"),
        ('flag = "x"', "indicator", "indicator.definition or indicator.definition.criterion"),
        ('titl = "x"', "definition", "titl: unknown name. Did you mean title?"),
    ],
)
def test_a_misplaced_key_is_answered_with_its_place(tmp_path: Any, key: str, place: str, fault: str) -> None:
    heads = {"top": "", "indicator": "[[indicator]]\n", "definition": "[[indicator.definition]]\n"}
    path = tmp_path / "indicators.toml"
    path.write_text("".join(head + (f"{key}\n" if of == place else "") for of, head in heads.items()))
    with pytest.raises(BadInput) as refused:
        read_indicators(path)
    assert fault in str(refused.value)


def test_a_name_that_no_indicator_has_is_answered_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="Did you mean chronic_absence"):
        indicator("chronic_absense")
    with pytest.raises(BadInput, match="Did you mean federal"):
        definition("chronic_absence", "federl")
