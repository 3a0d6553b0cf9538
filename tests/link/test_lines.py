"""Just below, at and just above the lines at which a pair is accepted, or shown to a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import helpers.link.districts
import helpers.link.methods.probabilistic
import helpers.link.methods.resolved
import helpers.link.resolve.weighted_pairs
from helpers.link import link_children
from helpers.link.districts import link_districts
from helpers.link.model import declared_model
from helpers.link.model.calibration import share_of_errors, uncalibrate
from helpers.link.resolve.assignment import assign_child
from helpers.link.two_files.link import decide_pairs
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


def decisions_of(
    monkeypatch: pytest.MonkeyPatch,
    rows: list[dict[str, Any]],
    likely: dict[str, float],
    others: float,
    **how: Any,
) -> tuple[dict[str, str], dict[str, str]]:
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
    links = linked(*rows, **{"method": "resolved", **how})
    pairs = (links.pairs["left_record"] + links.pairs["right_record"]).tolist()
    children = links.crosswalk.set_index("record")["child"].to_dict()
    return dict(zip(pairs, links.pairs["decision"], strict=True)), children


# Two records of one child each, whom two systems spell in two ways.
SPELLINGS = (
    ("Zebulon", "Quartz", "Quarzt"), ("Mirabel", "Bennet", "Bennte"), ("Ottokar", "Costello", "Costlelo"),
    ("Perpetua", "Dahlgren", "Dahlgern"), ("Thaddeus", "Fischer", "Fishcer"),
    ("Wilhelmina", "Ivanhoe", "Ivanheo"),
)  # fmt: skip


def decided_at(
    monkeypatch: pytest.MonkeyPatch,
    probabilities: Sequence[float],
    systems: tuple[str, str],
    dated: tuple[bool, bool],
    *more: dict[str, Any],
    **how: Any,
) -> list[str]:
    """Decide about as many pairs as there are probabilities, of records with or without birth dates."""
    rows, likely = list(more), {}
    for place, (probability, (first, *spelled)) in enumerate(zip(probabilities, SPELLINGS, strict=True)):
        letters = chr(97 + 2 * place), chr(98 + 2 * place)
        likely["".join(letters)] = probability
        for silo, letter, surname, has_day in zip(systems, letters, spelled, dated, strict=True):
            day = f"20{10 + place}-0{1 + place}-1{place}" if has_day else ""
            rows.append(record(silo, letter, first, surname, day))
    found, _ = decisions_of(monkeypatch, rows, likely, 0.0, **how)
    by_pair = {"".join(sorted(pair)): decision for pair, decision in found.items()}
    return [by_pair[pair] for pair in likely]


def test_the_lines_of_records_with_birth_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities = [0.099999, 0.1, 0.100001, 0.699999, 0.7, 0.700001]
    expected = ["No match", "Review", "Review", "Review", "Match", "Match"]
    assert decided_at(monkeypatch, probabilities, ("sis", "meals"), (True, True)) == expected


def test_the_lines_of_two_records_without_a_birth_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first system without birth dates says who the children are; these are none of its children."""
    probabilities = [0.099999, 0.1, 0.100001, 0.799999, 0.8, 0.800001]
    expected = ["No match", "Review", "Review", "Review", "Match", "Match"]
    first = record("first", "z", "Xaver", "Other")
    assert decided_at(monkeypatch, probabilities, ("second", "third"), (False, False), first) == expected


