"""What the page and the notebook of gaps say is what their rows add up to."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import first_steps, manual_effort, measure_gaps
from helpers.link import Links, join_on_id
from helpers.report import order_sentence
from helpers.report.display_names import short_names
from helpers.report.pages.gap_tables import (
    AMISS,
    TASKS,
    judged_sentence,
    lowest_share,
    name_with_ties,
    unserved_table,
)
from helpers.report.pages.gaps import blocked_sentence
from helpers.score import judge_matches
from helpers.share import Guard
from helpers.standard import definition, plain


@pytest.fixture(scope="module")
def card(district: District, district_links: Links) -> pd.DataFrame:
    return measure_gaps(district, district_links, *judge_matches(district, district_links.crosswalk))


def test_the_children_of_a_share_are_counted_as_linked() -> None:
    said = lowest_share(68.0, 104.0, ("special education", "meal benefits"), 0)
    assert plain(said) == (
        "Of 104 children as linked in special education whom meal benefits serves, 68 (65%) are found there"
    )
    assert "⟦104|served_there|" in said
    one = plain(lowest_share(1.0, 10.0, ("a", "b"), 1))
    assert one.endswith("1 (10%) is found there; 1 more pair of systems ties")
    # The key counts others: no word for a scorecard's child is the key's.
    assert {text.split(" who ")[0].split(" with")[0] for text in AMISS.values() if "child" in text} == {
        "children as linked"
    }
    assert definition("served_there").counts != definition("children").counts


def test_whoever_has_as_many_is_named_with_the_largest_gap(card: pd.DataFrame) -> None:
    for step in first_steps(card, most=20).itertuples():
        lines = card[card["measure"].eq(step.measure) & card["left_silo"].ne("")]
        if step.measure in ("pairs to review", "pairs refused"):
            assert int(lines["numerator"].eq(step.touched).sum()) == step.ties + 1
    steps = pd.DataFrame(
        {"left_silo": ["sis", "sis", "meals"], "right_silo": ["lms", "survey", pd.NA], "ties": [5, 0, 1]}
    )
    named = [plain(said) for said in name_with_ties(steps, {"sis": "SIS"}, Guard(real=False))]
    assert named == ["SIS and lms, and 5 more pairs of systems", "SIS and survey", "meals, and 1 more system"]
    # Equal rounded numbers must not say that the exact ones are equal.
    assert name_with_ties(steps, {"sis": "SIS"}, Guard(real=True))[0] == "SIS and lms"


def test_the_rows_of_whom_a_system_does_not_serve_add_up_and_name_the_table(
    card: pd.DataFrame, district: District
) -> None:
    guard, outside = (
        Guard.of(district),
        card[card["measure"].isin(["outside its grades", "outside its schools"])],
    )
    block = unserved_table(card, district.layouts, guard)
    assert block is not None
    rows = re.findall(r"<tr.*?</tr>", str(block.markup), re.DOTALL)[1:]
    assert len(rows) == outside["left_silo"].nunique() > 0
    for row, (_, mine) in zip(rows, outside.groupby("left_silo", sort=False), strict=True):
        *parts, placed = map(int, re.findall(r">(\d+)<", row))
        assert parts[0] == mine["numerator"].sum()
        assert sum(parts) == placed == mine["denominator"].iloc[0]
        assert len(parts) == 3
        assert min(parts) >= 0
    for word, there in (("grades", ["Grades"]), ("schools", ["Schools"]), ("", ["Grades", "schools"])):
        other = (
            outside["measure"].iloc[:0]
            if not word
            else outside.loc[~outside["measure"].str.endswith(word), "measure"]
        )
        named = unserved_table(card.drop(index=other.index), district.layouts, guard)
        assert named is not None
        assert named.text.startswith(f"{' and '.join(there)} that a system doesn't serve")
    assert unserved_table(card[card["measure"].eq("match rate")], district.layouts, guard) is None


def test_tables_and_files_are_counted_under_their_own_names(
    card: pd.DataFrame, district: District, district_links: Links
) -> None:
    tables = card.loc[card["measure"].eq("ways to store tables"), "denominator"].sum()
    assert tables == len(district.accounts)
    work = manual_effort(district, district_links).groupby("task")["count"].sum()
    roster = next(iter(district))
    others = district.accounts[district.accounts["silo"].ne(roster)]
    assert 0 < work["file_imported"] <= others["file"].str.replace(r"(\.zip)/.*", r"\1", regex=True).nunique()
    assert all("other than the roster" in TASKS[task] for task in ("file_exported", "file_imported"))


def test_right_links_are_those_of_the_scorecard(card: pd.DataFrame) -> None:
    lines = card[card["measure"].eq("matches that are right")]
    right, pairs = int(lines["numerator"].sum()), int(lines["denominator"].sum())
    said = plain(judged_sentence(card))
    assert said.startswith(f"Of {pairs:,} linked pairs of records, {right:,} belong to one child. Wrong: ")


def test_a_pair_of_systems_can_have_three_blocks() -> None:
    blocks = ["Not joinable", "Not fresh", "Not permitted"]
    card = pd.DataFrame({"left_silo": "a", "right_silo": "b", "blocked_by": blocks})
    assert plain(blocked_sentence(card)) == (
        "Of 1 pair of systems: 1 not joinable, 1 not fresh, 1 not permitted. A pair can have several blocks."
    )


def test_a_lookup_leaves_out_a_number_on_two_records_of_one_system_whatever_its_kind() -> None:
    children = [("sis", "a"), ("map", "1"), ("map", "2")]
    people = pd.DataFrame(children, columns=["silo", "record"], dtype="string").assign(role="Student")
    swapped = [("sis", "a", "State", "77"), ("map", "1", "Undeclared", "77"), ("map", "2", "State", "77")]
    names = ["silo", "record", "identification_system", "identifier"]
    ids = pd.DataFrame(swapped, columns=names, dtype="string")
    assert join_on_id(people, ids, "sis", "map").empty
    found = join_on_id(people, ids.iloc[:2], "sis", "map")
    assert found[["left_record", "right_record"]].to_numpy().tolist() == [["a", "1"]]
    method = definition("undetected_by_number").method
    assert "of whatever kind" in method
    assert "so is a number that two records of one system have" in method


def test_the_order_of_steps_is_a_rule_and_not_about_steps_that_are_not_there() -> None:
    assert "these steps" not in order_sentence().lower()


def test_lines_of_a_list_are_not_called_pairs() -> None:
    assert definition("pairs_sharing").counts == ["line", "lines"]
    assert "can own two" in definition("undetected_by_number").alike["pages_by_number"]
    assert all(
        "every sign" in definition(name).says["en"] for name in ("flagged_by_number", "flagged_by_links")
    )


def test_systems_without_a_layout_keep_their_own_name(district: District) -> None:
    steps = pd.DataFrame({"left_silo": ["sis"], "right_silo": ["old"], "ties": [0]})
    assert name_with_ties(steps, short_names(district.layouts), Guard.of(district)) == ["SIS and old"]
