"""Who looks, at which children, at whose page: what a dashboard holds at a moment, apart from any browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from helpers.show.banner import banner
from helpers.show.blocks import Block
from helpers.show.child_page import ChildPage, child_page, role_words, system_names
from helpers.show.dashboard_seats import Seats
from helpers.show.known_values import UNCHECKED, SystemName, of_year
from helpers.show.name_search import MOST_HITS, NameSearch
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.profile.store.source import Source
    from helpers.share import View

__all__ = ["Looking"]


class Looking:
    """Somebody at a dashboard.

    Parameters
    ----------
    source
        Where the children are kept.
    open_view
        Role and who -> their view.
    whos
        Role -> ``who, name, school, children``.
    role, who
        What is fixed; None: can be chosen.

    Attributes
    ----------
    view
        What whoever looks may see; None before anybody looked, or where they were refused.
    listed
        The children of the chosen class or grade: the view's ``children``, and ``said``, the name to find.
    child
        The view of the child whose page is open; None where none is.
    page
        That page.
    pages
        How many pages were opened: what was asked of an earlier one is no longer answered.
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
        self.source = source
        self._open_view = open_view
        self._whos = whos
        self._role, self._who = role, who
        self._seats: Seats | None = None
        self.search = NameSearch(pd.Series([], dtype="string"))
        self._clear()

    def _clear(self) -> None:
        self.view: View | None = None
        self.child: View | None = None
        self.page: ChildPage | None = None
        self.listed = pd.DataFrame()
        self.search = NameSearch(pd.Series([], dtype="string"))
        self.pages = getattr(self, "pages", 0) + 1

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
        self._clear()
        if seats.who is None:
            raise BadInput(f"Nobody in these files is a {role_words(seats.role)}: choose another role.")
        self.view = self._open_view(seats.role, seats.who)
        seats.group_children(self.view.children)
        self.list_children()
        followed = self.source.followed
        if followed is not None and followed in set(self.view.children["child"]):
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
        if self.view is None:
            self.look()
        assert self.view is not None
        own = self.view.of(child)
        page = self.laid_out(own)
        self.child, self.page = own, page
        self.pages += 1
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
        if self.view is None:
            self.look()
        return self.listed["child"].iloc[self.search.find(text, MOST_HITS)].tolist()

    @property
    def seats(self) -> Seats:
        """Who looks, and what can be chosen."""
        if self._seats is None:
            self._seats = self._seated(self._role, self._who)
        return self._seats

    def _seated(self, role: str | None, who: str | None) -> Seats:
        relations = self.source.relations()
        followed = self.source.followed

        def prefer(role: str, people: pd.DataFrame) -> str | None:
            """Prefer who has to do with the child whom the notebooks follow."""
            if followed is None:
                return None
            own = relations[relations["child"].eq(followed).fillna(False)]
            wanted = {*(own["silo"] + ":" + own["adult"]).dropna(), *own["school_name"].dropna()}
            there = people[people["who"].isin(list(wanted)).to_numpy(dtype=bool)]
            return None if there.empty else str(there.sort_values("children", ascending=False)["who"].iloc[0])

        return Seats(self._whos, relations, role=role, who=who, prefer=prefer)

    def laid_out(self, own: View, rows: bool = False) -> ChildPage:
        """Lay out the page of one child.

        Parameters
        ----------
        own
            The view of that child.
        rows
            Name files and rows behind counted values, too, for a page that nobody can ask.

        Returns
        -------
        ChildPage
            The page.
        """
        # Who a child is comes of its values: read first, they are read once.
        known = own.values
        child = str(own.children["child"].iloc[0])

        def places(element: str, school_year: int | None) -> str:
            try:
                behind = own.rows_behind(child, element, school_year).dropna(subset=["file", "row"])
            except BadInput:  # a role that may not know where a value was written
                return ""
            parts = behind.groupby("file", sort=False)["row"].agg(
                lambda each: ", ".join(str(int(one)) for one in each)
            )
            return "; ".join(f"{file}, row {numbers}" for file, numbers in parts.items())

        return child_page(
            own,
            self.systems,
            note=self.note,
            invented=self.source.synthetic,
            strengths=_strengths(known, own.school_year),
            schools=self._schools,
            places=places if rows else None,
        )

    @cached_property
    def systems(self) -> dict[str, SystemName]:
        """Silo -> what it is called, and its newest day."""
        return system_names(self.source.systems())

    @cached_property
    def _schools(self) -> dict[str, str]:
        """Number of each school -> its name."""
        named = self.source.relations()[["school_id", "school_name"]].dropna().drop_duplicates("school_id")
        return dict(zip(named["school_id"], named["school_name"], strict=True))

    @cached_property
    def note(self) -> str:
        """The banner in words: whether everybody is invented."""
        return banner(dict(self.source.about), self.source.synthetic).text

    def list_children(self) -> None:
        """List the children of the chosen class or grade, for the search."""
        assert self.view is not None
        children = self.view.children
        chosen = self.seats.chosen_children
        if chosen is not None:
            children = children[children["child"].isin(list(chosen))]
        named = [name for name in ("first_name", "last_surname") if name in children.columns]
        names = children["child"] if not named else children[named[0]].fillna("")
        for name in named[1:]:
            names = names + " " + children[name].fillna("")
        self.listed = children.assign(said=names.str.strip()).sort_values("said", kind="stable")
        self.listed = self.listed.reset_index(drop=True)
        self.search = NameSearch(self.listed["said"])


def _strengths(known: pd.DataFrame, school_year: int | None) -> list[str]:
    """Say what goes well with a child, of what the role may see."""
    from helpers.show.family import going_well

    values = of_year(known, school_year)
    # A strength that nobody has checked may be another child's.
    said = going_well(values[~values["link_band"].isin(UNCHECKED).to_numpy(dtype=bool)])
    # Where the role sees no names, the sentences speak to a family.
    return [one.replace("Your child", "This child").replace("your child", "this child") for one in said]
