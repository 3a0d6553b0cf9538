"""What holds of every crosswalk, whatever records come in, and however they are shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link import link_children
from helpers.link.resolve.clusters import cluster_records, components
from tests.link.records import children, frames, record
from tests.tiers import examples

# Few values, so that ids collide, names repeat and chains arise.
FIRST = ["", "Ana", "Anna", "Bob", "Robert", "Bea", "Mohamed"]
LAST = ["", "Lopez", "Garcia Lopez", "Garcia", "Mohamed"]
BORN = ["", "2012-03-04", "2012-04-03", "2011-11-30"]
IDS = ["", "1", "2", "3"]


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for place in range(draw(st.integers(1, 14))):
        ids = {
            system: chosen
            for system in ("State", "District", "Undeclared", "PIN")
            if (chosen := draw(st.sampled_from(IDS)))
        }
        rows.append(
            record(
                draw(st.sampled_from(["sis", "meals", "map"])),
                f"r{place}",
                draw(st.sampled_from(FIRST)),
                draw(st.sampled_from(LAST)),
                draw(st.sampled_from(BORN)),
                **ids,
            )
        )
    return rows


@pytest.mark.full
@settings(max_examples=examples(40))
@given(rows=records(), seed=st.integers(0, 2**16), unique=st.sets(st.sampled_from(["sis", "meals"])))
def test_what_every_crosswalk_promises(rows: list[dict[str, Any]], seed: int, unique: set[str]) -> None:
    people, identifiers = frames(*rows)
    links = link_children(people, identifiers, unique_people=sorted(unique))
    crosswalk, pairs = links.crosswalk, links.pairs

    rng = np.random.default_rng(seed)
    shuffled = link_children(
        people.take(rng.permutation(len(people))).reset_index(drop=True),
        identifiers.take(rng.permutation(len(identifiers))).reset_index(drop=True),
        unique_people=sorted(unique),
    )
    for one, other in zip(
        (links.crosswalk, links.pairs, links.findings),
        (shuffled.crosswalk, shuffled.pairs, shuffled.findings),
        strict=True,
    ):
        pd.testing.assert_frame_equal(one, other)

    key = ["silo", "record"]
    assert sorted(crosswalk[key].values.tolist()) == sorted(people[key].values.tolist())
    known = crosswalk.merge(identifiers, on=key, how="left", validate="one_to_many")
    state = known[known["identification_system"].eq("State").fillna(False)]
    assert (state.groupby("child")["identifier"].nunique() <= 1).all()
    promised = crosswalk[crosswalk["silo"].isin(unique)]
    assert not promised.duplicated(["silo", "child"]).any()

    child_of = crosswalk.set_index(key)["child"]
    left = child_of.reindex(pd.MultiIndex.from_frame(pairs[["left_silo", "left_record"]])).to_numpy()
    right = child_of.reindex(pd.MultiIndex.from_frame(pairs[["right_silo", "right_record"]])).to_numpy()
    assert (left[pairs["decision"] == "Match"] == right[pairs["decision"] == "Match"]).all()
    assert (left[pairs["decision"] == "Refused"] != right[pairs["decision"] == "Refused"]).all()

    size = crosswalk.groupby("child")["record"].transform("size")
    # Who waits for a person waits still where whoever is joined to them says nothing but an id.
    asked = pairs[pairs["decision"].eq("Review")]
    waiting = {
        tuple(one) for side in ("left", "right") for one in asked[[f"{side}_silo", f"{side}_record"]].values
    }
    waits = pd.Series([tuple(one) in waiting for one in crosswalk[key].values])
    said = people.set_index(key).reindex(pd.MultiIndex.from_frame(crosswalk[key]))
    speaks = ~(said["linkable_by"].isin(["Identifier only", "Nothing"]) & said["birth_date"].isna())
    speaks = pd.Series(speaks.to_numpy(dtype=bool))
    only = speaks & speaks.groupby(crosswalk["child"]).transform("sum").eq(1)
    review = waits & (size.eq(1) | only)
    assert (crosswalk["link_status"].eq("Review") == review).all()
    assert ((size.gt(1) & ~review) == crosswalk["link_status"].isin(["Verified", "Unverified"])).all()
    assert (
        crosswalk[size.gt(1)].groupby("child")["step"].count()
        == crosswalk[size.gt(1)].groupby("child").size() - 1
    ).all()
    assert crosswalk.loc[size.eq(1), "step"].isna().all()
    assert crosswalk["step"].ne("Cascade").fillna(True).all()


@pytest.mark.full
@given(rows=records(), method=st.sampled_from(["shared identifier", "exact"]))
@settings(max_examples=examples(15))
def test_a_higher_rung_sees_every_pair_of_a_lower_one(rows: list[dict[str, Any]], method: Any) -> None:
    people, identifiers = frames(*rows)
    key = ["left_silo", "left_record", "right_silo", "right_record", "step"]
    lower = link_children(people, identifiers, method=method).pairs[key]
    highest = link_children(people, identifiers).pairs[key]
    assert set(lower.itertuples(index=False)) <= set(highest.itertuples(index=False))


def never(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.zeros(len(left), dtype=bool)


def test_matches_that_nothing_contradicts_are_followed_to_their_end() -> None:
    matches = pd.DataFrame({"left": [0, 1], "right": [1, 2], "strength": [8, 8]})
    assert cluster_records(4, matches, never).label.tolist() == [0, 0, 0, 3]


def test_a_chain_breaks_at_its_weakest_tie_when_its_ends_exclude_each_other() -> None:
    matches = pd.DataFrame({"left": [0, 1, 2], "right": [1, 2, 3], "strength": [9, 6, 8]})

    def ends(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return (left == 0) & (right == 3)

    clusters = cluster_records(4, matches, ends)
    assert clusters.label.tolist() == [0, 0, 2, 2]
    assert clusters.outcome.tolist() == ["Match", "Refused", "Match"]


def test_a_component_too_large_to_compare_in_one_go_still_holds_nothing_excluded() -> None:
    count = 1_600
    numbers = np.arange(count)
    matches = pd.DataFrame({"left": numbers[:-1], "right": numbers[1:], "strength": 8})

    def halves(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return (left < 800) & (right >= 800)

    label = cluster_records(count, matches, halves).label
    assert len(set(label[:800])) == 1
    assert len(set(label[800:])) == 1
    assert label[0] != label[-1]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_components_are_those_of_a_plain_search(ties: list[tuple[int, int]]) -> None:
    label = components(
        31, np.array([one for one, _ in ties], dtype=int), np.array([two for _, two in ties], dtype=int)
    )
    neighbors: dict[int, set[int]] = {}
    for one, other in ties:
        neighbors.setdefault(one, set()).add(other)
        neighbors.setdefault(other, set()).add(one)
    for start in range(31):
        reached, waiting = {start}, [start]
        while waiting:
            for near in neighbors.get(waiting.pop(), set()) - reached:
                reached.add(near)
                waiting.append(near)
        assert label[start] == min(reached)


def test_families_do_not_chain() -> None:
    # Same surname, same birth dates by twos, one telephone, one parents' e-mail for all.
    family = [("Mia", "2012-05-17"), ("Maya", "2012-05-17"), ("Leo", "2014-01-09"), ("Lea", "2014-01-09")]
    rows = [
        record(silo, f"{silo}{place}", first, "Ali", born, Email="parents@home.org", telephone="555 0101")
        for silo in ("sis", "meals")
        for place, (first, born) in enumerate(family)
    ]
    people, identifiers = frames(*rows)
    links = link_children(people, identifiers)
    assert children(links.crosswalk) == {
        frozenset({("sis", f"sis{place}"), ("meals", f"meals{place}")}) for place in range(4)
    }
    assert links.pairs.loc[links.pairs["decision"] == "Refused", "same_household"].all()
