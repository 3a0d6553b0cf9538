"""The decision table, line by line, and the pairs that schools trip over."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.layouts import BadInput
from helpers.link import Links, link_children
from tests.link.records import children, frames, record

ANA = ("Ana", "Lopez", "2012-05-17")


def linked(*records: dict[str, Any], **how: Any) -> Links:
    people, identifiers = frames(*records)
    return link_children(people, identifiers, **how)


def only_pair(links: Links) -> pd.Series:
    assert len(links.pairs) == 1
    return links.pairs.iloc[0]


@pytest.mark.parametrize(
    ("left", "right", "decision", "band", "contradiction"),
    [
        # Two of three agree.
        ((*ANA, {"State": "1"}), (*ANA, {"State": "1"}), "Match", "Sure", None),
        ((*ANA, {"State": "1"}), ("Ana", "Lopez", "", {"State": "1"}), "Match", "Sure", None),
        ((*ANA, {"PIN": "1"}), ("Ana", "Lopez", "", {"PIN": "1"}), "Match", "Sure", None),
        ((*ANA, {"State": "1"}), ("", "", "2012-05-17", {"State": "1"}), "Match", "Sure", None),
        ((*ANA, {}), (*ANA, {}), "Match", "Sure", None),
        ((*ANA, {"State": "1"}), (*ANA, {"District": "2"}), "Match", "Sure", None),
        # … and the third disagrees: joined, and said.
        (
            (*ANA, {"State": "1"}),
            ("Ana", "Lopez", "2003-05-17", {"State": "1"}),
            "Match",
            "Sure",
            "birth date",
        ),
        ((*ANA, {"PIN": "1"}), ("Ana", "Lopez", "2003-05-17", {"PIN": "1"}), "Match", "Sure", "birth date"),
        ((*ANA, {"State": "1"}), ("Ana", "Smith", "2012-05-17", {"State": "1"}), "Match", "Sure", "surname"),
        # One strong id, and nothing to verify it by.
        ((*ANA, {"State": "1"}), ("", "", "", {"State": "1"}), "Match", "Unverified", None),
        ((*ANA, {"RefId": "a"}), ("", "", "", {"RefId": "a"}), "Match", "Unverified", None),
        # A strong id agrees and a name or birth date doesn't.
        ((*ANA, {"State": "1"}), ("Ana", "Smith", "", {"State": "1"}), "Review", "Review", "surname"),
        ((*ANA, {"State": "1"}), ("", "", "2003-05-17", {"State": "1"}), "Review", "Review", "birth date"),
        (
            (*ANA, {"State": "1"}),
            ("Bea", "Lopez", "2012-05-17", {"State": "1"}),
            "Review",
            "Review",
            "first name",
        ),
        # Name and birth date agree and a strong id contradicts.
        ((*ANA, {"State": "1"}), (*ANA, {"State": "2"}), "Review", "Review", "State id"),
        ((*ANA, {"District": "1"}), (*ANA, {"District": "2"}), "Review", "Review", "District id"),
        # An id agrees and first names are plainly different, or a strong one contradicts.
        (
            (*ANA, {"State": "1"}),
            ("Bea", "Lopez", "2003-05-17", {"State": "1"}),
            "Refused",
            "Alone",
            "first name; birth date",
        ),
        (
            (*ANA, {"PIN": "1"}),
            ("Bea", "Lopez", "2012-05-17", {"PIN": "1"}),
            "Refused",
            "Alone",
            "first name",
        ),
        (
            (*ANA, {"PIN": "1", "State": "1"}),
            (*ANA, {"PIN": "1", "State": "2"}),
            "Refused",
            "Alone",
            "State id",
        ),
        # A weak id alone.
        ((*ANA, {"PIN": "1"}), ("", "", "", {"PIN": "1"}), "No match", "Alone", None),
        ((*ANA, {"Undeclared": "1"}), ("", "", "", {"State": "1"}), "No match", "Alone", None),
        ((*ANA, {"PIN": "1"}), ("Ana", "Smith", "", {"PIN": "1"}), "No match", "Alone", "surname"),
    ],
)
def test_each_line_of_the_decision_table(
    left: tuple[Any, ...], right: tuple[Any, ...], decision: str, band: str, contradiction: str | None
) -> None:
    links = linked(record("sis", "a", *left[:3], **left[3]), record("meals", "b", *right[:3], **right[3]))
    pair = only_pair(links)
    assert pair["decision"] == decision
    assert (None if pd.isna(pair["contradiction"]) else pair["contradiction"]) == contradiction
    assert links.crosswalk.set_index("silo").loc["meals", "band"] == band
    assert (links.crosswalk["child"].nunique() == 1) == (decision == "Match")


def test_a_name_alone_joins_nobody() -> None:
    links = linked(record("sis", "a", *ANA), record("clubs", "b", "Ana", "Lopez"))
    assert links.pairs.empty
    assert links.crosswalk["band"].tolist() == ["Alone", "Alone"]


def test_a_till_number_typed_by_two_children_merges_nobody() -> None:
    links = linked(
        record("sis", "a", *ANA),
        record("sis", "b", "Ben", "Kim", "2011-01-02"),
        record("meals", "c", *ANA, PIN="4711"),
        record("meals", "d", "Ben", "Kim", "2011-01-02", PIN="4711"),
    )
    assert children(links.crosswalk) == {
        frozenset({("sis", "a"), ("meals", "c")}),
        frozenset({("sis", "b"), ("meals", "d")}),
    }


def test_equal_values_of_two_declared_systems_never_meet() -> None:
    links = linked(record("sis", "a", *ANA, District="77"), record("map", "b", "Ana", "Lopez", State="77"))
    assert links.pairs.empty


@pytest.mark.parametrize("system", ["State", "District", "Undeclared"])
def test_an_undeclared_id_meets_state_district_and_undeclared_where_names_agree(system: str) -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", Undeclared="77"),
        record("lms", "b", "Ana", "Lopez", **{system: "77"}),
    )
    assert only_pair(links)["decision"] == "Match"


@pytest.mark.parametrize("system", ["PIN", "Login", "School", "RefId"])
def test_an_undeclared_id_meets_no_other_system(system: str) -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", Undeclared="77"),
        record("lms", "b", "Ana", "Lopez", **{system: "77"}),
    )
    assert links.pairs.empty


def test_logins_and_emails_are_compared_without_case_and_ids_with_it() -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", Email="Ana@x.org", State="a1"),
        record("lms", "b", "Ana", "Lopez", Email="ana@X.ORG", State="A1"),
    )
    pair = only_pair(links)
    assert (pair["evidence_identifier"], pair["decision"]) == ("Same", "Refused")


def test_a_colliding_id_is_refused_and_reported_not_counted_as_success() -> None:
    # The test vendor's own number 605000 is the district's number of somebody else.
    links = linked(
        record("sis", "lola", "Lola", "Conrad", "2008-02-03", District="605000", State="9"),
        record("sis", "tyrone", "Tyrone", "Dyer", "2007-06-01", District="604821", State="8"),
        record("map", "x", "Tyrone", "Dyer", "2007-06-01", Undeclared="605000", State="8"),
    )
    assert children(links.crosswalk) == {
        frozenset({("sis", "lola")}),
        frozenset({("sis", "tyrone"), ("map", "x")}),
    }
    collisions = links.findings[links.findings["kind"] == "id_colliding"]
    assert collisions[["silo", "column", "value"]].values.tolist() == [
        ["map", "Undeclared", "605000"],
        ["sis", "District", "605000"],
    ]


def test_an_unverified_record_whose_other_id_is_anothers_is_reported() -> None:
    # Neither name nor birth date in the vendor's file: its ids point at two children.
    links = linked(
        record("sis", "lola", "Lola", "Conrad", "2008-02-03", State="605000"),
        record("sis", "tyrone", "Tyrone", "Dyer", "2007-06-01", State="604821"),
        record("map", "x", Undeclared="605000", State="604821"),
    )
    assert links.crosswalk.set_index("record").loc["x", "band"] == "Unverified"
    assert links.findings[["silo", "kind", "value"]].values.tolist() == [
        ["map", "id_colliding", "605000"],
        ["sis", "id_colliding", "605000"],
    ]


def test_birth_dates_years_apart_are_joined_by_id_and_name_and_reported() -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", "2008-05-17", State="1"),
        record("attendance", "1", "Ana", "Lopez", "1997-05-17", Undeclared="1"),
    )
    assert only_pair(links)["contradiction"] == "birth date"
    found = links.findings
    assert found[["silo", "file", "row", "column", "value", "kind", "expected"]].values.tolist() == [
        [
            "attendance",
            "attendance.csv",
            3,
            "birth_date",
            "1997-05-17",
            "birth_date_disagrees",
            "2008-05-17 (sis.csv row 2)",
        ]
    ]


def test_exchanged_day_and_month_still_agree_and_are_reported() -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", "2012-03-04"), record("meals", "b", "Ana", "Lopez", "2012-04-03")
    )
    pair = only_pair(links)
    assert (pair["step"], pair["evidence_birth_date"]) == ("Standardised", "Ambiguous date")
    assert links.findings["kind"].tolist() == ["birth_date_disagrees"]


def test_a_date_that_can_be_read_in_two_ways_is_no_disagreement() -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", "2012-03-04"),
        record("meals", "b", "Ana", "Lopez", "2012-04-03", or_born="2012-03-04"),
    )
    assert (only_pair(links)["evidence_birth_date"], len(links.findings)) == ("Ambiguous date", 0)


def test_placeholders_verify_nothing() -> None:
    links = linked(
        record("sis", "a", "Last", "One", "2007-01-01", State="1"),
        record(
            "sat",
            "b",
            "Last",
            "One",
            "2007-01-01",
            State="1",
            name_status="Placeholder",
            born_status="Placeholder",
        ),
    )
    assert only_pair(links)["rule"] == "a strong id alone, nothing to verify it"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (("JOSÉ", "O'BRIEN"), ("Jose", "OBrien")),
        (("Ana Maria", "Garcia-Lopez"), ("Ana", "Garcia Lopez")),
        (("Ana", "Garcia"), ("Ana", "Garcia-Lopez")),
        (("Bob", "Smith"), ("Robert", "Smith Jr.")),
        (("Mohamed", "Ali"), ("Ali", "Mohamed")),
        (("Nguyễn", "Anh"), ("Anh", "Nguyen")),
        (("Yusuf", "Hasan"), ("Youssef", "Hasan")),
    ],
)
def test_habits_of_writing_are_found_by_the_third_rung_only(
    written: tuple[str, str], meant: tuple[str, str]
) -> None:
    records = record("sis", "a", *written, "2012-05-17"), record("clubs", "b", *meant, "2012-05-17")
    assert linked(*records, method="exact").pairs.empty
    assert only_pair(linked(*records))["decision"] == "Match"


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("Ana Maria Garcia Lopez", "first last"),
        ("Garcia Lopez, Ana", "last first"),
        ("Garcia Lopez Ana", "last first"),
        ("Garcia Lopez Ana", "unknown"),
    ],
)
def test_a_name_in_one_cell_is_read_in_every_way_its_order_allows(cell: str, order: str) -> None:
    links = linked(
        record("sis", "a", "Ana", "García-López", "2012-05-17", middle_name="Maria"),
        record("lms", "b", born="2012-05-17", full_name=cell, name_order=order),
    )
    assert only_pair(links)["decision"] == "Match"


def test_twins_are_two_children() -> None:
    twins = [
        ("Jayden", "Cole", "2012-05-17"),
        ("Kayden", "Cole", "2012-05-17"),
        ("Daniela", "Cole", "2012-05-17"),
    ]
    links = linked(
        *(record("sis", f"s{place}", *twin) for place, twin in enumerate(twins)),
        *(record("meals", f"m{place}", *twin, PIN="1") for place, twin in enumerate(twins)),
        record("meals", "m3", "Daniel", "Cole", "2012-05-17", PIN="1"),
    )
    assert len(children(links.crosswalk)) == 4


def test_twins_under_one_id_wait_for_a_person() -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", "2012-05-17", State="1"),
        record("map", "b", "Bea", "Lopez", "2012-05-17", State="1"),
        record("bare", "c", State="1"),
    )
    # The bare record is equally near to both: a coin would decide.
    assert links.crosswalk["band"].tolist() == ["Review", "Review", "Review"]


def test_a_record_equally_near_to_two_children_goes_to_neither() -> None:
    links = linked(
        record("sis", "a", *ANA, State="1"), record("sis", "b", *ANA, State="2"), record("clubs", "c", *ANA)
    )
    assert len(children(links.crosswalk)) == 3
    assert set(links.pairs["decision"]) == {"Review"}


def test_the_nearer_of_two_children_who_exclude_each_other_gets_the_record() -> None:
    links = linked(
        record("sis", "a", "Robert", "Cole", "2012-05-17", State="1"),
        record("sis", "b", "Bob", "Cole", "2012-05-17", State="2"),
        record("clubs", "c", "Bob", "Cole", "2012-05-17"),
    )
    assert frozenset({("sis", "b"), ("clubs", "c")}) in children(links.crosswalk)
    refused = links.pairs[links.pairs["decision"] == "Refused"].iloc[0]
    assert (refused["left_record"], refused["right_record"]) == ("c", "a")
    assert refused["contradiction"] == "would join records that exclude each other"


def test_a_silo_that_keeps_one_record_a_child_is_taken_at_its_word() -> None:
    records = [record("sis", "a", *ANA, State="1"), record("sis", "b", *ANA, State="1")]
    assert len(children(linked(*records).crosswalk)) == 1
    assert len(children(linked(*records, unique_people=["sis"]).crosswalk)) == 2


def test_each_rung_keeps_what_the_rungs_below_it_found() -> None:
    records = [
        record("sis", "a", "Ana", "Lopez", "2012-05-17", State="1"),
        record("map", "b", "Ana", "Lopez", State="1"),
        record("lms", "c", "Ana", "Lopez", "2012-05-17"),
        record("meals", "d", "ANA", "LÓPEZ", "2012-05-17"),
    ]
    crosswalks = {
        name: linked(*records, method=name).crosswalk
        for name in ("shared identifier", "exact", "standardised")
    }
    assert [crosswalk["child"].nunique() for crosswalk in crosswalks.values()] == [3, 2, 1]
    steps = crosswalks["standardised"].set_index("record")["step"]
    assert steps.dropna().to_dict() == {"b": "Shared identifier", "c": "Exact", "d": "Standardised"}


def test_the_anchor_is_the_record_of_the_silo_that_comes_first() -> None:
    records = [record("attendance", "x", *ANA), record("roster", "y", *ANA), record("sis", "z", *ANA)]
    by_default = linked(*records).crosswalk
    chosen = linked(*records, anchor_order=["roster"]).crosswalk
    assert by_default.loc[by_default["step"].isna(), "silo"].tolist() == ["sis"]
    assert chosen.loc[chosen["step"].isna(), "silo"].tolist() == ["roster"]


def test_a_child_is_named_by_no_local_id_and_by_the_same_name_every_time() -> None:
    records = [record("sis", "4711", *ANA, State="1"), record("meals", "b", *ANA)]
    once, again = linked(*records), linked(*reversed(records))
    pd.testing.assert_frame_equal(once.crosswalk, again.crosswalk)
    assert not once.crosswalk["child"].str.contains("4711").any()


def test_names_disagree_as_written_but_not_for_capitals_alone() -> None:
    links = linked(
        record("sis", "a", "Robert", "McKee", "2012-05-17", State="1"),
        record("lms", "b", "ROBERT", "MCKEE", "2012-05-17", State="1"),
        record("map", "c", "Robert", "Mckee", "2012-05-17", State="1"),
        record(
            "clubs", "d", born="2012-05-17", full_name="Mckee, Robert", name_order="last first", State="1"
        ),
        record(
            "meals", "e", born="2012-05-17", full_name="McKee, Robert", name_order="last first", State="1"
        ),
    )
    found = links.findings
    assert set(found["kind"]) == {"names_disagree"}
    assert found[["silo", "column"]].values.tolist() == [["clubs", "full_name"], ["map", "last_surname"]]


def test_a_preferred_name_joins_and_is_still_a_disagreement_as_written() -> None:
    links = linked(
        record("sis", "a", "Xiaoming", "Li", "2012-05-17", preferred_first_name="Kevin"),
        record("lms", "b", "Kevin", "Li", "2012-05-17"),
    )
    assert only_pair(links)["decision"] == "Match"
    assert links.findings[["silo", "column", "value"]].values.tolist() == [["lms", "first_name", "Kevin"]]


def test_only_children_are_linked() -> None:
    links = linked(record("sis", "a", *ANA), record("sis", "b", *ANA, role="Staff"))
    assert links.crosswalk["record"].tolist() == ["a"]


def test_an_id_that_hundreds_carry_is_no_id_and_is_counted() -> None:
    links = linked(*(record("map", f"r{number}", State="0000") for number in range(150)))
    assert links.pairs.empty
    assert links.passed_over.loc[0, ["keys", "records"]].tolist() == [1, 150]


def test_no_records_give_no_children() -> None:
    people, identifiers = frames(record("sis", "a", *ANA, State="1"))
    links = link_children(people.iloc[:0], identifiers.iloc[:0])
    assert links.crosswalk.empty
    assert links.pairs.empty
    assert links.findings.empty


def test_an_unknown_method_is_refused_with_the_nearest() -> None:
    people, identifiers = frames(record("sis", "a", *ANA))
    with pytest.raises(BadInput, match="Did you mean exact"):
        link_children(people, identifiers, method="exakt")  # type: ignore[arg-type]
