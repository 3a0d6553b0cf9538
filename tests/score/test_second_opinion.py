"""Scores of random small districts, counted a second time in SQL."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from tests.made_by_hand import Made, made
from tests.score.scores_twin import twin_of

PERSONS = [f"P{at}" for at in range(9)]
ORIGINS = ("Anglo;twin", "Vietnamese;twin", "Hispanic", "Vietnamese")
KINDS = ("Name and birth date", "Name and birth date", "Name only", "Identifier only", "Nothing")


def drawn(seed: int) -> Made:
    """Draw a district: most records are linked to their own child, some to another's, and some to none."""
    rng = np.random.default_rng(seed)
    records, kinds = [], {}
    for at in range(40):
        person = str(rng.choice(PERSONS))
        child = person if rng.random() < 0.75 else str(rng.choice([*PERSONS, "x", "y", ""]))
        whose = str(
            rng.choice([person, "", "S1", f"{person}+{rng.choice(PERSONS)}"], p=[0.85, 0.05, 0.05, 0.05])
        )
        records.append((str(rng.choice(["sis", "lms", "meals"])), f"r{at:02}", whose, child))
        kinds[f"r{at:02}"] = str(rng.choice(KINDS))
    return made(records, {person: ORIGINS[at % 4] for at, person in enumerate(PERSONS)}, kinds)


def groups_of(district: Made) -> pd.DataFrame:
    people = district.key.people
    people = people[people["role"].eq("Student")]
    origin = people.assign(group="name origin: " + people["name_origin"])[["person", "group"]]
    twins = people.loc[people["groups"].eq("twin").fillna(False), ["person"]].assign(group="twin: yes")
    return pd.concat([origin, twins])


def wilson(share: float, count: float) -> tuple[float, float]:
    z = 1.959963984540054
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return middle - half, middle + half


@pytest.mark.parametrize("seed", range(2))
def test_scores_and_children_are_those_of_every_pair_one_by_one(seed: int) -> None:
    district = drawn(seed)
    children, counted = twin_of(district, groups_of(district))
    _compare_scores(district, counted)
    found = district.children()[["silos", "outcome"]].sort_index()
    assert found.index.tolist() == children["person"].tolist()
    assert found["silos"].tolist() == children["silos"].tolist()
    assert found["outcome"].tolist() == children["outcome"].tolist()


def _compare_scores(district: Made, twin: pd.DataFrame) -> None:
    key = ["left_silo", "right_silo", "group", "population"]
    found = district.scores()
    found, twin = (each.assign(**each[key].fillna("-").astype(str)).set_index(key) for each in (found, twin))
    found = found[(found["possible"] + found["linked"]).gt(0)].sort_index()
    twin = twin.sort_index()
    assert found.index.tolist() == twin.index.tolist()
    assert len(found) > 100
    numbers = ["possible", "linked", "right", "wrong", "missed"]
    assert found[numbers].astype(int).values.tolist() == twin[numbers].astype(int).values.tolist()
    for name in ("precision", "recall", "f1"):
        np.testing.assert_allclose(found[name].astype(float), twin[name].astype(float))
    # The interval is Wilson's, with children in place of pairs.
    for row, (recall, children) in zip(
        found.itertuples(), twin[["recall", "children"]].itertuples(index=False), strict=True
    ):
        if children:
            low, high = wilson(recall, children)
            assert (row.low, row.high) == (pytest.approx(max(low, 0)), pytest.approx(min(high, 1)))
