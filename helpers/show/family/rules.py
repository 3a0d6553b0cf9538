"""What goes well and what is worth a talk, by declared rules: nothing is made up, nothing ranks a child."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.show.family.declared import PageTerms, Strength, Talk, page_terms
from helpers.show.family.language import Language, Voice, language
from helpers.show.family.told import ChildTold, told_of
from helpers.standard import empty_table

__all__ = ["going_well", "places_of", "strengths_of", "talks_of"]

MOST_STRENGTHS, MOST_TALKS = 4, 3
# Places that say a mark as a letter, and the mark.
LETTERS_OF = {
    "letter": "grade_average",
    "letter_now": "course_average",
    "letter_mathematics": "grade_mathematics",
    "letter_english": "grade_english",
}


def strengths_of(told: ChildTold, terms: PageTerms) -> list[Strength]:
    """Give what goes well, best first.

    Parameters
    ----------
    told
        What may be said of the child.
    terms
        What is declared of pages.

    Returns
    -------
    list of Strength
        At most four, one of a concept; empty where nothing that is known is a strength.
    """
    found: dict[str, Strength] = {}
    for one in terms.strength:
        if one.concept not in found and all(told.holds(condition) for condition in one.when):
            found[one.concept] = one
    return list(found.values())[:MOST_STRENGTHS]


def talks_of(told: ChildTold, terms: PageTerms) -> list[Talk]:
    """Give what is worth a talk, most pressing first.

    Parameters
    ----------
    told
        What may be said of the child.
    terms
        What is declared of pages.

    Returns
    -------
    list of Talk
        At most three, one of a concept.
    """
    found: dict[str, Talk] = {}
    for one in terms.talk:
        if one.concept not in found and all(told.holds(condition) for condition in one.when):
            found[one.concept] = one
    return list(found.values())[:MOST_TALKS]


def places_of(told: ChildTold, terms: PageTerms, spoken: Language, voice: Voice) -> dict[str, Any]:
    """Give what stands in for the places of sentences about a child.

    Parameters
    ----------
    told
        What may be said of the child.
    terms
        What is declared of pages.
    spoken
        The language.
    voice
        To whom it is said.

    Returns
    -------
    dict
        By element its number, or its word; ``<element>_when`` its day in words,
        ``<element>_less`` how far it is below zero; ``letter`` and the
        like, marks as letters; ``name`` and ``grade``.
    """
    codes = {each.elements[0]: each.labels for each in terms.line if each.labels is not None}
    places: dict[str, Any] = {}
    for element, value in told.values.items():
        if element in codes:
            places[element] = spoken.labelled_list(str(codes[element]), value.text)
        else:
            places[element] = value.text if value.number is None else value.number
        if value.number is not None and value.number < 0:
            places[f"{element}_less"] = -value.number
        places[f"{element}_when"] = (
            spoken.say(voice, "times.on_day", day=value.as_of)
            if value.as_of is not None
            else spoken.say(voice, "times.this_year")
        )
    for place, element in LETTERS_OF.items():
        mark = told.number(element)
        if mark is not None:
            places[place] = terms.letter(mark)
    name, grade = told.values.get("first_name"), told.values.get("grade_level")
    places["name"] = spoken.say(voice, "page.no_name") if name is None else name.text
    places["grade"] = (
        spoken.say(voice, "page.this_grade") if grade is None else spoken.label("in_grade", grade.text)
    )
    return places


def going_well(values: pd.DataFrame, language_code: str = "en", voice: Voice = "family") -> list[str]:
    """Say what goes well for one child, in sentences.

    Parameters
    ----------
    values
        Table ``values`` of one child and one school year, as the viewer may see it.
    language_code
        Language of the sentences.
    voice
        To whom it is said.

    Returns
    -------
    list of str
        At most four sentences, best first; empty where nothing that is known is a strength.
    """
    terms, spoken = page_terms(), language(language_code)
    known = values[values["silo"].notna()]
    standing = known[["child", "silo"]].drop_duplicates().assign(may_stand=True)
    years = values["school_year"].dropna()
    year = int(years.max()) if len(years) else None
    told = told_of(values, empty_table("timeline"), standing, year, terms)
    said = []
    for own in told.values():
        places = places_of(own, terms, spoken, voice)
        said += [spoken.say(voice, f"strength.{one.key}", **places) for one in strengths_of(own, terms)]
    return said
