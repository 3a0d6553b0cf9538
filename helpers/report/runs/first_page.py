"""Compute the first page of a run: with an answer key what is wrong, without one what nothing could check."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from babel.dates import format_date

from helpers.files import District, read_district
from helpers.link import Links, link_district
from helpers.profile import (
    authority_in,
    build_profiles,
    check_in_protocol,
    compute_indicators,
    latest_days,
    missing_data,
    roster_silos,
)
from helpers.report.blocks import where_from
from helpers.report.display_names import listed, short_names, system_names_in_text
from helpers.report.pages.index import IndexFigures
from helpers.report.pages.questions import missing_sentences
from helpers.report.runs.changes import RunSnapshot, make_snapshot
from helpers.report.runs.figures import apart, describe_rows
from helpers.report.runs.file_drift import file_facts
from helpers.report.runs.with_key import judge, steps_with_key, with_key
from helpers.report.runs.without_key import steps_without_key, without_key
from helpers.report.to_do import Action
from helpers.score import Headlines, rows_not_there
from helpers.share import FEW, Guard
from helpers.standard import BadInput, Measured

__all__ = ["RunFigures", "compute_figures", "first_actions", "first_page"]

# A system is behind if its newest record is this many days older than the newest of all: two weeks.
_BEHIND = 14
_MOST_BEHIND = 3


def first_page(counted: Headlines) -> IndexFigures:
    """Compute the first page of a district.

    Parameters
    ----------
    counted
        Measures of the district.

    Returns
    -------
    IndexFigures
        The page, with nothing that the guard of a real folder hides.
    """
    district, links, judged = counted.district, counted.links, counted.has_key
    guard = Guard.of(district)
    page = with_key(counted) if judged else without_key(district, links, counted.card, guard)
    unknown = district.findings.loc[district.findings["kind"].eq("file_unknown"), "file"]
    return replace(
        page,
        unknown=_unknown(district, links, guard, judged),
        fresh=_fresh(district),
        made=_made(district, links, guard, judged),
        unknown_files=tuple(unknown.dropna().unique().tolist()),
        roster=authority_in(district).why,
    )


def first_actions(district: District, links: Links, card: pd.DataFrame, *, judged: bool) -> list[Action]:
    """Compute what to do first in a district, alone: the first page's steps, for pages that lead with them.

    ``card`` is its table ``scorecard``; ``judged`` says whether the folder has an answer key.
    """
    if judged:
        return steps_with_key(district, links, judge(Headlines(district, links)))
    return steps_without_key(district, links, card, Guard.of(district))


def _unknown(district: District, links: Links, guard: Guard, judged: bool) -> list[str]:
    in_text = system_names_in_text(district.layouts)
    alone = [in_text[silo] for silo in apart(links.crosswalk) if silo in in_text] if len(district) > 1 else []
    lines = []
    if alone:
        lines.append(f"Who is in {listed(alone)}: no record there matches any child.")
    waiting = guard.shown(Measured("review", int(links.crosswalk["link_status"].eq("Review").sum())))
    lines += missing_sentences(missing_data(district), district.layouts)
    if waiting:
        lines.append(f"Which child {waiting:count} belong to: a person decides at the review desk.")
    # Only a page with an answer key counts children with a flag.
    if judged:
        lines.append(check_in_protocol().known.open_question)
    else:
        lines.append("Which links are wrong: no answer key exists for a real district.")
    return lines


def _fresh(district: District) -> list[str]:
    latest = latest_days(district)
    days = latest.days
    if not days:
        return []
    names, newest = short_names(district.layouts), max(days.values())
    behind = {silo: (newest - day).days for silo, day in days.items() if (newest - day).days > _BEHIND}
    text = f"The newest record is of {format_date(newest, 'long', 'en_US')}."
    if not behind:
        return [text, "No system is more than two weeks behind."]
    # The measure *days behind* of the scorecard parts them in the same way.
    usual = {silo for silo, lag in behind.items() if latest.waits(silo, lag)}
    late = sorted(((lag, names[silo]) for silo, lag in behind.items() if silo not in usual), reverse=True)
    lines = [text, f"Late by more than two weeks: {Measured('systems_late', len(late), len(days)):count of}."]
    if late:
        lags = [f"{name} {Measured('days_late', lag, where=name):count}" for lag, name in late[:_MOST_BEHIND]]
        lines[-1] += f" Furthest: {', '.join(lags)}."
    if usual:
        waits = ", ".join(sorted(names[silo] for silo in usual))
        lines.append(f"Probably not late, since such pauses are usual there: {waits}.")
    return lines


def _made(district: District, links: Links, guard: Guard, judged: bool) -> list[str]:
    rows = describe_rows(district.accounts, guard).replace("**", "")
    lines = [f"{rows}; every row is used or listed."]
    if district.synthetic:
        origin = where_from(district.about)
        lines.append(f"The district is invented{f' ({origin})' if origin else ''}.")
    else:
        lines.append(
            "The files were read on this machine; nothing was sent anywhere. The page shows no child's name, "
            f"number or record, and no group of {FEW}."
        )
    if judged:
        tied = links.crosswalk
        roster = Measured("on_roster", int(tied.loc[tied["silo"].eq(_roster(district)), "child"].nunique()))
        enrolled, now = district.about.get("students"), "The"
        if isinstance(enrolled, int):
            now = f"{Measured('enrolled', enrolled)} of them belong to this school year, and the"
        everyone = "We count every child with a record in any system, this year or last."
        lines.append(f"{everyone} {now} roster lists {roster}.")
    return lines


@dataclass(frozen=True)
class RunFigures:
    """Figures of the index for a folder, and the folder's metadata."""

    # Figures of the index.
    index: IndexFigures
    # Content of ``district.json``; empty if there is none.
    about: Mapping[str, Any]
    # Whether the folder is marked as synthetic.
    synthetic: bool
    # Snapshot for the next run; None if it could not be computed.
    kept: RunSnapshot | None = None
    # Note that the answer key no longer matches the files; empty if it does, or there is none.
    misfit: str = ""
    # Measures of the folder, for the pages that explain them.
    counted: Headlines | None = None