def test_the_lines_of_a_record_without_a_birth_date(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = [0.099999, 0.1, 0.100001, 0.599999, 0.6, 0.600001]

    def chosen(weighed: pd.DataFrame, asking: np.ndarray) -> pd.DataFrame:
        found = assign_child(weighed, asking)
        return found.assign(share=[shares[place] for place in pd.factorize(found["unit"], sort=True)[0]])

    monkeypatch.setattr(helpers.link.methods.resolved, "assign_child", chosen)
    expected = ["No match", "Review", "Review", "Review", "Match", "Match"]
    assert decided_at(monkeypatch, [0.9] * 6, ("sis", "meals"), (True, False)) == expected


def test_the_lines_of_a_model_that_nobody_has_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities = [0.499999, 0.5, 0.500001, 0.899999, 0.9, 0.900001]
    expected = ["No match", "Review", "Review", "Review", "Match", "Match"]
    untrained = {"method": "probabilistic", "model": declared_model()}
    found = decided_at(monkeypatch, probabilities, ("sis", "meals"), (True, True), **untrained)
    assert found == expected


def test_the_lines_of_a_mover(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two districts with a child each of six names; the State's id decides nothing."""
    probabilities = [0.099999, 0.1, 0.100001, 0.899999, 0.9, 0.900001]
    expected = [None, "Review", "Review", "Review", "Match", "Match"]
    likely = dict(zip((first for first, *_ in SPELLINGS), probabilities, strict=True))

    def scores(units: Any, pairs: pd.DataFrame, model: object = None) -> pd.DataFrame:
        given = units.values["given"]
        names = [str(given.texts[given.code[given.unit == left][0]]) for left in pairs["left"]]
        return pairs.assign(match_weight=[weight_of(likely[name.capitalize()]) for name in names])

    monkeypatch.setattr(helpers.link.districts, "score_pairs", scores)
    districts: list[tuple[str, Any]] = []
    for place in (0, 1):
        people, identifiers = frames(
            *(
                record("sis", first, first, spelled[place], f"20{10 + at}-0{1 + at}-1{at}")
                for at, (first, *spelled) in enumerate(SPELLINGS)
            )
        )
        districts.append((f"d{place}", SimpleNamespace(people=people, identifiers=identifiers)))
    found = link_districts(districts, lambda one: link_children(one.people, one.identifiers)).moves
    decisions = dict(zip(found["left_record"], found["decision"], strict=True))
    assert [decisions.get(first) for first in likely] == expected


def test_the_line_from_which_a_record_shows_whom_its_system_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who is plainly one child tells which children of a school and grade a system has."""
    shares, sure = [0.949999, 0.95, 0.950001, 0.2, 0.2, 0.2], []

    def chosen(weighed: pd.DataFrame, asking: np.ndarray) -> pd.DataFrame:
        found = assign_child(weighed, asking)
        return found.assign(share=[shares[place] for place in pd.factorize(found["unit"], sort=True)[0]])

    def learn(units: object, pairs: pd.DataFrame, plain: np.ndarray, is_child: np.ndarray) -> np.ndarray:
        sure.append(plain[np.argsort(pairs["unit"].to_numpy())].tolist())
        return np.zeros(len(pairs))

    monkeypatch.setattr(helpers.link.methods.resolved, "assign_child", chosen)
    monkeypatch.setattr(helpers.link.methods.resolved, "coverage_weights", learn)
    decided_at(monkeypatch, [0.9] * 6, ("sis", "meals"), (True, False))
    assert sure == [[False, True, True, False, False, False]]


def test_a_share_is_shown_as_the_model_means_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(weighed: pd.DataFrame, asking: np.ndarray) -> pd.DataFrame:
        return assign_child(weighed, asking).assign(share=0.6)

    monkeypatch.setattr(helpers.link.methods.resolved, "assign_child", chosen)
    links = linked(
        record("sis", "a", "Zebulon", "Quartz", "2012-05-17"),
        record("meals", "b", "Zebulon", "Quarzt"),
        method="resolved",
    )
    assert links.model is not None
    own = uncalibrate(links.pairs["match_probability"], share_of_errors(links.model), links.pairs["doubt"])
    assert own.tolist() == [pytest.approx(0.6)]


# One child each, as up to four records misspell her.
MISSPELLED = (
    ("Zebulon", "Quartz", "Quarzt", "Qwartz", "Quartzz"),
    ("Ottokar", "Costello", "Costlelo", "Costtello", "Costelloo"),
    ("Thaddeus", "Fischer", "Fishcer", "Fisscher", "Fischerr"),
    ("Perpetua", "Dahlgren", "Dahlgern", "Dahllgren", "Dahlgrenn"),
)


def cases_of(
    monkeypatch: pytest.MonkeyPatch,
    systems: str,
    likely: Sequence[dict[str, float]],
    more: Callable[[int, str], dict[str, Any]] = lambda case, letter: {},
) -> list[tuple[dict[str, str], list[str]]]:
    """Decide about children a, b, c (and d) of these systems, case by case; give decisions and children.

    `more` gives further columns of a record, or other ones, by its case and its letter.
    """
    rows, by_pair, size = [], {}, len(systems)
    for case, (chances, (first, *surnames)) in enumerate(zip(likely, MISSPELLED, strict=False)):
        own = [chr(97 + case * size + at) for at in range(size)]
        by_pair |= {
            own[ord(pair[0]) - 97] + own[ord(pair[1]) - 97]: chance for pair, chance in chances.items()
        }
        for at, (system, surname) in enumerate(zip(systems, surnames, strict=False)):
            given = {"first": first, "last": surname, "born": f"2012-0{5 + case}-17"}
            rows.append(record(f"system_{system}", own[at], **{**given, **more(case, "abcd"[at])}))
    found, children = decisions_of(monkeypatch, rows, by_pair, 0.0)
    cases = []
    for case in range(len(likely)):
        letters = {chr(97 + case * size + at): "abcd"[at] for at in range(size)}
        own_pairs = {
            "".join(sorted(letters[letter] for letter in pair)): decision
            for pair, decision in found.items()
            if set(pair) <= set(letters)
        }
        cases.append((own_pairs, [children[letter] for letter in letters]))
    return cases


def test_the_line_from_which_two_records_are_one_child_but_for_their_ids(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Below it they are two children, who compete for the third record: a person is asked, once."""

    def state(case: int, letter: str) -> dict[str, Any]:
        return {"State": f"{case}{letter}11"} if letter in "ab" else {}

    likely = [{"ab": line, "ac": 0.95, "bc": 0.95} for line in (0.899999, 0.9, 0.900001)]
    pairs = [found for found, _ in cases_of(monkeypatch, "112", likely, state)]
    assert [found["ab"] for found in pairs] == ["Refused"] * 3
    assert [{found["ac"], found["bc"]} for found in pairs] == [
        {"Review", "No match"},
        {"Match", "No match"},
        {"Match", "No match"},
    ]


def test_the_line_from_which_two_candidates_don_t_compete_for_a_third(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only two records of a system that has each child once compete."""
    likely = [{"ab": line, "ac": 0.9, "bc": 0.9} for line in (0.299999, 0.3, 0.300001)]
    pairs = [found for found, _ in cases_of(monkeypatch, "112", likely)]
    assert ["Match" in (found["ac"], found["bc"]) for found in pairs] == [False, True, True]


def test_the_line_from_which_no_key_compares_two_who_are_one_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name and birth date of a and b differ; the record c, without a birth date, fits both.

    The last two have two State ids: they are two children.
    """

    def written(case: int, letter: str) -> dict[str, Any]:
        first, last, *_ = MISSPELLED[case]
        home = {"street_number_name": f"{case + 2}12 Oak Street", "postal_code": f"0{case + 1}234"}
        state = {"State": letter * 5} if case == 3 and letter != "c" else {}
        if letter == "a":
            return state
        if letter == "b":
            return {"first": f"{first[:-1]}m", "born": f"20{10 + case}-11-30", **home, **state}
        return {"last": last, "born": "", **home}

    likely = [{"ab": line, "ac": 0.9, "bc": 0.9} for line in (0.899999, 0.9, 0.900001, 0.900001)]
    pairs = [found for found, _ in cases_of(monkeypatch, "123", likely, written)]
    assert not any("ab" in found for found in pairs)
    assert [set(found.values()) - {"No match"} for found in pairs] == [
        {"Review"},
        {"Match"},
        {"Match"},
        {"Review"},
    ]


def test_the_line_below_which_two_records_speak_against_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs in between join the first and the last, unless one system has both, and its children once."""
    between = {"ab": 0.95, "bc": 0.95, "cd": 0.95, "ac": 0.4, "bd": 0.4}
    likely = [{**between, "ad": line} for line in (0.019999, 0.02, 0.020001)]
    children = [whose for _, whose in cases_of(monkeypatch, "1231", likely)]
    assert [len(set(whose)) == 1 for whose in children] == [False, True, True]


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
    units = replace(units, record_silo=np.array([0, files - 1]))
    pairs = pd.DataFrame({"left": [0], "right": [1]})
    weight = np.array([weight_of(probability)])
    return list(decide_pairs(units, pairs, weight, np.array([False]), weigh)["decision"])


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
