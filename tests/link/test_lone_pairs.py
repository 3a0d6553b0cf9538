"""Two first names that no other record confirms: one child with a typo, or twins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import helpers.link.methods.probabilistic
import helpers.link.resolve.weighted_pairs
from helpers.link import Links
from helpers.link.blocking import Values
from helpers.link.records import Units
from helpers.link.resolve.lone_pairs import lack_witness, may_be_twins
from tests.link.records import children, linked, record
from tests.link.test_lines import scores_of
from tests.link.units import born, unit, units_of

DAY, OTHER_DAY = "2012-05-17", "2014-03-02"
SYSTEMS = ("sis", "meals", "health", "library", "clubs")
HOME = {"street_number_name": "12 Elm St", "postal_code": "55555", "telephone": "555-010-1234"}
OTHERS = [
    ("Ana", "Abbott"), ("Ben", "Becker"), ("Carla", "Castro"), ("Diego", "Dahl"), ("Grace", "Evans"),
    ("Felix", "Fischer"), ("Hugo", "Gomez"), ("Irene", "Hassan"), ("Karim", "Ivanov"), ("Lucia", "Jensen"),
]  # fmt: skip


def asks(
    one: str,
    other: str,
    *,
    more: tuple[tuple[str, str], ...] = (),
    records: int = 8,
    systems: tuple[tuple[int, ...], tuple[int, ...]] = ((0,), (1,)),
    label: tuple[int, int] = (0, 0),
) -> bool:
    """Ask about a link of two units, in systems 0 and 1; by default other children have eight records.

    System 0 is the largest: it has the first of the two and four other children.
    """
    units, labels = units_of_two(one, other, more, records, systems)
    labels[:2] = label
    return bool(lack_witness(units, labels, np.array([0]), np.array([1]))[0])


def units_of_two(
    one: str,
    other: str,
    more: tuple[tuple[str, str], ...] = (),
    records: int = 8,
    systems: tuple[tuple[int, ...], tuple[int, ...]] = ((0,), (1,)),
) -> tuple[Units, np.ndarray]:
    rows = [unit(one, "lopez", **born(DAY)), unit(other, "lopez", **born(DAY))]
    rows += [unit(first, "reed", **born(day)) for first, day in more]
    begin = len(rows)
    rows += [unit(f"x{place}xxxx", "stone", **born("2010-01-01")) for place in range(records)]
    # System 0 has four of the others; further records are spread over systems 2 to 9.
    where = [(place, silo) for place in (0, 1) for silo in systems[place]]
    where += [(begin + place, 0 if place < 4 else 2 + place % 8) for place in range(records)]
    number, silo = (np.array(column, dtype="int64") for column in zip(*sorted(where), strict=True))
    silos = Values.of(number, silo, [str(place) for place in range(10)])
    return replace(units_of(rows), silos=silos, silos_with_name=silos), np.arange(len(rows))


# Five children in the largest system: 20 records are four a child.
@pytest.mark.parametrize(("others", "expected"), [(17, False), (18, True), (19, True)])
def test_any_other_first_name_needs_a_third_record_from_four_records_a_child(
    others: int, expected: bool
) -> None:
    assert asks("lerna", "lirna", records=others) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), False),
        ((("lirna", OTHER_DAY),), False),  # the other spelling is nobody else's
        ((("lerna", DAY), ("lirna", DAY)), False),  # born on this very day: maybe the same two
        ((("lerna", OTHER_DAY), ("lirna", OTHER_DAY)), True),
    ],
)
def test_with_few_records_a_spelling_is_a_name_if_another_child_has_it(
    more: tuple[tuple[str, str], ...], expected: bool
) -> None:
    assert asks("lerna", "lirna", more=more) == expected


def test_with_few_records_two_listed_names_are_names_and_a_typo_of_one_is_not() -> None:
    assert asks("erica", "erin")
    assert not asks("erica", "ericq")


@pytest.mark.parametrize(
    ("one", "other"), [("robert", "bob"), ("sara", "sarah"), ("ana maria", "ana"), ("j", "james")]
)
def test_another_form_of_one_name_needs_no_third_record(one: str, other: str) -> None:
    assert not asks(one, other, records=30)


def test_a_unit_of_two_systems_or_a_third_unit_is_a_third_record() -> None:
    assert asks("lena", "lina", records=30)
    assert not asks("lena", "lina", records=30, systems=((0, 3), (1,)))
    assert not asks("lena", "lina", records=30, systems=((0,), (1, 3)))
    assert not asks("lena", "lina", records=30, label=(2, 2))


@pytest.mark.parametrize(
    ("other", "systems", "expected"),
    [
        ("erin", ((0, 3, 4), (1,)), True),
        ("erin", ((0,), (1, 3, 4)), True),
        ("erin", ((0, 3), (1, 4)), False),  # two systems write either name
        ("ericq", ((0, 3, 4), (1,)), False),  # a typo that is no name
        ("erica", ((0, 3, 4), (1,)), False),
        ("james", ((0, 3, 4), (1,)), True),
    ],
)
def test_one_system_alone_with_another_name_in_use_may_know_the_twin(
    other: str, systems: tuple[tuple[int, ...], tuple[int, ...]], expected: bool
) -> None:
    units, _ = units_of_two("erica", other, systems=systems)
    assert may_be_twins(units, np.array([0]), np.array([1])).tolist() == [expected]


def district(*more: dict[str, object], systems: int = 5) -> Links:
    """Link ten children whom every system has, and the given records."""
    rows = [
        record(silo, f"{silo}-{place}", first, last, f"20{8 + place % 8:02d}-0{1 + place % 9}-1{place % 10}")
        for silo in SYSTEMS[:systems]
        for place, (first, last) in enumerate(OTHERS)
    ]
    return linked(*rows, *more, method="resolved")


def of_two(first: str, silo: str, name: str, **more: str) -> dict[str, object]:
    return record(silo, name, first, "Quintero", DAY, **HOME, **more)


LENA, LINA = ("sis", "one"), ("meals", "other")


def test_twins_known_to_one_system_each_are_kept_apart_and_a_reviewer_is_asked() -> None:
    links = district(of_two("Lena", *LENA), of_two("Lina", *LINA))
    assert {frozenset({LENA}), frozenset({LINA})} <= children(links.crosswalk)
    status = links.crosswalk.set_index(["silo", "record"])["link_status"]
    assert (status[LENA], status[LINA]) == ("Review", "Review")
    assert links.pairs["decision"].eq("Review").sum() == 1


@pytest.mark.parametrize(("name", "together"), [("Marvin", False), ("Marqin", True)])
def test_a_third_record_lets_one_letter_be_a_typo_unless_it_makes_a_name(name: str, together: bool) -> None:
    third = ("health", "third")
    links = district(of_two("Martin", *LENA), of_two(name, *LINA), of_two("Martin", *third))
    assert (frozenset({LENA, LINA, third}) in children(links.crosswalk)) is together
    status = links.crosswalk.set_index(["silo", "record"])["link_status"]
    assert status[LINA] == ("Verified" if together else "Review")
    assert status[LENA] == "Verified"


@pytest.mark.parametrize(
    ("written", "together"),
    [
        ((("library", OTHER_DAY), ("clubs", OTHER_DAY)), False),  # two systems know a child of this name
        ((("library", OTHER_DAY), ("clubs", "2013-04-04")), True),  # two children with one typo
        ((("library", OTHER_DAY), ("library", OTHER_DAY)), True),
    ],
)
def test_a_spelling_is_a_name_where_two_systems_write_it_for_one_birth_date(
    written: tuple[tuple[str, str], ...], together: bool
) -> None:
    third = ("health", "third")
    others = [
        record(silo, f"o-{place}", "Marqin", "Zimmer", day) for place, (silo, day) in enumerate(written)
    ]
    links = district(of_two("Martin", *LENA), of_two("Marqin", *LINA), of_two("Martin", *third), *others)
    assert (frozenset({LENA, LINA, third}) in children(links.crosswalk)) is together


def test_an_id_in_common_lets_one_letter_be_a_typo() -> None:
    links = district(of_two("Lena", *LENA, State="5550001"), of_two("Lina", *LINA, State="5550001"))
    assert frozenset({LENA, LINA}) in children(links.crosswalk)


def test_a_typo_that_is_no_name_is_linked_where_children_have_few_records() -> None:
    links = district(of_two("Lena", *LENA), of_two("Lenq", *LINA), systems=2)
    assert frozenset({LENA, LINA}) in children(links.crosswalk)


@pytest.mark.parametrize(
    ("name", "decision"), [("Marvin", "Review"), ("Marqin", "Match"), ("Martin", "Match")]
)
def test_a_record_without_a_birth_date_under_another_name_in_use_may_be_the_twin(
    monkeypatch: pytest.MonkeyPatch, name: str, decision: str
) -> None:
    """Two systems know Martin with her birth date; a list without any has one of her surname and home."""
    for module in (helpers.link.methods.probabilistic, helpers.link.resolve.weighted_pairs):
        monkeypatch.setattr(module, "score_pairs", scores_of(0.99))
    links = linked(
        record("sis", "a", "Martin", "Quintero", DAY, **HOME),
        record("health", "b", "Martin", "Quintero", DAY, **HOME),
        record("clubs", "c", name, "Quintero", **HOME),
        method="resolved",
    )
    of_list = links.pairs[links.pairs["left_silo"].eq("clubs") | links.pairs["right_silo"].eq("clubs")]
    assert set(of_list["decision"]) - {"No match"} == {decision}
    together = frozenset({("sis", "a"), ("health", "b"), ("clubs", "c")})
    assert (together in children(links.crosswalk)) is (decision == "Match")
