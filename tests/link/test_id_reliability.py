"""What an id proves: a different number that there are two children, an e-mail address that there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from helpers.link.ids.columns import verify_id_columns
from helpers.link.records import SourceLocations, prepare_records
from tests.link.records import children, frames, linked, record
from tests.link.test_id_columns import ALL, judged

COUNT = 40


def listed(
    silo: str, system: str, numbers: Sequence[int | str], names: Sequence[Any] = ALL, *, dated: bool = True
) -> list[dict[str, Any]]:
    """List the first children with these numbers."""
    return [
        record(silo, f"{silo}{row:03d}", *names[row][: 3 if dated else 2], **{system: str(number)})
        for row, number in enumerate(numbers)
    ]


def own(count: int) -> list[int]:
    """Number the children as the district does, but for the first few, who have the system's own numbers."""
    return [*range(900_000, 900_000 + count), *range(500_000 + count, 500_000 + COUNT)]


ROSTER = list(range(500_000, 500_000 + COUNT))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("system", "dated"), [("State", True), ("State", False), ("District", False)])
@pytest.mark.parametrize(("count", "told"), [(4, False), (5, True), (9, True)])
def test_five_own_numbers_in_a_declared_column_show_that_its_ids_prove_nothing_by_being_different(
    count: int, told: bool, system: str, dated: bool
) -> None:
    rosters = [*listed("sis", system, ROSTER), *listed("lms", system, ROSTER)]
    columns = judged(*rosters, *listed("meals", system, own(count), dated=dated))
    free = columns.ids[~columns.ids["contradicts"]]
    assert sorted(free["value"]) == ([str(number) for number in own(count)[:count]] if told else [])
    findings = columns.findings[columns.findings["kind"].eq("id_unmatched")].to_dict("records")
    assert len(findings) == told
    for one in findings:
        assert (one["silo"], one["column"], one["times"]) == ("meals", system, count)
        assert (one["value"], one["row"]) == ("900000", 2 * COUNT + 2)
        said = f"children whose name is elsewhere too: {COUNT}; who have another id there: {count}"
        assert said in one["expected"]


def test_of_two_systems_neither_is_believed_more() -> None:
    columns = judged(*listed("sis", "State", ROSTER), *listed("meals", "State", own(5)))
    assert columns.findings["silo"].tolist() == ["sis", "meals"]
    assert (~columns.ids["contradicts"]).sum() == 10


@pytest.mark.parametrize(("with_letters", "free"), [(False, ["aabbott1"]), (True, [])])
def test_a_login_among_numbers_contradicts_nobody(with_letters: bool, free: list[str]) -> None:
    """Where two systems have a number with letters, another one with letters is a number, too."""
    numbers: list[Any] = [*ROSTER]
    if with_letters:
        numbers[-1] = "51x"
    columns = judged(
        *listed("sis", "State", numbers),
        *listed("meals", "State", numbers),
        *listed("lms", "State", ["aabbott1", *numbers[1:]]),
    )
    assert sorted(columns.ids.loc[~columns.ids["contradicts"], "value"]) == free
    assert columns.findings["kind"].eq("id_unmatched").sum() == len(free)


def test_five_of_hundreds_are_slips_and_contradict() -> None:
    numbers = [500_000 + row for row in range(len(ALL))]
    slipped = [900_000 + row if row < 5 else number for row, number in enumerate(numbers)]
    columns = judged(*listed("sis", "State", numbers), *listed("meals", "State", slipped))
    assert columns.ids["contradicts"].all()


@pytest.mark.parametrize(("children", "told"), [(107, True), (108, False)])
def test_five_of_a_hundred_and_seven_own_numbers_are_the_line(children: int, told: bool) -> None:
    """Of so many children five are surely more than 2%; of one more they may be slips."""
    numbers = [500_000 + row for row in range(children)]
    slipped = [900_000 + row if row < 5 else number for row, number in enumerate(numbers)]
    rosters = [*listed("sis", "State", numbers), *listed("lms", "State", numbers)]
    columns = judged(*rosters, *listed("meals", "State", slipped))
    assert (~columns.ids["contradicts"]).sum() == (5 if told else 0)


