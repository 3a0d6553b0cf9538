"""Where a school system stands: what its people answer on six domains, and what its files say beside it."""

from helpers.survey.against_files import beside_files, measured_items
from helpers.survey.answers import SurveyAnswers, must_be_readable, read_answers
from helpers.survey.form import blank_form, form_words
from helpers.survey.results import Standing, change, next_steps, where_it_stands
from helpers.survey.scores import AGREE, agreement, average_deviation, item_scores, r_wg, survey_scores

__all__ = [
    "AGREE",
    "Standing",
    "SurveyAnswers",
    "agreement",
    "average_deviation",
    "beside_files",
    "blank_form",
    "change",
    "form_words",
    "item_scores",
    "measured_items",
    "must_be_readable",
    "next_steps",
    "r_wg",
    "read_answers",
    "survey_scores",
    "where_it_stands",
]
