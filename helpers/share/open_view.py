"""Open a view for one person or for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.profile import Source, with_rights
from helpers.share.access import Refused, allowed_for, asked
from helpers.share.audit import Audit
from helpers.share.policy import Policy, read_policy
from helpers.share.scope import ChildScope, Ties, children_in_scope, latest_day
from helpers.share.view import Pseudonyms, View
from helpers.standard import STRING

__all__ = ["joined", "open_view", "open_views", "view_for_handover", "view_of_child", "whos"]


BY_HAND = "by hand"


def joined(of_children: Mapping[str, View]) -> View:
    """Join one-child views of one role, to read them all at once."""
    if any(child not in view.ids for child, view in of_children.items()):
        raise Refused("Some of the children you asked for are in none of these views.")
    first = next(iter(of_children.values()))
    sets = {
        domain: frozenset(child for child, view in of_children.items() if child in view.sets[domain])
        for domain in first.allowed.rows
    }
    return replace(first, ids=tuple(sorted(of_children)), _whose=ChildScope(sets), _audit=None)


def view_for_handover(
    source: Source, children: Sequence[str], *, policy: Policy | None = None, audit: Audit | None = None
) -> View:
    """Open the family view of children, for pages that an office hands over itself.

    No adult on record is certainly linked to these children, so the view names nobody: the office knows the
    family. It leaves out what only the household that applied may see, because we don't know which household
    gets the page.
    """
    policy = policy or read_policy()
    guardian = next(name for name, role in policy.roles.items() if role.scope == "own child")
    nobodys = _nobodys(source, guardian, None, policy)
    ours = frozenset(children)
    scope = ChildScope(dict.fromkeys(nobodys.allowed.rows, ours), two_homes=ours)
    opened = replace(nobodys, who=BY_HAND, ids=tuple(sorted(ours)), _whose=scope, _audit=audit)
    opened.log("opened")
    return opened


def _nobodys(
    source: Source,
    role: str,
    purpose: str | None,
    policy: Policy,
    codes: Pseudonyms | None = None,
    today: Any = None,
) -> View:
    """Prepare a view in a role and for a purpose, of no child yet."""
    found, why = asked(policy, role, purpose)
    return View(
        role=found.name,
        who="",
        purpose=why.name,
        school_year=source.school_year,
        as_of=pd.Timestamp(today) if today is not None else latest_day(source),
        policy=policy,
        allowed=allowed_for(policy, found, why, source.systems()),
        source=source,
        _ties=Ties(source, policy),
        _whose=ChildScope({}),
        codes=codes or Pseudonyms(),
        _audit=None,
        ids=(),
    )


def _for_person(
    view: View, who: str, children: Sequence[str] | None = None, consents: pd.DataFrame | None = None
) -> View:
    """Let a person see the children in scope, or those asked for."""
    allowed = view.allowed
    mine = children_in_scope(view._ties, who, allowed, view.as_of, consents)
    seen: frozenset[str] = frozenset().union(
        *(mine.children.get(domain, frozenset()) for domain in allowed.rows)
    )
    if children is not None:
        wanted = {view.codes.child_of(child) if allowed.coded else child for child in children}
        if not wanted <= seen:
            raise Refused(
                f"A {allowed.role.title.lower()} may not see some of the children you asked for, for the "
                f"purpose {allowed.purpose.name!r}."
            )
        seen &= frozenset(str(child) for child in wanted)
    return replace(view, who=who, ids=tuple(sorted(seen)), _whose=mine)


def open_view(
    source: Source,
    role: str,
    who: str,
    purpose: str | None = None,
    *,
    policy: Policy | None = None,
    audit: Audit | None = None,
    children: Sequence[str] | None = None,
    consents: pd.DataFrame | None = None,
    codes: Pseudonyms | None = None,
    today: Any = None,
) -> View:
    """Open what one person may see, for one purpose, under a policy.

    Parameters
    ----------
    source
        The children's data: a store, or ``helpers.profile.source_of(district, links, profiles)``.
    role
        A role of the policy.
    who
        Which person in that role; the role's declaration says how to name them.
    purpose
        A purpose that the role may have; its widest when not given.
    policy
        The kit's when not given.
    audit
        The log that records this access.
    children
        Only these of the children in scope.
    consents
        What parents agreed to, for roles that need it.
    codes
        Lookup of random codes, for purposes that use them; new codes when not given.
    today
        Day of access; the latest day in the data when not given.

    Returns
    -------
    View
        Loads each table when you ask for it.

    Raises
    ------
    Refused
        When the policy has no such role or purpose, or `who` matches nobody. The message contains nothing
        about a child.

    Examples
    --------
    >>> view = open_view(source, "public", "district")
    >>> view.values.empty  # the public sees groups, no child
    True
    >>> shown = view.groups[~view.groups["hidden"]]
    >>> shown["children"].between(1, 9).any()  # and no group of one to nine children
    np.False_
    """
    nobodys = _nobodys(source, role, purpose, policy or read_policy(), codes, today)
    opened = replace(_for_person(nobodys, who, children, consents), _audit=audit)
    opened.log("opened")
    return opened


def open_views(
    source: Source,
    role: str,
    whos: Sequence[str],
    purpose: str | None = None,
    *,
    policy: Policy | None = None,
    audit: Audit | None = None,
    children: Sequence[str] | None = None,
    today: Any = None,
) -> dict[str, View]:
    """Open views for many people of one role, reading their relations only once.

    Parameters
    ----------
    source, role, purpose, policy, audit, today
        As for `open_view`.
    whos
        People, each as for `open_view`.
    children
        Restrict each view to these children.

    Returns
    -------
    dict
        Person -> view; people who may see none of the children are left out.
    """
    nobodys = _nobodys(source, role, purpose, policy or read_policy(), today=today)
    opened = {}
    for who in whos:
        try:
            one = _for_person(nobodys, who)
        except Refused:
            continue
        if children is not None:
            one = replace(one, ids=tuple(sorted(set(one.ids) & set(children))))
        if not one.ids:
            continue
        opened[who] = replace(one, _audit=audit)
        opened[who].log("opened")
    return opened


def view_of_child(
    source: Source, child: str, role: str, who: str = "", *, policy: Policy | None = None
) -> View:
    """Open one child's view in a role, and find a person who may see it.

    Parameters
    ----------
    source
        The children's data, as for `open_view`.
    child
        The child.
    role
        Name of a role.
    who
        The viewer. If empty: the child's first teacher or guardian, her school, or the district, depending on
        the role.
    policy
        Policy; default is the kit's own.

    Returns
    -------
    View
        What they may see about this child.

    Raises
    ------
    Refused
        If nobody in that role has a relation to the child, or may see her.
    BadInput
        If the policy has no such role.
    """
    policy = policy or read_policy()
    looks = [who] if who else _who_of(source, child, role, policy)
    for one in looks:
        try:
            return open_view(source, role, one, policy=policy).of(child)
        except Refused:
            if one == looks[-1]:
                raise
    raise Refused(f"Nobody who looks as {role} has to do with this child; choose another role.")


def _who_of(source: Source, child: str, role: str, policy: Policy) -> list[str]:
    """List the people in a role who may have a relation to a child."""
    asks = policy.roles.get(role)
    kind = asks.who if asks else ""
    relations = source.relations()
    hers = relations[relations["child"].eq(child)]
    if kind == "child":
        return [child]
    if kind == "school":
        known = source.children()
        here = known.loc[known["child"].eq(child), "school"]
        return list(dict.fromkeys([*here.dropna(), *hers["school_name"].dropna()]))
    adults = hers[hers["role"].eq(asks.relation if asks and asks.relation else "") & hers["adult"].notna()]
    named = list(dict.fromkeys(adults["silo"] + ":" + adults["adult"]))
    return named if kind == "adult" else ["district"]


COLUMNS = ["who", "name", "school", "children"]


def whos(source: Source, role: str, policy: Policy | None = None) -> pd.DataFrame:
    """List the people in a role for whom you can open a view.

    Parameters
    ----------
    source
        The children's data, as for `open_view`.
    role
        Name of a role.
    policy
        Policy; default is the kit's own.

    Returns
    -------
    pandas.DataFrame
        ``who`` (what `open_view` takes), ``name`` (of a teacher, guardian or student; else the same as
        `who`), ``school`` (NA if none), ``children`` (number of related children). It contains names of
        students and guardians: use it only inside the district, to choose a person.

    Raises
    ------
    Refused
        If the policy has no such role.
    """
    policy = policy or read_policy()
    found, purpose = asked(policy, role, None)
    ties = Ties(source, policy)
    if found.who == "district":
        frame = pd.DataFrame(
            {"who": ["district"], "name": ["district"], "children": [len(source.children())]}
        )
    elif found.who == "child":
        known = source.children()
        name = (known["first_name"].fillna("") + " " + known["last_surname"].fillna("")).str.strip()
        frame = pd.DataFrame({"who": known["child"], "name": name, "school": known["school"], "children": 1})
    elif found.who == "recipient":
        frame = pd.DataFrame(columns=COLUMNS)
    elif found.who == "adult":
        frame = _adults(ties.relations, found.relation or "Teacher")
    else:
        hidden = allowed_for(policy, found, purpose, source.systems()).unknown
        rows = ties.schools(hidden)
        # The schools of the most trusted system, which is the roster; other systems name some in other ways.
        listed = rows[rows["rank"].eq(rows["rank"].min())]
        frame = _schools(listed, found.scope == "own caseload" and found.relation is None)
    texts = frame.reindex(columns=COLUMNS[:3]).astype(STRING)
    return texts.assign(children=frame.get("children", pd.Series(dtype="Int64"))).astype(
        {"children": "Int64"}
    )


def _adults(relations: pd.DataFrame, role: str) -> pd.DataFrame:
    rows = relations[(relations["role"].eq(role) & relations["adult"].notna()).to_numpy(dtype=bool)]
    # We don't offer a guardian without rights, or one who may belong to another child.
    rows = rows[with_rights(rows)] if role == "Guardian" else rows
    rows = rows.assign(who=rows["silo"] + ":" + rows["adult"])
    by = rows.groupby("who", sort=False)
    frame = pd.DataFrame(
        {
            "name": by["adult_name"].first(),
            "school": by["school_name"].first(),
            "children": by["child"].nunique(),
        }
    )
    return frame.reset_index().sort_values(["school", "name", "who"], ignore_index=True)


def _schools(rows: pd.DataFrame, with_grades: bool) -> pd.DataFrame:
    counts = rows.groupby("school_name")["child"].nunique()
    frame = pd.DataFrame({"who": counts.index, "school": counts.index, "children": counts.to_numpy()})
    if with_grades:
        grades = (
            rows.groupby(["school_name", "grade_level"])["child"].nunique().rename("children").reset_index()
        )
        more = grades.assign(
            who=grades["school_name"] + ", grade " + grades["grade_level"], school=grades["school_name"]
        )
        frame = pd.concat([frame, more[["who", "school", "children"]]], ignore_index=True)
    return frame.assign(name=frame["who"]).sort_values("who", ignore_index=True)
