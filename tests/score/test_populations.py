"""Populations of pairs and outcomes of children, by hand, at each border."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.score.populations import (
    NAMED_POPULATIONS,
    OUTCOMES,
    POPULATIONS,
    child_outcomes,
    population_codes,
    record_kinds,
)

SAID = pd.Series(["Name and birth date", "Name only", "Identifier only", "Nothing", pd.NA], dtype="string")


def test_a_record_without_a_name_has_one_kind() -> None:
    assert record_kinds(SAID).tolist() == [0, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (0, 0, "Both dated"),
        (0, 1, "One dated"),
        (1, 1, "None dated"),
        (0, 2, "By number only"),
        (1, 2, "By number only"),
        (2, 2, "By number only"),
    ],
)
def test_a_pair_belongs_to_one_population_whichever_record_comes_first(
    left: int, right: int, expected: str
) -> None:
    codes = population_codes(np.array([left, right]), np.array([right, left]))
    assert [POPULATIONS[code] for code in codes] == [expected] * 2


def test_populations_with_names_are_all_but_one() -> None:
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
