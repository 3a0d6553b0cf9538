"""Views of many guardians or students, read at once: what each may see of one child, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from helpers.share.allowed import allowed_for, asked
from helpers.share.audit import Audit
from helpers.share.coded import Codes
from helpers.share.policy import Policy, read_policy
from helpers.share.refused import Refused
from helpers.share.view import View
from helpers.share.whose import Ties, Whose, newest_day

if TYPE_CHECKING:
    from helpers.profile.store.source import Source

__all__ = ["joined", "view_by_hand"]

FAMILY = "family"
BY_HAND = "by hand"


def joined(of_children: Mapping[str, View]) -> View:
    """Join views of one role, each of one child, so that all are read at once.

    Parameters
    ----------
    of_children
        Child -> the view in which it is shown.

    Returns
    -------
    View
        Of each child what its own view shows; it logs nothing, since each view that was joined did.

    Raises
    ------
    Refused
        When a view doesn't show its child.
    """
    if any(child not in view.ids for child, view in of_children.items()):
        raise Refused("Some of the children that were asked for are in none of these views.")
    first = next(iter(of_children.values()))
    sets = {
        domain: frozenset(child for child, view in of_children.items() if child in view.sets[domain])
        for domain in first.allowed.rows
    }
    return replace(first, ids=tuple(sorted(of_children)), _whose=Whose(sets), _audit=None)


def view_by_hand(
    source: Source, children: Sequence[str], *, policy: Policy | None = None, audit: Audit | None = None
) -> View:
    """Open what families may see of their children, for pages that an office hands over itself.

    No adult on record is tied to these children beyond doubt, so nobody is named who may see them: the office
    knows the family. What is for the household alone that applied isn't in it, since nobody can say which one
    gets the page.

    Parameters
    ----------
    source
        Where the children are kept.
    children
        The children; none of them may be of age, which `holding.held_pages` tells.
    policy, audit
        As for `view`.

    Returns
    -------
    View
        Of the role *family*, for *by hand*.
    """
    policy = policy or read_policy()
    role, purpose = asked(policy, FAMILY, None)
    allowed = allowed_for(policy, role, purpose, source.systems())
    ours = frozenset(children)
    opened = View(
        role=role.name,
        who=BY_HAND,
        purpose=purpose.name,
        school_year=source.school_year,
        as_of=newest_day(source),
        policy=policy,
        allowed=allowed,
        source=source,
        _ties=Ties(source, policy),
        _whose=Whose(dict.fromkeys(allowed.rows, ours), two_homes=ours),
        codes=Codes(),
        _audit=audit,
        ids=tuple(sorted(ours)),
    )
    opened.log("opened")
    return opened
