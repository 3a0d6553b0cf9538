"""What is said of linkage methods follows a run's own figures, whatever these are."""

from __future__ import annotations

import re

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from helpers.files import District
from helpers.link import join_all_on_id, link_district
from helpers.report.runs.figures import describe_outcomes
from helpers.report.runs.methods import (
    advise_method,
    complete_children_by_stage,
    describe_last_method,
    method_table,
)
from helpers.score import compare_methods, summarize_links
from helpers.standard import plain
from tests.made_by_hand import CHAINED, made, pair

NAMES = ("Looked up by number", "Exact", "Standardized", "Cascade", "Probabilistic", "Resolved")
CHILDREN = 40
# Complete and mixed children of each method.
FIGURES = st.lists(
    st.integers(0, CHILDREN).flatmap(
        lambda complete: st.tuples(st.just(complete), st.integers(0, CHILDREN - complete))
    ),
    min_size=len(NAMES),
    max_size=len(NAMES),
)


def figures(counts: list[tuple[int, int]]) -> pd.DataFrame:
    rows = [
        {"method": name, "complete": complete, "mixed": mixed, "split": CHILDREN - complete - mixed}
        for name, (complete, mixed) in zip(NAMES, counts, strict=True)
    ]
    return pd.DataFrame(rows)


@given(FIGURES)
def test_no_method_beats_an_advised_one_in_complete_and_mixed_children(counts: list[tuple[int, int]]) -> None:
    advice = plain(advise_method(figures(counts)))
    by_name = dict(zip(NAMES, counts, strict=True))
    groups = re.findall(r"(?:^Most complete: |mixed: |; )(\w[\w ]+) \(", advice)
    advised = [name for group in groups for name in group.split(" and ")]
    if not any(complete for complete, _ in counts):
        assert advised == []
        return
    assert by_name[advised[0]][0] == max(complete for complete, _ in counts)
    for name in advised:
        complete, mixed = by_name[name]
        beaten = [c >= complete and m <= mixed and (c, m) != (complete, mixed) for c, m in counts]
        assert not any(beaten), (name, advice)
    # Methods with equal counts are all named, or none of them.
    assert all(
        (counts.count(by_name[name]) == sum(by_name[one] == by_name[name] for one in advised))
        for name in advised
    )
    # Methods that complete nobody mix fewer still: the sentence leaves them out, and says so.
    assert (len(advised) > 1) >= ("fewer mixed" in advice)
    assert advice.count("ewer mixed:") == advice.count("Of the methods that complete a child, fewer mixed:")
    # A method that completes a child and isn't named is no better than one that is.
    for complete, mixed in counts:
        better = [by_name[name][0] >= complete and by_name[name][1] <= mixed for name in advised]
        assert not complete or any(better)


def test_the_last_method_is_told_with_what_it_costs_where_it_is_worse() -> None:
    better, worse = (
        plain(
            describe_last_method(
                pd.DataFrame(
                    [
                        {"method": name, "complete": complete, "mixed": mixed, "silent": 0, "review": review}
                        | {"wrong_of_100": 0.1, "found_of_100": 98.0, "contradictions": 9}
                        for name, complete, mixed, review in rows
                    ]
                )
            )
        )
        for rows in (
            (("Probabilistic", 632, 6, 72), ("Resolved", 636, 4, 17)),
            (("Probabilistic", 640, 4, 50), ("Resolved", 639, 6, 7)),
        )
    )
    assert (
        "4 more children are complete, 2 fewer children are mixed up, 55 fewer pairs of records need"
        in better
    )
    assert "It costs: nothing. " in better
    assert "43 fewer pairs of records need review. " in worse
    assert "It costs: 1 fewer child is complete, 2 more children are mixed up. " in worse


def test_methods_are_compared_by_links_and_children_as_by_hand() -> None:
    # Cluster a is P1 with a record of P2; P3 is in c and d.
    chained = made(CHAINED)
    chained.pairs = pair("m2", "s2", decision="Review")
    truth = made([(silo, record, person, person) for silo, record, person, _ in CHAINED])
    methods = compare_methods(truth, {"Chained": chained, "Right": truth}, key=chained.key)
    counted = methods.set_index("method")[["complete", "split", "mixed", "silent", "review"]]
    assert counted.to_numpy().tolist() == [[0, 1, 2, 0, 1], [3, 0, 0, 0, 0]]
    # Of 7 linked pairs 3 are of two children; of 7 pairs of one child 4 are linked.
    assert method_table(methods)["wrong links per 100"].tolist() == ["42.86", "0.00"]
    assert methods["found_of_100"].round(1).tolist() == [57.1, 100.0]


def test_a_districts_methods_are_told_as_its_children_are_counted(district: District) -> None:
    ways = {"Looked up by number": join_all_on_id(district.people, district.identifiers)}
    ways["Resolved"] = links = link_district(district)
    methods = compare_methods(district, ways)
    named = summarize_links(district, links).children.set_index("records").loc["Records with a name"]
    last = methods.iloc[-1]
    assert last["complete"] == round(named["complete"] * named["children"])
    assert last["silent"] == named["silent"]
    costs = methods.set_index("method")[["complete", "split", "mixed"]].to_dict("index")
    assert f"{last['complete']} of {named['children']:.0f} children" in plain(
        complete_children_by_stage(costs)
    )


def test_what_a_method_buys_can_be_recomputed_from_the_table() -> None:
    columns = ["complete", "mixed", "silent", "wrong_of_100", "found_of_100", "contradictions", "review"]
    rows = [(600, 4, 0, 0.14, 98.234, 24, 50), (600, 4, 0, 0.14, 98.541, 20, 50)]
    methods = pd.DataFrame(rows, columns=columns).assign(method=["Probabilistic", "Resolved"], split=[7, 7])
    before, last = method_table(methods)["true pairs found of 100"].astype(float)
    assert f"{last - before:.2f} more true pairs of 100 are found" in plain(describe_last_method(methods))


def test_outcomes_carry_the_measure_of_their_method() -> None:
    outcomes = {"complete": 540, "split": 58, "mixed": 2}
    assert "⟦540|complete_named|Exact|600⟧" in describe_outcomes(outcomes, where="Exact")
    hidden = describe_outcomes(outcomes | {"mixed": "some"})
    assert plain(hidden) == "Complete: 540. Split: 58. Mixed with another child: some."
