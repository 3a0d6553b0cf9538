"""Generate a sector of fictional school systems that answer the kit's own survey in two years."""

from synthetic_data.sector.sector import SyntheticSector, make_sector, simulated_effects, write_sector
from synthetic_data.sector.settings import SectorSettings, load_sector, preset_names

__all__ = [
    "SectorSettings",
    "SyntheticSector",
    "load_sector",
    "make_sector",
    "preset_names",
    "simulated_effects",
    "write_sector",
]
