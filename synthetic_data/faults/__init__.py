"""Each way in which a record goes wrong: one small function on rendered text, by the name of its kind.

Modules hold functions by what goes wrong; all that a module offers are kinds of fault. Rates, files, columns,
sources and what detects them are data: ``faults.toml`` in the folder of each system. `scene` chooses what a
fault hits, `apply` applies faults, logs and undoes them.
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
