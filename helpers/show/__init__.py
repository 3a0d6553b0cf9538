"""Draw charts, tables, banners and pages, all in one look."""

from helpers.show.as_written import as_written
from helpers.show.banner import banner
from helpers.show.blocks import answer, reading
from helpers.show.change_lanes import change_lanes
from helpers.show.change_steps import change_steps
from helpers.show.dashboard import dashboard
from helpers.show.tables import table

__all__ = [
    "answer", "as_written", "banner", "change_lanes", "change_steps", "dashboard", "reading", "table",
]  # fmt: skip
