"""Just below, at and just above the lines at which a pair is accepted, or shown to a person."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import helpers.link.methods.probabilistic
import helpers.link.methods.resolved
import helpers.link.resolve.weighted_pairs
from helpers.link.model.calibration import share_of_errors, uncalibrate
from helpers.link.resolve.assignment import assign_child
from helpers.link.two_files.candidates import Candidates
from helpers.link.two_files.link import decide_pairs
from helpers.link.two_files.persons import PersonTable
from helpers.link.values.birth_dates import BIRTH_DATE_LEVELS, compare_birth_dates
from tests.link.records import frames, linked, record
from tests.link.units import born, unit, units_of


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


def scores_of(probability: float) -> Callable[..., pd.DataFrame]:
    """Give a model that finds every pair as likely."""

    def scores(units: object, pairs: pd.DataFrame, model: object = None) -> pd.DataFrame:
        return pairs.assign(match_weight=weight_of(probability), match_probability=probability)

    return scores


def score_by(monkeypatch: pytest.MonkeyPatch, scores: Callable[..., pd.DataFrame]) -> None:
    """Let a stand-in score the pairs of all stages."""
    for module in (helpers.link.methods.probabilistic, helpers.link.resolve.weighted_pairs):
        monkeypatch.setattr(module, "score_pairs", scores)


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("probability", "decision"),
    [(0.699999, "Review"), (0.7, "Match"), (0.700001, "Match"), (0.099999, "No match"), (0.100001, "Review")],
)
def test_the_line_of_records_with_birth_dates(
    monkeypatch: pytest.MonkeyPatch, probability: float, decision: str
) -> None:
    score_by(monkeypatch, scores_of(probability))
    rows = [
        record("sis", "a", "Zebulon", "Quartz", "2012-05-17"),
        record("meals", "b", "Zebulon", "Quarzt", "2012-05-17"),
    ]
    pairs = linked(*rows, method="resolved").pairs
    assert pairs["decision"].tolist() == [decision]


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("share", "decision"),
    [(0.599999, "Review"), (0.6, "Match"), (0.600001, "Match"), (0.099999, "No match"), (0.1, "Review")],
)
def test_the_line_of_a_record_without_a_birth_date(
    monkeypatch: pytest.MonkeyPatch, share: float, decision: str
) -> None:
    def chosen(weighed: pd.DataFrame, asking: np.ndarray) -> pd.DataFrame:
        return assign_child(weighed, asking).assign(share=share)

    monkeypatch.setattr(helpers.link.methods.resolved, "assign_child", chosen)
    rows = [
        record("sis", "a", "Zebulon", "Quartz", "2012-05-17"),
        record("meals", "b", "Zebulon", "Quarzt"),
    ]
    links = linked(*rows, method="resolved")
    pairs = links.pairs
    assert pairs["decision"].tolist() == [decision]
    assert links.model is not None
    errors = share_of_errors(links.model)
    own = uncalibrate(pairs["match_probability"], errors, pairs["doubt"])
    assert own.tolist() == [pytest.approx(share)]


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("probability", "decision"),
    [(0.799999, "Review"), (0.8, "Match"), (0.800001, "Match"), (0.099999, "No match"), (0.100001, "Review")],
)
def test_the_line_of_two_records_without_a_birth_date(
    monkeypatch: pytest.MonkeyPatch, probability: float, decision: str
) -> None:
    """The first system without birth dates says who the children are; these two are none of its children."""
    score_by(monkeypatch, scores_of(probability))
    rows = [
        record("first", "a", "Xaver", "Other"),
        record("second", "b", "Zebulon", "Quartz"),
        record("third", "c", "Zebulon", "Quarzt"),
    ]
    pairs = linked(*rows, method="resolved").pairs
    assert pairs[["left_record", "right_record"]].to_numpy().tolist() == [["b", "c"]]
    assert pairs["decision"].tolist() == [decision]


def decisions_of(
    monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], likely: dict[str, float], others: float
) -> tuple[dict[str, str], list[str]]:
    """Decide about records of which a model finds some pairs more or less likely than the others."""

    def scores(units: object, pairs: pd.DataFrame, model: object = None) -> pd.DataFrame:
        found = [
            likely.get("".join(sorted(letters[left] + letters[right])), others)
            for left, right in zip(pairs["left"], pairs["right"], strict=True)
        ]
        return pairs.assign(match_weight=[weight_of(one) for one in found], match_probability=found)

    in_order = sorted((str(row["silo"]), str(row["record"])) for row in rows)
    letters = [record for _, record in in_order]
    score_by(monkeypatch, scores)
    links = linked(*rows, method="resolved")
    pairs = (links.pairs["left_record"] + links.pairs["right_record"]).tolist()
    children = links.crosswalk.set_index("record")["child"]
    return dict(zip(pairs, links.pairs["decision"], strict=True)), [children[letter] for letter in letters]


def spelled(systems: str) -> list[dict[str, Any]]:
    """Give one child, as up to four records of these systems misspell her."""
    surnames = ("Quartz", "Quarzt", "Qwartz", "Quartzz")
    return [
        record(f"system_{system}", letter, "Zebulon", surname, "2012-05-17")
        for system, letter, surname in zip(systems, "abcd", surnames, strict=False)
    ]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("probability", "decisions"),
    [
        (0.899999, {"Review", "No match"}),
        (0.9, {"Match", "No match"}),
        (0.900001, {"Match", "No match"}),
    ],
)
def test_the_line_from_which_two_records_are_one_child_but_for_their_ids(
    monkeypatch: pytest.MonkeyPatch, probability: float, decisions: set[str]
) -> None:
    """Below it they are two children, who compete for the third record: a person is asked, once."""
    rows = [
        record("one", "a", "Zebulon", "Quartz", "2012-05-17", State="111"),
        record("one", "b", "Zebulon", "Quarzt", "2012-05-17", State="222"),
        record("two", "c", "Zebulon", "Qwartz", "2012-05-17"),
    ]
    found, _ = decisions_of(monkeypatch, rows, {"ab": probability}, 0.95)
    pairs = {"".join(sorted(pair)): decision for pair, decision in found.items()}
    assert pairs["ab"] == "Refused"
    assert {pairs["ac"], pairs["bc"]} == decisions


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("probability", "decision"), [(0.299999, "Review"), (0.3, "Match"), (0.300001, "Match")]
)
def test_the_line_from_which_two_candidates_don_t_compete_for_a_third(
    monkeypatch: pytest.MonkeyPatch, probability: float, decision: str
) -> None:
    """Only two records of a system that has each child once compete."""
    found, _ = decisions_of(monkeypatch, spelled("112"), {"ab": probability}, 0.9)
    best = [found["ac"], found["bc"]]
    assert ("Match" in best) is (decision == "Match")


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("probability", "ids", "decision"),
    [
        (0.899999, "", "Review"),
        (0.9, "", "Match"),
        (0.900001, "", "Match"),
        (0.900001, "12", "Review"),  # two State ids: two children
    ],
)
def test_the_line_from_which_no_key_compares_two_who_are_one_child(
    monkeypatch: pytest.MonkeyPatch, probability: float, ids: str, decision: str
) -> None:
    """Name and birth date of a and b differ; the record c, without a birth date, fits both."""
    home = {"street_number_name": "12 Oak Street", "postal_code": "01234"}
    states = [{"State": number} for number in ids] or [{}, {}]
    rows = [
        record("one", "a", "Zebulon", "Quartz", "2012-05-17", **states[0]),
        record("three", "c", "Zebulon", "Quartz", **home),
        record("two", "b", "Zebulom", "Quarzt", "2012-11-30", **home, **states[1]),
    ]
    likely = {"ab": probability, "ac": 0.9, "bc": 0.9}
    found, _ = decisions_of(monkeypatch, rows, likely, 0.0)
    assert "ab" not in found
    assert decision in found.values()
    assert set(found.values()) <= {decision, "No match"}


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("probability", "together"), [(0.019999, False), (0.02, True), (0.020001, True)])
def test_the_line_below_which_two_records_speak_against_each_other(
    monkeypatch: pytest.MonkeyPatch, probability: float, together: bool
) -> None:
    """Pairs in between join the first and the last, unless one system has both, and its children once."""
    likely = {"ab": 0.95, "bc": 0.95, "cd": 0.95, "ac": 0.4, "bd": 0.4, "ad": probability}
    _, children = decisions_of(monkeypatch, spelled("1231"), likely, 0.0)
    assert (len(set(children)) == 1) is together


@pytest.mark.parametrize(
    ("files", "day", "line"), [(2, "2012-05-17", 0.5), (2, "", 0.8), (1, "2012-05-17", 0.8), (1, "", 0.8)]
)
@pytest.mark.parametrize(("more", "decision"), [(-1e-6, "Review"), (0.0, "Match"), (1e-6, "Match")])
def test_the_lines_of_any_files(files: int, day: str, line: float, more: float, decision: str) -> None:
    assert decided(files, day, line + more) == [decision]


@pytest.mark.parametrize(("probability", "decision"), [(0.099999, []), (0.100001, ["Review"])])
def test_the_line_of_a_review_of_two_files(probability: float, decision: list[str]) -> None:
    assert decided(2, "2012-05-17", probability) == decision


def decided(files: int, day: str, probability: float) -> list[str]:
    """Decide about two rows, of which the second has this birth date, of one file or of two."""

    def weigh(left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full(len(left), weight_of(probability)), np.zeros(len(left), dtype=bool)

    second = unit("zebulon", "quarzt", **(born(day) if day else {}))
    units = units_of([unit("zebulon", "quartz", **born("2012-05-17")), second])
    persons = PersonTable(units, np.array([0, 0]), 3 - files, files == 2)
    candidates = Candidates(np.array([0]), np.array([1]), 0)
    weight = np.array([weight_of(probability)])
    return list(decide_pairs(persons, candidates, weight, np.array([False]), weigh)["decision"])


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


@pytest.mark.parametrize(("month", "level"), [("2012-05-01", "Missing"), ("2012-06-01", "Missing")])
def test_a_month_contradicts_no_date_that_may_be_of_either_month(month: str, level: str) -> None:
    people, _ = frames(
        record("sis", "a", "Ana", "Lopez", "2012-05-06", or_born="2012-06-05"),
        record("meals", "b", "Ana", "Lopez", month, born_status="Month only"),
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
