"""The two highest rungs: what a model adds to rules, and what it may never do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link import Links, link_children
from helpers.standard import as_table
from tests.link.records import children, frames, linked, record
from tests.tiers import examples

FIRST = [
    "Wyatt",
    "Marisol",
    "Imani",
    "Declan",
    "Yaretzi",
    "Graham",
    "Anselm",
    "Beatrix",
    "Corinne",
    "Dashiell",
]
LAST = [
    "Hawkins",
    "Quispe",
    "Okafor",
    "Brannigan",
    "Fierro",
    "Odetola",
    "Castellan",
    "Dubrow",
    "Esterhazy",
    "Finch",
]


def town(*extra: dict[str, Any]) -> list[dict[str, Any]]:
    """Give two systems with a hundred children, and one that knows names and schools alone."""
    rows = []
    for n, (first, last) in enumerate((first, last) for first in FIRST for last in LAST):
        born = f"{2008 + n % 7}-{n % 12 + 1:02}-{n % 27 + 1:02}"
        rows.append(record("sis", f"s{n:03}", first, last, born, school_name=f"School {n % 5}"))
        rows.append(record("meals", f"m{n:03}", first, last, born))
        rows.append(record("survey", f"q{n:03}", first, last, school_name=f"School {n % 5}"))
    return [*rows, *extra]


def decided(rows: list[dict[str, Any]], **how: Any) -> Links:
    return linked(*rows, **({"method": "resolved"} | how))


def child_of(links: Links, silo: str, name: str) -> str:
    one = links.crosswalk[links.crosswalk["silo"].eq(silo) & links.crosswalk["record"].eq(name)]
    return str(one["child"].item())


def test_a_record_with_a_name_alone_goes_to_the_only_child_who_has_it() -> None:
    links = decided(town())
    assert all(
        child_of(links, "survey", f"q{n:03}") == child_of(links, "sis", f"s{n:03}") for n in range(100)
    )
    survey = links.crosswalk[links.crosswalk["silo"].eq("survey")]
    assert survey["step"].eq("Probabilistic").all()
    assert survey["link_status"].eq("Verified").all()
    assert survey["confidence"].between(0.6, 1).all()
    by_rules = links.crosswalk[links.crosswalk["silo"].eq("meals")]
    assert by_rules["confidence"].isna().all()


def test_a_misspelled_name_with_the_same_birth_date_is_joined() -> None:
    links = decided(town(record("health", "h", "Wyatt", "Hwakins", "2008-01-01")))
    assert child_of(links, "health", "h") == child_of(links, "sis", "s000")
    pair = links.pairs[links.pairs["left_silo"].eq("health") | links.pairs["right_silo"].eq("health")]
    match = pair[pair["decision"].eq("Match")]
    assert match["decided_by"].eq("Model").all()
    assert match["match_probability"].gt(0.5).all()
    assert match["match_weight"].notna().all()


def test_two_namesakes_leave_a_record_without_more_to_a_person() -> None:
    twice = record("sis", "other", "Wyatt", "Hawkins", "2013-11-30", school_name="School 3")
    links = decided([*town(twice), record("lms", "l", "Wyatt", "Hawkins")])
    mine = links.crosswalk[links.crosswalk["silo"].eq("lms")].iloc[0]
    assert mine["link_status"] == "Review"
    waiting = links.pairs[links.pairs["decision"].eq("Review")]
    assert len(waiting[waiting["left_silo"].eq("lms") | waiting["right_silo"].eq("lms")]) == 1


def test_the_school_tells_namesakes_apart() -> None:
    twice = record("sis", "other", "Wyatt", "Hawkins", "2013-11-30", school_name="School 3")
    links = decided([*town(twice), record("clubs", "c", "Wyatt", "Hawkins", school_name="School 3")])
    assert child_of(links, "clubs", "c") == child_of(links, "sis", "other")


@pytest.mark.one_in(2)
@pytest.mark.parametrize("method", ["probabilistic", "resolved"])
def test_twins_are_two_children_whatever_they_share(method: str) -> None:
    twins = [
        record(
            silo,
            f"{silo}-{first}",
            first,
            "Petrosyan",
            "2012-05-17",
            telephone="555 010 0101",
            school_name="School 1",
        )
        for silo in ("sis", "meals")
        for first in ("Jayden", "Kayden")
    ]
    links = decided(town(*twins), method=method)
    assert child_of(links, "sis", "sis-Jayden") == child_of(links, "meals", "meals-Jayden")
    assert child_of(links, "sis", "sis-Jayden") != child_of(links, "sis", "sis-Kayden")


def test_one_wrong_tie_between_two_families_leaves_them_two() -> None:
    families = [
        record("sis", "a1", "Nora", "Vandermeer", "2012-05-17", State="1"),
        record("meals", "a2", "Nora", "Vandermeer", "2012-05-17", State="1"),
        record("sis", "b1", "Nora", "Vandermeer", "2012-05-19", State="2"),
        record("meals", "b2", "Nora", "Vandermeer", "2012-05-19", State="2"),
    ]
    bridge = record("health", "x", "Nora", "Vandermeer", "2012-05-18")
    links = decided(town(*families, bridge))
    assert child_of(links, "sis", "a1") == child_of(links, "meals", "a2")
    assert child_of(links, "sis", "b1") == child_of(links, "meals", "b2")
    assert child_of(links, "sis", "a1") != child_of(links, "sis", "b1")


def test_a_silo_that_promises_it_has_no_child_twice() -> None:
    rows = town(record("survey", "again", "Wyatt", "Hawkins", school_name="School 0"))
    links = decided(rows, unique_people=["survey"])
    survey = links.crosswalk[links.crosswalk["silo"].eq("survey")]
    assert not survey.duplicated("child").any()


@pytest.mark.one_in(2)
@pytest.mark.parametrize("by", ["their silo", "a person"])
def test_what_fits_two_children_goes_to_neither(by: str) -> None:
    two = [record("sis", name, "Zebulon", "Quartz", "2011-04-05") for name in ("x1", "x2")]
    rows = town(*two, record("meals", "x3", "Zebulon", "Quartz", "2011-04-05"))
    if by == "a person":
        links = decided(rows, decisions=decisions(("sis", "x1", "sis", "x2", "No match")))
    else:
        links = decided(rows, unique_people=["sis"])
    mine = links.crosswalk[links.crosswalk["record"].isin(["x1", "x2", "x3"])]
    assert mine["child"].nunique() == 3
    assert mine.loc[mine["silo"].eq("meals"), "link_status"].item() == "Review"


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("born", "decision"), [("1981-02-03", "Review"), ("2011-02-03", "Match")])
def test_a_father_of_his_sons_name_and_home_waits_for_a_person(born: str, decision: str) -> None:
    home = {"street_number_name": "12 Oak Street", "postal_code": "01234", "telephone": "555 010 9999"}
    rows = town(
        record("sis", "son", "Zebulon", "Quartz", "2011-11-24", **home),
        record("meals", "father", "Zebulon", "Quartz", born, **home),
    )
    links = decided(rows)
    assert links.pairs.loc[links.pairs["left_record"].eq("father"), "decision"].tolist() == [decision]
    one = child_of(links, "sis", "son") == child_of(links, "meals", "father")
    assert one == (decision == "Match")


def decisions(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    columns = ["left_silo", "left_record", "right_silo", "right_record", "decision"]
    return as_table("decisions", pd.DataFrame(list(rows), columns=columns))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("method", ["standardized", "probabilistic", "resolved"])
def test_a_persons_word_holds_before_every_rule(method: str) -> None:
    rows = town(record("lms", "l", "W", "H"))
    told = decisions(
        ("lms", "l", "sis", "s000", "Match"),
        ("meals", "m001", "sis", "s001", "No match"),
    )
    links = decided(rows, method=method, decisions=told)
    assert child_of(links, "lms", "l") == child_of(links, "sis", "s000")
    assert child_of(links, "meals", "m001") != child_of(links, "sis", "s001")
    said = links.pairs[links.pairs["decided_by"].eq("Person")]
    assert set(said["decision"]) == {"Match", "No match"}


def test_without_any_birth_date_a_name_and_a_school_that_fit_one_child_alone_join() -> None:
    names = [(first, last) for first in FIRST for last in LAST]
    rows = [
        record(silo, f"{silo}{n}", *name, school_name=f"School {n % 7}", telephone=f"555 01{n // 2:02} 0000")
        for silo in ("one", "two")
        for n, name in enumerate(names)
    ]
    links = decided(rows, unique_people=["one", "two"])
    assert children(links.crosswalk) == {
        frozenset({("one", f"one{n}"), ("two", f"two{n}")}) for n in range(100)
    }


def test_names_alone_without_any_birth_date_wait_for_a_person_about_the_right_pair() -> None:
    names = [(first, last) for first in FIRST for last in LAST]
    rows = [record(silo, f"{n:03}", *name) for silo in ("one", "two") for n, name in enumerate(names)]
    links = decided(rows, unique_people=["one", "two"])
    waiting = links.pairs[links.pairs["decision"].isin(["Review", "Match"])]
    assert len(waiting) == 100
    assert waiting["left_record"].eq(waiting["right_record"]).all()


def test_a_telephone_that_a_household_shares_joins_nobody() -> None:
    rows = [
        record(silo, f"{silo}{n}", first, "Vandermeer", telephone="555 010 0101")
        for silo in ("one", "two")
        for n, first in enumerate(("Nora", "Felix", "Ida"))
    ]
    links = linked(*rows, method="resolved")
    for group in children(links.crosswalk):
        assert len({name[-1] for _, name in group}) == 1


@pytest.mark.parametrize("method", ["probabilistic", "resolved"])
def test_one_name_shared_by_all_rows_joins_nobody_and_is_reported(method: str) -> None:
    rows = [record(silo, f"r{n:04}", "Jose", "Garcia") for silo in ("one", "two") for n in range(300)]
    links = linked(*rows, method=method)
    assert links.crosswalk["child"].nunique() == 600
    assert links.passed_over.loc[links.passed_over["step"].eq("Probabilistic"), "records"].item() > 0


# Few values, so that ids collide, names repeat and chains arise.
SOME_FIRST = ["", "Ana", "Anna", "Bob", "Mohamed", "Wyatt"]
SOME_LAST = ["", "Lopez", "Garcia Lopez", "Mohamed", "Hawkins", "Hwakins"]
BORN = ["", "2012-03-04", "2012-04-03", "2011-11-30"]


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for place in range(draw(st.integers(1, 12))):
        ids = {
            system: chosen
            for system in ("State", "Undeclared")
            if (chosen := draw(st.sampled_from(["", "1", "2"])))
        }
        name = draw(st.sampled_from(SOME_FIRST)), draw(st.sampled_from(SOME_LAST))
        silo = draw(st.sampled_from(["sis", "meals", "map"]))
        rows.append(record(silo, f"r{place}", *name, draw(st.sampled_from(BORN)), **ids))
    return rows


@pytest.mark.full
@settings(max_examples=examples(6))
@given(
    rows=records(),
    seed=st.integers(0, 2**16),
    method=st.sampled_from(["probabilistic", "resolved"]),
    unique=st.sets(st.sampled_from(["sis", "meals"])),
)
def test_what_every_crosswalk_of_a_model_promises(
    rows: list[dict[str, Any]], seed: int, method: Any, unique: set[str]
) -> None:
    people, identifiers = frames(*rows)
    promised = sorted(unique)
    links = link_children(people, identifiers, method=method, unique_people=promised)
    rng = np.random.default_rng(seed)
    shuffled = link_children(
        people.take(rng.permutation(len(people))).reset_index(drop=True),
        identifiers.take(rng.permutation(len(identifiers))).reset_index(drop=True),
        method=method,
        unique_people=promised,
    )
    pd.testing.assert_frame_equal(links.crosswalk, shuffled.crosswalk)
    pd.testing.assert_frame_equal(links.pairs, shuffled.pairs)

    crosswalk, pairs, key = links.crosswalk, links.pairs, ["silo", "record"]
    assert sorted(crosswalk[key].values.tolist()) == sorted(people[key].values.tolist())
    assert not crosswalk[crosswalk["silo"].isin(unique)].duplicated(["silo", "child"]).any()
    ids = identifiers[identifiers["identification_system"].eq("State")]
    known = crosswalk.merge(ids, on=key, how="inner", validate="one_to_many")
    assert (known.groupby("child")["identifier"].nunique() <= 1).all()
    child = crosswalk.set_index(key)["child"]
    left = child.reindex(pd.MultiIndex.from_frame(pairs[["left_silo", "left_record"]])).to_numpy()
    right = child.reindex(pd.MultiIndex.from_frame(pairs[["right_silo", "right_record"]])).to_numpy()
    assert (left[pairs["decision"] == "Match"] == right[pairs["decision"] == "Match"]).all()
    assert (left[pairs["decision"] == "Refused"] != right[pairs["decision"] == "Refused"]).all()
    size = crosswalk.groupby("child")["record"].transform("size")
    told = people.set_index(key)[["first_name", "last_surname", "birth_date"]].notna().any(axis="columns")
    speaks = told.reindex(pd.MultiIndex.from_frame(crosswalk[key])).to_numpy()
    others = crosswalk.assign(speaks=speaks).groupby("child")["speaks"].transform("sum") - speaks
    # Joined to records with an id alone, a record that asks for a review still asks.
    asks = crosswalk["link_status"].eq("Review") & others.eq(0) & speaks
    assert (size.gt(1) & ~asks == crosswalk["link_status"].isin(["Verified", "Unverified"])).all()
    assert not pairs.duplicated(["left_silo", "left_record", "right_silo", "right_record", "step"]).any()
