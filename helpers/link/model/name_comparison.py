"""The comparison of two children's names: first name and surname together, in levels that say what they mean.

First names and surnames are compared jointly because they say different things together than apart. A shared
surname with another first name is what brothers and sisters have; with the same first name it is a namesake
or the child.

Conditions are SQL over the columns of `columns.COLUMNS`, left ending in ``_l`` and right in ``_r``. The first
that holds decides, so costly ones stand late.
"""

from __future__ import annotations

from helpers.link.model.levels import Comparison, Level, any_pair, shared

__all__ = ["HOUSEHOLD", "NAME"]

# The words of the level that keeps brothers and sisters apart. Twins share the birth date, the home, the
# e-mail address of a parent and the school, and none of it makes them one child: so this level and the last
# one are not learnt but set to outweigh everything else together.
HOUSEHOLD = "Surname the same, first names plainly different: brother or sister"

GUARD = 1e-16

# An initial is never a first name that is the same.
SAME_FIRST = f"({shared('given_whole')} OR {shared('given_formal')})"
SAME_LAST = shared("family_parts")
SAME_KEY = shared("name_keys")
SWAPPED = f"({shared('given', 'family')} AND {shared('family', 'given')})"

# Daniel and Daniela, Mario and Maria are two children, however few letters lie between them.
TWO_GENDERS = (
    "a || 'a' = b OR b || 'a' = a OR "
    "(left(a, -1) = left(b, -1) AND right(a, 1) IN ('a', 'o') AND right(b, 1) IN ('a', 'o'))"
)
# One slip in a name of four to seven letters, two in a longer one; a shorter name leaves no room for any.
# Typists rarely miss the first letter.
SLIP = (
    "WHEN least(length(a), length(b)) < 4 THEN false "
    "WHEN left(a, 1) <> left(b, 1) AND left(a, 2) <> reverse(left(b, 2)) THEN false "
    "ELSE damerau_levenshtein(a, b) <= CASE WHEN least(length(a), length(b)) >= 8 THEN 2 ELSE 1 END END"
)
FIRST_MISSPELT = any_pair("given", f"CASE WHEN {TWO_GENDERS} THEN false {SLIP}")
# Systems also cut long surnames short.
LAST_MISSPELT = any_pair(
    "family_parts",
    "CASE WHEN least(length(a), length(b)) >= 8 AND (starts_with(a, b) OR starts_with(b, a)) THEN true "
    + SLIP,
)
ONE_BEHIND_INITIAL = f"coalesce({shared('given_behind_initial')}, true)"
FIRST_INITIAL = (
    f"({shared('given_initial', 'given_letter')} OR {shared('given_letter', 'given_initial')}) "
    f"AND {ONE_BEHIND_INITIAL}"
)
# Two initials are no first name on either side: only the surname says something then.
NO_FIRST = (
    "(given_l IS NULL OR given_r IS NULL OR (given_whole_l IS NULL AND given_whole_r IS NULL AND "
    f"{shared('given_initial')}))"
)
LAST_INITIAL = (
    f"({shared('family_initial', 'family_letter')} OR {shared('family_letter', 'family_initial')}) "
    f"AND {ONE_BEHIND_INITIAL}"
)
# Beginnings are what nicknames are made of (Santi, Ibra); no list has them all.
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
        Level("First name the same, surname misspelt", f"{SAME_FIRST} AND {LAST_MISSPELT}", 0.03, 1e-5),
        Level("First name misspelt, surname the same", f"{SAME_LAST} AND {FIRST_MISSPELT}", 0.03, 1e-5),
        Level("First name and surname misspelt", f"{FIRST_MISSPELT} AND {LAST_MISSPELT}", 0.001, 3e-6),
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
