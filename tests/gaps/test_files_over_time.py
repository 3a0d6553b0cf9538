"""Forms of dates, drift between years, terms of standards, and what may not travel."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import first_steps, measure_gaps
from helpers.gaps.measures.formats import compared_years, year_of_file
from helpers.gaps.measures.permission import permission_of_kit, restricted_lists, unneeded_columns
from helpers.layouts import Layout
from tests.district_by_hand import district, layout, links
from tests.gaps.test_scorecard import figures
from tests.gaps.written_by_hand import written_silo

COLUMNS = [
    {"name": "born", "type": "date", "format": "%Y-%m-%d", "term": "edfi:student.birthDate"},
    {"name": "sex", "type": "code", "codes": {"F": "Female", "Female": "Female", "M": "Male"}},
    {"name": "note", "sensitivity": "public"},
]
TAKE = {"birth_date": "born", "sex": "sex"}


@pytest.fixture(scope="module")
def three() -> District:
    sis = written_silo("sis", COLUMNS, TAKE, dates={("born", "9999-9-9"): 4})
    screener = written_silo(
        "screener",
        COLUMNS,
        TAKE,
        files=("forms_2024-2025.csv", "forms_2025-10-01.csv"),
        heads={"forms_2025-10-01.csv": ["born", "Gender", "Race/Ethnicity"]},
        codes={("forms_2024-2025.csv:sex", "F"): ("Female", 4),
               ("forms_2025-10-01.csv:sex", "Female"): ("Female", 4)},
        dates={("forms_2024-2025.csv:born", "9999-9-9"): 4, ("forms_2025-10-01.csv:born", "9/9/9999"): 3,
               ("forms_2025-10-01.csv:born", "9999-9-9"): 1},
    )  # fmt: skip
    clubs = written_silo("clubs", COLUMNS, TAKE, dates={("born", "9/9/9999"): 4})
    return district(sis, screener, clubs)


@pytest.fixture(scope="module")
def card(three: District) -> pd.DataFrame:
    who = {(name, f"{name}{at}"): f"c{at}" for name in three for at in range(4)}
    return measure_gaps(three, links(who))


def test_a_date_in_another_form_than_its_column_is_counted(card: pd.DataFrame) -> None:
    odd = figures(card, "dates in another form", "screener", column="born")
    assert (odd.numerator, odd.denominator, odd.example_file) == (1, 4, "screener/forms_2025-10-01.csv")
    assert not (card["measure"].eq("dates in another form") & card["left_silo"].eq("sis")).any()
    assert figures(card, "dates written differently", "sis", "clubs").value == 1
    assert figures(card, "ways to store tables", "sis").value == 1


def test_what_changed_since_last_year_is_told(three: District, card: pd.DataFrame) -> None:
    changed = compared_years(three).dropna(subset=["change"])
    told = set(changed[["change", "was", "now"]].fillna("").itertuples(index=False, name=None))
    assert told == {
        ("Added", "", "Gender"), ("Added", "", "Race/Ethnicity"), ("Removed", "sex", ""),
        ("Removed", "note", ""), ("Code", "F", "Female"), ("Date", "9999-9-9", "9/9/9999"),
    }  # fmt: skip
    assert figures(card, "columns that changed since last year", "screener").numerator == 4
    assert figures(card, "codes that changed since last year", "screener").numerator == 1
    assert not (card["measure"].str.contains("last year") & card["left_silo"].eq("sis")).any()


@pytest.mark.parametrize(
    ("file", "year"),
    [("x/a_2025-06-30.csv", 2025), ("x/a_2025-09-01.csv", 2026), ("a_2024-25.csv", 2025), ("a_77.csv", None)],
)
def test_the_name_of_a_file_says_its_school_year(file: str, year: int | None) -> None:
    assert year_of_file(file) == year


def test_terms_of_a_standard_are_counted_and_compared(card: pd.DataFrame) -> None:
    own = figures(card, "columns with a term", "sis")
    assert (own.numerator, own.denominator) == (1, 3)
    assert figures(card, "terms in common", "sis", "clubs").value == 1


def test_what_a_system_does_not_need_is_named(three: District, card: pd.DataFrame) -> None:
    # The screener's norms are by sex; nobody there needs race. Clubs need neither birth date nor sex.
    needless = unneeded_columns(three).groupby("silo")["kind"].agg(set).to_dict()
    assert needless["screener"] == {"race or ethnicity", "birth date"}
    assert needless["clubs"] == {"birth date", "sex"}
    assert "sis" not in needless
    assert figures(card, "restricted without need", "sis").value == 0
    race = figures(card, "restricted without need", "screener", column="race or ethnicity")
    assert (race.value, race.owner) == (1, "privacy officer")


def test_not_permitted_is_a_third_thing(card: pd.DataFrame) -> None:
    barred_pair = figures(card, "lists that may be exchanged", "screener", "clubs")
    assert (barred_pair.value, barred_pair.blocked_by) == (0, "Not permitted")
    found = figures(card, "match rate", "screener", "clubs")
    # Inside the district the two are joined and counted; nobody is told to send a list.
    assert (found.value, found.blocked_by) == (1, "Not permitted")
    assert "consent" in found.next_step
    assert pd.isna(figures(card, "match rate", "sis", "screener").blocked_by)


def test_nobody_is_told_to_hand_over_a_list_that_may_not_be_handed_over(card: pd.DataFrame) -> None:
    closed = card["measure"].eq("match rate") & card["blocked_by"].eq("Not permitted").fillna(False)
    low = card.assign(numerator=card["numerator"].mask(closed, 1.0), value=card["value"].mask(closed, 0.25))
    steps = first_steps(low.assign(left_silo=low["left_silo"].replace("screener", "sis")))
    assert not (steps["measure"].eq("match rate")).any()


@pytest.mark.parametrize(
    ("left", "right", "stands"),
    [("sis", "clubs", False), ("meals", "meal_benefits", False), ("lms", "meal_benefits", True),
     ("special_education", "lms", True), ("sis", "special_education", False), ("sis", "lms", False)],
)  # fmt: skip
def test_the_same_rule_holds_in_both_directions(left: str, right: str, stands: bool) -> None:
    one, other = layout(left), layout(right)
    assert (restricted_lists(one, other) is not None) == stands
    assert (restricted_lists(other, one) is not None) == stands


def test_the_table_of_needs_names_only_kinds_and_systems_that_there_are() -> None:
    from helpers.layouts import all_layouts

    systems = {each.silo for each in all_layouts().values()}
    given = permission_of_kit()
    named = {*given.needs, *given.protected, *given.outside}
    named |= {name for bar in (*given.protected.values(), *given.outside.values()) for name in bar.may_know}
    assert named <= systems
    assert isinstance(next(iter(all_layouts().values())), Layout)


def test_of_two_codes_with_one_meaning_either_may_be_the_commoner_one_by_chance() -> None:
    def changed(was: dict[str, int], now: dict[str, int]) -> list[str]:
        files = ("forms_2024-2025.csv", "forms_2025-10-01.csv")
        codes = {
            (f"{file}:sex", code): ("Other", times)
            for file, told in zip(files, (was, now), strict=True)
            for code, times in told.items()
        }
        silo = written_silo("screener", COLUMNS, TAKE, files=files, codes=codes)
        found = compared_years(district(silo))
        return found.loc[found["change"].eq("Code"), "now"].tolist()

    assert changed({"X": 3, "Other": 2}, {"X": 2, "Other": 3}) == []
    assert changed({"X": 1}, {"Other": 1}) == []
    assert changed({"X": 40, "Other": 2}, {"X": 9, "Other": 35}) == ["Other"]
    assert changed({"X": 4}, {"Other": 5}) == ["Other"]
