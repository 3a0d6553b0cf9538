"""How families of each origin group name their children: order, particles, patronymics, two surnames.

A custom is a share of families or of children; the shares are the kit's own, since nobody publishes how
often a custom is kept in American schools. What the customs are is common knowledge of each language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CUSTOMS", "ORIGINS", "Custom"]


@dataclass(frozen=True)
class Custom:
    """How families of one origin group name their children: shares of families or of children."""

    both_surnames: float = 0.005
    """Father's and mother's surname, side by side: García López."""
    hyphenated: float = 0.045
    """The same, with a hyphen: Young-Adams."""
    mothers_surname: float = 0.08
    """The mother's alone."""
    mothers_first: bool = False
    """Where both are borne, the mother's stands first: Souza Pereira."""
    wife_takes_surname: float = 0.75
    english_first: float = 0.0
    """An English first name, and the name of the old country in the middle."""
    middle: Literal["given", "middle", "father", "patronymic", "mother", "none"] = "given"
    """A second given name; a name that only stands in the middle; the father's given name; one made of it
    (Ivanovich, Ivanovna); the mother's surname."""
    middle_share: float = 0.75
    feminine_surname: float = 0.0
    """Share of families in which daughters bear another form of the surname: Ivanov, Ivanova."""
    chain: bool = False
    """Nobody has a surname: after a child's name come the father's and the grandfather's."""
    family_name_first: bool = False
    """The family's name is said first, and a clerk who writes down what is said swaps the two."""


CUSTOMS: dict[str, Custom] = {
    "Anglo": Custom(),
    "African American": Custom(),
    "Hispanic": Custom(0.40, 0.08, 0.10, wife_takes_surname=0.2, middle_share=0.45),
    "Vietnamese": Custom(
        0.0,
        0.01,
        0.05,
        wife_takes_surname=0.15,
        english_first=0.35,
        middle="middle",
        middle_share=0.85,
        family_name_first=True,
    ),
    "Arabic": Custom(0.0, 0.01, 0.02, wife_takes_surname=0.1, middle="father", middle_share=0.85),
    "Chinese": Custom(
        0.0, 0.02, 0.05, wife_takes_surname=0.1, english_first=0.55, middle="none", family_name_first=True
    ),
    "South Asian": Custom(0.01, 0.02, 0.04, wife_takes_surname=0.55, middle="father", middle_share=0.35),
    "Korean": Custom(
        0.0, 0.02, 0.05, wife_takes_surname=0.1, english_first=0.55, middle="none", family_name_first=True
    ),
    "West African": Custom(
        0.01, 0.04, 0.05, wife_takes_surname=0.7, english_first=0.3, middle="given", middle_share=0.6
    ),
    "Slavic": Custom(
        0.0, 0.01, 0.04, wife_takes_surname=0.8, middle="patronymic", middle_share=0.5, feminine_surname=0.6
    ),
    "Portuguese": Custom(
        0.45, 0.03, 0.05, mothers_first=True, wife_takes_surname=0.4, middle="none", middle_share=0.0
    ),
    "Filipino": Custom(0.0, 0.02, 0.04, wife_takes_surname=0.8, middle="mother", middle_share=0.85),
    "Hmong": Custom(
        0.0, 0.01, 0.03, wife_takes_surname=0.05, english_first=0.25, middle="none", family_name_first=True
    ),
    "East African": Custom(
        0.0, 0.0, 0.0, wife_takes_surname=0.0, middle="father", middle_share=0.9, chain=True
    ),
    "Haitian": Custom(0.0, 0.03, 0.06, wife_takes_surname=0.7, middle_share=0.5),
    "Native American": Custom(0.0, 0.04, 0.15, wife_takes_surname=0.6, middle_share=0.7),
    "Pacific Islander": Custom(0.0, 0.03, 0.10, wife_takes_surname=0.7, english_first=0.3, middle_share=0.6),
}
ORIGINS: tuple[str, ...] = tuple(CUSTOMS)
