"""What systems know of a child, what its family was shown, and what stands between: nothing vanishes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.files import District, Silo
from helpers.gaps.family_communication import (
    MEASURES,
    REASONS,
    communication_gap,
    count_informed_families,
    family_terms,
    groups_of_children,
    quoted_figures,
    read_family_terms,
)
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.share.disclosure import shown_shares
from helpers.share.guard import Guard
from helpers.standard import BadInput
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import YEAR, absent, enrolled, person

TODAY = pd.Timestamp("2026-04-30")
CHILDREN = ("ana", "ben", "cleo", "dan", "eve")
NUMBERS = {name: f"70{place}" for place, name in enumerate(CHILDREN)}


def number(child: str) -> dict[str, Any]:
    return {"record": child, "identification_system": "District", "identifier": NUMBERS[child]}


def tie(child: str, adult: str, **more: Any) -> dict[str, Any]:
    return {
        "record": child,
        "contact_record": adult,
        "priority": 1,
        "language": "eng",
        "lives_with": True,
        **more,
    }


def message(child: str, adult: str, sent: str, opened: str | None, **more: Any) -> dict[str, Any]:
    day = pd.Timestamp(f"{sent} 21:00")
    read = None if opened is None else pd.Timestamp(f"{opened} 07:00")
    told = {"record": child, "contact_record": adult, "sent_utc": day, "opened_utc": read}
    return {**told, "topic": "Absences", "language": "eng", **more}


def portal(*more_children: str, **changed: Any) -> Silo:
    """Ana has two homes; Ben's mother opens nothing, Cleo's reads another language, Dan's gets no message."""
    adults = ("mother", "father", "ben's", "cleo's", "dan's")
    tables: dict[str, Any] = {
        "contact": [
            tie("ana", "mother"), tie("ana", "father", lives_with=False, priority=2), tie("ben", "ben's"),
            tie("cleo", "cleo's", language="vie"), tie("dan", "dan's"),
        ],
        "message": [
            message("ana", "mother", "2026-03-10", "2026-03-12"),
            message("ana", "father", "2026-03-10", None),
            message("ben", "ben's", "2026-03-10", None),
            message("cleo", "cleo's", "2026-03-10", "2026-03-11"),
            message("dan", "dan's", "2026-03-10", "2026-03-10", topic="School news"),
        ],
        "login": [
            {"record": name, "date": pd.Timestamp("2026-04-02"), "role": "Guardian"}
            for name in ("dan's", "cleo's")
        ],
        "identifiers": [],
    }  # fmt: skip
    children = [*CHILDREN[:4], *more_children]
    people = [person(name, name, as_of=TODAY) for name in children]
    people += [person(name, name, role="Guardian") for name in adults]
    return silo("family", people, session=[YEAR], **{**tables, **changed})


def made(family: Silo) -> District:
    roster = silo(
        "sis", [person(f"s-{name}", name, as_of=TODAY) for name in CHILDREN], session=[YEAR],
        school_enrollment=[enrolled(f"s-{name}") for name in CHILDREN],
        identifiers=[{**number(name), "record": f"s-{name}"} for name in CHILDREN],
    )  # fmt: skip
    attendance = silo(
        "attendance", [person(f"a-{name}", name, as_of=TODAY) for name in CHILDREN], session=[YEAR],
        attendance_event=[event for name in CHILDREN for event in absent(f"a-{name}", 100, 130, 140)],
    )  # fmt: skip
    return district(roster, attendance, family)


def gap_of(family: Silo) -> pd.DataFrame:
    whole = made(family)
    who = {("sis", f"s-{name}"): name for name in CHILDREN}
    who |= {("attendance", f"a-{name}"): name for name in CHILDREN}
    who |= {("family", name): name for name in CHILDREN[:4]}
    who |= {("family", name): name for name in family.people["record"] if str(name).startswith("stranger")}
    tied = links(who)
    return communication_gap(whole, tied, build_profiles(whole, tied), today=TODAY)


def of(gap: pd.DataFrame, child: str, domain: str = "absences") -> pd.Series:
    return gap[gap["child"].eq(child) & gap["domain"].eq(domain)].iloc[0]


def test_why_a_family_doesnt_know() -> None:
    gap = gap_of(portal())
    whys = gap[gap["domain"].eq("absences")].set_index("child")["why"].fillna("").to_dict()
    assert whys == {
        "ana": "", "ben": "Sent and not opened", "cleo": "Language not asked for",
        "dan": "Not joined to the portal", "eve": "No adult on record",
    }  # fmt: skip


@pytest.mark.full
def test_of_two_homes_it_is_said_how_many_read_it_and_how_far_behind_they_are() -> None:
    ana = of(gap_of(portal()), "ana")
    assert (ana.adults, ana.homes, ana.homes_read, ana.shown_by) == (2, 2, 1, "Message")
    assert (ana.shown, ana.read) == (pd.Timestamp("2026-03-10"), pd.Timestamp("2026-03-12"))
    assert (ana.known - ana.read).days == ana.gap_days == 4
    both = portal(
        message=[message("ana", adult, "2026-03-20", "2026-03-21") for adult in ("mother", "father")]
    )
    ana = of(gap_of(both), "ana")
    assert (ana.homes_read, ana.gap_days) == (2, 0)


