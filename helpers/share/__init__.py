"""Decide who may see what: the guard for real data, small cells, roles, views and their audit."""

from helpers.share.audit import Audit
from helpers.share.coded import Codes
from helpers.share.comparing import compare_policies, leaks, policy_grid, who_sees
from helpers.share.opening import view, views
from helpers.share.parts import shown_parts
from helpers.share.policy import Policy, read_policy
from helpers.share.real_data import Guard
from helpers.share.refused import Refused
from helpers.share.view import View
from helpers.share.view_of_child import view_of_child
from helpers.share.whos import whos

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
