"""Which of several values a profile shows, and why: one rule decides, and the next only where it doesn't."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.profile.facts.store import LINK_STATUSES
from helpers.profile.rules.results import NOTHING, NUMBERS, STATUSES
from helpers.profile.values import Days, Names, choose_values, code_groups
from helpers.standard import Element
from helpers.systems import element

# Name, and birth date, of a roster that is trusted, and of meals and a club that are trusted less.
TRUST = ("sis", "meals", "club")
SILOS = ("club", "meals", "sis")
NAME = element("first_name").model_copy(update={"trust": TRUST, "days_until_stale": 30})
RECORDS = ("r1", "r2", "r3", "r4", "r5", "r6")
NEWEST = pd.Timestamp("2026-03-31")
DATES = ("begin_date", "as_of", "recent")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(f"2026-{text}")


def said(silo: str, value: str | None, link_status: str = "Verified", **more: Any) -> dict[str, Any]:
    """Give what a system says of child c1, by default for March 1, from row 2 of its only file."""
    more = {"status": "Reported" if value is not None else "Empty", "as_of": day("03-01"), **more}
    return {"silo": silo, "value": value, "link_status": link_status, **more}


def choose(
    *rows: dict[str, Any],
    of: Element = NAME,
    newest: dict[str, pd.Timestamp] | None = None,
    groups: dict[int, dict[int, int]] | None = None,
) -> pd.DataFrame:
    """Choose among values, and give them in the order in which they are shown."""
    found = pd.DataFrame([{**dict.fromkeys(NUMBERS), **row} for row in rows])
    numbers = {
        "owner": [int(row.get("child", 1)) - 1 for row in rows],
        "system": [SILOS.index(row["silo"]) for row in rows],
        "tie": [int(row.get("tie", at)) for at, row in enumerate(rows)],
        "link_status": [LINK_STATUSES.index(row["link_status"]) for row in rows],
        "status": [STATUSES.index(row["status"]) for row in rows],
        "school_year": [row.get("school_year", 0) for row in rows],
        "source": [row.get("source", 0) for row in rows],
        "row": [row.get("row", 2) for row in rows],
        "rows": [1] * len(rows),
        "doubtful": [row.get("doubtful", False) for row in rows],
        "value_number": [float("nan")] * len(rows),
        **{name: pd.to_datetime(found[name]) for name in DATES},
    }
    frame = pd.DataFrame({name: pd.Series(numbers[name], dtype=dtype) for name, dtype in NUMBERS.items()})
    frame = frame.assign(
        element=0,
        value=pd.Series([row["value"] for row in rows], dtype="string"),
        other_reading=pd.Series([row.get("or_else") for row in rows], dtype="string"),
    )
    assert set(frame) == {*NOTHING.values, "element"}
    names = Names(pd.Index(["c1", "c2"]), SILOS, pd.Series(RECORDS, dtype="string"), ("a.csv", "b.csv"))
    days = Days({"sis": NEWEST} if newest is None else newest, {silo: silo for silo in TRUST})
    return choose_values(frame, names, days, (of,), groups or {})


def shown(*rows: dict[str, Any], **how: Any) -> tuple[str, str]:
    """Give the value that is shown, and why."""
    first = choose(*rows, **how)
    first = first[first["chosen"]].iloc[0]
    return first["value"], first["chosen_by"]


def test_a_verified_record_precedes_an_unverified_one_of_the_most_trusted_system() -> None:
    both = said("sis", "Ana", "Unverified"), said("club", "Anna", "Verified")
    assert shown(*both) == ("Anna", "Surest tie")
    assert shown(*both[::-1]) == ("Anna", "Surest tie")


@pytest.mark.parametrize(
    ("sure", "less_sure"),
    [
        ("Verified", "Unverified"),
        ("Unlinked", "Unverified"),
        ("Unverified", "Review"),
        ("Verified", "Review"),
    ],
)
def test_the_surer_link_precedes(sure: str, less_sure: str) -> None:
    assert shown(said("sis", "Ana", less_sure), said("meals", "Anna", sure)) == ("Anna", "Surest tie")


def test_a_record_that_nothing_joins_is_as_sure_as_a_verified_one() -> None:
    rows = said("sis", "Ana", "Unlinked"), said("meals", "Anna", "Verified")
    assert shown(*rows) == ("Ana", "Trusted most")


def test_any_other_date_precedes_a_doubtful_one_of_the_most_trusted_system() -> None:
    rows = said("sis", "2014-01-01", doubtful=True), said("club", "2014-03-02")
    assert shown(*rows) == ("2014-03-02", "Undoubted date")
    assert shown(*rows[::-1]) == ("2014-03-02", "Undoubted date")


def test_a_doubtful_date_of_a_verified_record_precedes_one_of_an_unverified_record() -> None:
    rows = said("club", "2014-01-01", doubtful=True), said("sis", "2014-03-02", "Unverified")
    assert shown(*rows) == ("2014-01-01", "Surest tie")


def test_where_every_date_is_doubtful_the_most_trusted_system_is_believed() -> None:
    rows = said("meals", "2014-01-01", doubtful=True), said("sis", "2014-01-02", doubtful=True)
    assert shown(*rows) == ("2014-01-02", "Trusted most")


def test_the_more_trusted_system_is_believed_though_another_s_export_is_newer() -> None:
    rows = said("sis", "Ana", as_of=day("01-02")), said("meals", "Anna", as_of=day("03-30"))
    assert shown(*rows) == ("Ana", "Trusted most")
    assert shown(*rows[::-1]) == ("Ana", "Trusted most")
    assert shown(said("club", "Anne", as_of=day("03-31")), rows[1])[0] == "Anna"


def test_of_one_system_s_values_the_later_one_is_shown() -> None:
    rows = said("sis", "Ana", as_of=day("03-01")), said("sis", "Anna", as_of=day("03-02"))
    assert shown(*rows) == ("Anna", "Newest")
    assert shown(rows[1], said("sis", "Ana", as_of=None)) == ("Anna", "Newest")


def test_what_the_value_itself_is_dated_by_counts_before_the_day_of_its_export() -> None:
    """A plan renewed in February is in last week's export; one of January in this week's."""
    rows = (
        said("sis", "old plan", as_of=day("03-30"), recent=day("01-15")),
        said("sis", "new plan", as_of=day("03-20"), recent=day("02-15")),
    )
    assert shown(*rows) == ("new plan", "Newest")
    # Without such a day, that of the export counts.
    assert shown(rows[0], said("sis", "undated", as_of=day("01-16"))) == ("undated", "Newest")


def test_of_two_values_of_one_system_and_day_the_confirmed_one_is_shown() -> None:
    rows = said("sis", "Ruiz dupe"), said("sis", "Ruiz"), said("club", "RUIZ")
    assert shown(*rows) == ("Ruiz", "Confirmed")


def test_then_the_one_that_began_last_and_then_the_first_record_file_and_row() -> None:
    begun = said("sis", "Ana", begin_date=day("01-01")), said("sis", "Anna", begin_date=day("01-02"))
    assert shown(*begun) == ("Anna", "Begins last")
    assert shown(said("sis", "Anne"), begun[0]) == ("Ana", "Begins last")
    assert shown(said("sis", "Anna", tie=1), said("sis", "Ana", tie=0)) == ("Ana", "First record")
    of_one = {"tie": 0}
    assert shown(said("sis", "Anna", source=1, **of_one), said("sis", "Ana", **of_one))[0] == "Ana"
    assert shown(said("sis", "Anna", row=10, **of_one), said("sis", "Ana", row=9, **of_one))[0] == "Ana"
    assert shown(said("sis", "Anna", row=-1, **of_one), said("sis", "Ana", row=9, **of_one))[0] == "Ana"


def test_something_precedes_nothing_and_an_empty_cell_is_no_reason() -> None:
    rows = said("sis", None), said("club", "Ana", "Review", doubtful=True)
    assert shown(*rows) == ("Ana", "Only one")
    nothing = choose(said("sis", None), said("meals", None, status="Not applicable"))
    assert nothing["status"].tolist() == ["Not applicable", "Empty"]
    assert nothing["chosen"].tolist() == [True, False]
    assert nothing[["chosen_by", "agrees", "days_old", "fresh"]].isna().all(axis=None)


def test_each_child_and_each_year_has_a_value_of_its_own() -> None:
    rows = [
        said("sis", "A", school_year=2026), said("meals", "B", school_year=2026),
        said("meals", "C", school_year=2025), said("club", "D", child=2, school_year=2026),
    ]  # fmt: skip
    chosen = choose(*rows)
    chosen = chosen[chosen["chosen"]]
    assert chosen[["child", "school_year", "value", "chosen_by"]].values.tolist() == [
        ["c1", 2025, "C", "Only one"],
        ["c1", 2026, "A", "Trusted most"],
        ["c2", 2026, "D", "Only one"],
    ]


def test_values_agree_where_every_other_system_says_the_same_whatever_the_spelling() -> None:
    both = choose(said("sis", "José"), said("meals", "JOSE"))
    assert both["agrees"].tolist() == [True, True]
    assert both["chosen_by"].tolist() == ["All agree", pd.NA]
    three = choose(said("sis", "Ana"), said("meals", "ana"), said("club", "Anne"))
    assert three["agrees"].tolist() == [False, False, False]
    # Two values of one system: the one that the other system has agrees.
    twice = choose(said("sis", "Ana", tie=0), said("sis", "Anne", tie=1), said("meals", "Ana"))
    assert twice.set_index("record")["agrees"].to_dict() == {"r1": True, "r2": False, "r3": False}


def test_what_only_one_system_says_nobody_confirms_or_contradicts() -> None:
    alone = choose(said("sis", "Ana", tie=0), said("sis", "Anne", tie=1), said("meals", None))
    assert alone["agrees"].isna().all()
    # Another year's value is about another thing.
    years = choose(said("sis", "Ana", school_year=2026), said("meals", "Anne", school_year=2025))
    assert years["agrees"].isna().all()


def test_a_date_with_two_readings_agrees_by_the_one_that_another_system_has() -> None:
    dated = NAME.model_copy(update={"compare": "exact"})
    turned = said("meals", "2014-03-02", or_else="2014-02-03")
    assert choose(said("sis", "2014-02-03"), turned, of=dated)["agrees"].tolist() == [True, True]
    assert choose(said("sis", "2014-02-04"), turned, of=dated)["agrees"].tolist() == [False, False]


def test_codes_are_compared_only_among_systems_that_use_the_same_codes() -> None:
    coded = NAME.model_copy(update={"compare": "codes"})
    rows = said("sis", "1"), said("meals", "044"), said("club", "2")
    values = choose(*rows, of=coded, groups={0: {SILOS.index("sis"): 0, SILOS.index("meals"): 1, 0: 0}})
    agrees = dict(zip(values["silo"], values["agrees"].tolist(), strict=True))
    assert agrees == {"sis": False, "club": False, "meals": pd.NA}


@pytest.mark.parametrize(
    ("theirs", "together"),
    [
        ("a b c d", True),
        ("a b x y", True),
        ("a x y z", False),
        ("a", True),
        ("x", False),
        ("a b x y z", True),
    ],
)
def test_two_systems_use_the_same_codes_if_they_share_half_of_the_smaller_set(
    theirs: str, together: bool
) -> None:
    rows = [(0, 0, code) for code in "abcd"] + [(0, 1, code) for code in theirs.split()]
    groups = code_groups(pd.DataFrame(rows, columns=["element", "system", "value"]))
    assert (groups[0][0] == groups[0][1]) is together


@pytest.mark.parametrize(("days", "fresh"), [(0, True), (29, True), (30, True), (31, False)])
def test_a_value_is_fresh_through_the_last_day_that_its_element_allows(days: int, fresh: bool) -> None:
    """Counted from the newest export of any system."""
    row = choose(said("meals", "Ana", as_of=NEWEST - pd.Timedelta(days=days))).iloc[0]
    assert (row["days_old"], row["fresh"]) == (days, fresh)


def test_a_value_without_a_day_is_as_old_as_its_system_s_export_and_none_is_younger_than_today() -> None:
    newest = {"sis": NEWEST, "meals": day("03-01")}
    assert choose(said("meals", "Ana", as_of=None), newest=newest)["days_old"].tolist() == [30]
    assert choose(said("club", "Ana", as_of=None), newest=newest)["days_old"].isna().all()
    assert choose(said("meals", "Ana", as_of=day("04-09")), newest=newest)["days_old"].tolist() == [0]
    # Only what is shown has an age.
    two = choose(said("sis", "Ana"), said("meals", "Anne"), newest=newest)
    assert two["days_old"].isna().tolist() == [False, True]
