"""What is compared of two rows: each field's levels of agreement, in words, and how usual each is."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.link.two_files.persons import Persons

__all__ = ["EXCHANGED", "MISSING", "Comparison", "comparisons_of"]

MISSING = -1  # one of both says nothing
EXCHANGED = 6  # the level of names that changed places


@dataclass(frozen=True)
class Comparison:
    """One comparison.

    Attributes
    ----------
    name
        Of the field, as a reason calls it.
    kind
        How it is compared.
    words
        What each level means; the higher of two levels isn't always the better one.
    expected, by_chance
        How often each level occurs among pairs of one person, and of two, before anything is known of the
        files.
    exact
        The level of equal values, whose weight depends on how common the value is; -1: none.
    field
        Of `Persons.texts`, where the values are.
    """

    name: str
    kind: str
    words: tuple[str, ...]
    expected: tuple[float, ...]
    by_chance: tuple[float, ...]
    exact: int = -1
    field: str = ""


GIVEN_WORDS = (
    "different", "an initial that fits", "somewhat alike", "nearly the same", "another form", "the same",
    "exchanged with the surname",
)  # fmt: skip
FAMILY_WORDS = (
    "different", "an initial that fits", "somewhat alike", "nearly the same", "another form", "the same",
    "exchanged with the first name",
)  # fmt: skip
OF_NAMES = (0.03, 0.02, 0.04, 0.08, 0.04, 0.77, 0.02)
CHANCE_NAMES = (0.984, 0.0005, 0.006, 0.003, 0.001, 0.005, 0.0005)
DATE_WORDS = (
    "different", "the same year only", "two of year, month and day the same", "one figure different",
    "day and month exchanged", "the same", "the same year, no more is known",
)  # fmt: skip
OF_DATES = (0.02, 0.02, 0.05, 0.05, 0.02, 0.82, 0.02)
CHANCE_DATES = (0.983, 0.011, 0.003, 0.001, 0.00003, 0.00004, 0.002)
HOME_WORDS = (
    "different", "little in common", "partly the same", "half the same", "nearly the same", "the same",
    "the same, as far as it is known", "different, as far as it is known",
)  # fmt: skip
OF_HOMES = (0.1, 0.05, 0.05, 0.1, 0.15, 0.45, 0.07, 0.03)
CHANCE_HOMES = (0.9, 0.05, 0.02, 0.01, 0.004, 0.003, 0.005, 0.008)
MIDDLE_WORDS = ("different", "an initial that fits", "nearly the same", "the same")
AGE_WORDS = ("different", "within three years", "within a year", "the same")
TEXT_WORDS = ("different", "somewhat alike", "nearly the same", "the same")
OF_TEXTS = (0.15, 0.03, 0.07, 0.75)
CHANCE_TEXTS = (0.95, 0.02, 0.01, 0.02)
CODE_WORDS = ("different", "one sign different", "the same")
OF_CODES = (0.12, 0.05, 0.83)
CHANCE_CODES = (0.9997, 0.0002, 0.0001)


def comparisons_of(persons: Persons) -> list[Comparison]:
    """List the comparisons that some persons allow.

    Parameters
    ----------
    persons
        Of both files.

    Returns
    -------
    list of Comparison
        In the order in which reasons name them.
    """
    there = persons.texts
    found = []
    if "given" in there:
        found.append(Comparison("first name", "given", GIVEN_WORDS, OF_NAMES, CHANCE_NAMES, 5, "given"))
    if "middle" in there:
        found.append(
            Comparison(
                "middle name",
                "middle",
                MIDDLE_WORDS,
                (0.1, 0.2, 0.05, 0.65),
                (0.85, 0.07, 0.01, 0.07),
                3,
                "middle",
            )
        )
    if "family" in there:
        found.append(Comparison("surname", "family", FAMILY_WORDS, OF_NAMES, CHANCE_NAMES, 5, "family"))
    if persons.birth is not None:
        found.append(Comparison("birth date", "birth", DATE_WORDS, OF_DATES, CHANCE_DATES, 5))
    elif persons.age is not None:
        found.append(Comparison("age", "age", AGE_WORDS, (0.05, 0.05, 0.2, 0.7), (0.9, 0.05, 0.03, 0.02)))
    if "sex" in there:
        found.append(Comparison("sex", "sex", ("different", "the same"), (0.03, 0.97), (0.5, 0.5), 1, "sex"))
    if any(name in there for name in ("street", "locality", "postcode", "region", "address_line_2")):
        found.append(Comparison("address", "home", HOME_WORDS, OF_HOMES, CHANCE_HOMES))
    if "telephone" in there:
        found.append(Comparison("telephone", "code", CODE_WORDS, OF_CODES, CHANCE_CODES, 2, "telephone"))
    if "e_mail" in there:
        found.append(Comparison("e-mail", "text", TEXT_WORDS, OF_TEXTS, CHANCE_TEXTS, 3, "e_mail"))
    for name in there:
        if name.startswith(("national_id", "local_id")):
            said = name.replace("_", " ").removesuffix(" 1")
            found.append(Comparison(said, "code", CODE_WORDS, OF_CODES, CHANCE_CODES, 2, name))
    for name in ("school", "grade", "birth_place", "occupation", "race"):
        if name in there:
            found.append(
                Comparison(name.replace("_", " "), "text", TEXT_WORDS, OF_TEXTS, CHANCE_TEXTS, 3, name)
            )
    return found
