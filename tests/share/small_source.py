"""A small district by hand in which every cell is a canary, and the rules as the file has them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd

import helpers.share
import helpers.systems
from helpers.profile import declared_elements
from helpers.profile.coverage import trust_of
from helpers.profile.indicators import declared_indicators
from helpers.standard import as_table
from helpers.systems import declared
from tests.share.canaries import Canary, number, word

YEAR = 2026
TODAY = "2026-04-30"
NORTH, SOUTH = "North School", "South School"
CHILDREN = tuple(f"c{place:02d}" for place in range(1, 15))
AT = {child: NORTH if place < 10 else SOUTH for place, child in enumerate(CHILDREN)}
GRADE = {child: "07" if place % 2 else "08" for place, child in enumerate(CHILDREN)}
CLASS = {"sis:T1": ("c01", "c02", "c03", "c04"), "sis:T2": ("c11",)}
# c01 lives with both parents; c02 has two homes; c03 is of age; c05's tie waits for a person; of c06 one
# parent may not see records, by a document.
GUARDIANS = {
    "family:G1": ("c01", "home 1"), "family:G2": ("c01", "home 1"), "family:G3": ("c02", "home 2"),
    "family:G4": ("c02", "home 3"), "family:G5": ("c03", "home 5"), "family:G6": ("c05", "home 6"),
    "family:G7": ("c06", "home 7"), "family:G8": ("c06", "home 7"),
}  # fmt: skip
OF_AGE, IN_DOUBT, WITHOUT_RIGHTS = "c03", "family:G6", "family:G8"
BY_A_MODEL = "family:G7"
UNDER_A_PLAN = ("c04", "c12")
SYSTEMS = {
    "sis": "roster", "attendance": "attendance", "lms": "learning", "map_growth": "assessment",
    "iready": "assessment", "sat": "assessment", "behavior": "behavior", "screener": "wellbeing",
    "survey": "wellbeing", "health": "health", "special_education": "programs", "meals": "meals",
    "meal_benefits": "meals", "activities": "activities", "clubs": "activities", "career": "career",
    "family": "family", "stranger": "unheard of",
}  # fmt: skip
# Systems that tell names and schools too.
TELL_NAMES = ("sis", "attendance", "health", "screener", "special_education", "meals", "clubs", "stranger")
OF_KIND = {
    "homelessness_recorded": "sis", "foster_care_recorded": "sis",
    "meal_eligibility": "meal_benefits", "meal_balance": "meals", "joins_activity": "clubs",
}  # fmt: skip
DECLARED = Path(helpers.systems.__file__).parent


@cache
def as_written() -> dict[str, Any]:
    """The kit's policy as its file has it, read by nobody else."""
    path = Path(helpers.share.__file__).parent / "policy.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def as_declared(system: str) -> dict[str, Any]:
    """A system's declaration as its file has it; empty where there is none."""
    path = DECLARED / system / "system.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def domain_of(kind: str, name: str) -> str:
    """Find a domain in the file; an element of one system alone may be in the one that its system reveals."""
    named = [each["name"] for each in as_written()["domain"] if name in each.get(kind, [])]
    if not named and kind == "elements":
        of_its_own = [one.parent.name for one in DECLARED.glob("*/elements.toml") if name in names_in(one)]
        named = [domain for system in of_its_own for domain in as_declared(system).get("policy_domains", [])]
    assert len(named) == 1, (
        f"{name!r} is in {len(named)} domains: add it to the {kind} of one [[domain]] of "
        "helpers/share/policy.toml, or give the system whose own element it is one of policy_domains in its "
        "system.toml"
    )
    return str(named[0])


def names_in(elements: Path) -> list[str]:
    """List the elements that a system's own file declares."""
    declared = tomllib.loads(elements.read_text(encoding="utf-8"))
    in_groups = [name for group in declared.get("group", []) for name in group["element"]]
    return [*(one["name"] for one in declared.get("element", [])), *in_groups]


