"""Questions in words: a picture says its finding; nothing by color alone."""

from __future__ import annotations

import pandas as pd

from helpers.gaps.family_communication import quoted_figures
from helpers.report.pages.questions import (
    communication_chart,
    communication_table,
    platforms_chart,
    question_table,
    quoted_table,
    reason_text,
)
from helpers.share.guard import Guard
from helpers.standard import as_table, empty_table, plain

ANSWERS = as_table(
    "question_answers",
    pd.DataFrame(
        {
            "question": ["a", "b"],
            "text": ["Who?", "How many?"],
            "status": ["Answered", "Not answerable"],
            "asked_by": ["nurse; family", "board"],
            "concerned": 120,
            "children": [4, 0],
            "of_children": [118, 0],
            "unknown": [2, 120],
            "answerable": [118, 0],
            "share_answerable": [0.98, 0.0],
            "why": ["Not joined", "Not permitted"],
            "reasons": ["Not joined 2", "Not permitted 120"],
            "platforms_before": [3, 1],
            "platforms_after": 1,
        }
    ).reindex(columns=empty_table("question_answers").columns),
)


def informed(**numbers: int) -> pd.DataFrame:
    rows = [
        {"measure": measure, "domain": domain, "numerator": number, "denominator": 100, "share": number / 100}
        for domain in ("absences", "tests")
        for measure, number in (numbers if domain == "absences" else {"No message about it": 100}).items()
    ]
    return as_table("families_informed", pd.DataFrame(rows).assign(group_by=None, group=None))


def test_why_is_said_in_words() -> None:
    assert reason_text("Not permitted") == "you may not see it"
    assert reason_text(pd.NA) == reason_text(None) == "–"


def test_pictures_say_their_finding() -> None:
    assert "1 of 2 questions" in plain(platforms_chart(ANSWERS).alt)
    told = communication_chart(informed(**{"read": 60, "Sent and not opened": 40}))
    assert "days missed" in told.alt
    assert "reached no family" in told.alt


def test_families_are_told_of_in_words_and_not_in_names_of_columns() -> None:
    text = communication_table(informed(**{"read": 60, "Sent and not opened": 40}))._repr_html_()
    for words in ("days missed", "read at home", "sent and not opened", "no message about it"):
        assert words in text
    assert not any(
        f">{code}<" in text for code in ("absences", "measure", "numerator", "denominator", "read")
    )


def test_of_a_real_folder_no_small_number_is_on_the_page() -> None:
    open_page = question_table(ANSWERS)._repr_html_()
    assert ">4<" in open_page
    assert "nurse, family" in open_page
    real = question_table(ANSWERS, Guard(real=True))._repr_html_()
    assert ">4<" not in real
    assert ">118<" not in real
    few = communication_table(informed(read=97), Guard(real=True))._repr_html_()
    assert ">97<" not in few


def test_quoted_figures_stand_apart_with_their_source() -> None:
    page = quoted_table(quoted_figures())._repr_html_()
    for words in ("89", "58", "not results of this district", "never subtract", "not traced"):
        assert words in page
