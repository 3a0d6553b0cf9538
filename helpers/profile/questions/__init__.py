"""Questions that people ask about children, and what a district's systems can answer."""

from helpers.profile.questions.answers import (
    Asking,
    answer_questions,
    children_for,
    groups_for,
    rows_behind,
    status_of,
)
from helpers.profile.questions.definitions import (
    Question,
    Questions,
    declared_questions,
    question_named,
    read_questions,
)

__all__ = [
    "Asking",
    "Question",
    "Questions",
    "answer_questions",
    "children_for",
    "declared_questions",
    "groups_for",
    "question_named",
    "read_questions",
    "rows_behind",
    "status_of",
]
