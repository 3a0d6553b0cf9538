"""What a comparison is made of: levels in words, each with the condition in SQL under which a pair has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Comparison", "Level", "any_pair", "shared"]


@dataclass(frozen=True)
class Level:
    """How well two units agree in one respect.

    ``m`` is how often one child's records stand here, ``u`` how often records of two children drawn by chance
    do: where training begins, and what stays where it learns nothing. Where ``frequency`` names a column, an
    agreement in a common value of it weighs less, in a rare one more.
    """

    words: str
    condition: str
    m: float
    u: float
    frequency: str | None = None
    m_is_fixed: bool = False


@dataclass(frozen=True)
class Comparison:
    """One respect in which units are compared; ``unknown`` holds where one side doesn't tell."""

    name: str
    words: str
    unknown: str | None
    levels: tuple[Level, ...]
    needs: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """Give the comparison as Splink's settings want it."""
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
    """Say in SQL that a list of the left unit and one of the right have a value in common."""
    return f"list_has_any({column}_l, {other or column}_r)"


def any_pair(column: str, condition: str) -> str:
    """Say in SQL that some value ``a`` of the left list and some ``b`` of the right fulfil a condition."""
    inner = f"len(list_filter({column}_r, lambda b: {condition})) > 0"
    return f"len(list_filter({column}_l, lambda a: {inner})) > 0"
