"""The sector report: every table of it, from the answers of many school systems."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from helpers.gaps.sector.answered import Answered, answered_of
from helpers.gaps.sector.changes import changes
from helpers.gaps.sector.comparing import compare
from helpers.gaps.sector.origin import Origin
from helpers.gaps.sector.power import could_see
from helpers.gaps.sector.reading import Sector
from helpers.gaps.sector.reliability import item_analysis, reliability
from helpers.gaps.sector.shares import shares, team_and_staff
from helpers.gaps.sector.small_groups import may_part
from helpers.gaps.sector.standing import domain_order, standing
from helpers.gaps.sector.statements import statements
from helpers.gaps.sector.volunteers import beside_planted
from helpers.standard import as_table, empty_table

__all__ = ["SectorReport", "sector_report"]

# More digits than anybody reads would tell of how many systems a mean or share is.
_DIGITS = 3
_FEWER_DIGITS = {"shares": 2, "team_and_staff": 2, "reliability": 2, "items": 2}


@dataclass(frozen=True)
class SectorReport:
    """What the answers of a sector say.

    Attributes
    ----------
    tables
        By name without ``sector_``: response, standing, order, comparisons, changes, shares, team_and_staff,
        could_see, reliability, items, statements; and beside_planted, of made volunteers. No row of theirs is
        about fewer than ten systems.
    origin
        Where the answers come from.
    findings
        What was wrong or odd in the file.
    """

    tables: dict[str, pd.DataFrame]
    origin: Origin
    findings: pd.DataFrame = field(default_factory=lambda: empty_table("findings"))

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a table by its name."""
        return self.tables[name]

    @property
    def invented(self) -> bool:
        """Whether a program made the answers."""
        return self.origin.invented

    @property
    def years(self) -> list[int]:
        """Years of which anything may be shown, in order."""
        return sorted(int(year) for year in self.tables["standing"]["year"].unique())


def sector_report(sector: Sector) -> SectorReport:
    """Analyse the answers of a sector.

    Parameters
    ----------
    sector
        From ``read_sector``.

    Returns
    -------
    SectorReport
        Years in which fewer than ten systems answered are in none of its tables but ``response``, where their
        counts are empty.
    """
    answered = answered_of(sector.frame)
    compared = compare(answered)
    tables = {
        "response": _response(sector.frame, answered),
        "standing": standing(answered),
        "order": domain_order(answered),
        "comparisons": compared,
        "changes": changes(answered),
        "shares": shares(answered),
        "team_and_staff": team_and_staff(answered),
        "could_see": could_see(compared),
        "reliability": reliability(answered),
        "items": item_analysis(answered),
    }
    tables = {name: _rounded(table, _FEWER_DIGITS.get(name, _DIGITS)) for name, table in tables.items()}
    tables["statements"] = statements(tables, sector.origin)
    if len(sector.planted):
        tables["beside_planted"] = beside_planted(compared, sector.planted)
    return SectorReport(tables, sector.origin, sector.findings)


def _rounded(table: pd.DataFrame, digits: int) -> pd.DataFrame:
    """Round numbers to what is read; chances keep their size."""
    numbers = [name for name in table.columns if table[name].dtype == "float64" and not name.startswith("p")]
    return table.assign(**{name: table[name].round(digits) for name in numbers})


def _response(frame: pd.DataFrame, answered: Answered) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for year in sorted(int(year) for year in frame["year"].unique()):
        asked = frame[frame["year"].eq(year)]
        there = int(asked["responded"].sum())
        row: dict[str, object] = {"year": year}
        if year in answered.years:
            weights = answered.of(year).weights
            known = weights[~np.isnan(weights)]
            silent = len(asked) - there
            row |= {
                "answered": there,
                # Beside who answered, it would tell how many didn't.
                "invited": len(asked) if silent and may_part(silent) else None,
                "effective": float(known.sum() ** 2 / (known**2).sum()),
            }
        rows.append(row)
    table = as_table("sector_response", pd.DataFrame(rows))
    shown = table["answered"].notna()
    table["share"] = (table["answered"] / table["invited"]).astype("Float64").astype("float64").where(shown)
    return table
