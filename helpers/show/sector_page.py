"""The sector report as a page: a sentence, pictures, what was published beside it, and the tables behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from helpers.gaps.sector.report import SectorReport
from helpers.gaps.sector.settled import settled
from helpers.layouts.survey import declared_survey
from helpers.show.block_page import about_line, block_page, heading, note
from helpers.show.blocks import Block, answer, reading
from helpers.show.sector_pictures import (
    change_picture,
    difference_picture,
    kinds_picture,
    standing_picture,
)
from helpers.show.sector_words import (
    HEADS,
    METHOD,
    NOT_MORE,
    PUT_IN,
    UNRECORDED,
    difference_finding,
    in_words,
    opening,
)
from helpers.show.tables import table

__all__ = ["TITLE", "published_beside", "sector_blocks", "sector_page"]

TITLE = "What do school systems say of themselves, and what may we believe?"


def sector_page(report: SectorReport, out_path: Path, about: Mapping[str, object]) -> Path:
    """Write the page of a sector report.

    Parameters
    ----------
    report
        From ``helpers.gaps.sector.sector_report``.
    out_path
        The page, ``.html``.
    about
        What stands beside the file of answers.

    Returns
    -------
    Path
        The page.
    """
    if report.invented:
        parts = [
            f"{name} {about[key]}" for name, key in (("sector", "scenario"), ("seed", "seed")) if key in about
        ]
        banner = about_line(" · ".join(["These school systems are invented", *parts]))
    else:
        banner = about_line(
            "Real answers of school systems, in groups of ten or more: for those whom they were given to.",
            restricted=True,
        )
    return block_page(out_path, TITLE, list(sector_blocks(report)), banner)


def sector_blocks(report: SectorReport) -> Iterator[Block]:
    """Lay out a sector report.

    Parameters
    ----------
    report
        From ``helpers.gaps.sector.sector_report``.

    Yields
    ------
    Block
        In the order of the page.
    """
    yield answer(opening(report.tables))
    yield note(declared_survey().own, PUT_IN if report.invented else "")
    if not report["standing"]["mean"].notna().any():
        if report.years:
            yield note("Too few items were answered for a score in any domain.")
        return
    yield standing_picture(report["standing"])
    yield reading(
        shows="Each domain's mean answer in each year, and how far luck of the draw may carry it.",
        read="Where two intervals hardly overlap, the order is no luck of the draw; the table of the order "
        "tests it. It is the order of these items: a domain whose items ask for more stands lower.",
        do="A superintendent takes the lowest domain to the next cabinet meeting, with its items below.",
    )
    yield _table(
        report["order"], "Which domain is hardest, and how sure that is", fold="How sure the order is"
    )
    yield heading("Who answered, and who didn't")
    yield _table(report["response"], "Systems invited and answering")
    yield note(UNRECORDED)
    yield from _differences(report)
    yield from _for_whom(report)
    yield from _over_time(report)
    yield heading("What was published, and what these answers show")
    yield published_beside(report["statements"])
    yield heading("What a sample of this size can see")
    yield _table(
        report["could_see"],
        "Smallest difference that would be seen four times of five, in standard deviations",
    )
    yield from _measuring(report)


def _table(frame: pd.DataFrame, caption: str, fold: str = "") -> Block:
    if frame.empty:
        return note(f"{caption}: too few systems to show it.")
    return table(in_words(frame), caption, names=HEADS, fold=fold, most=60, download=True)


def published_beside(statements: pd.DataFrame) -> Block:
    """Show what was published beside what these answers show, with source, strength and caution.

    Parameters
    ----------
    statements
        Table ``sector_statements``.

    Returns
    -------
    Block
        A table.
    """
    about = statements[["source", "strength", "caution"]]
    beside = pd.DataFrame(
        {
            "published": statements["statement"] + " (" + statements["year"] + ")",
            "these answers": statements["here"].where(statements["here"].ne(""), "–"),
            "why": statements["why_here"],
            "source": about["source"] + " (" + about["strength"] + "): " + about["caution"],
        }
    )
    return table(beside, "Published statements beside these answers", most=60)


def _differences(report: SectorReport) -> Iterator[Block]:
    yield heading("How groups of systems differ")
    yield note(
        "Each difference stands there three ways. Unadjusted: as answered. Weighted: each system counts for "
        "those like it that didn't answer, as far as public lists tell. Adjusted: among systems alike in "
        "size, locale and IT staff.",
        NOT_MORE,
    )
    year = report.years[-1]
    for name, grouping in settled().groupings.items():
        finding = difference_finding(report["comparisons"], name, grouping.yes, year)
        picture = difference_picture(report["comparisons"], name, finding, year) if finding else None
        if picture is None:
            yield note(f"{grouping.title}: in {year} one of the two groups is too small to be shown.")
            continue
        yield picture
    shown = report["comparisons"]
    yield _table(shown, "All comparisons, in every year and both together", fold="All comparisons")
    yield note(
        "Six domains are looked at for each question. So p is corrected after Holm, and the last two columns "
        "before it are intervals that hold for all six together."
    )


def _for_whom(report: SectorReport) -> Iterator[Block]:
    newest = report["order"][report["order"]["year"].eq(report.years[-1])]
    if newest.empty:
        return
    picture = kinds_picture(report["standing"], str(newest["lowest"].iloc[0]))
    yield heading("For whom the hardest domain is hardest")
    yield picture or note("Every kind of systems is too small to be shown.")
    yield _table(report["shares"], "Shares of the systems", fold="Shares of the systems")
    yield _table(
        report["team_and_staff"],
        "How the size of data teams goes with that of IT staffs (correlation of ranks)",
        fold="Data teams and IT staffs",
    )


def _over_time(report: SectorReport) -> Iterator[Block]:
    if len(report.years) < 2:
        return
    yield heading("What changed")
    yield change_picture(report["changes"]) or note("Too few systems answered twice to show it.")
    yield reading(
        shows="The change of the same systems, and of all systems alike in what is recorded.",
        read="Where only the second moves, others answered; a change of systems isn't shown.",
    )


def _measuring(report: SectorReport) -> Iterator[Block]:
    yield heading("Whether the items measure one thing")
    yield note(
        "Alpha and omega say how far the items of a domain go together; above 0.7 is usual for comparing "
        "groups. They don't say that the items measure what their domain is called."
    )
    yield _table(report["reliability"], "Reliability of each domain")
    items = report["items"].assign(
        item=report["items"]["item"].map({item.id: item.text for item in declared_survey().items.values()})
    )
    yield _table(items.drop(columns="domain"), "Items", fold="Each item")
    yield heading("How this was worked out")
    yield note(*METHOD)
