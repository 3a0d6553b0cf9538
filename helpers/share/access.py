"""Decide what a role may see: by policy, by consent, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.share.policy import Domain, Policy, Purpose, Role, Rule
from helpers.standard import OLD_PURPOSES, OLD_SPELLINGS, STRING, BadInput, nearest

__all__ = ["Allowed", "Refused", "agreed", "allowed_for", "asked", "read_consents"]


class Refused(BadInput):
    """A view that no rule allows. The message names roles, purposes and rules, but nothing about a child."""


@dataclass(frozen=True)
class Allowed:
    """What a role may see, before we choose the children."""

    # Role and purpose of the request.
    role: Role
    purpose: Purpose
    # Domains shown per child, with their rules.
    rows: Mapping[str, Rule]
    # Domains shown only as group counts, with their rules.
    counted: Mapping[str, Rule]
    # Elements, events and indicators that may be shown, each with its domain.
    elements: Mapping[str, str]
    timeline: Mapping[str, str]
    indicators: Mapping[str, str]
    # Systems that reveal none of these domains: we show nothing from them.
    hidden: frozenset[str]
    # Hidden systems that the role sees for no purpose: they also don't decide which children are in scope.
    unknown: frozenset[str]
    # ``domain, title, allow, why, rule_id, citation``: what the role doesn't see, or sees only as counts.
    withheld: pd.DataFrame

    @property
    def coded(self) -> bool:
        """Whether random codes replace children."""
        return self.purpose.coded

    @property
    def without_source(self) -> bool:
        """Whether records, files and rows are left out."""
        return self.coded or self.role.outside


def asked(policy: Policy, role: str, purpose: str | None) -> tuple[Role, Purpose]:
    """Look up a role and a purpose that it may use."""
    if role not in policy.roles:
        raise Refused(
            f"No role is called {role!r}.{nearest(role, policy.roles)} There are: {', '.join(policy.roles)}."
        )
    found = policy.roles[role]
    name = purpose if purpose is not None else found.purposes[0]
    if name not in found.purposes:
        raise Refused(
            f"A {found.title.lower()} may not use the purpose {name!r}.{nearest(name, found.purposes)} "
            f"There are: {', '.join(found.purposes)}."
        )
    return found, policy.purposes[name]


def allowed_for(policy: Policy, role: Role, purpose: Purpose, systems: pd.DataFrame) -> Allowed:
    """Apply the policy to a role and purpose."""
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
                why, rule_id = "random codes replace the children", "FERPA-12"
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
    """Return the systems that reveal no domain shown per child; undeclared systems are hidden too."""
    hidden = set()
    for silo, system, about in zip(systems["silo"], systems["system"], systems["domain"], strict=True):
        revealed = policy.domains_of_system(str(system), None if pd.isna(about) else str(about))
        if not revealed & rows:
            hidden.add(str(silo))
    return frozenset(hidden)


# A consent must state what, for which purpose, to whom, by whom and until when (FERPA-14).
TEXTS = ("child", "domains", "purpose", "recipient", "signer")
DATES = ("date", "end")
COLUMNS = (*TEXTS, *DATES)


def consent_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Validate a table of consents."""
    lacking = [name for name in COLUMNS if name not in frame.columns]
    odd = [str(name) for name in frame.columns if name not in COLUMNS]
    if lacking or odd:
        faults = [f"{name} is missing" for name in lacking]
        faults += [f"{name} is unknown.{nearest(name, COLUMNS)}" for name in odd]
        raise BadInput(f"A consent has the columns {', '.join(COLUMNS)}: {'; '.join(faults)}.")
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
    """Return the children of each domain for whom parents consented to this recipient and purpose."""
    table = consent_table(consents) if consents is not None else None
    if table is not None and day is not None:
        holds = (
            table["recipient"].eq(recipient)
            & table["purpose"].replace(OLD_PURPOSES).eq(purpose)
            & table["child"].isin(known)
        )
        holds &= table["signer"].fillna("").ne("") & (table["date"] <= day) & (table["end"] >= day)
        named = table[holds.fillna(False).to_numpy(dtype=bool)]
        if len(named):
            pairs = named.assign(domain=named["domains"].str.split(";")).explode("domain")
            pairs = pairs.assign(domain=pairs["domain"].str.strip().replace(OLD_SPELLINGS))
            by_domain = pairs.groupby("domain")["child"].agg(frozenset)
            named_in = {domain: by_domain.get(domain, frozenset()) for domain in rows}
            return named_in | dict.fromkeys(counted, frozenset(named["child"]))
    raise Refused(
        "An outside partner sees nothing without a written consent that names this recipient and purpose "
        "and is valid today. Give the consents (child, domains, purpose, recipient, signer, date, end)."
    )
