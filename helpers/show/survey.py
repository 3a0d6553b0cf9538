"""Everything that is shown of a survey under one name; each part is written in the module of its kind."""

from helpers.show.survey_beside import beside_picture, beside_table, beside_words
from helpers.show.survey_form import survey_form
from helpers.show.survey_page import (
    INVENTED,
    REAL,
    apart_table,
    change_table,
    profile_picture,
    steps_table,
    survey_page,
)
from helpers.show.survey_words import agreement_words, change_words, data_team_words, standing_sentence

__all__ = [
    "INVENTED",
    "REAL",
    "agreement_words",
    "apart_table",
    "beside_picture",
    "beside_table",
    "beside_words",
    "change_table",
    "change_words",
    "data_team_words",
    "profile_picture",
    "standing_sentence",
    "steps_table",
    "survey_form",
    "survey_page",
]
