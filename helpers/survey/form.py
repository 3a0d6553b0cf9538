"""Define the survey form: its columns, their allowed values, and a blank form."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from helpers.layouts import Column, FileLayout, Layout
from helpers.standard import STRING, declared_survey

__all__ = ["ABOUT", "answers_layout", "blank_form", "form_columns", "form_words", "row_name", "unnamed"]

# Columns about the respondent; item columns follow, then the note.
ABOUT = ("system", "year", "respondent", "role", "data_team")
NOTE = "note"
YES_NO = "yes|no"
ALL_ITEMS = "all items"
HEADS = {
    "system": ["School system", "District"],
    "year": ["School year"],
    "respondent": ["Name", "Your name", "Participant"],
    "role": ["Your role", "Position"],
    NOTE: ["Notes", "Comment", "Comments"],
}

_ROW = re.compile(r"row \d+(?: of .+)?", re.IGNORECASE)


def row_name(row: int, table: str = "") -> str:
    """Name an unnamed respondent by row."""
    return f"row {row} of {table}" if table else f"row {row}"


def unnamed(respondent: str) -> bool:
    """Check whether a respondent is named by row; the same row of another file may be anybody.

    >>> unnamed("row 2"), unnamed("Row 12 of answers.xlsx"), unnamed("Rowena 2")
    (True, True, False)
    """
    return _ROW.fullmatch(respondent) is not None


def form_columns() -> list[str]:
    """Return the columns of the form, in order."""
    return [*ABOUT, *declared_survey().items, NOTE]


def blank_form() -> pd.DataFrame:
    """Return the blank form.

    Returns
    -------
    pandas.DataFrame
        Columns of `form_columns`, dtype string, without rows.
    """
    return pd.DataFrame({name: pd.Series(dtype=STRING) for name in form_columns()})


def form_words() -> pd.DataFrame:
    """Return the codebook of the blank form: text of each item and answer.

    Returns
    -------
    pandas.DataFrame
        ``column`` of the form, ``domain``, ``question`` and the meaning of ``1`` to ``4``; dtype string. The
        first row gives the source of all items, because people who get only the file see no page.
    """
    survey = declared_survey()
    rows = [(ALL_ITEMS, "", survey.own, "", "", "", "")]
    rows += [("data_team", "in no score", survey.data_team.text, "yes or no", "", "", "")]
    rows += [
        (item.id, survey.domains[item.domain].title, item.text, *item.anchors)
        for item in survey.items.values()
    ]
    return pd.DataFrame(rows, columns=["column", "domain", "question", "1", "2", "3", "4"]).astype(STRING)


def _codes(anchors: tuple[str, ...]) -> dict[str, str]:
    """Return the allowed values of an item's cell: a number, or the anchor's text as web forms export it."""
    numbers = {str(place): str(place) for place in range(1, len(anchors) + 1)}
    codes = dict(numbers)
    for place, words in enumerate(anchors, start=1):
        bare = words.removesuffix(".")
        for text in (words, bare):
            codes |= {text: str(place)}
            codes |= {f"{place}{mark} {text}": str(place) for mark in (":", ".", ")", " -", "")}
    # Programs write integers this way if a column has empty cells.
    return codes | {f"{number}.0": number for number in numbers}


@cache
def answers_layout() -> Layout:
    """Return the form as a layout, so that we read it like any other export."""
    survey = declared_survey()
    about = {"optional": True, "sensitivity": "internal"}
    columns = [
        Column(name="system", aliases=HEADS["system"], meaning="School system", **about),
        Column(name="year", type="year", aliases=HEADS["year"], meaning="Year of the survey", **about),
        Column(name="respondent", aliases=HEADS["respondent"], optional=True, meaning="Who answers"),
        Column(name="role", aliases=HEADS["role"], meaning="Their work", **about),
        Column(
            name="data_team",
            type="boolean",
            format=YES_NO,
            aliases=[survey.data_team.text],
            meaning=survey.data_team.text,
            **about,
        ),
        *(
            Column(
                name=item.id,
                type="code",
                codes=_codes(item.anchors),
                aliases=[item.text, f"{item.id} {item.text}", f"{item.title} {item.text}"],
                meaning=item.text,
                **about,
            )
            for item in survey.items.values()
        ),
        Column(name=NOTE, aliases=HEADS[NOTE], optional=True, meaning="What the respondent adds"),
    ]
    kinds = [
        FileLayout(
            name=name,
            path=path,
            format=name,
            row_is="one respondent's answers in a year",
            columns=columns,
        )
        for name, path in (("csv", "*.csv"), ("xlsx", "*.xlsx"))
    ]
    return Layout(
        layout="survey_answers",
        silo="survey",
        title="Where a school system stands",
        source=survey.own,
        source_status="own",
        file=kinds,
    )
