"""Elements of the profile, shared and single-system, and each element's trust order."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from helpers.standard import (
    BadInput,
    Declarations,
    Element,
    Grouped,
    faults_of,
    nearest,
    plain_declarations,
    read_declared,
    respelled,
    toml_of,
)
from helpers.systems.known_systems import System, systems

__all__ = ["copy_of_elements", "declared", "declared_elements", "declared_for", "element"]

FILE = "elements.toml"
COPY = """\
# Which systems to trust for each element (survivorship). Change the order of `trust` and nothing else.
# Use the kit's names of systems (a layout's `silo`, or those in the domains of its `authority`). Systems that
# are not listed come after these in alphabetical order, and the district's own last: first the one
# that lists the most children in the most fields.
"""


class OwnElements(Grouped):
    """An ``elements.toml`` in the folder of a system."""

    after: str
    """The element after which they come in the profile."""


@cache
def declared() -> Declarations:
    """Return the kit's declarations, complete with every known system's elements and trust order."""
    plain = plain_declarations()
    found, named = list(plain.element), {each.name for each in plain.element}
    for system in systems().values():
        path = system.folder / FILE
        if path.is_file():
            own = read_declared(path, OwnElements, "elements")
            _put_in(found, own, system, path)
    faults = [
        f"{system.folder / 'system.toml'}: trusted_for names {name!r}, which is no shared element."
        f"{nearest(name, named)}"
        for system in systems().values()
        for name in system.trusted_for
        if name not in named
    ]
    whole = [each if each.trust else each.model_copy(update={"trust": _trusted(each.name)}) for each in found]
    faults += [f"no system is trusted for the element {each.name!r}" for each in whole if not each.trust]
    if faults:
        raise BadInput("The order of trust can't be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    try:
        return Declarations(**{**dict(plain), "element": tuple(whole)})
    except ValidationError as error:
        raise BadInput(f"The elements of the systems can't be used:\n{faults_of(error)}") from None


def _put_in(found: list[Element], own: OwnElements, system: System, path: Path) -> None:
    """Insert a system's own elements after the one it names and after those of earlier systems."""
    names = [each.name for each in found]
    if twice := sorted({each.name for each in own.element} & set(names)):
        raise BadInput(f"{path} declares {twice[0]!r}, which is declared already. Give it another name.")
    if own.after not in names:
        raise BadInput(f"{path}: after = {own.after!r} is no element.{nearest(own.after, names)}")
    place = names.index(own.after) + 1
    while place < len(found) and found[place].systems:
        place += 1
    only = {"systems": (system.name,), "trust": (system.name,)}
    found[place:place] = [each.model_copy(update=only) for each in own.element]


def _trusted(name: str) -> tuple[str, ...]:
    """List the systems that are trusted for an element, the most trusted first."""
    ranked = [one for one in systems().values() if name in one.trusted_for]
    return tuple(one.name for one in sorted(ranked, key=lambda one: (one.trusted_for[name], one.order)))


def copy_of_elements(folder: Path | str) -> Path:
    """Write a copy of the trust order into a folder, where its team can change it; return the path."""
    own = Path(folder) / FILE
    if not own.exists():
        own.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            f'\n[[element]]\nname = "{each.name}"\ntrust = {json.dumps(each.trust)}\n'
            for each in declared_elements()
            if not each.systems
        ]
        draft = own.with_suffix(".draft")
        draft.write_text(COPY + "".join(lines), encoding="utf-8", newline="\n")
        draft.replace(own)
    return own


def declared_for(folder: Path | str = "") -> Declarations:
    """Return the declarations for a folder: the kit's, with the trust order of its own ``elements.toml``."""
    own = Path(folder) / FILE
    if not str(folder) or not own.is_file():
        return declared()
    decided = _read_copy(own)
    if all(decided.get(each.name, each) == each for each in declared_elements()):
        return declared()
    return declared().model_copy(
        update={"element": tuple(decided.get(each.name, each) for each in declared_elements())}
    )


def _read_copy(path: Path) -> dict[str, Element]:
    """Read a copy by element; a copy of version 0.1.0 repeats the kit's whole declaration."""
    try:
        given: dict[str, Any] = respelled(toml_of(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise BadInput(f"{path} isn't valid TOML: {error}. Correct that line and try again.") from None
    known = {each.name: each for each in declared_elements()}
    listed = given.get("element")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput(f"{path} has no [[element]]: remove the file and copy it again.")
    names = [str(one.get("name")) for one in listed]
    faults = [
        f"element {each.name!r} isn't in it"
        for each in declared_elements()
        if not each.systems and each.name not in names
    ]
    faults += [f"no element is called {name!r}.{nearest(name, known)}" for name in names if name not in known]
    # What an element or event means is prose: a copy may have it in older words.
    whole = [
        {**known[name].model_dump(), **one, "meaning": known[name].meaning}
        for name, one in zip(names, listed, strict=True)
        if name in known
    ]
    events = {each.name: each.event for each in declared().timeline}
    timeline = given.get("timeline")
    if isinstance(timeline, list):
        given["timeline"] = [
            {**one, "event": events[str(one["name"])]}
            if isinstance(one, dict) and one.get("event") and str(one.get("name")) in events
            else one
            for one in timeline
        ]
    try:
        read = Declarations.model_validate({**declared().model_dump(), **given, "element": whole})
    except ValidationError as error:
        raise BadInput(f"{path} can't be used:\n{faults_of(error, Declarations)}") from None
    faults += [
        f"element {each.name!r} has another {field}; the kit has {getattr(known[each.name], field)!r}"
        for each in read.element
        for field in Element.model_fields
        if field != "trust" and getattr(each, field) != getattr(known[each.name], field)
    ]
    faults += [
        f"{part!r} is another one"
        for part in Declarations.model_fields
        if part not in ("element", "others") and getattr(read, part) != getattr(declared(), part)
    ]
    if faults:
        details = "\n".join(f"  {fault}" for fault in faults)
        raise BadInput(
            f"{path} may differ from the kit's elements.toml in `trust` only; put back what else is changed, "
            f"or remove the file and copy it again:\n{details}"
        )
    return {each.name: each for each in read.element}


def declared_elements() -> tuple[Element, ...]:
    """List the elements of the profile, in the order of its columns.

    Returns
    -------
    tuple of Element
        As declared.
    """
    return declared().element


@cache
def _by_name() -> dict[str, Element]:
    return {each.name: each for each in declared_elements()}


def element(name: str) -> Element:
    """Return one element by its name.

    Parameters
    ----------
    name
        Name of an element, as in the column ``element`` of the values.

    Returns
    -------
    Element
        Its declaration.

    Raises
    ------
    BadInput
        When no element has that name.
    """
    found = _by_name()
    if name not in found:
        raise BadInput(f"No element is called {name!r}.{nearest(name, found)} There are: {', '.join(found)}.")
    return found[name]
