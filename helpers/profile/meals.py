"""What the lunchroom says of a child."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.found import NOTHING, Found, found
from helpers.profile.tallies import Tallies

__all__ = ["latest_balance"]


def latest_balance(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the newest balance of each meal account."""
    accounts = evidence.facts["meal_account"]
    if accounts.empty:
        return NOTHING
    known = accounts["child"].notna()
    key = ["silo", "record"]
    used = accounts[known & accounts[str(element.column)].notna()]
    used = used.sort_values([*key, "as_of", "row"], kind="stable", na_position="first")
    used = used.assign(rows=used.groupby(key)["row"].transform("size")).drop_duplicates(key, keep="last")
    used = used.reset_index(drop=True)
    return Found(found(used, used[str(element.column)], element), {"meal_account": known})
