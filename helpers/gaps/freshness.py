"""How old what a system says is, and whom one system still lists after another has let go."""

from __future__ import annotations

from typing import Any

from helpers.gaps.known import Known
from helpers.gaps.measures import line
from helpers.gaps.membership import NEVER, Membership
from helpers.profile.facts.systems import Newest

__all__ = ["STALE_AFTER_DAYS", "ages", "endings"]

# Two exports more than a month apart are of two rosters; who is missing from one can't be told from who
# moved.
STALE_AFTER_DAYS = 31

Lines = list[dict[str, Any]]


def ages(known: Known, newest: Newest) -> Lines:
    """Measure how far systems are behind the newest, and behind each other.

    Parameters
    ----------
    known
        Who is in which system.
    newest
        The newest day of which each system speaks.

    Returns
    -------
    list of dict
        Lines *days behind* (a system) and *roster lag* (a pair; Not fresh when more than a month). Tests come
        in windows, and memberships are dated when somebody comes or goes: of a system that dates nothing
        else, a lag no longer than it was silent before is a limit, since nothing need be late.
    """
    days = newest.days
    dated = [silo for silo in known.silos if silo in days]
    if not dated:
        return []
    last = max(days[silo] for silo in dated)
    lines: Lines = []
    for silo in dated:
        behind = (last - days[silo]).days
        lines.append(line("days behind", silo, None, behind, is_limit=newest.waits(silo, behind)))
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
        if left in days and right in days:
            lag = (days[left] - days[right]).days
            limit = newest.waits(right if lag > 0 else left, abs(lag))
            stale = abs(lag) > STALE_AFTER_DAYS and not limit
            blocked: dict[str, Any] = {"blocked_by": "Not fresh"} if stale else {}
            lines.append(line("roster lag", left, right, abs(lag), is_limit=limit, **blocked))
    return lines


def endings(known: Known, membership: Membership) -> Lines:
    """Measure whom a system still lists after it, or another one, has ended the membership.

    Parameters
    ----------
    known
        Who is in which system.
    membership
        Since when each system lists a child, and until when.

    Returns
    -------
    list of dict
        Lines *ended and still listed* (a system), *ended in right only* and *ended in left only* (a pair of
        systems that share children, where the one that would have ended says anything of ends).
    """
    lines: Lines = []
    for place, silo in enumerate(known.silos):
        over = (
            known.holds[:, place] & (membership.since[:, place] == NEVER) & (membership.until[:, place] >= 0)
        )
        example = known.example(known.of(place) & over[known.child])
        total = int(known.holds[:, place].sum())
        # A system that dates no membership says of nobody that it has ended: unknown, and not zero.
        tells = bool(membership.tells[place])
        ended = int(over.sum()) if tells else None
        lines.append(line("ended and still listed", silo, None, ended, total, is_limit=not tells, **example))
    for left_place, right_place in known.pairs():
        left, right = known.silos[left_place], known.silos[right_place]
        both = int((known.holds[:, left_place] & known.holds[:, right_place]).sum())
        for name, stays, leaves in (
            ("ended in right only", left_place, right_place),
            ("ended in left only", right_place, left_place),
        ):
            if not both or not membership.tells[leaves]:
                continue  # nobody can say who has left it
            # Who began here after the end there has come back, and the other system doesn't know it yet.
            until = membership.until[:, leaves]
            late = (until >= 0) & (until != NEVER) & (membership.since[:, stays] <= until)
            # A system that never says when a membership begins or ends isn't late: it doesn't keep that.
            limit = not membership.tells[stays]
            example = known.example(known.of(stays) & late[known.child])
            lines.append(line(name, left, right, int(late.sum()), both, is_limit=limit, **example))
    return lines
