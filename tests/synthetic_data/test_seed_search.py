"""The default seed shows each effect that the lessons teach; if one vanishes, a test says which."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles
from helpers.standard import plain
from synthetic_data.scenario import load_scenario
from synthetic_data.seed_search import SeedSearch, declared_effects, seed_search
from synthetic_data.studies.lesson_effects import MEASURES, measure_effects
from tests.shared_districts import SharedDistricts

EFFECTS = declared_effects().effect


def vanished(measured: pd.DataFrame) -> list[str]:
    """Say which effects no longer show."""
    gone = measured[~measured["visible"]].set_index("effect")["count"]
    return [
        f"notebook {one.lesson}: {one.text} (counted {gone[one.name]}, needs {one.at_least})"
        for one in EFFECTS
        if one.name in gone.index
    ]


@pytest.mark.full
def test_the_small_district_of_the_chosen_seed_shows_every_effect(
    district: District, district_links: Links, district_profiles: Profiles
) -> None:
    measured = measure_effects(district, district_links, district_profiles)
    # Of 120 children none meets all five rules of the younger child; in the default district one does.
    gone = vanished(measured[measured["effect"].ne("younger_child")])
    assert not gone, f"vanished from the small district of the default seed: {gone}"


@pytest.mark.full
def test_the_default_district_shows_every_effect(districts: SharedDistricts) -> None:
    gone = vanished(measure_effects(districts.read(), districts.linked()))
    assert not gone, f"vanished from the default district: {gone}; look for a seed by search_seeds --anew"


def test_a_vanished_effect_is_named_with_its_lesson() -> None:
    seen = pd.DataFrame({"effect": [one.name for one in EFFECTS], "count": 99, "visible": True})
    assert vanished(seen) == []
    lost = seen.assign(
        visible=seen["effect"].ne("lost_flag"), count=seen["count"].mask(seen["effect"].eq("lost_flag"), 0)
    )
    (said,) = vanished(lost)
    assert said.startswith("notebook 03: a flag is lost")
    assert "counted 0, needs 1" in said


def test_the_search_that_comes_with_the_kit_is_of_the_default_district() -> None:
    search, (first, last) = seed_search(), declared_effects().seeds
    assert search.vanished == []
    assert search.chosen == load_scenario().seed
    assert search.chosen in search.showing_all
    assert set(search.counts["students"]) == {load_scenario().students}
    assert search.counts["seed"].is_unique
    assert search.counts["seed"].between(first, last).all()
    assert f"Seed {search.chosen} was chosen from {len(search.counts)} seeds (" in plain(search.sentence())


def test_notebooks_and_the_workshop_s_cards_are_of_the_chosen_seed(project: Path) -> None:
    seed = load_scenario().seed
    folder = project / "notebooks"
    given = {
        path.name: re.findall(r"^    \"seed: int = (\d+) ", text, re.MULTILINE)
        for path in sorted(folder.glob("*.ipynb"))
        if "make_district(students=students, seed=seed" in (text := path.read_text(encoding="utf-8"))
    }
    assert len(given) >= 8
    assert {name: found for name, found in given.items() if found != [str(seed)]} == {}
    assert f"--students 600 --seed {seed}`" in (folder / "FACILITATOR.md").read_text(encoding="utf-8")


def test_each_declared_effect_has_its_measure_and_its_column() -> None:
    names = [one.name for one in EFFECTS]
    assert list(MEASURES) == names
    assert list(seed_search().counts.columns) == ["seed", "students", "measured", *names]


def test_an_effect_shows_from_its_line_on_and_known_seeds_count_in_no_share() -> None:
    enough = {one.name: one.at_least for one in EFFECTS}
    line = EFFECTS[0]
    rows = [
        {"seed": 1, **enough},
        {"seed": 2, **enough, line.name: line.at_least - 1},
        {"seed": 3, **enough, line.name: line.at_least + 1},
        {"seed": declared_effects().in_sight[0], **enough, line.name: line.at_least - 1},
    ]
    counts = pd.DataFrame(rows).assign(students=600, measured="2026-01-01")
    assert SeedSearch(counts, 1).showing_all == [1, 3]
    assert SeedSearch(counts, 1).vanished == []
    assert SeedSearch(counts, 2).vanished == [line.name]
    shares = SeedSearch(counts, 1).shares()
    assert shares["seeds"].tolist() == [1, *[2] * (len(EFFECTS) - 1)]
    assert set(shares["of_seeds"]) == {2}
