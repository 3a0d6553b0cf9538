"""Questions asked of a whole district: what a missing system takes away, and who is told of whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.profile import Profiles, build_profiles
from helpers.profile.conditions import Condition
from helpers.profile.indicators import compute_indicators
from helpers.profile.questions import (
    Asking,
    answer_questions,
    children_for,
    declared_questions,
    groups_for,
    rows_behind,
)
from helpers.profile.store.source import MemorySource, source_of
from helpers.share import open_view, whos
from helpers.share.disclosure import shown_answers
from helpers.share.guard import Guard
from helpers.standard import BadInput
from tests.shared_districts import SharedDistricts


@pytest.fixture(scope="module")
def governed(districts: SharedDistricts) -> tuple[District, Links]:
    district = districts.read(students=80, seed=5, level="governed")
    return district, link_district(district)


def known_without(governed: tuple[District, Links], *missing: str) -> MemorySource:
    district, links = governed
    silos = {name: its for name, its in district.items() if name not in missing}
    smaller = District(district.folder, dict(district.about), silos)
    crosswalk = links.crosswalk[~links.crosswalk["silo"].isin(list(missing))].reset_index(drop=True)
    who = Links(crosswalk, links.pairs, links.findings, links.id_columns)
    profiles = build_profiles(smaller, who)
    return source_of(smaller, who, profiles, compute_indicators(smaller, who, profiles))


@pytest.fixture(scope="module")
def source(governed: tuple[District, Links]) -> MemorySource:
    return known_without(governed)


@pytest.fixture(scope="module")
def whole(source: MemorySource) -> pd.DataFrame:
    return answer_questions(source)


@pytest.mark.full
def test_each_question_is_answered_where_exchange_is_governed(whole: pd.DataFrame) -> None:
    apart = whole.loc[whole["status"].ne("Answered"), ["question", "share_answerable", "why", "lacks"]]
    assert apart.empty, apart.to_string()
    assert whole["concerned"].gt(0).all()
    assert whole["concerned"].eq(whole["of_children"] + whole["unknown"]).all()


@pytest.mark.full
@pytest.mark.parametrize(
    ("missing", "answered_by_others", "partly"),
    [
        ("family", set(), set()),
        # Another test has the newest percentiles of the early grades.
        (
            "map_growth",
            {"early_grades_on_track"},
            {"at_grade_level", "benchmarks_3_and_8", "grades_and_test_differ"},
        ),
        ("special_education", set(), set()),
        ("lms", set(), set()),
    ],
)
def test_a_missing_system_takes_exactly_the_questions_that_need_it(
    governed: tuple[District, Links],
    whole: pd.DataFrame,
    missing: str,
    answered_by_others: set[str],
    partly: set[str],
) -> None:
    needed = whole["silos_needed"].str.split("; ").map(lambda silos: missing in silos)
    found = answer_questions(known_without(governed, missing)).set_index("question")
    fallen = found[found["status"].ne("Answered")]
    assert set(fallen.index) == set(whole.loc[needed, "question"]) - answered_by_others
    alone = fallen.drop(index=list(partly))
    assert set(fallen[fallen["status"].eq("Partly")].index) == partly
    assert set(alone["status"]) == {"Not answerable"}
    assert set(alone["why"]) == {"Not collected"}
    assert alone["missing_silos"].eq(missing).all()


@pytest.mark.full
def test_groups_add_up_to_the_whole(source: MemorySource, whole: pd.DataFrame) -> None:
    for each in declared_questions():
        if each.group_by:
            groups = groups_for(source, each.id)
            row = whole[whole["question"].eq(each.id)].iloc[0]
            for count in ("children", "of_children", "unknown", "answerable"):
                assert groups[count].sum() == row[count], (each.id, count)


@pytest.mark.full
def test_of_a_real_folder_no_small_number_is_shown(whole: pd.DataFrame) -> None:
    assert shown_answers(Guard(real=False), whole) is whole
    shown = shown_answers(Guard(real=True), whole)
    assert shown["reasons"].isna().all()
    for name in ("children", "of_children", "unknown", "answerable"):
        assert not shown[name].between(1, 9).any()
        assert (shown[name].dropna() % 10 == 0).all()
        rest = shown["concerned"] - shown[name]
        assert not rest.between(1, 9).any()
    assert shown["children"].notna().any()
    groups = pd.DataFrame({"group": list("abc"), "children": [3, 40, 50], "of_children": [12, 60, 90]})
    groups = groups.assign(unknown=0, answerable=groups["of_children"])
    told = shown_answers(Guard(real=True), groups)
    assert told["children"].isna().tolist() == [True, True, False]  # one alone could be worked out


@pytest.mark.full
def test_who_asks_is_told_of_her_own_children_and_of_nothing_that_she_may_not_see(
    source: MemorySource, whole: pd.DataFrame
) -> None:
    teachers = whos(source, "teacher")
    seen = open_view(source, "teacher", str(teachers.sort_values("children")["who"].iloc[-1]))
    mine = set(seen.children["child"])
    answers = answer_questions(source, seen=seen).set_index("question")
    assert answers["missing_silos"].isna().all()  # not permitted isn't missing
    assert answers["concerned"].max() <= len(mine) < whole["concerned"].max()
    # Attendance is hers to see; a screener's level and who eats free are not.
    for name in ("elevated_and_alone", "absence_and_meals"):
        assert (answers.loc[name, "answerable"], answers.loc[name, "children"]) == (0, 0)
        assert answers.loc[name, "why"] == "Not permitted"
        listed = children_for(source, name, seen=seen)
        assert set(listed["answer"]) <= {"Unknown", "No"}
    listed = children_for(source, "absence_by_grade", seen=seen)
    assert len(listed)
    assert set(listed["child"]) <= mine
    # What she is told is what she would have been told of these children anyway.
    free = children_for(source, "absence_by_grade", children=sorted(mine))
    assert dict(zip(listed["child"], listed["answer"], strict=True)) == dict(
        zip(free["child"], free["answer"], strict=True)
    )


def test_a_condition_leads_to_the_rows_that_decide_it_or_to_the_value_that_is_missing(
    district: District, district_links: Links, district_profiles: Profiles
) -> None:
    known = (district, district_links, district_profiles)
    source = source_of(*known, compute_indicators(*known))
    rule = Condition(
        "days_absent / days_enrolled >= 0.05 and indicator.chronic_absence != 'Flagged' and incidents < 1"
    )
    asking = Asking(source)
    columns = {name: asking.known.input(name).column for name in rule.inputs()}
    truths = rule.truth(columns)
    for said in (1, -1, 0):
        place = int(np.flatnonzero(truths == said)[0])
        rows = rows_behind(source, rule, asking.roster.children[place])
        assert tuple(dict.fromkeys(rows["input"])) == rule.deciding(columns, place)
        assert rows["lacks"].notna().all() if said == 0 else rows["lacks"].isna().all()
        assert said == 0 or rows["file"].notna().any()
        attendance = rows[rows["input"].isin(["days_absent", "days_enrolled"]) & rows["file"].notna()]
        assert set(attendance["silo"]) <= {"attendance"}
    with pytest.raises(BadInput, match="No child on the roster is called 'nobody'"):
        rows_behind(source, rule, "nobody")
