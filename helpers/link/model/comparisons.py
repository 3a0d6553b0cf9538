"""All comparisons of the model, and what each level means.

Conditions are SQL over the columns of `columns.COLUMNS`. Nothing here knows which system a record comes from.
"""

from __future__ import annotations

from helpers.link.model.levels import Comparison, Level, any_pair, shared
from helpers.link.model.name_comparison import NAME

__all__ = ["COMPARISONS", "KINDS"]

# How many of the two units tell a birth date. Where both do, rules have tied most of what belongs together
# already; so how often a pair is one child before anything is compared differs between the three.
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
        # Children of one birth date are in one grade: where both tell it, the grade would only say it again.
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
    # One home has one telephone and one address, for all children in it: together they say hardly more than
    # either, so they are one comparison.
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
                "Address misspelt, place the same",
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
