"""What a team decides, under one name: rubric, contract and plan of people, each written in its module."""

from helpers.show.contract_page import contract_page, shown_contract
from helpers.show.people_chart import coverage_sentence, people_chart
from helpers.show.people_page import assumed_table, cost_sentence, month_table, people_blocks, people_page
from helpers.show.rubric_table import rubric_blocks, rubric_picture, rubric_words
from helpers.show.systems import short_names

__all__ = [
    "assumed_table",
    "contract_page",
    "cost_sentence",
    "coverage_sentence",
    "month_table",
    "people_blocks",
    "people_chart",
    "people_page",
    "rubric_blocks",
    "rubric_picture",
    "rubric_words",
    "short_names",
    "shown_contract",
]
