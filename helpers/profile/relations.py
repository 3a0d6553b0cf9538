"""Adults related to a child, and class rosters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link import emails, school_name, telephones
from helpers.profile.facts.arrays import is_in
from helpers.profile.facts.store import with_child
from helpers.profile.facts.systems import authority_in, latest_days, name_schools
from helpers.standard import STRING, as_table, empty_table, whole_figure

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "ADULT",
    "adults_of",
    "guardians_of",
    "of_age",
    "on_the_roster",
    "relations",
    "roster_silos",
    "with_rights",
]


def roster_silos(district: District) -> list[str]:
    """List the systems with authority over the roster."""
    return list(authority_in(district).rosters) or list(district.silos)[:1]


def adults_of(people: pd.DataFrame) -> pd.DataFrame:
    """List the adults whom a system names with a child."""
    named = people[people["agents"].notna()]
    listed = named.assign(agent=named["agents"].str.split(";")).explode("agent", ignore_index=True)
    listed = listed.assign(agent=listed["agent"].astype(STRING).str.strip())
    return listed[listed["agent"].ne("").fillna(False)].reset_index(drop=True)


def on_the_roster(district: District, links: Links, ties: pd.DataFrame) -> np.ndarray:
    """Test which adults the roster itself lists with the child, by e-mail address or phone.

    For those the other system's link confidence doesn't matter: the adult belongs to the child.
    """
    people = district.people
    rosters = roster_silos(district)
    reached = pd.concat(
        [
            people[[*RECORD, "local_id"]].assign(way=emails(people["email"])),
            people[[*RECORD, "local_id"]].assign(way=telephones(people["telephone"])),
        ],
        ignore_index=True,
    ).dropna(subset=["way"])
    child = links.crosswalk[[*RECORD, "child"]]
    listed = people[people["silo"].isin(rosters)].merge(child, on=RECORD, how="inner", validate="one_to_one")
    agents = adults_of(listed)[["silo", "agent", "child"]].drop_duplicates()
    ways = agents.merge(
        reached.dropna(subset=["local_id"]).rename(columns={"local_id": "agent"})[["silo", "agent", "way"]],
        on=["silo", "agent"],
        how="inner",
        validate="many_to_many",
    )
    mine = ties[["child", "silo", "guardian"]].assign(place=np.arange(len(ties)))
    mine = mine.merge(
        reached.rename(columns={"record": "guardian"})[["silo", "guardian", "way"]],
        on=["silo", "guardian"],
        how="inner",
        validate="many_to_many",
    )
    met = mine.merge(
        ways[["child", "way"]].drop_duplicates(), on=["child", "way"], how="inner", validate="many_to_one"
    )
    result: np.ndarray = np.isin(np.arange(len(ties)), met["place"].to_numpy())
    return result


RECORD = ["silo", "record"]
# A link that needs review may be to another child.
UNSEEN = "Review"
ADULT = whole_figure("profile/thresholds.adult_age")
# The stage at which a model decides.
BY_MODEL = "Probabilistic"
# Plans with a case manager; other programs have people of their own.
UNDER_A_PLAN = ("Special education", "Section 504")
ORDER = ["role", "child", "silo", "adult", "section_id", "file", "row"]


def relations(district: District, links: Links) -> pd.DataFrame:
    """Return who is related to which child."""
    days = pd.Series(latest_days(district).days, dtype="datetime64[us]")
    schools = _schools(district, links, days)
    parts = [
        _teachers(district, links, days),
        guardians_of(district, links),
        _under_a_plan(district, links, days),
        schools,
    ]
    some = [as_table("relations", part) for part in parts if len(part)]
    if not some:
        return empty_table("relations")
    table = pd.concat(some, ignore_index=True)
    return as_table("relations", table.sort_values(ORDER, kind="stable"))


def _holds(rows: pd.DataFrame, days: pd.Series) -> np.ndarray:
    """Test which periods include the latest day of their system; without one, those that haven't ended."""
    known = days.reindex(rows["silo"]).to_numpy(dtype="datetime64[us]")
    day = pd.Series(known, index=rows.index)
    begun = rows["begin_date"].isna() | day.isna() | (rows["begin_date"] <= day)
    open_yet = rows["end_date"].isna() | (day.notna() & (rows["end_date"] >= day))
    return np.asarray((begun & open_yet).to_numpy(dtype=bool))


def _names(district: District) -> pd.DataFrame:
    """Return the name of every record: ``silo, adult, adult_name``."""
    people = district.people
    name = people["first_name"].fillna("") + " " + people["last_surname"].fillna("")
    name = name.str.strip()
    name = name.mask(name.eq("")).fillna(people["full_name"])
    return people[RECORD].assign(adult_name=name.astype(STRING)).rename(columns={"record": "adult"})


