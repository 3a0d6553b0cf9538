"""Analyze a survey of school systems: what it shows about the sector, and how far to trust it."""

from helpers.sector.analysis_plan import level, read_analysis_plan, smallest_difference
from helpers.sector.comparisons import compare
from helpers.sector.read import Origin, Sector, read_sector
from helpers.sector.report import SectorReport, kit_seed, kit_volunteers, sector_report
from helpers.sector.results import maturity_profile
from helpers.sector.scores import Answered, answered_of

# Public names, each documented. Other imports here are for other rooms.
__all__ = ["Sector", "SectorReport", "read_sector", "sector_report"]
