"""Populations of pairs and outcomes of children, by hand, at each border."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from helpers.score.populations import (
    NAMED_POPULATIONS,
    OUTCOMES,
    POPULATIONS,
    child_outcomes,
    population_codes,
    populations_of,
    record_kinds,
)

SIDES = ["left_named", "left_dated", "right_named", "right_dated"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((True, True), (True, True), "Both dated"),
        ((True, True), (True, False), "One dated"),
        ((True, False), (True, True), "One dated"),
        ((True, False), (True, False), "None dated"),
        ((True, True), (False, False), "By number only"),
        ((False, False), (True, False), "By number only"),
        ((False, False), (False, False), "By number only"),
        # A birth date without a name links nobody.
        ((False, True), (True, True), "By number only"),
        ((False, True), (False, True), "By number only"),
    ],
)
def test_a_pair_belongs_to_one_population(
    left: tuple[bool, bool], right: tuple[bool, bool], expected: str
) -> None:
    pairs = pd.DataFrame([[*left, *right]], columns=SIDES, index=[7])
    assert populations_of(pairs).to_dict() == {7: expected}


def test_populations_are_symmetric_and_take_missing_flags_as_no() -> None:
    pairs = pd.DataFrame(list(product([True, False], repeat=4)), columns=SIDES)
    mirrored = pairs[[*SIDES[2:], *SIDES[:2]]].set_axis(SIDES, axis="columns")
    assert populations_of(pairs).tolist() == populations_of(mirrored).tolist()
    unknown = pd.DataFrame([[True, pd.NA, True, True]], columns=SIDES).astype("boolean")
    assert populations_of(unknown).tolist() == ["One dated"]


def test_codes_of_records_name_the_same_populations_as_flags() -> None:
    said = pd.Series(["Name and birth date", "Name only", "Identifier only", "Nothing"], dtype="string")
    kinds = record_kinds(said)
    codes = population_codes(kinds[:, None], kinds)
    flags = pd.DataFrame({"named": [True, True, False, False], "dated": [True, False, False, False]})
    left, right = np.divmod(np.arange(16), 4)
    pairs = pd.concat(
        [
            flags.iloc[place].reset_index(drop=True).add_prefix(f"{side}_")
            for side, place in (("left", left), ("right", right))
        ],
        axis="columns",
    )
    assert [POPULATIONS[code] for code in codes.ravel()] == populations_of(pairs).tolist()
    assert set(NAMED_POPULATIONS) == set(POPULATIONS) - {"By number only"}


def outcomes_of(*rows: tuple[str, str | None]) -> dict[str, str]:
    frame = pd.DataFrame(rows, columns=["person", "child"]).astype("string")
    return child_outcomes(frame).to_dict()


def test_a_child_is_complete_in_one_cluster_of_its_own() -> None:
    assert outcomes_of(("P", "a"), ("P", "a"), ("Q", "b")) == {"P": "complete", "Q": "complete"}


def test_a_child_of_several_clusters_is_split() -> None:
    assert outcomes_of(("P", "a"), ("P", "a"), ("P", "b")) == {"P": "split"}


def test_a_child_with_a_record_in_no_cluster_is_split_even_if_it_has_no_other() -> None:
    assert outcomes_of(("P", "a"), ("P", None), ("Q", None)) == {"P": "split", "Q": "split"}


def test_both_children_of_a_shared_cluster_are_mixed() -> None:
    assert outcomes_of(("P", "a"), ("P", "a"), ("Q", "a")) == {"P": "mixed", "Q": "mixed"}


def test_a_child_both_split_and_mixed_is_mixed_so_that_shares_add_up() -> None:
    found = outcomes_of(("P", "a"), ("P", "b"), ("Q", "b"), ("R", "c"), ("R", "d"), ("S", "e"))
    assert found == {"P": "mixed", "Q": "mixed", "R": "split", "S": "complete"}
    shares = pd.Series(found).value_counts(normalize=True)
    assert shares.reindex(OUTCOMES).sum() == pytest.approx(1)


def test_a_record_in_no_key_mixes_the_child_and_is_no_child_itself() -> None:
    records = pd.DataFrame(
        {"person": ["P", "P", "nobody x"], "child": ["a", "a", "a"], "is_child": [True, True, False]}
    ).astype({"person": "string", "child": "string"})
    assert child_outcomes(records).to_dict() == {"P": "mixed"}
    alone = records.assign(child=["a", "a", "b"]).astype({"child": "string"})
    assert child_outcomes(alone).to_dict() == {"P": "complete"}
