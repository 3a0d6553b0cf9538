"""Each value names the rows of which it was made, as many as it says; a zero the row that lists the child."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.files import District
from helpers.link import Links, link_district
from helpers.profile import Profiles, build_profiles, declared_elements
from helpers.profile.facts.store import FactStore
from helpers.profile.gather import gather_facts
from helpers.profile.lineage import COUNTED, LISTED, contributing_rows, source_rows
from helpers.profile.rules import RULES
from helpers.profile.rules.results import STATUSES, RuleResult
from helpers.profile.rules.yearly_counts import YearlyCounts
from helpers.profile.store.source import source_of
from helpers.standard.elements import Element, attendance_terms, credit_terms
from helpers.systems import element

REPORTED = STATUSES.index("Reported")
# Recounted from the rows alone: how, and of which column.
RECOUNTED = {
    "lms_logins": ("nunique", "date"),
    "submissions": ("nunique", "assignment_id"),
    "grade_average": ("mean", "numeric_grade"),
    "course_average": ("mean", "numeric_grade"),
    "grade_english": ("mean_of_last", "numeric_grade"),
    "math_score": ("any", "result"),
    "college_test_total": ("any", "result"),
    "screening_t_score": ("any", "t_score"),
    "self_awareness": ("mean", "response"),
    "discipline_days": ("sum", "days"),
    "health_visits": ("size", "row"),
    "applications": ("size", "row"),
    "credits_earned": ("sum", "earned_credits"),
    "credits_attempted": ("sum", "attempted_credits"),
    "guardians": ("nunique", "contact_record"),
    "messages_sent": ("size", "row"),
    "messages_opened": ("count", "opened_utc"),
    "school_activities": ("nunique", "activity"),
    "club_hours": ("sum", "hours"),
    "courses": ("most", "row"),
    "account_balance": ("any", "balance"),
}


@pytest.fixture(scope="module")
def links(district: District) -> Links:
    return link_district(district)


@pytest.fixture(scope="module")
def evidence(district: District, links: Links) -> FactStore:
    return gather_facts(district, links)


@pytest.fixture(scope="module")
def tallies(evidence: FactStore) -> YearlyCounts:
    return YearlyCounts(evidence)


@pytest.fixture(scope="module")
def profiles(district: District, links: Links) -> Profiles:
    return build_profiles(district, links)


def found_of(one: Element, evidence: FactStore, tallies: YearlyCounts) -> RuleResult:
    return RULES[one.rule](one, evidence, tallies)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", [one.name for one in declared_elements()])
def test_as_many_rows_are_named_as_a_value_says(
    name: str, evidence: FactStore, tallies: YearlyCounts
) -> None:
    one = element(name)
    values = found_of(one, evidence, tallies).values
    rows = contributing_rows(one, evidence, tallies)
    counted = rows[rows["why"] == COUNTED].groupby("value").size()
    said = values["rows"].reset_index(drop=True)
    assert said.eq(counted.reindex(said.index, fill_value=0)).all()
    assert rows["file"].notna().all()
    assert rows["row"].notna().all()
    # The row that a value names is one of those.
    single = values[values["source"].ge(0)]
    files = pd.Series(evidence.file_names).reindex(single["source"]).to_numpy()
    named = pd.MultiIndex.from_arrays([single.index, files, single["row"]])
    there = pd.MultiIndex.from_frame(rows[rows["why"] == COUNTED][["value", "file", "row"]])
    assert named.isin(there).all()


def test_a_zero_names_who_lists_the_child(evidence: FactStore, tallies: YearlyCounts) -> None:
    zeros = 0
    for one in declared_elements():
        values = found_of(one, evidence, tallies).values
        none = values.index[(values["rows"] == 0) & (values["status"] == REPORTED)]
        rows = contributing_rows(one, evidence, tallies)
        listed = rows[rows["why"] == LISTED]
        assert set(none) <= set(listed["value"]), one.name
        # Whom a row lists is the child of the value.
        owner = evidence.children.take(values["owner"].to_numpy()[listed["value"].to_numpy(dtype="int64")])
        assert (listed["child"].to_numpy(dtype=object) == owner.to_numpy(dtype=object)).all()
        zeros += len(none)
    assert zeros > 100


@pytest.mark.parametrize(
    "name", [name for name in RECOUNTED if name in {one.name for one in declared_elements()}]
)
def test_a_value_counted_again_from_its_rows_is_the_same(
    name: str, evidence: FactStore, tallies: YearlyCounts
) -> None:
    one = element(name)
    how, column = RECOUNTED[name]
    found = found_of(one, evidence, tallies)
    (places, of) = found.behind[one.table]
    facts = evidence.facts[one.table].iloc[places].assign(of=of).reset_index(drop=True)
    told = found.values.loc[found.values["status"].eq(REPORTED), "value_number"]
    by = facts.groupby("of")[column]
    if how in ("any", "mean_of_last"):
        same = facts.assign(value=facts["of"].map(told))
        near = np.isclose(same[column].astype("float64"), same["value"])
        assert pd.Series(near).groupby(same["of"]).any().reindex(told.index).all()
        return
    if how == "most":
        assert (by.size().reindex(told.index, fill_value=0) >= told).all()
        return
    again = by.size() if how == "size" else by.agg(how)
    again = again.reindex(told.index, fill_value=0).astype("float64")
    assert np.allclose(again, told)


def test_days_absent_are_those_of_the_events_named(evidence: FactStore, tallies: YearlyCounts) -> None:
    terms = attendance_terms()
    found = found_of(element("days_absent"), evidence, tallies)
    places, of = found.behind["attendance_event"]
    events = evidence.facts["attendance_event"].iloc[places].assign(of=of)
    assert events["attendance_event_category"].map(terms.status).isin(list(terms.absent)).all()
    days = events.groupby("of")["date"].nunique().reindex(found.values.index, fill_value=0)
    # A more certain mark of the same day may say that the child was there after all.
    assert (days >= found.values["value_number"]).all()
    assert (days == found.values["value_number"]).mean() > 0.95


def test_failed_courses_are_among_the_rows_named(evidence: FactStore, tallies: YearlyCounts) -> None:
    found = found_of(element("courses_failed"), evidence, tallies)
    places, of = found.behind["course_transcript"]
    rows = evidence.facts["course_transcript"].iloc[places].assign(of=of)
    failed = rows["final_letter_grade"].isin(list(credit_terms().failing)).groupby(rows["of"]).sum()
    told = found.values.loc[found.values["status"].eq(REPORTED), "value_number"]
    assert failed.reindex(told.index, fill_value=0).eq(told).all()


@pytest.mark.full
def test_one_call_leads_from_a_zero_to_the_rows_that_list_the_child(
    district: District, links: Links, profiles: Profiles
) -> None:
    source = source_of(district, links, profiles)
    said = profiles.recorded
    zeros = said[said["rows"].eq(0).fillna(False) & said["status"].eq("Reported")]
    one_each = zeros.groupby(["element", "silo"]).head(1)
    assert len(one_each) > 8
    for zero in one_each.to_dict("records"):
        year = None if pd.isna(zero["school_year"]) else int(zero["school_year"])
        rows = source_rows(source, zero["child"], zero["element"], year)
        assert (rows["why"] == LISTED).any(), zero
