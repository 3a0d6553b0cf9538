"""One change to be stepped through, day by day: who knows today, and what each system's file says.

The page in the browser asks, and the kernel answers in messages. It shows an invented child only.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from helpers.show.blocks import Block, answer, escape
from helpers.show.change_words import (
    change_table,
    finding_words,
    levels_of,
    must_be_made,
    of_change,
    times_words,
)
from helpers.show.tables import table
from helpers.standard import BadInput, as_table

__all__ = ["ChangeSteps", "change_steps"]

NO_COLUMN = "no column for it"
NOTHING = "(empty)"
CLERK = "A clerk types it into the SIS, whose export has no column for it."


def change_steps(
    known: pd.DataFrame, written: pd.DataFrame, about: Mapping[str, Any], change: str = "", level: str = ""
) -> ChangeSteps:
    """Step through the days after a change: as the last line of a cell it shows who knows today.

    Parameters
    ----------
    known, written
        Tables ``one_change`` and ``change_written``.
    about
        What the made district says of itself, as the study hands it over.
    change, level
        With which to begin; the first ones when left out.

    Returns
    -------
    ChangeSteps
        Its ``today`` gives in code what the page shows.

    Raises
    ------
    BadInput
        When the district doesn't say that it is invented, or there is no such change or level.
    """
    must_be_made(about)
    rows = as_table("one_change", known)
    first = change or str(rows["change"].iloc[0])
    levels = levels_of(of_change(rows, first))
    if level and level not in levels:
        raise BadInput(f"No exchange level {level!r} was watched. There are: {', '.join(levels)}.")
    return ChangeSteps(rows, as_table("change_written", written), about, first, level or levels[0])


class ChangeSteps:
    """The days after one change as a page: live where a kernel runs, a still table elsewhere.

    Parameters
    ----------
    known, written, about, change, level
        As in `change_steps`.
    """

    def __init__(
        self, known: pd.DataFrame, written: pd.DataFrame, about: Mapping[str, Any], change: str, level: str
    ) -> None:
        self._known, self._written, self._about = known, written, about
        self._change, self._level = change, level
        # As many days for every level, so that they can be compared on one slider.
        self.last = int(written["days"].max())

    def today(self, change: str, level: str, day: int) -> pd.DataFrame:
        """Give what each system's file says on a day.

        Parameters
        ----------
        change, level
            Names as in the tables.
        day
            Days since the Monday; -1 is the Sunday before.

        Returns
        -------
        pandas.DataFrame
            system, asked_by, knows (boolean), said (since when, or why not), value (as written in its file),
            file. Between two days that were made a file stays as it was on the earlier one.
        """
        mine = of_change(self._known, change)
        mine = mine[mine["level"].eq(level)]
        lists = self._written[self._written["change"].eq(change) & self._written["level"].eq(level)]
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
                    "said": _said(one, day),
                    "value": NOTHING if pd.isna(value) else value,
                    "file": file["file"].rpartition("/")[2],
                }
            )
        return pd.DataFrame(rows).astype({"knows": "boolean"})

    def view(self, change: str, level: str, day: int) -> dict[str, Any]:
        """Give what the page shows of one day."""
        day = max(-1, min(self.last, day))
        now = self.today(change, level, day)
        mine = of_change(self._known, change)
        days = mine.loc[mine["level"].eq(level), ["system", "days"]].dropna()
        silent = day == 0 and mine.loc[mine["system"].eq("sis"), "days"].isna().all()
        learn = [self._about["systems"][name] for name in days.loc[days["days"].eq(day), "system"]]
        later = days.loc[days["days"].gt(day), "days"]
        date = pd.Timestamp(self._about["monday"]) + pd.Timedelta(days=day)
        knows = int(now["knows"].sum())
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
            "said": f"{CLERK if silent else _learn(learn)} {knows} of {len(now)} files show it.",
            "next": int(later.min()) if len(later) else None,
            "rows": now.to_dict("records"),
            "words": self._about["words"],
        }

    def heard(self, message: object) -> dict[str, Any]:
        """Do what the page asks.

        Parameters
        ----------
        message
            ``{"do": "show"}``, or ``{"do": "step", "change": …, "level": …, "day": …}``.

        Returns
        -------
        dict
            What the page shows next.
        """
        asked = message if isinstance(message, dict) else {}
        change, level = str(asked.get("change", self._change)), str(asked.get("level", self._level))
        known = self._known[self._known["change"].eq(change) & self._known["level"].eq(level)]
        day = asked.get("day", -1)
        if known.empty or not isinstance(day, int):
            change, level, day = self._change, self._level, -1
        return self.view(change, level, day)

    def still(self) -> Block:
        """Give the days as a page keeps them: when each system knew, at every level."""
        lead = answer(f"{finding_words(self._known, self._about, self._change)}.")
        rows = table(change_table(self._known, self._about, self._change), "When each system knew")
        open_it = "To step through the days, run this notebook in JupyterLab: they open here."
        small = f'<p class="muted">{escape(self._about["words"])} {escape(open_it)}</p>'
        return Block(f"{lead.markup}{rows.markup}{small}", f"{lead.text} {self._about['words']} {open_it}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.show.message_widget import widget_for

        still = self.still()
        bundle = widget_for("change_steps", self.heard)
        # Not the widget's own plain text, which would be its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}


def _said(one: Mapping[Hashable, Any], day: int) -> str:
    """Say since when a system knows, or why not."""
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
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Learns of it today: {listed}."
