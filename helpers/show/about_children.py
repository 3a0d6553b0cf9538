"""All that a lesson shows about children under one name; each is written in the module of its kind."""

from helpers.show.child_lines import missing_lines, value_lines
from helpers.show.disputed import disputed
from helpers.show.family.embed import shown_page
from helpers.show.family.pages import family_pages
from helpers.show.indicator_words import definition_words, indicator_sentences
from helpers.show.plain_words import element_words
from helpers.show.question_words import (
    communication_chart,
    communication_table,
    platforms_chart,
    question_table,
    quoted_table,
)
from helpers.show.systems import short_names

__all__ = [
    "communication_chart",
    "communication_table",
    "definition_words",
    "disputed",
    "element_words",
    "family_pages",
    "indicator_sentences",
    "missing_lines",
    "platforms_chart",
    "question_table",
    "quoted_table",
    "short_names",
    "shown_page",
    "value_lines",
]
