"""The educators' dashboard in a notebook or under Voila: who looks, a search by name, one child's page.

Whoever looks gets a view of their role, and the page is laid out from that view alone. What is shown lives
in the running kernel: the page in the browser asks, and is answered by messages; no child is part of the
widget's state, which notebooks may save. What a notebook or a report keeps is the still picture of
`Dashboard.still`: of a made district the page of the followed child, of a real one a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.layouts import BadInput
from helpers.show.banner import banner
from helpers.show.blocks import Block, escape
from helpers.show.child_page import ChildPage, child_page, grade_words, role_words, system_names
from helpers.show.dashboard_seats import Seats
from helpers.show.name_search import FEWEST_LETTERS, MOST_HITS, NameSearch
from helpers.show.opened_rows import opened_rows

if TYPE_CHECKING:
    from helpers.profile.source import Source
    from helpers.share import Audit, Policy, View

__all__ = ["Dashboard", "dashboard"]

_HINT = f"Type {FEWEST_LETTERS} letters; arrows go through at most {MOST_HITS} names, Enter opens a page."


def dashboard(
    source: Source,
    *,
    role: str | None = None,
    who: str | None = None,
    purpose: str | None = None,
    policy: Policy | None = None,
    audit: Audit | None = None,
) -> Dashboard:
    """Open the dashboard: as the last line of a cell it shows one child's page, as a role may see it.

    Parameters
    ----------
    source
        Where the children are kept: `source_of` or `ProfileStore.open`.
    role
        The one role in which is looked; by default it can be chosen, as befits a made district.
    who
        Who looks in that role (``sis:…``, a school); by default it can be chosen. Needs ``role``.
    purpose
        For what; by default the role's broad purpose. Needs ``role``.
    policy
        Who may see what; by default the kit's.
    audit
        Where each view is written down; by default nowhere.

    Returns
    -------
    Dashboard
        Its ``look`` and ``show`` do from code what the controls do.

    Raises
    ------
    BadInput
        When the policy has no such role or purpose, or who looks without a role.
    """
    from helpers.share import read_policy, view, whos

    if role is None and (who is not None or purpose is not None):
        raise BadInput("Say in which role is looked, too: who and purpose belong to a role.")
    rules = policy or read_policy()
    if role is not None and role not in rules.roles:
        raise BadInput(f"The policy has no role {role!r}. It has: {', '.join(rules.roles)}.")

    def open_view(role: str, who: str) -> View:
        return view(source, role, who, purpose, policy=rules, audit=audit)

    return Dashboard(source, open_view, lambda role: whos(source, role, rules), role=role, who=who)


class Dashboard:
    """A dashboard: live where a kernel runs, a still picture elsewhere.

    Parameters
    ----------
    source
        Where the children are kept.
    open_view
        Role and who -> their view.
    whos
        Role -> ``who, name, school``.
    role, who
        What is fixed; None: can be chosen.
    """

    def __init__(
        self,
        source: Source,
        open_view: Callable[[str, str], View],
        whos: Callable[[str], pd.DataFrame],
        *,
        role: str | None = None,
        who: str | None = None,
    ) -> None:
        self._source = source
        self._open_view = open_view
        self._whos = whos
        self._role, self._who = role, who
        self._seats: Seats | None = None
        self._view: View | None = None
        self._search = NameSearch(pd.Series([], dtype="string"))
        self._listed = pd.DataFrame()
        self._found: tuple[int, list[int]] = (0, [])
        self._child: View | None = None
        self._page: ChildPage | None = None
        self._generation = 0
        self._said = ""
        self._trouble = ""

    # What the controls do, from code.

    def look(self, role: str | None = None, who: str | None = None) -> None:
        """Look in a role: a new view, and a line in the audit.

        Parameters
        ----------
        role, who
            As the policy calls them; None: who has the seat already.

        Raises
        ------
        BadInput
            When the view is refused.
        """
        if role is not None:
            self._seats = self._seated(role, who)
        seats = self.seats
        self._view = self._child = self._page = None
        self._listed = pd.DataFrame()
        self._search = NameSearch(pd.Series([], dtype="string"))
        if seats.who is None:
            raise BadInput(f"Nobody in these files is a {role_words(seats.role)}: choose another role.")
        self._view = self._open_view(seats.role, seats.who)
        seats.group_children(self._view.children)
        self._list()
        followed = self._source.followed
        if followed is not None and followed in set(self._view.children["child"]):
            self.show(followed)

    def show(self, child: str) -> Block:
        """Open a child's page.

        Parameters
        ----------
        child
            The child, as the view calls it.

        Returns
        -------
        Block
            The page.

        Raises
        ------
        BadInput
            When the child isn't among those whom the role may see; the words name nobody.
        """
        if self._view is None:
            self.look()
        assert self._view is not None
        own = self._view.of(child)
        page = self._laid_out(own)
        self._child, self._page = own, page
        self._generation += 1
        return page.block

    def find(self, text: str) -> list[str]:
        """Find children of the view by name.

        Parameters
        ----------
        text
            Beginnings of names; at least two letters.

        Returns
        -------
        list of str
            Children, at most twenty.
        """
        if self._view is None:
            self.look()
        return self._listed["child"].iloc[self._search.find(text, MOST_HITS)].tolist()

    def still(self) -> Block:
        """Give the dashboard as a page keeps it.

        Returns
        -------
        Block
            Of a made district the page of the followed child in the first role; of a real one a sentence.
        """
        if not self._source.synthetic:
            words = (
                "Real children: the dashboard shows them while this notebook runs, and nothing of it is kept."
            )
            return Block(f"<p>{escape(words)}</p>", words)
        try:
            if self._view is None:
                self.look()
            if self._page is None and len(self._listed):
                self.show(str(self._listed["child"].iloc[0]))
        except BadInput as error:
            return Block(f"<p>{escape(error)}</p>", str(error))
        if self._child is None:
            words = "No child is known to whoever looks here."
            return Block(f"<p>{escape(words)}</p>", words)
        from helpers.show.message_widget import style_of

        page = self._laid_out(self._child, rows=True)
        words = (
            "To choose a role and a child, run this notebook in JupyterLab, or `bigpicture dashboard FOLDER`."
        )
        return Block(
            f'<style>{style_of("dashboard")}</style><div class="dashboard">'
            f'<p class="small">{escape(words)}</p>{page.block.markup}</div>',
            page.block.text,
        )

    @property
    def seats(self) -> Seats:
        """Who looks, and what can be chosen."""
        if self._seats is None:
            self._seats = self._seated(self._role, self._who)
        return self._seats

    def _seated(self, role: str | None, who: str | None) -> Seats:
        relations = self._source.relations()
        followed = self._source.followed

        def prefer(role: str, people: pd.DataFrame) -> str | None:
            """Prefer who has to do with the child whom the notebooks follow."""
            if followed is None:
                return None
            own = relations[relations["child"].eq(followed).fillna(False)]
            wanted = {*own["adult"].dropna(), *own["school_name"].dropna()}
            there = [one for one in people["who"].tolist() if one in wanted]
            return there[0] if there else None

        return Seats(self._whos, relations, role=role, who=who, prefer=prefer)

    def _laid_out(self, own: View, rows: bool = False) -> ChildPage:
        relations = self._source.relations()
        named = relations[["school_id", "school_name"]].dropna().drop_duplicates("school_id")
        child = str(own.children["child"].iloc[0])

        def places(element: str, school_year: int | None) -> str:
            behind = own.rows_behind(child, element, school_year).dropna(subset=["file", "row"])
            parts = behind.groupby("file", sort=False)["row"].agg(
                lambda each: ", ".join(str(int(one)) for one in each)
            )
            return "; ".join(f"{file}, row {numbers}" for file, numbers in parts.items())

        return child_page(
            own,
            system_names(self._source.systems()),
            note=self._note(),
            invented=self._source.synthetic,
            strengths=_strengths(own),
            schools=dict(zip(named["school_id"], named["school_name"], strict=True)),
            places=places if rows else None,
        )

    def _note(self) -> str:
        return banner(dict(self._source.about), self._source.synthetic).text

    def _list(self) -> None:
        """List the children of the chosen class or grade, for the search."""
        assert self._view is not None
        children = self._view.children
        chosen = self.seats.chosen_children
        if chosen is not None:
            children = children[children["child"].isin(list(chosen))]
        named = [name for name in ("first_name", "last_surname") if name in children.columns]
        names = children["child"] if not named else children[named[0]].fillna("")
        for name in named[1:]:
            names = names + " " + children[name].fillna("")
        self._listed = children.assign(said=names.str.strip()).sort_values("said", kind="stable")
        self._listed = self._listed.reset_index(drop=True)
        self._search = NameSearch(self._listed["said"])

    # What the page in the browser asks, and is told.

    def heard(self, message: object) -> dict[str, Any] | None:
        """Answer a message of the page; one that asks for what isn't on it is passed over.

        Parameters
        ----------
        message
            What the page says, as JSON.

        Returns
        -------
        dict or None
            What the page shows next, as JSON.
        """
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
        if self._view is None:
            try:
                self.look()
            except BadInput as error:
                trouble = str(error)
        return {**self._drawn(), "trouble": trouble, "said": ""}

    def _drawn(self) -> dict[str, Any]:
        page = self._page
        return {
            "kind": "all",
            "controls": self.seats.controls(),
            "hint": f"{_HINT} {self._whom()}",
            "page": self._generation,
            "markup": self._empty() if page is None else page.block.markup,
        }

    def _whom(self) -> str:
        number = len(self._listed)
        whom = "1 child" if number == 1 else f"{number:,} children"
        return f"{whom} can be found here."

    def _empty(self) -> str:
        kind = "note" if self._source.synthetic else "note restricted"
        words = "Search a name, and the child’s page opens here."
        if self._view is not None and not len(self._listed):
            words = (
                "No child of this role, school and class is known. A school without children has no pages."
            )
        return f'<p class="{kind}">{escape(self._note())}</p><p>{escape(words)}</p>'

    def _seated_anew(self, what: str, place: int) -> dict[str, Any]:
        seats = self.seats
        anew = seats.choose(what, place)
        self._generation += 1
        if not anew:
            self._list()
            return {
                "kind": "controls",
                "hint": f"{_HINT} {self._whom()}",
                "said": f"{seats.group}: {self._whom()}",
            }
        trouble = ""
        try:
            self.look()
        except BadInput as error:
            trouble = str(error)
        shown = "" if self._page is None else f" {self._page.title} is shown."
        return {
            **self._drawn(),
            "trouble": trouble,
            "said": f"Seen as: {seats.who_in_words()}. {self._whom()}{shown}",
        }

    def _hits(self, text: str, asked: int) -> dict[str, Any]:
        every = self._search.find(text)
        few = not text.strip() and 0 < len(self._listed) and self.seats.chosen_children is not None
        if few:  # a class that was chosen: its first names without a letter typed
            every = list(range(len(self._listed)))
        shown = every[:MOST_HITS]
        self._found = (asked, shown)
        rest = len(every) - len(shown)
        letters = len(text.replace(" ", ""))
        if not every:
            said = (
                "No child of this name here."
                if letters >= FEWEST_LETTERS
                else f"Type {FEWEST_LETTERS} letters."
            )
        else:
            said = f"{len(every)} found" + (f", {MOST_HITS} shown: type more letters." if rest else ".")
        return {"kind": "hits", "asked": asked, "said": said, "hits": self._told(shown)}

    def _told(self, places: list[int]) -> list[dict[str, str]]:
        """Say who each hit is; namesakes of one grade and school are told apart by birth date."""
        rows = self._listed.iloc[places]
        facts = []
        for row in rows.to_dict("records"):
            parts = [grade_words(str(row["grade_level"]))] if pd.notna(row.get("grade_level")) else []
            parts += [str(row["school"])] if pd.notna(row.get("school")) else []
            facts.append((str(row["said"]) or "No name on record", " · ".join(parts), row.get("birth_date")))
        same = pd.Series([one[:2] for one in facts]).duplicated(keep=False).tolist() if facts else []
        return [
            {
                "name": name,
                "facts": f"{said} · born {born:%Y-%m-%d}"
                if again and born is not None and pd.notna(born)
                else said,
            }
            for (name, said, born), again in zip(facts, same, strict=True)
        ]

    def _chosen(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        number, places = self._found
        hit = asked.get("hit")
        if asked.get("asked") != number or not isinstance(hit, int) or not 0 <= hit < len(places):
            return None
        block = self.show(str(self._listed["child"].iloc[places[hit]]))
        return {
            "kind": "page",
            "page": self._generation,
            "markup": block.markup,
            "said": f"The page shows: {block.text}",
        }

    def _opened(self, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        number = asked.get("number")
        if self._page is None or self._child is None or asked.get("page") != self._generation:
            return None
        if not isinstance(number, int) or not 0 <= number < len(self._page.opens):
            return None
        folder = self._source.folder
        if folder is None or not folder.is_dir():
            words = "The files of this district aren’t where they were: their rows can’t be opened."
            return self._told_opened(number, Block(f"<p>{escape(words)}</p>", words))
        systems = self._source.systems()
        names = {silo: system.name for silo, system in system_names(systems).items()}
        layouts = dict(zip(systems["silo"], systems["layout"], strict=True))
        child = str(self._child.children["child"].iloc[0])
        return self._told_opened(
            number, opened_rows(self._child, child, self._page.opens[number], folder, layouts, names)
        )

    def _told_opened(self, number: int, block: Block) -> dict[str, Any]:
        return {
            "kind": "opened",
            "page": self._generation,
            "number": number,
            "markup": block.markup,
            "said": "The row is shown below its value.",
        }

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.show.message_widget import widget_for

        still = self.still()
        bundle = widget_for("dashboard", self.heard)
        # Not the widget's own plain text, which would be its state.
        return {**bundle, "text/html": still._repr_html_(), "text/plain": still.text}


def _strengths(own: View) -> list[str]:
    """Say what goes well with a child, of what the role may see."""
    from helpers.show.family import going_well

    return going_well(own.values, voice="educator")
