"""One page a child for its family, and one for the student: plain words, strengths first."""

from helpers.show.family.declared import page_terms
from helpers.show.family.language import language, languages
from helpers.show.family.rules import going_well

__all__ = ["going_well", "language", "languages", "page_terms"]
