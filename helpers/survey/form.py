"""The form that people fill in: its columns, what may stand in them, and an empty one."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from helpers.layouts import Column, FileLayout, Layout
from helpers.standard import STRING, Survey, declared_survey

__all__ = ["ABOUT", "answers_layout", "blank_form", "form_columns", "form_words", "row_name", "unnamed"]

# Columns about the respondent; one column an item stands between them and the note.
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
    """Call somebody who gave no name."""
    return f"row {row} of {table}" if table else f"row {row}"


def unnamed(respondent: str) -> bool:
    """Say whether a respondent is called by a row: in another file that row is anybody's.

    >>> unnamed("row 2"), unnamed("Row 12 of answers.xlsx"), unnamed("Rowena 2")
    (True, True, False)
    """
    return _ROW.fullmatch(respondent) is not None


def form_columns(survey: Survey | None = None) -> list[str]:
    """Name the columns of the form, in order."""
    return [*ABOUT, *(survey or declared_survey()).items, NOTE]


def blank_form(survey: Survey | None = None) -> pd.DataFrame:
    """Give the empty form.

    Parameters
    ----------
    survey
        The kit's by default.

    Returns
    -------
    pandas.DataFrame
        The columns of `form_columns`, dtype string, no row.
    """
    return pd.DataFrame({name: pd.Series(dtype=STRING) for name in form_columns(survey)})


def form_words(survey: Survey | None = None) -> pd.DataFrame:
    """Give what belongs beside an empty form: the words of each item and of each answer.

    Parameters
    ----------
    survey
        The kit's by default.

    Returns
    -------
    pandas.DataFrame
        ``column`` of the form, ``domain``, ``question`` and what ``1`` to ``4`` mean; dtype string. The first
        row is about all items and says whose they are: who is handed the file sees no page.
    """
    survey = survey or declared_survey()
    rows = [(ALL_ITEMS, "", survey.own, "", "", "", "")]
    rows += [("data_team", "in no score", survey.data_team.text, "yes or no", "", "", "")]
    rows += [
        (item.id, survey.domains[item.domain].title, item.text, *item.anchors)
        for item in survey.items.values()
    ]
    return pd.DataFrame(rows, columns=["column", "domain", "question", "1", "2", "3", "4"]).astype(STRING)


def _codes(anchors: tuple[str, ...]) -> dict[str, str]:
    """Give what may stand in an item's cell: a number, or an anchor's words, as a web form exports them."""
    numbers = {str(place): str(place) for place in range(1, len(anchors) + 1)}
    codes = dict(numbers)
    for place, words in enumerate(anchors, start=1):
        bare = words.removesuffix(".")
        for text in (words, bare):
            codes |= {text: str(place)}
            codes |= {f"{place}{mark} {text}": str(place) for mark in (":", ".", ")", " -", "")}
    # Programs that keep an empty cell among whole numbers write them so.
    return codes | {f"{number}.0": number for number in numbers}


@cache
def answers_layout() -> Layout:
    """Give the form as a layout of the files room, so that it is read as any other export is."""
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
