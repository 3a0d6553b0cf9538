"""Build the sector report, and compare it with published statements and simulated effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.sector.analysis_plan import (
    detectable_difference,
    level,
    margin_of_share,
    may_split,
    smallest_difference,
)
from helpers.sector.comparisons import compare
from helpers.sector.read import Origin, Sector, read_sector
from helpers.sector.results import changes, domain_order, maturity_profile, shares, team_and_staff
from helpers.sector.scores import Answered, answered_of, item_analysis, reliability
from helpers.standard import Measured, as_table, declared_survey, empty_table, plain

__all__ = [
    "KIT_VOLUNTEERS",
    "SectorReport",
    "compare_with_simulated",
    "kit_seed",
    "kit_volunteers",
    "sector_report",
]


FACTS = Path(__file__).parent / "facts" / "statements.csv"
NOT_SHOWN = "these answers are too few to show it"
Tables = Mapping[str, pd.DataFrame]


def statements(tables: Tables, origin: Origin) -> pd.DataFrame:
    """Compare published statements with what these answers show."""
    facts = pd.read_csv(FACTS, dtype="string", keep_default_na=False)
    facts["here"] = [_SHOWN[name](tables) for name in facts["shown_by"]]
    facts["why_here"] = [_why(name, origin) for name in facts["shown_by"]]
    return as_table("sector_statements", facts.drop(columns="shown_by"))


def _why(shown_by: str, origin: Origin) -> str:
    if shown_by == "nothing":
        return "nothing to compare"
    return "a matter of method" if shown_by in ("margin", "power") else origin.why(shown_by)


def _joined(lines: list[str]) -> str:
    # The sentences go into files, too.
    return plain("; ".join(lines)) if lines else NOT_SHOWN


def _counts(tables: Tables) -> list[tuple[int, int]]:
    """Return each year and its number of respondents, if that may be shown."""
    rows = tables["response"].dropna(subset=["answered"])
    return list(zip(rows["year"].tolist(), rows["answered"].tolist(), strict=True))


def _systems(year: int, count: int) -> Measured:
    return Measured("systems_answered", count, where=str(year))


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _answered(tables: Tables) -> str:
    return _joined([f"{_systems(year, count):count} answered in {year}" for year, count in _counts(tables)])


def _higher(grouping: str) -> Callable[[Tables], str]:
    def describe(tables: Tables) -> str:
        own = tables["comparisons"]
        own = own[own["grouping"].eq(grouping) & own["year"].notna() & own["difference"].notna()]
        lines = []
        for year, of_year in own.groupby("year"):
            one = of_year[of_year["comparison"].eq("adjusted")]
            sure, up = one["p_corrected"].lt(level()), one["difference"].gt(0)
            higher = Measured("domains_higher", int(up.sum()), len(one), where=f"{grouping} {year}")
            line = f"{year}: higher in {higher:count of}, in {int((sure & up).sum())} "
            under = int((sure & one["difference"].lt(0)).sum())
            lines.append(f"{line}beyond chance" + (f", and lower in {under} beyond chance" if under else ""))
        return _joined(lines)

    return describe


def _title(domain: str) -> str:
    return declared_survey().domains[domain].title


def _hardest(tables: Tables) -> str:
    lines = []
    for year, of_year in tables["order"].groupby("year"):
        lowest, sure = str(of_year["lowest"].iloc[0]), int(of_year["p_corrected"].lt(level()).sum())
        lines.append(f"{year}: {_title(lowest)} is lowest, beyond chance against {sure} of {len(of_year)}")
    return _joined(lines)


def _next_hardest(tables: Tables) -> str:
    lines = []
    for year, of_year in tables["order"].groupby("year"):
        second, third = (_title(str(name)) for name in of_year["domain"].head(2))
        lines.append(f"{year}: then {second}, then {third}")
    return _joined(lines)


def _team_and_staff(tables: Tables) -> str:
    template = "{year}: correlation {correlation:.2f} ({low:.2f} to {high:.2f})"
    return _joined([template.format(**row) for row in _rows(tables["team_and_staff"].dropna(subset=["low"]))])


def _standards(tables: Tables) -> str:
    rows = tables["shares"]
    rows = rows[rows["what"].str.startswith("Knows")]
    template = "{year}: {share:.0%} know them ({low:.0%} to {high:.0%})"
    return _joined([template.format(**row) for row in _rows(rows)])


def _margin(tables: Tables) -> str:
    return _joined(
        [
            f"{year}: {100 * margin_of_share(count):.1f} points with {_systems(year, count):count}"
            for year, count in _counts(tables)
        ]
    )


def _could_see(tables: Tables) -> str:
    tests = Measured("survey_domains", len(declared_survey().domains))
    lines = []
    for year, count in _counts(tables):
        half = count / 2
        one, all_six = smallest_difference(half, half), smallest_difference(half, half, tests.whole)
        lines.append(f"{year}: {one:.2f}, and {all_six:.2f} with {tests:count}, in two equal groups")
    return _joined(lines)


_SHOWN: dict[str, Callable[[Tables], str]] = {
    "answered": _answered,
    "pledged": _higher("pledged"),
    "data_team": _higher("data_team"),
    "hardest": _hardest,
    "next_hardest": _next_hardest,
    "team_and_staff": _team_and_staff,
    "standards": _standards,
    "margin": _margin,
    "power": _could_see,
    "nothing": lambda _: "",
}


# Output of `bigpicture make-sector FOLDER --sector volunteers`; a test regenerates it.
KIT_VOLUNTEERS = Path(__file__).parent / "kit_volunteers"


def compare_with_simulated(comparisons: pd.DataFrame, simulated: pd.DataFrame) -> pd.DataFrame:
    """Compare the intervals of a synthetic sector with the simulated effects."""
    shown = comparisons[
        comparisons["comparison"].eq("adjusted")
        & comparisons["year"].notna()
        & comparisons[["difference", "low", "high"]].notna().all(axis=1)
    ]
    truth = simulated[simulated["comparison"].eq("adjusted")].rename(columns={"points": "simulated"})
    keys = ["grouping", "domain", "year"]
    truth = truth.drop_duplicates(keys)[[*keys, "simulated"]]
    met = shown.merge(truth, on=keys, how="inner", validate="one_to_one")
    # Rounded to two decimals, as readers see them, so that no interval misses by an invisible digit. Adding
    # zero removes the minus sign of -0.
    seen = met[["difference", "low", "high", "simulated"]].round(2) + 0.0
    holds = seen["low"].le(seen["simulated"]) & seen["high"].ge(seen["simulated"])
    return as_table("sector_vs_simulated", met[keys].join(seen).assign(holds=holds.astype("boolean")))


@cache
def kit_volunteers() -> pd.DataFrame:
    """Analyze the kit's own volunteers like any other sector, and compare with the simulated effects."""
    read = _kit()
    return compare_with_simulated(compare(answered_of(read.frame)), read.simulated)


