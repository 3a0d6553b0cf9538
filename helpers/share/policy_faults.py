"""What can be wrong with a policy although each of its parts is well formed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from helpers.standard import nearest
from helpers.standard.elements import declared

__all__ = ["SCOPES", "faults_in", "gaps_in"]

SCOPES = ("own class", "own caseload", "own school", "own child", "self", "self at 18", "district")
KINDS = {"elements": "element", "timeline": "kind of event", "indicators": "indicator"}


def _known_names() -> dict[str, list[str]]:
    terms = declared()
    return {
        "elements": [element.name for element in terms.element],
        "timeline": [event.name for event in terms.timeline],
        "indicators": _indicators(),
    }


def _indicators() -> list[str]:
    from helpers.profile.indicators import declared_indicators

    return [indicator.name for indicator in declared_indicators()]


def _tables(parts: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Give the tables of a list, as far as they are tables with a name."""
    given = parts.get(key)
    tables = given if isinstance(given, list | tuple) else []
    return [each for each in tables if isinstance(each, Mapping) and isinstance(each.get("name"), str)]


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []


def faults_in(parts: Mapping[str, Any], cited: Collection[str]) -> list[str]:
    """Name every fault of a policy that lies between its parts.

    Parameters
    ----------
    parts
        The policy as TOML gives it; what isn't well formed is passed over here.
    cited
        Ids of the rules of law that may be cited.

    Returns
    -------
    list of str
        One sentence a fault.
    """
    roles, purposes = _tables(parts, "role"), _tables(parts, "purpose")
    domains = _tables(parts, "domain")
    names = {each["name"] for each in domains}
    return [
        *_twice(parts),
        *_places(domains),
        *_of_roles(roles, {each["name"] for each in purposes}),
        *_unknown_domains(parts, purposes, names),
        *_of_rules(parts, {role["name"]: role for role in roles}, domains, cited),
    ]


def _twice(parts: Mapping[str, Any]) -> Iterator[str]:
    for key in ("role", "purpose", "domain"):
        counts = Counter(each["name"] for each in _tables(parts, key))
        yield from (f"{key} {name!r} is declared twice." for name, count in counts.items() if count > 1)


def _places(domains: list[Mapping[str, Any]]) -> Iterator[str]:
    """Every element, kind of event and indicator stands in one domain."""
    for key, known in _known_names().items():
        word = KINDS[key]
        placed = [(name, domain["name"]) for domain in domains for name in _texts(domain.get(key))]
        counts = Counter(name for name, _ in placed)
        for name, count in counts.items():
            if name not in known:
                yield f"{word} {name!r} is not declared anywhere.{nearest(name, known)}"
            if count > 1:
                where = ", ".join(domain for each, domain in placed if each == name)
                yield f"{word} {name!r} stands in more than one domain: {where}; leave one."
        for name in known:
            if name not in counts:
                yield f"{word} {name!r} stands in no domain, so nobody knows who may see it: put it into one."


def _of_roles(roles: list[Mapping[str, Any]], purposes: set[str]) -> Iterator[str]:
    for role in roles:
        for name in _texts(role.get("purposes")):
            if name not in purposes:
                yield (
                    f"role {role['name']!r} names the purpose {name!r}, which is not declared."
                    f"{nearest(name, purposes)}"
                )
        scope = role.get("scope")
        if isinstance(scope, str) and scope not in SCOPES:
            yield f"role {role['name']!r}: {_unknown_scope(scope)}"


def _unknown_domains(
    parts: Mapping[str, Any], purposes: list[Mapping[str, Any]], names: set[str]
) -> Iterator[str]:
    said = [(f"purpose {each['name']!r}", _texts(each.get("domains"))) for each in purposes]
    for key in ("minimum_cell_of", "about"):
        given = parts.get(key)
        if isinstance(given, Mapping):
            said.append((key, list(given) if key == "minimum_cell_of" else _texts(list(given.values()))))
    said.append(("of_one_home", _texts(parts.get("of_one_home"))))
    for place, given in said:
        for name in given:
            if name not in names:
                yield f"{place} names the domain {name!r}, which is not declared.{nearest(name, names)}"
    kinds = _known_names()["timeline"]
    for name in _texts(parts.get("narratives")):
        if name not in kinds:
            yield f"narratives names {name!r}, which is no kind of event.{nearest(name, kinds)}"


def _unknown_scope(scope: str) -> str:
    return f"scope {scope!r} is unknown.{nearest(scope, SCOPES)} There are: {', '.join(SCOPES)}."


def _of_rules(
    parts: Mapping[str, Any],
    roles: Mapping[str, Mapping[str, Any]],
    domains: list[Mapping[str, Any]],
    cited: Collection[str],
) -> Iterator[str]:
    grid = parts.get("grid")
    elements = {each["name"]: _texts(each.get("elements")) for each in domains}
    for role, row in grid.items() if isinstance(grid, Mapping) else ():
        if role not in roles:
            yield f"grid.{role}: no role is called {role!r}.{nearest(role, roles)}"
        for domain, rule in row.items() if isinstance(row, Mapping) else ():
            place = f"grid.{role}.{domain}"
            if domain not in elements:
                yield f"{place}: no domain is called {domain!r}.{nearest(domain, elements)}"
            allow, scope, rule_id, reason, only = _cells(rule)
            if isinstance(rule_id, str) and rule_id not in cited:
                yield f"{place}: the rule {rule_id!r} has no citation.{nearest(rule_id, cited)}"
            if isinstance(reason, str) and not reason.strip():
                yield f"{place}: it doesn't say why."
            for name in _texts(only):
                if name not in elements.get(domain, []):
                    known = elements.get(domain, [])
                    yield f"{place}: {name!r} is no element of this domain.{nearest(name, known)}"
            if allow in ("row", "aggregate") and isinstance(scope, str):
                own = str(roles.get(role, {}).get("scope", scope))
                fits = [own, "district", *(["self at 18"] if own == "self" else [])]
                if scope not in SCOPES:
                    yield f"{place}: {_unknown_scope(scope)}"
                elif scope not in fits:
                    yield (
                        f"{place}: what names a {role} tells of {own!r}, not of {scope!r}; "
                        f"choose from: {', '.join(fits)}."
                    )


def _cells(rule: Any) -> tuple[Any, Any, Any, Any, Any]:
    if isinstance(rule, Mapping):
        return (*(rule.get(name) for name in ("allow", "scope", "rule_id", "reason", "only")),)  # type: ignore[return-value]
    cells = list(rule) if isinstance(rule, list | tuple) else []
    allow, scope, rule_id, reason, only = (cells + [None] * 5)[:5]
    return allow, scope, rule_id, reason, only


def gaps_in(parts: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which roles have no rule for a domain.

    Parameters
    ----------
    parts
        A policy without faults.

    Returns
    -------
    tuple of str
        One sentence a gap: what no rule allows is refused, which may be meant or forgotten.
    """
    names = [domain["name"] for domain in parts["domain"]]
    return tuple(
        f"{role['name']} has no rule for {name}: refused."
        for role in parts["role"]
        for name in names
        if name not in parts["grid"].get(role["name"], {})
    )
