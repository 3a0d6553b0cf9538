"""Opens views for one or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.share.access import Allowed, Refused, allowed_for, asked
from helpers.share.audit import Audit
from helpers.share.policy import Policy, read_policy
from helpers.share.scope import UNSEEN, ChildScope, Ties, children_in_scope, latest_day
from helpers.share.view import Pseudonyms, View
from helpers.standard import STRING

if TYPE_CHECKING:
    from helpers.profile import Source

__all__ = ["joined", "open_view", "open_views", "view_for_handover", "view_of_child", "whos"]


BY_HAND = "by hand"


def joined(of_children: Mapping[str, View]) -> View:
    """Join views of one role, each of one child, so that all are read at once."""
    if any(child not in view.ids for child, view in of_children.items()):
        raise Refused("Some of the children that were asked for are in none of these views.")
    first = next(iter(of_children.values()))
    sets = {
        domain: frozenset(child for child, view in of_children.items() if child in view.sets[domain])
        for domain in first.allowed.rows
    }
    return replace(first, ids=tuple(sorted(of_children)), _whose=ChildScope(sets), _audit=None)


def view_for_handover(
    source: Source, children: Sequence[str], *, policy: Policy | None = None, audit: Audit | None = None
) -> View:
    """Open what families may see of their children, for pages that an office hands over itself.

    No adult on record is tied to these children beyond doubt, so nobody is named who may see them: the office
    knows the family. What is for the household alone that applied isn't in it, since nobody can say which one
    gets the page.
    """
    policy = policy or read_policy()
    guardian = next(name for name, role in policy.roles.items() if role.scope == "own child")
    role, purpose = asked(policy, guardian, None)
    allowed = allowed_for(policy, role, purpose, source.systems())
    ours = frozenset(children)
    opened = View(
        role=role.name,
        who=BY_HAND,
        purpose=purpose.name,
        school_year=source.school_year,
        as_of=latest_day(source),
        policy=policy,
        allowed=allowed,
        source=source,
        _ties=Ties(source, policy),
        _whose=ChildScope(dict.fromkeys(allowed.rows, ours), two_homes=ours),
        codes=Pseudonyms(),
        _audit=audit,
        ids=tuple(sorted(ours)),
    )
    opened.log("opened")
    return opened


def _open(
    source: Source,
    allowed: Allowed,
    who: str,
    policy: Policy,
    audit: Audit | None,
    ties: Ties,
    children: Sequence[str] | None,
    consents: pd.DataFrame | None,
    codes: Pseudonyms,
    day: pd.Timestamp | None,
) -> View:
    mine = children_in_scope(ties, who, allowed, day, consents)
    seen: frozenset[str] = frozenset().union(
        *(mine.children.get(domain, frozenset()) for domain in allowed.rows)
    )
    if children is not None:
        wanted = {codes.child_of(child) if allowed.coded else child for child in children}
        if not wanted <= seen:
            raise Refused(
                f"Some of the children that were asked for are none whom a {allowed.role.title.lower()} may "
                f"see for the purpose {allowed.purpose.name!r}."
            )
        seen &= frozenset(str(child) for child in wanted)
    opened = View(
        role=allowed.role.name,
        who=who,
        purpose=allowed.purpose.name,
        school_year=source.school_year,
        as_of=day,
        policy=policy,
        allowed=allowed,
        source=source,
        _ties=ties,
        _whose=mine,
        codes=codes,
        _audit=audit,
        ids=tuple(sorted(seen)),
    )
    opened.log("opened")
    return opened


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
        Lookup of random codes, for purposes that use them; drawn anew when not given.
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
    policy = policy or read_policy()
    found, why = asked(policy, role, purpose)
    allowed = allowed_for(policy, found, why, source.systems())
    day = pd.Timestamp(today) if today is not None else latest_day(source)
    return _open(
        source,
        allowed,
        who,
        policy,
        audit,
        Ties(source, policy),
        children,
        consents,
        codes or Pseudonyms(),
        day,
    )


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
    """Open the views of many people of one role; who has to do with whom is read once.

    Parameters
    ----------
    source, role, purpose, policy, audit, today
        As for `open_view`.
    whos
        Whom, each as for `open_view`.
    children
        Only these of the children whom each may see.

    Returns
    -------
    dict
        Who -> view; whoever may see none of the children isn't in it.
    """
    policy = policy or read_policy()
    found, why = asked(policy, role, purpose)
    allowed = allowed_for(policy, found, why, source.systems())
    day = pd.Timestamp(today) if today is not None else latest_day(source)
    ties, codes = Ties(source, policy), Pseudonyms()
    opened = {}
    for who in whos:
        try:
            one = _open(source, allowed, who, policy, None, ties, None, None, codes, day)
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
    """Open one child's view in a role, without knowing who has to do with her.

    Parameters
    ----------
    source
        Where the children are kept.
    child
        The child.
    role
        Name of a role.
    who
        Who looks; empty: the first teacher or guardian of the child, her school, or the district, as the role
        asks.
    policy
        The kit's own where nothing is given.

    Returns
    -------
    View
        What they may see of this one child.

    Raises
    ------
    Refused
        When nobody of that role has to do with the child, or may see her.
    BadInput
        When the policy knows no such role.
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
    """List who of a role may have to do with a child."""
    asks = policy.roles.get(role)
    kind = asks.who if asks else ""
    relations = source.relations()
    hers = relations[relations["child"].eq(child)]
    if kind == "child":
        return [child]
    if kind == "school":
        known = source.children()
        return list(known.loc[known["child"].eq(child), "school"].dropna())
    adults = hers[hers["role"].eq(asks.relation if asks and asks.relation else "") & hers["adult"].notna()]
    named = list(dict.fromkeys(adults["silo"] + ":" + adults["adult"]))
    return named if kind == "adult" else ["district"]


COLUMNS = ["who", "name", "school", "children"]


def whos(source: Source, role: str, policy: Policy | None = None) -> pd.DataFrame:
    """List for whom of a role a view can be opened.

    Parameters
    ----------
    source
        Where the children are kept.
    role
        Name of a role.
    policy
        The kit's own where nothing is given.

    Returns
    -------
    pandas.DataFrame
        ``who`` (what `open_view` takes), ``name`` (of a teacher, a guardian or a student; else as `who`),
        ``school`` (NA where there is none), ``children`` (how many they have to do with). Names of students
        and guardians are in it: it is for choosing, inside the district.

    Raises
    ------
    Refused
        When the policy has no such role.
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
        frame = _schools(ties.schools(hidden), found.scope == "own caseload" and found.relation is None)
    texts = frame.reindex(columns=COLUMNS[:3]).astype(STRING)
    return texts.assign(children=frame.get("children", pd.Series(dtype="Int64"))).astype(
        {"children": "Int64"}
    )


def _adults(relations: pd.DataFrame, role: str) -> pd.DataFrame:
    rows = relations[(relations["role"].eq(role) & relations["adult"].notna()).to_numpy(dtype=bool)]
    # A guardian without rights, or who may be another child's, isn't offered.
    refused = rows["without_rights"].fillna(False) | rows["in_doubt"].fillna(False)
    refused |= rows["link_band"].eq(UNSEEN).fillna(False) & (role == "Guardian")
    rows = rows[~refused.to_numpy(dtype=bool)]
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
