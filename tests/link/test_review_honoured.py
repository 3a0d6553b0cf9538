"""What a person decided holds in the next run, at every rung, and what has changed is asked again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.link import METHODS, link_children
from helpers.link.review import read_decisions, review_queue
from helpers.link.review.session import ReviewSession
from tests.link.records import ANA, children, frames, record

# One name and birth date, two numbers of the state: a rule leaves it to a person.
RECORDS = [
    record("sis", "a", *ANA, State="1"),
    record("map", "b", *ANA, State="1"),
    record("iready", "d", *ANA, State="2"),
]
KNOWN, OTHER = {("sis", "a"), ("map", "b")}, {("iready", "d")}
RUNGS = [method for method in METHODS if METHODS.index(method) >= METHODS.index("standardized")]


def answered(answer: str, path: Path, method: str = "standardized") -> pd.DataFrame:
    """Answer the one question that waits, as the desk does, and read the file."""
    people, identifiers = frames(*RECORDS)
    queue = review_queue(link_children(people, identifiers, method=method), people)  # type: ignore[arg-type]
    session = ReviewSession(queue, path, reviewer="ab")
    assert len(session.questions) == 1
    session.answer(answer)
    return read_decisions(path)


@pytest.mark.one_in(5)
@pytest.mark.parametrize("method", RUNGS)
@pytest.mark.parametrize(
    ("answer", "together"),
    [("yes", {frozenset(KNOWN | OTHER)}), ("no", {frozenset(KNOWN), frozenset(OTHER)})],
)
def test_an_answer_holds_in_the_next_run(
    method: str, answer: str, together: set[frozenset[tuple[str, str]]], tmp_path: Path
) -> None:
    people, identifiers = frames(*RECORDS)
    decisions = answered(answer, tmp_path / "decisions.csv", method)
    links = link_children(people, identifiers, method=method, decisions=decisions)  # type: ignore[arg-type]
    assert children(links.crosswalk) == together
    assert links.stale_decisions.empty
    # Nobody is asked the same again.
    asked = ReviewSession(review_queue(links, people), tmp_path / "decisions.csv")
    assert asked.questions.empty


@pytest.mark.full
def test_a_decision_about_a_record_that_has_changed_is_not_applied_and_is_asked_again(tmp_path: Path) -> None:
    decisions = answered("yes", tmp_path / "decisions.csv")
    corrected = [
        *RECORDS[:2],
        record("iready", "d", "Ana", "Lopez", "2012-05-17", State="2", middle_name="Rosa"),
    ]
    people, identifiers = frames(*corrected)
    links = link_children(people, identifiers, method="standardized", decisions=decisions)
    assert children(links.crosswalk) == {frozenset(KNOWN), frozenset(OTHER)}
    assert links.stale_decisions["why"].tolist() == ["a record says something else now"]
    asked = ReviewSession(review_queue(links, people), tmp_path / "decisions.csv")
    assert len(asked.questions) == 1
