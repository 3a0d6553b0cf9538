"""Write one page per child for the family, and one for the student: plain words, strengths first."""

from helpers.report.child.shown_elements import page_terms
from helpers.report.messages import language, languages

__all__ = ["language", "languages", "page_terms"]
