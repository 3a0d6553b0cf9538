"""A team's survivorship rules: its own trust order, in a file that overrides the kit's.

The kit's order is ``trusted_for`` in each ``system.toml``. A team doesn't edit the kit. Its own file lists
whom it believes first for which element, since when, who decided and why.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from helpers.files import write_atomically
from helpers.layouts import all_layouts
from helpers.standard import BadInput, Declarations, StrictModel, faults_of, nearest, respelled, toml_of
from helpers.systems import declared_elements

__all__ = ["Survivorship", "decide_survivorship", "read_survivorship"]

Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Survivorship(StrictModel):
    """A team's survivorship rules, as written in its file."""

    decided: dt.date
    by: Words
    because: Words
    believed_first: dict[str, tuple[str, ...]] = Field(min_length=1)

    def order_of(self, element: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        """Return the trust order of an element."""
        first = self.believed_first.get(element, ())
        return (*first, *(system for system in usual if system not in first))

    def applied_to(self, terms: Declarations) -> Declarations:
        """Put the team's trust order before the declared one."""
        decided = tuple(
            one.model_copy(update={"trust": self.order_of(one.name, one.trust)}) for one in terms.element
        )
        return terms.model_copy(update={"element": decided})


def _faults(believed: Mapping[str, Any], systems: Collection[str]) -> list[str]:
    known = [one.name for one in declared_elements()]
    faults = []
    for name, order in believed.items():
        if name not in known:
            faults.append(
                f"  believed_first.{name}: no element is called so.{nearest(name, known)} "
                "helpers.systems.declared_elements() lists them."
            )
        if not order:
            faults.append(f"  believed_first.{name}: names no system; omit it to keep the kit's order")
        for system in dict.fromkeys(order):
            if system not in systems:
                faults.append(
                    f"  believed_first.{name}: no system is called {system!r}.{nearest(system, systems)} "
                    f"There are: {', '.join(sorted(systems))}"
                )
            elif list(order).count(system) > 1:
                faults.append(f"  believed_first.{name}: {system!r} stands there twice")
    return faults


def _checked(given: Mapping[str, Any], place: str, systems: Collection[str] | None) -> Survivorship:
    try:
        decision = Survivorship.model_validate(given)
    except ValidationError as error:
        problems = faults_of(error, Survivorship)
        raise BadInput(f"{place} isn't a valid survivorship file:\n{problems}") from None
    known = {layout.silo for layout in all_layouts().values()} if systems is None else systems
    if faults := _faults(decision.believed_first, known):
        raise BadInput(f"{place} isn't a valid survivorship file:\n" + "\n".join(faults))
    return decision


def read_survivorship(path: Path | str, systems: Collection[str] | None = None) -> Survivorship:
    """Read a team's survivorship rules."""
    path = Path(path)
    try:
        given = respelled(toml_of(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInput(
            f"{path} can't be read ({error.strerror}). Give a TOML file with decided, by, because and a "
            "table believed_first, or leave it out to keep the kit's order."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} isn't valid TOML: {error}. Correct that line and try again.") from None
    return _checked(given, str(path), systems)


def decide_survivorship(
    path: Path | str,
    believed_first: Mapping[str, Collection[str]],
    *,
    by: str,
    because: str,
    decided: dt.date | None = None,
    systems: Collection[str] | None = None,
) -> Survivorship:
    """Write survivorship rules to a file that people and programs can read."""
    given = {
        "decided": decided or dt.date.today(),
        "by": by,
        "because": because,
        "believed_first": {name: list(order) for name, order in believed_first.items()},
    }
    decision = _checked(given, "What you decided", systems)
    lines = [
        "# Which system we trust first. Systems that aren't named come after, in the kit's order.",
        f"decided = {decision.decided.isoformat()}",
        f"by = {_quoted(decision.by)}",
        f"because = {_quoted(decision.because)}",
        "",
        "[believed_first]",
        *(
            f"{name} = [{', '.join(_quoted(system) for system in order)}]"
            for name, order in decision.believed_first.items()
        ),
    ]
    write_atomically(Path(path), ("\n".join(lines) + "\n").encode("utf-8"))
    return decision


def _quoted(text: str) -> str:
    # TOML reads JSON's quoted text as the same text, except that DEL must be escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
