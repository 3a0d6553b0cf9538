"""What one role may see for one purpose: elements, events, indicators; and which systems stay hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.share.policy import Domain, Policy, Purpose, Role, Rule
from helpers.share.refused import Refused
from helpers.standard import nearest

__all__ = ["Allowed", "allowed_for", "asked"]


@dataclass(frozen=True)
class Allowed:
    """What a view may hold, before anything is said of whose.

    Attributes
    ----------
    role, purpose
        Who asks, and what for.
    rows
        Domains of which each child is seen, with their rules.
    counted
        Domains of which groups are counted only, with their rules.
    elements, timeline, indicators
        Names that may be seen, each with its domain.
    hidden
        Systems that tell none of these domains: nothing that they say is seen.
    unknown
        Those of them that the role sees for no purpose: what they say of whose a child is doesn't count.
    withheld
        ``domain, title, allow, why, rule_id, citation``: what the role doesn't see, or sees as counts.
    """

    role: Role
    purpose: Purpose
    rows: Mapping[str, Rule]
    counted: Mapping[str, Rule]
    elements: Mapping[str, str]
    timeline: Mapping[str, str]
    indicators: Mapping[str, str]
    hidden: frozenset[str]
    unknown: frozenset[str]
    withheld: pd.DataFrame

    @property
    def coded(self) -> bool:
        """Random codes stand in place of children."""
        return self.purpose.coded

    @property
    def without_source(self) -> bool:
        """Neither records nor files nor rows are seen."""
        return self.coded or self.role.outside


def asked(policy: Policy, role: str, purpose: str | None) -> tuple[Role, Purpose]:
    """Find a role and a purpose that it may name.

    Parameters
    ----------
    policy
        The policy.
    role
        Name of a role.
    purpose
        Name of a purpose; None: the broad one of the role.

    Returns
    -------
    tuple
        Both, as declared.

    Raises
    ------
    Refused
        When the policy has no such role, or the role no such purpose.
    """
    if role not in policy.roles:
        raise Refused(
            f"No role is called {role!r}.{nearest(role, policy.roles)} There are: {', '.join(policy.roles)}."
        )
    found = policy.roles[role]
    name = purpose if purpose is not None else found.purposes[0]
    if name not in found.purposes:
        raise Refused(
            f"A {found.title.lower()} may not name the purpose {name!r}.{nearest(name, found.purposes)} "
            f"There are: {', '.join(found.purposes)}."
        )
    return found, policy.purposes[name]


def allowed_for(policy: Policy, role: Role, purpose: Purpose, systems: pd.DataFrame) -> Allowed:
    """Say what a role may see for a purpose.

    Parameters
    ----------
    policy
        The policy.
    role, purpose
        As declared in it.
    systems
        Table ``systems`` of the district.

    Returns
    -------
    Allowed
        What a view may hold.
    """
    rows: dict[str, Rule] = {}
    counted: dict[str, Rule] = {}
    withheld = []
    for domain in policy.domains.values():
        rule = policy.rule(role.name, domain.name)
        allow, why, rule_id = rule.allow, rule.reason, rule.rule_id
        if allow != "none" and purpose.domains is not None and domain.name not in purpose.domains:
            allow, why, rule_id = "none", f"not needed for {purpose.title}", "FERPA-03"
        elif purpose.coded and domain.name == "identity":
            if allow != "none":
                why, rule_id = "random codes stand in place of children", "FERPA-12"
            allow = "none"
        if allow == "row":
            rows[domain.name] = rule
            continue
        if allow == "aggregate":
            counted[domain.name] = rule
            why = f"counts of groups only: {why}"
        withheld.append((domain.name, domain.title, allow, why, rule_id, policy.citation(rule_id)))
    seen = {name: policy.domains[name] for name in rows}
    ever = frozenset(name for name in policy.domains if policy.rule(role.name, name).allow == "row")
    return Allowed(
        role=role,
        purpose=purpose,
        rows=rows,
        counted=counted,
        elements=_names(seen, rows, "elements"),
        timeline=_names(seen, rows, "timeline"),
        indicators=_names(seen, rows, "indicators"),
        hidden=_hidden(policy, frozenset(rows), systems),
        unknown=_hidden(policy, ever, systems),
        withheld=pd.DataFrame(
            withheld, columns=["domain", "title", "allow", "why", "rule_id", "citation"], dtype="string"
        ),
    )


def _names(seen: Mapping[str, Domain], rules: Mapping[str, Rule], kind: str) -> dict[str, str]:
    named = {}
    for domain in seen.values():
        only = rules[domain.name].only
        named.update({name: domain.name for name in getattr(domain, kind) if only is None or name in only})
    return named


def _hidden(policy: Policy, rows: frozenset[str], systems: pd.DataFrame) -> frozenset[str]:
    """Name the systems that tell no domain of which rows are seen; one that nobody declared is among them."""
    hidden = set()
    for silo, system, about in zip(systems["silo"], systems["system"], systems["domain"], strict=True):
        tells = policy.domains_of_system(str(system), None if pd.isna(about) else str(about))
        if not tells & rows:
            hidden.add(str(silo))
    return frozenset(hidden)
