"""One child as seen by somebody of a role who has to do with her: whoever that is first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.share.opening import view
from helpers.share.policy import Policy, read_policy
from helpers.share.refused import Refused

if TYPE_CHECKING:
    from helpers.profile.store.source import Source
    from helpers.share.view import View

__all__ = ["view_of_child"]

# As relations call those whom the policy knows as an adult of a role.
ADULTS = {"teacher": "Teacher", "family": "Guardian", "special_education_case_manager": "Case manager"}


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
            return view(source, role, one, policy=policy).of(child)
        except Refused:
            if one == looks[-1]:
                raise
    raise Refused(f"Nobody who looks as {role} has to do with this child; choose another role.")


def _who_of(source: Source, child: str, role: str, policy: Policy) -> list[str]:
    """List who of a role may have to do with a child."""
    kind = policy.roles[role].who if role in policy.roles else ""
    relations = source.relations()
    hers = relations[relations["child"].eq(child)]
    if kind == "child":
        return [child]
    if kind == "school":
        known = source.children()
        return list(known.loc[known["child"].eq(child), "school"].dropna())
    adults = hers[hers["role"].eq(ADULTS.get(role, "")) & hers["adult"].notna()]
    named = list(dict.fromkeys(adults["silo"] + ":" + adults["adult"]))
    return named if kind == "adult" else ["district"]
