"""What a system is called in a sentence: by what it is for, not by the name of its folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = ["in_words", "named_briefly", "short_names", "silo_words", "spoken_names", "system_names"]

# Whose folder's name says too little. The acronym is said in full once, in brackets.
_NAMES = {
    "sis": "Student information system (SIS)",
    "lms": "Learning management system (LMS)",
    "map_growth": "MAP Growth",
    "iready": "i-Ready",
}
_ACRONYM = re.compile(r" \(([A-Z]+)\)$")


def system_names(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Name systems as charts, tables and sentences say them.

    Parameters
    ----------
    layouts
        Layout by silo, such as ``district.layouts``.

    Returns
    -------
    dict of str
        Silo -> name: by its domain where the silo is named by it, else by its export's title; two of one
        name are told apart by their folder.
    """
    names = {silo: _name(silo, layout) for silo, layout in layouts.items()}
    often = Counter(names.values())
    return {silo: name if often[name] == 1 else f"{name}, {silo}" for silo, name in names.items()}


def short_names(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Name systems where there is little room; the acronym must have been said in full before.

    Parameters
    ----------
    layouts
        Layout by silo, such as ``district.layouts``.

    Returns
    -------
    dict of str
        Silo -> name: "SIS", "Meals", "Ed-Fi bulk XML".
    """
    return {silo: _short(name) for silo, name in system_names(layouts).items()}


def named_briefly(systems: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Name systems where there is little room and no layout at hand.

    Parameters
    ----------
    systems
        Silo -> which of the kit's systems it is, and its layout's title.

    Returns
    -------
    dict of str
        Silo -> name, as ``short_names`` has it.

    Examples
    --------
    >>> named_briefly({"sis": ("sis", "OneRoster"), "old": ("sis", "OneRoster 1.1, users")})
    {'sis': 'SIS', 'old': 'OneRoster 1.1'}
    """
    names = {silo: _named(silo, system, title) for silo, (system, title) in systems.items()}
    often = Counter(names.values())
    return {silo: _short(name if often[name] == 1 else f"{name}, {silo}") for silo, name in names.items()}


def _short(name: str) -> str:
    found = _ACRONYM.search(name)
    return found.group(1) if found else name


def spoken_names(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Name systems as they are said inside a sentence.

    Parameters
    ----------
    layouts
        Layout by silo, such as ``district.layouts``.

    Returns
    -------
    dict of str
        Silo -> name: "the student information system", "meals", "Ed-Fi bulk XML".
    """
    return {silo: _spoken(silo, name) for silo, name in system_names(layouts).items()}


def _spoken(silo: str, name: str) -> str:
    if _ACRONYM.search(name):
        name = _ACRONYM.sub("", name)
        return f"the {name[:1].lower()}{name[1:]}"
    return name.lower() if name.capitalize() == name and name.lower() == silo.replace("_", " ") else name


def silo_words(silos: pd.Series) -> pd.Series:
    """Name the systems of a made district where there is little room, whether or not a folder has them.

    Parameters
    ----------
    silos
        The kit's own names of systems, such as ``"map_growth"``.

    Returns
    -------
    pandas.Series
        Text of the same length.

    Examples
    --------
    >>> silo_words(pd.Series(["sis", "meals", "map_growth"])).tolist()
    ['SIS', 'Meals', 'MAP Growth']
    """
    return silos.map(lambda silo: _short(_NAMES.get(silo, str(silo).replace("_", " ").capitalize())))


def in_words(sentence: str, spoken: Mapping[str, str]) -> str:
    """Say the systems and columns of a sentence as people do.

    Parameters
    ----------
    sentence
        A sentence that names systems and columns as the files do, such as a next step of the scorecard.
    spoken
        Silo -> name, from ``spoken_names``.

    Returns
    -------
    str
        The same sentence, with a capital at its beginning.

    Examples
    --------
    >>> in_words("sis and meals agree on birth_date.", {"sis": "the roster", "meals": "meals"})
    'The roster and meals agree on birth date.'
    """
    for silo, name in spoken.items():
        sentence = re.sub(rf"(?<![\w/]){re.escape(silo)}(?![\w/])", name, sentence)
    sentence = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", sentence).replace("last surname", "surname")
    # A brand that begins with a small letter keeps it.
    return sentence if sentence.startswith("i-") else sentence[:1].upper() + sentence[1:]


def _name(silo: str, layout: Layout) -> str:
    return _named(silo, layout.silo, layout.title)


def _named(silo: str, system: str, title: str) -> str:
    if silo in _NAMES:
        return _NAMES[silo]
    if silo == system:
        return silo.replace("_", " ").capitalize()
    # "NWEA MAP Growth, children and assessment results": what comes after the comma says what is in it.
    return re.sub(r"\s*\([^)]*\)$", "", title).partition(", ")[0]
