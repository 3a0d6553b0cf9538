"""Write the sentences of the sector report, and the column names of its tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.report.school_systems.survey_text import domain_title
from helpers.report.tables import number_text, shared_digits
from helpers.sector import level, read_analysis_plan
from helpers.standard import Measured, declared_survey

__all__ = [
    "HEADS",
    "METHOD",
    "NOT_MORE",
    "PUT_IN",
    "UNRECORDED",
    "as_figures",
    "difference_finding",
    "in_words",
    "opening",
]

PUT_IN = (
    "The generator simulates every effect on this page, and the rest is chance. The page shows nothing about "
    "real school systems."
)
NOT_MORE = "An association. It doesn't show what would happen if a system joined."
UNRECORDED = (
    "School systems choose whether to answer a survey like this. Weights correct for size, locale, pledge "
    "and community, which public lists record. They can't correct for reasons that nobody records. If "
    "systems answer because they have something to show, or because they want help, every interval on this "
    "page can be in the wrong place, and nothing would look wrong."
)
METHOD = (
    "A domain's score is the mean of its answered items, if at least two in three are answered; otherwise "
    "the system has no score there. Intervals are 95%, by least squares with errors that allow for unequal "
    "spread (HC3), clustered by system where both years are together. Weights are the inverse of the "
    "chance of an answer, by a logistic regression on size, locale, pledge, community and whether a system "
    "answered before. Errors take the weights as given.",
    "The unadjusted effect size is Hedges' g. We treat the systems as a small sample of very many. No "
    "picture or table shows a group of fewer than ten systems. Where a count would reveal such a group, we "
    "leave it out, and compute the interval from the smallest number of systems it could be.",
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
    "item_rest": "correlation with the other items",
    "alpha_without": "alpha without it",
    "systems_are": "systems",
    "simulated": "simulated",
    "holds": "interval covers it",
    "one_test": "smallest difference, one domain",
    "all_tests": "smallest difference, all domains together",
}


def _chance(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


# Counts of people or systems, which are whole numbers, and shares, which are percents.
_COUNTS = ("effective",)
_SHARES = ("floor", "ceiling", "missing", "share")


def as_figures(table: pd.DataFrame) -> pd.DataFrame:
    """Format shares as percents, and other numbers of a table with two decimals, aligned in a column."""
    numbers = [name for name in table.columns if pd.api.types.is_float_dtype(table[name])]
    counts = {name: table[name].round().astype("Int64") for name in numbers if name in _COUNTS}
    # The ends of a share's interval are shares, too.
    shares = [
        name for name in numbers if name in _SHARES or ("share" in table.columns and name not in counts)
    ]
    percents = {name: _percents(table[name]) for name in shares}
    figures = {name: _figures(table[name]) for name in numbers if name not in {*counts, *percents}}
    return table.assign(**counts, **percents, **figures)


def _percents(column: pd.Series) -> pd.Series:
    digits = shared_digits(100 * column.dropna(), "percent")
    return column.map(lambda share: number_text(100 * share, "percent", digits), na_action="ignore").astype(
        "string"
    )


def _figures(column: pd.Series) -> pd.Series:
    texts = column.map(lambda number: f"{number:.2f}", na_action="ignore").astype("string")
    texts = texts.mask(texts.eq("-0.00").fillna(False), "0.00")
    # A space as wide as a digit replaces a minus, so that decimal points align.
    return texts.str.rjust(int(texts.str.len().max()), "\N{FIGURE SPACE}") if texts.notna().any() else texts


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Format domains, groupings, years and p-values of a report table for people."""
    domains = {code: domain.title for code, domain in declared_survey().domains.items()}
    groupings = {name: grouping.title for name, grouping in read_analysis_plan().groupings.items()}
    labels = {"domain": domains, "lowest": domains, "grouping": groupings}
    columns = {name: table[name].map(words) for name, words in labels.items() if name in table.columns}
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
        few = Measured("school_systems", f"Fewer than {read_analysis_plan().fewest_systems}")
        return f"{few:bold count} answered in any year, so we can't show their answers."
    year, answered, invited = (response[name].iloc[-1] for name in ("year", "answered", "invited"))
    of = (
        ""
        if pd.isna(invited)
        else f" of {Measured('school_systems_invited', int(invited), where=str(year))} invited"
    )
    text = f"{Measured('school_systems', int(answered), where=str(year)):bold count}{of} answered in {year}."
    order = tables["order"]
    order = order[order["year"].eq(year)]
    if order.empty:
        return text
    sure = order["p_corrected"].lt(level()).all()
    lowest = domain_title(str(order["lowest"].iloc[0]))
    firm = (
        "below each of the other five domains"
        if sure
        else "lowest, though chance could explain some of the order"
    )
    return f"{text} They put **{lowest}** {firm}."


def difference_finding(comparisons: pd.DataFrame, grouping: str, yes: str, year: int) -> str:
    """Describe in a sentence how a group differs from the others."""
    own = comparisons["grouping"].eq(grouping) & comparisons["year"].eq(year).fillna(False)
    rows = comparisons[own & comparisons["comparison"].eq("adjusted") & comparisons["difference"].notna()]
    if rows.empty:
        return ""
    sure = int((rows["p_corrected"].lt(level()) & rows["difference"].gt(0)).sum())
    under = int((rows["p_corrected"].lt(level()) & rows["difference"].lt(0)).sum())
    alike = "Among systems of similar size, locale and IT staff,"
    domains = Measured("domains", len(rows))
    if not sure:
        lower = f"; in {under} they answer lower" * bool(under)
        return f"{alike} in none of {domains:count} can a lead of {yes} be told from chance{lower}"
    text = f"{alike} {yes} answer higher"
    where = f"all {domains:count}" if sure == len(rows) else f"{sure} of {domains:count}"
    return f"{text} in {where}" + (f", and lower in {under}" * bool(under))
