"""The page of a survey: where a school system stands, what to do next, where people and files disagree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from helpers.layouts import STRING
from helpers.layouts.survey import declared_survey
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

if TYPE_CHECKING:
    from helpers.gaps.survey import Standing

__all__ = ["INVENTED", "REAL", "apart_table", "change_table", "profile_picture", "steps_table", "survey_page"]

QUESTION = "Where does this school system stand?"
INVENTED = "These answers are invented: nobody gave them."
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
    rings = " A ring: the same people on the same items a year before." if len(standing.change) else ""
    return survey_profile(
        standing.scores,
        standing.change,
        title=f"{standing.system} stands lowest in {domain_title(standing.lowest)}",
        caption=f"{standing.system}{when}: {people_words(answered)}, 1 to 4, each anchored in words.{rings} "
        f"{declared_survey().own}",
    )


def steps_table(standing: Standing) -> Block:
    """Show the lowest items as next steps.

    Parameters
    ----------
    standing
        What a year's answers say.

    Returns
    -------
    Block
        A table: what it is about, where it stands, the next anchor, what to begin with.
    """
    if standing.steps.empty:
        return note("There is no next step to read from these answers.")
    steps = standing.steps[["title", "stands_at", "anchor", "next_anchor", "next_step"]].copy()
    domains = [declared_survey().domains[code].short for code in standing.steps["domain"]]
    steps["title"] = [f"{title} ({domain})" for title, domain in zip(steps["title"], domains, strict=True)]
    heads = {
        "title": "about",
        "stands_at": "stands at",
        "anchor": "today",
        "next_anchor": "the aim: the next anchor",
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


def _amiss(standing: Standing) -> list[Block]:
    """Say what could not be read as it stood."""
    rows = standing.accounts
    used, aside = int(rows["rows_used"].sum()), int(rows["rows_set_aside"].sum())
    said = note(f"Rows of people used: {used}. Rows set aside: {aside}. Each one has its reason below.")
    if standing.findings.empty:
        return [note(f"Rows of people used: {used}. Nothing in the file was odd.")]
    counted = standing.findings.assign(times=standing.findings["times"].astype("int64"))
    counted = counted.groupby(["kind", "done"], sort=False)["times"].sum().reset_index()
    counted["kind"] = finding_words(counted["kind"])
    counted["done"] = counted["done"].str.replace("_", " ").astype(STRING)
    return [said, table(counted, "What was odd in the file", names={"kind": "what", "done": "what was done"})]


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
    blocks: list[Block] = [
        answer(standing_sentence(standing)),
        note(survey.own),
        profile_picture(standing),
        reading(
            "Each row is a domain: the large dot all together, each faint dot one person.",
            "1 and 4 are things that are done or not done, in the words at the ends; a score between them "
            "is a mean of several items. Dots far apart: people don't see the same.",
            "Begin with the lowest anchors below, not with the lowest mean.",
        ),
        note(data_team_words(standing)),
        heading("What to do next"),
        steps_table(standing),
        heading("Do they see the same?"),
        note(agreement_words(standing)),
    ]
    if standing.agreement["means"].eq("Differ").any():
        blocks.append(apart_table(standing))
    blocks += [heading("What has changed?"), note(change_words(standing))]
    if len(standing.change):
        blocks.append(change_table(standing))
    if len(standing.beside_files):
        beside = standing.beside_files
        blocks += [heading("Opinion beside files"), beside_picture(beside), note(beside_words(beside))]
        blocks.append(beside_table(beside))
    blocks += [heading("The answers as they came"), *_amiss(standing)]
    return block_page(
        out_path,
        QUESTION,
        blocks,
        about_line(INVENTED if invented else REAL, restricted=not invented),
    )
