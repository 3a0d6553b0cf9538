"""Ids that two columns write in two ways are one id where names and birth dates say so, and are reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import written_out
from helpers.link.values.identifiers import plain_ids
from tests.link.records import linked, record
from tests.link.test_id_columns import ALL, judged, refused, status
from tests.tiers import examples

Write = Callable[[int], str]
SIX: Write = lambda number: f"{number:06d}"  # noqa: E731
# As a spreadsheet or another program writes the number of six digits, and how the finding calls it.
FORMS: dict[str, tuple[Write, str]] = {
    "zeros": (lambda number: str(number), "without zeros in front"),
    "decimal": (lambda number: f"{number:06d}.0", "as a calculated number"),
    "decimal without zeros": (
        lambda number: f"{number}.0",
        "without zeros in front and as a calculated number",
    ),
    "science": (lambda number: f"{number:.5E}", "without zeros in front and as a calculated number"),
    "hyphen": (lambda number: f"{number:06d}"[:3] + "-" + f"{number:06d}"[3:], "with other spaces or signs"),
    "letters": (lambda number: f"S{number:06d}", "with letters in front"),
    "card": (
        lambda number: f"P {number}",
        "without zeros in front and with letters in front and with other spaces or signs",
    ),
    "check digit": (lambda number: f"{number:06d}{sum(map(int, str(number))) % 10}", "with a check digit"),
}
LOSSY = ("letters", "card", "check digit")
COUNT = 40


def numbers(count: int = COUNT) -> list[int]:
    return [4_711 + 97 * place for place in range(count)]


def listed(
    silo: str,
    write: Write,
    system: str = "District",
    count: int = COUNT,
    names: Sequence[Any] = ALL,
    shift: int = 0,
) -> list[dict[str, Any]]:
    """List the first children with their numbers, or with those of others."""
    own = numbers(count)
    return [
        record(silo, f"{silo}{row:03d}", *names[row], **{system: write(own[(row + shift) % count])})
        for row in range(count)
    ]


def forms(findings: pd.DataFrame) -> list[dict[str, Any]]:
    return findings[findings["kind"].eq("id_normalized")].to_dict("records")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("system", ["District", "Undeclared"])
@pytest.mark.parametrize("form", FORMS)
def test_a_column_in_another_form_is_compared_in_that_of_the_others(form: str, system: str) -> None:
    write, said = FORMS[form]
    columns = judged(*listed("sis", SIX), *listed("lms", SIX), *listed("meals", write, system))
    # Undeclared numbers that equal the district's are its own.
    assert status(columns)["meals", "District"] == "Verified"
    assert len(columns.agreeing) == 3 * COUNT
    (told,) = forms(columns.findings)
    assert (told["silo"], told["file"], told["column"], told["row"]) == ("meals", "meals.csv", system, 82)
    assert (told["value"], told["read_as"], told["times"]) == (write(4_711), "004711", COUNT)
    assert f"written here {said} and" in told["expected"]
    assert f"agree for {COUNT} of {COUNT}" in told["expected"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("form", FORMS)
def test_what_stands_with_other_children_in_another_form_is_no_form(form: str) -> None:
    """The numbers are right as a set, but each is the next child's: equal in no form."""
    columns = judged(*listed("sis", SIX), *listed("meals", FORMS[form][0], "Undeclared", shift=1))
    assert forms(columns.findings) == []
    assert columns.agreeing.empty


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("count", "accepted"), [(4, False), (5, True)])
@pytest.mark.parametrize("form", ["zeros", "card"])
def test_where_nobody_says_whose_numbers_they_are_five_children_confirm_a_form(
    form: str, count: int, accepted: bool
) -> None:
    columns = judged(*listed("sis", SIX, count=count), *listed("meals", FORMS[form][0], "Undeclared", count))
    assert len(columns.agreeing) == (count if accepted else 0)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("form", FORMS)
def test_two_columns_of_one_system_need_no_names_for_what_programs_do(form: str) -> None:
    """Letters in front and check digits are not what a program does: without a name nobody confirms them."""
    nobody = [("", "", "")] * COUNT
    columns = judged(*listed("sis", SIX), *listed("meals", FORMS[form][0], names=nobody))
    assert len(columns.agreeing) == (0 if form in LOSSY else COUNT)
    if form not in LOSSY:
        (told,) = forms(columns.findings)
        assert "no name or birth date confirms it" in told["expected"]


@pytest.mark.full
@pytest.mark.parametrize(("number", "one"), [("4711", True), ("4712", False)])
def test_a_lost_zero_no_longer_contradicts(number: str, one: bool) -> None:
    """One child under one number: before, the two forms excluded each other."""
    links = linked(
        record("sis", "a", "Ana", "Lopez", "2012-05-17", District="004711"),
        record("meals", "b", "Ana", "Lopez", District=number),
    )
    assert (links.crosswalk["child"].nunique() == 1) == one


def test_zeros_distinguish_children_where_one_column_has_both() -> None:
    """In one system 007 and 7 are two children, and no third list makes them one."""
    own = [SIX(number) for number in numbers()]
    short = [
        record("sis", f"x{row}", *ALL[100 + row], District=str(number))
        for row, number in enumerate(numbers())
    ]
    long = [record("sis", f"y{row}", *ALL[row], District=text) for row, text in enumerate(own)]
    columns = judged(*short, *long, *listed("meals", FORMS["zeros"][0]))
    assert forms(columns.findings) == []
    assert refused(columns)["silo"].tolist() == ["meals"]
    sound = judged(*short, *long, *listed("meals", SIX))
    assert len(sound.agreeing) == COUNT


