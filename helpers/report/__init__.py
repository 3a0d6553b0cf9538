"""Charts, pages, widgets and whole reports in one style."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.blocks import Block, about_line, answer, banner, joined, paragraph, reading, stacked
    from helpers.report.charts.level_dots import Panel, level_dots
    from helpers.report.charts.picture import Picture
    from helpers.report.child.indicators import (
        definition_counts,
        definition_words,
        indicator_sentences,
    )
    from helpers.report.child.page import disputed
    from helpers.report.child.source_rows import show_source_row
    from helpers.report.child.values import missing_lines, value_lines
    from helpers.report.display_names import (
        element_names,
        fact_name,
        figure_name,
        finding_words,
        group_name,
        in_words,
        short_names,
        silo_name,
        system_names,
        system_names_in_text,
    )
    from helpers.report.family.corrections import corrections_of, read_corrections
    from helpers.report.family.pages import family_pages, pages_of, prepare, shown_page
    from helpers.report.family.printing import find_chromium, print_pages
    from helpers.report.family.recipients import kit_language, read_offices
    from helpers.report.family.write import codes_in, records_of, save_lookup, save_run, write_pages
    from helpers.report.messages import language
    from helpers.report.pages.check_in import check_in_outcomes
    from helpers.report.pages.contract import (
        contract_page,
        rubric_blocks,
        rubric_picture,
        rubric_words,
        shown_contract,
    )
    from helpers.report.pages.explain import explain, explain_page, page_of_measure
    from helpers.report.pages.gap_tables import large_groups
    from helpers.report.pages.gaps import blocked_sentence, gaps_page, work_sentence
    from helpers.report.pages.levels import LevelsPage, levels_page
    from helpers.report.pages.page import block_page, heading, note
    from helpers.report.pages.questions import (
        communication_chart,
        communication_table,
        families_in_words,
        missing_sentences,
        platforms_chart,
        question_lines,
        question_table,
        quoted_table,
        reason_text,
    )
    from helpers.report.pages.record_cards import record_cards_page
    from helpers.report.pages.session import handout_page, slides_page
    from helpers.report.runs.actions import order_sentence, usual_action
    from helpers.report.runs.execute import NotebookRun, Progress, run_notebooks
    from helpers.report.runs.figures import describe_outcomes, describe_rows, link_statuses_by_system
    from helpers.report.runs.first_page import first_actions
    from helpers.report.runs.notebooks import notebooks_folder
    from helpers.report.runs.report import ReportResult, make_report_district, run_report
    from helpers.report.school_systems.sector import (
        change_picture,
        compare_with_published,
        difference_picture,
        maturity_chart,
        sector_page,
    )
    from helpers.report.school_systems.simulated_sector import sector_made_page
    from helpers.report.school_systems.staffing import (
        assumed_table,
        cost_sentence,
        coverage_sentence,
        month_table,
        people_blocks,
        people_chart,
        people_page,
    )
    from helpers.report.school_systems.survey import (
        INVENTED,
        REAL,
        beside_words,
        change_table,
        disagreement_table,
        opinion_chart,
        opinion_table,
        profile_picture,
        rows_set_aside_note,
        steps_table,
        survey_page,
    )
    from helpers.report.school_systems.survey_text import (
        describe_agreement,
        describe_change,
        describe_data_team,
        describe_maturity,
        domain_title,
    )
    from helpers.report.tables import number_text, table
    from helpers.report.templates import fill
    from helpers.report.theme import page_css
    from helpers.report.to_do import Action, action_list
    from helpers.report.widgets import view_of
    from helpers.report.widgets.check_in import check_in
    from helpers.report.widgets.dashboard import dashboard
    from helpers.report.widgets.one_change import change_steps, change_timeline
    from helpers.report.widgets.review_desk import review_desk
    from helpers.report.widgets.serve_dashboard import must_be_free, serve_dashboard, store_of
    from helpers.report.widgets.slider import slider
    from helpers.report.widgets.survey_form import survey_form

# Public names, each documented. Other imports here are for other rooms.
__all__ = [
    "INVENTED",
    "REAL",
    "NotebookRun",
    "ReportResult",
    "action_list",
    "answer",
    "assumed_table",
    "banner",
    "beside_words",
    "change_steps",
    "change_table",
    "change_timeline",
    "check_in",
    "check_in_outcomes",
    "communication_chart",
    "communication_table",
    "contract_page",
    "cost_sentence",
    "coverage_sentence",
    "dashboard",
    "definition_words",
    "describe_agreement",
    "describe_change",
    "describe_data_team",
    "describe_maturity",
    "disagreement_table",
    "element_names",
    "family_pages",
    "indicator_sentences",
    "missing_lines",
    "month_table",
    "opinion_chart",
    "opinion_table",
    "people_blocks",
    "people_chart",
    "people_page",
    "platforms_chart",
    "profile_picture",
    "question_table",
    "quoted_table",
    "reading",
    "rubric_blocks",
    "rubric_picture",
    "rubric_words",
    "run_notebooks",
    "run_report",
    "short_names",
    "show_source_row",
    "shown_contract",
    "shown_page",
    "slider",
    "steps_table",
    "survey_form",
    "survey_page",
    "table",
    "value_lines",
]

# We load each name on first use: charts, widgets and notebook runs take seconds to import. The imports for
# types above say which module has it.
_TYPED = next(node for node in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(node, ast.If))
_MODULE_OF = {
    name.name: str(node.module)
    for node in _TYPED.body
    if isinstance(node, ast.ImportFrom)
    for name in node.names
}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)
