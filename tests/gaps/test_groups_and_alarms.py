"""Whom systems know group by group, rows that a join makes too many, rows that are stale, and alarms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import coverage_by_group, detected, measure_gaps, widest_gaps
from helpers.gaps.measures import declared_measures
from helpers.gaps.measures.freshness import days_until_stale
from helpers.gaps.scorecard import declared_alarms
from helpers.link import Links
from helpers.report.pages.gap_tables import found_both_ways, group_table, large_groups, widest_group_gap
from helpers.report.pages.gaps import blocked_sentence, gaps_page
from helpers.share.guard import Guard
from helpers.standard import empty_table, plain
from tests.district_by_hand import district, links, silo
from tests.gaps.test_scorecard import figures


def ids(system: str, **values: str) -> list[dict[str, Any]]:
    return [
        {"record": record, "identification_system": system, "identifier": value}
        for record, value in values.items()
    ]


@pytest.fixture(scope="module")
def grades() -> tuple[District, Links]:
    """Twenty children a grade; meals lacks half of grade 02; four children of a third grade."""
    children = [(f"{grade}-{at}", grade) for grade, many in (("01", 20), ("02", 20), ("03", 4))
                for at in range(many)]  # fmt: skip
    sis = [{"record": name, "grade_level": grade, "school_id": "7"} for name, grade in children]
    there = [name for name, grade in children if not (grade == "02" and int(name[3:]) >= 10)]
    who = links({("sis", name): name for name, _ in children} | {("meals", name): name for name in there})
    return district(silo("sis", sis), silo("meals", [{"record": name} for name in there])), who


def test_a_group_that_a_system_misses_is_seen(grades: tuple[District, Links]) -> None:
    groups = coverage_by_group(*grades)
    meals = groups[groups["silo"].eq("meals") & groups["group_by"].eq("grade")].set_index("group")
    assert meals[["children", "out_of"]].to_numpy().tolist() == [[20, 20], [10, 20], [4, 4]]
    assert meals["low"].lt(meals["share"]).loc["02"]
    assert meals["high"].gt(meals["share"]).loc["02"]
    alone = groups[groups["silo"].isna() & groups["group_by"].eq("grade")].set_index("group")
    assert alone["children"].to_dict() == {"01": 0, "02": 10, "03": 0}
    widest = widest_gaps(groups).iloc[0]
    # Four children say nothing about a grade.
    assert (widest["least"], widest["most"], widest["gap"], widest["apart"]) == ("02", "01", 0.5, True)


def test_each_side_of_a_pair_has_its_own_share(grades: tuple[District, Links]) -> None:
    """Meals has 34 of the 44 children of the roster, which has all of its 34."""
    found = found_both_ways(measure_gaps(*grades))
    assert found.to_numpy().tolist() == [["sis", "meals", 34, 44, 77], ["meals", "sis", 34, 34, 100]]


def test_a_share_of_fewer_than_ten_children_is_none(grades: tuple[District, Links]) -> None:
    card = measure_gaps(*grades)
    ours = card["right_silo"].notna()
    nine = card.assign(denominator=card["denominator"].mask(ours & card["measure"].eq("match rate"), 9.0))
    assert found_both_ways(nine)[["left_silo", "out_of"]].to_numpy().tolist() == [["meals", 34]]


def test_nobody_is_missing_from_a_system_of_those_who_take_part(grades: tuple[District, Links]) -> None:
    card = measure_gaps(*grades)
    some = card.assign(
        is_limit=card["is_limit"] | (card["measure"].eq("children known") & card["left_silo"].eq("meals"))
    )
    assert found_both_ways(some)["right_silo"].tolist() == ["sis"]


def test_a_pair_before_two_blocks_counts_in_both() -> None:
    pairs = [
        ("a", "b", "Not fresh"),
        ("a", "b", "Not permitted"),
        ("a", "c", "Not joinable"),
        ("b", "c", None),
    ]
    card = pd.DataFrame(pairs, columns=["left_silo", "right_silo", "blocked_by"])
    said = blocked_sentence(pd.concat([card, card]))
    assert plain(said).startswith("Of 3 pairs of systems: 1 not joinable, 1 not fresh, 1 not permitted.")


def test_the_widest_of_many_gaps_may_be_chance() -> None:
    def of(silo: str, counts: list[int]) -> pd.DataFrame:
        rows = pd.DataFrame({"group": [f"{at:02d}" for at in range(len(counts))], "children": counts})
        return rows.assign(silo=silo, group_by="grade", out_of=42, share=rows["children"] / 42)

    # 32 and 41 of 42 lie apart where nothing else was looked at, and not as the best and worst of many.
    assert widest_gaps(of("meals", [32, 41]))["apart"].tolist() == [True]
    many = pd.concat([of("meals", [32, 41]), *(of(f"s{at}", [37] * 13) for at in range(14))])
    found = widest_gaps(many.reset_index(drop=True)).iloc[0]
    assert (found["silo"], found["apart"], found["looked_at"]) == ("meals", False, 1 + 14 * 78)
    # What chance hardly makes comes first, though another gap is wider.
    large = of("till", [400, 470]).assign(out_of=500)
    large["share"] = large["children"] / 500
    sure = widest_gaps(pd.concat([many, large], ignore_index=True)).iloc[0]
    assert (sure["silo"], sure["apart"]) == ("till", True)
    assert sure["gap"] < found["gap"]


def test_a_gap_that_chance_may_explain_is_told_with_its_system_and_counts_and_not_as_none(
    grades: tuple[District, Links],
) -> None:
    read, who = grades
    sure = widest_group_gap(coverage_by_group(read, who), read, Guard(real=False))
    assert sure is not None
    ends = "Meals lists 10 of 20 in grade 2 and 20 of 20 in grade 1"
    among = "among 1 comparison of two groups"
    assert (plain(sure.title), sure.apart) == (f"{ends}: more than chance explains {among}", True)
    # Of 24 children of grade 2 no more than a few are missing: nobody may say that there is no gap.
    here = {("meals", name): name for name in who.crosswalk["child"].unique() if name != "02-19"}
    everybody = links({("sis", name): name for name in who.crosswalk["child"].unique()} | here)
    rows = [{"record": name} for _, name in here]
    few = district(read["sis"], silo("meals", rows))
    found = widest_group_gap(coverage_by_group(few, everybody), few, Guard(real=False))
    assert found is not None
    said = "Meals lists 19 of 20 in grade 2 and 20 of 20 in grade 1"
    assert plain(found.title) == f"{said}: a gap that can't be told from chance {among}"
    # In a real folder the page says nothing about groups that it may not show.
    assert widest_group_gap(coverage_by_group(few, everybody), few, Guard(real=True)) is None


@pytest.mark.full
def test_the_page_tells_no_group_of_one_child_as_a_finding(
    grades: tuple[District, Links], tmp_path: Path
) -> None:
    read, who = grades
    path = gaps_page(tmp_path / "gaps.html", read, who, measure_gaps(read, who), actions=())
    page = path.read_text(encoding="utf-8")
    assert "Meals lists 10 of 20 in grade 2 and 20 of 20 in grade 1" in page
    assert "in grade 3" not in page


def test_of_a_real_folder_small_groups_are_left_out(grades: tuple[District, Links]) -> None:
    groups = coverage_by_group(*grades)
    assert large_groups(groups, Guard(real=True))["out_of"].ge(10).all()
    assert large_groups(groups, Guard(real=False)).equals(groups)
    shown = group_table(groups, grades[0], Guard(real=True))
    assert "grade 3" not in set(shown["group"])
    assert not shown["children"].between(1, 9).any()
    assert not (shown["out_of"] - shown["children"]).between(1, 9).any()
    # Groups of several systems count the same children: whole numbers of one, less those of another, are few.
    assert (shown[["children", "out_of"]] % 10 == 0).all(axis=None)
    # One grade alone that is missing would be the whole less the others.
    meals = groups["silo"].eq("meals") & groups["group_by"].eq("grade")
    assert len(large_groups(groups[meals], Guard(real=True))) == 1


def test_rows_that_a_join_makes_too_many_are_counted() -> None:
    sis = silo("sis", [{"record": "s0"}, {"record": "s1"}], identifiers=ids("State", s0="1", s1="2"))
    tests = silo(
        "tests",
        [{"record": f"t{at}"} for at in range(4)],
        identifiers=ids("State", t0="1", t1="1", t2="1", t3="2"),
    )
    who = links({("sis", "s0"): "a", ("sis", "s1"): "b", ("tests", "t3"): "b"}
                | {("tests", f"t{at}"): "a" for at in range(3)})  # fmt: skip
    found = figures(measure_gaps(district(sis, tests), who), "rows too many", "sis", "tests", "State")
    assert (found.value, found.denominator, found.example_row) == (2, 2, 2)


def test_children_whose_newest_row_is_past_its_days_are_counted() -> None:
    days = days_until_stale("screener_result")
    assert days is not None
    sis = silo("sis", [{"record": f"s{at}", "as_of": "2026-04-30"} for at in range(3)])
    scores = [{"record": "r0", "date": "2026-02-13"}, {"record": "r1", "date": "2026-02-13"},
              {"record": "r1", "date": "2025-02-13"}, {"record": "r2", "date": "2025-02-13"}]  # fmt: skip
    screener = silo("screener", [{"record": f"r{at}"} for at in range(3)], screener_result=scores)
    who = links({(name, f"{name[0]}{at}".replace("screener", "r")): f"c{at}" for name in ("sis",)
                 for at in range(3)} | {("screener", f"r{at}"): f"c{at}" for at in range(3)})  # fmt: skip
    card = measure_gaps(district(sis, screener), who)
    stale = figures(card, "newest row is stale", "screener", column="screenings")
    assert (stale.numerator, stale.denominator, stale.example_row) == (1, 3, 4)


def test_every_line_says_what_it_does_to_a_child_and_whose_it_is(grades: tuple[District, Links]) -> None:
    card = measure_gaps(*grades)
    assert card[["effect", "owner"]].notna().all(axis=None)
    assert figures(card, "match rate", "sis", "meals").owner == "meals manager"
    assert all(each.effect and each.effect.endswith(".") for each in declared_measures())


def test_alarms_are_raised_over_their_thresholds_and_never_by_a_limit(
    grades: tuple[District, Links],
) -> None:
    card = measure_gaps(*grades)
    card = card[card["measure"].ne("in no other system")]
    assert detected(card, empty_table("findings")).empty
    twice = card.copy()
    odd = twice["measure"].eq("children with two records") & twice["left_silo"].eq("meals")
    twice.loc[odd, ["numerator", "value"]] = 2.0, 0.1
    twice.loc[odd, "is_limit"] = False
    raised = detected(twice, empty_table("findings"))
    assert raised[["left_silo", "measure", "times"]].to_numpy().tolist() == [
        ["meals", "children with two records", 2]
    ]
    assert detected(twice.assign(is_limit=True), empty_table("findings")).empty
    names = {each.name for each in declared_measures()}
    assert set(declared_alarms().measure) <= names


def test_a_finding_raises_an_alarm_unless_it_is_as_it_should_be(grades: tuple[District, Links]) -> None:
    told = silo(
        "x", [{"record": "a"}], findings=[{"kind": "zeros_lost", "times": 4}, {"kind": "not_a_child"}]
    )
    raised = detected(measure_gaps(*grades).iloc[:0], told.findings)
    assert raised[["left_silo", "measure", "times"]].to_numpy().tolist() == [["x", "zeros_lost", 4]]


@pytest.mark.full
def test_the_page_of_a_real_folder_holds_no_small_number(
    grades: tuple[District, Links], tmp_path: Path
) -> None:
    made, who = grades
    real = District(made.folder, {}, made.silos)
    path = gaps_page(tmp_path / "gaps.html", real, who, measure_gaps(real, who), actions=())
    page = path.read_text(encoding="utf-8")
    assert "Real data: restricted" in page
    assert "cannot be judged without a key" in page
    assert "grade 3" not in page


def test_a_form_without_a_number_is_no_second_record_of_a_child() -> None:
    forms = [{"record": "a.csv#2"}, {"record": "a.csv#3"}]
    both = [{"record": "1", "local_id": "1"}, {"record": "2", "local_id": "2"}]
    who = links(
        {("survey", "a.csv#2"): "a", ("survey", "a.csv#3"): "a", ("sis", "1"): "a", ("sis", "2"): "a"}
    )
    card = measure_gaps(district(silo("sis", both), silo("survey", forms)), who)
    assert figures(card, "children with two records", "sis").numerator == 1
    assert figures(card, "children with two records", "survey").is_limit
    assert pd.isna(figures(card, "children with two records", "survey").value)
