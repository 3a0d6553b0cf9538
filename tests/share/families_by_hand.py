"""Small districts, linked as any other, in which somebody's record may be a brother's."""

from __future__ import annotations

from typing import Any

from helpers.files import District
from helpers.link import Links, Method, link_district
from helpers.share.release_review import is_verified_value
from helpers.standard import as_table
from tests.district_by_hand import district, layout, silo

__all__ = ["child", "family", "standing_of", "told"]

AVA = {"first_name": "Ava", "last_surname": "Stone", "birth_date": "2014-03-02"}
HAYDEN = {"first_name": "Hayden", "last_surname": "Reed", "birth_date": "2013-05-06"}
LEO = {"first_name": "Leo", "last_surname": "Park", "birth_date": "2012-11-20"}
# Ava and Mia, Hayden and Jayden are twins; Leo's home has no other child here.
ROSTER = {
    "ava": {**AVA, "telephone": "502-555-0101"},
    "mia": {**AVA, "first_name": "Mia", "telephone": "502-555-0101"},
    "hayden": {**HAYDEN, "telephone": "502-555-0102"},
    "jayden": {**HAYDEN, "first_name": "Jayden", "telephone": "502-555-0102"},
    "leo": {**LEO, "telephone": "502-555-0103"},
}
NUMBERS = {name: f"10{place}" for place, name in enumerate(ROSTER, start=1)}


def child(name: str, **more: Any) -> dict[str, Any]:
    """Give a child of the roster as another system writes it, without telephone."""
    return {**{key: value for key, value in ROSTER[name].items() if key != "telephone"}, **more}


def family(
    *others: Any, roster: dict[str, dict[str, Any]] | None = None, about: dict[str, Any] | None = None
) -> District:
    """Give a district of a roster and other systems."""
    listed = ROSTER if roster is None else roster
    sis = silo(
        "sis",
        [{"record": name, "local_id": name, **who} for name, who in listed.items()],
        layout("sis", domain="sis"),
        identifiers=[
            {"record": name, "identification_system": "District", "identifier": NUMBERS.get(name, name)}
            for name in listed
        ],
    )
    whole = district(sis, *others)
    return District(whole.folder, {"synthetic": True, **(about or {})}, whole.silos)


def told(
    name: str,
    rows: list[dict[str, Any]],
    numbers: dict[str, str] | None = None,
    system: str = "District",
    **more: Any,
) -> Any:
    """Give a system with some records, each under a number of the district if it has one."""
    ids = [
        {"record": record, "identification_system": system, "identifier": number}
        for record, number in (numbers or {}).items()
    ]
    return silo(name, rows, layout(name, domain=more.pop("domain", "attendance")), identifiers=ids, **more)


def standing_of(whole: District, name: str, method: Method = "standardized") -> dict[str, str | None]:
    """Say of each child of the roster why a system doesn't stand for it; None: it does."""
    links: Links = link_district(whole, method)
    standing = as_table("family_page_rules", is_verified_value(whole, links)).set_index(["child", "silo"])
    who = links.crosswalk[links.crosswalk["silo"].eq("sis")]
    found: dict[str, str | None] = {}
    for record, of in zip(who["record"], who["child"], strict=True):
        if (of, name) in standing.index:
            code = standing.at[(of, name), "code"]
            found[record] = code if isinstance(code, str) else None
    return found
