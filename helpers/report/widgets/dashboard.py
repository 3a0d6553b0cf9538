"""Educators' dashboard in a notebook or under Voila: view selector, search by name, one child's page.

The viewer gets a view for their role, and the page uses only that view. Its content stays in the running
kernel: the browser's page sends messages and gets answers. No child is part of the widget's state, which
notebooks may save. A notebook or a report stores only `Dashboard.still`: for a synthetic district the page of
the followed child, for a real one a sentence.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from helpers.profile import Source
from helpers.report.blocks import Block, joined, paragraph
from helpers.report.child.source_rows import show_source_rows
from helpers.report.display_names import grade_name
from helpers.report.templates import fill
from helpers.report.widgets.dashboard_state import FEWEST_LETTERS, MOST_HITS, UNMATCHED, DashboardState
from helpers.share import Audit, Policy, View
from helpers.standard import BadInput, Measured, plain

__all__ = ["Dashboard", "dashboard"]

_LETTERS = f"letters of a name ({FEWEST_LETTERS} or more)"
_HINT = f"Type {_LETTERS}; arrows go through at most {MOST_HITS} hits, Enter opens a page."


def dashboard(
    source: Source | str | os.PathLike[str],
    *,
    role: str | None = None,
    who: str | None = None,
    purpose: str | None = None,
    policy: Policy | None = None,
    audit: Audit | str | os.PathLike[str] | None = None,
) -> Dashboard:
    """Open the dashboard; as the last line of a cell, it shows one child's page as a role may see it.

    Parameters
    ----------
    source
        The children's data: `source_of`, or the folder of a store.
    role
        A fixed role; by default users choose one, which suits a synthetic district.
    who
        A fixed viewer in that role (``sis:…``, a school); by default users choose one. Needs ``role``.
    purpose
        Purpose; default is the role's broadest. Needs ``role``.
    policy
        Policy; default is the kit's.
    audit
        Audit log of views, or its file; default is none.

    Returns
    -------
    Dashboard
        Its ``look`` and ``show`` do the same as the controls.

    Raises
    ------
    BadInput
        If the policy has no such role or purpose, a viewer has no role, or there is no such store.
    """
    from helpers.profile import ProfileStore
    from helpers.share import Audit, open_view, read_policy, whos

    if role is None and (who is not None or purpose is not None):
        raise BadInput("Give a role, too: who and purpose belong to a role.")
    rules = policy or read_policy()
    if role is not None and role not in rules.roles:
        raise BadInput(f"The policy has no role {role!r}. It has: {', '.join(rules.roles)}.")

    known: Source = ProfileStore.open(Path(source)) if isinstance(source, str | os.PathLike) else source
    log = Audit(Path(audit)) if isinstance(audit, str | os.PathLike) else audit

    def view_as(role: str, who: str) -> View:
        return open_view(known, role, who, purpose, policy=rules, audit=log)

    looking = DashboardState(
        known, view_as, lambda role: whos(known, role, rules), policy=rules, role=role, who=who
    )
    return Dashboard(looking)


class Dashboard:
    """A dashboard: live with a kernel, static otherwise."""

    def __init__(self, looking: DashboardState) -> None:
        self._looking = looking
        self._found: tuple[int, list[int]] = (0, [])

    @property
    def state(self) -> DashboardState:
        """Who looks, and at whom."""
        return self._looking

    # The controls, in code.

    def look(self, role: str | None = None, who: str | None = None) -> None:
        """Open a view in a role; see `DashboardState.look`."""
        self._looking.look(role, who)

    def show(self, child: str) -> Block:
        """Open a child's page; see `DashboardState.show`."""
        return self._looking.show(child)

    def find(self, text: str) -> list[str]:
        """Find children by name; see `DashboardState.find`."""
        return self._looking.find(text)

    def still(self, rows: bool = True) -> Block:
        """Return the static dashboard for a saved page, with the source rows of each value."""
        if not self._looking.source.synthetic:
            words = (
                "Real children: the dashboard shows them while this notebook runs, and nothing of it is kept."
            )
            return paragraph(words)
        try:
            if self._looking.view is None:
                self._looking.look()
            if self._looking.page is None and len(self._looking.listed):
                self._looking.show(str(self._looking.listed["child"].iloc[0]))
        except BadInput as error:
            return paragraph(str(error))
        if self._looking.child is None or self._looking.page is None:
            return paragraph("This viewer may see no child.")
        from helpers.report.widgets import style_of

        page = self._looking.laid_out(self._looking.child, rows=True) if rows else self._looking.page
        words = (
            "To choose a role and a child, run this notebook in JupyterLab, or: bigpicture dashboard FOLDER."
        )
        style = style_of("dashboard")
        markup = fill("report/widgets/dashboard.html.j2", "still", style, words, page.block.markup)
        return Block(markup, page.block.text)

    # Messages of the browser's page, and their answers.

    def receive(self, message: object) -> dict[str, Any] | None:
        """Answer a message of the page; ignore one about anything that isn't on it."""
        asked: Mapping[str, Any] = message if isinstance(message, dict) else {}
        wanted = asked.get("do")
        try:
            if wanted == "search":
                return self._hits(str(asked.get("text", "")), int(asked.get("asked", 0)))
            if wanted == "open":
                return self._opened(asked)
            if wanted == "child":
                return self._chosen(asked)
            if wanted == "choose":
                return self._seated_anew(str(asked.get("what")), int(asked.get("place", -1)))
            return self._all()
        except BadInput as error:
            return {"kind": "trouble", "trouble": str(error)}
        except (TypeError, ValueError):
            return None

    def _all(self) -> dict[str, Any]:
        trouble = ""
        if self._looking.view is None:
            try:
                self._looking.look()
            except BadInput as error:
                trouble = str(error)
            _set_aside()
        return {**self._drawn(), "trouble": trouble, "said": ""}

    def _drawn(self) -> dict[str, Any]:
        page = self._looking.page
        return {
            "kind": "all",
            "controls": self._looking.seats.controls(),
            "hint": f"{_HINT} {self._whom()}",
            "page": self._looking.pages,
            "markup": self._empty() if page is None else page.block.markup,
        }

    def _whom(self) -> str:
        unmatched = self._looking.seats.group == UNMATCHED
        name = "findable_unmatched" if unmatched else "findable"
        return plain(f"{Measured(name, len(self._looking.listed)):count} can be found here.")

    def _also(self) -> str:
        """Point to the drawer of records that match no child, where there is one and it isn't open."""
        closed = self._looking.unmatched and self._looking.seats.group != UNMATCHED
        return f" Look among the {UNMATCHED}, too." if closed else ""

    def _empty(self) -> Markup:
        kind = "note" if self._looking.source.synthetic else "note restricted"
        words = "Search a name, and the child’s page opens here."
        if self._looking.view is not None and not len(self._looking.listed):
            words = "This role, school and class has no child. A school without children has no pages."
        return joined([paragraph(self._looking.note, kind), paragraph(words)]).markup

    def _seated_anew(self, what: str, place: int) -> dict[str, Any]:
        seats = self._looking.seats
        anew = seats.choose(what, place)
        self._looking.pages += 1
        if not anew:
            self._looking.list_children()
            return {
                "kind": "controls",
                "hint": f"{_HINT} {self._whom()}",
                "said": f"{seats.group}: {self._whom()}",
            }
        trouble = ""
        try:
            self._looking.look()
        except BadInput as error:
            trouble = str(error)
        _set_aside()
        shown = "" if self._looking.page is None else f" {self._looking.page.title} is shown."
        return {
            **self._drawn(),
            "trouble": trouble,
            "said": f"Seen as: {seats.who_in_words()}. {self._whom()}{shown}",
        }

    def _hits(self, text: str, asked: int) -> dict[str, Any]:
        every = self._looking.search.find(text)
        few = (
            not text.strip()
            and 0 < len(self._looking.listed)
            and self._looking.seats.chosen_children is not None
        )
        if few:  # for a chosen class, the first names without typing
            every = list(range(len(self._looking.listed)))
        shown = every[:MOST_HITS]
        self._found = (asked, shown)
        rest = len(every) - len(shown)
        letters = len(text.replace(" ", ""))
        if not every:
            message = (
                f"Nobody with this name here.{self._also()}"
                if letters >= FEWEST_LETTERS
                else f"Type {_LETTERS}."
            )
        else:
            message = f"{len(every)} found" + (f", {MOST_HITS} shown: type more letters." if rest else ".")
        return {"kind": "hits", "asked": asked, "said": message, "hits": self.describe(shown)}

    def describe(self, positions: Sequence[int]) -> list[dict[str, str]]:
        """Describe listed children; a birth date distinguishes namesakes in one grade and school."""
        rows = self._looking.listed.iloc[list(positions)]
        facts = []
        for row in rows.to_dict("records"):
            parts = [grade_name(str(row["grade_level"]))] if pd.notna(row.get("grade_level")) else []
            parts += [str(row["school"])] if pd.notna(row.get("school")) else []
            facts.append((str(row["name"]) or "No name on record", " · ".join(parts), row.get("birth_date")))
        same = pd.Series([one[:2] for one in facts]).duplicated(keep=False).tolist() if facts else []
        return [
            {
                "name": name,
                "facts": f"{facts_text} · born {born:%Y-%m-%d}"
                if again and born is not None and pd.notna(born)
                else facts_text,
            }
            for (name, facts_text, born), again in zip(facts, same, strict=True)
        ]

    def _chosen(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        number, positions = self._found
        hit = asked.get("hit")
        if asked.get("asked") != number or not isinstance(hit, int) or not 0 <= hit < len(positions):
            return None
        block = self._looking.show(str(self._looking.listed["child"].iloc[positions[hit]]))
        return {
            "kind": "page",
            "page": self._looking.pages,
            "markup": block.markup,
            "said": f"The page shows: {block.text}",
        }

    def _opened(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        number = asked.get("number")
        if (
            self._looking.page is None
            or self._looking.child is None
            or asked.get("page") != self._looking.pages
        ):
            return None
        if not isinstance(number, int) or not 0 <= number < len(self._looking.page.opens):
            return None
        folder = self._looking.source.folder
        if folder is None or not folder.is_dir():
            words = "The district’s files have moved, so we can’t open their rows."
            return self._opened_message(number, paragraph(words))
        systems = self._looking.source.systems()
        names = {silo: system.name for silo, system in self._looking.systems.items()}
        layouts = dict(zip(systems["silo"], systems["layout"], strict=True))
        child = str(self._looking.child.children["child"].iloc[0])
        return self._opened_message(
            number,
            show_source_rows(
                self._looking.child, child, self._looking.page.opens[number], folder, layouts, names
            ),
        )

    def _opened_message(self, number: int, block: Block) -> dict[str, Any]:
        return {
            "kind": "opened",
            "page": self._looking.pages,
            "number": number,
            "markup": block.markup,
            "said": "The row is shown below its value.",
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.report.widgets import widget_for

        # Voila shows the live page alone, so nobody would see a static one with all its source rows.
        live = "VOILA_SERVER_URL" in os.environ
        still = self.still(rows=not live)
        _set_aside()  # now, before the browser waits for its first page
        bundle = widget_for("dashboard", self.receive)
        if not live:
            bundle["text/html"] = still._repr_html_()
        # Not the widget's own plain text, which would be part of its state.
        return {**bundle, "text/plain": still.text}


def _set_aside() -> None:
    """Exclude long-lived objects from garbage collection while the dashboard is open.

    A collection over a district of 10,000 children takes as long as a change of child. We first release what
    an earlier role left.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
