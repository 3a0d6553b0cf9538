"""Compare policies as tables: who sees what, what another policy changes, and what a view leaks."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from helpers.files import without_guard
from helpers.share.access import Allowed, Refused, allowed_for, asked
from helpers.share.open_view import open_view
from helpers.share.policy import Policy, Rule, read_policy
from helpers.share.view import MANIFEST, View
from helpers.share.visible_values import in_sets
from helpers.standard import STRING, BadInput

__all__ = ["compare_policies", "leaks", "policy_grid"]

LEAK = ["table", "domain", "name", "rows", "children", "why", "citation"]
# Tables of a view, and the column that names the content of a row.
NAMED_BY = {"values": "element", "timeline": "kind", "indicators": "indicator"}


def policy_grid(policy: Policy | None = None) -> pd.DataFrame:
    """Return a policy as a table, one row per role and domain.

    Parameters
    ----------
    policy
        Policy; default is the kit's own.

    Returns
    -------
    pandas.DataFrame
        ``role, domain, allow, scope, only, reason, rule_id, citation``.
    """
    policy = policy or read_policy()
    rows = []
    for role in policy.roles:
        for domain in policy.domains:
            rule = policy.rule(role, domain)
            only = None if rule.only is None else ", ".join(rule.only)
            cited = policy.citation(rule.rule_id)
            scope = rule.scope or None
            rows.append((role, domain, rule.allow, scope, only, rule.reason, rule.rule_id, cited))
    names = ["role", "domain", "allow", "scope", "only", "reason", "rule_id", "citation"]
    return pd.DataFrame(rows, columns=names, dtype="string")


def _describe_rule(rule: Rule) -> str:
    only = "" if rule.only is None else f" ({', '.join(rule.only)} only)"
    return rule.allow if rule.allow == "none" else f"{rule.allow}, {rule.scope}{only}"


def compare_policies(before: Policy, after: Policy) -> pd.DataFrame:
    """List the rules that differ between two policies.

    Parameters
    ----------
    before, after
        Two policies.

    Returns
    -------
    pandas.DataFrame
        ``role, domain, was, is, opens`` (whether the role sees more than before): one row per changed rule.
    """
    grain = {"none": 0, "aggregate": 1, "row": 2}
    rows = []
    for role in dict.fromkeys([*before.roles, *after.roles]):
        for domain in dict.fromkeys([*before.domains, *after.domains]):
            was, now = before.rule(role, domain), after.rule(role, domain)
            if _describe_rule(was) == _describe_rule(now):
                continue
            wider = was.allow == now.allow and now.scope == "district" and was.scope != "district"
            freed = was.only is not None and not set(now.only or was.only) <= set(was.only)
            freed |= was.only is not None and now.only is None
            opens = grain[now.allow] > grain[was.allow] or (now.allow == was.allow and (wider or freed))
            rows.append((role, domain, _describe_rule(was), _describe_rule(now), opens))
    frame = pd.DataFrame(rows, columns=["role", "domain", "was", "is", "opens"])
    return frame.astype({**dict.fromkeys(["role", "domain", "was", "is"], "string"), "opens": "boolean"})


def leaks(shown: View | Path | str, policy: Policy | None = None) -> pd.DataFrame:
    """List what a view shows although a policy forbids it.

    Parameters
    ----------
    shown
        A view, or the folder into which one was written.
    policy
        Policy to check against; default is the kit's own.

    Returns
    -------
    pandas.DataFrame
        ``table, domain, name, rows, children, why, citation``: by element, event or indicator, never by
        child; empty if nothing leaks. A folder doesn't show which children are in scope, so we check only
        what may be shown about anybody.

    Raises
    ------
    BadInput
        If the folder contains no view.
    """
    policy = policy or read_policy()
    if isinstance(shown, View):
        tables = {name: getattr(shown, name) for name in NAMED_BY}
        return _leaking(tables, shown.role, shown.purpose, policy, _by_the_policy(shown, policy))
    folder = Path(shown)
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise BadInput(f"{folder} has no view: `bigpicture view` writes {MANIFEST} next to its tables.")
    about = json.loads(manifest.read_text(encoding="utf-8"))
    tables = {
        name: without_guard(pd.read_csv(folder / f"{name}.csv", dtype="string", encoding="utf-8"))
        for name in NAMED_BY
        if (folder / f"{name}.csv").is_file()
    }
    return _leaking(tables, str(about["role"]), str(about["purpose"]), policy, None)


def _by_the_policy(shown: View, policy: Policy) -> View | None:
    """Open the same view under the policy to check against; None if it would be refused."""
    try:
        return open_view(
            shown.source, shown.role, shown.who, shown.purpose, policy=policy, codes=shown.codes,
            today=shown.as_of,
        )  # fmt: skip
    except Refused:
        return None


def _allowed(role: str, purpose: str, policy: Policy) -> Allowed | None:
    systems = pd.DataFrame({"silo": [], "system": [], "domain": []}, dtype="string")
    try:
        return allowed_for(policy, *asked(policy, role, purpose), systems)
    except Refused:
        return None


def _leaking(
    tables: dict[str, pd.DataFrame], role: str, purpose: str, policy: Policy, proper: View | None
) -> pd.DataFrame:
    allowed = proper.allowed if proper is not None else _allowed(role, purpose, policy)
    rows = []
    for table, column in NAMED_BY.items():
        frame = tables.get(table)
        if frame is None or frame.empty:
            continue
        kind = "elements" if table == "values" else table
        known = getattr(allowed, kind) if allowed is not None else {}
        bad = ~frame[column].isin(list(known)).to_numpy(dtype=bool)
        if proper is not None:
            domains = frame[column].map(dict(known)).astype(STRING)
            sets = proper.sets
            if proper.allowed.coded:
                coded = proper.codes.of(frozenset[str]().union(*sets.values()) if sets else ())
                sets = {name: frozenset(coded[child] for child in members) for name, members in sets.items()}
            bad |= ~in_sets(domains, frame["child"], sets)
            if "silo" in frame.columns:
                bad |= frame["silo"].isin(list(proper.allowed.hidden)).to_numpy(dtype=bool)
        for name, ours in frame[bad].groupby(column, sort=False):
            domain = policy.domain_of(str(name), "element" if table == "values" else table)  # type: ignore[arg-type]
            rule = policy.rule(role, domain)
            cited = policy.citation(rule.rule_id)
            rows.append((table, domain, str(name), len(ours), ours["child"].nunique(), rule.reason, cited))
    frame = pd.DataFrame(rows, columns=LEAK)
    texts = dict.fromkeys(["table", "domain", "name", "why", "citation"], "string")
    return frame.astype({**texts, "rows": "Int64", "children": "Int64"})
