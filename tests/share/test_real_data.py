from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from helpers.cli import main
from helpers.files import District
from helpers.gaps import measure_gaps
from helpers.link import Links
from helpers.share import Guard
from helpers.share.disclosure import pooled_groups, pooled_neighbors, shown_everybody, suppress_totals
from helpers.share.guard import HIDDEN, MASK
from helpers.standard import as_table
from tests.district_by_hand import district, layout, links, silo

REAL, MADE = Guard(real=True), Guard(real=False)
STUDENTS = layout(
    "sis",
    file=[
        {
            "name": "students",
            "path": "students.csv",
            "format": "csv",
            "row_is": "a student",
            "columns": [
                {"name": "surname", "sensitivity": "restricted"},
                {"name": "grade", "sensitivity": "internal"},
                {"name": "note"},
                {"name": "calendarEvents[].date", "sensitivity": "public"},
            ],
        },
        {
            "name": "other",
            "path": "other.csv",
            "format": "csv",
            "row_is": "a thing",
            "columns": [{"name": "surname", "sensitivity": "public"}],
        },
    ],
)


def finding(column: str | None, kind: str = "not_a_date", silo_name: str | None = "sis") -> dict[str, Any]:
    place = {"silo": silo_name, "file": "sis/students.csv", "row": 7, "column": column}
    said = {
        "value": "Okonkwo",
        "kind": kind,
        "expected": "Okafor",
        "action_taken": "nothing",
        "read_as": "Okonkwo",
    }
    return {**place, **said, "times": 1}


def masked(*rows: dict[str, Any], guard: Guard = REAL, **more: bool) -> pd.DataFrame:
    return guard.findings(as_table("findings", pd.DataFrame(list(rows))), {"sis": STUDENTS}, **more)


def test_a_folder_is_real_unless_it_says_that_it_is_invented() -> None:
    assert Guard.of(district(silo("sis", []), synthetic=False)).real
    assert not Guard.of(district(silo("sis", []))).real
    without_a_word = district(silo("sis", []))
    assert Guard.of(District(without_a_word.folder, {}, without_a_word.silos)).real


@given(st.integers(0, 60), st.integers(0, 60))
def test_no_number_of_one_to_nine_children_can_be_read(number: int, rest: int) -> None:
    whole = number + rest
    said = REAL.rate(number, whole, digits=3)

    if 0 < number < 10:
        assert REAL.count(number) == "fewer than 10"
    else:
        assert REAL.count(number) == str(number)
    if any(0 < each < 10 for each in (number, rest, whole)):
        assert said.startswith(("under", "over", "hidden"))
        # Every number that is hidden from a group of this size reads the same.
        small = [REAL.rate(each, whole) for each in range(1, min(10, whole))]
        assert len(set(small)) <= 1 or whole < 20
    elif whole:
        assert said == f"{100 * number / whole:.3f}%"


def test_rows_about_children_are_never_shown_of_a_real_district() -> None:
    rows = pd.DataFrame({"Okonkwo": ["Chidi"] * 4})

    said = REAL.rows(rows)
    assert isinstance(said, str)
    assert "Chidi" not in said
    assert "Okonkwo" not in said
    assert "fewer than 10" in said
    assert MADE.rows(rows) is rows


@pytest.mark.parametrize("column", ["surname", "note", "nobody declared this", None])
def test_a_restricted_or_unknown_column_keeps_kind_and_place_only(column: str | None) -> None:
    shown = masked(finding(column)).iloc[0]

    assert (shown["value"], shown["read_as"]) == (MASK, MASK)
    assert (shown["kind"], shown["file"], shown["row"]) == ("not_a_date", "sis/students.csv", 7)


@pytest.mark.parametrize("column", ["grade", "calendarEvents[2].date"])
def test_an_open_column_keeps_its_value(column: str) -> None:
    assert masked(finding(column)).iloc[0]["value"] == "Okonkwo"


def test_what_another_record_says_is_masked_too_and_what_the_layout_says_is_not() -> None:
    shown = masked(
        finding("last_surname", "names_disagree"), finding("surname", "not_a_date"), finding("x", "new_kind")
    )
    assert list(shown["expected"]) == [MASK, "Okafor", MASK]


