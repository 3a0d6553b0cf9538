"""The summary of scored links, on districts small enough to count by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import link_district
from helpers.score import score_children, score_links, summarize_links
from helpers.score.flags import count_cluster_outcomes
from helpers.score.populations import NAMED_POPULATIONS, OUTCOMES, POPULATIONS
from tests.made_by_hand import CHAINED, Made, finding, made, pair

KINDS = {"t1": "Name only", "m1": "Identifier only", "s2": "Name only", "t2": "Name only", "m2": "Nothing"}


def summary(by_hand: Made, **given: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = summarize_links(by_hand, by_hand, key=by_hand.key, **given)
    return found.populations.set_index("population"), found.children.set_index("records")


def test_pairs_of_each_population_are_counted_as_by_hand() -> None:
    populations, _ = summary(made(CHAINED, linkable_by=KINDS))
    # P1 is s1, t1, m1 in cluster a, with P2's m2; P2 is s2, t2 in b; P3 is s3 in c and m3 in d.
    assert populations[["possible", "linked", "right"]].to_dict("index") == {
        "All": {"possible": 7, "linked": 7, "right": 4},
        "All named": {"possible": 3, "linked": 2, "right": 2},
        "Both dated": {"possible": 1, "linked": 0, "right": 0},
        "One dated": {"possible": 1, "linked": 1, "right": 1},
        "None dated": {"possible": 1, "linked": 1, "right": 1},
        "By number only": {"possible": 4, "linked": 5, "right": 2},
    }
    by_number = populations.loc["By number only"]
    rates = by_number[["share", "precision", "recall", "f1"]].tolist()
    assert rates == pytest.approx([4 / 7, 2 / 5, 2 / 4, 2 * 2 / (4 + 5)])
    assert pd.isna(populations.loc["Both dated", "precision"])  # nothing is joined there


def test_shares_of_children_are_by_all_records_and_by_records_with_a_name() -> None:
    _, children = summary(made(CHAINED, linkable_by=KINDS))
    assert children[[*OUTCOMES]].sum(axis="columns").tolist() == pytest.approx([1, 1])
    assert children.loc["All records", [*OUTCOMES]].tolist() == pytest.approx([0, 1 / 3, 2 / 3])
    # Without m1 and m2, P1 and P2 are complete, and P3 stays split.
    assert children.loc["Records with a name", [*OUTCOMES]].tolist() == pytest.approx([2 / 3, 1 / 3, 0])


def test_a_wrong_pair_is_silent_until_a_sign_points_at_the_strange_record() -> None:
    by_hand = made(CHAINED, linkable_by=KINDS)
    populations, children = summary(by_hand)
    assert populations["silent"].to_dict() == {
        "All": 3, "All named": 0, "Both dated": 0, "One dated": 0, "None dated": 0, "By number only": 3,
    }  # fmt: skip
    assert children["silent"].to_dict() == {"All records": 2, "Records with a name": 0}
    for signs in ({"pairs": pair("m2", "s2", decision="Review")}, {"findings": finding("meals", 7, "odd")}):
        noticed = made(CHAINED, linkable_by=KINDS)
        for name, frame in signs.items():
            setattr(noticed, name, frame)
        populations, children = summary(noticed)
        assert populations.loc["All", "silent"] == 0
        assert children.loc["All records", "silent"] == 0
        assert children.loc["All records", "mixed"] == pytest.approx(2 / 3)
    elsewhere = made(CHAINED, linkable_by=KINDS)
    elsewhere.findings = finding("meals", 4, "odd")  # at m1, which is where it belongs
    assert summary(elsewhere)[0].loc["All", "silent"] == 3


def test_without_evidence_nobody_knows_what_is_silent() -> None:
    with_evidence, without = (summary(made(CHAINED), with_evidence=each) for each in (True, False))
    for one, other in zip(with_evidence, without, strict=True):
        assert one["silent"].notna().all()
        assert other["silent"].isna().all()
        pd.testing.assert_frame_equal(one.drop(columns="silent"), other.drop(columns="silent"))


def test_a_record_in_which_its_system_put_two_children_decides_about_no_child() -> None:
    records = [("sis", "s1", "P1", "a"), ("map", "x", "P1+P2", "a"), ("sis", "s2", "P2", "b")]
    populations, children = summary(made(records))
    assert populations.loc["All", ["possible", "linked", "right"]].tolist() == [2, 3, 1]
    assert children["complete"].tolist() == [1, 1]
    assert children["left_out"].tolist() == [1, 1]
    assert populations.loc["All", "silent"] == 0  # a system mixed them: no join did


def test_children_of_one_record_and_records_in_no_key() -> None:
    alone, lost = ("sis", "s1", "P1", "a"), ("sis", "s2", "P2", "")
    _, children = summary(made([alone, lost]))
    # P2's only record is in no cluster: nobody finds the child.
    assert children.loc["All records", [*OUTCOMES]].tolist() == pytest.approx([1 / 2, 1 / 2, 0])
    _, children = summary(made([alone, ("lms", "test", "", "a")]))
    assert children.loc["All records", [*OUTCOMES]].tolist() == [0, 0, 1]
    _, children = summary(made([alone, ("lms", "test", "", "b")]))
    assert children.loc["All records", [*OUTCOMES]].tolist() == [1, 0, 0]


def test_a_district_without_a_childs_record_has_no_shares() -> None:
    populations, children = summary(made([("lms", "test", "", "a")]))
    assert populations.loc["All", ["possible", "linked"]].tolist() == [0, 0]
    assert populations["share"].isna().all()
    assert children["children"].tolist() == [0, 0]
    assert children[[*OUTCOMES]].isna().all(axis=None)


def test_every_score_of_a_district_counts_the_same_populations_and_children(district: District) -> None:
    links = link_district(district)
    found = summarize_links(district, links)
    populations = found.populations.set_index("population")
    counts = ["possible", "linked", "right"]
    scores = score_links(district, links.crosswalk)
    whole = scores[scores["left_silo"].isna() & scores["group"].eq("All")].set_index("population")
    four = [*POPULATIONS]
    assert (whole.loc[four, counts] == populations.loc[four, counts]).all(axis=None)
    assert (populations.loc[four, counts].sum() == populations.loc["All", counts]).all()
    assert (populations.loc[[*NAMED_POPULATIONS], counts].sum() == populations.loc["All named", counts]).all()
    assert populations.loc["By number only", "possible"] > 0

    named = found.children.set_index("records").loc["Records with a name"]
    costs = count_cluster_outcomes(district, links)
    assert [costs[one] / named["children"] for one in OUTCOMES] == pytest.approx(named[[*OUTCOMES]].tolist())

    every = found.children.set_index("records").loc["All records"]
    children = score_children(district, links)
    shares = children["outcome"].value_counts(normalize=True).reindex([*OUTCOMES], fill_value=0.0)
    assert len(children) == every["children"]
    assert shares.tolist() == pytest.approx(every[[*OUTCOMES]].tolist())
    silent = children["outcome"].eq("mixed") & ~children["detected"]
    assert int(silent.sum()) == every["silent"]
