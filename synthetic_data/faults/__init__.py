"""Inject faults: one small function on rendered text per kind, named like the kind.

Modules group functions by subject; a module's public names are kinds of fault. Rates, files, columns, sources
and detectors are data: ``faults.toml`` in the folder of each system, ``kinds.toml`` for what several say.
`scene` chooses what a fault affects; `apply` applies faults, logs and undoes them.
"""

from collections.abc import Callable

from synthetic_data.faults import codes, formats, grades, held_out, ids, names, rows
from synthetic_data.faults.scene import FaultContext

__all__ = ["FUNCTIONS"]

FUNCTIONS: dict[str, Callable[[FaultContext], None]] = {
    kind: getattr(concept, kind)
    for concept in (names, ids, rows, codes, formats, grades, held_out)
    for kind in concept.__all__
}