def test_letters_that_distinguish_people_keep_doing_so() -> None:
    """P 4711 is a pupil and T 4711 a teacher's child: the letters are part of the number."""
    pupils = listed("library", lambda number: f"P {number}")
    others = [
        record("library", f"t{row}", *ALL[100 + row], District=f"T {number}")
        for row, number in enumerate(numbers())
    ]
    columns = judged(*listed("sis", lambda number: f"P {number}"), *pupils, *others)
    assert len(columns.agreeing) == COUNT
    assert forms(columns.findings) == []


@pytest.mark.full
@pytest.mark.parametrize("count", [4, 5])
def test_capital_and_small_letters_are_two_ids_until_five_children_say_otherwise(count: int) -> None:
    columns = judged(
        *listed("sis", lambda number: f"ab{number}x", count=count),
        *listed("meals", lambda number: f"AB{number}X", count=count),
    )
    assert len(columns.agreeing) == (count if count == 5 else 0)


def test_a_state_id_and_a_districts_number_meet_in_no_form() -> None:
    columns = judged(*listed("sis", SIX, "State"), *listed("meals", FORMS["zeros"][0], "District"))
    assert columns.agreeing.empty
    assert forms(columns.findings) == []


def test_a_form_joins_nobody_with_another_systems_number_that_looks_the_same() -> None:
    """Numbers without zeros are the State's, and by chance the district's of other children."""
    state = [*listed("sis", SIX, "State"), *listed("iready", SIX, "State")]
    short = listed("lms", FORMS["zeros"][0], "Undeclared")
    chance = listed("meals", FORMS["zeros"][0], names=ALL[100:])
    others = listed("nurse", SIX, names=ALL[200:])
    rows = [*state, *short, *chance, *others]
    columns = judged(*rows)
    said = status(columns)
    assert said["sis", "State"] == said["iready", "State"] == "Verified"
    assert "Refused" not in (said["meals", "District"], said["nurse", "District"])


def test_one_grades_list_that_lost_its_zeros_is_told_with_its_number_of_ids() -> None:
    rows = listed("meals", SIX)
    for row, number in list(enumerate(numbers()))[10:20]:
        rows[row]["ids"] = {"District": str(number)}
    columns = judged(*listed("sis", SIX), *rows)
    assert len(columns.agreeing) == COUNT
    (told,) = forms(columns.findings)
    assert (told["times"], told["value"], told["read_as"]) == (10, str(numbers()[10]), SIX(numbers()[10]))


@pytest.mark.full
def test_what_a_collision_reports_is_as_the_file_has_it() -> None:
    """The number of a twin in another form: the finding names the cell's own text."""
    rows = listed("meals", FORMS["zeros"][0])
    rows[1]["ids"], rows[0]["ids"] = rows[0]["ids"], rows[1]["ids"]
    links = linked(*listed("sis", SIX), *rows)
    told = links.findings[links.findings["kind"].eq("id_colliding") & links.findings["silo"].eq("meals")]
    assert sorted(told["value"]) == sorted(str(number) for number in numbers()[:2])


@pytest.mark.full
@given(
    st.lists(st.sampled_from(list(FORMS)), min_size=1, max_size=3),
    st.sampled_from(["District", "Undeclared"]),
    st.integers(6, 30),
    st.randoms(use_true_random=False),
)
@settings(max_examples=examples(40))
def test_in_any_forms_the_same_children_are_joined_whatever_the_order_of_rows(
    chosen: list[str], system: str, count: int, rng: Any
) -> None:
    rows = [*listed("sis", SIX, count=count)]
    for place, form in enumerate(chosen):
        rows += listed(f"s{place}", FORMS[form][0], system, count)
    rng.shuffle(rows)
    columns = judged(*rows)
    systems = len(chosen) + 1
    agreeing = {(left, right) for left, right in columns.agreeing[["left", "right"]].values}
    assert len(agreeing) == count * systems * (systems - 1) // 2


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("1.23456E+05", "123456"),
        ("1.234560E+05", "123456"),
        ("1.2345E+05", None),
        ("1.23456789E+05", None),
        ("1E+00", "1"),
        ("12E5", None),
    ],
)
def test_a_number_in_scientific_notation_is_written_out_with_all_its_digits_or_not(
    text: str, out: str | None
) -> None:
    assert written_out(text) == out


@given(st.from_regex(r"[1-9][0-9]{0,14}", fullmatch=True), st.integers(0, 4))
@settings(max_examples=examples(50))
def test_the_plain_form_of_a_number_is_the_same_in_every_form(number: str, zeros: int) -> None:
    long = "0" * zeros + number
    written = [long, f"{long}.0", f" {long} ", f"{long[:2]}-{long[2:]}", f"{int(number):.{len(number) - 1}E}"]
    assert set(plain_ids(pd.Series(written, dtype="string"))) == {number}


def test_ids_of_two_files_put_together_have_the_plain_form_of_each() -> None:
    """A column put together from two files is in two pieces, and one of them has ids with a letter."""
    written = [pd.Series(part, dtype="string") for part in (["A 0012", "34"], ["0034", pd.NA, "B4"])]
    both = pd.concat(written, ignore_index=True)
    assert plain_ids(both).tolist() == ["a0012", "34", "34", "", "b4"]
    assert plain_ids(both).tolist() == [one for part in written for one in plain_ids(part)]
