"""Just below, at and just above the lines at which a pair is accepted, or shown to a person."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import helpers.link.model
from helpers.link.dates import BIRTH_DATE_LEVELS, compare_birth_dates
from helpers.link.two_files.candidates import Candidates
from helpers.link.two_files.matching import decide_pairs
from helpers.link.two_files.persons import Persons
from tests.link.records import frames, linked, record


def weight_of(probability: float) -> float:
    """Give the bits of a probability, to the last place: the same float comes back from its odds."""
    weight = math.log2(probability / (1 - probability))
    tries = [weight]
    for towards in (-math.inf, math.inf):
        near = weight
        for _ in range(40):
            near = math.nextafter(near, towards)
            tries.append(near)
    exact = [one for one in tries if 2.0**one / (1 + 2.0**one) == probability]
    return exact[0] if exact else weight


@pytest.mark.parametrize(
    ("probability", "decision"),
    [(0.699999, "Review"), (0.7, "Match"), (0.700001, "Match"), (0.099999, "No match"), (0.100001, "Review")],
)
def test_the_line_of_records_with_birth_dates(
    monkeypatch: pytest.MonkeyPatch, probability: float, decision: str
) -> None:
    def scores(units: pd.DataFrame, pairs: pd.DataFrame, model: object = None) -> pd.DataFrame:
        return pairs.assign(match_weight=weight_of(probability), match_probability=probability)

    monkeypatch.setattr(helpers.link.model, "score_pairs", scores)
    rows = [
        record("sis", "a", "Zebulon", "Quartz", "2012-05-17"),
        record("meals", "b", "Zebulon", "Quarzt", "2012-05-17"),
    ]
    pairs = linked(*rows, method="decided").pairs
    assert pairs["decision"].tolist() == [decision]


def persons_of_two_files() -> Persons:
    return Persons(np.array([0, 0]), 1, True, {}, None, None)


@pytest.mark.parametrize(
    ("probability", "decision"),
    [
        (0.799999, ["Review"]),
        (0.8, ["Match"]),
        (0.800001, ["Match"]),
        (0.099999, []),
        (0.100001, ["Review"]),
    ],
)
def test_the_line_of_two_files(probability: float, decision: list[str]) -> None:
    def weigh(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full(len(left), weight_of(probability)), np.zeros(len(left), dtype=bool)

    no = np.array([False])
    candidates = Candidates(np.array([0]), np.array([1]), 0)
    found = decide_pairs(
        persons_of_two_files(), candidates, np.array([weight_of(probability)]), no, no, weigh
    )
    assert found["decision"].tolist() == decision


@pytest.mark.parametrize(
    ("born", "status", "level"),
    [
        ("2012-05-01", "Month only", "Missing"),
        ("2012-06-01", "Month only", "Different"),
        ("2012-04-01", "Month only", "Different"),
        ("2012-01-01", "Year only", "Missing"),
        ("2012-06-01", "Year only", "Missing"),
        ("2011-05-01", "Year only", "Different"),
        ("2013-05-01", "Year only", "Different"),
    ],
)
def test_a_month_or_a_year_alone_contradicts_and_never_confirms(born: str, status: str, level: str) -> None:
    people, _ = frames(
        record("sis", "a", "Ana", "Lopez", "2012-05-17"),
        record("meals", "b", "Ana", "Lopez", born, born_status=status),
    )
    for left, right in ((0, 1), (1, 0)):
        found = compare_birth_dates(people, np.array([left]), np.array([right]))
        assert BIRTH_DATE_LEVELS[found[0]] == level


def test_a_household_is_named_after_its_first_child_by_an_address_that_both_have() -> None:
    home = {"street_number_name": "12 Oak Street", "postal_code": "01234"}
    other = {"street_number_name": "14 Oak Street", "postal_code": "01234"}
    crosswalk = linked(
        record("sis", "a", "Ana", "Lopez", "2012-05-17", **home),
        record("sis", "b", "Ben", "Lopez", "2014-05-17", **home),
        record("sis", "c", "Cy", "Diaz", "2014-05-18", **other),
        # Her other system has the neighbors' address: the first of her records counts.
        record("zz", "d", "Ana", "Lopez", "2012-05-17", **other),
        method="exact",
    ).crosswalk.set_index("record")
    household, child = crosswalk["household"], crosswalk["child"]
    assert household["a"] == household["b"] == household["d"]
    assert household["a"] == "h" + min(child["a"], child["b"])[1:]
    assert household["c"] != household["a"]
