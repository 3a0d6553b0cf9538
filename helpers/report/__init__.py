"""Charts, pages, widgets and whole reports, all in one look."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.report.blocks import answer, banner, reading
    from helpers.report.child.indicators import definition_words, indicator_sentences
    from helpers.report.child.page import disputed
    from helpers.report.child.source_rows import as_written
    from helpers.report.child.values import missing_lines, value_lines
    from helpers.report.display_names import element_words, short_names
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
        apart_table,
        beside_picture,
        beside_table,
        beside_words,
        change_table,
        profile_picture,
        steps_table,
        survey_page,
    )
    from helpers.report.pages.survey_text import (
        agreement_words,
        change_words,
        data_team_words,
        standing_sentence,
    )
    from helpers.report.runs.execute import NotebookRun, run_notebooks
    from helpers.report.runs.report import ReportResult, report
    from helpers.report.tables import table
    from helpers.report.widgets.dashboard import dashboard
    from helpers.report.widgets.one_change import change_lanes, change_steps
    from helpers.report.widgets.survey_form import survey_form

__all__ = [
    "INVENTED",
    "REAL",
    "NotebookRun",
    "ReportResult",
    "agreement_words",
    "answer",
    "apart_table",
    "as_written",
    "assumed_table",
    "banner",
    "beside_picture",
    "beside_table",
    "beside_words",
    "change_lanes",
    "change_steps",
    "change_table",
    "change_words",
    "communication_chart",
    "communication_table",
    "contract_page",
    "cost_sentence",
    "coverage_sentence",
    "dashboard",
    "data_team_words",
    "definition_words",
    "disputed",
    "element_words",
    "family_pages",
    "indicator_sentences",
    "missing_lines",
    "month_table",
    "people_blocks",
    "people_chart",
    "people_page",
    "platforms_chart",
    "profile_picture",
    "question_table",
    "quoted_table",
    "reading",
    "report",
    "rubric_blocks",
    "rubric_picture",
    "rubric_words",
    "run_notebooks",
    "short_names",
    "shown_contract",
    "shown_page",
    "standing_sentence",
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
    "helpers.report.child.source_rows": ("as_written",),
    "helpers.report.child.values": (
        "missing_lines",
        "value_lines",
    ),
    "helpers.report.display_names": (
        "element_words",
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
        "apart_table",
        "beside_picture",
        "beside_table",
        "beside_words",
        "change_table",
        "profile_picture",
        "steps_table",
        "survey_page",
    ),
    "helpers.report.pages.survey_text": (
        "agreement_words",
        "change_words",
        "data_team_words",
        "standing_sentence",
    ),
    "helpers.report.runs.execute": (
        "NotebookRun",
        "run_notebooks",
    ),
    "helpers.report.runs.report": (
        "ReportResult",
        "report",
    ),
    "helpers.report.tables": ("table",),
    "helpers.report.widgets.dashboard": ("dashboard",),
    "helpers.report.widgets.one_change": (
        "change_lanes",
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