def test_a_file_of_no_system_is_masked() -> None:
    assert masked(finding("grade", silo_name=None)).iloc[0]["value"] == MASK
    assert masked(finding("grade", silo_name="clubs")).iloc[0]["value"] == MASK


def test_an_empty_cell_stays_empty() -> None:
    empty = masked({**finding("note"), "value": None, "read_as": None})
    assert empty[["value", "read_as"]].isna().all(axis=None)


def test_values_are_shown_of_a_made_district_and_to_whoever_asks_at_the_machine() -> None:
    assert masked(finding("surname"), guard=MADE).iloc[0]["value"] == "Okonkwo"
    assert masked(finding("surname"), show_values=True).iloc[0]["value"] == "Okonkwo"


@pytest.fixture(scope="module")
def small() -> tuple[District, Links]:
    """A roster of 30, of whom 25 are in meals and 4 more only there."""
    people = [{"record": f"r{at}", "first_name": "A", "last_surname": f"B{at}"} for at in range(34)]
    both = district(silo("sis", people[:30]), silo("meals", people[5:]), synthetic=False)
    who = {("sis", f"r{at}"): f"c{at}" for at in range(30)}
    who |= {("meals", f"r{at}"): f"c{at}" for at in range(5, 34)}
    return both, links(who)


def test_a_scorecard_hides_small_numbers_and_their_rests(small: tuple[District, Links]) -> None:
    card = measure_gaps(*small)
    shown = Guard.of(small[0]).scorecard(card)

    left = shown[shown["unit"].isin(["rate", "children", "pairs"])]
    for small_number in (left["numerator"], left["denominator"] - left["numerator"], left["denominator"]):
        assert not small_number.between(1, 9).any()
    hidden = shown[shown["next_step"].str.startswith(HIDDEN)]
    assert "match rate" in set(hidden["measure"])
    assert hidden[["numerator", "denominator", "value", "low", "high", "example_row"]].isna().all(axis=None)
    assert len(shown) == len(card)
    assert list(shown.dtypes) == list(card.dtypes)
    assert MADE.scorecard(card) is card


def test_what_two_systems_have_in_common_is_not_within_nine_of_what_one_knows(
    small: tuple[District, Links],
) -> None:
    """The roster knows 30 and both know 25: a line that says 25 says that 5 are missing."""
    card = measure_gaps(*small)
    assert card.loc[card["right_silo"].notna() & card["denominator"].eq(25), "numerator"].notna().any()
    shown = Guard.of(small[0]).scorecard(card)
    pairs = shown[shown["right_silo"].notna() & shown["unit"].isin(["rate", "children", "pairs"])]
    for total in (30, 29):
        for figure in ("numerator", "denominator"):
            assert not (total - pairs[figure]).abs().between(1, 9).any()


def test_a_small_group_is_hidden_though_nothing_is_known_of_it(small: tuple[District, Links]) -> None:
    unknown = measure_gaps(*small).assign(numerator=float("nan"), denominator=7.0)
    counted = unknown["unit"].isin(["rate", "children", "pairs"])
    assert REAL.scorecard(unknown).loc[counted, "denominator"].isna().all()


def test_small_counts_are_left_out_of_a_table() -> None:
    counts = pd.DataFrame(
        {"link_status": ["Verified", "Review", "Unlinked", "Unverified"], "records": [40, 9, 0, 10]}
    )
    assert REAL.counts(counts, "records")["records"].fillna(-1).tolist() == [40, -1, 0, 10]
    assert MADE.counts(counts, "records") is counts


@pytest.mark.full
@pytest.mark.parametrize(
    ("command", "frame", "columns"),
    [
        ("link", "link statuses", ["records", "children"]),
        ("profile", "values", ["children"]),
        ("gaps", "scorecard", ["numerator", "denominator"]),
    ],
)
def test_no_small_number_of_a_real_folder_is_printed(
    command: str, frame: str, columns: list[str], district_folder: Path, tmp_path: Path
) -> None:
    def printed(folder: Path) -> pd.DataFrame:
        result = CliRunner().invoke(main, [command, str(folder), "--out", str(tmp_path), "--json"])
        assert result.exit_code == 0, result.output
        told = pd.DataFrame(json.loads(result.stdout)[frame])
        return told[told["unit"].isin(["rate", "children", "pairs"])] if "unit" in told else told

    def small_numbers(told: pd.DataFrame) -> int:
        return sum(
            int(told[name].astype("float64").between(1, 9).sum())
            for name in told.columns.intersection(columns)
        )

    assert small_numbers(printed(district_folder)) > 0
    assert small_numbers(printed(district_folder / "silos")) == 0


