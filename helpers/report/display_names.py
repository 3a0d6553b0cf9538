"""Provide display names of codes, elements and systems."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
from babel.lists import format_list

from helpers.systems import declared_elements, systems

if TYPE_CHECKING:
    from helpers.layouts import Layout

__all__ = [
    "element_name",
    "element_names",
    "fact_name",
    "figure_name",
    "finding_words",
    "grade_name",
    "group_name",
    "in_words",
    "language_name",
    "listed",
    "named_first",
    "short_display_name",
    "short_names",
    "silo_name",
    "status_names",
    "status_word",
    "system_names",
    "system_names_in_text",
]


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    >>> listed(["LMS"]), listed(["LMS", "Meals", "Clubs"])
    ('LMS', 'LMS, Meals and Clubs')
    """
    # British lists have no comma before the last word.
    return format_list(names, locale="en_GB")


def named_first(names: Sequence[str], numbers: Sequence[float], digits: int = 0) -> str:
    """Name the first, and everyone whose number looks the same to a reader: nobody leads a tie.

    >>> named_first(["Leadership", "Governance", "Impact"], [2.61, 2.58, 2.2], 1)
    'Leadership and Governance'
    """
    shown = [round(number, digits) for number in numbers]
    return listed([name for name, number in zip(names, shown, strict=True) if number == shown[0]])


# Only if the kind with spaces isn't clear enough.
_FINDINGS = {
    "file_unknown": "file that no layout matches",
    "file_repeated": "file that is there twice",
    "file_unreadable": "file that can't be read",
    "file_unsafe": "file that is unsafe to open",
    "text_not_decodable": "letters that can't be read",
    "delimiter_other": "cells separated by another character",
    "column_unknown": "column that the layout doesn't have",
    "column_repeated": "repeated column",
    "header_out_of_order": "columns in another order",
    "cells_surplus": "row with too many cells",
    "cells_missing": "row with too few cells",
    "cells_merged": "merged cell",
    "row_blank": "blank row",
    "row_repeated": "repeated row",
    "row_deleted": "row marked as deleted",
    "row_replaced": "row replaced by a newer one",
    "manifest_differs": "manifest and files differ",
    "record_broken": "row that is cut or broken",
    "line_end_missing": "last row without a line end",
    "record_unknown": "record of an unknown kind",
    "child_unnamed": "child without a name",
    "no_student": "people, but no child among them",
    "not_a_string": "not a text",
    "not_a_integer": "not a whole number",
    "not_a_boolean": "neither yes nor no",
    "not_a_list": "a list with an empty item",
    "not_in_codes": "code that isn't on the list",
    "not_in_pattern": "not in the agreed format",
    "required_empty": "empty, but required",
    "null_as_text": "the word NULL in an empty cell",
    "out_of_range": "outside the possible range",
    "date_ambiguous": "day and month may be swapped",
    "date_as_number": "date as a spreadsheet's day number",
    "zeros_lost": "leading zeros lost",
    "scientific_notation": "number written as 1.2E+10",
    "key_repeated": "repeated key",
    "reference_dangling": "points to a row that isn't there",
    "id_shared": "one id, two people",
    "rows_disagree": "rows of one person disagree",
    "rows_alike": "matching rows without an id, read as one person",
    "name_placeholder": "placeholder instead of a name",
    "id_column_refused": "column or list with other children's numbers",
    "id_column_doubtful": "numbers that may be another system's",
    "id_normalized": "ids written differently from elsewhere",
    "id_unmatched": "ids that no other system has",
    "email_shared": "e-mail address of two children",
    "id_colliding": "number that belongs to another child elsewhere",
    "birth_date_disagrees": "linked, but birth dates differ",
    "names_disagree": "linked, but names differ",
}
_LANGUAGES = {
    "ara": "Arabic",
    "chi": "Chinese",
    "eng": "English",
    "hat": "Haitian Creole",
    "hin": "Hindi",
    "hmn": "Hmong",
    "kor": "Korean",
    "por": "Portuguese",
    "rus": "Russian",
    "smo": "Samoan",
    "spa": "Spanish",
    "tgl": "Tagalog",
    "vie": "Vietnamese",
    "yor": "Yoruba",
}
_LANGUAGE = "home language: "
# Names for rows of a fact table, in the plural.
_FACTS = {
    "academic_record": "sums of credits",
    "application": "applications",
    "assessment_result": "test results",
    "assignment_score": "pieces of work",
    "attendance_event": "absences, late arrivals and early departures",
    "career_interest": "interests",
    "career_plan": "plans after high school",
    "contact": "adults",
    "course_grade": "grades",
    "course_transcript": "finished courses",
    "discipline_action": "consequences",
    "health_visit": "visits to the nurse",
    "immunization": "vaccines",
    "incident": "incidents",
    "login": "log-ins",
    "meal_account": "lunch balances",
    "meal_eligibility": "free-lunch decisions",
    "meal_purchase": "meals",
    "message": "messages home",
    "participation": "activities",
    "program": "plans",
    "school_enrollment": "schools",
    "screener_result": "screener results",
    "section_enrollment": "classes",
    "survey_response": "answers",
}
# Published figures, by topic.
_FIGURES = {
    "chronic_absence_grades": "chronic absence by grade",
    "chronic_absence_odds_disability": "chronic absence by disability",
    "chronic_absence_odds_homeless": "chronic absence by homelessness",
    "chronic_absence_odds_low_income": "chronic absence by income",
    "chronic_absence_odds_moved": "chronic absence by change of school",
    "el_share": "English learners",
    "frpl_above_75": "schools with over 75% on free or reduced-price lunch",
    "frpl_school_distribution": "schools by share of free or reduced-price lunch",
    "frpl_share": "free or reduced-price lunch",
    "frpl_up_to_25": "schools with up to 25% on free or reduced-price lunch",
    "idea_category": "disability",
    "idea_share": "children with a special-education plan",
    "interpregnancy_interval": "months between births in a family",
    "naep_reading_lunch_gap": "a national reading test by lunch",
    "race_share": "race",
    "school_changes_k8": "changes of school",
    "schools_losing_a_tenth": "schools that lose a tenth of students",
    "test_gap_disability": "test scores by disability",
    "test_gap_low_income": "test scores by income",
    "test_gap_moved": "test scores by change of school",
    "within_person_disagreement": "children whose name differs between two systems",
}
_STATUSES = {
    "Empty": "the system lists the child, but records nothing",
    "Not linked": "not linked: the system has it for others, but no record of this child",
    "Not collected": "nobody collects it",
    "Not applicable": "doesn't apply to this child",
    "Withheld": "known, but withheld",
    "Set aside: no date": "set aside: no date says which year it is of",
    "Reported": "known",
}


