"""Error families: errors of other origin than the fault catalog, injected after its faults.

The catalog's faults are what people reported of school systems. Each family here follows literature of its
own, so that a linker that knows only the catalog can be tested on errors that it doesn't know.
``development`` is for training and tuning, ``held_out`` for the last measurement only. Rates, kinds and
sources are data: a TOML file for each family.
"""

from synthetic_data.error_families.apply import FAMILIES, add_errors, apply_errors, record_of_errors
from synthetic_data.error_families.declared import declared_family

__all__ = ["FAMILIES", "add_errors", "apply_errors", "declared_family", "record_of_errors"]