def _with_names(rows: pd.DataFrame, district: District) -> pd.DataFrame:
    return rows.merge(_names(district), on=["silo", "adult"], how="left", validate="many_to_one")


def _teachers(district: District, links: Links, days: pd.Series) -> pd.DataFrame:
    """Link a class's staff to its children, if both are in it on the latest day."""
    enrollments = district.fact("section_enrollment").dropna(subset=["record", "section_id"])
    if enrollments.empty:
        return empty_table("relations")
    sections = district.fact("section").drop_duplicates(["silo", "section_id"])
    sections = sections[["silo", "section_id", "course_title", "session_id"]].dropna(subset=["section_id"])
    sections = sections.rename(columns={"session_id": "held_in"})
    enrollments = enrollments.merge(sections, on=["silo", "section_id"], how="left", validate="many_to_one")
    enrollments = _within_sessions(enrollments, district.fact("session"), days)
    class_of = ["silo", "section_id"]
    staff = enrollments[enrollments["role"].eq("Staff")].rename(columns={"record": "adult"})
    staff = staff[[*class_of, "adult"]].drop_duplicates()
    taught = with_child(enrollments[~enrollments["role"].eq("Staff").fillna(False)], links.crosswalk)
    taught = taught.dropna(subset=["child"])
    both = taught.merge(staff, on=class_of, how="inner", validate="many_to_many")
    both = both.drop_duplicates(["silo", "adult", "section_id", "child"]).assign(role="Teacher")
    shown = [
        "role", "silo", "adult", "child", "school_id", "section_id", "course_title", "link_status", "file",
        "row",
    ]  # fmt: skip
    named = _with_names(both[shown], district)
    own = district.fact("school").dropna(subset=["school_id"]).drop_duplicates(["silo", "school_id"])
    own = own[["silo", "school_id", "school_name"]]
    return named.merge(own, on=["silo", "school_id"], how="left", validate="many_to_one")


