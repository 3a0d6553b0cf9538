"""Children at whom indicators point: all found by right links, missed where a record falls to nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.profile import build_profiles, compute_indicators
from helpers.score.flags import SIGNS, children_at_risk
from helpers.score.truth import true_crosswalk


@pytest.fixture(scope="module")
def linked(district: District) -> Links:
    return link_district(district, "shared identifier")


def at_risk(district: District, links: Links) -> tuple[np.ndarray, np.ndarray]:
    found = children_at_risk(
        district, links, compute_indicators(district, links, build_profiles(district, links))
    )
    return tuple(
        found[[f"{sign}.{side}" for sign in SIGNS]].to_numpy(dtype=bool) for side in ("shown", "truly")
    )


@pytest.mark.full
def test_right_links_find_every_child_and_flag_nobody_wrongly(district: District, linked: Links) -> None:
    right = replace(linked, crosswalk=true_crosswalk(district))
    shown, truly = at_risk(district, right)
    assert truly.any(axis=0).sum() >= 3  # a small district has not every sign
    assert (shown == truly).all()


@pytest.mark.full
def test_a_system_that_is_joined_to_nobody_points_at_nobody(district: District, linked: Links) -> None:
    crosswalk = true_crosswalk(district)
    apart = crosswalk["silo"].eq("attendance")
    crosswalk["child"] = crosswalk["child"].mask(apart, "alone " + crosswalk["record"])
    shown, truly = at_risk(district, replace(linked, crosswalk=crosswalk))
    absent = SIGNS.index("chronic_absence")
    assert truly[:, absent].any()
    on_roster = shown[:, absent] & truly[:, absent]
    # Only who stands in no roster is still looked up in the system of absences itself.
    assert on_roster.sum() < truly[:, absent].sum() / 10
    assert not (shown & ~truly).any()
