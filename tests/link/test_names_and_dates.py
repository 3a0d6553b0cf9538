"""Names and birth dates: habits of writing are seen through, and what disagrees is told."""

from __future__ import annotations

import pytest

from tests.link.records import linked, only_pair, record


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
    assert (pair["step"], pair["evidence_birth_date"]) == ("Standardized", "Ambiguous date")
    assert links.findings["kind"].tolist() == ["birth_date_disagrees"]


def test_a_date_that_can_be_read_in_two_ways_is_no_disagreement() -> None:
    links = linked(
        record("sis", "a", "Ana", "Lopez", "2012-03-04"),
        record("meals", "b", "Ana", "Lopez", "2012-04-03", or_born="2012-03-04"),
    )
    assert (only_pair(links)["evidence_birth_date"], len(links.findings)) == ("Ambiguous date", 0)


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (("JOSÉ", "O'BRIEN"), ("Jose", "OBrien")),
        (("Jose", "O&#39;Brien"), ("Jose", "O'Brien")),
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


@pytest.mark.one_in(3)
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
