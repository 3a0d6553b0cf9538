"""Read and validate the policy."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from helpers.standard import BadInput, DeclaredCount, StrictModel, faults_of, nearest, respelled, toml_of
from helpers.systems import declared, declared_elements, systems

__all__ = ["Domain", "Policy", "Purpose", "Role", "Rule", "citations", "read_policy"]


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
    from helpers.profile import declared_indicators

    return [indicator.name for indicator in declared_indicators()]


def _tables(parts: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the named tables of a list."""
    given = parts.get(key)
    tables = given if isinstance(given, list | tuple) else []
    return [each for each in tables if isinstance(each, Mapping) and isinstance(each.get("name"), str)]


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list | tuple) else []


def _with_elements_of_systems(parts: dict[str, Any]) -> dict[str, Any]:
    """Add an element from a single system, which no domain names, to the domain of that system's records."""
    named = {name for domain in _tables(parts, "domain") for name in _texts(domain.get("elements"))}
    more: dict[str, list[str]] = {}
    for each in declared_elements():
        if each.systems and each.name not in named:
            reveals = systems()[each.systems[0]].policy_domains
            # With two domains we can't tell which one is meant: the policy must declare it.
            if len(reveals) == 1:
                more.setdefault(reveals[0], []).append(each.name)
    domains = parts.get("domain")
    if not more or not isinstance(domains, list):
        return parts
    return {**parts, "domain": [_with_more(domain, more) for domain in domains]}


def _with_more(domain: Any, more: Mapping[str, Sequence[str]]) -> Any:
    if not isinstance(domain, Mapping) or not isinstance(domain.get("elements", []), list):
        return domain
    return {**domain, "elements": [*domain.get("elements", []), *more.get(str(domain.get("name")), ())]}


def policy_errors(parts: Mapping[str, Any], cited: Collection[str]) -> list[str]:
    """List all inconsistencies between the parts of a policy."""
    roles, purposes = _tables(parts, "role"), _tables(parts, "purpose")
    domains = _tables(parts, "domain")
    names = {each["name"] for each in domains}
    return [
        *_twice(parts),
        *_faults_of_domains(domains),
        *_of_roles(roles, {each["name"] for each in purposes}),
        *_unknown_domains(parts, purposes, names),
        *_of_rules(parts, {role["name"]: role for role in roles}, domains, cited),
    ]


def _twice(parts: Mapping[str, Any]) -> Iterator[str]:
    for key in ("role", "purpose", "domain"):
        counts = Counter(each["name"] for each in _tables(parts, key))
        yield from (f"{key} {name!r} is declared twice." for name, count in counts.items() if count > 1)


def _faults_of_domains(domains: list[Mapping[str, Any]]) -> Iterator[str]:
    """Check that every element, kind of event and indicator belongs to one domain."""
    for key, known in _known_names().items():
        word = KINDS[key]
        placed = [(name, domain["name"]) for domain in domains for name in _texts(domain.get(key))]
        counts = Counter(name for name, _ in placed)
        for name, count in counts.items():
            if name not in known:
                yield f"{word} {name!r} is not declared anywhere.{nearest(name, known)}"
            if count > 1:
                where = ", ".join(domain for each, domain in placed if each == name)
                yield f"{word} {name!r} is in more than one domain: {where}. Keep one."
        for name in known:
            if name not in counts:
                yield f"{word} {name!r} is in no domain, so the policy doesn't cover it. Add it to one."


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
    named = [(f"purpose {each['name']!r}", _texts(each.get("domains"))) for each in purposes]
    for key in ("minimum_cell_of", "about"):
        given = parts.get(key)
        if isinstance(given, Mapping):
            named.append((key, list(given) if key == "minimum_cell_of" else _texts(list(given.values()))))
    named.append(("of_one_home", _texts(parts.get("of_one_home"))))
    for place, given in named:
        for name in given:
            if name not in names:
                yield f"{place} names the domain {name!r}, which is not declared.{nearest(name, names)}"
    known = _known_names()
    both = [*known["timeline"], *known["elements"]]
    for name in _texts(parts.get("narratives")):
        if name not in both:
            yield f"narratives names {name!r}, which is no kind of event and no element.{nearest(name, both)}"


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
                yield f"{place}: it has no reason."
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
                        f"{place}: a {role} has the scope {own!r}, not {scope!r}. "
                        f"Choose from: {', '.join(fits)}."
                    )


def _cells(rule: Any) -> tuple[Any, Any, Any, Any, Any]:
    if isinstance(rule, Mapping):
        return (*(rule.get(name) for name in ("allow", "scope", "rule_id", "reason", "only")),)  # type: ignore[return-value]
    cells = list(rule) if isinstance(rule, list | tuple) else []
    allow, scope, rule_id, reason, only = (cells + [None] * 5)[:5]
    return allow, scope, rule_id, reason, only


def policy_gaps(parts: Mapping[str, Any]) -> tuple[str, ...]:
    """List the roles without a rule for a domain."""
    names = [domain["name"] for domain in parts["domain"]]
    return tuple(
        f"{role['name']} has no rule for {name}: refused."
        for role in parts["role"]
        for name in names
        if name not in parts["grid"].get(role["name"], {})
    )


