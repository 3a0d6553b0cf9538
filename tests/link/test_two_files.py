"""Any two files of persons, or one with itself: who is found, who is kept apart, and what is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link.candidates import candidates_of_rows
from helpers.link.two_files import Linked, SideMapping, Source, link_files, read_person_file
from helpers.link.two_files.draft_mapping import draft_side
from helpers.link.two_files.guard import without_doubtful_ids
from helpers.link.two_files.persons import units_of
from helpers.standard import BadInput
from tests.link.two_lists import persons, write_rows
from tests.tiers import examples

HEADS = ["first_name", "last_name", "dob", "house_number", "street", "postcode"]


def _link(
    folder: Path, left: list[list[str]], right: list[list[str]] | None = None, heads: list[str] = HEADS
) -> Linked:
    one = read_person_file(write_rows(folder / "left.csv", heads, left))
    other = read_person_file(write_rows(folder / "right.csv", heads, right)) if right is not None else None
    return link_files(one, other)


def _matches(linked: Linked) -> list[tuple[int, int]]:
    found = linked.pairs[linked.pairs["decision"] == "Match"]
    return list(zip(found["left_row"].tolist(), found["right_row"].tolist(), strict=True))


def _decision(linked: Linked, left: int, right: int) -> str:
    rows = linked.pairs[(linked.pairs["left_row"] == left) & (linked.pairs["right_row"] == right)]
    return str(rows["decision"].iloc[0]) if len(rows) else "No match"


def _changed(row: list[str], **changes: str) -> list[str]:
    return [changes.get(head, cell) for head, cell in zip(HEADS, row, strict=True)]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "birth date the same"),
        ({"first_name": "Elisabeth"}, "birth date the same"),
        ({"last_name": "FONTAINE"}, "surname the same"),
        ({"last_name": "Fontiane"}, "surname misspelled"),
        ({"first_name": "Fontaine", "last_name": "Elizabeth"}, "exchanged"),
        ({"dob": "1991-04-03"}, "day and month exchanged"),
        ({"dob": "1991-03-05"}, "one digit of the birth date off"),
        ({"dob": ""}, "missing: birth date"),
        ({"last_name": "Olsen"}, "surname different"),
        ({"street": "Nowhere Road", "house_number": "9", "postcode": "99999"}, "home different"),
    ],
)
def test_one_person_written_twice_is_found_and_the_reason_says_why(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    person = ["Elizabeth", "Fontaine", "1991-03-04", "12", "Mill Lane", "54321"]
    rows = persons(60)
    linked = _link(tmp_path, [*rows[:40], person], [*rows[20:], _changed(person, **changes)])
    assert (40, 40) in _matches(linked)
    reason = linked.pairs.set_index(["left_row", "right_row"]).loc[(40, 40), "reason"]
    assert said in reason


def test_no_reason_holds_what_stands_in_a_cell(tmp_path: Path) -> None:
    rows = persons(30)
    said = " ".join(_link(tmp_path, rows, rows).pairs["reason"])
    assert not any(cell in said for row in rows for cell in row if len(cell) > 3)


def test_twins_and_brothers_and_sisters_are_kept_apart(tmp_path: Path) -> None:
    home = ["7", "Mill Lane", "54321"]
    family = [
        ["Amalia", "Fontaine", "2008-05-06", *home],
        ["Viktor", "Fontaine", "2008-05-06", *home],  # her twin
        ["Rosa", "Fontaine", "2010-01-02", *home],
        ["Viktor", "Fontaine", "1975-11-30", *home],  # the father has his son's name
    ]
    linked = _link(tmp_path, persons(60) + family)
    assert not [pair for pair in _matches(linked) if min(pair) >= 60]
    assert linked.household >= 1


WITH_MIDDLE = ["first_name", "middle_name", *HEADS[1:]]
AT_HOME = ["Fontaine", "1991-03-04", "7", "Mill Lane", "54321"]


def _decided(folder: Path, left: list[str], right: list[str]) -> str:
    """Decide about two more rows, one in each file."""
    rows = [[row[0], "ABCDEFGHIJ"[place % 10], *row[1:]] for place, row in enumerate(persons(60))]
    linked = _link(folder, [*rows, left], [*rows, right], WITH_MIDDLE)
    return _decision(linked, 60, 60)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("middle", "born", "apart"),
    [
        ("R", "2002-12-25", False),
        ("R", "2003-12-25", True),  # twelve years later: her daughter
        ("T", "1993-12-25", True),  # sisters Elizabeth R and Elizabeth T
        ("", "1993-12-25", True),
        ("R", "1993-12-25", False),
    ],
)
def test_one_whole_name_in_one_home_is_one_person_unless_a_generation_lies_between(
    tmp_path: Path, middle: str, born: str, apart: bool
) -> None:
    left, right = ["Elizabeth", "R", *AT_HOME], ["Elizabeth", middle, *AT_HOME]
    right[3] = born
    assert (_decided(tmp_path, left, right) != "Match") == apart


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("middle", "apart"), [("R", False), ("T", True), ("", False)])
def test_a_twin_whose_first_name_is_missing_is_kept_apart_by_the_middle_name(
    tmp_path: Path, middle: str, apart: bool
) -> None:
    left, right = ["Elizabeth", "R", *AT_HOME], ["", middle, *AT_HOME]
    assert (_decided(tmp_path, left, right) != "Match") == apart


MAIL = ["first_name", "last_name", "dob", "email"]


@pytest.mark.parametrize(("birth_dates", "households"), [(5, True), (6, False)])
def test_the_files_tell_whether_families_share_e_mail_addresses(
    tmp_path: Path, birth_dates: int, households: bool
) -> None:
    """Five pairs of brothers and sisters share an address, and five or six persons once have a wrong name."""
    rows = [[*row[:3], f"{row[0]}.{row[1]}@example.org"] for row in persons(60)]
    siblings = [["Zelda", row[1], f"19{70 + n}-01-0{n + 1}", row[3]] for n, row in enumerate(rows[:5])]
    wrong = [["Zelda", *row[1:]] for row in rows[20 : 20 + birth_dates]]
    linked = _link(tmp_path, rows + siblings + wrong + rows[40:55], heads=MAIL)
    matched = {pair for pair in _matches(linked) if 65 <= pair[1] < 65 + birth_dates}
    expected = {(20 + n, 65 + n) for n in range(birth_dates)}
    assert matched == (set() if households else expected)
    # What isn't matched is for a person to decide.
    assert all(_decision(linked, *pair) in ("Match", "Review") for pair in expected)


def test_with_one_file_each_pair_stands_once_lower_row_first(tmp_path: Path) -> None:
    rows = persons(30)
    linked = _link(tmp_path, rows + rows[:10] + rows[:5])
    pairs = linked.pairs
    assert (pairs["left_row"] < pairs["right_row"]).all()
    assert not pairs.duplicated(["left_row", "right_row"]).any()
    expected = (
        {(n, 30 + n) for n in range(10)}
        | {(n, 40 + n) for n in range(5)}
        | {(30 + n, 40 + n) for n in range(5)}
    )
    assert set(_matches(linked)) == expected


def test_of_two_who_fit_as_well_neither_is_taken(tmp_path: Path) -> None:
    heads = ["first_name", "last_name", "town"]
    rows = [[row[0], row[1], row[4]] for row in persons(60)]
    twice = [["Elizabeth", "Fontaine", "Mill"], ["Elizabeth", "Fontaine", "Hill"]]
    linked = _link(tmp_path, [*rows, ["Elizabeth", "Fontaine", ""]], [*rows, *twice], heads)
    assert not [pair for pair in _matches(linked) if pair[0] == 60]
    assert _decision(linked, 60, 60) == _decision(linked, 60, 61) == "Review"


def test_a_shifted_column_of_ids_is_refused_and_a_sound_one_is_used(tmp_path: Path) -> None:
    heads = [*HEADS, "ssn"]
    rows = persons(60)
    ids = [str(100_000_000 + 7_919_993 * number % 800_000_000) for number in range(60)]
    left = [[*row, one] for row, one in zip(rows, ids, strict=True)]
    shifted = [[*row, one] for row, one in zip(rows, ids[1:] + ids[:1], strict=True)]
    linked = _link(tmp_path, left, shifted, heads)
    assert _matches(linked) == [(n, n) for n in range(60)]
    assert any("refused, because it seems to contain other ids" in note for note in linked.notes)
    renamed = [["", "", "", *row[3:]] for row in left[:20]]
    sound = _link(tmp_path, left, left[20:] + renamed, heads)
    assert not any("refused" in note for note in sound.notes)
    assert set(_matches(sound)) >= {(20 + n, n) for n in range(40)}


def test_what_two_rows_do_not_tell_bears_out_no_id(tmp_path: Path) -> None:
    # Of two rows with one id the names differ, and most have no birth date to compare.
    rows = [_changed(row, dob="") if place < 20 else row for place, row in enumerate(persons(30))]
    ids = [str(100_000_000 + 7_919_993 * number % 800_000_000) for number in range(30)]
    files = []
    for name, of_rows in (("left", ids), ("right", ids[1:] + ids[:1])):
        lines = [[*row, one] for row, one in zip(rows, of_rows, strict=True)]
        files.append(read_person_file(write_rows(tmp_path / f"{name}.csv", [*HEADS, "ssn"], lines)).rows)
    _, notes = without_doubtful_ids(units_of([(file, draft_side(file)) for file in files], []))
    assert any("refused, because it seems to contain other ids" in note for note in notes)


def test_ids_with_letters_are_read_whatever_signs_each_file_writes(tmp_path: Path) -> None:
    rows = persons(60)
    left, right = (
        [[*row, f"G{sign}{4000 + place}"] for place, row in enumerate(rows)] for sign in ("-", " ")
    )
    linked = _link(tmp_path, left, right, heads=[*HEADS, "student_id"])
    assert _matches(linked) == [(place, place) for place in range(60)]
    assert linked.pairs["reason"].str.contains("id the same").all()


def test_a_column_with_the_answer_is_no_evidence(tmp_path: Path) -> None:
    heads = ["cluster", "rec_id", *HEADS]
    rows = persons(40)
    left = [[str(n), f"rec-{n}", *row] for n, row in enumerate(rows[:20])]
    right = [[str(n), f"rec-{n}", *row] for n, row in enumerate(rows[20:])]
    linked = _link(tmp_path, left, right, heads)
    assert not _matches(linked)
    assert sum("was left out" in note for note in linked.notes) == 4


def test_without_a_birth_date_it_runs_and_warns(tmp_path: Path) -> None:
    rows = [row[:2] for row in persons(60)]
    linked = _link(tmp_path, rows[:40], rows[20:], HEADS[:2])
    expected = {(20 + n, n) for n in range(20)}
    # A first name that another row has, too, leaves doubt.
    assert set(zip(linked.pairs["left_row"], linked.pairs["right_row"], strict=True)) == expected
    assert {(20 + n, n) for n in range(10)} <= set(_matches(linked)) <= expected
    assert any("no birth date is compared" in note for note in linked.notes)


def test_an_unknown_birth_date_is_none_where_years_have_two_figures_and_some_are_2000(tmp_path: Path) -> None:
    rows = persons(60)
    for row in rows:
        row[2] = f"{row[2][5:7]}/{row[2][8:10]}/{row[2][2:4]}"
    born_2000, unknown = 20, 21
    rows[born_2000][2], rows[unknown][2] = "05/17/00", ""
    linked = _link(tmp_path, rows[:40], rows[20:])
    assert any("last two figures" in note for note in linked.notes)
    reasons = linked.pairs.set_index(["left_row", "right_row"])["reason"]
    assert "birth date the same" in reasons[born_2000, 0]
    assert "missing: birth date" in reasons[unknown, 1]


def test_one_name_shared_by_all_rows_is_bounded_and_told(tmp_path: Path) -> None:
    rows = [["Ada", "Moreau"] for _ in range(1_500)]
    file = read_person_file(write_rows(tmp_path / "a.csv", HEADS[:2], rows))
    every = np.ones(len(rows), dtype=bool)
    candidates, passed_over, _ = candidates_of_rows(
        units_of([(file.rows, draft_side(file.rows))], []), every, every
    )
    assert candidates.empty
    assert passed_over["records"].tolist() == [1_500]
    linked = link_files(file)
    assert not _matches(linked)
    assert any("share their values" in note and ": 1500;" in note for note in linked.notes)


def test_a_name_that_most_rows_have_is_told_in_small_files_too(tmp_path: Path) -> None:
    linked = _link(tmp_path, [["Ada", "Moreau"] for _ in range(60)], None, HEADS[:2])
    assert not _matches(linked)
    assert any("more than half of the rows" in note for note in linked.notes)


@pytest.mark.full
def test_a_common_name_with_other_birth_dates_is_many_persons(tmp_path: Path) -> None:
    rows = [["Ada", "Moreau", *row[2:]] for row in persons(300)]
    linked = _link(tmp_path, rows, rows)
    assert _matches(linked) == [(n, n) for n in range(300)]


@pytest.mark.parametrize("count", [0, 1])
def test_no_row_or_one_row_is_a_warned_run(tmp_path: Path, count: int) -> None:
    linked = _link(tmp_path, persons(count) if count else [])
    assert linked.pairs.empty
    assert any("nothing to compare" in note for note in linked.notes)
    assert list(linked.pairs.columns) == ["left_row", "right_row", "match_probability", "decision", "reason"]


@pytest.mark.parametrize("empty", ["left", "right"])
def test_a_file_without_rows_leaves_the_other_unlinked(tmp_path: Path, empty: str) -> None:
    rows = {"left": persons(20), "right": persons(20), empty: []}
    linked = _link(tmp_path, rows["left"] * 2, rows["right"] * 2)
    assert linked.pairs.empty
    assert any("nothing to compare" in note for note in linked.notes)


def test_a_file_with_no_usable_field_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"We can't tell persons apart.*--map") as error:
        _link(tmp_path, [["1.5", "red"], ["2.5", "blue"]], None, ["weight", "color"])
    assert "\n" not in str(error.value)


def test_what_one_file_only_has_is_told(tmp_path: Path) -> None:
    rows = persons(30)
    one = read_person_file(write_rows(tmp_path / "a.csv", [*HEADS, "sex"], [[*row, "F"] for row in rows]))
    other = read_person_file(write_rows(tmp_path / "b.csv", HEADS[:3], [row[:3] for row in rows]))
    linked = link_files(one, other)
    assert _matches(linked) == [(n, n) for n in range(30)]
    told = next(note for note in linked.notes if "not compared" in note)
    assert "sex" in told
    assert "postcode" in told


def test_a_whole_name_meets_first_name_and_surname(tmp_path: Path) -> None:
    rows = persons(40)
    one = read_person_file(write_rows(tmp_path / "a.csv", HEADS[:3], [row[:3] for row in rows]))
    whole = [
        [f'"{row[1]}, {row[0]}"' if n % 2 else f"{row[0]} {row[1]}", row[2]] for n, row in enumerate(rows)
    ]
    other = read_person_file(write_rows(tmp_path / "b.csv", ["name", "dob"], whole))
    assert _matches(link_files(one, other)) == [(n, n) for n in range(40)]


def test_a_date_order_that_nothing_tells_is_told_by_the_other_file(tmp_path: Path) -> None:
    rows = [_changed(row, dob=f"{row[2][:8]}{int(row[2][8:]) % 12 + 1:02d}") for row in persons(40)]
    turned = [_changed(row, dob="/".join((row[2][8:], row[2][5:7], row[2][:4]))) for row in rows]
    linked = _link(tmp_path, rows, turned)
    assert any("read as %d/%m/%Y" in note for note in linked.notes)
    same = linked.pairs[linked.pairs["reason"].str.contains("birth date the same")]
    assert len(same) >= 40


def test_birth_dates_are_compared_as_year_month_and_day(tmp_path: Path) -> None:
    rows = [["Ada", "Moreau", "05/17/1991"], ["Ivo", "Novak", "10/04/1988"], ["Rosa", "Tanaka", ""]]
    file = read_person_file(write_rows(tmp_path / "a.csv", HEADS[:3], rows))
    days = units_of([(file.rows, draft_side(file.rows))], []).values["birth_days"]
    assert days.texts[days.code].tolist() == ["1991-05-17", "1988-10-04"]
    assert days.unit.tolist() == [0, 1]


def test_a_row_whose_fields_are_empty_is_accounted_for(tmp_path: Path) -> None:
    rows = persons(20)
    linked = _link(tmp_path, [*rows, ["", "", "1990-01-01", "", "", ""], ["", "", "", "", "", ""]], rows)
    of_left = linked.accounts[linked.accounts["side"] == "left"]
    assert of_left["rows"].sum() == 22
    assert of_left.set_index("what")["rows"].to_dict()["compared"] == 20


WORDS = st.sampled_from(
    ["Ada", "Adah", "Moreau", "Ivo", "1999-02-19", "1999-19-02", "", "x", "12", "O'Neil", "é"]
)


@pytest.mark.full
@settings(max_examples=examples(25))
@given(
    left=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8),
    right=st.one_of(st.none(), st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8)),
)
def test_whatever_stands_in_the_cells_rows_are_accounted_for_and_pairs_are_of_rows_that_are_there(
    tmp_path_factory: pytest.TempPathFactory,
    left: list[tuple[str, str, str]],
    right: list[tuple[str, str, str]] | None,
) -> None:
    heads = ["first_name", "last_name", "ssn"]
    folder = tmp_path_factory.mktemp("cells")
    anchor = [["Ada", "Moreau", "77"], ["Ivo", "Novak", "78"]]
    rows = [anchor + [list(row) for row in side] for side in (left, right) if side is not None]
    sides = ("left", "right")[: len(rows)]
    files = [
        read_person_file(write_rows(folder / f"{side}.csv", heads, one))
        for side, one in zip(sides, rows, strict=True)
    ]
    fields = dict(zip(("given_name", "family_name", "national_id"), heads, strict=True))
    mapping = SideMapping({name: Source((column,)) for name, column in fields.items()})
    linked = link_files(*files, mapping=dict.fromkeys(sides, mapping))
    counted = linked.accounts.groupby("side")["rows"].sum().to_dict()
    assert counted == dict(zip(sides, map(len, rows), strict=True))
    pairs = linked.pairs
    assert not pairs.duplicated(["left_row", "right_row"]).any()
    assert pairs["left_row"].between(0, len(rows[0]) - 1).all()
    assert pairs["right_row"].between(0, len(rows[-1]) - 1).all()
    assert pairs["match_probability"].between(0, 1).all()
    assert pairs["decision"].isin(["Match", "Review"]).all()
    if right is None:
        assert (pairs["left_row"] < pairs["right_row"]).all()
