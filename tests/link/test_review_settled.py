"""What one answer settles: the other pairs of the same two children, and the children themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from helpers.link.resolve.clusters import apply_review_decisions, pairs_already_decided
from helpers.standard import as_table


def pairs(*told: tuple[str, str, str, str]) -> pd.DataFrame:
    """Give pairs of records of one silo: left, right, decision, who decided."""
    frame = pd.DataFrame(told, columns=["left_record", "right_record", "decision", "decided_by"])
    return as_table("pairs", frame.assign(left_silo="s", right_silo="s", step="Exact"))


def crosswalk(*children: str) -> pd.DataFrame:
    """Give a crosswalk of children, each a word of one-letter records."""
    rows = [
        {"silo": "s", "record": record, "child": child, "link_status": "Verified", "linkable_by": "Name only"}
        for child in children
        for record in child
    ]
    return as_table("crosswalk", pd.DataFrame(rows))


def test_a_no_settles_the_other_pairs_of_the_two_children() -> None:
    told = pairs(
        ("a", "b", "Match", "Rule"),
        ("a", "c", "No match", "Person"),
        ("b", "c", "Review", "Rule"),
        ("b", "d", "Review", "Rule"),
    )
    assert pairs_already_decided(told, crosswalk("ab", "c", "d")).fillna("").tolist() == [
        "",
        "",
        "No match",
        "",
    ]


def test_a_yes_settles_what_it_joined_and_no_older_doubt() -> None:
    told = pairs(
        ("a", "b", "Match", "Rule"),
        ("b", "c", "Match", "Person"),
        ("a", "c", "Review", "Rule"),
        # A rule doubted this one within what rules had joined: the yes was about something else.
        ("a", "e", "Review", "Rule"),
        ("b", "e", "Match", "Rule"),
    )
    assert pairs_already_decided(told, crosswalk("abce")).fillna("").tolist() == ["", "", "Match", "", ""]


def test_without_a_person_nothing_is_settled() -> None:
    told = pairs(("a", "b", "No match", "Rule"), ("a", "c", "Review", "Rule"))
    assert pairs_already_decided(told, crosswalk("a", "b", "c")).isna().all()


def said(*answers: tuple[int, int, bool]) -> pd.DataFrame:
    frame = pd.DataFrame(answers, columns=["left", "right", "is_match"])
    return frame.astype({"left": "int64", "right": "int64", "is_match": bool})


def test_a_yes_joins_all_that_both_children_hold() -> None:
    label, refused = apply_review_decisions(np.array([0, 0, 2, 2, 4]), said((1, 3, True)))
    assert label.tolist() == [0, 0, 0, 0, 4]
    assert not refused.any()


def test_a_yes_against_a_no_about_the_same_children_does_not_hold() -> None:
    label, refused = apply_review_decisions(
        np.array([0, 0, 2, 2, 4]), said((0, 2, False), (1, 3, True), (1, 4, True), (3, 4, True))
    )
    assert label.tolist() == [0, 0, 2, 2, 0]
    assert refused.tolist() == [False, True, False, True]


RECORDS = st.integers(0, 7)


@given(
    st.lists(RECORDS, min_size=8, max_size=8),
    st.lists(st.tuples(RECORDS, RECORDS, st.booleans()), max_size=8),
)
def test_no_persons_no_is_ever_joined_and_nothing_comes_apart(
    groups: list[int], answers: list[tuple[int, int, bool]]
) -> None:
    before = np.array([groups.index(group) for group in groups])
    # A no about two records of one child is for the rules to honor: they are apart already.
    kept = [(a, b, yes) for a, b, yes in answers if a != b and (yes or before[a] != before[b])]
    after, refused = apply_review_decisions(before, said(*kept))
    for (left, right, is_match), not_held in zip(kept, refused, strict=True):
        assert (after[left] == after[right]) == (is_match and not not_held)
    for one in range(8):
        assert all(after[one] == after[other] for other in range(8) if before[one] == before[other])