@dataclass
class SmallSource:
    """A source of children that exist in a test only; what it holds is planted."""

    synthetic: bool = True
    school_year: int = YEAR
    folder: Path | None = None
    planted: list[Canary] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._values = as_table("values", pd.DataFrame(list(self._value_rows())))
        self._timeline = as_table("timeline", pd.DataFrame(list(self._event_rows())))
        self._indicators = as_table("indicators", pd.DataFrame(list(self._indicator_rows())))
        self._relations = as_table("relations", pd.DataFrame(list(self._relation_rows())))

    def _plant(self, text: str, child: str, domain: str, what: str, silo: str) -> str:
        self.planted.append(Canary(text, child, domain, what, silo))
        return text

    def _value_rows(self) -> Any:
        for child in CHILDREN:
            for element in declared_elements():
                domain = domain_of("elements", element.name)
                trusted = [silo for silo in element.trust if silo in SYSTEMS] or ["sis"]
                if element.name in ("first_name", "last_surname", "school", "grade_level", "birth_date"):
                    trusted = list(dict.fromkeys([*trusted[:1], *TELL_NAMES]))
                for place, silo in enumerate(trusted):
                    whose = (element.name, child, silo)
                    value = word(*whose) if element.type in ("string", "boolean") else number(*whose)
                    if element.name == "birth_date":
                        value = "2008-03-01" if child == OF_AGE else "2012-03-01"
                    elif element.name == "school":
                        value = AT[child] if silo == "sis" else value
                    elif element.name == "grade_level":
                        value = GRADE[child] if silo == "sis" else value
                    if value in (word(*whose), number(*whose)):
                        self._plant(value, child, domain, element.name, silo)
                    record = self._plant(
                        word("record", *whose), child, domain, f"record of {element.name}", silo
                    )
                    yield {
                        "child": child, "element": element.name, "value": value, "status": "Reported",
                        "school_year": YEAR if element.per == "school_year" else None, "unit": element.unit,
                        "value_number": float(value) if value.isdigit() else None, "silo": silo,
                        "record": record, "file": f"{silo}/file.csv", "row": 2, "rows": 1,
                        "link_status": "Verified", "chosen": place == 0,
                        "agrees": False if trusted[1:] else None,
                        "rule": element.rule,
                    }  # fmt: skip

    def _event_rows(self) -> Any:
        for child in CHILDREN:
            for kind in declared().timeline:
                silo = OF_KIND.get(kind.name, next((s for s in SYSTEMS if SYSTEMS[s] == kind.domain), "sis"))
                domain = domain_of("timeline", kind.name)
                detail = self._plant(word("event", kind.name, child), child, domain, kind.name, silo)
                yield {
                    "child": child, "date": pd.Timestamp("2026-01-15"), "kind": kind.name, "detail": detail,
                    "domain": kind.domain, "event": kind.event or "Something", "silo": silo, "record": "r",
                    "file": f"{silo}/file.csv", "row": 3, "link_status": "Verified",
                }  # fmt: skip

    def _indicator_rows(self) -> Any:
        for child in CHILDREN:
            for indicator in declared_indicators():
                domain = domain_of("indicators", indicator.name)
                used = next(each["elements"][0] for each in as_written()["domain"] if each["name"] == domain)
                detail = self._plant(word("sign", indicator.name, child), child, domain, indicator.name, "")
                yield {
                    "child": child, "school_year": YEAR, "indicator": indicator.name,
                    "definition": indicator.definition[0].name, "status": "Clear", "detail": detail,
                    "elements": used,
                }  # fmt: skip

    def _relation_rows(self) -> Any:
        for child in CHILDREN:
            yield {
                "role": "School", "silo": "sis", "child": child, "school_name": AT[child],
                "grade_level": GRADE[child],
            }  # fmt: skip
            # A system that few may see says that everybody goes to another school.
            yield {"role": "School", "silo": "health", "child": child, "school_name": "Elsewhere"}
        for child in UNDER_A_PLAN:
            yield {"role": "Case manager", "silo": "special_education", "child": child}
        for who, members in CLASS.items():
            for child in members:
                yield {
                    "role": "Teacher", "silo": "sis", "adult": who.split(":")[1], "child": child,
                    "section_id": "s1", "adult_name": "A teacher", "school_name": AT[child],
                }  # fmt: skip
        for who, (child, home) in GUARDIANS.items():
            name = self._plant(word("adult", who), child, "family_contacts", "adult_name", "family")
            yield {
                "role": "Guardian", "silo": "family", "adult": who.split(":")[1], "child": child,
                "adult_name": name, "home": home, "without_rights": who == WITHOUT_RIGHTS,
                "link_status": "Review" if who == IN_DOUBT else "Verified", "in_doubt": who == BY_A_MODEL,
            }  # fmt: skip

    def _taken(self, frame: pd.DataFrame, children: Sequence[str] | None) -> pd.DataFrame:
        if children is None:
            return frame
        return frame[frame["child"].isin(list(children)).to_numpy(dtype=bool)].reset_index(drop=True)

    @cached_property
    def _children(self) -> pd.DataFrame:
        chosen = self._values[self._values["chosen"].to_numpy(dtype=bool)]
        wide = chosen.pivot(index="child", columns="element", values="value")
        names = ["first_name", "last_surname", "school", "grade_level", "birth_date"]
        frame = wide[names].reset_index().assign(link_status="Verified", silos=len(SYSTEMS))
        return as_table("children", frame.assign(birth_date=pd.to_datetime(frame["birth_date"])))

    def children(self) -> pd.DataFrame:
        return self._children

    def values(
        self, children: Sequence[str] | None = None, elements: Sequence[str] | None = None
    ) -> pd.DataFrame:
        taken = self._taken(self._values, children)
        if elements is None:
            return taken
        return taken[taken["element"].isin(list(elements)).to_numpy(dtype=bool)].reset_index(drop=True)

    def timeline(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        return self._taken(self._timeline, children)

    def indicators(self, children: Sequence[str] | None = None) -> pd.DataFrame:
        return self._taken(self._indicators, children)

    def relations(self) -> pd.DataFrame:
        return self._relations

    def systems(self) -> pd.DataFrame:
        rows = [
            {
                "silo": silo, "system": silo, "stands_for": silo, "domain": about,
                "latest_day": pd.Timestamp(TODAY),
            }
            for silo, about in SYSTEMS.items()
        ]  # fmt: skip
        return as_table("systems", pd.DataFrame(rows))

    def trust(self) -> dict[str, dict[str, int]]:
        ranks = trust_of(declared_elements(), dict(zip(SYSTEMS, SYSTEMS, strict=True))).tolist()
        return {
            each.name: dict(zip(sorted(SYSTEMS), row, strict=True))
            for each, row in zip(declared_elements(), ranks, strict=True)
        }


# Whom each role is asked for in tests, and of which children its scope then speaks.
WHO = {
    "teacher": "sis:T1", "counselor": f"{NORTH}, grade 07", "nurse": NORTH, "principal": NORTH,
    "special_education_case_manager": NORTH, "meals_manager": "district", "district_analyst": "district",
    "family": "family:G1", "student": "c03", "community_partner": "Reading Club", "researcher": "district",
    "public": "district",
}  # fmt: skip
_NORTH = frozenset(child for child in CHILDREN if AT[child] == NORTH)
WHOSE = {
    "teacher": frozenset(CLASS["sis:T1"]),
    "counselor": frozenset(child for child in _NORTH if GRADE[child] == "07"),
    "nurse": _NORTH,
    "principal": _NORTH,
    "special_education_case_manager": frozenset({"c04"}),
    "family": frozenset({"c01"}),
    "student": frozenset({"c03"}),
    "community_partner": frozenset({"c01", "c02"}),
}
# What parents agreed to, so that each domain that a partner may see at all is seen of two children.
CONSENTS = pd.DataFrame(
    {
        "child": ["c01", "c02"],
        "domains": "identity; roster; attendance; grades; activities; family_contacts",
        "purpose": "partner program",
        "recipient": "Reading Club",
        "signer": "A parent",
        "date": "2025-09-01",
        "end": "2026-06-30",
    }
)


def may_see(role: str, purpose: str, canary: Canary) -> bool:
    """Say from the file alone whether a role may see a planted value of a child."""
    policy = as_written()
    rule = policy["grid"][role].get(canary.domain, ["none", ""])
    needed = next(each for each in policy["purpose"] if each["name"] == purpose)
    outside = next(each for each in policy["role"] if each["name"] == role).get("outside", False)

    def rows(domain: str) -> bool:
        allow = policy["grid"][role].get(domain, ["none"])[0] == "row"
        coded = needed.get("coded", False) and domain == "identity"
        return allow and domain in needed.get("domains", [domain]) and not coded

    if not rows(canary.domain) or canary.child not in WHOSE.get(role, frozenset(CHILDREN)):
        return False
    if len(rule) > 4 and canary.what.removeprefix("record of ") not in rule[4]:
        return False
    if canary.what.startswith("record of ") and (outside or needed.get("coded", False)):
        return False
    if canary.what in policy["narratives"] and (outside or needed.get("coded", False)):
        return False
    tells = as_declared(canary.silo).get("policy_domains", [])
    return canary.silo == "" or any(rows(domain) for domain in tells)
