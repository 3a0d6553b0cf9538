"""What the rosters say of a child: names, dates, numbers, the school and grade of a year."""

from __future__ import annotations

import pandas as pd

from helpers.layouts import STRING
from helpers.profile.elements import Element
from helpers.profile.evidence import Evidence
from helpers.profile.found import STILL, Found, found
from helpers.profile.keys import listed_in
from helpers.profile.schools import name_schools
from helpers.profile.tallies import Tallies

__all__ = ["identifier", "latest_enrolment", "person_field"]

# A date that a system gives out for want of a better one, or whose day and month may be exchanged.
DOUBTFUL_DATES = ("Placeholder", "Day and month ambiguous", "Month only", "Year only")


def person_field(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take a column of the people, from every system that fills it for anybody."""
    column = str(element.column)
    people = evidence.people
    given = people[column]
    if column in ("first_name", "last_surname", "birth_date"):
        # Beside a filler for a name a birth date is one too.
        given = given.where(people["name_status"] != "Placeholder")
    collects = people.loc[given.notna(), "silo"].unique()
    kept = people[people["silo"].isin(list(collects))]
    kept = kept.merge(evidence.sources(column), on=["silo", "record"], how="left", validate="one_to_one")
    values = given[people["silo"].isin(list(collects))].reset_index(drop=True)
    kept = kept.drop(columns="begin_date").assign(recent=kept["end_date"].fillna(STILL))
    if column == "birth_date":
        kept["doubtful"] = kept["birth_date_status"].isin(list(DOUBTFUL_DATES))
        kept["other_reading"] = kept["birth_date_other"].dt.strftime("%Y-%m-%d").astype(STRING)
    return Found(found(kept, values, element))


def identifier(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take the ids of one identification system."""
    ids = evidence.identifiers
    ids = ids[ids["identification_system"] == element.column].reset_index(drop=True)
    ids = ids.assign(rows=1, as_of=evidence.spoken(ids))
    return Found(found(ids, ids["identifier"], element))


def latest_enrolment(element: Element, evidence: Evidence, tallies: Tallies) -> Found:
    """Take a column of each record's latest spell of a year; without spells, of the person's record."""
    column = str(element.column)
    spells = evidence.facts["school_enrollment"].rename(columns={"year": "of_year"})
    in_year = spells["child"].notna() & evidence.years.speak_of(spells["of_year"])
    spells = spells.assign(school_year=spells["of_year"])
    key = ["silo", "record", "school_year"]
    used = spells[in_year & spells[column].notna()]
    used = used.assign(main=used["is_primary"].fillna(True).astype(bool))
    used = used.sort_values([*key, "main", "begin_date", "row"], kind="stable", na_position="first")
    used = used.assign(rows=used.groupby(key)["row"].transform("size")).drop_duplicates(key, keep="last")
    used = used.assign(recent=used["end_date"].fillna(STILL), as_of=evidence.spoken(used))

    people = evidence.people[evidence.people[column].notna()]
    people = people.drop(columns="begin_date").assign(
        school_year=evidence.years.at_export(people["as_of"], people["silo"]),
        recent=people["end_date"].fillna(STILL),
    )
    people = people[evidence.years.speak_of(people["school_year"])]
    people = people[~listed_in(people[key], used[key])]
    people = people.merge(evidence.sources(column), on=["silo", "record"], how="left", validate="one_to_one")
    both = [used.reindex(columns=[*used.columns, "school_name"]), people]
    shown = ["child", "silo", "school_year", "school_id", "school_name"]
    places = pd.concat(
        [part[shown].astype(dict.fromkeys(shown[3:], STRING)) for part in both], ignore_index=True
    )
    values = pd.concat([part[column] for part in both], ignore_index=True)
    if column == "school_id":
        values = name_schools(places, evidence.facts["school"])
    told_values = [
        found(used, values.iloc[: len(used)].set_axis(used.index), element),
        found(people, values.iloc[len(used) :].set_axis(people.index), element),
    ]
    return Found(pd.concat(told_values, ignore_index=True), {"school_enrollment": in_year})
