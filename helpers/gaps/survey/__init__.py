"""Where a school system stands: what its people answer on six domains, and what its files say beside it."""

from helpers.gaps.survey.agreement import AGREE, agreement, average_deviation, r_wg
from helpers.gaps.survey.beside_files import beside_files, measured_items
from helpers.gaps.survey.change import change
from helpers.gaps.survey.form import blank_form, form_words
from helpers.gaps.survey.next_steps import next_steps
from helpers.gaps.survey.reading import SurveyAnswers, must_be_readable, read_answers
from helpers.gaps.survey.scores import item_scores, survey_scores
from helpers.gaps.survey.standing import Standing, where_it_stands

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