def kit_seed() -> int:
    """Return the seed of the kit's own volunteers."""
    return int(_kit().about["seed"])


@cache
def _kit() -> Sector:
    return read_sector(KIT_VOLUNTEERS)


# More digits would disclose the number of systems behind a mean or share.
_DIGITS = 3
_FEWER_DIGITS = {"shares": 2, "team_and_staff": 2, "reliability": 2, "items": 2}


@dataclass(frozen=True)
class SectorReport:
    """Results of a sector's answers.

    Attributes
    ----------
    tables
        By name without ``sector_``: response, profile, order, comparisons, changes, shares, team_and_staff,
        power, reliability, items, statements; and vs_simulated, for synthetic volunteers. No row is
        about fewer than ten systems.
    origin
        Source of the answers.
    findings
        Problems in the file.
    """

    tables: dict[str, pd.DataFrame]
    origin: Origin
    findings: pd.DataFrame = field(default_factory=lambda: empty_table("findings"))

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table by name."""
        return self.tables[name]

    @property
    def invented(self) -> bool:
        """Whether a program generated the answers."""
        return self.origin.invented

    @property
    def years(self) -> list[int]:
        """Years with enough systems to show, in order."""
        return sorted(int(year) for year in self.tables["profile"]["year"].unique())


def sector_report(sector: Sector) -> SectorReport:
    """Analyze the answers of a sector.

    Parameters
    ----------
    sector
        From ``read_sector``.

    Returns
    -------
    SectorReport
        Years with fewer than ten answering systems appear only in ``response``, with empty counts.
    """
    answered = answered_of(sector.frame)
    compared = compare(answered)
    tables = {
        "response": _response(sector.frame, answered),
        "profile": maturity_profile(answered),
        "order": domain_order(answered),
        "comparisons": compared,
        "changes": changes(answered),
        "shares": shares(answered),
        "team_and_staff": team_and_staff(answered),
        "power": detectable_difference(compared),
        "reliability": reliability(answered),
        "items": item_analysis(answered),
    }
    tables = {name: _rounded(table, _FEWER_DIGITS.get(name, _DIGITS)) for name, table in tables.items()}
    tables["statements"] = statements(tables, sector.origin)
    if len(sector.simulated):
        tables["vs_simulated"] = compare_with_simulated(compared, sector.simulated)
    return SectorReport(tables, sector.origin, sector.findings)


def _rounded(table: pd.DataFrame, digits: int) -> pd.DataFrame:
    """Round numbers to the digits shown; p-values keep their size."""
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
                # Next to the respondents, this count would disclose the number of nonrespondents.
                "invited": len(asked) if silent and may_split(silent) else None,
                "effective": float(known.sum() ** 2 / (known**2).sum()),
            }
        rows.append(row)
    table = as_table("sector_response", pd.DataFrame(rows))
    shown = table["answered"].notna()
    table["share"] = (table["answered"] / table["invited"]).astype("Float64").astype("float64").where(shown)
    return table
