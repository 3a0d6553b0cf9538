"""Write the sentences of the sector report, and the column names of its tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.sector import level, read_analysis_plan
from helpers.standard import declared_survey

__all__ = [
    "HEADS",
    "METHOD",
    "NOT_MORE",
    "PUT_IN",
    "UNRECORDED",
    "as_figures",
    "difference_finding",
    "domain_name",
    "in_words",
    "opening",
]

PUT_IN = (
    "The generator simulates every effect on this page, and the rest is chance: it shows nothing about real "
    "school systems."
)
NOT_MORE = "An association: it doesn't say what would happen if a system joined."
UNRECORDED = (
    "Who answers a survey like this chooses to. Weights make up for size, locale, pledge and community, "
    "which public lists record. They make up for nothing that nobody records: if systems answer because they "
    "have something to show, or because they want help, every interval on this page can be in the wrong "
    "place, and nothing on it would look wrong."
)
METHOD = (
    "A domain's score is the mean of its answered items, where at least two in three are answered; else"
    " the system has none there. Intervals are 95%, by least squares with errors that hold for unequal "
    "spread (HC3); where both years stand together, by system. Weights are one through the chance of an"
    " answer, by a logistic line on size, locale, pledge, community and whether a system answered "
    "before; errors take them as given.",
    "The unadjusted effect size is Hedges' g. The systems are taken to be a few of very many. Groups of"
    " fewer than ten systems are in no picture and no table; where a count would give one away, it is "
    "left out, and an interval is worked out from the fewest systems that it can be.",
)
HEADS: Mapping[str, str] = {
    "systems_yes": "systems in the group",
    "systems_no": "other systems",
    "without_score": "systems without a score",
    "p_corrected": "p, corrected (Holm)",
    "low_all": "low, all six together",
    "high_all": "high, all six together",
    "effect": "effect size",
    "effective": "as good as, with equal weights",
    "item_rest": "tie to the other items",
    "alpha_without": "alpha without it",
    "systems_are": "systems",
    "simulated": "put in",
    "holds": "interval holds it",
    "one_test": "smallest difference, one domain",
    "all_tests": "smallest difference, all domains together",
}


def domain_name(code: str) -> str:
    """Return the published name of a domain."""
    return declared_survey().domains[code].title


def _chance(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


# Counts of people or systems, which are whole numbers.
_COUNTS = ("effective",)


def as_figures(table: pd.DataFrame) -> pd.DataFrame:
    """Format the numbers of a table with two decimals, aligned within a column."""
    numbers = [name for name in table.columns if pd.api.types.is_float_dtype(table[name])]
    counts = {name: table[name].round().astype("Int64") for name in numbers if name in _COUNTS}
    return table.assign(**counts, **{name: _figures(table[name]) for name in numbers if name not in counts})


def _figures(column: pd.Series) -> pd.Series:
    texts = column.map(lambda number: f"{number:.2f}", na_action="ignore").astype("string")
    texts = texts.mask(texts.eq("-0.00").fillna(False), "0.00")
    # A space as wide as a digit replaces a minus, so that decimal points align.
    return texts.str.rjust(int(texts.str.len().max()), "\N{FIGURE SPACE}") if texts.notna().any() else texts


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Format domains, groupings, years and p-values of a report table for people."""
    domains = {code: domain.title for code, domain in declared_survey().domains.items()}
    groupings = {name: grouping.title for name, grouping in read_analysis_plan().groupings.items()}
    written = {"domain": domains, "lowest": domains, "grouping": groupings}
    columns = {name: table[name].map(words) for name, words in written.items() if name in table.columns}
    # A year is a name, not a number with a thousands separator.
    years = [name for name in ("year", "since") if name in table.columns]
    columns |= {name: table[name].astype("string").fillna("both") for name in years}
    chances = [name for name in ("p", "p_corrected") if name in table.columns]
    columns |= {name: table[name].map(_chance, na_action="ignore").astype("string") for name in chances}
    return table.assign(**columns)


def opening(tables: Mapping[str, pd.DataFrame]) -> str:
    """Answer the question of the page in two sentences."""
    response = tables["response"].dropna(subset=["answered"])
    if response.empty:
        few = read_analysis_plan().fewest_systems
        return f"**Fewer than {few}** school systems answered in any year: nothing may be shown of them."
    year, answered, invited = (response[name].iloc[-1] for name in ("year", "answered", "invited"))
    of = "" if pd.isna(invited) else f" of {invited:,} invited"
    said = f"**{answered:,}** school systems{of} answered in {year}."
    order = tables["order"]
    order = order[order["year"].eq(year)]
    if order.empty:
        return said
    sure = order["p_corrected"].lt(level()).all()
    lowest = domain_name(str(order["lowest"].iloc[0]))
    firm = "below each of the other five domains" if sure else "lowest, though not surely below every other"
    return f"{said} They put **{lowest}** {firm}."


def difference_finding(comparisons: pd.DataFrame, grouping: str, yes: str, year: int) -> str:
    """Describe in a sentence how a group differs from the others."""
    own = comparisons["grouping"].eq(grouping) & comparisons["year"].eq(year).fillna(False)
    rows = comparisons[own & comparisons["comparison"].eq("adjusted") & comparisons["difference"].notna()]
    if rows.empty:
        return ""
    sure = int((rows["p_corrected"].lt(level()) & rows["difference"].gt(0)).sum())
    under = int((rows["p_corrected"].lt(level()) & rows["difference"].lt(0)).sum())
    said = f"Among systems alike in size, locale and IT staff, {yes} answer higher"
    if not sure:
        return f"{said} in no domain by more than chance explains" + (f", and lower in {under}" * bool(under))
    where = f"all {len(rows)} domains" if sure == len(rows) else f"{sure} of {len(rows)} domains"
    return f"{said} in {where}" + (f", and lower in {under}" * bool(under))
