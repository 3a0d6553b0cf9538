"""What a person who never errs would add to links, by hand."""

from __future__ import annotations

import pandas as pd

from helpers.score import with_review
from tests.made_by_hand import Made, made, pair

# P1 in three silos and P2 in two, nobody joined but s1 with t1.
APART = [
    ("sis", "s1", "P1", "a"),
    ("attendance", "t1", "P1", "a"),
    ("meals", "m1", "P1", "b"),
    ("sis", "s2", "P2", "c"),
    ("meals", "m2", "P2", "d"),
]


def waiting(*pairs: tuple[str, str, float]) -> Made:
    district = made(APART)
    district.pairs = pd.concat(
        [pair(left, right, decision="Review", match_probability=sure) for left, right, sure in pairs],
        ignore_index=True,
    )
    return district


def told(district: Made) -> list[int]:
    """Give right, right after, linked after, waiting, asked and yes, of all pairs."""
    table = with_review(district, district, key=district.key)
    whole = table[table["population"].eq("All")].iloc[0]
    names = ["right", "right_after", "linked_after", "needs_review", "asked", "answered_yes"]
    return whole[names].astype(int).tolist()


def test_a_yes_ties_all_records_of_both_and_a_no_nothing() -> None:
    district = waiting(("m1", "t1", 0.9), ("m2", "s2", 0.8))
    assert told(district) == [1, 4, 4, 2, 2, 2]
    assert told(waiting(("m2", "s1", 0.8))) == [1, 1, 1, 1, 1, 0]


def test_each_child_once_asks_what_promises_most() -> None:
    # Both are about the child of s1 and t1; m2 and s2 have nothing to do with it.
    district = waiting(("m2", "s1", 0.6), ("m1", "t1", 0.7), ("m2", "s2", 0.9))
    assert told(district) == [1, 4, 4, 3, 2, 2]
    # A wrong one that promises more stands before the right ones, and uses the children up.
    district = waiting(("m2", "s1", 0.95), ("m1", "t1", 0.7), ("m2", "s2", 0.9))
    assert told(district) == [1, 1, 1, 3, 1, 0]


def test_two_pairs_about_the_same_two_children_are_one_question() -> None:
    assert told(waiting(("m1", "t1", 0.9), ("m1", "s1", 0.9))) == [1, 3, 3, 2, 1, 1]


def test_where_nothing_waits_nothing_changes() -> None:
    district = made(APART)
    assert told(district) == [1, 1, 1, 0, 0, 0]
