"""Comparisons and their levels, in Splink's terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["COMPARISONS", "HOUSEHOLD", "KINDS", "NAME", "Comparison", "Level", "any_pair", "shared"]


@dataclass(frozen=True)
class Level:
    """One level of agreement between two units.

    ``m`` is the probability of this level for records of one child, ``u`` for records of two random children:
    starting values of training, which stay if it learns nothing. With ``frequency``, an agreement on a common
    value of that column weighs less, on a rare one more.
    """

    words: str
    condition: str
    m: float
    u: float
    frequency: str | None = None
    m_is_fixed: bool = False


@dataclass(frozen=True)
class Comparison:
    """One comparison of units; ``unknown`` is the condition that a side lacks the value."""

    name: str
    words: str
    unknown: str | None
    levels: tuple[Level, ...]
    needs: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """Return the comparison in the form of Splink's settings."""
        unknown = {"sql_condition": self.unknown, "label_for_charts": "Not known", "is_null_level": True}
        levels = [] if self.unknown is None else [unknown]
        for level in self.levels:
            one: dict[str, Any] = {
                "sql_condition": level.condition,
                "label_for_charts": level.words,
                "m_probability": level.m,
                "u_probability": level.u,
                "fix_m_probability": level.m_is_fixed,
                "fix_u_probability": False,
            }
            if level.frequency is not None:
                one |= {
                    "tf_adjustment_column": level.frequency,
                    "tf_adjustment_weight": 1.0,
                    "disable_tf_exact_match_detection": level.frequency != "name_key",
                }
            levels.append(one)
        return {
            "output_column_name": self.name,
            "comparison_description": self.words,
            "comparison_levels": levels,
        }


def shared(column: str, other: str | None = None) -> str:
    """Write SQL: lists of the left and the right unit share a value."""
    return f"list_has_any({column}_l, {other or column}_r)"


def any_pair(column: str, condition: str) -> str:
    """Write SQL: some value ``a`` of the left list and some ``b`` of the right meet a condition."""
    inner = f"len(list_filter({column}_r, lambda b: {condition})) > 0"
    return f"len(list_filter({column}_l, lambda a: {inner})) > 0"


# Label of the level that separates siblings. Twins share birth date, home, a parent's e-mail address and
# school, and are still two children. So this level and the last one are not trained but set to outweigh
# everything else together.
HOUSEHOLD = "Surname the same, first names plainly different: brother or sister"

GUARD = 1e-16

# An initial never counts as the same first name.
SAME_FIRST = f"({shared('given_whole')} OR {shared('given_formal')})"
SAME_LAST = shared("family_parts")
SAME_KEY = shared("name_keys")
SWAPPED = f"({shared('given', 'family')} AND {shared('family', 'given')})"

# Daniel and Daniela, or Mario and Maria, are two children, however similar the names.
TWO_GENDERS = (
    "a || 'a' = b OR b || 'a' = a OR "
    "(left(a, -1) = left(b, -1) AND right(a, 1) IN ('a', 'o') AND right(b, 1) IN ('a', 'o'))"
)
# One typo in a name of four to seven letters, two in a longer one, none in a shorter one. Typists rarely miss
# the first letter.
SLIP = (
    "WHEN least(length(a), length(b)) < 4 THEN false "
    "WHEN left(a, 1) <> left(b, 1) AND left(a, 2) <> reverse(left(b, 2)) THEN false "
    "ELSE damerau_levenshtein(a, b) <= CASE WHEN least(length(a), length(b)) >= 8 THEN 2 ELSE 1 END END"
)
FIRST_MISSPELLED = any_pair("given", f"CASE WHEN {TWO_GENDERS} THEN false {SLIP}")
# Systems also truncate long surnames.
LAST_MISSPELLED = any_pair(
    "family_parts",
    "CASE WHEN least(length(a), length(b)) >= 8 AND (starts_with(a, b) OR starts_with(b, a)) THEN true "
    + SLIP,
)
ONE_BEHIND_INITIAL = f"coalesce({shared('given_behind_initial')}, true)"
FIRST_INITIAL = (
    f"({shared('given_initial', 'given_letter')} OR {shared('given_letter', 'given_initial')}) "
    f"AND {ONE_BEHIND_INITIAL}"
)
# If both sides have only initials as first names, only the surname counts.
NO_FIRST = (
    "(given_l IS NULL OR given_r IS NULL OR (given_whole_l IS NULL AND given_whole_r IS NULL AND "
    f"{shared('given_initial')}))"
)
LAST_INITIAL = (
    f"({shared('family_initial', 'family_letter')} OR {shared('family_letter', 'family_initial')}) "
    f"AND {ONE_BEHIND_INITIAL}"
)
# Many nicknames are beginnings (Santi, Ibra); no list has them all.
FIRST_IN_DOUBT = any_pair(
    "given_whole",
    f"CASE WHEN {TWO_GENDERS} THEN false "
    "WHEN least(length(a), length(b)) >= 3 AND (starts_with(a, b) OR starts_with(b, a)) THEN true "
    "ELSE left(a, 1) = left(b, 1) AND jaro_winkler_similarity(a, b) >= 0.88 END",
)

