"""Write one page per child for the family, and one for the student: plain words, strengths first."""

from helpers.report.family.shown_elements import page_terms
from helpers.report.family.statements import find_strengths
from helpers.report.messages import language, languages

__all__ = ["find_strengths", "language", "languages", "page_terms"]
