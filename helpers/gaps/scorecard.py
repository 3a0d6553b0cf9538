"""Build the scorecard, choose what raises an alarm, and rank which gaps to close first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import District, of_what, shared
from helpers.gaps.measures import Lines, declared_measures, measure, owner_of, system_owners
from helpers.gaps.measures.codes import meaning, standards
from helpers.gaps.measures.coverage import agreement, completeness, coverage, entries
from helpers.gaps.measures.formats import drift, formats, irregularities
from helpers.gaps.measures.freshness import activity_dates, ages, endings, stale_rows
from helpers.gaps.measures.identity import (
    correctness,
    count_duplicate_matches,
    keys_of,
    matches,
    own_files,
    record_links,
    shared_keys,
)
from helpers.gaps.measures.manual_effort import estimate_tasks, manual_effort_lines
from helpers.gaps.measures.permission import permission
from helpers.gaps.presence import BEHIND, Presence, load_presence, membership_of, scope_of
from helpers.link import Links
from helpers.profile import latest_days
from helpers.standard import STRING, StrictModel, as_table, empty_table, read_declared, wilson

__all__ = [
    "affected_lines",
    "blocked_pairs",
    "declared_alarms",
    "detected",
    "first_steps",
    "joined_pairs",
    "measure_gaps",
    "scorecard_and_records",
]


class Alarm(StrictModel):
    """Thresholds for one measure: an alarm needs all that are given."""

    at_least: int | None = None
    below: float | None = None
    above: float | None = None
    blocked: bool = False


class ExpectedLine(StrictModel):
    """Kinds of finding that raise no alarm."""

    quiet: list[str]


class Alarms(StrictModel):
    """Contents of ``alarms.toml``."""

    measure: dict[str, Alarm]
    findings: ExpectedLine


@cache
def declared_alarms() -> Alarms:
    """Return the kit's own thresholds."""
    return read_declared(Path(__file__).with_name("alarms.toml"), Alarms, "thresholds")


def affected_lines(scorecard: pd.DataFrame) -> pd.Series:
    """Count the affected rows of each line: those missing from a rate, or those that a bad rate counts."""
    bad = scorecard["measure"].isin([one.name for one in declared_measures() if one.bad])
    missing = scorecard["denominator"] - scorecard["numerator"]
    return missing.where(scorecard["unit"].eq("rate") & ~bad, scorecard["numerator"])


def detected(scorecard: pd.DataFrame, findings: pd.DataFrame, alarms: Alarms | None = None) -> pd.DataFrame:
    """Return the lines and findings that raise an alarm.

    Parameters
    ----------
    scorecard
        Table ``scorecard``. We skip its lines about findings, which the other table has.
    findings
        Table ``findings``, from reading and linking.
    alarms
        Thresholds; default is the kit's own.

    Returns
    -------
    pandas.DataFrame
        ``left_silo, right_silo, measure, column, times`` (affected rows, Int64), ``is_finding``: first lines
        over their threshold that aren't limits, then findings by system, kind and column. Empty if nothing
        needs repair.
    """
    given = alarms or declared_alarms()
    lines = scorecard[~scorecard["is_limit"].fillna(False).astype(bool) & scorecard["value"].notna()]
    lines = lines[lines["measure"].isin(list(given.measure))]
    amiss = affected_lines(lines)
    over = pd.Series(True, index=lines.index)
    for name, alarm in given.measure.items():
        mine = lines["measure"].eq(name)
        if alarm.at_least is not None:
            over &= ~mine | amiss.ge(alarm.at_least)
        if alarm.below is not None:
            over &= ~mine | lines["value"].lt(alarm.below)
        if alarm.above is not None:
            over &= ~mine | lines["value"].gt(alarm.above)
        if alarm.blocked:
            over &= ~mine | lines["blocked_by"].notna()
    chosen = lines[over].assign(times=amiss[over].round().astype("Int64"), is_finding=False)
    columns = ["left_silo", "right_silo", "measure", "column", "times", "is_finding"]
    shown = findings[~findings["kind"].isin(given.findings.quiet)]
    shown = shown.assign(silo=shown["silo"].fillna("(no system)"))
    counted = shown.groupby(["silo", "kind", "column"], dropna=False, sort=True)["times"].sum().reset_index()
    counted = counted.rename(columns={"silo": "left_silo", "kind": "measure"})
    counted = counted.assign(right_silo=pd.array([pd.NA] * len(counted), dtype=STRING), is_finding=True)
    parts = [part[columns] for part in (chosen, counted) if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=STRING) for name in columns})
    found = pd.concat(parts, ignore_index=True)
    return found.assign(
        times=found["times"].astype("Int64"), is_finding=found["is_finding"].astype("boolean")
    )


