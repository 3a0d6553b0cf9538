"""Count on one district the effects that the lessons teach (``synthetic_data/lesson_effects.toml``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from helpers.link import join_all_on_id, link_district
from helpers.profile import (
    ExampleChild,
    build_profiles,
    compute_indicators,
    indicator,
    match_example_rules,
    source_of,
    status_by_child,
)
from helpers.report import family_pages
from helpers.score import (
    AnswerKey,
    judge_decision,
    missed_by_group,
    missed_flags,
    read_answer_key,
    score_pairs,
    true_flags,
)
from helpers.share import Refused, view_of_child
from helpers.systems import declared
from synthetic_data.seed_search import declared_effects

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles, Source

__all__ = ["measure_effects"]

# As in the lessons: the decision of notebook 11.
DECIDED, LUNCH_LINE_FIRST = ("birth_date", "last_surname"), ("meals", "sis")
NOT_AN_ID = ("Login", "Email", "PIN", "School")


def measure_effects(district: District, links: Links, profiles: Profiles | None = None) -> pd.DataFrame:
    """Count each effect on a district with an answer key, and test whether it is visible."""
    looked = _Looked(district, links, profiles or build_profiles(district, links))
    effects = declared_effects().effect
    counts = [int(MEASURES[one.name](looked)) for one in effects]
    return pd.DataFrame(
        {
            "effect": [one.name for one in effects],
            "count": counts,
            "visible": [count >= one.at_least for count, one in zip(counts, effects, strict=True)],
        }
    )


class _Looked:
    """One district, and what several effects need."""

    def __init__(self, district: District, links: Links, profiles: Profiles) -> None:
        self.district, self.links, self.profiles = district, links, profiles

    @cached_property
    def key(self) -> AnswerKey:
        return read_answer_key(self.district.folder)

    @cached_property
    def looked_up(self) -> Links:
        return join_all_on_id(self.district.people, self.district.identifiers)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        return compute_indicators(self.district, self.links, self.profiles)

    @cached_property
    def source(self) -> Source:
        return source_of(self.district, self.links, self.profiles, self.indicators)

    @cached_property
    def followed(self) -> tuple[ExampleChild, ...]:
        return match_example_rules(self.district, self.links, self.profiles.profile)

    def seen(self, child: str) -> pd.DataFrame:
        """Return the values that a teacher sees of a child: of this year, and without a year."""
        try:
            values = view_of_child(self.source, child, "teacher").values
        except Refused:
            return self.profiles.values.iloc[:0]
        year = self.source.school_year
        of_year = values["school_year"].isna()
        if year is not None:
            of_year |= values["school_year"].eq(year)
        return values[(values["chosen"] & of_year).fillna(False).to_numpy(dtype=bool)]

    def meets_all(self, place: int) -> bool:
        """Test whether a followed child meets every rule."""
        return len(self.followed) > place and not self.followed[place].unmet


def _unnoticed_error(looked: _Looked) -> int:
    faults = looked.key.faults
    return faults.loc[faults["detected_by"].eq("Not findable"), "fault"].nunique()


def _different_totals(looked: _Looked) -> int:
    return looked.links.crosswalk.groupby("silo")["child"].nunique().nunique()


def _wrong_lookup(looked: _Looked) -> int:
    """Look up the lunch line's numbers on the roster, as notebook 03 does."""
    people, numbers = looked.district.people, looked.district.identifiers
    children = people.loc[people["role"].eq("Student"), ["silo", "record"]]
    numbers = numbers.merge(children, on=["silo", "record"], how="inner", validate="many_to_one")
    numbers = numbers.loc[
        ~numbers["identification_system"].isin(NOT_AN_ID), ["silo", "record", "identifier"]
    ].drop_duplicates()
    one, other = (
        numbers[numbers["silo"].eq(silo)]
        .drop_duplicates("identifier", keep=False)
        .rename(columns={"silo": f"{side}_silo", "record": f"{side}_record"})
        for silo, side in ((next(iter(looked.district)), "left"), ("meals", "right"))
    )
    found = one.merge(other, on="identifier", how="inner", validate="one_to_one")
    return int(score_pairs(looked.district, found, key=looked.key)["outcome"].eq("wrong").sum())


def _lost_flag(looked: _Looked) -> int:
    truly = true_flags(looked.district, looked.links, key=looked.key)
    by_number, linked = (
        missed_flags(looked.district, links, key=looked.key, truly=truly)["missed"].sum()
        for links in (looked.looked_up, looked.links)
    )
    return int(by_number - linked)


