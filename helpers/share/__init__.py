"""Decide who may see what: the guard for real data, small cells, roles, views and their audit."""

from helpers.share.access import Refused
from helpers.share.audit import Audit
from helpers.share.compare_policies import compare_policies, leaks, policy_grid, roles_with_access
from helpers.share.disclosure import suppress_complement
from helpers.share.guard import Guard
from helpers.share.open_view import open_view, open_views, view_of_child, whos
from helpers.share.policy import Policy, read_policy
from helpers.share.view import Pseudonyms, View

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
    "roles_with_access",
    "suppress_complement",
    "view_of_child",
    "whos",
]
