"""Hold the dashboard's state, without a browser: who views which child."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from helpers.profile import Source, children_on_roster
from helpers.report.blocks import Block, banner, joined, paragraph
from helpers.report.child.page import ChildPage, child_page, role_name, system_names, title_of
from helpers.report.child.values import SystemName
from helpers.report.display_names import grade_name
from helpers.share import Policy, Role, View, read_policy
from helpers.standard import BadInput, each_row

__all__ = ["FEWEST_LETTERS", "MOST_HITS", "DashboardState", "NameSearch", "dashboard_roles"]


EVERYBODY = "all"
# Records that match no child on the roster: findable, but nobody's page.
UNMATCHED = "unmatched records"


def dashboard_roles(policy: Policy | None = None) -> list[str]:
    """List the roles with a dashboard; families and students have their own pages."""
    roles = (policy or read_policy()).roles.items()
    return [name for name, role in roles if not role.outside and role.scope not in ("own child", "self")]


@dataclass(frozen=True)
class _Group:
    """A group of children in a view: a class, or a grade."""

    name: str
    children: frozenset[str] | None


class ViewSelector:
    """Choices above a page, and the current selection."""

    def __init__(
        self,
        whos: Callable[[str], pd.DataFrame],
        relations: pd.DataFrame,
        *,
        policy: Policy | None = None,
        role: str | None = None,
        who: str | None = None,
        prefer: Callable[[str, pd.DataFrame], str | None] = lambda role, people: None,
    ) -> None:
        self._whos = whos
        self._relations = relations
        self._policy = policy or read_policy()
        self._fixed_role, self._fixed_who = role, who
        self._prefer = prefer
        self.roles = [role] if role else dashboard_roles(self._policy)
        self.role = self.roles[0]
        self.school: str | None = None
        self.who: str | None = None
        self._groups: list[_Group] = []
        self._group = 0
        self._people = pd.DataFrame()
        self._sit()

    @property
    def _looks(self) -> Role:
        return self._policy.roles[self.role]

    @property
    def _who_label(self) -> str:
        return self._looks.relation or ("Caseload" if self._looks.scope == "own caseload" else "Who")

    def _sit(self) -> None:
        """Choose a viewer after a change of role."""
        people = self._whos(self.role)
        self._people = people[people["children"].gt(0).fillna(False).to_numpy(dtype=bool)].reset_index(
            drop=True
        )
        people = self._people
        if self._fixed_who is not None:
            self.who = self._fixed_who
            own = people[people["who"].eq(self.who)]
            self.school = None if own.empty or pd.isna(own["school"].iloc[0]) else str(own["school"].iloc[0])
            return
        wanted = self._prefer(self.role, people)
        own = people[people["who"].eq(wanted)] if wanted is not None else people.iloc[:0]
        first = own if len(own) else people
        if first.empty:
            self.who, self.school = None, None
            return
        self.who = str(first["who"].iloc[0])
        self.school = None if pd.isna(first["school"].iloc[0]) else str(first["school"].iloc[0])

    def schools(self) -> list[str]:
        """List the schools with somebody in this role."""
        return sorted(self._people["school"].dropna().unique().tolist())

    def _at_school(self) -> pd.DataFrame:
        people = self._people
        return people if self.school is None else people[people["school"].eq(self.school).fillna(False)]

    def choose(self, what: str, place: int) -> bool:
        """Choose an option in one of the controls."""
        choices: Sequence[Any] = {
            "role": [] if self._fixed_role else self.roles,
            "school": [] if self._fixed_who else self.schools(),
            "who": [] if self._fixed_who else self._at_school()["who"].tolist(),
            "group": self._groups,
        }.get(what, [])
        if not 0 <= place < len(choices):
            raise BadInput("There is no such choice on this dashboard: choose one of those that it offers.")
        if what == "group":
            self._group = place
            return False
        if what == "role":
            self.role = choices[place]
            self._sit()
        elif what == "school":
            self.school = choices[place]
            self.who = str(self._at_school()["who"].iloc[0])
        else:
            self.who = choices[place]
        return True

    def group_children(self, children: pd.DataFrame, unmatched: frozenset[str]) -> None:
        """Divide the children of a new view into classes or grades; unmatched records have a drawer."""
        groups = [_Group(EVERYBODY, None)]
        if self._looks.scope == "own class":
            own = self._relations
            silo, _, record = (self.who or "").partition(":")
            mine = own["role"].eq("Teacher") & own["silo"].eq(silo) & own["adult"].eq(record).fillna(False)
            own = own[mine.to_numpy(dtype=bool)].dropna(subset=["section_id", "child"])
            for section, rows in own.groupby("section_id", sort=True):
                title = rows["course_title"].dropna()
                name = f"{title.iloc[0]} ({section})" if len(title) else str(section)
                groups.append(_Group(name, frozenset(rows["child"].tolist())))
            groups[1:] = sorted(groups[1:], key=lambda one: one.name)
        elif "grade_level" in children.columns:
            for grade, rows in children.dropna(subset=["grade_level"]).groupby("grade_level", sort=True):
                groups.append(_Group(grade_name(str(grade)), frozenset(rows["child"].tolist())))
        if unmatched:
            groups.append(_Group(UNMATCHED, unmatched))
        self._groups, self._group = groups, 0

    @property
    def chosen_children(self) -> frozenset[str] | None:
        """Children of the chosen class or grade; None: all."""
        return self._groups[self._group].children if self._groups else None

    @property
    def group(self) -> str:
        """Name of the chosen class or grade."""
        return self._groups[self._group].name if self._groups else EVERYBODY

    def who_in_words(self) -> str:
        """Describe the viewer."""
        own = self._people[self._people["who"].eq(self.who or "")]
        return role_name(self.role) if own.empty else f"{role_name(self.role)}, {own['name'].iloc[0]}"

    def controls(self) -> list[dict[str, Any]]:
        """Describe the controls for the page: label, options and selection, or the fixed value."""
        shown: list[dict[str, Any]] = []
        if self._fixed_role:
            shown.append({"what": "role", "label": "Seen as", "fixed": self.who_in_words()})
        else:
            words = [role_name(role) for role in self.roles]
            shown.append(_select("role", "Role", words, self.roles.index(self.role)))
        if not self._fixed_who:
            schools = self.schools()
            if self.school in schools:
                shown.append(_select("school", "School", schools, schools.index(self.school)))
            people = self._at_school()
            if len(people) > 1 and self.who is not None:
                names = people["name"].fillna(people["who"]).tolist()
                place = people["who"].tolist().index(self.who)
                shown.append(_select("who", self._who_label, names, place))
        if len(self._groups) > 1:
            label = "Class" if self._looks.scope == "own class" else "Grade"
            shown.append(_select("group", label, [one.name for one in self._groups], self._group))
        return shown


def _select(what: str, label: str, choices: list[str], chosen: int) -> dict[str, Any]:
    return {"what": what, "label": label, "choices": choices, "chosen": chosen}


FEWEST_LETTERS = 2
MOST_HITS = 20
_NOT_LETTERS = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    """Normalize a name: no accents, capitals or marks, single spaces between words."""
    whole = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in whole if not unicodedata.combining(letter))
    # An apostrophe doesn't split a name: "oneil" finds O'Neil.
    return _NOT_LETTERS.sub(" ", bare.replace("'", "").replace("’", "")).strip()


class NameSearch:
    """An index of names in memory.

    >>> search = NameSearch(pd.Series(["Ana Ruiz Peña", "Bo O'Neil", "Ana Maria Pena"], dtype="string"))
    >>> search.find("pena an"), search.find("oneil"), search.find("a")
    ([2, 0], [1], [])
    """

    def __init__(self, names: pd.Series) -> None:
        self._plain = [_plain(name) for name in names.fillna("").tolist()]
        order = sorted(range(len(self._plain)), key=lambda place: self._plain[place])
        self._order = np.array(order, dtype="int64")
        # Every word starts after a space, so one search in one text finds all word starts.
        self._lines = [f" {self._plain[place]}" for place in order]

    def __len__(self) -> int:
        return len(self._plain)

    def find(self, text: str, most: int | None = None) -> list[int]:
        """Find names with words that start with each word of a text."""
        wanted = [f" {word}" for word in _plain(text).split()]
        if sum(map(len, wanted)) - len(wanted) < FEWEST_LETTERS:
            return []
        found = [place for place, line in enumerate(self._lines) if all(word in line for word in wanted)]
        whole = " ".join(word.strip() for word in wanted)
        found.sort(key=lambda place: not self._lines[place].startswith(f" {whole}"))
        return [int(self._order[place]) for place in found[:most]]


class DashboardState:
    """State of one dashboard user."""

    def __init__(
        self,
        source: Source,
        open_view: Callable[[str, str], View],
        whos: Callable[[str], pd.DataFrame],
        *,
        policy: Policy | None = None,
        role: str | None = None,
        who: str | None = None,
    ) -> None:
        self.source = source
        self._policy = policy
        self._open_view = open_view
        self._whos = whos
        self._role, self._who = role, who
        self._seats: ViewSelector | None = None
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
        """Open a view in a role, with a line in the audit log."""
        if role is not None:
            self._seats = self._seated(role, who)
        seats = self.seats
        self._clear()
        if seats.who is None:
            raise BadInput(f"Nobody in these files is a {role_name(seats.role)}: choose another role.")
        self.view = self._open_view(seats.role, seats.who)
        known = self.view.children
        known = known[~known["child"].isin(list(self.unmatched)).to_numpy(dtype=bool)]
        seats.group_children(known, self.unmatched)
        self.list_children()
        seen = set(self.view.children["child"])
        if followed := next((child for child in self.source.followed if child in seen), None):
            self.show(followed)

    def show(self, child: str) -> Block:
        """Open a child's page, or say of a record that matches no child whose system it is."""
        if self.view is None:
            self.look()
        assert self.view is not None
        own = self.view.of(child)
        of_a_child = child not in self.unmatched
        page = self.laid_out(own) if of_a_child else self._unmatched_page(own)
        self.child, self.page = own if of_a_child else None, page
        self.pages += 1
        return page.block

    @cached_property
    def _on_roster(self) -> frozenset[str] | None:
        return children_on_roster(self.source)

    @property
    def unmatched(self) -> frozenset[str]:
        """Children of the view, as it shows them, without a record on the roster."""
        if self.view is None or self._on_roster is None:
            return frozenset()
        ids = [child for child in self.view.ids if child not in self._on_roster]
        return frozenset(self.view.codes.of(ids).values() if self.view.allowed.coded else ids)

    def _unmatched_page(self, own: View) -> ChildPage:
        silos = own.values.loc[own.values["record"].notna(), "silo"].dropna().unique()
        whose = ", ".join(sorted(self.systems[silo].name for silo in silos)) or "a system"
        title = title_of(each_row(own.children)[0]._asdict())
        words = (
            f"{title}: unmatched records from {whose}. No child on the roster matches, so there is no page. "
            "They may belong to a child whose page lacks them. Ask the data team."
        )
        note = paragraph(self.note, "note" if self.source.synthetic else "note restricted")
        return ChildPage(Block(joined([note, paragraph(words)]).markup, words), title, ())

    def find(self, text: str) -> list[str]:
        """Find children of the view by name."""
        if self.view is None:
            self.look()
        return self.listed["child"].iloc[self.search.find(text, MOST_HITS)].tolist()

    @property
    def seats(self) -> ViewSelector:
        """Viewer, and the available choices."""
        if self._seats is None:
            self._seats = self._seated(self._role, self._who)
        return self._seats

    def _seated(self, role: str | None, who: str | None) -> ViewSelector:
        relations = self.source.relations()
        followed = self.source.followed

        def prefer(role: str, people: pd.DataFrame) -> str | None:
            """Prefer a person related to a child whom the notebooks follow, the first before the second."""
            for child in followed:
                own = relations[relations["child"].eq(child).fillna(False)]
                wanted = {*(own["silo"] + ":" + own["adult"]).dropna(), *own["school_name"].dropna()}
                there = people[people["who"].isin(list(wanted)).to_numpy(dtype=bool)]
                if len(there):
                    return str(there.sort_values("children", ascending=False)["who"].iloc[0])
            return None

        return ViewSelector(self._whos, relations, policy=self._policy, role=role, who=who, prefer=prefer)

    def laid_out(self, own: View, rows: bool = False) -> ChildPage:
        """Lay out the page of one child."""
        # Identity depends on the values; if we read them first, we read them only once.
        _ = own.values
        child = str(own.children["child"].iloc[0])

        def rows_text(element: str, school_year: int | None) -> str:
            try:
                behind = own.source_rows(child, element, school_year).dropna(subset=["file", "row"])
            except BadInput:  # a role that may not see where a value comes from
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
            schools=self._schools,
            rows_text=rows_text if rows else None,
        )

    @cached_property
    def systems(self) -> dict[str, SystemName]:
        """Silo -> display name, and latest day."""
        return system_names(self.source.systems())

    @cached_property
    def _schools(self) -> dict[str, str]:
        """School number -> name."""
        named = self.source.relations()[["school_id", "school_name"]].dropna().drop_duplicates("school_id")
        return dict(zip(named["school_id"], named["school_name"], strict=True))

    @cached_property
    def note(self) -> str:
        """Text of the banner: whether everybody is fictional."""
        return banner(dict(self.source.about), self.source.synthetic).text

    def list_children(self) -> None:
        """List the children of the chosen class or grade, for the search."""
        assert self.view is not None
        children = self.view.children
        chosen = self.seats.chosen_children
        kept = children["child"].isin(list(self.unmatched if chosen is None else chosen))
        children = children[(kept if chosen is not None else ~kept).to_numpy(dtype=bool)]
        named = [name for name in ("first_name", "last_surname") if name in children.columns]
        names = children["child"] if not named else children[named[0]].fillna("")
        for name in named[1:]:
            names = names + " " + children[name].fillna("")
        self.listed = children.assign(name=names.str.strip()).sort_values("name", kind="stable")
        self.listed = self.listed.reset_index(drop=True)
        self.search = NameSearch(self.listed["name"])