# Worst harm first. A wrong match shows another child's data. A number that belongs to two children misleads
# the next person who looks it up, and an id that nothing could confirm may be such a number. Then come
# systems of which no child is found elsewhere, children who aren't matched, pairs that need review,
# children listed twice, children who are listed but never seen, leavers who are still listed, children
# without any entry, and wording.
HARM_FIRST = (
    "matches that are right",
    "pairs refused",
    "linked, not verified",
    "in no other system",
    "match rate",
    "pairs to review",
    "children with two records",
    "listed and never seen",
    "ended in right only",
    "ended in left only",
    "children with an entry",
    "says the same",
)


def blocked_pairs(lines: pd.DataFrame) -> pd.DataFrame:
    """List the pairs of systems behind each block; a pair with two blocks has two rows."""
    rows = lines.dropna(subset=["right_silo", "blocked_by"])
    return rows[["left_silo", "right_silo", "blocked_by"]].drop_duplicates()


def first_steps(scorecard: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Choose the scorecard lines to work on first, at most one per measure.

    Parameters
    ----------
    scorecard
        Table ``scorecard``.
    most
        Maximum number of lines.

    Returns
    -------
    pandas.DataFrame
        Scorecard lines with columns ``touched`` (Int64): the number of affected children, pairs or values,
        and ``ties``: how many more lines of the measure have that number.
        Lines that can do harm come first, and the pair of systems with the most is chosen. We look for
        missing children from the roster's side only (the left system of the first pair): a child who left the
        district isn't on the roster, and so isn't missing.
    """
    asked = scorecard["numerator"].notna() & scorecard["value"].notna()
    unjoined = scorecard["blocked_by"].eq("Not joinable").fillna(False) & scorecard["denominator"].notna()
    measured = scorecard[(asked | unjoined) & ~scorecard["is_limit"].fillna(False)]
    touched = affected_lines(measured.assign(numerator=measured["numerator"].fillna(0)))
    lines = measured.assign(
        touched=touched.round().astype("Int64"),
        harm=measured["measure"].map({name: place for place, name in enumerate(HARM_FIRST)}),
    )
    roster = scorecard["left_silo"].iloc[0] if len(scorecard) else ""
    elsewhere = lines["measure"].eq("match rate") & lines["left_silo"].ne(roster)
    # A list that the rules don't permit to share is not a step to take.
    elsewhere |= lines["measure"].eq("match rate") & lines["blocked_by"].eq("Not permitted").fillna(False)
    # A step for a whole system: single children are looked for from the roster's side.
    alone = lines["measure"].eq("in no other system")
    apart = lines["numerator"].eq(lines["denominator"]) & lines["left_silo"].ne(roster)
    elsewhere |= alone & ~apart.fillna(False)
    lines = lines[lines["harm"].notna() & lines["touched"].gt(0).fillna(False) & ~elsewhere]
    lines = lines.sort_values(["harm", "touched"], ascending=[True, False], kind="stable")
    lines["ties"] = lines.groupby(["measure", "touched"])["touched"].transform("size") - 1
    chosen = lines.drop_duplicates("measure").drop(columns="harm")
    return chosen.head(most).reset_index(drop=True)


PAIR = ["left_silo", "right_silo"]
# Column -> scorecard measure and its figure.
SHOWN = {
    "joined": ("match rate", "numerator"),
    "out of": ("match rate", "denominator"),
    "rate": ("match rate", "value"),
    "only in left": ("only in left", "numerator"),
    "only in right": ("only in right", "numerator"),
    "to review": ("pairs to review", "numerator"),
    "refused": ("pairs refused", "numerator"),
}


def joined_pairs(scorecard: pd.DataFrame) -> pd.DataFrame:
    """Summarize how well systems are joined, one row per pair."""
    lines = scorecard[scorecard["right_silo"].notna()]
    pairs = lines[PAIR].drop_duplicates(ignore_index=True)
    for column, (name, figure) in SHOWN.items():
        figures = lines.loc[lines["measure"] == name, [*PAIR, figure]].rename(columns={figure: column})
        pairs = pairs.merge(figures, on=PAIR, how="left", validate="one_to_one")
    return pairs


KINDS = (
    "Identity", "Meaning", "Coverage", "Completeness", "Freshness", "Format", "Standards", "Permission",
    "Manual effort",
)  # fmt: skip
# Measures of matched children. What blocks an exchange applies to them first.
WHO_IS_FOUND = ("match rate", "only in left", "only in right")


def measure_gaps(
    district: District,
    links: Links,
    scores: pd.DataFrame | None = None,
    misjudged: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure what a district's systems can't exchange, for every pair of systems and every system.

    Parameters
    ----------
    district
        What `read_district` returned, with ``written=True``.
    links
        What `link_district` returned for it.
    scores
        From ``helpers.score.judge_matches``, if there is an answer key. Without it, lines that need the key
        are NA.
    misjudged
        Likewise: one wrong and one missed pair per pair of systems, as examples.

    Returns
    -------
    pandas.DataFrame
        Table ``scorecard``: each pair of systems once (the roster on the left), then each system. ``value``
        is in ``unit``; rates have a numerator, a denominator and a 95% interval (Wilson). ``blocked_by``
        names what blocks an exchange: Not joinable (no shared key; nothing is counted), Not permitted (rules
        forbid sharing a list of children) or Not fresh (exports a month or more apart). ``effect`` describes
        what the gap does to a child, ``owner`` names the role that can close it.

    Examples
    --------
    >>> scorecard = measure_gaps(district, links)
    >>> pair = scorecard["left_silo"].eq("sis") & scorecard["right_silo"].eq("attendance")
    >>> found = scorecard.loc[pair & scorecard["measure"].eq("match rate")]
    >>> found[["numerator", "denominator"]].values.tolist()
    [[59.0, 60.0]]
    """
    measured = _measured(district, links)
    judged = correctness(measured.known, scores, misjudged)
    return _as_scorecard(district, measured.known, measured.lines + judged)


@dataclass(frozen=True)
class _Measured:
    """All lines that need no answer key."""

    known: Presence
    lines: Lines


def _measured(district: District, links: Links) -> _Measured:
    """Measure, or reuse the result of another process of this run."""

    def measure_it() -> _Measured:
        known = load_presence(district, links)
        return _Measured(known, _lines(district, links, known))

    of = (of_what(district), of_what(links))
    return shared(lambda: f"gaps of {of}" if all(of) else None, measure_it)


def scorecard_and_records(district: District, links: Links) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure once and return both the scorecard and its source records.

    Parameters
    ----------
    district, links
        As for `measure_gaps`.

    Returns
    -------
    tuple of pandas.DataFrame
        What `measure_gaps` returns without scores; and of its lines ``measure``, ``left_silo``,
        ``right_silo`` and ``column``, with ``silo`` and ``record`` of every record that a line counts; its
        example is the first. A limit that affects a whole system has none.
    """
    known = load_presence(district, links, keeps_behind=True)
    lines = _lines(district, links, known)
    return _as_scorecard(district, known, lines + correctness(known, None)), _records(known, lines)


def _as_scorecard(district: District, known: Presence, found: Lines) -> pd.DataFrame:
    """Build the table from lines: sort them, and add intervals and owners."""
    if not found:
        return empty_table("scorecard")
    lines = [{name: cell for name, cell in each.items() if name != BEHIND} for each in found]
    roles = system_owners(district.layouts)
    for each in lines:
        each["owner"] = owner_of(each, measure(each["measure"]).owner, roles)
    frame = pd.DataFrame(lines)
    for figure in ("numerator", "denominator", "value"):
        frame[figure] = pd.to_numeric(frame[figure]).astype("float64")
    share = frame["unit"].eq("rate")
    interval = wilson(frame["numerator"].where(share), frame["denominator"].where(share))
    order = pd.DataFrame(
        {
            "single": frame["right_silo"].isna(),
            "left": frame["left_silo"].map({silo: place for place, silo in enumerate(known.silos)}),
            "right": frame["right_silo"].map({silo: place for place, silo in enumerate(known.silos)}),
            "kind": frame["kind"].map({kind: place for place, kind in enumerate(KINDS)}),
        }
    ).sort_values(["single", "left", "right", "kind"], kind="stable", na_position="last")
    for end in ("low", "high"):
        # For manual minutes, the range comes from the assumptions.
        assumed = pd.to_numeric(frame[end]) if end in frame else None
        frame[end] = interval[end] if assumed is None else interval[end].fillna(assumed)
    return as_table("scorecard", frame.loc[order.index])


def _records(known: Presence, lines: Lines) -> pd.DataFrame:
    named = ["measure", "left_silo", "right_silo", "column"]
    parts = [
        known.records[["silo", "record"]].take(each[BEHIND]).assign(**{name: each[name] for name in named})
        for each in lines
        if BEHIND in each
    ]
    columns = [*named, "silo", "record"]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=STRING) for name in columns})
    found = [part.astype(dict.fromkeys(named, STRING)) for part in parts]
    return pd.concat(found, ignore_index=True)[columns].astype(STRING)


def _lines(district: District, links: Links, known: Presence) -> Lines:
    """Compute all lines that need no answer key."""
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    amiss = irregularities(findings, district.accounts)
    if known.records.empty:
        return amiss
    scope, newest = scope_of(known), latest_days(district)
    membership = membership_of(district, known, newest.days)
    keys = keys_of(known, district.identifiers)
    met, aged = shared_keys(known, keys), ages(known, newest)
    allowed = permission(district, known)
    work = estimate_tasks(district, links, known, keys)
    return [
        *met,
        *count_duplicate_matches(known, keys),
        *_as_far_as_asked(matches(known, links, scope), [*met, *allowed, *aged]),
        *agreement(known, newest),
        *meaning(district, known),
        *record_links(known),
        *own_files(district, known),
        *coverage(known, scope),
        *completeness(known, newest, district.layouts),
        *entries(district, known),
        *aged,
        *endings(known, membership),
        *stale_rows(district, known, membership, newest),
        *activity_dates(district, known, membership, newest),
        *formats(district, known),
        *drift(district),
        *standards(district, known),
        *allowed,
        *amiss,
        *manual_effort_lines(work, known, keys),
    ]


def _as_far_as_asked(found: Lines, between: Lines) -> Lines:
    """Add what blocks the exchange to lines about matched children; blank them where no join is possible."""
    blocking: dict[tuple[str, str], dict[str, Any]] = {}
    for each in between:
        if each.get("blocked_by"):
            blocking.setdefault((each["left_silo"], each["right_silo"]), each)
    lines: Lines = []
    for each in found:
        block = blocking.get((each["left_silo"], each["right_silo"]))
        if block is None or each["measure"] not in WHO_IS_FOUND:
            lines.append(each)
            continue
        limited = {**each, "blocked_by": block["blocked_by"], "next_step": block["next_step"]}
        if block["blocked_by"] == "Not joinable":
            limited |= {"numerator": None, "value": None, "example_file": None, "example_row": None}
            limited.pop(BEHIND, None)
        lines.append(limited)
    return lines