def finding_words(kinds: pd.Series) -> pd.Series:
    """Return display names for kinds of finding.

    >>> finding_words(pd.Series(["zeros_lost", "not_a_date"])).tolist()
    ['leading zeros lost', 'not a date']
    """
    return kinds.replace(_FINDINGS).str.replace("_", " ")


def fact_name(tables: pd.Series) -> pd.Series:
    """Return display names for rows of fact tables.

    >>> fact_name(pd.Series(["health_visit", "incident"])).tolist()
    ['visits to the nurse', 'incidents']
    """
    return tables.replace(_FACTS).str.replace("_", " ")


def figure_name(topics: pd.Series) -> pd.Series:
    """Return display names for topics of published figures.

    >>> figure_name(pd.Series(["idea_share", "chronic_absence"])).tolist()
    ['children with a special-education plan', 'chronic absence']
    """
    return topics.replace(_FIGURES).str.replace("_", " ")


def group_name(groups: pd.Series) -> pd.Series:
    """Return display names for groups of children.

    >>> group_name(pd.Series(["home language: spa", "moved: yes", "All"])).tolist()
    ['home language: Spanish', 'moved', 'all children']
    """
    languages = {_LANGUAGE + code: _LANGUAGE + name for code, name in _LANGUAGES.items()}
    return groups.replace({**languages, "All": "all children"}).str.removesuffix(": yes")


def element_names(names: pd.Series) -> pd.Series:
    """Return display names for profile elements.

    Parameters
    ----------
    names
        Column ``element`` of values.

    Returns
    -------
    pandas.Series
        Text of the same length.

    Examples
    --------
    >>> element_names(pd.Series(["days_absent", "math_score", "rate"])).tolist()
    ['days absent', 'math test score', 'attendance rate']
    """
    words = {name: element_name(name) for name in names.dropna().unique().tolist()}
    return names.map(words).astype("string")


def element_name(name: str) -> str:
    """Return the display name of one profile element."""
    return _element_names().get(name) or name.replace("_", " ")


@cache
def _element_names() -> dict[str, str]:
    return {each.name: each.display_name for each in declared_elements()}


