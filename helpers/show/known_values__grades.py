"""Split off."""

from __future__ import annotations

__all__ = ["grade_words"]


_GRADES = {"KG": "kindergarten", "PK": "pre-kindergarten", "PS": "preschool"}


def grade_words(grade: str) -> str:
    """Say a grade in words.

    Examples
    --------
    >>> grade_words("07"), grade_words("KG"), grade_words("")
    ('grade 7', 'kindergarten', 'grade not known')
    """
    if grade in _GRADES or not grade:
        return _GRADES.get(grade, "grade not known")
    return f"grade {grade.lstrip('0') or grade}"
