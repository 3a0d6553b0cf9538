"""The roadmap: what steps of exchange are assumed to cost and buy, and what one standard would save."""

from helpers.gaps.roadmap.costs import Costs, kit_costs, read_costs
from helpers.gaps.roadmap.one_standard import one_standard
from helpers.gaps.roadmap.steps import roadmap

__all__ = ["Costs", "kit_costs", "one_standard", "read_costs", "roadmap"]