def _group_gap(looked: _Looked) -> int:
    exact = link_district(looked.district, "exact")
    people = looked.district.people
    named = set(people.loc[people["linkable_by"].ne("Identifier only"), "silo"])
    linked = exact.crosswalk["child"].map(exact.crosswalk.groupby("child")["silo"].nunique()).gt(1)
    joined = named & set(exact.crosswalk.loc[linked, "silo"])
    systems = [silo for silo in looked.district if silo in joined]
    groups = missed_by_group(looked.district, exact, systems)
    origins = groups[groups["group"].str.startswith("name origin")]
    largest = origins.sort_values("possible").iloc[-1:]
    return int(origins["low"].gt(largest["high"].max()).sum())


def _needs_review(looked: _Looked) -> int:
    return int(looked.links.pairs["decision"].eq("Review").sum())


def _conflict(looked: _Looked) -> int:
    found = 0
    for one in looked.followed:
        seen = looked.seen(one.child)
        found += int((seen["status"].eq("Reported") & seen["agrees"].eq(False)).fillna(False).sum())
    return found


def _definitions(looked: _Looked) -> int:
    ways = [one.name for one in indicator("chronic_absence").definition]
    flagged = [
        int(status_by_child(looked.indicators, "chronic_absence", way)["status"].eq("Flagged").sum())
        for way in ways
    ]
    return max(flagged) - min(flagged)


def _family_pages(looked: _Looked) -> int:
    children = [one.child for one in looked.followed]
    made = family_pages(looked.district, looked.links, looked.source, children=children)
    return len({page.recipient.child for page in made.pages})


def _missing_children(looked: _Looked) -> int:
    """Count, over all systems, the roster's children whom a system should know and doesn't."""
    who, key = looked.links.crosswalk, looked.key
    place = ["silo", "file", "row"]
    rows = looked.district.person_rows.merge(
        who[["silo", "record", "child"]], on=["silo", "record"], how="inner", validate="many_to_one"
    )
    owners = rows.merge(key.rows[[*place, "person"]], on=place, how="inner", validate="many_to_many")
    listed = owners[owners["silo"].eq(next(iter(looked.district)))].drop_duplicates("child")
    missing = 0
    for silo in list(looked.district)[1:]:
        known = set(who.loc[who["silo"].eq(silo), "child"])
        excused = set(key.limits.loc[key.limits["silo"].eq(silo), "person"])
        missing += int((~listed["child"].isin(known) & ~listed["person"].isin(excused)).sum())
    return missing


def _missing_record(looked: _Looked) -> int:
    """Count what is missing on the older child's page because no record is linked there."""
    if not looked.followed:
        return 0
    values = looked.seen(looked.followed[0].child)
    return int(values.loc[values["status"].eq("Not linked"), "element"].nunique())


def _five_viewers(looked: _Looked) -> int:
    seen = 0
    for role in declared_effects().viewers if looked.followed else ():
        try:
            view_of_child(looked.source, looked.followed[0].child, role)
            seen += 1
        except Refused:
            continue
    return seen


def _decision(looked: _Looked) -> int:
    """Trust the lunch line first, as notebook 11 does; the fewer of the values made right and made wrong."""
    terms = declared()
    decided = [one for one in terms.element if one.name in DECIDED]
    trusted = [
        one.model_copy(update={"trust": tuple(dict.fromkeys((*LUNCH_LINE_FIRST, *one.trust)))})
        for one in decided
    ]
    # No fact decides a name or a birth date, and facts are most of a district.
    silos = {name: replace(silo, facts={}) for name, silo in looked.district.items()}
    people = replace(looked.district, silos=silos)
    before, after = (
        build_profiles(people, looked.links, terms=terms.model_copy(update={"element": tuple(each)}))
        for each in (decided, trusted)
    )
    judged = judge_decision(people, before, after, only=DECIDED, key=looked.key)
    return int(min(judged["made_right"].sum(), judged["made_wrong"].sum()))


MEASURES: dict[str, Callable[[_Looked], int]] = {
    "older_child": lambda looked: looked.meets_all(0),
    "younger_child": lambda looked: looked.meets_all(1),
    "unnoticed_error": _unnoticed_error,
    "different_totals": _different_totals,
    "wrong_lookup": _wrong_lookup,
    "lost_flag": _lost_flag,
    "group_gap": _group_gap,
    "needs_review": _needs_review,
    "conflict": _conflict,
    "missing_record": _missing_record,
    "definitions": _definitions,
    "family_pages": _family_pages,
    "missing_children": _missing_children,
    "five_viewers": _five_viewers,
    "decision": _decision,
}
