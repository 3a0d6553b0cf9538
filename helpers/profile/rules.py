"""The rules that turn records and facts into values; ``elements.toml`` names one for each element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from helpers.profile.attendance_years import AttendanceYears
from helpers.profile.elements import Element, attendance_terms
from helpers.profile.evidence import Evidence, behind_one_value
from helpers.profile.schools import name_schools

__all__ = ["RULES", "Found", "Rule", "canonical"]

# A date that a system gives out for want of a better one, or whose day and month may be exchanged.
DOUBTFUL_DATES = ("Placeholder", "Day and month ambiguous", "Month only", "Year only")
# What hasn't ended is newer than all that has.
STILL = pd.Timestamp("2200-01-01")
FIELDS: dict[str, Any] = {
    **dict.fromkeys(
        ["child", "value", "status", "silo", "record", "file", "link_band", "other_reading"], STRING
    ),
    **dict.fromkeys(["school_year", "row", "rows"], pd.Int64Dtype()),
    **dict.fromkeys(["begin_date", "as_of", "recent"], np.dtype("datetime64[us]")),
    "value_number": np.dtype("float64"),
    "doubtful": pd.BooleanDtype(),
}


@dataclass(frozen=True)
class Found:
    """What a rule found.

    Attributes
    ----------
    values
        Rows of the table ``values`` without element, unit, choice and agreement; besides ``doubtful``
        (boolean: the value gives way to any other), ``other_reading`` (a second reading of the value) and
        ``recent`` (of two values of one system the later counts; `as_of` where it is NA).
    weighed
        By fact table, which of its rows the rule looked at.
    """

    values: pd.DataFrame
    weighed: Mapping[str, pd.Series] = field(default_factory=dict)


Rule = Callable[[Element, Evidence, AttendanceYears], Found]


def canonical(values: pd.Series, element: Element) -> tuple[pd.Series, pd.Series]:
    """Write values as canonical text, and as numbers where they are numbers.

    Parameters
    ----------
    values
        Values of one element, of its own type.
    element
        The element.

    Returns
    -------
    tuple of pandas.Series
        Text (dates ``YYYY-MM-DD``, whole numbers without a point, USD with two decimals, other numbers with
        four, ``true`` and ``false``), and ``float64``.
    """
    nothing = pd.Series(np.nan, index=values.index)
    if element.type == "date":
        return values.dt.strftime("%Y-%m-%d").astype(STRING), nothing
    if element.type == "string":
        return values.astype(STRING), nothing
    numbers = values.astype("Float64").astype("float64")
    if element.type == "boolean":
        text = numbers.map({1.0: "true", 0.0: "false"})
    else:
        digits = 0 if element.type == "integer" else 2 if element.unit == "USD" else 4
        text = numbers.map(f"{{:.{digits}f}}".format, na_action="ignore")
    return text.astype(STRING), numbers


def _found(frame: pd.DataFrame, values: pd.Series, element: Element) -> pd.DataFrame:
    """Make rows of values: one a row of the frame; a missing value is Empty."""
    text, numbers = canonical(values, element)
    said = pd.Series("Reported", index=frame.index, dtype=STRING).where(text.notna(), "Empty")
    rows = (
        frame.assign(value=text, value_number=numbers, status=said)
        .reindex(columns=list(FIELDS))
        .astype(FIELDS)
    )
    return rows.fillna({"doubtful": False}).reset_index(drop=True)


def person_field(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
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
    return Found(_found(kept, values, element))


def identifier(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
    """Take the ids of one identification system."""
    ids = evidence.identifiers
    ids = ids[ids["identification_system"] == element.column].reset_index(drop=True).assign(rows=1)
    return Found(_found(ids, ids["identifier"], element))


def latest_enrolment(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
    """Take a column of each record's latest spell of a year; without spells, of the person's record."""
    column = str(element.column)
    spells = evidence.facts["school_enrollment"]
    spells = spells.assign(school_year=spells["school_year"].fillna(evidence.years.of(spells["begin_date"])))
    in_year = spells["child"].notna() & spells["school_year"].isin(list(evidence.years.years)).fillna(False)
    key = ["silo", "record", "school_year"]
    used = spells[in_year & spells[column].notna()]
    used = used.assign(main=used["is_primary"].fillna(True).astype(bool))
    used = used.sort_values([*key, "main", "begin_date", "row"], kind="stable", na_position="first")
    used = used.assign(rows=used.groupby(key)["row"].transform("size")).drop_duplicates(key, keep="last")
    used = used.assign(recent=used["end_date"].fillna(STILL))

    people = evidence.people[evidence.people[column].notna()]
    own_year = evidence.years.of(people["as_of"]).fillna(evidence.years.newest_of(people["silo"]))
    people = people.drop(columns="begin_date").assign(
        school_year=own_year, recent=people["end_date"].fillna(STILL)
    )
    people = people[people["school_year"].isin(list(evidence.years.years)).fillna(False)]
    told = pd.MultiIndex.from_frame(used[key])
    people = people[~pd.MultiIndex.from_frame(people[key]).isin(told)]
    people = people.merge(evidence.sources(column), on=["silo", "record"], how="left", validate="one_to_one")
    both = [used.reindex(columns=[*used.columns, "school_name"]), people]
    shown = ["child", "silo", "school_year", "school_id", "school_name"]
    places = pd.concat(
        [part[shown].astype(dict.fromkeys(shown[3:], STRING)) for part in both], ignore_index=True
    )
    values = pd.concat([part[column] for part in both], ignore_index=True)
    if column == "school_id":
        values = name_schools(places, evidence.facts["school"])
    found = [
        _found(used, values.iloc[: len(used)].set_axis(used.index), element),
        _found(people, values.iloc[len(used) :].set_axis(people.index), element),
    ]
    return Found(pd.concat(found, ignore_index=True), {"school_enrollment": in_year})


def courses_taken(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
    """Count the courses that a child takes on the newest day of a year that the system speaks of.

    A system may list the whole year's classes or only those that run; both give the same on that day. Zero is
    told only of a child whom the same system enrols in that year.
    """
    classes = evidence.facts["section_enrollment"]
    sections = evidence.facts["section"].dropna(subset=["section_id"])
    sections = sections.drop_duplicates(["silo", "section_id"])[
        ["silo", "section_id", "course_id", "session_id"]
    ]
    sessions = evidence.facts["session"].drop_duplicates(["silo", "session_id"])
    sessions = sessions[["silo", "session_id", "school_year"]]
    known = classes["child"].notna() & classes["section_id"].notna()
    known &= (classes["role"].isna() | (classes["role"] == "Student")).fillna(False)
    used = classes[known].merge(
        sections, on=["silo", "section_id"], how="left", validate="many_to_one", suffixes=("", "_of_section")
    )
    used["session_id"] = used["session_id"].fillna(used["session_id_of_section"])
    used = used.assign(place=classes.index[known])
    with_session = used.dropna(subset=["session_id"]).merge(
        sessions, on=["silo", "session_id"], how="left", validate="many_to_one"
    )
    year = with_session.set_index("place")["school_year"].reindex(used["place"]).reset_index(drop=True)
    used = used.assign(
        school_year=evidence.years.of(used["begin_date"]).fillna(year),
        course=used["course_id"].fillna(used["course_id_of_section"]).fillna(used["section_id"]),
    )
    used = used[used["school_year"].isin(list(evidence.years.years)).fillna(False)]
    key = ["child", "silo", "school_year"]
    newest = used.groupby(["silo", "school_year"])["begin_date"].transform("max")
    over = (used["end_date"] < newest).fillna(False)
    used = used.assign(course=used["course"].mask(over))
    counts = used.groupby(key).agg(value=("course", "nunique"), rows=("course", "size"))
    counts = counts.join(behind_one_value(used, key), how="left").reset_index()

    spells = evidence.facts["school_enrollment"]
    spells = spells.assign(school_year=spells["school_year"].fillna(evidence.years.of(spells["begin_date"])))
    collects = pd.MultiIndex.from_frame(counts[["silo", "school_year"]])
    spells = spells[spells["child"].notna()]
    spells = spells[pd.MultiIndex.from_frame(spells[["silo", "school_year"]]).isin(collects)]
    covered = behind_one_value(spells, key).assign(value=0, rows=0).reset_index()
    listed = pd.MultiIndex.from_frame(counts[key])
    covered = covered[~pd.MultiIndex.from_frame(covered[key]).isin(listed)]
    both = pd.concat([counts, covered], ignore_index=True)
    weighed = pd.Series(classes.index.isin(used["place"]), index=classes.index)
    return Found(_found(both, both["value"], element), {"section_enrollment": weighed})


def latest_balance(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
    """Take the newest balance of each meal account."""
    accounts = evidence.facts["meal_account"]
    known = accounts["child"].notna()
    key = ["silo", "record"]
    used = accounts[known & accounts[str(element.column)].notna()]
    used = used.sort_values([*key, "as_of", "row"], kind="stable", na_position="first")
    used = used.assign(rows=used.groupby(key)["row"].transform("size")).drop_duplicates(key, keep="last")
    used = used.reset_index(drop=True)
    return Found(_found(used, used[str(element.column)], element), {"meal_account": known})


def _attendance_rule(column: str, rows: list[str], recorded: bool) -> Rule:
    """Make a rule that takes one of the counts of attendance."""

    def rule(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
        counted = attendance.counted
        values = [_found(counted.assign(rows=counted[rows].sum(axis="columns")), counted[column], element)]
        weighed = {
            "attendance_event": attendance.event_weighed,
            "school_enrollment": attendance.spell_weighed,
        }
        if recorded:
            # Without days that are known there is no zero: only what was recorded.
            some = attendance.recorded[attendance.recorded[column] > 0]
            values.append(_found(some.assign(rows=some[rows].sum(axis="columns")), some[column], element))
        return Found(pd.concat(values, ignore_index=True), weighed)

    return rule


def attendance_rate(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
    """Divide days present by days enrolled."""
    counted = attendance.counted
    rate = counted["present"] / counted["enrolled"]
    return Found(_found(counted.assign(rows=counted["spell_rows"] + counted["event_rows"]), rate, element))


def chronically_absent(element: Element, evidence: Evidence, attendance: AttendanceYears) -> Found:
    """Say whether a child missed a tenth of the days enrolled or more; not applicable below ten days."""
    terms = attendance_terms()
    counted = attendance.counted.assign(
        rows=attendance.counted["spell_rows"] + attendance.counted["event_rows"]
    )
    # The share is compared as days, so that 18 of 180 isn't lost to a rounding.
    needed = np.round(counted["enrolled"].to_numpy(dtype="float64") * terms.chronic_share, 9)
    values = _found(counted, counted["absent"] >= needed, element)
    short = counted["enrolled"] < terms.chronic_minimum_days
    return Found(
        values.assign(
            value=values["value"].mask(short),
            value_number=values["value_number"].mask(short),
            status=values["status"].mask(short, "Not applicable"),
        )
    )


RULES: Mapping[str, Rule] = {
    "person_field": person_field,
    "identifier": identifier,
    "latest_enrolment": latest_enrolment,
    "courses_taken": courses_taken,
    "latest_balance": latest_balance,
    "attendance_days_enrolled": _attendance_rule("enrolled", ["spell_rows", "event_rows"], recorded=False),
    "attendance_days_present": _attendance_rule("present", ["spell_rows", "event_rows"], recorded=False),
    "attendance_days_absent": _attendance_rule("absent", ["absent_rows"], recorded=True),
    "attendance_days_tardy": _attendance_rule("tardy", ["tardy_rows"], recorded=True),
    "attendance_rate": attendance_rate,
    "chronically_absent": chronically_absent,
}
