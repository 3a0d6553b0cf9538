"""One language of rules: what indicators, questions, example children and pages ask of a child.

A condition looks like ``chronically_absent and grade_average < 65``; ``docs/conditions.md`` has the language
on one page. Nothing is executed as code. A value that isn't known makes a comparison unknown, and never
false: ``and``, ``or`` and ``not`` follow SQL's three-valued logic.
"""

from helpers.profile.conditions.condition import Condition, ConditionText, Expression, ExpressionText
from helpers.profile.conditions.grammar import Given, is_element, parts_of
from helpers.profile.conditions.truth import FALSE, TRUE, UNKNOWN, Column, Truth
from helpers.profile.conditions.types import element_types

__all__ = [
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "Column",
    "Condition",
    "ConditionText",
    "Expression",
    "ExpressionText",
    "Given",
    "Truth",
    "element_types",
    "is_element",
    "parts_of",
]
