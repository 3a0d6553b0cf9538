"""Draw charts, tables, banners and pages, all in one look."""

from helpers.show.as_written import as_written
from helpers.show.banner import banner
from helpers.show.blocks import answer, reading
from helpers.show.dashboard import dashboard
from helpers.show.tables import table

__all__ = ["answer", "as_written", "banner", "dashboard", "reading", "table"]