def test_of_a_whole_no_single_part_is_hidden() -> None:
    told = pd.DataFrame(
        {
            "element": ["sex", "sex", "school", "school", "rate"],
            "children": pd.array([56, 9, 49, 16, 65], dtype="Int64"),
        }
    )
    shown = suppress_totals(REAL, told, "element", "children")["children"]
    assert shown.isna().tolist() == [True, True, False, False, False]
    assert suppress_totals(MADE, told, "element", "children") is told


@pytest.mark.parametrize(("small", "shown"), [(1, False), (9, False), (10, True), (11, True)])
def test_small_combinations_are_one_group_whose_rests_are_large(small: int, shown: bool) -> None:
    counts = {("a", "b"): 60, ("a",): 40, ("b",): 30, ("a", "c"): small}
    told, others = pooled_groups(REAL, counts)
    assert (("a", "c") in told) is shown
    if shown:
        assert others is None
        return
    pool = {each: count for each, count in counts.items() if each not in told}
    assert others == sum(pool.values()) >= 10
    for name in "ab":
        inside = sum(count for each, count in pool.items() if name in each)
        assert not 0 < inside < 10
        assert not 0 < others - inside < 10
    assert list(told) == sorted(told, key=lambda each: (-told[each], each))


def test_combinations_of_an_invented_district_are_all_shown() -> None:
    assert pooled_groups(MADE, {("a",): 1, ("b",): 2}) == ({("b",): 2, ("a",): 1}, None)


@given(st.dictionaries(st.integers(1, 16), st.integers(0, 40), min_size=1))
def test_neighbors_are_pooled_until_none_is_small(counts: dict[int, int]) -> None:
    told = pooled_neighbors(REAL, counts)
    assert not any(0 < count < 10 for count in told.values())
    if told:
        assert sum(told.values()) == sum(counts.values())


@pytest.mark.parametrize(("more", "shown"), [(0, True), (1, False), (9, False), (10, True)])
def test_everybody_is_not_counted_where_one_system_knows_nearly_all(more: int, shown: bool) -> None:
    children = [f"c{at}" for at in range(50 + more)]
    who = pd.DataFrame(
        {"silo": ["sis"] * 50 + ["meals"] * (30 + more), "child": children[:50] + children[20:]}
    )
    assert (shown_everybody(REAL, who) == 50 + more) is shown
    assert shown_everybody(MADE, who) == 50 + more


@pytest.mark.full
def test_tables_that_count_a_real_folder_say_in_their_name_that_they_stay_here(
    district_folder: Path, tmp_path: Path
) -> None:
    for folder, name in (
        (district_folder, "accounts.csv"),
        (district_folder / "silos", "restricted_accounts.csv"),
    ):
        out = tmp_path / name
        result = CliRunner().invoke(main, ["read", str(folder), "--out", str(out), "--json"])
        assert result.exit_code == 0, result.output
        assert {path.name for path in out.iterdir()} == {"findings.csv", name}
        assert ("restricted" in json.loads(result.stdout)) is name.startswith("restricted_")


def test_each_part_keeps_its_own_number_in_whatever_order_the_parts_come() -> None:
    told = pd.DataFrame(
        {
            "silo": ["sis", "meals", "nurse", "sis", "nurse"],
            "link_status": ["Verified", "Review", "Review", "Unlinked", "Verified"],
            "count": [28, 22, 4, 12, 40],
        },
        index=[7, 3, 5, 1, 0],
    )
    shown = suppress_totals(REAL, told, "silo", "count")
    assert shown[["silo", "link_status"]].equals(told[["silo", "link_status"]])
    assert [None if pd.isna(one) else int(one) for one in shown["count"]] == [28, 22, None, 12, None]
