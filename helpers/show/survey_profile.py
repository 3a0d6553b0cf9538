"""Where a school system stands: six rows, dots on 1 to 4, words at both ends, each respondent a faint dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.canvas import SMALL, Sheet
from helpers.show.numbers import number_text
from helpers.show.picture import Picture
from helpers.show.tokens import colour
from helpers.standard.survey_items import declared_survey

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["survey_profile"]

_SIDE = 14.0  # room at both ends of a scale for a dot
_WORDS = 170.0  # room for words beside a scale
_FAINT = 0.35


def survey_profile(
    scores: pd.DataFrame, before: pd.DataFrame | None = None, *, title: str, caption: str = ""
) -> Picture:
    """Draw the profile by domain.

    Parameters
    ----------
    scores
        Table ``survey_scores`` of one year: all together, and each respondent.
    before
        Table ``survey_change``: a ring where the same people and items stood the year before.
    title
        The finding, as a sentence.
    caption
        Who, when, how many; whose items.

    Returns
    -------
    Picture
        The chart.

    Raises
    ------
    ValueError
        When no domain has a score.
    """
    survey = declared_survey()
    together = scores[scores["respondent"].isna()].set_index("domain")["score"].dropna()
    if together.empty:
        raise ValueError("There is nothing to draw: no domain has a score. Say so in a sentence instead.")
    single = scores[scores["respondent"].notna()].dropna(subset=["score"])
    own = {code: single.loc[single["domain"].eq(code), "score"].tolist() for code in survey.domains}
    rings: dict[str, float] = {}
    moved = pd.Series(dtype="float64")
    if before is not None and len(before):
        # The ring stands as far from the dot as the same people have moved.
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
        return _draw(Sheet(width), {str(code): float(score) for code, score in together.items()}, own, rings)

    return Picture(draw, title=title, alt=_alt(title, together), caption=caption, data=data)


def _alt(title: str, together: pd.Series) -> str:
    names = declared_survey().domains
    ranked = together.sort_values(kind="stable")
    low, high = str(ranked.index[0]), str(ranked.index[-1])
    return (
        f"{title.rstrip('.')}: {len(together)} domains on a scale from 1 to 4, from "
        f"{number_text(ranked.iloc[0], digits=1)} in {names[low].title} to "
        f"{number_text(ranked.iloc[-1], digits=1)} in {names[high].title}."
    )


def _draw(
    sheet: Sheet, together: dict[str, float], own: dict[str, list[float]], rings: dict[str, float]
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
        said = "–" if score is None else number_text(score, digits=1)
        sheet.write(page, sheet.width, top + 12, said, across="right", weight="bold")
        y = top + 40
        _scale(
            sheet, page, y, left, right, with_numbers=place == len(survey.domains) - 1 and not sheet.narrow
        )
        _ends(sheet, page, y, left, right, domain.low, domain.high)

        def across(value: float) -> float:
            return left + (value - 1) / 3 * (right - left)

        _respondents(page, [across(value) for value in own[code]], y)
        if code in rings:
            page.plot([across(rings[code]), across(together[code])], [y, y], color=colour("ink"), linewidth=1)
            page.scatter(
                [across(rings[code])], [y], s=52, color=colour("paper"), edgecolor=colour("ink"), zorder=3
            )
        if score is not None:
            page.scatter([across(score)], [y], s=90, color=colour("ink"), zorder=4)
    page.set(xlim=(0, sheet.width), ylim=(sheet.height, 0))
    return sheet.figure


def _scale(sheet: Sheet, page: Axes, y: float, left: float, right: float, *, with_numbers: bool) -> None:
    page.plot([left, right], [y, y], color=colour("rule"), linewidth=1, zorder=0)
    for anchor in range(1, 5):
        x = left + (anchor - 1) / 3 * (right - left)
        page.plot([x, x], [y - 5, y + 5], color=colour("rule"), linewidth=1, zorder=0)
        if with_numbers:
            sheet.write(page, x, y + 20, str(anchor), size=SMALL, shade=colour("muted"), across="center")


def _ends(sheet: Sheet, page: Axes, y: float, left: float, right: float, low: str, high: str) -> None:
    """Write the words at both ends: beside the scale, on a phone below it."""
    shade = colour("muted")
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


def _respondents(page: Axes, places: list[float], y: float) -> None:
    """Draw a faint dot a respondent; those who stand at one place stand one above the other."""
    taken: dict[int, int] = {}
    for x in sorted(places):
        level = taken.get(round(x / 8), 0)
        taken[round(x / 8)] = level + 1
        lift = ((level + 1) // 2) * (7 if level % 2 else -7)
        page.scatter([x], [y + lift], s=30, color=colour("ink"), alpha=_FAINT, linewidth=0, zorder=2)


def _legend(sheet: Sheet, page: Axes, with_rings: bool, with_people: bool) -> None:
    x = 8.0
    marks = [(90, colour("ink"), 1.0, "all together")]
    if with_people:
        marks.append((30, colour("ink"), _FAINT, "one person"))
    if with_rings:
        marks.append((52, colour("paper"), 1.0, "moved from there"))
    for size, fill, alpha, words in marks:
        edge = colour("ink") if alpha == 1 else "none"
        page.scatter([x], [10], s=size, color=fill, edgecolor=edge, alpha=alpha, linewidth=1)
        sheet.write(page, x + 10, 10, words, size=SMALL, shade=colour("muted"))
        x += 10 + sheet.measure(words, SMALL) + 14