HERE = Path(__file__).parent
DEFAULT = HERE / "policy.toml"
Allow = Literal["row", "aggregate", "none"]
RULE_PARTS = ("allow", "scope", "rule_id", "reason", "only")


class Role(StrictModel):
    """A role that can ask for a view."""

    name: str
    title: str
    # How to identify a person: adult, school, child, district or recipient; and as text.
    who: Literal["adult", "school", "child", "district", "recipient"]
    who_means: str
    # Children to whom rules apply unless they say otherwise.
    scope: str
    # Relation in `relations`, if the scope doesn't decide it.
    relation: Literal["Teacher", "Guardian", "Case manager"] | None = None
    # Allowed purposes; the first is the broadest.
    purposes: tuple[str, ...] = Field(min_length=1)
    # Whether the role reads event details that may describe other children.
    narratives: bool = False
    # Whether the role is outside the district: it sees no records, files or rows.
    outside: bool = False
    # Whether the role sees only children, domains and purposes for which a parent consented in writing.
    needs_consent: bool = False

    @model_validator(mode="before")
    @classmethod
    def _with_relation(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or "relation" in given:
            return given
        # Policies written for 0.1.0 identify a case manager by this name.
        by_name = {"special_education_case_manager": "Case manager"}.get(str(given.get("name")))
        by_scope = {"own class": "Teacher", "own child": "Guardian"}.get(str(given.get("scope")))
        return {**given, "relation": by_name or by_scope}


class Purpose(StrictModel):
    """A purpose of a view; without `domains`, it needs everything that the role may see."""

    name: str
    title: str
    domains: tuple[str, ...] | None = None
    coded: bool = False


class Domain(StrictModel):
    """Elements, events and indicators that are shown or hidden together."""

    name: str
    title: str
    elements: tuple[str, ...] = ()
    timeline: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


class Rule(StrictModel):
    """What a role may see in a domain, for which children, under which law, and why."""

    allow: Allow
    scope: str = ""
    rule_id: str
    reason: str
    only: tuple[str, ...] | None = None


class Citation(StrictModel):
    """A legal rule that a policy cites, in the kit's own words."""

    id: str
    law: str
    rule: str
    citation: str
    source: str
    strength: Literal["good", "medium", "weak", "own"]


def _named(cells: Any) -> Any:
    """Name the entries of a rule's row."""
    if isinstance(cells, Sequence) and not isinstance(cells, str) and 4 <= len(cells) <= len(RULE_PARTS):
        return dict(zip(RULE_PARTS, cells, strict=False))
    return cells


class PolicyFile(StrictModel):
    """A policy file as written."""

    teaches: str = Field(min_length=1)
    minimum_cell: Annotated[DeclaredCount, Field(ge=2)]
    minimum_cell_of: dict[str, Annotated[DeclaredCount, Field(ge=2)]] = {}
    enrolled_by: tuple[str, ...] = ()
    narratives: tuple[str, ...] = ()
    of_one_home: tuple[str, ...] = ()
    about: dict[str, str] = {}
    role: tuple[Role, ...]
    purpose: tuple[Purpose, ...]
    domain: tuple[Domain, ...]
    grid: dict[str, dict[str, Annotated[Rule, BeforeValidator(_named)]]]


@cache
def citations() -> Mapping[str, Citation]:
    """Return the legal rules that policies may cite."""
    with (HERE / "citations.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Citation.model_validate(row) for row in csv.DictReader(file)}


class Policy(BaseModel):
    """A valid policy; see `read_policy`.

    Attributes
    ----------
    parts
        The file's parts.
    source
        Its file, or None.
    """

    model_config = ConfigDict(frozen=True)

    parts: PolicyFile
    source: Path | None = None

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """Roles by name."""
        return {role.name: role for role in self.parts.role}

    @cached_property
    def purposes(self) -> Mapping[str, Purpose]:
        """Purposes by name."""
        return {purpose.name: purpose for purpose in self.parts.purpose}

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """Domains by name."""
        return {domain.name: domain for domain in self.parts.domain}

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """List roles without a rule for a domain: refused, but perhaps an oversight."""
        return policy_gaps(self.parts.model_dump())

    @property
    def enrolled_by(self) -> tuple[str, ...]:
        """Return the systems that report a child's school, most trusted first."""
        ranked = [one for one in systems().values() if one.enrollment_rank is not None]
        ranked.sort(key=lambda one: one.enrollment_rank or 0)
        return self.parts.enrolled_by or tuple(one.name for one in ranked)

    @property
    def teaches(self) -> str:
        """Return the note that the policy is for teaching and no legal advice."""
        return self.parts.teaches

    def rule(self, role: str, domain: str) -> Rule:
        """Return the rule for a role and a domain.

        Parameters
        ----------
        role, domain
            Names that the policy declares.

        Returns
        -------
        Rule
            The rule; without one in the policy, a rule that allows nothing.
        """
        given = self.parts.grid.get(role, {}).get(domain)
        refused = Rule(
            allow="none", rule_id="FERPA-03", reason="no rule of this policy allows it, so it is refused"
        )
        return given or refused

    @cached_property
    def _domain_of(self) -> Mapping[tuple[str, str], str]:
        domains = {}
        for domain in self.parts.domain:
            for kind, names in (
                ("element", domain.elements), ("timeline", domain.timeline), ("indicator", domain.indicators),
            ):  # fmt: skip
                domains.update({(kind, name): domain.name for name in names})
        return domains

    def domain_of(self, name: str, kind: Literal["element", "timeline", "indicator"] = "element") -> str:
        """Find the domain of an element, a kind of event or an indicator.

        Parameters
        ----------
        name
            Its name.
        kind
            Kind of the name. If no element has the name, we search events and indicators too.

        Returns
        -------
        str
            Name of the domain.

        Raises
        ------
        BadInput
            If the name is unknown.
        """
        for place in (kind, "element", "timeline", "indicator"):
            if (place, name) in self._domain_of:
                return self._domain_of[place, name]
        names = sorted({known for _, known in self._domain_of})
        raise BadInput(
            f"Nothing is called {name!r} in this policy.{nearest(name, names)} "
            "`bigpicture view --list` names all."
        )

    def citation(self, rule_id: str) -> str:
        """Return the citation of a rule, such as ``34 CFR 99.31(a)(1)(ii)``."""
        return citations()[rule_id].citation

    def minimum(self, domain: str) -> int:
        """Return the minimum group size for counts in a domain."""
        return max(self.parts.minimum_cell_of.get(domain, 0), self.parts.minimum_cell)

    def domains_of_system(self, system: str, about: str | None) -> frozenset[str]:
        """Return the domains that a system reveals: those that name it, else by its layout's subject."""
        named = frozenset(each.name for each in self.parts.domain if system in each.systems)
        if not named and system in systems():
            named = frozenset(systems()[system].policy_domains) & self.domains.keys()
        if named or about not in self.parts.about:
            return named
        return frozenset({self.parts.about[str(about)]})

    def changed(
        self,
        role: str,
        domain: str,
        allow: Allow | None = None,
        *,
        scope: str | None = None,
        reason: str | None = None,
        rule_id: str | None = None,
        only: Sequence[str] | None = None,
    ) -> Policy:
        """Return a policy with one rule changed.

        Parameters
        ----------
        role, domain
            Role and domain of the rule.
        allow
            row, aggregate or none.
        scope
            Children to whom it applies; default is the rule's scope, else the role's.
        reason, rule_id, only
            Reason, legal rule, and the only elements allowed; default is as before.

        Returns
        -------
        Policy
            A new policy; this one doesn't change.

        Raises
        ------
        BadInput
            If the new policy has faults.
        """
        known = self.rule(role, domain)
        own = self.roles[role].scope if role in self.roles else ""
        allowed = allow or known.allow
        rule = {
            "allow": allowed,
            "scope": scope if scope is not None else (known.scope or own) if allowed != "none" else "",
            "rule_id": rule_id or known.rule_id,
            "reason": reason or known.reason,
            "only": tuple(only) if only is not None else known.only,
        }
        parts = self.parts.model_dump()
        parts["grid"] = {**parts["grid"], role: {**parts["grid"].get(role, {}), domain: rule}}
        return _policy(parts, None, "The changed policy")


def _policy(parts: dict[str, Any], source: Path | None, name: str) -> Policy:
    """Validate the parts of a policy, and report every fault."""
    text, valid = "", None
    try:
        valid = PolicyFile.model_validate(parts)
    except ValidationError as error:
        text = faults_of(error, PolicyFile)
    faults = [line for line in (text, *(f"  {fault}" for fault in policy_errors(parts, citations()))) if line]
    if faults or valid is None:
        raise BadInput(f"{name} can't be used:\n" + "\n".join(faults))
    return Policy(parts=valid, source=source)


def read_policy(policy: str | Path | None = None) -> Policy:
    """Read a policy and report all its faults at once.

    Parameters
    ----------
    policy
        Path of a TOML file, or its text; default is the kit's own.

    Returns
    -------
    Policy
        A valid policy: it declares all roles, purposes and domains that it uses, every element, kind of event
        and indicator belongs to exactly one domain, and every rule has a citation.

    Raises
    ------
    BadInput
        If it can't be read, or has faults: one line for each.

    Notes
    -----
    Scopes: own class, own caseload, own school, own child, self, self at 18, district.
    """
    if policy is None:
        return _own()
    path = None if isinstance(policy, str) and "\n" in policy else Path(policy)
    try:
        text = path.read_text(encoding="utf-8-sig") if path else str(policy)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The policy {path} can't be read ({error}): name a TOML file in UTF-8.") from None
    name = path.name if path else "The policy"
    try:
        parts = respelled(toml_of(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name} isn't valid TOML: {error}.") from None
    return _policy(_with_elements_of_systems(parts), path, name)


@cache
def _own() -> Policy:
    return read_policy(DEFAULT)
