"""Ids: which may meet, what an equal one proves, and when a join on it would be wrong."""

from __future__ import annotations

import pytest

from tests.link.records import ANA, children, linked, only_pair, record


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


@pytest.mark.one_in(3)
@pytest.mark.parametrize("system", ["State", "District", "Undeclared"])
def test_an_undeclared_id_meets_state_district_and_undeclared_where_names_agree(system: str) -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", Undeclared="77"),
        record("lms", "b", "Ana", "Lopez", **{system: "77"}),
    )
    assert only_pair(links)["decision"] == "Match"


@pytest.mark.one_in(3)
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


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        (("Victor", "Lopez", "2012-05-17"), ["meals", "sis"]),  # a brother: a reviewer isn't needed to see it
        (("Ana", "Okafor", "2009-11-02"), []),  # she may have a new surname, and a wrong birth date
    ],
)
def test_an_id_of_two_who_wait_for_review_collides_only_if_their_first_names_clearly_differ(
    name: tuple[str, str, str], reported: list[str]
) -> None:
    links = linked(record("sis", "a", *ANA, State="1"), record("meals", "b", *name, State="1"))
    assert only_pair(links)["decision"] == "Review"
    collisions = links.findings[links.findings["kind"] == "id_colliding"]
    assert collisions["silo"].tolist() == reported


def test_an_unverified_record_whose_other_id_is_anothers_is_reported() -> None:
    # Neither name nor birth date in the vendor's file: its ids point at two children.
    links = linked(
        record("sis", "lola", "Lola", "Conrad", "2008-02-03", State="605000"),
        record("sis", "tyrone", "Tyrone", "Dyer", "2007-06-01", State="604821"),
        record("map", "x", Undeclared="605000", State="604821"),
    )
    assert links.crosswalk.set_index("record").loc["x", "link_status"] == "Unverified"
    assert links.findings[["silo", "kind", "value"]].values.tolist() == [
        ["map", "id_colliding", "605000"],
        ["sis", "id_colliding", "605000"],
    ]


def test_an_id_that_hundreds_carry_is_no_id_and_is_counted() -> None:
    links = linked(*(record("map", f"r{number}", State="0000") for number in range(150)))
    assert links.pairs.empty
    assert links.passed_over.loc[0, ["keys", "records"]].tolist() == [1, 150]


@pytest.mark.parametrize(("named", "said"), [((), {"Unverified"}), (ANA, {"Verified", "Unverified"})])
def test_records_of_one_id_are_verified_only_by_a_name_or_a_birth_date(
    named: tuple[str, ...], said: set[str]
) -> None:
    links = linked(record("meals", "a", *named, State="77"), record("map", "b", State="77"))
    assert len(children(links.crosswalk)) == 1
    assert set(links.crosswalk["link_status"]) == said
