"""Another child's value on a page is counted, wherever it comes from; the rest isn't."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.link import Links
from helpers.score.answer_key import AnswerKey
from helpers.score.family_pages import score_pages, score_pages_on_hold
from helpers.standard import as_table, empty_table
from tests.district_by_hand import district, links, silo

ROSTER = ["sis"]
# Ana and her brother Ben; a visit of Ben's was written down under Ana's name.
TRUTH = {
    ("sis", "sis/person_rows.csv", 2): "ANA",
    ("sis", "sis/person_rows.csv", 3): "BEN",
    ("health", "health/person_rows.csv", 2): "ANA",
    ("health", "health/health_visit.csv", 2): "ANA",
    ("health", "health/health_visit.csv", 3): "BEN",
    ("meals", "meals/person_rows.csv", 2): "ANA",
    ("meals", "meals/meal_account.csv", 2): "ANA",
}
WHO = {("sis", "ana"): "c-a", ("sis", "ben"): "c-b", ("health", "h1"): "c-a", ("meals", "m1"): "c-a"}


def key(truth: dict[tuple[str, str, int], str], **adults: str) -> AnswerKey:
    """Give the truth about rows, and which adult is of which household."""
    rows = [
        {"silo": s, "file": f, "row": r, "person": p, "part": "Subject"} for (s, f, r), p in truth.items()
    ]
    for row in rows:
        if row["person"] in adults:
            row["part"] = "Guardian"
    people = [{"person": one, "role": "Student", "household": "H1"} for one in ("ANA", "BEN")]
    people += [{"person": one, "role": "Guardian", "household": home} for one, home in adults.items()]
    tables: dict[str, Any] = {name: empty_table(f"key_{name}") for name in AnswerKey.__dataclass_fields__}
    tables["rows"] = as_table("key_rows", pd.DataFrame(rows))
    tables["people"] = as_table("key_people", pd.DataFrame(people))
    return AnswerKey(**tables)


def whole(**more: Any) -> Any:
    visits = [{"record": "h1", "date": "2026-01-05"}, {"record": "h1", "date": "2026-02-05"}]
    return district(
        silo("sis", [{"record": "ana"}, {"record": "ben"}]),
        silo("health", [{"record": "h1"}], health_visit=visits),
        silo("meals", [{"record": "m1"}], meal_account=[{"record": "m1", "balance": 2.5}]),
        *more.values(),
    )


def lines(*shown: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(shown, columns=["child", "name", "silo"], dtype="string")


def judged(shown: pd.DataFrame, tied: Links | None = None, **how: Any) -> pd.DataFrame:
    tied = tied or links(WHO)
    return score_pages(whole(), tied, shown, rosters=ROSTER, key=key(TRUTH), **how).set_index("domain")


def test_a_count_of_which_one_row_is_a_brothers_is_the_brothers_value() -> None:
    shown = lines(("c-a", "health_visits", "health"), ("c-a", "account_balance", "meals"))
    scores = judged(shown)
    assert list(scores.loc["health", ["shown", "of_another_child", "pages_with_another"]]) == [1, 1, 1]
    assert list(scores.loc["meals", ["shown", "of_another_child"]]) == [1, 0]
    assert list(scores.loc["All", ["shown", "of_another_child", "pages", "pages_with_another"]]) == [
        2,
        1,
        1,
        1,
    ]


def test_what_is_made_of_several_systems_is_wrong_if_one_of_them_is() -> None:
    assert judged(lines(("c-a", "an indicator", "meals; health"))).at["All", "of_another_child"] == 1
    assert judged(lines(("c-a", "an indicator", "meals"))).at["All", "of_another_child"] == 0


def test_a_system_that_has_another_childs_record_is_wrong_whatever_it_says() -> None:
    tied = links({**WHO, ("meals", "m1"): "c-b"})
    assert judged(lines(("c-b", "account_balance", "meals")), tied).at["All", "of_another_child"] == 1


def test_a_page_about_nobody_on_the_roster_is_all_wrong() -> None:
    assert judged(lines(("c-x", "account_balance", "meals"))).at["All", "pages_with_another"] == 1


def test_shares_are_of_what_could_be_shown() -> None:
    known = lines(("c-a", "health_visits", "health"), ("c-a", "account_balance", "meals"))
    scores = judged(known.tail(1), known=known)
    assert scores.at["All", "share"] == pytest.approx(0.5)
    assert scores.at["meals", "share"] == 1
    assert list(scores.loc["health", ["known", "shown", "of_another_child"]]) == [1, 0, 0]


@pytest.mark.parametrize(("home", "wrong"), [("H1", 0), ("H2", 1)])
def test_log_ins_of_an_adult_of_another_household_are_wrong(home: str, wrong: int) -> None:
    portal = silo(
        "family",
        [{"record": "c1"}, {"record": "a1", "role": "Guardian"}],
        contact=[{"record": "c1", "contact_record": "a1"}],
        login=[{"record": "a1", "date": "2026-01-05", "sessions": 1}],
    )
    truth = {
        **TRUTH,
        ("family", "family/person_rows.csv", 2): "ANA",
        ("family", "family/contact.csv", 2): "ANA",
        ("family", "family/login.csv", 2): "MUM",
    }
    tied = links({**WHO, ("family", "c1"): "c-a"})
    shown = lines(("c-a", "portal_logins", "family"))
    scores = score_pages(whole(portal=portal), tied, shown, rosters=ROSTER, key=key(truth, MUM=home))
    assert scores.set_index("domain").at["All", "of_another_child"] == wrong


def test_held_pages_are_counted_by_reason_and_by_whom_they_are_held_from() -> None:
    held = pd.DataFrame(
        [
            {"child": "c-a", "code": "eighteen", "citation": "FERPA-22"},
            {"child": "c-b", "code": "no_rights", "silo": "family", "guardian": "a1", "citation": "FERPA-21"},
            {"child": "c-b", "code": "no_rights", "silo": "family", "guardian": "a2", "citation": "FERPA-21"},
        ]
    )
    scores = score_pages_on_hold(as_table("pages_on_hold", held.assign(reason="x")), children=4)
    told = scores[["to_whom", "code", "pages", "rows", "share"]].to_numpy().tolist()
    assert told == [["Nobody", "eighteen", 1, 1, 0.25], ["Others only", "no_rights", 1, 2, 0.25]]
