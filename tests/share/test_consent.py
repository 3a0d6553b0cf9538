"""A partner sees what parents agreed to in writing: for this purpose, these domains, these days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.share import Refused, open_view
from helpers.share.access import read_consents
from helpers.standard import BadInput
from tests.share.small_source import CONSENTS, SmallSource

SOURCE = SmallSource()


def opened(consents: pd.DataFrame | None, who: str = "Reading Club") -> set[tuple[str, str]]:
    shown = open_view(SOURCE, "community_partner", who, consents=consents)
    return set(zip(shown.values["child"], shown.values["element"], strict=True))


def test_what_is_named_is_seen() -> None:
    assert opened(CONSENTS) >= {("c01", "first_name"), ("c02", "days_absent"), ("c01", "club_hours")}


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "marketing"},
        {"recipient": "Another Club"},
        {"signer": ""},
        {"end": "2026-04-29"},
        {"date": "2026-05-01"},
        {"date": "one day"},
        {"child": "nobody"},
    ],
)
def test_a_consent_that_doesnt_hold_is_none(changed: dict[str, str]) -> None:
    with pytest.raises(Refused, match="sees nothing without a written consent"):
        opened(CONSENTS.assign(**changed))


@pytest.mark.parametrize(
    ("date", "end", "holds"),
    [
        ("2026-04-01", "2026-04-29", False),
        ("2026-04-01", "2026-04-30", True),
        ("2026-04-01", "2026-05-01", True),
        ("2026-04-29", "2026-12-31", True),
        ("2026-04-30", "2026-12-31", True),
        ("2026-05-01", "2026-12-31", False),
        ("2026-04-30", "2026-04-30", True),
    ],
)
def test_a_consent_holds_from_its_first_day_to_its_last_both_included(
    date: str, end: str, holds: bool
) -> None:
    """The view is asked for on the newest day of which a system speaks, 2026-04-30."""
    dated = CONSENTS.assign(date=date, end=end)
    if holds:
        assert opened(dated) == opened(CONSENTS)
    else:
        with pytest.raises(Refused, match="sees nothing without a written consent"):
            opened(dated)


def test_without_a_consent_nothing_is_seen() -> None:
    for consents in (None, CONSENTS.head(0)):
        with pytest.raises(Refused):
            opened(consents)


def test_a_domain_that_isnt_named_is_not_seen() -> None:
    fewer = CONSENTS.assign(domains=["identity", "identity; attendance"])
    seen = opened(fewer)
    assert ("c02", "days_absent") in seen
    assert ("c01", "days_absent") not in seen
    assert ("c01", "first_name") in seen


def test_no_consent_opens_what_the_policy_refuses() -> None:
    more = CONSENTS.assign(domains="identity; health; meals_eligibility; behavior")
    assert {element for _, element in opened(more)} == {"first_name", "last_surname"}


def test_a_consent_signed_in_the_words_of_0_1_0_still_holds() -> None:
    named = CONSENTS.assign(domains="identity; behavior")
    old = named.assign(domains="identity; behaviour", purpose="partner programme")
    assert set(CONSENTS["purpose"]) == {"partner program"}
    assert opened(old) == opened(named)
    assert opened(old)


def test_a_bare_yes_is_no_consent(tmp_path: Path) -> None:
    path = tmp_path / "consents.csv"
    CONSENTS.drop(columns=["signer", "end"]).assign(consent="yes").to_csv(path, index=False)
    with pytest.raises(BadInput, match="signer is missing; end is missing; consent is unknown"):
        read_consents(path)
    CONSENTS.to_csv(path, index=False)
    assert opened(read_consents(path)) == opened(CONSENTS)
