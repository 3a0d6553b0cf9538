"""Split off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files.silo import Silo, _joined
from helpers.files.written import Written
from helpers.layouts import Layout
from helpers.standard import BadInput, empty_table, nearest

__all__ = ["District"]


@dataclass(frozen=True)
class District(Mapping[str, Silo]):
    """The silos of one folder, by name: SIS first, then by name.

    Attributes
    ----------
    folder
        Where they were read.
    about
        What ``district.json`` says; empty without one.
    silos
        Silo by name.
    unclaimed
        Findings and accounts of files that belong to no silo.
    """

    folder: Path
    about: dict[str, Any]
    silos: dict[str, Silo]
    unclaimed: tuple[pd.DataFrame, pd.DataFrame] = field(
        default_factory=lambda: (empty_table("findings"), empty_table("accounts"))
    )

    def __getitem__(self, name: str) -> Silo:
        if name not in self.silos:
            raise BadInput(
                f"{self.folder} has no silo {name!r}.{nearest(name, self.silos)} "
                f"It has: {', '.join(self.silos) or 'none'}."
            )
        return self.silos[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.silos)

    def __len__(self) -> int:
        return len(self.silos)

    def __contains__(self, name: object) -> bool:
        return name in self.silos

    @property
    def synthetic(self) -> bool:
        """Whether the folder says that everybody in it is invented; else it is treated as real."""
        return self.about.get("synthetic") is True

    @property
    def title(self) -> str:
        """The district's name, or its folder's."""
        return str(self.about.get("title") or self.folder.resolve().name)

    @property
    def layouts(self) -> dict[str, Layout]:
        """Layout by silo."""
        return {name: silo.layout for name, silo in self.silos.items()}

    @property
    def kinds(self) -> dict[str, tuple[str, ...]]:
        """File -> the kinds of file, or of record, that it was read as."""
        return {file: kinds for silo in self.silos.values() for file, kinds in silo.kinds.items()}

    @property
    def unique_people(self) -> tuple[str, ...]:
        """Silos whose layout promises one record a child."""
        return tuple(name for name, silo in self.silos.items() if silo.layout.unique_people)

    @property
    def people(self) -> pd.DataFrame:
        """People of all silos."""
        return _joined("people", [silo.people for silo in self.silos.values()])

    @property
    def person_rows(self) -> pd.DataFrame:
        """Source rows behind the people of all silos."""
        return _joined("person_rows", [silo.person_rows for silo in self.silos.values()])

    @property
    def filled_cells(self) -> pd.DataFrame:
        """Cells of the people of all silos that another row than the record's last one filled."""
        return _joined("filled_cells", [silo.filled_cells for silo in self.silos.values()])

    @property
    def identifiers(self) -> pd.DataFrame:
        """Identifiers of all silos."""
        return _joined("identifiers", [silo.identifiers for silo in self.silos.values()])

    @property
    def findings(self) -> pd.DataFrame:
        """Findings of all silos, and of files that belong to none."""
        return _joined("findings", [*(silo.findings for silo in self.silos.values()), self.unclaimed[0]])

    @property
    def accounts(self) -> pd.DataFrame:
        """Accounts of all files."""
        return _joined("accounts", [*(silo.accounts for silo in self.silos.values()), self.unclaimed[1]])

    @property
    def written(self) -> Written:
        """What stands in the files of all silos as it is written.

        Raises
        ------
        BadInput
            When a silo was read without it.
        """
        kept = {name: silo.written for name, silo in self.silos.items() if silo.written is not None}
        if lacking := [name for name in self.silos if name not in kept]:
            raise BadInput(
                f"What is written in {', '.join(lacking)} wasn't kept; read {self.folder} with written=True."
            )
        return Written.of(kept.values())

    def fact(self, table: str) -> pd.DataFrame:
        """Give a fact table of all silos; empty, with its columns, where none has it."""
        return _joined(table, [silo.facts[table] for silo in self.silos.values() if table in silo.facts])
