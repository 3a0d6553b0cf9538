"""What the lunchroom says of a child."""

from __future__ import annotations

from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.found import NOTHING, STILL, Found, found
from helpers.profile.newest import newest_in_year
from helpers.profile.tallies import Tallies

__all__ = ["eligibility_on_the_day", "latest_balance"]


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


def eligibility_on_the_day(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the spell that had begun last by the day for which the system speaks; nothing if it is over.

    Of a year that is over, its last spell.
    """
    spells = evidence.facts["meal_eligibility"]
    if spells.empty:
        return NOTHING
    column = str(element.column)
    weighed = spells["child"].notna() & evidence.years.speak_of(spells["year"])
    spoken = evidence.spoken(spells)
    begun = (spells["begin_date"] <= spoken).fillna(True) | spells["begin_date"].isna() | spoken.isna()
    used = spells.assign(spoken=spoken, until=spells["end_date"].fillna(STILL))
    used = newest_in_year(used[weighed & begun & used[column].notna()], ["begin_date", "until"])
    today = used["school_year"] == evidence.years.at_export(used["spoken"], used["silo"])
    over = today.fillna(False) & (used["until"] < used["spoken"])
    used = used.assign(as_of=used["spoken"], recent=used["begin_date"])
    return Found(found(used, used[column].mask(over), element), {"meal_eligibility": weighed})
