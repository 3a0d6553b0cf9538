"""Write the page of the sector, with its charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from helpers.report.blocks import Block, about_line, answer, folded, reading
from helpers.report.charts.dot_plot import dot_plot
from helpers.report.charts.picture import Picture
from helpers.report.display_names import finding_words, named_first
from helpers.report.pages.page import block_page, heading, note
from helpers.report.school_systems.sector_text import (
    HEADS,
    METHOD,
    NOT_MORE,
    PUT_IN,
    UNRECORDED,
    as_figures,
    difference_finding,
    in_words,
    opening,
)
from helpers.report.school_systems.simulated_sector import HEADING, kit_blocks, volunteers_blocks
from helpers.report.school_systems.survey_text import domain_title
from helpers.report.tables import csv_link, table
from helpers.sector import SectorReport, level, read_analysis_plan
from helpers.standard import STRING, Measured, declared_survey, empty_table

__all__ = [
    "change_picture",
    "compare_with_published",
    "difference_picture",
    "maturity_chart",
    "sector_blocks",
    "sector_page",
]


_POINTS = "points of 1 to 4"
_P = "p, corrected for all looks"


def maturity_chart(standing: pd.DataFrame) -> Picture:
    """Draw the maturity profile of the sector: six rows, one dot per year on a scale of 1 to 4."""
    frame = _named(standing[standing["kind"].eq("all")])
    newest = frame[frame["year"].eq(frame["year"].max())]
    ranked = newest.sort_values("mean", kind="stable")
    lowest, mean = named_first(ranked["label"].tolist(), ranked["mean"].tolist(), 2), ranked["mean"].iloc[0]
    years = sorted(frame["year"].unique())
    in_year = f" in {years[-1]}" if len(years) > 1 else ""
    frame["series"] = frame["year"].astype("string")
    survey = declared_survey()
    return dot_plot(
        frame,
        title=f"Lowest{in_year}: {lowest}, {mean:.2f} on a scale of 1 to 4",
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
    """Draw the difference of two groups in each domain, with three comparisons."""
    own = comparisons["grouping"].eq(grouping) & comparisons["year"].eq(year).fillna(False)
    frame = _rounded(_named(comparisons[own & comparisons["difference"].notna()]), "difference")
    if frame.empty:
        return None
    return dot_plot(
        frame,
        title=title,
        unit=f"difference, {_POINTS}",
        value="difference",
        series="comparison",
        ordered=False,
        digits=2,
        line=0,
        beside=(_P,),
        caption=f"{year}, with 95% intervals of each one. {NOT_MORE}",
    )


def change_picture(changes: pd.DataFrame) -> Picture | None:
    """Draw the change between the last two years."""
    newest = changes["year"].eq(changes["year"].max()) & changes["change"].notna()
    frame = _rounded(_named(changes[newest]), "change")
    if frame.empty:
        return None
    since, year = int(frame["since"].iloc[0]), int(frame["year"].iloc[0])
    return dot_plot(
        frame,
        title=_changed(frame, since, year),
        unit=f"change, {_POINTS}",
        value="change",
        series="systems_are",
        ordered=False,
        digits=2,
        line=0,
        beside=(_P,),
        caption=f"{since} to {year}, with 95% intervals. Same systems: those that answered twice.",
    )


def _changed(frame: pd.DataFrame, since: int, year: int) -> str:
    """Describe the change in systems that answered in both years, apart from a change of respondents."""
    same = frame[frame["systems_are"].eq("same systems")]
    if same.empty:
        return f"From {since} to {year}, too few systems answered twice to show whether systems changed"
    sure = same[same["p_corrected"].lt(level())]["label"].nunique()
    domains = Measured("domains", same["label"].nunique())
    if not sure:
        text = "no change of the same systems can be told from chance, in"
        return f"From {since} to {year} {text} {domains:count}"
    found = f"{sure} of {domains:count}"
    return f"From {since} to {year} {found} of the same systems changed by more than chance explains"


def kinds_picture(standing: pd.DataFrame, domain: str) -> Picture | None:
    """Draw for which systems a domain is hard: by locale and size."""
    newest = standing["year"].eq(standing["year"].max())
    frame = standing[newest & standing["domain"].eq(domain) & standing["kind"].ne("all")]
    frame = frame[frame["mean"].notna()].rename(columns={"group": "label"})
    if frame.empty:
        return None
    ranked = frame.sort_values("mean", kind="stable")
    ends = [f"{row['mean']:.2f} ({row['label']})" for row in (ranked.iloc[0], ranked.iloc[-1])]
    survey = declared_survey()
    words = survey.domains[domain]
    return dot_plot(
        frame[["label", "systems", "mean", "low", "high"]],
        title=f"{domain_title(domain)}: from {ends[0]} to {ends[1]}",
        unit="mean answer",
        value="mean",
        limits=(float(survey.lowest), float(survey.highest)),
        digits=2,
        caption=(
            f"From 1 ({words.low}) to 4 ({words.high}). Means of kinds of systems with 95% intervals; kinds "
            f"with fewer than {read_analysis_plan().fewest_systems} are not shown."
        ),
    )


def _rounded(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """Round to two decimals, without a minus before zero."""
    columns = [value, "low", "high"]
    rounded = {name: table[name].round(2) + 0.0 for name in columns}
    return table.assign(**rounded, **{_P: table["p_corrected"].map("{:.3f}".format, na_action="ignore")})


def _named(table: pd.DataFrame) -> pd.DataFrame:
    domains = declared_survey().domains
    return table.assign(label=table["domain"].map({code: one.title for code, one in domains.items()}))


# The kit's own calculations have no source to rate.
_STRENGTHS = {"good": "good source", "medium": "medium source", "weak": "weak source"}
TITLE = "What do school systems say of themselves, and what may we believe?"


def sector_page(report: SectorReport, out_path: Path, about: Mapping[str, object]) -> Path:
    """Write the page of a sector report."""
    if report.invented:
        parts = [
            f"{name} {about[key]}" for name, key in (("sector", "scenario"), ("seed", "seed")) if key in about
        ]
        banner = about_line(" · ".join(["These school systems are invented", *parts]))
    else:
        banner = about_line(
            "Real school systems' answers, in groups of ten or more. Only for those who were given them.",
            restricted=True,
        )
    return block_page(out_path, TITLE, list(sector_blocks(report)), banner)


def sector_blocks(report: SectorReport) -> Iterator[Block]:
    """Lay out a sector report."""
    yield answer(opening(report.tables))
    yield note(declared_survey().own, PUT_IN if report.invented else "")
    if not report["profile"]["mean"].notna().any():
        if report.years:
            yield note("Too few items were answered for a score in any domain.")
        yield from _amiss(report.findings)
        return
    volunteers = report.origin.volunteers
    if volunteers:
        none = empty_table("sector_vs_simulated")
        yield from volunteers_blocks(report.tables.get("vs_simulated", none))
    yield maturity_chart(report["profile"])
    yield reading(
        shows="Each domain's mean answer in each year, with its range of chance.",
        read="If two intervals hardly overlap, the order is more than chance; the table of the order tests "
        "it. The order depends on the items: a domain that asks for more gets lower answers.",
        do="As a superintendent, take the lowest domain and its items to the next cabinet meeting.",
    )
    others = {"low_all": "low, all five together", "high_all": "high, all five together"}
    yield _table(
        report["order"],
        "Which domain is hardest, and how sure we are",
        "How sure we are of the order",
        others,
    )
    yield heading("Who answered, and who didn't")
    yield _table(report["response"], "Systems invited and answering")
    if not volunteers:
        yield heading(HEADING)
    yield note(UNRECORDED)
    if not volunteers:
        yield from kit_blocks()
    yield from _differences(report)
    yield from _for_whom(report)
    yield from _over_time(report)
    yield heading("What was published, and what these answers show")
    yield compare_with_published(report["statements"])
    yield heading("What a sample of this size can show")
    yield _table(
        report["power"],
        "Smallest difference that we would find four times in five, in standard deviations",
    )
    yield from _measuring(report)
    yield from _amiss(report.findings)


def _table(
    frame: pd.DataFrame, caption: str, fold: str = "", names: Mapping[str, str] | None = None
) -> Block:
    """Show figures with two decimals; the download has exact numbers."""
    if frame.empty:
        return note(f"{caption}: too few systems to show.")
    worded = in_words(frame)
    shown = table(as_figures(worded), caption, names={**HEADS, **(names or {})}, most=60, download=False)
    markup = shown.markup + csv_link(worded, caption)
    if fold:
        markup = folded(fold, markup)
    return Block(markup, shown.text)


def _amiss(findings: pd.DataFrame) -> Iterator[Block]:
    """Count oddities in the file by kind and column, without showing any cell."""
    if findings.empty:
        return
    counted = findings.assign(times=findings["times"].astype("int64"), column=findings["column"].fillna("–"))
    counted = counted.groupby(["kind", "column", "action_taken"], sort=False)["times"].sum().reset_index()
    counted["kind"] = finding_words(counted["kind"])
    counted["action_taken"] = counted["action_taken"].str.replace("_", " ").astype(STRING)
    yield heading("Rows used and set aside")
    yield note("What we could not read as written. The file sector_findings.csv names each row and cell.")
    yield table(
        counted,
        "What was odd in the file",
        names={"kind": "what", "action_taken": "what was done"},
        fold=f"What was odd in the file ({Measured('finding_kinds', len(counted)):count})",
        most=60,
        download=False,
    )


def compare_with_published(statements: pd.DataFrame) -> Block:
    """Compare published statements with these answers, with source, strength and caution."""
    year, strength = statements["year"].fillna(""), statements["strength"].map(_STRENGTHS).fillna("")
    when, trust = (text.where(text.eq(""), " (" + text + ")") for text in (year, strength))
    beside = pd.DataFrame(
        {
            "published": statements["statement"] + when,
            "these answers": statements["here"].where(statements["here"].ne(""), "–"),
            "why": statements["why_here"],
            "source": statements["source"] + trust + ": " + statements["caution"],
        }
    )
    return table(beside, "Published statements compared with these answers", most=60)


def _differences(report: SectorReport) -> Iterator[Block]:
    yield heading("How groups of systems differ")
    yield note(
        "We show each difference three ways. Unadjusted: as answered. Weighted: each system also counts for "
        "similar ones that didn't answer, by what public lists record. Adjusted: among systems of similar "
        "size, locale and IT staff.",
        NOT_MORE,
    )
    year = report.years[-1]
    for name, grouping in read_analysis_plan().groupings.items():
        finding = difference_finding(report["comparisons"], name, grouping.yes, year)
        picture = difference_picture(report["comparisons"], name, finding, year) if finding else None
        if picture is None:
            yield note(f"{grouping.title}: in {year}, one of the two groups is too small to show.")
            continue
        yield picture
    shown = report["comparisons"]
    yield _table(shown, "All comparisons, in each year and in both together", fold="All comparisons")
    yield note(
        "Each question looks at six domains, so we correct p after Holm. Low and high are the ends of each "
        "domain's own interval. Low and high, all six together, are the ends of an interval that covers all "
        "six domains at once."
    )


def _for_whom(report: SectorReport) -> Iterator[Block]:
    newest = report["order"][report["order"]["year"].eq(report.years[-1])]
    if newest.empty:
        return
    picture = kinds_picture(report["profile"], str(newest["lowest"].iloc[0]))
    yield heading("Which systems find the hardest domain hardest")
    yield picture or note("Every kind of system is too small a group to show.")
    yield _table(report["shares"], "Shares of systems", fold="Shares of systems")
    yield _table(
        report["team_and_staff"],
        "Do larger IT staffs go with larger data teams? (correlation of ranks)",
        fold="Data teams and IT staffs",
    )


def _over_time(report: SectorReport) -> Iterator[Block]:
    if len(report.years) < 2:
        return
    yield heading("What changed")
    yield change_picture(report["changes"]) or note("Too few systems answered twice to show a change.")
    yield reading(
        shows="The change among the same systems, and among all systems that are alike on record.",
        read="If only the second moved, other systems answered. Then nothing shows that systems changed.",
    )


def _measuring(report: SectorReport) -> Iterator[Block]:
    yield heading("Whether the items measure one thing")
    yield note(
        "Alpha and omega show how far a domain's items go together; above 0.7 is usual for comparing groups. "
        "They don't show that the items measure what the domain's name says."
    )
    yield _table(report["reliability"], "Reliability of each domain")
    items = report["items"].assign(
        item=report["items"]["item"].map({item.id: item.text for item in declared_survey().items.values()})
    )
    yield _table(items.drop(columns="domain"), "Items", fold="Each item")
    yield heading("How we worked this out")
    yield note(*METHOD)