NAME = Comparison(
    name="name",
    words="Name",
    unknown="(given_l IS NULL AND family_l IS NULL) OR (given_r IS NULL AND family_r IS NULL)",
    levels=(
        Level("Full name the same", "name_key_l = name_key_r", 0.70, 3e-5, frequency="name_key"),
        Level("Same words in another order", f"{SAME_KEY} AND {SWAPPED}", 0.02, 2e-6, frequency="name_key"),
        Level(
            "Full name the same but for a second name or a part of the surname",
            f"{SAME_KEY} AND {shared('given_whole')}",
            0.08,
            4e-6,
            frequency="name_key",
        ),
        Level(
            "Nickname or other spelling of the first name, surname the same or part of it",
            SAME_KEY,
            0.05,
            4e-6,
            frequency="name_key",
        ),
        Level("First name the same, surname misspelled", f"{SAME_FIRST} AND {LAST_MISSPELLED}", 0.03, 1e-5),
        Level("First name misspelled, surname the same", f"{SAME_LAST} AND {FIRST_MISSPELLED}", 0.03, 1e-5),
        Level("First name and surname misspelled", f"{FIRST_MISSPELLED} AND {LAST_MISSPELLED}", 0.001, 3e-6),
        Level(
            "First name the same, initial of the surname fits",
            f"{SAME_FIRST} AND {LAST_INITIAL}",
            0.01,
            2.2e-6,
        ),
        Level(
            "Surname the same, initial of the first name fits",
            f"{SAME_LAST} AND {FIRST_INITIAL}",
            0.01,
            2.8e-6,
        ),
        Level(
            "First name the same, no surname on one side",
            f"{SAME_FIRST} AND (family_l IS NULL OR family_r IS NULL)",
            0.01,
            3.5e-5,
        ),
        Level(
            "Surname the same, no first name on one side",
            f"{SAME_LAST} AND {NO_FIRST}",
            0.01,
            4e-5,
        ),
        Level(
            "First name only begins alike, surname the same", f"{SAME_LAST} AND {FIRST_IN_DOUBT}", 3e-3, 5e-5
        ),
        Level(
            "First name the same, surname different: a changed surname",
            SAME_FIRST,
            0.02,
            5e-3,
            frequency="first_name",
        ),
        Level(HOUSEHOLD, SAME_LAST, GUARD, 4e-3, m_is_fixed=True),
        Level("First name and surname different", "ELSE", GUARD, 0.98, m_is_fixed=True),
    ),
)


# Conditions are SQL over `inputs.COLUMNS`. Nothing here depends on a record's system.

# How many of the two units have a birth date. If both do, rules have linked most matches already. So the
# prior differs among the three kinds.
KINDS = ("Both tell a birth date", "One tells a birth date", "Neither tells a birth date")


