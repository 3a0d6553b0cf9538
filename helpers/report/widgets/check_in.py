"""Check-in form beside the dashboard: choose a flagged student, and save who does what by when.

The form shows the children of the dashboard's view and nobody else. As with the dashboard, no child is part
of the widget's state: the page sends messages and the kernel answers. A notebook or a report stores only the
protocol and what is known of flags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from helpers.profile import (
    add_check_in,
    check_in_day,
    check_in_path,
    check_in_protocol,
    current_statuses,
    follow_up,
    listed_by_roster,
    read_check_ins,
)
from helpers.report.blocks import Block, joined, paragraph
from helpers.report.pages.check_in import (
    describe_outcome,
    flag_names,
    known_of_flags,
    protocol_block,
    unread_lines,
)
from helpers.report.widgets.dashboard import Dashboard
from helpers.share import View
from helpers.standard import BadInput, empty_table

__all__ = ["CheckIn", "check_in"]

# Beyond this many, nobody finds a name in a list: a class or a grade is shorter.
MOST_LISTED = 100
_MADE = "Everybody here is invented."
_REAL = "Real children: what you see in this form is not saved with the notebook."
_WHERE = "To write decisions down, run this notebook in JupyterLab, or: bigpicture dashboard FOLDER."


def check_in(board: Dashboard) -> CheckIn:
    """Open the check-in form of a dashboard; as the last line of a cell, it shows the protocol and the form.

    Parameters
    ----------
    board
        The dashboard; the form lists the flagged children of its view, class or grade.

    Returns
    -------
    CheckIn
        Its ``decide`` and ``close`` do the same as the form.
    """
    return CheckIn(board)


class CheckIn:
    """A check-in: live with a kernel, the protocol otherwise."""

    def __init__(self, board: Dashboard) -> None:
        self._board = board
        self._known: tuple[View, pd.Series] | None = None
        self._listed: list[str] = []
        self._decided = empty_table("check_in_outcomes")
        self._lists = 0

    # The form, in code.

    def flagged(self) -> list[str]:
        """List the flagged children of the dashboard's view, most flags first."""
        statuses = self._statuses()
        counts = statuses.eq("Flagged").groupby(level=0).sum()
        ours = self._board.state.listed["child"]
        many = ours.map(counts).fillna(0).astype("int64").to_numpy()
        order = np.argsort(-many, kind="stable")
        return ours.iloc[order[many[order] > 0]].tolist()

    def decide(self, child: str, what: str, who: str, by_when: str, decided_by: str = "") -> None:
        """Save a decision about a child of the view."""
        if child not in set(self._view().children["child"]):
            raise BadInput("That child is none of those whom this role sees here: choose one of the list.")
        add_check_in(
            check_in_path(self._board.state.source),
            {
                "student": self._number(child),
                "name": self._names([child])[0],
                "what": what,
                "who": who,
                "by_when": _day(by_when),
                "decided": check_in_day(self._board.state.source),
                "decided_by": decided_by,
                "flagged": ";".join(self._flags_of(child)),
                "not_flagged": ";".join(self._flags_of(child, status=("Clear", "Warning"))),
            },
        )

    def close(self, place: int, status: str) -> None:
        """Close a decision of the list: it is done, or dropped."""
        row = self._decided.iloc[place]
        decision = {name: row[name] for name in ("student", "what", "who", "by_when")}
        add_check_in(check_in_path(self._board.state.source), {**decision, "status": status})

    def outcomes(self) -> pd.DataFrame:
        """Return what became of decisions about children and flags of this view; open and late ones first."""
        view, source = self._view(), self._board.state.source
        decisions = read_check_ins(check_in_path(source)).decisions
        followed = follow_up(decisions, source, view.indicators)
        ours = followed["child"].isin(list(view.children["child"]))
        # What was decided may tell of the flag: whoever may not see the flag doesn't see the decision.
        about = followed["flagged"].fillna("").map(lambda flags: all(map(view.may_see, flags.split(";"))))
        followed = followed[(ours & about.astype(bool)).to_numpy(dtype=bool)]
        order = followed.assign(closed=followed["status"].ne("Open")).sort_values(
            ["closed", "by_when"], kind="stable"
        )
        return followed.loc[order.index].reset_index(drop=True)

    @cached_property
    def _roster(self) -> str | None:
        """The roster system; None: no system lists schools."""
        source = self._board.state.source
        return listed_by_roster(source, source.values(None, ["school"]))[0]

    def _view(self) -> View:
        """Return the dashboard's view; a role that sees children under codes has no check-in."""
        state = self._board.state
        if state.view is None:
            state.look()
        assert state.view is not None
        if state.view.allowed.coded:
            raise BadInput(
                "This role sees children under codes, and a decision needs to know whom it is about: choose "
                "another role."
            )
        return state.view

    def _statuses(self) -> pd.Series:
        """Return the statuses that this view may show, computed once a view."""
        view = self._view()
        if self._known is None or self._known[0] is not view:
            self._known = (view, current_statuses(view.indicators))
            view.log("flags of all of them, for a check-in")
        return self._known[1]

    def _number(self, child: str) -> str:
        """Return the child's number on the roster, which people know; else its name in other tables."""
        rows = self._board.state.source.values([child], ["school"])
        own = rows.loc[rows["silo"].eq(self._roster or "").fillna(False), "record"].dropna()
        return str(own.iloc[0]) if len(own) else child

    # What a saved page shows, and the messages of a live one.

    def still(self) -> Block:
        """Return the protocol and what is known of flags, without any child."""
        return joined([known_of_flags(), protocol_block(), paragraph(_WHERE, "muted")])

    def receive(self, message: object) -> dict[str, Any]:
        """Do what the form asks; a late click about an older list changes nothing."""
        asked: Mapping[str, Any] = message if isinstance(message, dict) else {}
        wanted = asked.get("do")
        try:
            if wanted == "open":
                return self._opened("")
            current = asked.get("list") == self._lists
            place = asked.get("place")
            place = place if isinstance(place, int) else -1
            if wanted in ("decide", "close") and not current:
                return self._opened("Nothing was saved: the list has changed since. Choose again.")
            if wanted == "decide" and 0 <= place < len(self._listed):
                texts = {name: str(asked.get(name, "")) for name in ("what", "who", "by_when", "decided_by")}
                self.decide(self._listed[place], **texts)
                return self._opened("Saved.")
            if wanted == "close" and 0 <= place < len(self._decided):
                self.close(place, str(asked.get("status")))
                return self._opened("Saved.")
            protocol = check_in_protocol()
            about = {"minutes": protocol.minutes, "known": protocol.known.lead, "who": protocol.who}
            return {"screen": "closed", **about, "steps": _steps()}
        except BadInput as error:
            return {"screen": "trouble", "trouble": f"Not saved. {error}" if wanted != "open" else str(error)}
        except OSError as error:
            return {"screen": "trouble", "trouble": f"The file can't be written ({error.strerror})."}

    def _opened(self, message: str) -> dict[str, Any]:
        """Draw the form: steps, earlier decisions, and the students to choose from."""
        protocol = check_in_protocol()
        state = self._board.state
        self._listed = self.flagged()[:MOST_LISTED]
        self._decided = self.outcomes()
        self._lists += 1
        path = check_in_path(state.source)
        unread = unread_lines(read_check_ins(path).lost, real=False)
        positions = pd.Index(state.listed["child"]).get_indexer(pd.Index(self._listed))
        students = zip(self._listed, self._board.describe(positions.tolist()), strict=True)
        return {
            "screen": "open",
            "list": self._lists,
            "note": _MADE if state.source.synthetic else _REAL,
            "seen_as": state.seats.who_in_words(),
            "group": state.seats.group,
            "file": path.name,
            "steps": _steps(),
            "about": [protocol.students, protocol.decide],
            "students": [
                {**one, "flags": flag_names(";".join(self._flags_of(child)))} for child, one in students
            ],
            "decided": self._described(),
            "due": f"{check_in_day(state.source) + pd.Timedelta(days=protocol.due_days):%Y-%m-%d}",
            "unread": "" if unread is None else unread.text,
            "said": message,
        }

    def _flags_of(self, child: str, *, status: Sequence[str] = ("Flagged",)) -> list[str]:
        """List the indicators of a child that have one of some statuses."""
        statuses = self._statuses()
        if child not in statuses.index.get_level_values(0):
            return []
        own = statuses[child]
        return sorted(own.index[own.isin(list(status))])

    def _described(self) -> list[dict[str, Any]]:
        """Describe the earlier decisions of the list."""
        names = self._names(self._decided["child"].tolist())
        return [
            {
                "name": name or f"Student {row['student']}",
                "what": row["what"],
                "who": row["who"],
                "by": f"{row['by_when']:%Y-%m-%d}",
                "became": describe_outcome(row),
                "open": row["status"] == "Open",
            }
            for name, (_, row) in zip(names, self._decided.iterrows(), strict=True)
        ]

    def _names(self, children: list[str]) -> list[str]:
        """Return the names of children, as far as this view shows them."""
        known = self._view().children.set_index("child").reindex(children)
        parts = [known[name].fillna("") for name in ("first_name", "last_surname") if name in known.columns]
        return [" ".join(filter(None, each)) for each in zip(*parts, strict=True)] or [""] * len(children)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import widget_for

        still = self.still()
        bundle = widget_for("check_in", self.receive)
        # Not the widget's own plain text, which would be part of its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}


def _steps() -> list[dict[str, Any]]:
    return [one.model_dump() for one in check_in_protocol().step]


def _day(text: str) -> pd.Timestamp:
    """Read the day of the form's field."""
    day = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    return pd.Timestamp(day).as_unit("us") if pd.notna(day) else pd.NaT  # type: ignore[return-value]
