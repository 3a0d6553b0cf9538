"""What is told of groups of children: counts, gaps, and what is left once faults hit everybody alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.files import District
from helpers.link import link_district
from helpers.score import read_answer_key, score_groups, score_links
from helpers.score.groups import AS_THEY_ARE, MADE_EQUAL, GroupScores, fault_exposure
from helpers.score.links import count_pairs, pair_totals
from helpers.score.truth import groups_of
from helpers.standard import as_table
from tests.made_by_hand import Made, made
from tests.tiers import examples

NO_FAULTS = pd.DataFrame({"silo": [], "record": [], "exposure": []}, dtype="string")
PAIRS = {
    "Precision": ("right", "linked"),
    "Recall": ("right", "possible"),
}


def judged(district: Made, exposure: pd.DataFrame = NO_FAULTS) -> GroupScores:
    return score_groups(district, district.crosswalk, key=district.key, exposure=exposure)  # type: ignore[arg-type]


def assert_counts_agree(groups: pd.DataFrame, scores: pd.DataFrame) -> None:
    """Compare with the scores by silo pair, which count in another way."""
    totals = scores[scores["left_silo"].isna()].set_index(["group", "population"])
    told = groups[groups["faults"].eq(AS_THEY_ARE) & groups["measure"].isin(list(PAIRS))]
    for group, kind, measure, above, below in told[
        ["group", "population", "measure", "numerator", "denominator"]
    ].itertuples(index=False):
        if (group, kind) in totals.index:
            assert [above, below] == totals.loc[(group, kind), list(PAIRS[measure])].tolist()


def value(found: GroupScores, group: str, measure: str, faults: str, kind: str = "All") -> float:
    rows = found.scores
    rows = rows[
        rows["group"].eq(group)
        & rows["measure"].eq(measure)
        & rows["faults"].eq(faults)
        & rows["population"].eq(kind)
    ]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


@settings(max_examples=examples(15))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sis", "meals", "map"]),
            st.sampled_from(["P1", "P2", "P3", "P4", "P1+P2", ""]),
            st.sampled_from(["a", "b", "c", ""]),
            st.sampled_from(["Name and birth date", "Name only", "Nothing"]),
            st.sampled_from(["", "typo", "accents_lost"]),
        ),
        min_size=1,
        max_size=14,
    )
)
def test_groups_count_what_the_scores_count(drawn: list[tuple[str, str, str, str, str]]) -> None:
    records = [(silo, f"r{at}", person, child) for at, (silo, person, child, _, _) in enumerate(drawn)]
    district = made(
        records,
        {"P1": "Anglo;twin", "P2": "Vietnamese;twin", "P3": "Hispanic", "P4": "Vietnamese"},
        {f"r{at}": one[3] for at, one in enumerate(drawn)},
    )
    faults = pd.DataFrame(
        [(one[0], f"r{at}", one[4]) for at, one in enumerate(drawn) if one[4]],
        columns=["silo", "record", "exposure"],
        dtype="string",
    )
    found = judged(district, faults)
    assert_counts_agree(found.scores, district.scores())


def two_groups(hit: dict[str, int], joined: dict[str, list[int]]) -> tuple[Made, pd.DataFrame]:
    """Make 100 children each of two origins, with two records; the first few are hit, and some are joined."""
    records, faults, origins = [], [], {}
    for origin in ("Anglo", "Hispanic"):
        for at in range(100):
            person = f"P{origin}{at:02d}"
            origins[person] = origin
            child = f"{person}-1" if at in joined[origin] else f"{person}-2"
            records += [("sis", f"s{person}", person, f"{person}-1"), ("meals", f"m{person}", person, child)]
            if at < hit[origin]:
                faults.append(("meals", f"m{person}", "accents_lost"))
    exposure = pd.DataFrame(faults, columns=["silo", "record", "exposure"], dtype="string")
    return made(records, origins), exposure


def test_what_only_comes_of_unequal_faults_goes_when_they_are_made_equal() -> None:
    # Whoever is hit is joined half of the time, whoever isn't always; Hispanic names are hit more often.
    hit = {"Anglo": 10, "Hispanic": 50}
    joined = {"Anglo": [*range(5), *range(10, 100)], "Hispanic": [*range(25), *range(50, 100)]}
    found = judged(*two_groups(hit, joined))
    assert value(found, "name origin: Anglo", "Recall", AS_THEY_ARE) == pytest.approx(0.95)
    assert value(found, "name origin: Hispanic", "Recall", AS_THEY_ARE) == pytest.approx(0.75)
    # Of all 200 children 60 are hit.
    for group in ("name origin: Anglo", "name origin: Hispanic"):
        for measure in ("Recall", "Children complete"):
            assert value(found, group, measure, MADE_EQUAL) == pytest.approx(0.7 + 0.3 / 2)
    # Everybody has everybody's mix of faults: for them nothing changes.
    for measure in ("Precision", "Recall", "F1"):
        as_made = value(found, "All", measure, AS_THEY_ARE)
        assert value(found, "All", measure, MADE_EQUAL) == pytest.approx(as_made)
    gaps = found.gaps[found.gaps["dimension"].eq("name origin") & found.gaps["population"].eq("All")]
    gaps = gaps.set_index("faults")
    assert gaps.loc[AS_THEY_ARE, "best"] == "name origin: Anglo"
    assert gaps.loc[AS_THEY_ARE, "low"] > 0
    assert gaps.loc[MADE_EQUAL, "gap"] == pytest.approx(0)
    assert gaps.loc[MADE_EQUAL, "low"] == 0


def test_a_wrong_pair_of_two_children_of_a_group_counts_once_in_it() -> None:
    """Three children share a page: a and b of the group, and c; a has two records there."""
    person, child = np.array([0, 0, 1, 2, 3]), np.array([0, 0, 0, 0, 1])
    counts = count_pairs(person, child, np.zeros(5, dtype="int64"))

    def wrong(*members: bool) -> float:
        return float(counts.wrong(np.array(members)).sum())

    # a with b twice, a with c twice, b with c once.
    assert wrong(True, True, True, True) == 5
    assert wrong(True, True, False, False) == 5  # each of them touches a or b
    assert wrong(True, False, False, False) == 4
    assert wrong(False, True, True, False) == 5
    assert wrong(False, False, True, False) == 3
    assert wrong(False, False, False, True) == 0
    assert counts.right.sum() == 1


def test_pairs_of_each_population_add_up_to_all_and_to_those_with_names() -> None:
    truth = pd.DataFrame(
        {
            "person": ["a", "a", "a", "b", "b", "c"],
            "child": ["1", "1", "2", "1", "2", None],
            "linkable_by": [
                "Name and birth date",
                "Name only",
                "Identifier only",
                "Name only",
                "Nothing",
                None,
            ],
        }
    )
    totals = pair_totals(truth)
    assert totals.loc["All"].tolist() == [4, 4, 1]
    assert totals.loc["All named"].tolist() == [1, 3, 1]
    assert totals.loc["One dated"].tolist() == [1, 2, 1]
    assert totals.loc["None dated"].tolist() == [0, 1, 0]
    assert totals.loc["By number only"].tolist() == [3, 1, 0]


def group_of(children: int, alone: int = 0, hit: int = 0, others: int = 0) -> pd.DataFrame:
    """Give the scores of a group of so many children, some of whom have one record alone.

    Others are hit by a fault that hits nobody of the group.
    """
    records, origins, faults = [], {}, []
    for at in range(children + others):
        person = f"P{at:03}"
        origins[person] = "Anglo" if at < children else "Hispanic"
        records.append(("sis", f"s{at}", person, person))
        if at >= alone:
            records.append(("meals", f"m{at}", person, person))
        if children <= at < children + hit:
            faults.append(("meals", f"m{at}", "accents_lost"))
    exposure = pd.DataFrame(faults, columns=["silo", "record", "exposure"], dtype="string")
    scores = judged(made(records, origins), exposure).scores
    scores = scores[scores["group"].eq("name origin: Anglo") & scores["population"].eq("All")]
    return scores.set_index(["measure", "faults"])["enough"]


@pytest.mark.parametrize(("children", "enough"), [(29, False), (30, True)])
def test_a_group_of_thirty_children_is_compared_and_a_smaller_one_is_not(children: int, enough: bool) -> None:
    found = group_of(children)
    assert found.tolist() == [enough] * len(found)


@pytest.mark.parametrize(("alone", "enough"), [(10, True), (11, False)])
def test_a_group_with_thirty_pairs_is_compared_and_one_with_fewer_is_not(alone: int, enough: bool) -> None:
    found = group_of(40, alone=alone)
    for measure in ("Precision", "Recall"):
        assert bool(found[measure, AS_THEY_ARE]) is enough
    # Of children there are enough, with a pair or without.
    assert bool(found["Children complete", AS_THEY_ARE])


@pytest.mark.parametrize(("hit", "enough"), [(30, True), (31, False)])
def test_a_rate_made_equal_is_compared_if_the_group_has_seven_tenths_of_the_faults(
    hit: int, enough: bool
) -> None:
    """Of a hundred children so many are hit, and none of the group is."""
    found = group_of(40, hit=hit, others=60)
    for measure in ("Recall", "Precision", "F1", "Children complete"):
        assert bool(found[measure, MADE_EQUAL]) is enough
        assert bool(found[measure, AS_THEY_ARE])


def test_precision_made_equal_weighs_each_fault_by_everybodys_linked_pairs() -> None:
    """Forty right pairs without a fault; twenty with one, of which ten are of two children."""
    records = [(silo, f"{silo}{at}", f"P{at:02}", f"c{at}") for at in range(50) for silo in ("sis", "meals")]
    for at in range(50, 60):
        other = at ^ 1  # two children each, whose meals records are exchanged
        records += [("sis", f"sis{at}", f"P{at}", f"c{at}"), ("meals", f"meals{at}", f"P{at}", f"c{other}")]
    origins = {f"P{at:02}": "Anglo" if at < 40 else "Hispanic" for at in range(60)}
    hit = [("meals", f"meals{at}", "accents_lost") for at in range(40, 60)]
    exposure = pd.DataFrame(hit, columns=["silo", "record", "exposure"], dtype="string")
    found = judged(made(records, origins), exposure)
    assert value(found, "name origin: Anglo", "Precision", AS_THEY_ARE) == 1
    # Two thirds of all linked pairs have no fault; of the others half are right.
    equal = value(found, "name origin: Anglo", "Precision", MADE_EQUAL)
    assert equal == pytest.approx(2 / 3 * 1 + 1 / 3 * 0.5)


def test_what_linking_does_to_a_group_stays_when_faults_are_made_equal() -> None:
    joined = {"Anglo": list(range(100)), "Hispanic": [0, 1, *range(8, 100)]}
    found = judged(*two_groups({"Anglo": 20, "Hispanic": 20}, joined))
    for faults in (AS_THEY_ARE, MADE_EQUAL):
        assert value(found, "name origin: Hispanic", "Recall", faults) == pytest.approx(0.94)
        assert value(found, "name origin: Anglo", "Recall", faults) == 1


def test_children_split_and_mixed_are_shares_of_a_groups_children() -> None:
    records = [
        ("sis", "s1", "P1", "a"), ("meals", "m1", "P1", "a"), ("sis", "s2", "P2", "b"),
        ("meals", "m2", "P2", "a"), ("sis", "s3", "P3", "c"), ("meals", "m3", "P3", "d"),
    ]  # fmt: skip
    found = judged(made(records, {"P1": "Anglo", "P2": "Vietnamese", "P3": "Anglo"}))
    shares = {
        measure: value(found, "name origin: Anglo", measure, AS_THEY_ARE)
        for measure in ("Children complete", "Children split", "Children mixed")
    }
    assert shares == {
        "Children complete": 0,
        "Children split": 0.5,
        "Children mixed": 0.5,
    }
    assert not found.scores["enough"].any()
    assert found.gaps.empty  # of one or two children nothing is said


def test_a_home_in_another_language_and_no_home_are_groups() -> None:
    people = as_table(
        "key_people",
        pd.DataFrame(
            {
                "person": ["P1", "P2"],
                "role": "Student",
                "groups": ["home language: eng", "home language: som;twin: yes"],
            }
        ),
    )
    cases = as_table(
        "key_cases", pd.DataFrame({"case": ["homeless"], "person": ["P2"], "decidable_by": ["Neither"]})
    )
    groups = groups_of(people, cases).groupby("group")["person"].agg(list).to_dict()
    assert groups["language at home: not English"] == groups["homeless: yes"] == ["P2"]
    assert groups["language at home: English"] == groups["homeless: no"] == ["P1"]


def test_a_districts_groups_are_counted_as_its_scores_are(district: District) -> None:
    crosswalk = link_district(district, "standardized").crosswalk
    found = score_groups(district, crosswalk)
    assert_counts_agree(found.scores, score_links(district, crosswalk))
    twins = found.scores[found.scores["group"].eq("twin: yes")]
    assert set(twins["measure"]) >= {"Precision", "Recall", "F1", "Children split"}


def test_faults_are_found_on_the_records_that_they_befell(district: District) -> None:
    key = read_answer_key(district.folder)
    exposure = fault_exposure(district, key)
    kinds = set(exposure["exposure"])
    assert {"typo", "accents_lost", "nickname"} <= kinds
    # What befalls marks, money or headers changes nobody's name.
    assert not kinds & {"money_as_text", "percentile_zero", "space_in_header", "byte_order_mark"}
    # A record is one of those on whose rows the key has that fault.
    lost = key.faults[key.faults["kind"].eq("accents_lost") & key.faults["silo"].eq("meals")]
    rows = district.person_rows.merge(lost[["silo", "file", "row"]], on=["silo", "file", "row"], how="inner")
    found = exposure[exposure["silo"].eq("meals") & exposure["exposure"].eq("accents_lost")]
    assert set(found["record"]) <= set(rows["record"])
    assert len(found) > 0


def test_faults_that_the_key_does_not_have_leave_every_record_out(district: District) -> None:
    key = read_answer_key(district.folder)
    assert fault_exposure(district, replace(key, faults=key.faults.iloc[:0])).empty
    assert np.isin(["silo", "record", "exposure"], fault_exposure(district, key).columns).all()
