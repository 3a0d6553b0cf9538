"""Decide who may see what: the guard for real data, small cells, roles, views and their audit."""

from helpers.share.access import Refused
from helpers.share.audit import Audit
from helpers.share.compare_policies import compare_policies, leaks, policy_grid, who_sees
from helpers.share.disclosure import shown_parts
from helpers.share.guard import Guard
from helpers.share.open_view import view, view_of_child, views, whos
from helpers.share.policy import Policy, read_policy
from helpers.share.view import Codes, View

__all__ = [
    "Audit",
    "Codes",
    "Guard",
    "Policy",
    "Refused",
    "View",
    "compare_policies",
    "leaks",
    "policy_grid",
    "read_policy",
    "shown_parts",
    "view",
    "view_of_child",
    "views",
    "who_sees",
    "whos",
]
