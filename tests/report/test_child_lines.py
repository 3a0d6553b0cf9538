"""A page about a child says where each value is from, how old it is, who says otherwise, what is missing."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links
from helpers.profile import build_profiles
from helpers.report.child.values import missing_lines, value_lines, value_texts
from tests.district_by_hand import district, links, silo


@pytest.fixture(scope="module")
def two_systems() -> District:
    """Ana on a roster and at a till that writes her differently, weeks before; Ben on the roster only."""
    roster = [
        {"record": "1", "first_name": "Ana", "last_surname": "Ruiz", "as_of": "2026-04-30"},
        {"record": "2", "first_name": "Ben", "last_surname": "Okafor", "as_of": "2026-04-30"},
    ]
    till = [{"record": "m", "first_name": "ANÁ", "last_surname": "Reyes", "as_of": "2026-03-01"}]
    balance = [{"record": "m", "balance": -3.2, "as_of": pd.Timestamp("2026-03-01")}]
    return district(silo("sis", roster), silo("meals", till, meal_account=balance))


@pytest.fixture(scope="module")
def who() -> Links:
    return links({("sis", "1"): "ana", ("meals", "m"): "ana", ("sis", "2"): "ben"})


def page_of(child: str, of: District, who: Links) -> pd.DataFrame:
    values = build_profiles(of, who).values
    return values[values["child"].eq(child)]


def test_a_value_says_where_it_is_from_and_who_says_otherwise(two_systems: District, who: Links) -> None:
    lines = value_lines(page_of("ana", two_systems, who), two_systems).set_index("what")
    assert lines.loc["surname", "says"] == "Ruiz"
    assert lines.loc["surname", "others"] == "Meals: Reyes"
    assert lines.loc["first name", "others"] == ""
    assert lines.loc["surname", "source"].startswith("sis/")
    assert lines.loc["account balance", "says"] == "-$3.20"
    assert lines.loc["account balance", "days_old"] == 60
    assert lines["fresh"].to_dict()["account balance"] is False
    assert lines["fresh"].to_dict()["surname"] is True


def test_what_is_missing_says_which_system_would_have_it(two_systems: District, who: Links) -> None:
    lines = missing_lines(page_of("ben", two_systems, who), two_systems, who)
    of_meals = lines[lines["where"].eq("Meals")]
    assert of_meals["what"].tolist() == ["account balance"]
    assert "not linked" in of_meals["why"].iloc[0]
    nobody = lines[lines["why"].eq("nobody collects it")]
    assert nobody["where"].tolist() == ["none of these systems"]
    assert "home language" in nobody["what"].iloc[0]


def test_values_are_written_as_people_read_them() -> None:
    values = pd.DataFrame(
        {
            "element": [
                "rate",
                "chronically_absent",
                "days_absent",
                "account_balance",
                "school",
                "sex",
                "days_tardy",
            ],
            "value": ["0.9385", "false", "11", "-3.20", "Oak", None, "6"],
            "value_number": [0.9385, 0.0, 11.0, -3.2, None, None, 6.0],
            "unit": pd.array(["rate", None, "days", "USD", None, None, None], dtype="string"),
        }
    )
    assert value_texts(values).tolist()[:5] == ["93.8%", "no", "11 days", "-$3.20", "Oak"]
    assert pd.isna(value_texts(values).iloc[5])
    assert value_texts(values).iloc[6] == "6"