@pytest.mark.full
@pytest.mark.parametrize("count", [4, 5])
def test_the_children_of_such_a_column_are_joined_by_name_and_birth_date(count: int) -> None:
    links = linked(*listed("sis", "District", ROSTER), *listed("meals", "District", own(count)))
    together = [group for group in children(links.crosswalk) if len(group) == 2]
    assert len(together) == (COUNT if count == 5 else COUNT - 4)


def test_children_who_are_in_no_other_system_are_no_sign_of_own_numbers() -> None:
    """The summer school's guests: other names, and numbers that the roster doesn't have."""
    numbers = [*ROSTER[:10], *range(700_000, 700_000 + COUNT)]
    columns = judged(
        *listed("sis", "State", ROSTER), *listed("county", "State", numbers, [*ALL[:10], *ALL[COUNT:]])
    )
    assert columns.ids["contradicts"].all()
    assert columns.findings.empty


def test_children_of_one_name_and_two_birth_dates_are_no_sign_of_own_numbers() -> None:
    names = [(first, last, "2001-02-03") for first, last, _ in ALL[:COUNT]]
    columns = judged(*listed("sis", "State", ROSTER), *listed("county", "State", own(COUNT), names))
    assert columns.ids["contradicts"].all()


@pytest.mark.full
@pytest.mark.parametrize("other_date", [None, "2001-02-03"])
def test_names_that_a_roster_has_twice_are_no_sign_of_own_numbers(other_date: str | None) -> None:
    """Two children of one name: which of them the third list means, nobody knows."""
    rows = [*listed("sis", "State", ROSTER, dated=other_date is not None)]
    rows += listed("meals", "State", own(5), dated=False)
    namesakes = [(*ALL[row][:2], other_date) for row in range(5)]
    rows += [record("sis", f"x{row}", *namesakes[row], State=str(800_000 + row)) for row in range(5)]
    assert judged(*rows).ids["contradicts"].all()


def two_against_one(system: str, **more: Any) -> list[dict[str, Any]]:
    ana = ("Ana", "Lopez", "2012-05-17")
    return [
        record("sis", "a", *ana, **{system: "1"}),
        record("map", "b", *ana, **{system: "1"}),
        record("meals", "c", *(more.get("name") or ana), **{system: "2"}),
    ]


@pytest.mark.full
@pytest.mark.parametrize(("system", "one"), [("District", True), ("State", False)])
def test_two_systems_outvote_a_district_number_and_a_person_decides_about_a_state_id(
    system: str, one: bool
) -> None:
    links = linked(*two_against_one(system))
    assert (links.crosswalk["child"].nunique() == 1) == one
    assert links.pairs["decision"].eq("Review").any() != one


def test_a_number_that_another_child_has_is_not_outvoted() -> None:
    other = record("nurse", "d", "Ben", "Kim", "2011-01-02", District="2")
    links = linked(*two_against_one("District"), other)
    assert links.crosswalk.set_index("record")["child"].nunique() == 3


@pytest.mark.full
@pytest.mark.parametrize("name", [("Ana", "Lopez", "2009-05-17"), ("Anna", "Lopez", "2012-05-17")])
def test_another_birth_date_or_name_is_not_outvoted(name: tuple[str, str, str]) -> None:
    links = linked(*two_against_one("District", name=name))
    assert links.crosswalk.set_index("record")["child"].nunique() == 2


def test_two_numbers_of_one_state_id_are_one_childs() -> None:
    """A roster lists a child twice after a move: under two District numbers and one State id."""
    ana = ("Ana", "Lopez", "2012-05-17")
    links = linked(
        record("sis", "a", *ana, State="7", District="1"),
        record("sis", "b", *ana, State="7", District="2"),
        record("meals", "c", *ana, District="1"),
        record("lms", "d", *ana, District="1"),
    )
    assert links.crosswalk["child"].nunique() == 1


def test_a_child_whom_one_system_has_twice_is_one_child() -> None:
    """The second account's number is in no other system, and the first is the district's."""
    ana = ("Ana", "Lopez", "2012-05-17")
    rows = [record(silo, silo, *ana, District="1") for silo in ("sis", "lms", "meals")]
    links = linked(*rows, record("meals", "again", *ana, District="9"))
    assert links.crosswalk["child"].nunique() == 1


