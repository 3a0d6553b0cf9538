"""Each published statement about the sector, beside what these answers show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.gaps.sector.origin import Origin
from helpers.gaps.sector.power import margin_of_share, smallest_difference
from helpers.gaps.sector.settled import settled
from helpers.standard import as_table
from helpers.standard.survey_items import declared_survey

__all__ = ["Tables", "statements"]

FACTS = Path(__file__).parent / "facts" / "statements.csv"
NOT_SHOWN = "these answers are too few to show it"
Tables = Mapping[str, pd.DataFrame]


def statements(tables: Tables, origin: Origin) -> pd.DataFrame:
    """Put what was published beside what these answers show.

    Parameters
    ----------
    tables
        Tables of the report, by their names without ``sector_``.
    origin
        Where the answers come from: what a made sector shows was put in, or wasn't, as its settings say.

    Returns
    -------
    pandas.DataFrame
        Table ``sector_statements``, in the order of the file of facts.
    """
    facts = pd.read_csv(FACTS, dtype="string", keep_default_na=False)
    facts["here"] = [_SHOWN[name](tables) for name in facts["shown_by"]]
    facts["why_here"] = [_why(name, origin) for name in facts["shown_by"]]
    return as_table("sector_statements", facts.drop(columns="shown_by"))


def _why(shown_by: str, origin: Origin) -> str:
    if shown_by == "nothing":
        return "nothing to compare"
    return "a matter of method" if shown_by in ("margin", "could_see") else origin.why(shown_by)


def _joined(lines: list[str]) -> str:
    return "; ".join(lines) if lines else NOT_SHOWN


def _counts(tables: Tables) -> list[tuple[int, int]]:
    """Give each year and how many answered, where that is shown."""
    rows = tables["response"].dropna(subset=["answered"])
    return list(zip(rows["year"].tolist(), rows["answered"].tolist(), strict=True))


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _answered(tables: Tables) -> str:
    return _joined([f"{count} systems answered in {year}" for year, count in _counts(tables)])


def _higher(grouping: str) -> Callable[[Tables], str]:
    def said(tables: Tables) -> str:
        own = tables["comparisons"]
        own = own[own["grouping"].eq(grouping) & own["year"].notna() & own["difference"].notna()]
        lines = []
        for year, of_year in own.groupby("year"):
            one = of_year[of_year["comparison"].eq("adjusted")]
            sure, up = one["p_corrected"].lt(_level()), one["difference"].gt(0)
            line = f"{year}: higher in {int(up.sum())} of {len(one)} domains, in {int((sure & up).sum())} "
            under = int((sure & one["difference"].lt(0)).sum())
            lines.append(f"{line}beyond chance" + (f", and lower in {under} beyond chance" if under else ""))
        return _joined(lines)

    return said


def _level() -> float:
    return 1 - settled().confidence


def _title(domain: str) -> str:
    return declared_survey().domains[domain].title


def _hardest(tables: Tables) -> str:
    lines = []
    for year, of_year in tables["order"].groupby("year"):
        lowest, sure = str(of_year["lowest"].iloc[0]), int(of_year["p_corrected"].lt(_level()).sum())
        lines.append(f"{year}: {_title(lowest)} is lowest, beyond chance against {sure} of {len(of_year)}")
    return _joined(lines)


def _next_hardest(tables: Tables) -> str:
    lines = []
    for year, of_year in tables["order"].groupby("year"):
        second, third = (_title(str(name)) for name in of_year["domain"].head(2))
        lines.append(f"{year}: then {second}, then {third}")
    return _joined(lines)


def _team_and_staff(tables: Tables) -> str:
    said = "{year}: correlation {correlation:.2f} ({low:.2f} to {high:.2f})"
    return _joined([said.format(**row) for row in _rows(tables["team_and_staff"].dropna(subset=["low"]))])


def _standards(tables: Tables) -> str:
    rows = tables["shares"]
    rows = rows[rows["what"].str.startswith("Knows")]
    said = "{year}: {share:.0%} know them ({low:.0%} to {high:.0%})"
    return _joined([said.format(**row) for row in _rows(rows)])


def _margin(tables: Tables) -> str:
    return _joined(
        [
            f"{year}: {100 * margin_of_share(count):.1f} points with {count} systems"
            for year, count in _counts(tables)
        ]
    )


def _could_see(tables: Tables) -> str:
    tests = len(declared_survey().domains)
    lines = []
    for year, count in _counts(tables):
        half = count / 2
        one, all_six = smallest_difference(half, half), smallest_difference(half, half, tests)
        lines.append(f"{year}: {one:.2f}, and {all_six:.2f} with {tests} domains, in two equal groups")
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
    "could_see": _could_see,
    "nothing": lambda _: "",
}
