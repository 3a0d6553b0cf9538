"""The arithmetic of the benches of linking: counts, shares of error, clusters of the ceiling."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.score import score_links
from helpers.score.populations import ALL_NAMED, NAMED_POPULATIONS, POPULATIONS
from helpers.score.truth import true_person_of_record
from tests.bench.__main__ import chosen_benches
from tests.bench.figures import figure
from tests.bench.linking_average_link import average_link
from tests.bench.linking_ceiling import candidate_pairs
from tests.bench.linking_counts import COUNTED, PairCounter, error_ratio
from tests.bench.linking_data import LinkingData
from tests.made_by_hand import Made, made
from tests.tiers import examples

KINDS = ["Name and birth date", "Name only", "Identifier only"]


def as_data(by_hand: Made) -> LinkingData:
    """Give a district made by hand as benches keep one."""
    nothing = pd.DataFrame()
    owners = true_person_of_record(by_hand, by_hand.key).groupby(["silo", "record", "person"]).size()
    return LinkingData(
        folder=Path(),
        people=by_hand.people,
        person_rows=by_hand.person_rows,
        identifiers=nothing,
        findings=by_hand.findings,
        school=nothing,
        key=by_hand.key,
        owners=owners.rename("rows").reset_index(),
        exposure=nothing,
        unique_people=(),
        anchor_order=("sis",),
    )


def labels_of(by_hand: Made, data: LinkingData) -> np.ndarray:
    """Give a crosswalk as numbers."""
    record = ["silo", "record"]
    joined = data.students[record].merge(by_hand.crosswalk, on=record, how="left", validate="one_to_one")
    return pd.factorize(joined["child"])[0].astype("int64")


@settings(max_examples=examples(6))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sis", "meals", "clubs"]),
            st.sampled_from(["P1", "P2", "P3", "P1+P2", ""]),
            st.sampled_from("abcd"),
            st.sampled_from(KINDS),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_pairs_are_counted_as_the_scores_count_them(drawn: list[tuple[str, str, str, str]]) -> None:
    records = [(silo, f"r{place}", person, child) for place, (silo, person, child, _) in enumerate(drawn)]
    kinds = {f"r{place}": kind for place, (*_, kind) in enumerate(drawn)}
    by_hand = made(records, linkable_by=kinds)
    data = as_data(by_hand)
    counted = PairCounter(data)(labels_of(by_hand, data))
    scores = score_links(by_hand, by_hand.crosswalk, key=by_hand.key)
    whole = scores[scores["left_silo"].isna() & scores["group"].eq("All")].set_index("population")
    three = ["possible", "linked", "right"]
    expected = whole[three].reindex([*POPULATIONS], fill_value=0)
    expected.loc[ALL_NAMED] = expected.loc[[*NAMED_POPULATIONS]].sum()
    for name in COUNTED:
        told = counted[name]
        assert [told.possible, told.linked, told.right] == expected.loc[name].tolist()


def test_a_childs_record_that_is_not_linked_is_missed() -> None:
    by_hand = made([("sis", "s1", "P1", "a"), ("meals", "m1", "P1", "a"), ("clubs", "c1", "P1", "b")])
    data = as_data(by_hand)
    unknown = data.people.assign(role=data.people["role"].mask(data.people["record"].eq("c1"), "Unknown"))
    data = replace(data, people=unknown)
    counted = PairCounter(data)(np.array([0, 0]))["Both dated"]
    assert (counted.possible, counted.linked, counted.right) == (3, 1, 1)


def test_some_systems_are_counted_apart() -> None:
    records = [("sis", "s1", "P1", "a"), ("meals", "m1", "P1", "a"), ("clubs", "c1", "P1", "b")]
    by_hand = made([*records, ("clubs", "c2", "P2", "a")])
    data = as_data(by_hand)
    counter, labels = PairCounter(data), labels_of(by_hand, data)
    among = counter.among(labels, data.students["silo"].ne("clubs").to_numpy(dtype=bool))
    assert (among.possible, among.linked, among.right) == (1, 1, 1)
    everybody = counter.among(labels, np.ones(4, dtype=bool))
    assert (everybody.possible, everybody.linked, everybody.right) == (3, 3, 1)


def test_a_share_of_error_compares_what_is_missing_to_one() -> None:
    assert error_ratio(0.99, 0.98) == pytest.approx(0.5)
    assert error_ratio(0.98, 0.98) == pytest.approx(1)
    assert error_ratio(0.98, 1.0) == float("inf")
    assert error_ratio(1.0, 1.0) == 1


def test_average_links_keep_two_families_apart_that_one_pair_ties() -> None:
    left, right = np.array([0, 0, 1, 3, 2]), np.array([1, 2, 2, 4, 3])
    probability = np.array([0.9, 0.9, 0.9, 0.9, 0.9])
    labels = average_link(left, right, probability, 6, [0.5, 0.1])
    # Between 0, 1, 2 and 3, 4 there are six pairs, of which one is likely: .15 on average.
    assert len(set(labels[0.5][:3])) == 1
    assert len(set(labels[0.5][3:5])) == 1
    assert len(set(labels[0.5])) == 3
    assert len(set(labels[0.1][:5])) == 1
    assert labels[0.1][5] not in labels[0.1][:5]


def test_candidates_are_pooled_once_each() -> None:
    pairs = pd.DataFrame({"left": [3, 0], "right": [1, 1]})
    pooled = candidate_pairs([np.array([7, 7, 8, 9, 7])], [pairs], 5)
    assert pooled.to_numpy().tolist() == [[0, 1], [0, 4], [1, 3], [1, 4]]


def test_a_figure_without_a_target_is_not_judged() -> None:
    assert figure("shown", 0.5, "", None)["met"] is None
    assert figure("kept", 0.5, "", 0.4, at_least=True)["met"] is True
    assert figure("missed", 0.5, "", 0.4)["met"] is False


def test_parts_of_a_bench_are_named_by_what_they_begin_with() -> None:
    assert list(chosen_benches(["link"], 1)) == ["link-speed", "link-ids", "link-large", "link-pairs"]
    assert list(chosen_benches(["link-ids", "read"], 1)) == ["read", "link-ids"]
    with pytest.raises(click.BadParameter, match="no bench is called 'links'"):
        chosen_benches(["links"], 1)
