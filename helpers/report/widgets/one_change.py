"""Follow one change day by day."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.report.blocks import Block, answer, joined, paragraph
from helpers.report.charts.picture import SMALL, Canvas, Picture
from helpers.report.display_names import listed
from helpers.report.tables import table
from helpers.report.theme import color
from helpers.standard import BadInput, Measured, as_table, plain
from helpers.systems import roster_system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "ChangeSteps",
    "change_steps",
    "change_table",
    "change_timeline",
    "finding_words",
    "levels_of",
    "must_be_made",
    "of_change",
    "times_words",
    "when_words",
]


TIMES = ("never", "once", "twice")


def must_be_made(about: Mapping[str, Any]) -> None:
    """Raise an error for a real child: the page shows what files contain about one child."""
    if about.get("synthetic") is not True:
        raise BadInput(
            "We show one change of one child in invented districts only: this one doesn't say that "
            "everybody in it is invented. Make one with synthetic_data.studies.one_change.one_change()."
        )


def of_change(known: pd.DataFrame, change: str) -> pd.DataFrame:
    """Select the rows of one change."""
    rows = as_table("one_change", known)
    mine = rows[rows["change"].eq(change)].reset_index(drop=True)
    if mine.empty:
        there = ", ".join(rows["change"].drop_duplicates())
        raise BadInput(f"No change {change!r} was watched. There are: {there or 'none'}.")
    return mine


def levels_of(known: pd.DataFrame) -> list[str]:
    """Return the exchange levels in the order of the rows."""
    return [str(level) for level in known["level"].drop_duplicates()]


def days_words(days: int) -> str:
    """Describe the delay after Monday: on the same day, after 1 day, after 30 days."""
    return "on the same day" if days == 0 else plain(f"after {Measured('days_to_reach', days):count}")


def times_words(times: int) -> str:
    """Describe how often somebody typed something."""
    return TIMES[times] if times < len(TIMES) else plain(f"{Measured('times_typed', times):count}")


def when_words(days: object, typed: object, why_never: object) -> str:
    """Describe when a system showed the change, or why it never does."""
    if pd.isna(days):  # type: ignore[call-overload]
        return f"never: {why_never}"
    return f"{days_words(int(str(days)))}, typed {times_words(int(str(typed)))}"


def change_table(known: pd.DataFrame, about: Mapping[str, Any], change: str) -> pd.DataFrame:
    """Build a table of when each system showed the change: one row per system, one column per level."""
    mine = of_change(known, change)
    texts = [when_words(*row) for row in mine[["days", "typed", "why_never"]].itertuples(index=False)]
    wide = mine.assign(text=texts).pivot(index="system", columns="level", values="text")
    systems = list(dict.fromkeys(mine["system"]))
    asked = mine.drop_duplicates("system").set_index("system")["asked_by"]
    laid_out = wide.loc[systems, levels_of(mine)].reset_index(drop=True).rename_axis(columns=None)
    laid_out.insert(0, "system", [about["systems"][system] for system in systems])
    laid_out.insert(1, "asked by", [str(asked[system]) for system in systems])
    return laid_out.astype("string")


def finding_words(known: pd.DataFrame, about: Mapping[str, Any], change: str) -> str:
    """Describe the result of one change in a sentence."""
    mine = of_change(known, change)
    title = str(about["changes"][change]).capitalize()
    watched = Measured("files_watched", mine["system"].nunique())
    reached = mine.dropna(subset=["days"])
    ever = list(dict.fromkeys(reached["system"]))
    files_reached = Measured("files_told", len(ever), watched.number)
    levels = levels_of(mine)
    if not ever:
        return f"{title} reaches none of {watched:count}, at any level: none has a place for it"
    ends = [str(level) for level in dict.fromkeys((levels[0], levels[-1]))]
    last = reached.groupby("level")["days"].max()
    after = ", and ".join(
        f"{days_words(int(last[level]))} at level {level}" for level in ends if level in last.index
    )
    if files_reached.number == files_reached.base:
        return f"{title} reaches all {watched:count} {after}"
    who = listed([str(about["systems"][system]) for system in ever])
    return f"{title} reaches {files_reached:count of} ({who}): {after}. No other has a place for it"


HEAD, LANE, FOOT, GAP = 30, 30, 44, 20
SIDE = 10  # left and right of the days, for half a mark


def change_timeline(known: pd.DataFrame, about: Mapping[str, Any], change: str) -> Picture:
    """Draw the day when each system showed a change, by exchange level.

    Parameters
    ----------
    known
        Table ``one_change``.
    about
        Metadata of the synthetic district, from the study.
    change
        custody, surname or allergy.

    Returns
    -------
    Picture
        The chart; its table has one row per system.

    Raises
    ------
    BadInput
        If the district isn't marked as synthetic, or the study has no such change.
    """
    must_be_made(about)
    mine = of_change(known, change)
    title = finding_words(known, about, change)
    levels = levels_of(mine)
    reach = []
    for level in levels:
        own = mine[mine["level"].eq(level)]
        again = own["carried"].eq("typed").fillna(False) & own["system"].ne(roster_system())
        reach.append(
            f"{level}: {int(own['days'].notna().sum())} of {len(own)} know, typed "
            f"{times_words(1 + int(again.sum()))} in all"
        )

    def draw(width: int) -> Figure:
        return _draw(Canvas(width), mine, about, levels)

    return Picture(
        draw,
        title=title,
        alt=f"{title}. {'; '.join(reach)}.",
        caption=(
            f"Days from the Monday ({about['monday']}) on which the SIS learned of it, to the first day on "
            "which a system's file shows it; a file without a column for it never does. One invented child "
            f"of {about['title']}, {Measured('enrolled', about['students'], where='one change'):count}, "
            f"seed {about['seed']}. "
            f"{about['words']}"
        ),
        data=change_table(known, about, change),
    )


def _draw(sheet: Canvas, mine: pd.DataFrame, about: Mapping[str, Any], levels: list[str]) -> Figure:
    systems = [str(system) for system in mine["system"].drop_duplicates()]
    names = {system: str(about["systems"][system]) for system in systems}
    room = max(sheet.measure(name, SMALL) for name in names.values()) + 10
    high = HEAD + LANE * len(systems) + FOOT
    if sheet.narrow:
        sheet.set_height(len(levels) * (high + GAP))
        wide = sheet.width - room
    else:
        sheet.set_height(high)
        wide = (sheet.width - room - (len(levels) - 1) * GAP) / len(levels)
    page = sheet.page_axes()
    last = float(mine["days"].max()) if mine["days"].notna().any() else 0.0
    end = max(30.0, last)
    for number, level in enumerate(levels):
        left = room if sheet.narrow else room + number * (wide + GAP)
        top = number * (high + GAP) if sheet.narrow else 0
        own = {row["system"]: row for row in mine[mine["level"].eq(level)].to_dict("records")}
        sheet.write(page, left, top + 12, level, weight="bold")
        for lane, system in enumerate(systems):
            y = top + HEAD + LANE * (lane + 0.5)
            if sheet.narrow or number == 0:
                sheet.write(
                    page, (left if sheet.narrow else room) - 10, y, names[system], size=SMALL, across="right"
                )
            _lane(sheet, page, own[system], left, wide, y, end)
        _axis(sheet, page, left, wide, top + HEAD + LANE * len(systems), end, sheet.narrow or number == 0)
    _legend(sheet, page, room if sheet.narrow else room + wide + GAP, sheet.height - 10)
    return sheet.figure


def _legend(sheet: Canvas, page: Axes, left: float, y: float) -> None:
    """Explain the two marks next to the days."""
    for text, fill in (("by machine", "ink"), ("typed again", "paper")):
        page.scatter([left + 6], [y], s=34, color=color(fill), edgecolor=color("ink"), linewidth=1.2)
        sheet.write(page, left + 16, y, text, size=SMALL, shade=color("muted"))
        left += 16 + sheet.measure(text, SMALL) + 14


def _lane(
    sheet: Canvas, page: Axes, row: Mapping[Hashable, Any], left: float, wide: float, y: float, end: float
) -> None:
    """Draw one system at one level: dotted before the change shows, solid afterwards."""
    ink, rule = color("ink"), color("rule")
    begin, stop = left + SIDE, left + wide - SIDE
    if pd.isna(row["days"]):
        page.plot([begin, stop], [y + 9, y + 9], color=rule, linewidth=1, linestyle=(0, (1, 3)))
        why_text = sheet.fold(f"never: {row['why_never']}", wide - SIDE, SMALL, lines=1)
        sheet.write(page, begin - 4, y, why_text, size=SMALL, shade=color("muted"))
        return
    days = int(row["days"])
    x = begin + days / end * (stop - begin)
    page.plot([begin, x], [y, y], color=color("muted"), linewidth=1, linestyle=(0, (1, 2)), zorder=1)
    page.plot([x, stop], [y, y], color=ink, linewidth=3, solid_capstyle="butt", zorder=2)
    by_hand = row["carried"] == "typed" and row["system"] != roster_system()
    page.scatter(
        [x], [y], s=46, color=color("paper") if by_hand else ink, edgecolor=ink, linewidth=1.4, zorder=3
    )
    text = str(days)
    across = "right" if x + 12 + sheet.measure(text, SMALL) > left + wide else "left"
    sheet.write(page, x + (-9 if across == "right" else 9), y - 9, text, size=SMALL, across=across)


def _axis(sheet: Canvas, page: Axes, left: float, wide: float, y: float, end: float, named: bool) -> None:
    """Draw the days below the lanes."""
    begin, stop = left + SIDE, left + wide - SIDE
    page.plot([begin, stop], [y + 4, y + 4], color=color("rule"), linewidth=1)
    for tick in range(0, int(end) + 1, 30):
        x = begin + tick / end * (stop - begin)
        page.plot([x, x], [y + 4, y + 8], color=color("muted"), linewidth=1)
        sheet.write(page, x, y + 17, str(tick), size=SMALL, shade=color("muted"), across="center")
    if named:
        sheet.write(page, begin - SIDE, y + 34, "days since Monday", size=SMALL, shade=color("muted"))


NO_COLUMN = "no column for it"
NOTHING = "(empty)"
CLERK = "A clerk types it into the SIS, whose export has no column for it."


def change_steps(
    known: pd.DataFrame, contents: pd.DataFrame, about: Mapping[str, Any], change: str = "", level: str = ""
) -> ChangeSteps:
    """Step through the days after a change; as the last line of a cell, it shows which systems have it.

    Parameters
    ----------
    known, contents
        Tables ``one_change`` and ``change_written``.
    about
        Metadata of the synthetic district, from the study.
    change, level
        Initial selection; default is the first ones.

    Returns
    -------
    ChangeSteps
        Its ``today`` returns what the page shows.

    Raises
    ------
    BadInput
        If the district isn't marked as synthetic, or there is no such change or level.
    """
    must_be_made(about)
    rows = as_table("one_change", known)
    first = change or str(rows["change"].iloc[0])
    levels = levels_of(of_change(rows, first))
    if level and level not in levels:
        raise BadInput(f"No exchange level {level!r} was watched. There are: {', '.join(levels)}.")
    return ChangeSteps(rows, as_table("change_written", contents), about, first, level or levels[0])


class ChangeSteps:
    """The days after one change as a page: live with a kernel, a static table otherwise."""

    def __init__(
        self, known: pd.DataFrame, contents: pd.DataFrame, about: Mapping[str, Any], change: str, level: str
    ) -> None:
        self._known, self._contents, self._about = known, contents, about
        self._change, self._level = change, level
        # The same days for every level, so that one slider compares them.
        self.last = int(contents["days"].max())

    def today(self, change: str, level: str, day: int) -> pd.DataFrame:
        """Return the content of each system's file on a day."""
        mine = of_change(self._known, change)
        mine = mine[mine["level"].eq(level)]
        lists = self._contents[self._contents["change"].eq(change) & self._contents["level"].eq(level)]
        rows = []
        for one in mine.to_dict("records"):
            files = lists[lists["system"].eq(one["system"])].sort_values("days")
            so_far = files[files["days"].le(day)]
            file = (so_far.iloc[-1] if len(so_far) else files.iloc[0]).to_dict()
            knows = pd.notna(one["days"]) and bool(one["days"] <= day)
            value = NO_COLUMN if pd.isna(file["column"]) else file["value"]
            rows.append(
                {
                    "system": self._about["systems"][one["system"]],
                    "asked_by": one["asked_by"],
                    "knows": knows,
                    "said": _knows_since(one, day),
                    "value": NOTHING if pd.isna(value) else value,
                    "file": file["file"].rpartition("/")[2],
                }
            )
        return pd.DataFrame(rows).astype({"knows": "boolean"})

    def view(self, change: str, level: str, day: int) -> dict[str, Any]:
        """Return what the page shows for one day."""
        day = max(-1, min(self.last, day))
        now = self.today(change, level, day)
        mine = of_change(self._known, change)
        days = mine.loc[mine["level"].eq(level), ["system", "days"]].dropna()
        silent = day == 0 and mine.loc[mine["system"].eq(roster_system()), "days"].isna().all()
        learn = [self._about["systems"][name] for name in days.loc[days["days"].eq(day), "system"]]
        later = days.loc[days["days"].gt(day), "days"]
        date = pd.Timestamp(self._about["monday"]) + pd.Timedelta(days=day)
        reached = Measured("files_told", int(now["knows"].sum()), len(now))
        return {
            "screen": "day",
            "change": change,
            "level": level,
            "day": day,
            "last": self.last,
            "changes": [
                {"name": name, "title": self._about["changes"][name]}
                for name in self._known["change"].drop_duplicates()
            ],
            "levels": levels_of(mine),
            "date": f"{date:%A, %B} {date.day}",
            "said": plain(f"{CLERK if silent else _learn(learn)} {reached:count of} show it."),
            "next": int(later.min()) if len(later) else None,
            "rows": now.to_dict("records"),
            "words": self._about["words"],
        }

    def receive(self, message: object) -> dict[str, Any]:
        """Do what the page asks."""
        asked = message if isinstance(message, dict) else {}
        change, level = str(asked.get("change", self._change)), str(asked.get("level", self._level))
        known = self._known[self._known["change"].eq(change) & self._known["level"].eq(level)]
        day = asked.get("day", -1)
        if known.empty or not isinstance(day, int):
            change, level, day = self._change, self._level, -1
        return self.view(change, level, day)

    def still(self) -> Block:
        """Return the static table for a saved page: when each system showed the change, at every level."""
        lead = answer(f"{finding_words(self._known, self._about, self._change)}.")
        rows = table(change_table(self._known, self._about, self._change), "When each system knew")
        open_it = "To step through the days, run this notebook in JupyterLab: they open here."
        small = paragraph(f"{self._about['words']} {open_it}", "muted")
        return Block(joined([lead, rows, small]).markup, f"{lead.text} {small.text}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import widget_for

        still = self.still()
        bundle = widget_for("change_steps", self.receive)
        # Not the widget's own plain text, which would be part of its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}


def _knows_since(one: Mapping[Hashable, Any], day: int) -> str:
    """Describe since when a system shows the change, or why not."""
    if pd.isna(one["days"]):
        return f"never: {one['why_never']}"
    if one["days"] > day:
        return "not yet"
    how = (
        "carried by a machine"
        if one["carried"] == "by machine"
        else f"typed {times_words(int(one['typed']))}"
    )
    return f"knows since day {int(one['days'])}, {how}"


def _learn(names: list[str]) -> str:
    if not names:
        return "No system learns of it today."
    return f"Learns of it today: {listed(names)}."
