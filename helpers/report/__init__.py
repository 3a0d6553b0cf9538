"""Charts, pages, widgets and whole reports, all in one look."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.blocks import answer, banner, reading
    from helpers.report.child.indicators import definition_words, indicator_sentences
    from helpers.report.child.page import disputed
    from helpers.report.child.source_rows import show_source_row
    from helpers.report.child.values import missing_lines, value_lines
    from helpers.report.display_names import element_names, short_names
    from helpers.report.family.pages import family_pages, shown_page
    from helpers.report.pages.contract import (
        contract_page,
        rubric_blocks,
        rubric_picture,
        rubric_words,
        shown_contract,
    )
    from helpers.report.pages.questions import (
        communication_chart,
        communication_table,
        platforms_chart,
        question_table,
        quoted_table,
    )
    from helpers.report.pages.staffing import (
        assumed_table,
        cost_sentence,
        coverage_sentence,
        month_table,
        people_blocks,
        people_chart,
        people_page,
    )
    from helpers.report.pages.survey import (
        INVENTED,
        REAL,
        beside_words,
        change_table,
        disagreement_table,
        opinion_chart,
        opinion_table,
        profile_picture,
        steps_table,
        survey_page,
    )
    from helpers.report.pages.survey_text import (
        describe_agreement,
        describe_change,
        describe_data_team,
        describe_maturity,
    )
    from helpers.report.runs.execute import NotebookRun, run_notebooks
    from helpers.report.runs.report import ReportResult, run_report
    from helpers.report.tables import table
    from helpers.report.widgets.dashboard import dashboard
    from helpers.report.widgets.one_change import change_steps, change_timeline
    from helpers.report.widgets.survey_form import survey_form

__all__ = [
    "INVENTED",
    "REAL",
    "NotebookRun",
    "ReportResult",
    "answer",
    "assumed_table",
    "banner",
    "beside_words",
    "change_steps",
    "change_table",
    "change_timeline",
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
    "disputed",
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
    "steps_table",
    "survey_form",
    "survey_page",
    "table",
    "value_lines",
]

# Each name is loaded when it is first used: charts, widgets and notebook runs take seconds to import.
_MODULES = {
    "helpers.report.blocks": (
        "answer",
        "banner",
        "reading",
    ),
    "helpers.report.child.indicators": (
        "definition_words",
        "indicator_sentences",
    ),
    "helpers.report.child.page": ("disputed",),
    "helpers.report.child.source_rows": ("show_source_row",),
    "helpers.report.child.values": (
        "missing_lines",
        "value_lines",
    ),
    "helpers.report.display_names": (
        "element_names",
        "short_names",
    ),
    "helpers.report.family.pages": (
        "family_pages",
        "shown_page",
    ),
    "helpers.report.pages.contract": (
        "contract_page",
        "rubric_blocks",
        "rubric_picture",
        "rubric_words",
        "shown_contract",
    ),
    "helpers.report.pages.questions": (
        "communication_chart",
        "communication_table",
        "platforms_chart",
        "question_table",
        "quoted_table",
    ),
    "helpers.report.pages.staffing": (
        "assumed_table",
        "cost_sentence",
        "coverage_sentence",
        "month_table",
        "people_blocks",
        "people_chart",
        "people_page",
    ),
    "helpers.report.pages.survey": (
        "INVENTED",
        "REAL",
        "disagreement_table",
        "opinion_chart",
        "opinion_table",
        "beside_words",
        "change_table",
        "profile_picture",
        "steps_table",
        "survey_page",
    ),
    "helpers.report.pages.survey_text": (
        "describe_agreement",
        "describe_change",
        "describe_data_team",
        "describe_maturity",
    ),
    "helpers.report.runs.execute": (
        "NotebookRun",
        "run_notebooks",
    ),
    "helpers.report.runs.report": (
        "ReportResult",
        "run_report",
    ),
    "helpers.report.tables": ("table",),
    "helpers.report.widgets.dashboard": ("dashboard",),
    "helpers.report.widgets.one_change": (
        "change_timeline",
        "change_steps",
    ),
    "helpers.report.widgets.survey_form": ("survey_form",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a name of this room from the module that defines it."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)
