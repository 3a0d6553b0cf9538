"""What a survey of school systems says of the sector, and how far it may be believed."""

from helpers.sector.read import Sector, read_sector
from helpers.sector.report import SectorReport, sector_report

__all__ = ["Sector", "SectorReport", "read_sector", "sector_report"]
