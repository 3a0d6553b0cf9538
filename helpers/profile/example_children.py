"""The children whom the notebooks follow, chosen by the rules of ``example_children.toml``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import model_validator

from helpers.files import of_what, shared
from helpers.profile.conditions import TRUE, Column, Condition, ConditionText, element_types, parts_of
from helpers.profile.facts.store import with_child
from helpers.profile.facts.systems import authority_in, latest_days
from helpers.profile.gather import gather_facts
from helpers.profile.profiles import profile_of, stated_values_of_part
from helpers.profile.relations import guardians_of, of_age, with_rights
from helpers.profile.values import folded
from helpers.standard import BadInput, StrictModel, read_declared
from helpers.systems import declared, systems

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links
    from helpers.standard import Element

__all__ = ["ExampleChild", "declared_example_rules", "match_example_rules", "pick_example_children"]

DECLARED = Path(__file__).with_name("example_children.toml")
SURELY = 2 / 3  # of a child's records have verified links


class Rule(StrictModel):
    """One rule of whom we follow."""

    name: str
    text: str
    when: ConditionText | None = None
    unless: ConditionText | None = None
    # For a rule about records: it looks at systems, beside the roster, that reveal nothing but these domains.
    domains: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_one_meaning(self) -> Rule:
        named = f"rule {self.name!r}"
        given = [f"`{name}`" for name in ("when", "unless") if getattr(self, name) is not None]
        if len(given) == 2:
            raise ValueError(
                f"{named} has `when` and `unless`: keep `when`, and give `unless` a rule of its own"
            )
        if given and self.name in BY_RECORDS:
            raise ValueError(f"{named} looks at records: leave {given[0]} out, or rename the rule")
        if not given and self.name not in BY_RECORDS:
            raise ValueError(f"{named}: give `when` or `unless`, or a name of {', '.join(BY_RECORDS)}")
        return self


class RulesOfChild(StrictModel):
    """The rules of one of the children."""

    title: str
    rule: tuple[Rule, ...]


class ExampleRules(StrictModel):
    """All of ``example_children.toml``."""

    rule: tuple[Rule, ...]
    child: tuple[RulesOfChild, ...]

    @model_validator(mode="after")
    def _asks_for_elements(self) -> ExampleRules:
        types = element_types()
        faults = [f"rule {rule!r}: {fault}" for rule, one in self.conditions() for fault in one.faults(types)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Give each rule's name with its condition."""
        for rule in (*self.rule, *(rule for child in self.child for rule in child.rule)):
            condition = rule.when or rule.unless
            if condition is not None:
                yield rule.name, condition

    def inputs(self) -> tuple[str, ...]:
        """List what the conditions ask for, each once."""
        return tuple(dict.fromkeys(name for _, condition in self.conditions() for name in condition.inputs()))


@cache
def declared_example_rules() -> ExampleRules:
    """Return the kit's own rules, ``helpers/profile/example_children.toml``."""
    return read_declared(DECLARED, ExampleRules, "rules of whom the notebooks follow")


@dataclass(frozen=True)
class ExampleChild:
    """One of the children whom the notebooks follow."""

    child: str
    # Names of the rules that the child doesn't meet, since nobody left met them.
    unmet: tuple[str, ...]


def pick_example_children(district: District, links: Links) -> tuple[str, ...]:
    """Choose the two children whom the notebooks follow, by rules that work for every district.

    The rules are in ``helpers/profile/example_children.toml``: an older child with 10 to 25 days absent,
    strengths and a worry, known to career planning and to an activity; and a younger one in another school.
    A rule that nobody meets excludes nobody, so a district with one child has that one. In a real district
    the id reveals no name, but the records are a real child's.

    Parameters
    ----------
    district
        From `read_district`.
    links
        From `link_district` for it.

    Returns
    -------
    tuple of str
        The children's ids, the older child first; one where the district has no other.

    Raises
    ------
    BadInput
        When no record of any system is a student's.
    """
    return tuple(chosen.child for chosen in match_example_rules(district, links))


def match_example_rules(
    district: District, links: Links, profile: pd.DataFrame | None = None
) -> tuple[ExampleChild, ...]:
    """Choose the children, with the rules that each doesn't meet; a `profile` saves a second count."""
    of = (of_what(district), of_what(links))
    return shared(
        lambda: f"children followed in {of}" if all(of) else None, lambda: _matched(district, links, profile)
    )


def _matched(district: District, links: Links, profile: pd.DataFrame | None) -> tuple[ExampleChild, ...]:
    if links.crosswalk.empty:
        raise BadInput("There is no child to follow: no system of this district lists a student.")
    rules = declared_example_rules()
    known = _Known.of(district, links, rules.inputs(), profile)
    chosen: list[ExampleChild] = []
    for one in rules.child:
        left: np.ndarray = np.ones(len(known.children), dtype=bool)
        left[known.children.isin([before.child for before in chosen])] = False
        if not left.any():
            break
        unmet = []
        for rule in (*rules.rule, *one.rule):
            meets = known.meets(rule, [before.child for before in chosen])
            if (left & meets).any():
                left &= meets
            else:
                unmet.append(rule.name)
        there = known.children[left]
        chosen.append(ExampleChild(str(there[int(np.argmax(known.systems[left]))]), tuple(unmet)))
    return tuple(chosen)


def _column(name: str, columns: Mapping[str, pd.Series], children: int) -> Column:
    """Take a column of profiles, or whether it has a value."""
    kind, element = parts_of(name)
    value = columns.get(element)
    if value is None:
        return Column(np.full(children, np.nan))
    return Column.of(value.notna() if kind == "on_record" else value)


