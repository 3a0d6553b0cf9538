"""An initial is weak support at most: it never makes two first names one, in a district or in two files."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.link.two_files import link_files, read_person_file
from tests.link.records import linked, only_pair, record
from tests.link.test_decided import child_of, decided, town
from tests.link.two_lists import persons, write_rows

# Whole names of two children, each as its list has it.
TWO_CHILDREN = [
    ("Samuel G.", "DeShawn G."),
    ("G. Samuel", "G. DeShawn"),
    ("Samuel G", "G DeShawn"),
    ("Samuel Lopez", "DeShawn Lopez"),
    ("G. Samuel Lopez", "G. DeShawn Lopez"),
]


@pytest.mark.one_in(5)
@pytest.mark.parametrize(("one", "other"), TWO_CHILDREN)
@pytest.mark.parametrize(("order", "born"), [("unknown", ""), ("first last", "2012-05-17")])
def test_two_first_names_in_lists_of_whole_names_are_two_children(
    one: str, other: str, order: str, born: str
) -> None:
    more = {"name_order": order, "school_name": "School 0", "telephone": "555 010 0101"}
    links = decided(
        town(
            record("clubs", "c", born=born, full_name=one, **more),
            record("lms", "l", born=born, full_name=other, **more),
        )
    )
    assert child_of(links, "clubs", "c") != child_of(links, "lms", "l")


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("G.", "Lopez"), ("G.", "Lopez")),
        (("G.", "Lopez"), ("Gabriel", "Lopez")),
        (("G.", "Samuel"), ("G.", "Diaz")),
    ],
)
def test_an_initial_agrees_with_nothing_in_the_evidence_and_joins_nobody_by_a_rule(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    links = linked(
        record("sis", "a", *one, "2012-05-17"),
        record("meals", "b", *other, "2012-05-17"),
        method="cascade",
    )
    assert child_of(links, "sis", "a") != child_of(links, "meals", "b")
    told = links.pairs["evidence_first_name"]
    assert told.isin(["Missing", "Different"]).all()


def test_an_initial_that_fits_counts_where_the_preferred_name_is_another() -> None:
    links = linked(
        record("sis", "a", "G.", "Lopez", "2012-05-17", preferred_first_name="Samuel", State="1"),
        record("meals", "b", "Gabriel", "Lopez", "2012-05-17", State="1"),
    )
    assert only_pair(links)["decision"] == "Match"


@pytest.mark.full
def test_an_initial_that_disagrees_speaks_against() -> None:
    rows = [
        record("sis", "a", "G.", "Quartz", "2012-05-17"),
        record("meals", "b", "Nora", "Quartz", "2012-05-17"),
    ]
    links = decided(town(*rows))
    assert child_of(links, "sis", "a") != child_of(links, "meals", "b")


@pytest.mark.full
def test_two_initials_weigh_less_than_an_initial_and_a_first_name_that_it_fits() -> None:
    def weight(one: str, other: str) -> float:
        rows = [
            record("sis", "a", one, "Quartz", "2012-05-17"),
            record("meals", "b", other, "Quartz", "2012-05-17"),
        ]
        pairs = decided(town(*rows)).pairs
        mine = pairs["left_record"].isin(["a", "b"]) & pairs["right_record"].isin(["a", "b"])
        return float(pairs.loc[mine, "match_weight"].dropna().item())

    assert weight("G.", "G.") < weight("G.", "Gabriel")


@pytest.mark.full
def test_an_initial_with_a_surname_still_finds_the_only_child_whom_both_fit() -> None:
    links = decided(
        town(record("clubs", "c", full_name="W. Hawkins", name_order="first last", school_name="School 0"))
    )
    assert child_of(links, "clubs", "c") == child_of(links, "sis", "s000")
    links = decided(
        town(record("clubs", "c", full_name="Wyatt H.", name_order="unknown", school_name="School 0"))
    )
    assert child_of(links, "clubs", "c") == child_of(links, "sis", "s000")


def test_a_first_name_of_one_sign_in_a_script_without_capitals_is_whole() -> None:
    rows = [
        record(silo, silo, "\N{CJK UNIFIED IDEOGRAPH-4F1F}", "Wang", "2012-05-17")
        for silo in ("sis", "meals")
    ]
    links = linked(*rows, method="standardized")
    assert child_of(links, "sis", "sis") == child_of(links, "meals", "meals")


HEADS = ["name", "dob", "house_number", "street", "postcode"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("one", "other"), [*TWO_CHILDREN, ("G. Lopez", "G. Lopez"), ("Nora Lopez", "G. Lopez")]
)
def test_in_two_files_one_home_and_an_initial_make_nobody_one_person(
    tmp_path: Path, one: str, other: str
) -> None:
    crowd = [[f"{row[0]} {row[1]}", *row[2:]] for row in persons(60)]
    home = ["7", "Mill Lane", "54321"]
    left = read_person_file(write_rows(tmp_path / "left.csv", HEADS, [*crowd, [one, "", *home]]))
    right = read_person_file(write_rows(tmp_path / "right.csv", HEADS, [*crowd, [other, "", *home]]))
    pairs = link_files(left, right).pairs
    mine = pairs[pairs["left_row"].eq(60) & pairs["right_row"].eq(60)]
    assert not mine["decision"].eq("Match").any()


def test_in_two_files_an_initial_and_the_same_birth_date_and_home_is_one_person(tmp_path: Path) -> None:
    crowd = [[f"{row[0]} {row[1]}", *row[2:]] for row in persons(60)]
    rest = ["2011-11-30", "7", "Mill Lane", "54321"]
    left = read_person_file(write_rows(tmp_path / "left.csv", HEADS, [*crowd, ["G. Lopez", *rest]]))
    right = read_person_file(write_rows(tmp_path / "right.csv", HEADS, [*crowd, ["Gabriel Lopez", *rest]]))
    pairs = link_files(left, right).pairs
    mine = pairs[pairs["left_row"].eq(60) & pairs["right_row"].eq(60)]
    assert mine["decision"].tolist() == ["Match"]
