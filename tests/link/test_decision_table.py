"""The decision table, line by line, and the pairs that schools trip over."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.link.records import ANA, children, linked, only_pair, record


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("left", "right", "decision", "link_status", "contradiction"),
    [
        # Two of three agree.
        ((*ANA, {"State": "1"}), (*ANA, {"State": "1"}), "Match", "Verified", None),
        ((*ANA, {"State": "1"}), ("Ana", "Lopez", "", {"State": "1"}), "Match", "Verified", None),
        ((*ANA, {"PIN": "1"}), ("Ana", "Lopez", "", {"PIN": "1"}), "Match", "Verified", None),
        ((*ANA, {"State": "1"}), ("", "", "2012-05-17", {"State": "1"}), "Match", "Verified", None),
        ((*ANA, {}), (*ANA, {}), "Match", "Verified", None),
        ((*ANA, {"State": "1"}), (*ANA, {"District": "2"}), "Match", "Verified", None),
        # … and the third disagrees: joined, and said.
        (
            (*ANA, {"State": "1"}),
            ("Ana", "Lopez", "2003-05-17", {"State": "1"}),
            "Match",
            "Verified",
            "birth date",
        ),
        (
            (*ANA, {"PIN": "1"}),
            ("Ana", "Lopez", "2003-05-17", {"PIN": "1"}),
            "Match",
            "Verified",
            "birth date",
        ),
        (
            (*ANA, {"State": "1"}),
            ("Ana", "Smith", "2012-05-17", {"State": "1"}),
            "Match",
            "Verified",
            "surname",
        ),
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
            "Unlinked",
            "first name; birth date",
        ),
        (
            (*ANA, {"PIN": "1"}),
            ("Bea", "Lopez", "2012-05-17", {"PIN": "1"}),
            "Refused",
            "Unlinked",
            "first name",
        ),
        (
            (*ANA, {"PIN": "1", "State": "1"}),
            (*ANA, {"PIN": "1", "State": "2"}),
            "Refused",
            "Unlinked",
            "State id",
        ),
        (
            (*ANA, {"State": "1"}),
            ("Bea", "Smith", "", {"State": "1"}),
            "Refused",
            "Unlinked",
            "first name; surname",
        ),
        ((*ANA, {"Login": "1"}), ("Bea", "Lopez", "", {"Login": "1"}), "Refused", "Unlinked", "first name"),
        # A weak id alone.
        ((*ANA, {"Login": "1"}), ("", "", "", {"Login": "1"}), "No match", "Unlinked", None),
        ((*ANA, {"Email": "1"}), ("", "", "", {"Email": "1"}), "No match", "Unlinked", None),
        ((*ANA, {"PIN": "1"}), ("", "", "", {"PIN": "1"}), "No match", "Unlinked", None),
        ((*ANA, {"Undeclared": "1"}), ("", "", "", {"State": "1"}), "No match", "Unlinked", None),
        ((*ANA, {"PIN": "1"}), ("Ana", "Smith", "", {"PIN": "1"}), "No match", "Unlinked", "surname"),
    ],
)
def test_each_line_of_the_decision_table(
    left: tuple[Any, ...], right: tuple[Any, ...], decision: str, link_status: str, contradiction: str | None
) -> None:
    links = linked(record("sis", "a", *left[:3], **left[3]), record("meals", "b", *right[:3], **right[3]))
    pair = only_pair(links)
    assert pair["decision"] == decision
    assert (None if pd.isna(pair["contradiction"]) else pair["contradiction"]) == contradiction
    assert links.crosswalk.set_index("silo").loc["meals", "link_status"] == link_status
    assert (links.crosswalk["child"].nunique() == 1) == (decision == "Match")


def test_a_name_alone_joins_nobody() -> None:
    links = linked(record("sis", "a", *ANA), record("clubs", "b", "Ana", "Lopez"))
    assert links.pairs.empty
    assert links.crosswalk["link_status"].tolist() == ["Unlinked", "Unlinked"]


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
    assert links.crosswalk["link_status"].tolist() == ["Review", "Review", "Review"]


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


def test_one_misspelled_name_of_many_keeps_no_nickname_out() -> None:
    """Rules join Ben to nobody, since Bnejamin is another name; the model compares him with all names."""
    ben = ("Brady", "2010-04-04")
    links = linked(
        record("sis", "a", "Benjamin", *ben, State="1"),
        record("map", "b", "Benjamin", *ben),
        record("meals", "c", "Bnejamin", *ben, State="1"),
        record("nurse", "d", "Ben", *ben),
        method="resolved",
    )
    assert len(children(links.crosswalk)) == 1
    of_ben = links.pairs[links.pairs["left_record"].eq("d") | links.pairs["right_record"].eq("d")]
    assert set(of_ben["decision"]) == {"Match"}
    assert set(of_ben["decided_by"]) == {"Model"}
    assert of_ben["contradiction"].isna().all()


def test_a_silo_that_keeps_one_record_a_child_is_taken_at_its_word() -> None:
    records = [record("sis", "a", *ANA, State="1"), record("sis", "b", *ANA, State="1")]
    assert len(children(linked(*records).crosswalk)) == 1
    assert len(children(linked(*records, unique_people=["sis"]).crosswalk)) == 2
