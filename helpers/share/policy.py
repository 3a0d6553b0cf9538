"""Who may see what of a child, for which purpose: one file, all its faults at once; the rest is refused."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from helpers.share.policy_faults import faults_in, gaps_in
from helpers.standard import BadInput, faults_of, nearest
from helpers.standard.validation import toml_of

__all__ = ["Citation", "Domain", "Policy", "Purpose", "Role", "Rule", "citations", "read_policy"]

HERE = Path(__file__).parent
DEFAULT = HERE / "policy.toml"
Allow = Literal["row", "aggregate", "none"]
RULE_PARTS = ("allow", "scope", "rule_id", "reason", "only")


class Part(BaseModel):
    """A part of a policy; a name that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Part):
    """Somebody who may ask for a view.

    Attributes
    ----------
    who, who_means
        What names one of them: adult, school, child, district or recipient; and in words.
    scope
        Of which children a rule speaks unless it says otherwise.
    purposes
        What they may ask for; the first is the broad one.
    narratives
        They read the details of events that may tell of other children.
    outside
        Nobody of the district: neither records nor files nor rows.
    needs_consent
        Only children, domains and purposes to which a parent agreed in writing.
    """

    name: str
    title: str
    who: Literal["adult", "school", "child", "district", "recipient"]
    who_means: str
    scope: str
    purposes: tuple[str, ...] = Field(min_length=1)
    narratives: bool = False
    outside: bool = False
    needs_consent: bool = False


class Purpose(Part):
    """What a view is for; without `domains` everything that the role may see is needed for it."""

    name: str
    title: str
    domains: tuple[str, ...] | None = None
    coded: bool = False


class Domain(Part):
    """What is seen or not seen together."""

    name: str
    title: str
    elements: tuple[str, ...] = ()
    timeline: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


class Rule(Part):
    """What a role may see of a domain, of which children, by which rule, and why."""

    allow: Allow
    scope: str = ""
    rule_id: str
    reason: str
    only: tuple[str, ...] | None = None


class Citation(Part):
    """A rule of law that a policy cites, in the kit's own words."""

    id: str
    law: str
    rule: str
    citation: str
    source: str
    strength: Literal["good", "medium", "weak", "own"]


def _named(cells: Any) -> Any:
    """Give the places of a rule's row their names."""
    if isinstance(cells, Sequence) and not isinstance(cells, str) and 4 <= len(cells) <= len(RULE_PARTS):
        return dict(zip(RULE_PARTS, cells, strict=False))
    return cells


class Written(Part):
    """A policy file as it is written."""

    teaches: str = Field(min_length=1)
    minimum_cell: int = Field(ge=2)
    minimum_cell_of: dict[str, Annotated[int, Field(ge=2)]] = {}
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
    """Give the rules of law that policies may cite.

    Returns
    -------
    Mapping
        Id -> citation, as in ``helpers/share/citations.csv``.
    """
    with (HERE / "citations.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Citation.model_validate(row) for row in csv.DictReader(file)}


class Policy(BaseModel):
    """A policy that holds together; see `read_policy`.

    Attributes
    ----------
    written
        The file's parts.
    source
        Its file, or None.
    """

    model_config = ConfigDict(frozen=True)

    written: Written
    source: Path | None = None

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """Roles by name."""
        return {role.name: role for role in self.written.role}

    @cached_property
    def purposes(self) -> Mapping[str, Purpose]:
        """Purposes by name."""
        return {purpose.name: purpose for purpose in self.written.purpose}

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """Domains by name."""
        return {domain.name: domain for domain in self.written.domain}

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """Say which roles have no rule for a domain: refused, and perhaps forgotten."""
        return gaps_in(self.written.model_dump())

    @property
    def teaches(self) -> str:
        """Say that it teaches and is no legal advice."""
        return self.written.teaches

    def rule(self, role: str, domain: str) -> Rule:
        """Give the rule for a role and a domain.

        Parameters
        ----------
        role, domain
            Names that the policy declares.

        Returns
        -------
        Rule
            Where the policy has none: nothing is allowed.
        """
        given = self.written.grid.get(role, {}).get(domain)
        refused = Rule(
            allow="none", rule_id="FERPA-03", reason="no rule of this policy allows it, so it is refused"
        )
        return given or refused

    @cached_property
    def _domain_of(self) -> Mapping[tuple[str, str], str]:
        places = {}
        for domain in self.written.domain:
            for kind, names in (
                ("element", domain.elements), ("timeline", domain.timeline), ("indicator", domain.indicators),
            ):  # fmt: skip
                places.update({(kind, name): domain.name for name in names})
        return places

    def domain_of(self, name: str, kind: Literal["element", "timeline", "indicator"] = "element") -> str:
        """Say in which domain an element, a kind of event or an indicator stands.

        Parameters
        ----------
        name
            Its name.
        kind
            What it is; a name that is no element is looked for among events and indicators too.

        Returns
        -------
        str
            Name of the domain.

        Raises
        ------
        BadInput
            When nothing is called so.
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
        """Give what a rule cites, as in ``34 CFR 99.31(a)(1)(ii)``."""
        return citations()[rule_id].citation

    def minimum(self, domain: str) -> int:
        """Give the smallest group of children of a domain that may be counted."""
        return max(self.written.minimum_cell_of.get(domain, 0), self.written.minimum_cell)

    def domains_of_system(self, system: str, about: str | None) -> frozenset[str]:
        """Say which domains a system tells; by what its layout is about where no domain names it."""
        named = frozenset(each.name for each in self.written.domain if system in each.systems)
        if named or about not in self.written.about:
            return named
        return frozenset({self.written.about[str(about)]})

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
        """Give a policy in which one rule is another.

        Parameters
        ----------
        role, domain
            Which rule.
        allow
            row, aggregate or none.
        scope
            Of which children; that of the role where nothing is said and the rule had none.
        reason, rule_id, only
            Why, by which rule of law, and which elements alone; as before where nothing is said.

        Returns
        -------
        Policy
            A new policy; this one stays as it is.

        Raises
        ------
        BadInput
            When the new policy has faults.
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
        parts = self.written.model_dump()
        parts["grid"] = {**parts["grid"], role: {**parts["grid"].get(role, {}), domain: rule}}
        return _policy(parts, None, "The changed policy")


def _policy(parts: dict[str, Any], source: Path | None, name: str) -> Policy:
    """Check the parts of a policy, and name every fault."""
    told, written = "", None
    try:
        written = Written.model_validate(parts)
    except ValidationError as error:
        kinds = (Written, Role, Purpose, Domain, Rule)
        told = faults_of(error, {field for kind in kinds for field in kind.model_fields})
    faults = [line for line in (told, *(f"  {fault}" for fault in faults_in(parts, citations()))) if line]
    if faults or written is None:
        raise BadInput(f"{name} can't be used:\n" + "\n".join(faults))
    return Policy(written=written, source=source)


def read_policy(policy: str | Path | None = None) -> Policy:
    """Read a policy and name all its faults at once.

    Parameters
    ----------
    policy
        Path of a TOML file, or its text; the kit's own where nothing is given.

    Returns
    -------
    Policy
        A policy that holds together: roles, purposes and domains are known, every element, kind of event and
        indicator stands in exactly one domain, and every rule cites.

    Raises
    ------
    BadInput
        When it can't be read, or has faults: each is one line.

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
        parts = toml_of(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name} is no TOML: {error}.") from None
    return _policy(parts, path, name)


@cache
def _own() -> Policy:
    return read_policy(DEFAULT)
