"""Write the page of the survey, with its charts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report.blocks import Block, about_line, answer, reading
from helpers.report.charts.dot_plot import dot_plot
from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.display_names import finding_words, named_first
from helpers.report.pages.page import block_page, heading, note
from helpers.report.school_systems.survey_text import (
    describe_agreement,
    describe_change,
    describe_data_team,
    describe_maturity,
    describe_respondents,
    domain_title,
)
from helpers.report.tables import number_text, table
from helpers.report.theme import color
from helpers.standard import STRING, Measured, declared_survey
from helpers.survey import UNNAMED, SurveyResults, measured_items

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


__all__ = [
    "INVENTED",
    "REAL",
    "beside_words",
    "change_table",
    "disagreement_table",
    "opinion_chart",
    "opinion_table",
    "profile_picture",
    "rows_set_aside_note",
    "steps_table",
    "survey_page",
]


def opinion_chart(beside: pd.DataFrame) -> Picture | Block:
    """Compare opinions with files in a chart, item by item, or note that there is nothing to compare.

    Parameters
    ----------
    beside
        Table ``opinion_vs_files``.

    Returns
    -------
    Picture or Block
        Two marks per row: people's answers, and what the files show.
    """
    both = beside.dropna(subset=["opinion", "measured"])
    if both.empty:
        return note("The files show nothing about any item that was answered.")
    apart = int(both["finding"].isin(["Higher than the files", "Lower than the files"]).sum())
    opinions, measures = (
        both[["title", name]].rename(columns={"title": "label", name: "value"}).assign(series=words)
        for name, words in (("opinion", "people say"), ("measured", "the files show"))
    )
    rows = pd.concat(
        [opinions.astype({"value": "float64"}), measures.astype({"value": "float64"})], ignore_index=True
    )
    items, more = Measured("items_compared", len(both)), Measured("items_unlike_files", apart, len(both))
    title = (
        f"People and files are an anchor or more apart on {more:count of}"
        if apart
        else f"People and files are less than an anchor apart on all {items:count}"
    )
    return dot_plot(
        rows,
        title=title,
        unit="anchor, 1 to 4",
        series="series",
        ordered=False,
        limits=(0.8, 4.2),
        digits=1,
        alt=f"{title}: {items:count} on a scale from 1 to 4, each as people say and as files show.",
        caption=f"{declared_survey().own} {measured_items().own}",
    )


def beside_words(beside: pd.DataFrame) -> str:
    """Describe where opinions and files disagree most, and what that may mean.

    Parameters
    ----------
    beside
        Table ``opinion_vs_files``.

    Returns
    -------
    str
        A few sentences.
    """
    both = beside.dropna(subset=["opinion", "measured"])
    apart = both[both["finding"].isin(["Higher than the files", "Lower than the files"])]
    if both.empty:
        return "There is nothing to compare."
    if apart.empty:
        return "People and files mostly agree."
    declared = {(one.item, one.measure): one.says for one in measured_items().measured}
    wide = apart["difference"].abs().sort_values(ascending=False, kind="stable").round(1)
    worst, ties = apart.loc[wide.index[0]], int(wide.eq(wide.iloc[0]).sum()) - 1
    as_far = f", as {ties} more" if ties else ""
    figure = _figure(float(worst["value"]), str(worst["unit"]))
    side = "higher" if worst["difference"] > 0 else "lower"
    return (
        f"Furthest apart{as_far}: “{worst['title']}”. People put it at "
        f"{number_text(worst['opinion'], digits=1)}, "
        f"the files at {worst['measured']}: {figure} {declared[worst['item'], worst['measure']]}. People "
        f"who see it {side} aren't wrong: files don't show what people intend, and people don't notice what "
        "nobody measures. Ask those who answered to look at the figure together."
    )


def _figure(value: float, unit: str) -> str:
    if unit == "rate":
        return number_text(100 * value, "percent")
    return f"{number_text(value, digits=0)} {unit}"


def opinion_table(beside: pd.DataFrame) -> Block:
    """Show each item with its figure, the matching anchor, and people's answers.

    Parameters
    ----------
    beside
        Table ``opinion_vs_files``.

    Returns
    -------
    Block
        A table.
    """
    shown = beside[["title", "measure", "opinion", "measured", "finding"]].copy()
    shown["figure"] = [
        "–" if pd.isna(value) else _figure(float(value), str(unit))
        for value, unit in zip(beside["value"], beside["unit"], strict=True)
    ]
    heads = {"title": "item", "opinion": "people say", "measured": "the files show", "finding": "opinion is"}
    return table(shown, "Opinions compared with files", names=heads, download=False)


_SIDE = 14.0  # room at both ends of a scale for a dot
_WORDS = 170.0  # room for text next to a scale
_FAINT = 0.35


def survey_profile(
    scores: pd.DataFrame, before: pd.DataFrame | None = None, *, title: str, caption: str = ""
) -> Picture:
    """Draw the profile by domain."""
    survey = declared_survey()
    together = scores[scores["respondent"].isna()].set_index("domain")["score"].dropna()
    if together.empty:
        raise ValueError("There is nothing to draw: no domain has a score. Say so in a sentence instead.")
    single = scores[scores["respondent"].notna()].dropna(subset=["score"])
    own = {code: single.loc[single["domain"].eq(code), "score"].tolist() for code in survey.domains}
    rings: dict[str, float] = {}
    moved = pd.Series(dtype="float64")
    if before is not None and len(before):
        # The ring is as far from the dot as the same people have moved.
        moved = before.dropna(subset=["change"]).set_index("domain")["change"]
        rings = {code: float(together[code] - moved[code]) for code in together.index if code in moved.index}
    data = pd.DataFrame(
        {
            "domain": [survey.domains[code].title for code in survey.domains],
            "score": pd.array([together.get(code) for code in survey.domains], dtype="Float64"),
            "lowest respondent": pd.array([min(own[code], default=None) for code in own], dtype="Float64"),
            "highest respondent": pd.array([max(own[code], default=None) for code in own], dtype="Float64"),
            "respondents": pd.array([len(own[code]) for code in own], dtype="Int64"),
        }
    )
    if rings:
        data["moved since the year before"] = pd.array(
            [moved.get(code) for code in survey.domains], dtype="Float64"
        )

    def draw(width: int) -> Figure:
        return _draw(Canvas(width), {str(code): float(score) for code, score in together.items()}, own, rings)

    return Picture(draw, title=title, alt=_alt(title, together), caption=caption, data=data)


def _alt(title: str, together: pd.Series) -> str:
    names = declared_survey().domains
    ranked = together.sort_values(kind="stable")
    low, high = str(ranked.index[0]), str(ranked.index[-1])
    return (
        f"{title.rstrip('.')}: {Measured('domains_drawn', len(together)):count} on a scale from 1 to 4, from "
        f"{number_text(ranked.iloc[0], digits=1)} in {names[low].title} to "
        f"{number_text(ranked.iloc[-1], digits=1)} in {names[high].title}."
    )


def _draw(
    sheet: Canvas, together: dict[str, float], own: dict[str, list[float]], rings: dict[str, float]
) -> Figure:
    survey = declared_survey()
    row, head, foot = (86, 30, 6) if sheet.narrow else (68, 34, 26)
    sheet.set_height(head + row * len(survey.domains) + foot)
    page = sheet.page_axes()
    left = _SIDE if sheet.narrow else _WORDS
    right = sheet.width - left
    _legend(sheet, page, bool(rings), any(len(one) > 1 for one in own.values()))
    for place, (code, domain) in enumerate(survey.domains.items()):
        top = head + place * row
        score = together.get(code)
        room = sheet.width - 44
        name = domain.title if sheet.measure(domain.title, weight="bold") <= room else domain.short
        sheet.write(page, 0, top + 12, name, weight="bold")
        score_text = "–" if score is None else number_text(score, digits=1)
        sheet.write(page, sheet.width, top + 12, score_text, across="right", weight="bold")
        y = top + 40
        _scale(
            sheet, page, y, left, right, with_numbers=place == len(survey.domains) - 1 and not sheet.narrow
        )
        _ends(sheet, page, y, left, right, domain.low, domain.high)

        def across(value: float) -> float:
            return left + (value - 1) / 3 * (right - left)

        _respondents(page, [across(value) for value in own[code]], y)
        if code in rings:
            page.plot([across(rings[code]), across(together[code])], [y, y], color=color("ink"), linewidth=1)
            page.scatter(
                [across(rings[code])], [y], s=52, color=color("paper"), edgecolor=color("ink"), zorder=3
            )
        if score is not None:
            page.scatter([across(score)], [y], s=90, color=color("ink"), zorder=4)
    page.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure


def _scale(sheet: Canvas, page: Axes, y: float, left: float, right: float, *, with_numbers: bool) -> None:
    page.plot([left, right], [y, y], color=color("rule"), linewidth=1, zorder=0)
    for anchor in range(1, 5):
        x = left + (anchor - 1) / 3 * (right - left)
        page.plot([x, x], [y - 5, y + 5], color=color("rule"), linewidth=1, zorder=0)
        if with_numbers:
            sheet.write(page, x, y + 20, str(anchor), size=SMALL, shade=color("muted"), across="center")


def _ends(sheet: Canvas, page: Axes, y: float, left: float, right: float, low: str, high: str) -> None:
    """Write the text at both ends: next to the scale, or below it on a phone."""
    shade = color("muted")
    if sheet.narrow:
        room = sheet.width / 2 - 8
        for x, words, side in ((0.0, low, "left"), (float(sheet.width), high, "right")):
            folded = sheet.fold(words, room, SMALL, lines=2)
            sheet.write(page, x, y + 9, folded, size=SMALL, shade=shade, across=side, up="top")
        return
    room = left - 24
    sheet.write(
        page, left - 16, y, sheet.fold(low, room, SMALL, lines=2), size=SMALL, shade=shade, across="right"
    )
    sheet.write(page, right + 16, y, sheet.fold(high, room, SMALL, lines=2), size=SMALL, shade=shade)


def _respondents(page: Axes, positions: list[float], y: float) -> None:
    """Draw a faint dot per respondent; dots at the same position stack."""
    taken: dict[int, int] = {}
    heights = []
    for x in sorted(positions):
        level = taken.get(round(x / 8), 0)
        taken[round(x / 8)] = level + 1
        heights.append(y + ((level + 1) // 2) * (7 if level % 2 else -7))
    page.scatter(sorted(positions), heights, s=30, color=color("ink"), alpha=_FAINT, linewidth=0, zorder=2)


def _legend(sheet: Canvas, page: Axes, with_rings: bool, with_people: bool) -> None:
    x = 8.0
    marks = [(90, color("ink"), 1.0, "all together")]
    if with_people:
        marks.append((30, color("ink"), _FAINT, "one person"))
    if with_rings:
        marks.append((52, color("paper"), 1.0, "the year before"))
    for size, fill, alpha, words in marks:
        edge = color("ink") if alpha == 1 else "none"
        page.scatter([x], [10], s=size, color=fill, edgecolor=edge, alpha=alpha, linewidth=1)
        sheet.write(page, x + 10, 10, words, size=SMALL, shade=color("muted"))
        x += 10 + sheet.measure(words, SMALL) + 14


QUESTION = "Where does this school system stand?"
R_WG = (
    "The column r_wg compares the answers with random ones: 1 means all agree, 0 means no more agreement "
    "than chance."
)
ROWS_NAMED = 5  # number of rows named in a finding about many; the CSV has the rest
INVENTED = "These answers are invented. No real person gave them."
REAL = "Real people's answers about their own school system. Only for those who asked them."


def profile_picture(standing: SurveyResults) -> Picture | Block:
    """Draw the profile by domain, or note that there is none.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    Picture or Block
        The chart, or a sentence if no domain has a score.
    """
    if standing.lowest is None:
        return note("No domain has a score, so there is no profile to draw.")
    when = f", {standing.year}" if standing.year else ""
    scored = standing.together.dropna(subset=["score"]).sort_values("score", kind="stable")
    lowest = named_first([f"in {domain_title(one)}" for one in scored["domain"]], scored["score"].tolist(), 1)
    answered = int(standing.people["answered"].gt(0).sum())
    rings = (
        " A ring shows the year before: people who answered twice moved from the ring to the dot."
        if len(standing.change)
        else ""
    )
    return survey_profile(
        standing.scores,
        standing.change,
        title=f"{_begun(standing.system)} is lowest {lowest}",
        caption=f"{_begun(standing.system)}{when}: {describe_respondents(answered)}, 1 to 4, each anchored "
        f"in words.{rings} {declared_survey().own}",
    )


def _begun(system: str) -> str:
    """Start a sentence with a school system; we capitalize only the placeholder for a missing name."""
    return system.capitalize() if system == UNNAMED else system


def steps_table(standing: SurveyResults) -> Block:
    """Show the lowest items as next steps.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    Block
        A table with topic, current anchor, next anchor, highest anchor, and first step.
    """
    if standing.steps.empty:
        return note("These answers show no next step.")
    survey = declared_survey()
    steps = standing.steps[["title", "anchor", "next_anchor", "next_step"]].copy()
    steps.insert(3, "aim", [survey.item(code).anchor(survey.highest) for code in standing.steps["item"]])
    anchors = zip(standing.steps["level"], steps["anchor"], strict=True)
    steps["anchor"] = [f"{place}: {words}" for place, words in anchors]
    domains = [survey.domains[code].short for code in standing.steps["domain"]]
    steps["title"] = [f"{title} ({domain})" for title, domain in zip(steps["title"], domains, strict=True)]
    heads = {
        "title": "about",
        "anchor": "today",
        "next_anchor": "next step up",
        "aim": f"goal ({survey.highest})",
        "next_step": "first step",
    }
    return table(steps, "The lowest items, and the first step for each", names=heads)


def disagreement_table(standing: SurveyResults) -> Block:
    """Show the items on which respondents disagree, with the lowest and the highest answers.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    Block
        A table, or a sentence if they agree on all.
    """
    survey = declared_survey()
    items = standing.agreement[standing.agreement["item"].notna()]
    apart = items[items["means"].eq("Differ")]
    if apart.empty:
        return note("They agree on every item.")
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
    return table(shown, "Where they differ", names=heads, download=False)


def change_table(standing: SurveyResults) -> Block:
    """Show the change in each domain, or note that there is no earlier year.

    Parameters
    ----------
    standing
        Results of one year's answers.

    Returns
    -------
    Block
        A table in anchors.
    """
    if standing.change.empty:
        return note("There are no answers from the year before.")
    frame = standing.change.assign(domain=[domain_title(code) for code in standing.change["domain"]])
    frame = frame[["domain", "items", "people", "how", "before", "now", "change", "low", "high"]]
    figures = ["before", "now", "change", "low", "high"]
    frame[figures] = frame[figures].round(2) + 0.0  # no minus before a zero
    return table(frame, "Change since the year before, in anchors", download=False)


def rows_set_aside_note(standing: SurveyResults) -> pd.DataFrame:
    """Collect the oddities in the files of answers, with their location."""
    found = standing.findings
    where = ["kind", "file", "column", "expected", "action_taken"]
    lines: list[dict[str, object]] = []
    for _, rows in found.groupby(where, sort=False, dropna=False):
        line = dict(rows[where].iloc[0])
        lines.append({**line, "rows": _named_rows(rows["row"]), "times": int(rows["times"].sum())})
    columns = ["kind", "file", "column", "rows", "expected", "action_taken", "times"]
    table = pd.DataFrame(lines, columns=columns).astype(dict.fromkeys(columns[:-1], STRING))
    table["kind"] = finding_words(table["kind"])
    table["action_taken"] = table["action_taken"].str.replace("_", " ")
    if standing.accounts["file"].nunique() < 2:
        table = table.drop(columns="file")
    return table.rename(columns={"kind": "what", "action_taken": "what was done"})


def _named_rows(rows: pd.Series) -> str | None:
    """Name the first rows, and count the others; None for a finding about the whole file."""
    known = [str(row) for row in rows.dropna().astype("int64").drop_duplicates()]
    more = len(known) - ROWS_NAMED
    return (", ".join(known[:ROWS_NAMED]) + (f" and {more} more" if more > 0 else "")) or None


def _amiss(standing: SurveyResults) -> list[Block]:
    """Describe what could not be read as written."""
    rows = standing.accounts
    used, aside = int(rows["rows_used"].sum()), int(rows["rows_set_aside"].sum())
    if standing.findings.empty:
        return [note(f"Rows used: {used:,}. Nothing in the file was odd.")]
    reasons = " The table below gives each reason." if aside else ""
    return [
        note(f"Rows used: {used:,}. Rows set aside: {aside:,}.{reasons}"),
        table(rows_set_aside_note(standing), "What was odd in the file"),
    ]


def _answer_blocks(standing: SurveyResults) -> list[Block]:
    """Show people's answers; without a score there is no chart to read."""
    blocks: list[Block] = [profile_picture(standing)]
    if standing.lowest is not None:
        blocks.append(
            reading(
                "Each row is a domain. The large dot is everyone together, each faint dot one person.",
                "The words at the ends describe a 1 and a 4. A score between them is a mean of several "
                "items. If dots are far apart, people disagree.",
                "Start with the lowest items below, not with the lowest mean.",
            )
        )
    blocks += [
        note(describe_data_team(standing)),
        heading("What to do next"),
        steps_table(standing),
        heading("Do people agree?"),
        note(describe_agreement(standing)),
    ]
    if standing.agreement["means"].eq("Differ").any():
        blocks += [disagreement_table(standing), note(R_WG)]
    blocks += [heading("What has changed?"), note(describe_change(standing))]
    if len(standing.change):
        blocks.append(change_table(standing))
    if len(standing.beside_files):
        beside = standing.beside_files
        blocks += [heading("Opinions compared with files"), opinion_chart(beside), note(beside_words(beside))]
        blocks.append(opinion_table(beside))
    return blocks


def survey_page(out_path: Path, standing: SurveyResults) -> Path:
    """Write the page.

    Parameters
    ----------
    out_path
        Path of the page, ``.html``.
    standing
        Results of one year's answers.

    Returns
    -------
    Path
        The page.
    """
    survey = declared_survey()
    blocks: list[Block] = [answer(describe_maturity(standing)), note(survey.own)]
    if standing.people["answered"].gt(0).any():
        blocks += _answer_blocks(standing)
    elif standing.people["data_team"].notna().any():
        blocks.append(note(describe_data_team(standing)))
    blocks += [heading("Rows used and set aside"), *_amiss(standing)]
    return block_page(out_path, QUESTION, blocks, about_line(REAL, restricted=True))
