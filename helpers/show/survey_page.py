"""The page of a survey: where a school system stands, what to do next, where people and files disagree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.block_page import about_line, block_page, heading, note
from helpers.show.blocks import Block, answer, reading
from helpers.show.picture import Picture
from helpers.show.plain_words import finding_words
from helpers.show.survey_beside import beside_picture, beside_table, beside_words
from helpers.show.survey_profile import survey_profile
from helpers.show.survey_words import (
    agreement_words,
    change_words,
    data_team_words,
    domain_title,
    people_words,
    standing_sentence,
)
from helpers.show.tables import table
from helpers.standard import STRING
from helpers.standard.survey_items import declared_survey
from helpers.survey.answers import UNNAMED

if TYPE_CHECKING:
    from helpers.survey import Standing

__all__ = [
    "INVENTED",
    "REAL",
    "apart_table",
    "change_table",
    "odd_things",
    "profile_picture",
    "steps_table",
    "survey_page",
]

QUESTION = "Where does this school system stand?"
INVENTED = "These answers are invented: nobody gave them."
R_WG = (
    "The column r_wg compares the answers with answers thrown at random: 1 is all alike, 0 is no better than "
    "chance."
)
ROWS_NAMED = 5  # of what is odd in many rows, so many are named; the rest stands in the CSV
REAL = "What real people answered about their own school system: for those who asked them, and nobody else."


def profile_picture(standing: Standing) -> Picture | Block:
    """Draw the profile by domain, or say that there is none.

    Parameters
    ----------
    standing
        What a year's answers say.

    Returns
    -------
    Picture or Block
        A sentence where no domain has a score.
    """
    if standing.lowest is None:
        return note("No domain has a score, so there is no profile to draw.")
    when = f", {standing.year}" if standing.year else ""
    answered = int(standing.people["answered"].gt(0).sum())
    rings = (
        " A ring: whoever answered twice has moved as far as from there to the dot."
        if len(standing.change)
        else ""
    )
    return survey_profile(
        standing.scores,
        standing.change,
        title=f"{_begun(standing.system)} stands lowest in {domain_title(standing.lowest)}",
        caption=f"{_begun(standing.system)}{when}: {people_words(answered)}, 1 to 4, each anchored in "
        f"words.{rings} {declared_survey().own}",
    )


def _begun(system: str) -> str:
    """Begin a sentence with a school system; only one without a name gets a capital letter from us."""
    return system.capitalize() if system == UNNAMED else system


def steps_table(standing: Standing) -> Block:
    """Show the lowest items as next steps.

    Parameters
    ----------
    standing
        What a year's answers say.

    Returns
    -------
    Block
        A table: what it is about, where it stands, the next anchor, the highest, what to begin with.
    """
    if standing.steps.empty:
        return note("There is no next step to read from these answers.")
    survey = declared_survey()
    steps = standing.steps[["title", "anchor", "next_anchor", "next_step"]].copy()
    steps.insert(3, "aim", [survey.item(code).anchor(survey.highest) for code in standing.steps["item"]])
    places = zip(standing.steps["stands_at"], steps["anchor"], strict=True)
    steps["anchor"] = [f"{place}: {words}" for place, words in places]
    domains = [survey.domains[code].short for code in standing.steps["domain"]]
    steps["title"] = [f"{title} ({domain})" for title, domain in zip(steps["title"], domains, strict=True)]
    heads = {
        "title": "about",
        "anchor": "today",
        "next_anchor": "one further",
        "aim": f"the aim, {survey.highest}",
        "next_step": "what to begin with",
    }
    return table(steps, "The lowest anchors, and the step from each", names=heads)


def apart_table(standing: Standing) -> Block:
    """Show the items on which respondents differ, with what the lowest and the highest of them say.

    Parameters
    ----------
    standing
        What a year's answers say.

    Returns
    -------
    Block
        A table, or a sentence where they differ on none.
    """
    survey = declared_survey()
    items = standing.agreement[standing.agreement["item"].notna()]
    apart = items[items["means"].eq("Differ")]
    if apart.empty:
        return note("There is no item on which they differ.")
    ends = standing.items[["item", "title", "lowest", "highest"]]
    rows = apart[["item", "average_deviation", "r_wg"]].merge(
        ends, on="item", how="inner", validate="one_to_one"
    )
    for head, end in (("some say", "lowest"), ("others say", "highest")):
        rows[head] = [
            survey.item(name).anchor(int(answered))
            for name, answered in zip(rows["item"], rows[end], strict=True)
        ]
    heads = {"title": "about", "average_deviation": "average deviation (anchors)", "r_wg": "r_wg"}
    shown = rows[["title", "some say", "others say", "average_deviation", "r_wg"]]
    return table(shown, "On what they differ", names=heads, download=False)


def change_table(standing: Standing) -> Block:
    """Show what has changed in each domain, or say that there is no year before.

    Parameters
    ----------
    standing
        What a year's answers say.

    Returns
    -------
    Block
        A table in anchors.
    """
    if standing.change.empty:
        return note("There is no year before.")
    frame = standing.change.assign(domain=[domain_title(code) for code in standing.change["domain"]])
    frame = frame[["domain", "items", "people", "how", "before", "now", "change", "low", "high"]]
    figures = ["before", "now", "change", "low", "high"]
    frame[figures] = frame[figures].round(2) + 0.0  # no minus before a zero
    return table(frame, "Change since the year before, in anchors", download=False)


def odd_things(standing: Standing) -> pd.DataFrame:
    """Gather what was odd in the files of answers, with its place.

    Parameters
    ----------
    standing
        What a year's answers say.

    Returns
    -------
    pandas.DataFrame
        A line a kind and column: ``what``, ``file`` where there are several, ``column``, ``rows``,
        ``expected``, ``what was done`` and ``times``. No value that stands in a cell: it may name a person.
    """
    found = standing.findings
    where = ["kind", "file", "column", "expected", "done"]
    lines: list[dict[str, object]] = []
    for _, rows in found.groupby(where, sort=False, dropna=False):
        line = dict(rows[where].iloc[0])
        lines.append({**line, "rows": _named_rows(rows["row"]), "times": int(rows["times"].sum())})
    columns = ["kind", "file", "column", "rows", "expected", "done", "times"]
    table = pd.DataFrame(lines, columns=columns).astype(dict.fromkeys(columns[:-1], STRING))
    table["kind"] = finding_words(table["kind"])
    table["done"] = table["done"].str.replace("_", " ")
    if standing.accounts["file"].nunique() < 2:
        table = table.drop(columns="file")
    return table.rename(columns={"kind": "what", "done": "what was done"})


def _named_rows(rows: pd.Series) -> str | None:
    """Name the first rows, and count the others; none where it is about the whole file."""
    known = [str(row) for row in rows.dropna().astype("int64").drop_duplicates()]
    more = len(known) - ROWS_NAMED
    return (", ".join(known[:ROWS_NAMED]) + (f" and {more} more" if more > 0 else "")) or None


def _amiss(standing: Standing) -> list[Block]:
    """Say what could not be read as it stood."""
    rows = standing.accounts
    used, aside = int(rows["rows_used"].sum()), int(rows["rows_set_aside"].sum())
    if standing.findings.empty:
        return [note(f"Rows of people used: {used}. Nothing in the file was odd.")]
    reasons = " Each one has its reason below." if aside else ""
    return [
        note(f"Rows of people used: {used}. Rows set aside: {aside}.{reasons}"),
        table(odd_things(standing), "What was odd in the file"),
    ]


def _said(standing: Standing) -> list[Block]:
    """Show what people answered; without a score there is no picture to be read."""
    blocks: list[Block] = [profile_picture(standing)]
    if standing.lowest is not None:
        blocks.append(
            reading(
                "Each row is a domain: the large dot all together, each faint dot one person.",
                "1 and 4 are things that are done or not done, in the words at the ends; a score between "
                "them is a mean of several items. Dots far apart: people don't see the same.",
                "Begin with the lowest anchors below, not with the lowest mean.",
            )
        )
    blocks += [
        note(data_team_words(standing)),
        heading("What to do next"),
        steps_table(standing),
        heading("Do they see the same?"),
        note(agreement_words(standing)),
    ]
    if standing.agreement["means"].eq("Differ").any():
        blocks += [apart_table(standing), note(R_WG)]
    blocks += [heading("What has changed?"), note(change_words(standing))]
    if len(standing.change):
        blocks.append(change_table(standing))
    if len(standing.beside_files):
        beside = standing.beside_files
        blocks += [heading("Opinion beside files"), beside_picture(beside), note(beside_words(beside))]
        blocks.append(beside_table(beside))
    return blocks


def survey_page(out_path: Path, standing: Standing, *, invented: bool = False) -> Path:
    """Write the page.

    Parameters
    ----------
    out_path
        The page, ``.html``.
    standing
        What a year's answers say.
    invented
        Nobody gave these answers.

    Returns
    -------
    Path
        The page.
    """
    survey = declared_survey()
    blocks: list[Block] = [answer(standing_sentence(standing)), note(survey.own)]
    if standing.people["answered"].gt(0).any():
        blocks += _said(standing)
    elif standing.people["data_team"].notna().any():
        blocks.append(note(data_team_words(standing)))
    blocks += [heading("The answers as they came"), *_amiss(standing)]
    return block_page(
        out_path,
        QUESTION,
        blocks,
        about_line(INVENTED if invented else REAL, restricted=not invented),
    )
