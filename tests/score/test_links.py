"""Links scored on districts small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.score import can_be_judged, read_answer_key, score_links
from helpers.standard import BadInput, empty_table
from tests.made_by_hand import CHAINED, finding, made, pair
from tests.tiers import examples


def counts(
    scores: pd.DataFrame, left: str | None, right: str | None, group: str = "All", kind: str = "All"
) -> list[int]:
    """Give possible, linked, right, wrong, missed."""
    here = scores[
        (scores["left_silo"].isna() if left is None else scores["left_silo"].eq(left))
        & (scores["right_silo"].isna() if right is None else scores["right_silo"].eq(right))
        & scores["group"].eq(group)
        & scores["population"].eq(kind)
    ]
    assert len(here) == 1
    return here[["possible", "linked", "right", "wrong", "missed"]].iloc[0].astype(int).tolist()


def test_pairs_are_counted_as_by_hand() -> None:
    scores = made(CHAINED).scores()
    # P1 3 pairs right; P2 1 right, 2 missed; P3 1 missed; m2 joined with three records of P1.
    assert counts(scores, None, None) == [7, 7, 4, 3, 3]
    assert counts(scores, "attendance", "sis") == [2, 2, 2, 0, 0]
    assert counts(scores, "meals", "sis") == [3, 2, 1, 1, 2]
    assert counts(scores, "meals", "meals") == [0, 1, 0, 1, 0]
    whole = scores.iloc[0]
    assert whole[["precision", "recall", "f1"]].tolist() == pytest.approx([4 / 7, 4 / 7, 4 / 7])
    # Wilson's interval of 4/7, as if of three: so many children are behind it, and their pairs hang together.
    assert whole[["low", "high"]].tolist() == pytest.approx([0.1583, 0.9043], abs=1e-4)
    # Sis and meals have one pair a child.
    meals = scores[scores["left_silo"].eq("meals") & scores["right_silo"].eq("sis")].iloc[0]
    assert meals[["low", "high"]].tolist() == pytest.approx([0.0615, 0.7923], abs=1e-4)


def test_a_wrong_pair_counts_in_the_groups_of_both_children() -> None:
    scores = made(CHAINED, groups={"P1": "Anglo", "P2": "Vietnamese;twin", "P3": "Anglo;twin"}).scores()
    assert counts(scores, None, None, "name origin: Vietnamese") == [3, 4, 1, 3, 2]
    assert counts(scores, None, None, "name origin: Anglo") == [4, 6, 3, 3, 1]
    assert counts(scores, None, None, "twin: yes") == [4, 4, 1, 3, 3]


def test_kinds_of_pairs_are_told_by_what_both_records_can_be_linked_by() -> None:
    kinds = {
        "t1": "Name only",
        "m1": "Identifier only",
        "s2": "Name only",
        "t2": "Name only",
        "m2": "Nothing",
    }
    scores = made(CHAINED, linkable_by=kinds).scores()
    assert counts(scores, None, None, kind="Both dated") == [1, 0, 0, 0, 1]
    assert counts(scores, None, None, kind="One dated") == [1, 1, 1, 0, 0]
    assert counts(scores, None, None, kind="None dated") == [1, 1, 1, 0, 0]
    assert counts(scores, None, None, kind="By number only") == [4, 5, 2, 3, 2]


def test_a_record_that_holds_two_children_is_wrong_inside_its_silo() -> None:
    scores = made([("sis", "s1", "P1", "a"), ("map", "x", "P1+P2", "a"), ("sis", "s2", "P2", "b")]).scores()
    assert counts(scores, "map", "map") == [0, 1, 0, 1, 0]
    assert counts(scores, "map", "sis") == [2, 2, 1, 1, 1]


def test_a_record_of_nobody_joined_to_a_child_is_wrong() -> None:
    scores = made([("sis", "s1", "P1", "a"), ("lms", "test", "", "a"), ("lms", "test2", "", "a")]).scores()
    assert counts(scores, None, None) == [0, 3, 0, 3, 0]


def test_a_childs_record_that_the_crosswalk_leaves_out_is_missed() -> None:
    scores = made([("sis", "s1", "P1", "a"), ("lms", "x", "P1", ""), ("lms", "staff", "S1", "")]).scores()
    assert counts(scores, None, None) == [1, 0, 0, 0, 1]
    assert scores.iloc[0][["precision"]].isna().all()


@pytest.mark.full
def test_one_giant_child_is_counted_without_listing_its_pairs() -> None:
    many = 40_000
    district = made([("sis", f"s{place}", f"P{place % (many // 2)}", "all") for place in range(many)])
    assert counts(district.scores(), None, None) == [
        20_000,
        many * (many - 1) // 2,
        20_000,
        many * (many - 1) // 2 - 20_000,
        0,
    ]


@pytest.mark.full
@settings(max_examples=examples(20))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sis", "meals", "map"]),
            st.sampled_from(["P1", "P2", "P3", "P4", "P1+P2", ""]),
            st.sampled_from(["a", "b", "c", ""]),
        ),
        min_size=1,
        max_size=14,
    )
)
def test_scores_equal_a_count_of_every_pair(given_records: list[tuple[str, str, str]]) -> None:
    origins = {"P1": "Anglo;twin", "P2": "Vietnamese;twin", "P3": "Hispanic", "P4": "Vietnamese"}
    records = [
        (silo, f"r{place}", person, child) for place, (silo, person, child) in enumerate(given_records)
    ]
    district = made(records, groups=origins)
    scores = district.scores()
    assert (scores["right"] + scores["missed"] == scores["possible"]).all()
    assert (scores["right"] + scores["wrong"] == scores["linked"]).all()

    units = [
        (silo, name, person or f"nobody {name}", child)
        for silo, name, persons, child in records
        for person in persons.split("+")
        if persons or child
    ]
    everything: dict[str, list[int]] = {
        "All": [0, 0, 0],
        "name origin: Vietnamese": [0, 0, 0],
        "twin: yes": [0, 0, 0],
    }
    for place, (_, _, person, child) in enumerate(units):
        for _, _, other_person, other_child in units[:place]:
            same, joined = person == other_person, bool(child) and child == other_child
            labels = {f"name origin: {origins.get(one, '').split(';')[0]}" for one in (person, other_person)}
            labels |= {"twin: yes" for one in (person, other_person) if "twin" in origins.get(one, "")}
            for group in {"All"} | (labels & set(everything)):
                for slot, counted in enumerate((same, joined, same and joined)):
                    everything[group][slot] += counted
    for group, expected in everything.items():
        if any(expected[:2]):
            assert counts(scores, None, None, group)[:3] == expected


def test_children_are_complete_split_or_mixed_as_by_hand() -> None:
    children = made(CHAINED).children()
    assert children["outcome"].to_dict() == {"P1": "mixed", "P2": "mixed", "P3": "split"}
    assert children["silos"].to_dict() == {"P1": 3, "P2": 3, "P3": 2}
    assert children["child"].to_dict() == {"P1": "a", "P2": "b", "P3": "c"}
    assert not children["detected"].any()


def test_a_wrong_child_is_noticed_by_a_sign_at_the_strange_record() -> None:
    district = made(CHAINED)
    strange = pair("m2", "s1", decision="Match", contradiction="birth date")
    for signs in (
        {"pairs": strange},
        {"pairs": pair("m2", "s2", decision="Review")},
        {"findings": finding("meals", 7, "birth_date_disagrees")},
    ):
        for name, frame in signs.items():
            setattr(district, name, frame)
        assert district.children()["detected"].to_dict() == {"P1": True, "P2": True, "P3": False}
        district.pairs, district.findings = empty_table("pairs"), empty_table("findings")


def test_a_sign_elsewhere_notices_nothing() -> None:
    district = made(CHAINED)
    district.pairs = pair("m1", "s1", decision="Match", contradiction="birth date")
    district.findings = finding("meals", 4, "names_disagree")
    assert not district.children()["detected"].any()


def test_a_missed_child_whose_pair_waits_is_noticed() -> None:
    district = made(CHAINED)
    district.pairs = pair("m3", "s3", decision="Review")
    assert district.children()["detected"].to_dict() == {"P1": False, "P2": False, "P3": True}


def test_a_folder_without_a_key_is_refused_in_one_sentence(tmp_path: Path) -> None:
    assert not can_be_judged(tmp_path)
    with pytest.raises(BadInput, match="no answer key"):
        read_answer_key(tmp_path)


def test_a_key_may_lack_tables_and_optional_columns(tmp_path: Path) -> None:
    district = made(CHAINED)
    folder = tmp_path / "answer_key"
    folder.mkdir()
    district.key.people[["person", "role"]].assign(newer=1).to_parquet(folder / "people.parquet")
    district.key.rows.to_parquet(folder / "rows.parquet")
    district.folder = tmp_path
    scores = score_links(district, district.crosswalk)
    assert counts(scores, None, None) == [7, 7, 4, 3, 3]
    assert scores["group"].unique().tolist() == ["All"]
