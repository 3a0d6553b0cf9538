"""One page a child for its family, and one for the student: plain words, strengths first."""

from helpers.report.family.definitions import page_terms
from helpers.report.family.statements import going_well
from helpers.report.messages import language, languages

__all__ = ["going_well", "language", "languages", "page_terms"]
