"""The roadmap in words says which gains chance may explain, since that decides the order."""

import pandas as pd

from synthetic_data.studies.levels.results import roadmap_shown


def test_a_gain_that_chance_may_explain_is_marked() -> None:
    road = pd.DataFrame(
        {
            "size": "district",
            "rank": [1, 2, 3],
            "title": ["Rosters", "Numbers", "Codes"],
            "dollars_low": 1.0,
            "dollars_likely": [9.0, 2.0, 2.0],
            "dollars_high": 20.0,
            "dollars_a_child_and_year": 1.0,
            "buys": [2.0, 1.2, 0.0],
            "unit": "of 34",
            "sure": pd.array([True, False, pd.NA], dtype="boolean"),
            "hours_saved": 0.0,
        }
    )
    shown, _ = roadmap_shown(road)
    assert shown["buys"].tolist() == ["+2.0 of 34", "+1.2 of 34, which chance may explain", "+0.0 of 34"]