@dataclass(frozen=True)
class _Known:
    """What the rules ask, child by child in the order of ids."""

    children: pd.Index
    # Records of students, with child, name, birth date and link status.
    people: pd.DataFrame
    # Children by systems: whether the system has a record of the child.
    there: pd.DataFrame
    # The roster systems, the current one first, and its children today.
    rosters: tuple[str, ...]
    listed: np.ndarray
    # Domains of the policy that a record in a system reveals.
    domains: Mapping[str, tuple[str, ...]]
    # Whether a guardian of the child may see its records today.
    guarded: np.ndarray
    # Values by input.
    by_input: Mapping[str, Column]
    # Elements, child by child.
    columns: Mapping[str, pd.Series]

    @classmethod
    def of(
        cls, district: District, links: Links, inputs: tuple[str, ...], profile: pd.DataFrame | None
    ) -> _Known:
        """Collect what the rules ask of a district."""
        people = with_child(district.people, links.crosswalk)
        people = people[people["child"].notna()]
        names = dict.fromkeys(
            [*(parts_of(name)[1] for name in inputs), "grade_level", "school", "birth_date"]
        )
        elements = {one.name: one for one in declared().element if one.name in names}
        if profile is None:
            profile = _profile(district, links, tuple(elements.values()))
        children = pd.Index(profile["child"])
        columns = {name: profile[one.profile_column] for name, one in elements.items()}
        by_input = {name: _column(name, columns, len(children)) for name in inputs}
        there = pd.crosstab(people["child"], people["silo"]).reindex(children, fill_value=0).gt(0)
        rosters = tuple(silo for silo in authority_in(district).rosters if silo in there.columns)
        listed = children.isin(_on_roster(people, rosters))
        ties = guardians_of(district, links)
        guarded = children.isin(ties.loc[with_rights(ties), "child"])
        guarded &= ~of_age(columns["birth_date"], max(latest_days(district).days.values(), default=None))
        of_systems = {
            each.name: system.policy_domains
            for each in district.values()
            if (system := systems().get(each.layout.silo)) is not None
        }
        return cls(children, people, there, rosters, listed, of_systems, guarded, by_input, columns)

    @property
    def systems(self) -> np.ndarray:
        """How many systems have records of each child."""
        return self.there.sum(axis="columns").to_numpy()

    def meets(self, rule: Rule, before: list[str]) -> np.ndarray:
        """Test who meets a rule."""
        if rule.when is not None:
            return np.asarray(rule.when.truth(self.by_input) == TRUE)
        if rule.unless is not None:
            return np.asarray(rule.unless.truth(self.by_input) != TRUE)
        return BY_RECORDS[rule.name](self, rule, before)


def _profile(district: District, links: Links, elements: tuple[Element, ...]) -> pd.DataFrame:
    """Count some elements of all children, without the rest of their profiles."""
    values = stated_values_of_part(gather_facts(district, links), elements)
    reported = values.loc[values["status"].eq("Reported"), "school_year"].dropna()
    latest = int(reported.max()) if len(reported) else None
    return profile_of(values, links.crosswalk, latest, elements)


def _on_roster(people: pd.DataFrame, rosters: tuple[str, ...]) -> list[str]:
    """List the children of the current roster; without one, those of the system with most children."""
    counts = people.groupby("silo")["child"].nunique()
    roster = people[people["silo"] == (rosters[0] if rosters else counts.idxmax())]
    today = pd.concat([roster["as_of"], roster["begin_date"]]).max()
    ended = roster["end_date"].notna() & ((roster["end_date"] < today) | pd.isna(today))
    return list(roster.loc[~ended, "child"].unique())


def _sure_links(known: _Known, rule: Rule, before: list[str]) -> np.ndarray:
    status = known.people.assign(
        waits=known.people["link_status"].eq("Review"),
        sure=known.people["link_status"].isin(["Verified", "Unlinked"]),
    ).groupby("child")[["waits", "sure"]]
    shares = status.mean().reindex(known.children)
    return (shares["waits"].eq(0) & shares["sure"].ge(SURELY)).to_numpy(dtype=bool)


def _identity_differs(known: _Known, rule: Rule, before: list[str]) -> np.ndarray:
    people = known.people
    surname = people["last_surname"].fillna(people["full_name"]).fillna("")
    name = surname + "|" + people["first_name"].fillna("")
    ways = people.assign(name=name.where(name != "|")).groupby("child")[["name", "birth_date"]]
    return ways.nunique().gt(1).any(axis="columns").reindex(known.children).to_numpy(dtype=bool)


def _contradicted(known: _Known, rule: Rule, before: list[str]) -> np.ndarray:
    shown = [silo for silo, domains in known.domains.items() if {*domains} <= {*rule.domains}]
    seen = known.people[known.people["silo"].isin([*known.rosters, *shown])]
    names = pd.DataFrame({name: folded(seen[name]) for name in ("last_surname", "first_name")})
    ways = names.groupby(seen["child"]).nunique()
    return ways.gt(1).any(axis="columns").reindex(known.children, fill_value=False).to_numpy(dtype=bool)


def _another_school(known: _Known, rule: Rule, before: list[str]) -> np.ndarray:
    school = known.columns["school"]
    theirs = school[known.children.isin(before)].dropna()
    return (school.notna() & ~school.isin(list(theirs))).to_numpy(dtype=bool)


BY_RECORDS: dict[str, Callable[[_Known, Rule, list[str]], np.ndarray]] = {
    "sure_links": _sure_links,
    "on_roster": lambda known, rule, before: known.listed,
    "guardian": lambda known, rule, before: known.guarded,
    "several_systems": lambda known, rule, before: known.systems >= 2,
    "written_differently": _identity_differs,
    "contradicted": _contradicted,
    "missing_somewhere": lambda known, rule, before: known.systems < known.there.shape[1],
    "another_school": _another_school,
}
