"""Headline measures: each number is that of its rows, and a shared page has its cause."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.score import Headlines, children, list_strays, main_cause, read_answer_key
from helpers.score.headlines import COUNTED
from helpers.standard import BadInput, Measured, definitions, empty_table, plain


@pytest.fixture(scope="module")
def headlines(district: District, district_links: Links) -> Headlines:
    return Headlines(district, district_links)


def test_parts_of_a_measure_add_up_and_fit_into_their_base(headlines: Headlines) -> None:
    found = {name: headlines.of(name) for name in COUNTED}
    many = {name: one.number for name, one in found.items()}
    assert many["complete"] + many["split"] + many["mixed"] == many["children"]
    assert many["undetected"] <= many["mixed"]
    assert many["on_roster_by_number"] <= many["undetected_by_number"] <= many["mixed_by_number"]
    assert many["mixed_by_number"] <= many["together_by_number"]
    for name, one in found.items():
        base = definitions()[name].base
        assert one.base == (many[base] if base else None)
        assert one.base is None or one.number <= one.base


def test_everybody_is_counted_once_and_named_by_the_key(headlines: Headlines, district: District) -> None:
    rows = headlines.of("children").rows
    assert set(rows["person"]) <= set(read_answer_key(district.folder).people["person"])
    assert rows["person"].is_unique


def test_children_mixed_up_by_number_are_those_of_groups_with_two(headlines: Headlines) -> None:
    records = headlines.records["number"]
    own = records[~records.duplicated(["silo", "record"], keep=False) & records["is_child"]]
    two = own[own.groupby("child")["person"].transform("nunique").gt(1)]
    assert set(headlines.of("mixed_by_number").rows["person"]) == set(two["person"])
    assert headlines.of("pages_by_number").number <= two["child"].nunique()


def test_the_list_of_who_shares_a_page_names_everybody_who_is_counted(
    headlines: Headlines, district: District
) -> None:
    pairs = list_strays(district, headlines.records["number"])
    counted = headlines.of("undetected_by_number").rows["person"]
    assert {*pairs["owner"], *pairs["person"]} == set(counted)


def test_the_phrase_of_a_base_has_its_number(headlines: Headlines) -> None:
    everybody = headlines.of("children")
    assert plain(everybody.say()) == f"{everybody.number} children with a record in any system"


def test_what_no_key_counts_is_refused_with_the_nearest(headlines: Headlines) -> None:
    with pytest.raises(
        BadInput, match=r"No measure is called 'complete_name'. .* Did you mean complete_named\?"
    ):
        headlines.of("complete_name")
    with pytest.raises(BadInput, match="'days_late' isn't counted for one district"):
        headlines.of("days_late")


@pytest.mark.parametrize(("rows", "said"), [(0, "pages"), (1, "page"), (2, "pages")])
def test_a_value_names_its_units(rows: int, said: str) -> None:
    assert Measured.of_rows("pages_by_number", pd.DataFrame({"child": range(rows)})).noun == said


RECORD = ["silo", "record"]


def judged(*rows: tuple[str, str, str, str, bool]) -> pd.DataFrame:
    """Give records as `judge_records` does: system, record, whose, in which group, whether silently wrong."""
    frame = pd.DataFrame(rows, columns=[*RECORD, "person", "child", "silent"])
    return frame.assign(is_child=True)


def with_ids(*rows: tuple[str, str, str, str]) -> District:
    ids = pd.DataFrame(rows, columns=[*RECORD, "identifier", "column"])
    return cast("District", SimpleNamespace(identifiers=ids))


ROSTER = [("sis", "a", "A", "g", False), ("sis", "b", "B", "h", False)]


def test_a_number_is_wrong_where_fewer_records_of_its_child_have_it() -> None:
    records = judged(*ROSTER, ("lms", "a2", "A", "g", False), ("meals", "x", "B", "g", True))
    district = with_ids(
        ("sis", "a", "11", "State"), ("lms", "a2", "11", "SIS ID"), ("meals", "x", "11", "Customer ID")
    )
    found = list_strays(district, records)
    assert found[["owner", "person", "silo", "column", "records"]].to_numpy().tolist() == [
        ["A", "B", "meals", "Customer ID", 1]
    ]
    # The other way round: two records of B have the number, and one of A.
    records = judged(
        *ROSTER,
        ("meals", "x", "B", "g", True),
        ("lms", "y", "B", "h", False),
        ("clubs", "z", "A", "g", False),
    )
    district = with_ids(
        ("clubs", "z", "22", "Card"), ("meals", "x", "22", "Customer ID"), ("lms", "y", "22", "SIS ID")
    )
    assert list_strays(district, records)[["silo", "column"]].to_numpy().tolist() == [["clubs", "Card"]]


def test_a_pair_without_an_equal_number_is_listed_without_a_column() -> None:
    records = judged(*ROSTER, ("meals", "x", "B", "g", True))
    found = list_strays(with_ids(("sis", "a", "11", "State"), ("meals", "x", "12", "Customer ID")), records)
    assert found["column"].isna().all()
    assert len(found) == 1
    assert main_cause(found) is None


@pytest.mark.parametrize(
    ("of_it", "told"), [(1, None), (2, ("iready", "State", 4)), (3, ("iready", "State", 6))]
)
def test_a_cause_is_named_from_half_of_the_children(of_it: int, told: Any) -> None:
    others = [("meals", f"Column {at}") for at in range(4 - of_it)]
    causes = [("iready", "State")] * of_it + others
    rows = [(f"o{at}", f"p{at}", *cause) for at, cause in enumerate(causes)]
    assert main_cause(pd.DataFrame(rows, columns=["owner", "person", "silo", "column"])) == told


def test_a_record_in_which_a_system_put_two_hides_no_noticed_mix_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """B's meals stand on A's page, and wait for review. A record of both of them is no link's fault."""
    rows = [
        ("sis", "a", "A", "g"), ("sis", "b", "B", "h"), ("meals", "m", "B", "g"),
        ("behavior", "t", "A", "g"), ("behavior", "t", "B", "g"),
    ]  # fmt: skip
    truth = pd.DataFrame(rows, columns=[*RECORD, "person", "child"], dtype="string")
    truth = truth.assign(is_child=True, linkable_by="Name only")
    monkeypatch.setattr(children, "true_children", lambda *_: truth)
    sides = ["left_silo", "left_record", "right_silo", "right_record"]
    pairs = pd.DataFrame([("sis", "b", "meals", "m", "Review")], columns=[*sides, "decision"], dtype="string")
    crosswalk = truth.drop_duplicates(RECORD)[[*RECORD, "child"]].assign(step=[None, None, "Exact", "Exact"])
    links = SimpleNamespace(
        crosswalk=crosswalk, pairs=pairs.assign(contradiction=pd.NA), findings=empty_table("findings")
    )
    district = SimpleNamespace(
        findings=empty_table("findings"), person_rows=pd.DataFrame(columns=[*RECORD, "file", "row"])
    )
    judged = children.judge_records(cast("Any", district), cast("Any", links), key=cast("Any", object()))
    found = children.outcomes_of(judged).set_index("person")
    assert found["outcome"].tolist() == ["mixed", "mixed"]
    assert found["detected"].tolist() == [True, True]
