"""Pictures of the sector report: where the sector stands, how groups differ, and what changed."""

from __future__ import annotations

import pandas as pd

from helpers.show.dots import dots
from helpers.show.picture import Picture
from helpers.show.sector_words import NOT_MORE, domain_name
from helpers.standard.survey_items import declared_survey

__all__ = ["change_picture", "difference_picture", "kinds_picture", "standing_picture"]

_POINTS = "points of 1 to 4"


def standing_picture(standing: pd.DataFrame) -> Picture:
    """Draw where the sector stands: six rows, a dot a year on 1 to 4.

    Parameters
    ----------
    standing
        Table ``sector_standing``.

    Returns
    -------
    Picture
        Domains in the order of the survey.
    """
    frame = _named(standing[standing["kind"].eq("all")])
    newest = frame[frame["year"].eq(frame["year"].max())]
    lowest = newest.sort_values("mean", kind="stable").iloc[0]
    years = sorted(frame["year"].unique())
    frame["series"] = frame["year"].astype("string")
    survey = declared_survey()
    return dots(
        frame,
        title=f"{lowest['label']} is lowest: {lowest['mean']:.2f} on a scale of 1 to 4",
        unit="mean answer",
        value="mean",
        series="series" if len(years) > 1 else None,
        ordered=False,
        limits=(float(survey.lowest), float(survey.highest)),
        digits=2,
        ends={one.title: (one.low, one.high) for one in survey.domains.values()},
        caption=f"Means of the systems that answered, with 95% intervals. {survey.own}",
    )


def difference_picture(comparisons: pd.DataFrame, grouping: str, title: str, year: int) -> Picture | None:
    """Draw how two groups differ in each domain, three ways side by side.

    Parameters
    ----------
    comparisons
        Table ``sector_comparisons``.
    grouping
        Which groups.
    title
        The finding.
    year
        Which year.

    Returns
    -------
    Picture or None
        None where the groups may not be shown.
    """
    own = comparisons["grouping"].eq(grouping) & comparisons["year"].eq(year).fillna(False)
    frame = _rounded(_named(comparisons[own & comparisons["difference"].notna()]), "difference")
    if frame.empty:
        return None
    return dots(
        frame,
        title=title,
        unit=f"difference, {_POINTS}",
        value="difference",
        series="comparison",
        ordered=False,
        digits=2,
        line=0,
        caption=f"{year}, with 95% intervals of each one. {NOT_MORE}",
    )


def change_picture(changes: pd.DataFrame) -> Picture | None:
    """Draw what changed between the last two years.

    Parameters
    ----------
    changes
        Table ``sector_changes``.

    Returns
    -------
    Picture or None
        None where there is one year only.
    """
    newest = changes["year"].eq(changes["year"].max()) & changes["change"].notna()
    frame = _rounded(_named(changes[newest]), "change")
    if frame.empty:
        return None
    since, year = int(frame["since"].iloc[0]), int(frame["year"].iloc[0])
    return dots(
        frame,
        title=_changed(frame, since, year),
        unit=f"change, {_POINTS}",
        value="change",
        series="systems_are",
        ordered=False,
        digits=2,
        line=0,
        caption=f"{since} to {year}, with 95% intervals. Same systems: those that answered twice.",
    )


def _changed(frame: pd.DataFrame, since: int, year: int) -> str:
    """Say what changed in systems that answered twice; where only all systems move, others answered."""
    same = frame[frame["systems_are"].eq("same systems")]
    if same.empty:
        return f"From {since} to {year} too few systems answered twice to show whether systems changed"
    sure, domains = same[same["p_corrected"].lt(0.05)]["label"].nunique(), same["label"].nunique()
    found = "no domain" if not sure else f"{sure} of {domains} domains"
    return f"From {since} to {year} {found} of the same systems changed by more than chance explains"


def kinds_picture(standing: pd.DataFrame, domain: str) -> Picture | None:
    """Draw for whom a domain is hard: by locale and size.

    Parameters
    ----------
    standing
        Table ``sector_standing``.
    domain
        Code of a domain.

    Returns
    -------
    Picture or None
        None where no kind of systems may be shown.
    """
    newest = standing["year"].eq(standing["year"].max())
    frame = standing[newest & standing["domain"].eq(domain) & standing["kind"].ne("all")]
    frame = frame[frame["mean"].notna()].rename(columns={"group": "label"})
    if frame.empty:
        return None
    ranked = frame.sort_values("mean", kind="stable")
    ends = [f"{row['mean']:.2f} ({row['label']})" for row in (ranked.iloc[0], ranked.iloc[-1])]
    survey = declared_survey()
    words = survey.domains[domain]
    return dots(
        frame[["label", "systems", "mean", "low", "high"]],
        title=f"{domain_name(domain)}: from {ends[0]} to {ends[1]}",
        unit="mean answer",
        value="mean",
        limits=(float(survey.lowest), float(survey.highest)),
        digits=2,
        caption=(
            f"From 1 ({words.low}) to 4 ({words.high}). Means of kinds of systems with 95% intervals; kinds "
            "of fewer than 10 systems are not shown."
        ),
    )


def _rounded(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """Round to two decimals, without a minus before a zero."""
    columns = [value, "low", "high"]
    return table.assign(**{name: table[name].round(2) + 0.0 for name in columns})


def _named(table: pd.DataFrame) -> pd.DataFrame:
    domains = declared_survey().domains
    return table.assign(label=table["domain"].map({code: one.title for code, one in domains.items()}))
