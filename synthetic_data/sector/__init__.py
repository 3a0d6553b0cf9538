"""A sector of school systems, as they answer the kit's own survey over two years. None of them exists."""

from synthetic_data.sector.sector import MadeSector, make_sector, planted_effects, write_sector
from synthetic_data.sector.settings import SectorSettings, load_sector, preset_names

__all__ = [
    "MadeSector",
    "SectorSettings",
    "load_sector",
    "make_sector",
    "planted_effects",
    "preset_names",
    "write_sector",
]
