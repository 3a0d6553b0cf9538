"""Decide who may see what: the guard for real data, small-cell suppression, roles, views and their audit."""

from helpers.share.access import Refused, asked, read_consents
from helpers.share.audit import Audit, shown_hash
from helpers.share.compare_policies import compare_policies, leaks, policy_grid
from helpers.share.disclosure import (
    NOT_SHOWN,
    pooled_groups,
    pooled_neighbors,
    shown_answers,
    shown_everybody,
    shown_shares,
    suppress_complement,
    suppress_totals,
)
from helpers.share.guard import ABOUT_FILES, FEW, MASK, OF_CHILDREN, SMALLEST_GROUP, Guard
from helpers.share.on_hold import day_of_access, pages_on_hold
from helpers.share.open_view import joined, open_view, open_views, view_for_handover, view_of_child, whos
from helpers.share.policy import Policy, Role, read_policy
from helpers.share.release_review import is_verified_value
from helpers.share.view import Pseudonyms, View

# Public names, each documented. Other imports here are for other rooms.
__all__ = [
    "Audit",
    "Guard",
    "Policy",
    "Pseudonyms",
    "Refused",
    "View",
    "compare_policies",
    "leaks",
    "open_view",
    "open_views",
    "policy_grid",
    "read_policy",
    "suppress_complement",
    "view_of_child",
    "whos",
]