def _unknown(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


SAME_PLACE = f"({shared('postcodes')} OR {shared('localities')})"

COMPARISONS = (
    Comparison(
        name="kind",
        words="Birth dates told",
        unknown=None,
        levels=(
            Level(KINDS[0], "birth_days_l IS NOT NULL AND birth_days_r IS NOT NULL", 0.02, 0.04),
            Level(KINDS[1], "birth_days_l IS NOT NULL OR birth_days_r IS NOT NULL", 0.33, 0.32),
            Level(KINDS[2], "ELSE", 0.65, 0.64),
        ),
    ),
    NAME,
    Comparison(
        name="birth_date",
        words="Birth date",
        unknown=_unknown("birth_days"),
        levels=(
            Level("Birth date the same", shared("birth_days"), 0.70, 2e-4),
            Level("Day and month exchanged", shared("birth_days_free"), 0.04, 1e-4),
            Level(
                "One digit of the birth date off",
                any_pair("birth_days", "damerau_levenshtein(a, b) <= 1"),
                0.12,
                4e-3,
            ),
            Level("Two of day, month and year the same", shared("birth_parts"), 0.06, 0.01),
            Level("Only the birth year the same", shared("birth_years"), 0.03, 0.07),
            Level("Birth date different", "ELSE", 0.05, 0.91),
        ),
    ),
    Comparison(
        name="sex",
        words="Sex",
        unknown=_unknown("sex"),
        levels=(
            Level("Sex the same", shared("sex"), 0.99, 0.5),
            Level("Sex different", "ELSE", 0.01, 0.5),
        ),
    ),
    Comparison(
        name="school",
        words="School",
        unknown=_unknown("schools"),
        levels=(
            Level("School the same", shared("schools"), 0.93, 0.06),
            Level("School different", "ELSE", 0.07, 0.94),
        ),
    ),
    Comparison(
        name="grade",
        words="Grade",
        # Birth date implies grade: if both have one, grade adds no evidence.
        unknown=f"{_unknown('grades')} OR (birth_days_l IS NOT NULL AND birth_days_r IS NOT NULL)",
        levels=(
            Level("Grade the same", shared("grades"), 0.95, 0.08),
            Level(
                "Grade one apart",
                f"{shared('grades', 'grades_after')} OR {shared('grades_after', 'grades')}",
                0.03,
                0.15,
            ),
            Level("Grade further apart", "ELSE", 0.02, 0.77),
        ),
    ),
    Comparison(
        name="middle_name",
        words="Middle name",
        unknown=_unknown("middle"),
        levels=(
            Level("Middle name the same", shared("middle"), 0.75, 0.01),
            Level(
                "Initial of the middle name fits",
                f"{shared('middle_initial', 'middle_letter')} OR {shared('middle_letter', 'middle_initial')}",
                0.20,
                0.05,
            ),
            Level("Middle name different", "ELSE", 0.05, 0.94),
        ),
    ),
    Comparison(
        name="e_mail",
        words="E-mail",
        unknown=_unknown("emails"),
        levels=(
            Level("E-mail the same", shared("emails"), 0.80, 5e-5),
            Level("E-mail the same before the @", shared("email_users"), 0.05, 5e-5),
            Level("E-mail different", "ELSE", 0.15, 0.9999),
        ),
    ),
    # Everybody in a home shares one phone and one address. Together they are hardly more evidence than
    # either, so they form one comparison.
    Comparison(
        name="home",
        words="Home",
        unknown=(
            f"({_unknown('telephones')}) AND ({_unknown('addresses')}) AND ({_unknown('postcodes')}) "
            f"AND ({_unknown('localities')})"
        ),
        levels=(
            Level(
                "Address and telephone the same",
                f"{shared('addresses')} AND {shared('telephones')}",
                0.60,
                5e-5,
            ),
            Level("Telephone the same", shared("telephones"), 0.12, 5e-5),
            Level("Address the same", f"{shared('addresses')} AND {SAME_PLACE}", 0.12, 8e-5),
            Level("Address the same, place unknown or different", shared("addresses"), 0.02, 2e-5),
            Level(
                "Address misspelled, place the same",
                f"{SAME_PLACE} AND {any_pair('addresses', 'damerau_levenshtein(a, b) <= 2')}",
                0.03,
                1e-4,
            ),
            Level("Postal code the same", shared("postcodes"), 0.04, 0.15),
            Level("Town the same", shared("localities"), 0.03, 0.35),
            Level("Home different", "ELSE", 0.04, 0.50),
        ),
    ),
)
