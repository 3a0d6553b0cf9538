"""What a role may see, by consent, or refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.share.policy import Domain, Policy, Purpose, Role, Rule
from helpers.standard import STRING, BadInput, nearest

__all__ = ["Allowed", "Refused", "agreed", "allowed_for", "asked", "consent_table", "read_consents"]


class Refused(BadInput):
    """A view that no rule allows. Its words name roles, purposes and rules, and nothing of a child."""


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


# A yes that doesn't say what, for what, to whom, by whom and until when is none (FERPA-14).
TEXTS = ("child", "domains", "purpose", "recipient", "signer")
DATES = ("date", "end")
COLUMNS = (*TEXTS, *DATES)


def consent_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a table of consents.

    Parameters
    ----------
    frame
        ``child, domains`` (names of domains, joined by ;), ``purpose, recipient, signer, date`` (on which it
        was signed) and ``end`` (last day on which it holds), both as YYYY-MM-DD.

    Returns
    -------
    pandas.DataFrame
        The same rows; a date that can't be read is missing, and such a consent never holds.

    Raises
    ------
    BadInput
        When a column is missing or unknown.
    """
    lacking = [name for name in COLUMNS if name not in frame.columns]
    odd = [str(name) for name in frame.columns if name not in COLUMNS]
    if lacking or odd:
        told = [f"{name} is missing" for name in lacking]
        told += [f"{name} is unknown.{nearest(name, COLUMNS)}" for name in odd]
        raise BadInput(f"A consent has the columns {', '.join(COLUMNS)}: {'; '.join(told)}.")
    texts = {name: frame[name].astype(STRING).str.strip() for name in TEXTS}
    dates = {
        name: pd.to_datetime(frame[name], format="ISO8601", errors="coerce").astype("datetime64[us]")
        for name in DATES
    }
    return pd.DataFrame({**texts, **dates}).reset_index(drop=True)


def read_consents(path: Path) -> pd.DataFrame:
    """Read a CSV of consents; see `consent_table`."""
    try:
        frame = pd.read_csv(path, dtype="string", encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        kind = type(error).__name__
        raise BadInput(f"{path.name} can't be read as consents ({kind}): name a CSV in UTF-8.") from None
    return consent_table(frame)


def agreed(
    consents: pd.DataFrame | None,
    recipient: str,
    purpose: str,
    rows: Collection[str],
    counted: Collection[str],
    day: pd.Timestamp | None,
    known: frozenset[str],
) -> dict[str, frozenset[str]]:
    """Say of which children each domain may be seen by somebody to whom parents agreed.

    Parameters
    ----------
    consents
        Table of consents, or None.
    recipient, purpose
        Who asks, and what for: both as the consent names them.
    rows
        Domains that the policy allows where a consent names them.
    counted
        Domains of which it allows counts, over everybody of whom something was agreed.
    day
        Day on which the view is asked for; without one no consent holds.
    known
        Children of the district.

    Returns
    -------
    dict
        Domain -> children.

    Raises
    ------
    Refused
        When no consent holds.
    """
    table = consent_table(consents) if consents is not None else None
    if table is not None and day is not None:
        holds = table["recipient"].eq(recipient) & table["purpose"].eq(purpose) & table["child"].isin(known)
        holds &= table["signer"].fillna("").ne("") & (table["date"] <= day) & (table["end"] >= day)
        named = table[holds.fillna(False).to_numpy(dtype=bool)]
        if len(named):
            pairs = named.assign(domain=named["domains"].str.split(";")).explode("domain")
            pairs = pairs.assign(domain=pairs["domain"].str.strip())
            by_domain = pairs.groupby("domain")["child"].agg(frozenset)
            named_in = {domain: by_domain.get(domain, frozenset()) for domain in rows}
            return named_in | dict.fromkeys(counted, frozenset(named["child"]))
    raise Refused(
        "Without a written consent that names this recipient and this purpose and holds today, an outside "
        "partner sees nothing: give the consents (child, domains, purpose, recipient, signer, date, end)."
    )
