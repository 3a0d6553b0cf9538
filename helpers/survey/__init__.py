"""Assess a school system: what its people answer on six domains, compared with what its files show."""

from helpers.survey.against_files import compare_opinion_with_files, measured_items
from helpers.survey.answers import UNNAMED, AnswerFile, SurveyAnswers, must_be_readable, read_answers
from helpers.survey.form import blank_form, form_words
from helpers.survey.results import SurveyResults, assess_system, change, next_steps
from helpers.survey.scores import AGREE, agreement, average_deviation, item_scores, r_wg, survey_scores

# Public names, each documented. Other imports here are for other rooms.
__all__ = [
    "AGREE",
    "SurveyAnswers",
    "SurveyResults",
    "agreement",
    "assess_system",
    "average_deviation",
    "blank_form",
    "change",
    "compare_opinion_with_files",
    "form_words",
    "item_scores",
    "measured_items",
    "must_be_readable",
    "next_steps",
    "r_wg",
    "read_answers",
    "survey_scores",
]
