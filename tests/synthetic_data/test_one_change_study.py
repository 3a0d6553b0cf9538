"""On which day a system knows comes from its files, and a system without a place for a change never does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.gaps import manual_effort
from helpers.layouts import load_layout
from helpers.link import link_district
from helpers.standard import BadInput
from synthetic_data.district import make_district
from synthetic_data.studies import one_change as study
from synthetic_data.studies.one_change import CHANGES, NO_FIELD, OneChange, one_change
from tests.synthetic_data.written_files import silo_files

SMALL: dict[str, Any] = {"students": 60, "seed": 7}


@pytest.fixture(scope="module")
def every_day() -> OneChange:
    """A new surname in a governed district, with all days between made, too."""
    return one_change(["surname"], ["governed"], every_day=True, again=True, **SMALL)


@pytest.fixture(scope="module")
def both_sides() -> OneChange:
    """An allergy in a governed district: both sides of the one day on which a file can change."""
    return one_change(["allergy"], ["governed"], again=True, **SMALL)


@pytest.mark.full
def test_a_file_shows_the_change_from_one_day_on_and_on_no_day_before(every_day: OneChange) -> None:
    for system, days in every_day.written.groupby("system"):
        known = every_day.known.set_index("system").loc[str(system)]
        shown = days.sort_values("days")["shown"].tolist()
        assert shown == sorted(shown), system
        assert days["days"].min() == -1
        assert shown.index(True) - 1 == known["days"]
    assert every_day.known.set_index("system")["days"].to_dict() == {
        "sis": 0, "health": 1, "lms": 0, "meals": 1, "family": 0, "clubs": 7,
    }  # fmt: skip


@pytest.mark.full
def test_days_are_those_that_the_district_made_whole_shows(tmp_path: Path, every_day: OneChange) -> None:
    known = every_day.known.set_index("system")
    since = known["days"].to_dict()
    name = every_day.written.loc[every_day.written["shown"], "value"].iloc[0]
    for system, days in (("meals", 0), ("meals", 1)):
        as_of = dt.date(2026, 1, 12) + dt.timedelta(days=days)
        folder = make_district(
            folder=tmp_path / f"{days}",
            faults=0,
            level="governed",
            people_only=True,
            as_of=as_of,
            watched="surname",
            watched_day=dt.date(2026, 1, 12),
            **SMALL,
        )
        there = any(name.encode() in text for path, text in silo_files(folder).items() if system in path)
        assert there == (days >= since[system])
    # As often typed as hand work counts by hand: systems that a machine exchanges carry no file by hand.
    district = read_district(folder)
    work = manual_effort(district, link_district(district, "shared identifier"))
    by_hand = set(work.loc[work["task"].eq("file_imported") & work["count"].gt(0), "left_silo"])
    assert by_hand & set(known.index) == set(known.index[known["typed"].gt(1)])


def test_a_system_without_a_field_never_knows(both_sides: OneChange) -> None:
    known = both_sides.known.set_index("system")
    assert known.loc["health", "days"] == 1
    # The roster has no column that a machine could carry.
    assert known.loc["health", "typed"] == 2
    others = known.drop(index="health")
    assert others["days"].isna().all()
    assert others["typed"].isna().all()
    assert set(others["why_never"]) == {NO_FIELD}
    assert set(both_sides.written.loc[both_sides.written["shown"], "value"]) == {"Peanut allergy"}


def test_places_are_columns_of_the_layouts() -> None:
    asked = study._asked()
    assert set(study._declared()["changes"]) == set(CHANGES)
    made = {"sis": "sis/oneroster_1p2", "health": "health/nurse_office", "lms": "lms/canvas_gradebook"} | {
        "meals": "meals/mealtime_customers",
        "family": "family/family_portal",
        "clubs": "activities/community_clubs",
    }
    assert list(asked) == list(made)
    for system, one in asked.items():
        for change, column in one.get("columns", {}).items():
            assert change in CHANGES
            assert load_layout(made[system]).file_named(one["file"]).column(column), (system, column)


@pytest.mark.full
def test_what_was_found_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, both_sides: OneChange
) -> None:
    monkeypatch.setenv("BIGPICTURE_HOME", str(tmp_path))
    first = one_change(["allergy"], ["governed"], **SMALL)
    monkeypatch.setattr(study, "_watch", lambda *_: pytest.fail("made again"))
    second = one_change(["allergy"], ["governed"], **SMALL)

    pd.testing.assert_frame_equal(first.known, both_sides.known)
    pd.testing.assert_frame_equal(second.known, first.known)
    pd.testing.assert_frame_equal(second.written, first.written)


def test_an_unknown_change_is_refused() -> None:
    with pytest.raises(BadInput, match="custody, surname, allergy"):
        one_change(["haircut"])