@pytest.mark.full
def test_a_portal_that_knows_the_child_by_its_number_shows_absences_to_who_logs_in() -> None:
    gap = gap_of(portal(identifiers=[number("dan"), {**number("cleo"), "identifier": "9999"}]))
    dan = of(gap, "dan")
    assert (dan.joined, dan.shown_by, dan.read) == (True, "Log-in", pd.Timestamp("2026-04-02"))
    assert pd.isna(dan.why)
    cleo = of(gap, "cleo")  # a number that no other system knows joins nobody
    assert (cleo.joined, cleo.why) == (False, "Language not asked for")


@pytest.mark.full
def test_a_child_whom_nobody_tied_to_the_portal_may_have_adults_there() -> None:
    stranger = portal("stranger", contact=[tie("ana", "mother"), tie("stranger", "dan's")])
    assert of(gap_of(stranger), "eve").why == "Not joined to the portal"
    assert of(gap_of(portal(contact=[tie("ana", "mother")])), "ben").why == "No adult on record"


@pytest.mark.full
def test_an_adult_without_the_right_to_see_records_isnt_the_family() -> None:
    barred = tie("ben", "ben's", may_see_records=False, court_order="2025-17")
    assert of(gap_of(portal(contact=[barred])), "ben").adults == 0
    bare = tie("ben", "ben's", may_see_records=False)
    assert of(gap_of(portal(contact=[bare])), "ben").adults == 1


def test_what_comes_after_today_or_before_this_year_shows_nothing() -> None:
    late = [
        message("ana", "mother", "2026-05-02", "2026-05-02"),
        message("ben", "ben's", "2025-02-01", "2025-02-02"),
    ]
    gap = gap_of(portal(message=late))
    assert {of(gap, name).why for name in ("ana", "ben")} == {"Not joined to the portal"}


@pytest.fixture(scope="module")
def measured(district: District) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The gap of the small made district, and how many families it leaves in the dark."""
    tied = link_district(district, "standardized")
    profiles = build_profiles(district, tied)
    gap = communication_gap(district, tied, profiles)
    return gap, count_informed_families(gap, groups_of_children(profiles.profile))


@pytest.mark.full
def test_nothing_vanishes(measured: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    gap, counted = measured
    assert gap["why"].isna().eq(gap["read"].notna()).all()
    assert set(gap["why"].dropna()) <= set(REASONS)
    assert gap["homes_read"].le(gap["homes"]).all()
    assert not gap.duplicated(["child", "domain"]).any()
    whole = counted[counted["group_by"].isna()].pivot_table(
        index="domain", columns="measure", values="numerator", aggfunc="sum", dropna=False
    )
    sizes = gap.groupby("domain").size()
    assert (whole[["read", *REASONS]].sum(axis=1) == sizes.reindex(whole.index)).all()
    for _, its in counted[counted["domain"].isna()].groupby("measure"):
        total = its.loc[its["group_by"].isna(), "numerator"].iloc[0]
        assert (its.dropna(subset=["group_by"]).groupby("group_by")["numerator"].sum() == total).all()
    assert set(counted["measure"]) == {*MEASURES, *REASONS}
    steps = whole.loc["absences", ["on record", "shown", "in their language", "read", "up to date"]]
    assert steps.is_monotonic_decreasing


@pytest.mark.full
def test_of_a_real_folder_no_small_group_is_shown(measured: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, counted = measured
    assert shown_shares(Guard(real=False), counted) is counted
    shown = shown_shares(Guard(real=True), counted)
    kept = shown[shown["numerator"].notna()]
    assert len(kept)
    for number_shown in (kept["numerator"], kept["denominator"], kept["denominator"] - kept["numerator"]):
        assert not number_shown.between(1, 9).any()
    assert shown.loc[shown["numerator"].isna(), "share"].isna().all()
    # What one hidden group holds can't be worked out from the others.
    for _, its in shown[shown["group_by"].notna()].groupby(["measure", "domain", "group_by"], dropna=False):
        assert its["numerator"].isna().sum() != 1


def test_quoted_figures_are_facts_with_a_source_and_a_warning() -> None:
    figures = quoted_figures().set_index("id")
    assert figures["figure"].to_dict() == {"PU-26": 89, "PU-27": 58}
    assert figures["source"].str.contains("not traced").all()
    assert figures["caution"].str.contains("never subtract").all()


def test_every_fault_of_the_terms_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "terms.toml"
    path.write_text(
        """
within_days = -1
[[domain]]
name = "a"
title = "a"
elements = ["days_abset"]
timeline = ["incidents"]
topics = []
portal = false
[[domain]]
name = "a"
title = "a"
elements = []
topics = []
portal = false
""",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as told:
        read_family_terms(path)
    for part in ("days_absent?", "incident?", "declared twice", "within_days"):
        assert part in str(told.value)
    assert len(family_terms().domain) >= 8


def test_of_every_home_only_children_with_two_are_asked() -> None:
    gap = pd.DataFrame(
        {
            "child": list("abcdef"),
            "domain": "absences",
            "adults": [0, 1, 2, 2, 2, 3],
            "homes": [0, 1, 2, 2, 2, 3],
            "homes_read": [0, 1, 0, 1, 2, 3],
            "shown": pd.Timestamp("2026-03-10"),
            "in_language": True,
            "read": pd.Timestamp("2026-03-12"),
            "gap_days": 0,
            "why": None,
        }
    ).astype({"why": "string"})
    counted = count_informed_families(gap)
    every = counted[counted["measure"].eq("every home") & counted["domain"].isna()].iloc[0]
    # One home read all that there is to read, but says nothing of children with two.
    assert (every["numerator"], every["denominator"]) == (2, 4)
    known = counted[counted["measure"].eq("on record") & counted["domain"].isna()].iloc[0]
    assert (known["numerator"], known["denominator"]) == (5, 6)
