"""Open what one person, or each of many, may see of children for one purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.share.allowed import Allowed, allowed_for, asked
from helpers.share.audit import Audit
from helpers.share.coded import Codes
from helpers.share.policy import Policy, read_policy
from helpers.share.refused import Refused
from helpers.share.view import View
from helpers.share.whose import Ties, newest_day, whose

if TYPE_CHECKING:
    from helpers.profile.store.source import Source

__all__ = ["view", "views"]


def _open(
    source: Source,
    allowed: Allowed,
    who: str,
    policy: Policy,
    audit: Audit | None,
    ties: Ties,
    children: Sequence[str] | None,
    consents: pd.DataFrame | None,
    codes: Codes,
    day: pd.Timestamp | None,
) -> View:
    mine = whose(ties, who, allowed, day, consents)
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


def view(
    source: Source,
    role: str,
    who: str,
    purpose: str | None = None,
    *,
    policy: Policy | None = None,
    audit: Audit | None = None,
    children: Sequence[str] | None = None,
    consents: pd.DataFrame | None = None,
    codes: Codes | None = None,
    today: Any = None,
) -> View:
    """Open what one person may see of children for one purpose.

    Parameters
    ----------
    source
        Where the children are kept.
    role
        Name of a role of the policy.
    who
        Which of them: as the role's ``who_means`` says.
    purpose
        A purpose that the role may name; the broad one where nothing is said.
    policy
        The kit's own where nothing is given.
    audit
        Where to write that it was opened.
    children
        Only these of the children whom the view may show.
    consents
        What parents agreed to, for a role that needs it (``helpers.share.consent``).
    codes
        Lookup of random codes, for a purpose that has them; drawn anew where nothing is given.
    today
        Day on which it is asked for; the newest of which a system speaks where nothing is given.

    Returns
    -------
    View
        Read when it is asked for; cheap to open.

    Raises
    ------
    Refused
        When the policy doesn't know the role or its purpose, or nobody is meant by `who`; its words hold
        nothing of a child.
    """
    policy = policy or read_policy()
    found, why = asked(policy, role, purpose)
    allowed = allowed_for(policy, found, why, source.systems())
    day = pd.Timestamp(today) if today is not None else newest_day(source)
    return _open(
        source, allowed, who, policy, audit, Ties(source, policy), children, consents, codes or Codes(), day
    )


def views(
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
        As for `view`.
    whos
        Whom, each as for `view`.
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
    day = pd.Timestamp(today) if today is not None else newest_day(source)
    ties, codes = Ties(source, policy), Codes()
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