def compute_figures(folder: Path) -> RunFigures:
    """Read a folder, link it, score it if it has an answer key, and compute the first page."""
    return figures_of(read_district(folder))


def figures_of(district: District) -> RunFigures:
    """Link a district, score it if it has an answer key, and compute the first page."""
    links = link_district(district)
    guard, counted = Guard.of(district), Headlines(district, links)
    card = counted.card
    return RunFigures(
        first_page(counted),
        district.about,
        district.synthetic,
        _kept(district, links, guard.scorecard(card)),
        _misfit(rows_not_there(district), guard) if counted.has_key else "",
        counted,
    )


def _misfit(cut: pd.DataFrame, guard: Guard) -> str:
    """Note that files are shorter than in the answer key, so that nothing scores what is gone."""
    if cut.empty:
        return ""
    first, more = cut.iloc[0], len(cut) - 1
    also = Measured("files_cut", more)
    others = f"; so {also.verb('is', 'are')} {also:count}" if more else ""
    where = (
        f" ({first['file']} ends at row {first['rows']:,}, and the key names row {first['named']:,}{others})"
    )
    return (
        f"The answer key in this folder no longer matches its files{'' if guard.real else where}: missing "
        "rows count neither as right nor as missed. Make the district again, or remove the key from the "
        "folder."
    )


def _kept(district: District, links: Links, card: pd.DataFrame) -> RunSnapshot | None:
    """Collect the snapshot for the next run; a district whose children can't be scored still gets reports."""
    if not len(district):
        return None
    try:
        indicators = compute_indicators(district, links, build_profiles(district, links))
    except BadInput:
        return None
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    # If this user has no writable folder, the next run has nothing to compare with.
    with suppress(OSError):
        return make_snapshot(
            district.about,
            district.folder,
            links.crosswalk,
            indicators,
            findings,
            card,
            _roster(district),
            district.people,
            file_facts(district),
        )
    return None


def _roster(district: District) -> str:
    return next(iter(roster_silos(district)), "")