def test_two_numbers_of_one_name_in_two_systems_each_are_two_children() -> None:
    """Born on one day under one name: each number is in two systems, so neither is outvoted."""
    ana = ("Ana", "Lopez", "2012-05-17")
    rows = [record(silo, f"{silo}{n}", *ana, District=n) for silo in ("sis", "meals") for n in ("1", "2")]
    links = linked(*rows, record("lms", "d", *ana, District="1"))
    child = links.crosswalk.set_index("record")["child"]
    assert child["sis1"] == child["meals1"] == child["d"] != child["sis2"] == child["meals2"]


# ----------------------------------------------------------------------------------- addresses of one child

MANY = len(ALL)


def mailed(silo: str, count: int, families: int = 0, *, named: bool = True) -> list[dict[str, Any]]:
    """List children with their e-mail addresses; two children of each of the first families share one."""
    return [
        record(
            silo,
            f"{silo}{row:03d}",
            *(ALL[row] if named else ("", "", "")),
            Email=f"home{row // 2}@x.org" if row < 2 * families else f"child{row}@x.org",
        )
        for row in range(count)
    ]


def joined_by_address(*records: dict[str, Any]) -> tuple[int, set[str]]:
    """Count the children that have records of two systems, and say how these are linked."""
    links = linked(*records, method="shared identifier")
    together = links.crosswalk.groupby("child")["silo"].transform("nunique") > 1
    return int(links.crosswalk.loc[together, "child"].nunique()), set(
        links.crosswalk["link_status"][together]
    )


@pytest.mark.parametrize(
    ("count", "joined"), [(72, 0), (73, 73), pytest.param(300, 300, marks=pytest.mark.full)]
)
def test_an_address_that_no_two_children_share_joins_where_it_is_all_that_two_systems_share(
    count: int, joined: int
) -> None:
    """With fewer children, brothers and sisters might just not be among them."""
    found, link_status = joined_by_address(*mailed("sis", count), *mailed("survey", count, named=False))
    assert found == joined
    assert link_status <= {"Verified", "Unverified"}


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("families", "joined"), [(3, MANY - 6), (12, MANY - 24), (13, 0), (100, 0)])
def test_addresses_of_families_join_nobody_by_themselves(families: int, joined: int) -> None:
    """A few addresses with two children don't spoil the others; from 5% on, each may be a family's."""
    rows = [*mailed("sis", MANY, families), *mailed("survey", MANY, families, named=False)]
    assert joined_by_address(*rows)[0] == joined
    people, ids = frames(*rows)
    students = prepare_records(people, ids, anchor_order=("sis",))
    findings = verify_id_columns(
        students, 100, SourceLocations(ids[["silo", "record", "file", "row"]], {}, {})
    ).findings
    told = findings[findings["kind"].eq("email_shared")].set_index("silo")
    assert told.loc["sis", "times"] == 2 * families
    assert f"{families} of {MANY - families} addresses" in told.loc["sis", "expected"]
    assert ("the others on their own" in told.loc["sis", "expected"]) == (joined > 0)


def test_without_any_name_nobody_knows_whether_families_share_addresses() -> None:
    assert joined_by_address(*mailed("poll", 300, named=False), *mailed("survey", 300, named=False))[0] == 0


def test_an_address_with_plainly_another_first_name_joins_nobody() -> None:
    rows = mailed("sis", MANY)
    other = record("survey", "x", "Zebulon", "Quartz", Email="child200@x.org")
    child = linked(*rows, other).crosswalk.set_index("record")["child"]
    assert child["x"] != child["sis200"]


def test_parents_addresses_in_another_column_don_t_spoil_the_childrens() -> None:
    """Two kinds of addresses that don't meet are judged apart."""
    parents = [
        record("portal", f"p{row:03d}", *ALL[row], Email=f"parent{row // 2}@y.org") for row in range(MANY)
    ]
    rows = [*mailed("sis", MANY), *mailed("survey", MANY, named=False), *parents]
    links = linked(*rows, method="shared identifier")
    systems = links.crosswalk.groupby("child")["silo"].agg(lambda silos: " ".join(sorted(silos)))
    assert systems.value_counts().to_dict() == {"sis survey": MANY, "portal": MANY}
