"""Each way in which a record goes wrong: one small function on rendered text, by the name of its kind.

Modules hold functions by what goes wrong; all that a module offers are kinds of fault. Rates, files, columns,
sources and what finds them are data: one TOML a silo, beside them. How faults are chosen is in scene.py, how
they are applied and logged in damage.py, how they are undone in undo.py.
"""

from collections.abc import Callable

from synthetic_data.faults import (
    benefits,
    codes,
    contacts,
    dates,
    gradebooks,
    held_out,
    id_columns,
    ids,
    marks,
    names,
    numbers,
    objects,
    paper,
    referrals,
    rows,
    self_entered,
    spellings,
    spells,
    whole_files,
)
from synthetic_data.scene import Scene

__all__ = ["FUNCTIONS", "ON_REQUEST"]

FUNCTIONS: dict[str, Callable[[Scene], None]] = {
    kind: getattr(concept, kind)
    for concept in (
        names,
        dates,
        numbers,
        objects,
        paper,
        ids,
        marks,
        rows,
        self_entered,
        gradebooks,
        referrals,
        whole_files,
        contacts,
        spellings,
        codes,
        spells,
        benefits,
    )
    for kind in concept.__all__
}
# What ruins a whole file, or is held out: it happens only where a scenario asks for it.
ON_REQUEST: dict[str, Callable[[Scene], None]] = {
    kind: getattr(concept, kind) for concept in (id_columns, held_out) for kind in concept.__all__
}