def status_names(statuses: pd.Series) -> pd.Series:
    """Return display names for the statuses of values.

    >>> status_names(pd.Series(["Not collected"])).tolist()
    ['nobody collects it']
    """
    return statuses.map(_STATUSES).astype("string").fillna(statuses)


def status_word(status: str) -> str:
    """Return the display name of one status."""
    return _STATUSES.get(status, status)


def language_name(code: str) -> str:
    """Name a language."""
    return _LANGUAGES.get(code, code or "an unknown language")


_ACRONYM = re.compile(r" \(([A-Z]+)\)$")


def system_names(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Return display names of systems for charts, tables and sentences."""
    names = {silo: _name(silo, layout) for silo, layout in layouts.items()}
    often = Counter(names.values())
    return {silo: name if often[name] == 1 else f"{name}, {silo}" for silo, name in names.items()}


def short_names(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Return short display names of systems; write out the acronym somewhere before.

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


def short_display_name(systems: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return short display names of systems without their layouts.

    >>> short_display_name({"sis": ("sis", "OneRoster"), "old": ("sis", "OneRoster 1.1, users")})
    {'sis': 'SIS', 'old': 'OneRoster 1.1'}
    >>> short_display_name({"aurora": ("aurora", "Aurora Progress, results")})  # a layout of one's own
    {'aurora': 'Aurora Progress'}
    """
    names = {silo: _named(silo, system, title) for silo, (system, title) in systems.items()}
    often = Counter(names.values())
    return {silo: _short(name if often[name] == 1 else f"{name}, {silo}") for silo, name in names.items()}


def _short(name: str) -> str:
    found = _ACRONYM.search(name)
    return found.group(1) if found else name


def system_names_in_text(layouts: Mapping[str, Layout]) -> dict[str, str]:
    """Return display names of systems for use within a sentence."""
    return {silo: _name_in_text(silo, name) for silo, name in system_names(layouts).items()}


def _name_in_text(silo: str, name: str) -> str:
    if _ACRONYM.search(name):
        name = _ACRONYM.sub("", name)
        return f"the {name[:1].lower()}{name[1:]}"
    # A name of the silo's own words is no brand.
    plain = name.capitalize() == name and set(silo.split("_")) <= set(name.lower().split())
    return name.lower() if plain else name


def silo_name(silos: pd.Series) -> pd.Series:
    """Return short display names of the kit's systems, whether or not a folder has them.

    >>> silo_name(pd.Series(["sis", "meals", "map_growth"])).tolist()
    ['SIS', 'Meals', 'MAP Growth']
    """
    return silos.map(lambda silo: _short(_declared_name(silo) or str(silo).replace("_", " ").capitalize()))


def _declared_name(silo: str) -> str:
    """Return the display name that a system declares, if any."""
    known = systems().get(silo)
    return known.display_name if known else ""


def in_words(sentence: str, names: Mapping[str, str]) -> str:
    """Replace systems and columns in a sentence with display names.

    >>> in_words("sis and meals agree on birth_date.", {"sis": "the roster", "meals": "meals"})
    'The roster and meals agree on birth date.'
    """
    for silo, name in names.items():
        sentence = re.sub(rf"(?<![\w/]){re.escape(silo)}(?![\w/])", name, sentence)
    sentence = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", sentence).replace("last surname", "surname")
    # A brand with a lower-case first letter keeps it.
    return sentence if sentence.startswith("i-") else sentence[:1].upper() + sentence[1:]


def _name(silo: str, layout: Layout) -> str:
    return _named(silo, layout.silo, layout.title)


def _named(silo: str, system: str, title: str) -> str:
    if declared := _declared_name(silo):
        return declared
    if silo == system and system in systems():
        return silo.replace("_", " ").capitalize()
    # "NWEA MAP Growth, children and assessment results": the part after the comma describes the content.
    return re.sub(r"\s*\([^)]*\)$", "", title).partition(", ")[0]


_GRADES = {"KG": "kindergarten", "PK": "pre-kindergarten", "PS": "preschool"}


def grade_name(grade: str) -> str:
    """Return the display name of a grade.

    >>> grade_name("07"), grade_name("KG"), grade_name("")
    ('grade 7', 'kindergarten', 'grade not known')
    """
    if grade in _GRADES or not grade:
        return _GRADES.get(grade, "grade not known")
    return f"grade {grade.lstrip('0') or grade}"