def _within_sessions(enrollments: pd.DataFrame, sessions: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    """Filter to class periods that include the latest day, or the last day of a finished year.

    A class period without an end of its own ends with its session.
    """
    known = sessions.dropna(subset=["end_date"]).drop_duplicates(["silo", "session_id"])
    ends = known[["silo", "session_id", "end_date"]].rename(
        columns={"session_id": "session", "end_date": "over"}
    )
    enrollments = enrollments.assign(session=enrollments["session_id"].fillna(enrollments["held_in"]))
    enrollments = enrollments.merge(ends, on=["silo", "session"], how="left", validate="many_to_one")
    last = enrollments.groupby("silo")["over"].max().reindex(days.index)
    clipped = days.where(last.isna() | (days <= last), last)
    bounded = enrollments.assign(end_date=enrollments["end_date"].fillna(enrollments["over"]))
    return bounded[_holds(bounded, clipped)].reset_index(drop=True)


def with_rights(guardians: pd.DataFrame) -> np.ndarray:
    """Test which ties give a guardian rights: no document takes them away, and the child is surely theirs."""
    refused = guardians["without_rights"].fillna(False) | guardians["in_doubt"].fillna(False)
    refused |= guardians["link_status"].eq(UNSEEN).fillna(False)
    return ~refused.to_numpy(dtype=bool)


def of_age(birth_dates: pd.Series, day: pd.Timestamp | None) -> np.ndarray:
    """Test who is 18 or over on a day: the rights of the parents have passed to them (FERPA-22)."""
    latest = pd.NaT if day is None else day - pd.DateOffset(years=ADULT)
    return (birth_dates <= latest).to_numpy(dtype=bool, na_value=False)


def guardians_of(district: District, links: Links) -> pd.DataFrame:
    """Link guardians to children, and number the homes that they share."""
    ties = with_child(district.fact("contact").dropna(subset=["record", "contact_record"]), links.crosswalk)
    ties = ties.dropna(subset=["child"]).rename(columns={"contact_record": "adult"})
    if ties.empty:
        return empty_table("relations")
    ties = ties.sort_values(["silo", "child", "priority", "file", "row"], kind="stable")
    ties = ties.drop_duplicates(["silo", "child", "adult"]).assign(role="Guardian")
    address = district.people[[*RECORD, "street_number_name", "postal_code"]]
    address = address.rename(columns={"record": "adult"})
    ties = ties.merge(address, on=["silo", "adult"], how="left", validate="many_to_one")
    with_the_child = ties["lives_with"].fillna(False).astype(bool)
    street = ties["street_number_name"].str.casefold().str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()
    address_text = street + ", " + ties["postal_code"].fillna("")
    # Opaque, so that the table contains no address: the first adult represents the home.
    home = ("with the child " + ties["child"]).where(with_the_child, ties["adult"]).astype(STRING)
    home = address_text.where(address_text.notna(), home)
    first = ties.assign(home=home).groupby(["silo", "home"], sort=False)["adult"].transform("first")
    shown = [
        "role", "silo", "adult", "child", "relation", "lives_with", "legal_guardian", "receives_mail",
        "without_rights", "in_doubt", "language", "home", "link_status", "file", "row",
    ]  # fmt: skip
    # A child linked only by a model may belong to other adults, unless the roster itself names the adult.
    by_model = links.crosswalk.loc[links.crosswalk["step"].eq(BY_MODEL).fillna(False), RECORD]
    known = on_the_roster(district, links, ties.rename(columns={"adult": "guardian"}))
    doubt = is_in(ties[RECORD], by_model) & ~known
    # Only a document takes a parent's rights away: a no without one hides nothing.
    barred = ties["may_see_records"].eq(False) & ties["court_order"].notna()
    return _with_names(ties.assign(home=first, without_rights=barred, in_doubt=doubt)[shown], district)


def _under_a_plan(district: District, links: Links, days: pd.Series) -> pd.DataFrame:
    """List the children with an active plan."""
    plans = with_child(district.fact("program").dropna(subset=["record"]), links.crosswalk)
    plans = plans.dropna(subset=["child"])
    if plans.empty:
        return empty_table("relations")
    in_force = _holds(plans, days) & plans["status"].fillna("Active").ne("Exited").to_numpy(dtype=bool)
    plans = plans[in_force & plans["program_type"].isin(list(UNDER_A_PLAN)).to_numpy(dtype=bool)]
    plans = plans.drop_duplicates(["silo", "child"], keep="last").assign(role="Case manager")
    return plans[["role", "silo", "child", "link_status", "file", "row"]]


def _schools(district: District, links: Links, days: pd.Series) -> pd.DataFrame:
    """Return each child's current schools, from every system that records them."""
    periods = with_child(district.fact("school_enrollment").dropna(subset=["record"]), links.crosswalk)
    placed = periods.dropna(subset=["child", "school_id"])
    # If a system names years, only the latest is current.
    newest = placed.groupby("silo")["school_year"].transform("max")
    of_today = (placed["school_year"].isna() | newest.isna() | placed["school_year"].eq(newest)).fillna(True)
    now = placed[_holds(placed, days) & of_today.to_numpy(dtype=bool)]
    shown = ["silo", "record", "child", "school_id", "grade_level", "link_status", "file", "row"]
    parts = [now[shown].assign(school_name=pd.Series(pd.NA, index=now.index, dtype=STRING))]
    people = with_child(district.people, links.crosswalk).dropna(subset=["child"])
    # A system with enrollment periods has recorded there where the child is, or that it left.
    people = people[~is_in(people[RECORD], periods[RECORD].drop_duplicates())]
    people = people[people["school_id"].notna() | people["school_name"].notna()]
    people = people[_holds(people, days)]
    rows = district.person_rows.drop_duplicates(RECORD, keep="last")[[*RECORD, "file", "row"]]
    people = people.merge(rows, on=RECORD, how="left", validate="one_to_one")
    parts.append(people[[*shown, "school_name"]])
    both = pd.concat(
        [part.astype({"school_name": STRING}) for part in parts if len(part)] or parts[:1], ignore_index=True
    )
    if both.empty:
        return empty_table("relations")
    both = both.assign(school_year=1)
    names = _as_on_roster(
        name_schools(both, district.fact("school")), both["silo"].isin(roster_silos(district))
    )
    named = both.assign(school_name=names, role="School")
    named = named.drop_duplicates(["silo", "child", "school_name"])
    return named.drop(columns=["record", "school_year"])


def _as_on_roster(names: pd.Series, on_roster: pd.Series) -> pd.Series:
    """Write each school as the roster does: Oak Elem is Oak Elementary School, if only one has that name."""
    listed = pd.Series(names[on_roster.to_numpy(dtype=bool)].dropna().unique(), dtype=STRING)
    alike = listed.groupby(listed.map(school_name)).agg(["size", "first"])
    known = alike.loc[alike["size"].eq(1), "first"]
    return names.map({name: known.get(school_name(name), name) for name in names.dropna().unique()}).astype(
        STRING
    )
