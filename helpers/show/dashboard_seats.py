"""Who looks at the dashboard: role, school, person, and the class or grade that they ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.show.child_page import role_words
from helpers.show.known_values__grades import grade_words
from helpers.standard import BadInput

__all__ = ["EVERYBODY", "ROLES", "Seats"]

# Whose dashboard it is; a family and a student have pages of their own.
ROLES = (
    "teacher",
    "counsellor",
    "nurse",
    "principal",
    "special_education_case_manager",
    "meals_manager",
    "district_analyst",
)
EVERYBODY = "all"
_WHO = {"teacher": "Teacher", "special_education_case_manager": "Case manager", "counsellor": "Caseload"}


@dataclass(frozen=True)
class _Group:
    """A part of the children of a view: a class, or a grade."""

    name: str
    children: frozenset[str] | None


class Seats:
    """The choices above a page, and what is chosen.

    Parameters
    ----------
    whos
        Role -> ``who, name, school, children``: who may look in that role, and at how many children.
    relations
        Table ``relations``: which classes a teacher has.
    role, who
        What is fixed by whoever opened the dashboard; None: to be chosen.
    prefer
        Who is chosen first in a role, where that one is there.
    """

    def __init__(
        self,
        whos: Callable[[str], pd.DataFrame],
        relations: pd.DataFrame,
        *,
        roles: Sequence[str] = ROLES,
        role: str | None = None,
        who: str | None = None,
        prefer: Callable[[str, pd.DataFrame], str | None] = lambda role, people: None,
    ) -> None:
        self._whos = whos
        self._relations = relations
        self._fixed_role, self._fixed_who = role, who
        self._prefer = prefer
        self.roles = [role] if role else list(roles)
        self.role = self.roles[0]
        self.school: str | None = None
        self.who: str | None = None
        self._groups: list[_Group] = []
        self._group = 0
        self._people = pd.DataFrame()
        self._sit()

    def _sit(self) -> None:
        """Choose who looks, after another role was chosen."""
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
        """List the schools at which somebody has this role."""
        return sorted(self._people["school"].dropna().unique().tolist())

    def _at_school(self) -> pd.DataFrame:
        people = self._people
        return people if self.school is None else people[people["school"].eq(self.school).fillna(False)]

    def choose(self, what: str, place: int) -> bool:
        """Choose in one of the controls.

        Parameters
        ----------
        what
            ``role``, ``school``, ``who`` or ``group``.
        place
            Number of the choice, from 0.

        Returns
        -------
        bool
            Whether somebody else looks now, so that another view is needed.

        Raises
        ------
        BadInput
            When there is no such choice, or it is fixed.
        """
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

    def group_children(self, children: pd.DataFrame) -> None:
        """Part the children of a new view into classes or grades.

        Parameters
        ----------
        children
            The children whom the view holds.
        """
        groups = [_Group(EVERYBODY, None)]
        if self.role == "teacher":
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
                groups.append(_Group(grade_words(str(grade)), frozenset(rows["child"].tolist())))
        self._groups, self._group = groups, 0

    @property
    def chosen_children(self) -> frozenset[str] | None:
        """The children of the chosen class or grade; None: all."""
        return self._groups[self._group].children if self._groups else None

    @property
    def group(self) -> str:
        """The chosen class or grade in words."""
        return self._groups[self._group].name if self._groups else EVERYBODY

    def who_in_words(self) -> str:
        """Say who looks."""
        own = self._people[self._people["who"].eq(self.who or "")]
        return role_words(self.role) if own.empty else f"{role_words(self.role)}, {own['name'].iloc[0]}"

    def controls(self) -> list[dict[str, Any]]:
        """Describe the controls for the page: label, choices and which is chosen, or what is fixed.

        Returns
        -------
        list of dict
            JSON.
        """
        shown: list[dict[str, Any]] = []
        if self._fixed_role:
            shown.append({"what": "role", "label": "Seen as", "fixed": self.who_in_words()})
        else:
            words = [role_words(role) for role in self.roles]
            shown.append(_select("role", "Role", words, self.roles.index(self.role)))
        if not self._fixed_who:
            schools = self.schools()
            if self.school in schools:
                shown.append(_select("school", "School", schools, schools.index(self.school)))
            people = self._at_school()
            if len(people) > 1 and self.who is not None:
                names = people["name"].fillna(people["who"]).tolist()
                place = people["who"].tolist().index(self.who)
                shown.append(_select("who", _WHO.get(self.role, "Who"), names, place))
        if len(self._groups) > 1:
            label = "Class" if self.role == "teacher" else "Grade"
            shown.append(_select("group", label, [one.name for one in self._groups], self._group))
        return shown


def _select(what: str, label: str, choices: list[str], chosen: int) -> dict[str, Any]:
    return {"what": what, "label": label, "choices": choices, "chosen": chosen}
