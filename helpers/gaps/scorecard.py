"""The interoperability gap as measured numbers, one line a measure of a system or of a pair of systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.files.run_cache import of_what, shared
from helpers.gaps.completeness import completeness, entries
from helpers.gaps.coverage import agreement, coverage
from helpers.gaps.drift import drift
from helpers.gaps.fan_out import fan_out
from helpers.gaps.formats import formats
from helpers.gaps.freshness import ages, endings
from helpers.gaps.hand_work import hand_work_lines, work_shown
from helpers.gaps.identity import correctness, matches, record_ties, shared_keys
from helpers.gaps.irregularities import irregularities
from helpers.gaps.keys import keys_of
from helpers.gaps.known import BEHIND, Known, know
from helpers.gaps.meaning import meaning
from helpers.gaps.measures import measure
from helpers.gaps.membership import membership_of
from helpers.gaps.owners import owner_of, owners_of
from helpers.gaps.permission import permission
from helpers.gaps.scope import scope_of
from helpers.gaps.sightings import sightings
from helpers.gaps.staleness import stale_rows
from helpers.gaps.standards import standards
from helpers.profile.facts.systems import newest_days
from helpers.standard import STRING, as_table, empty_table
from helpers.standard.intervals import wilson

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = ["records_behind", "scorecard", "scorecard_and_records"]

KINDS = (
    "Identity", "Meaning", "Coverage", "Completeness", "Freshness", "Format", "Standards", "Permission",
    "Hand work",
)  # fmt: skip
# Lines that say who of one system isn't found in the other: what stands between the two stands before them.
WHO_IS_FOUND = ("match rate", "only in left", "only in right")

Lines = list[dict[str, Any]]


def scorecard(
    district: District,
    links: Links,
    scores: pd.DataFrame | None = None,
    misjudged: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Measure what a district's systems can't say to one another.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.
    scores
        Table ``scores``, where there is an answer key: how many of the matches are right. Without it those
        lines hold NA, and their next step says that they cannot be judged without a key.
    misjudged
        A wrong and a missed pair of each two systems to look at, from ``helpers.score.misjudged_pairs``.

    Returns
    -------
    pandas.DataFrame
        Table ``scorecard``: every pair of systems once (the roster on the left, then by name), then every
        system. ``value`` is in ``unit``; rates have numerator, denominator and a 95% interval (Wilson).
        ``blocked_by`` says what stands between two systems: Not joinable (nothing in common by which records
        could be joined; who is found there isn't asked, and NA), Not permitted (no list of children may be
        handed over; who is found is counted, inside the district) or Not fresh (exports a month apart: who is
        found is counted, but who is missing may have moved). No sentence of ``next_step`` holds a figure.
        ``effect`` says what the gap does to a child, ``owner`` which role can mend it.
    """
    measured = _measured(district, links)
    judged = correctness(measured.known, scores, misjudged)
    return _as_scorecard(district, measured.known, measured.lines + judged)


@dataclass(frozen=True)
class _Measured:
    """All that needs no key."""

    known: Known
    lines: Lines


def _measured(district: District, links: Links) -> _Measured:
    """Measure, or take over what another process of this run has measured."""

    def measure_it() -> _Measured:
        known = know(district, links)
        return _Measured(known, _lines(district, links, known))

    of = (of_what(district), of_what(links))
    return shared(lambda: f"gaps of {of}" if all(of) else None, measure_it)


def scorecard_and_records(district: District, links: Links) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure once, and give both tables: the lines, and the records behind them.

    Parameters
    ----------
    district, links
        As for `scorecard`.

    Returns
    -------
    tuple of pandas.DataFrame
        What `scorecard` gives without scores, and what `records_behind` gives.
    """
    known = know(district, links, keeps_behind=True)
    lines = _lines(district, links, known)
    behind = _records(known, lines)
    return _as_scorecard(district, known, lines + correctness(known, None)), behind


def _as_scorecard(district: District, known: Known, found: Lines) -> pd.DataFrame:
    """Lay lines out as the table, in its order, with intervals and owners."""
    if not found:
        return empty_table("scorecard")
    lines = [{name: cell for name, cell in each.items() if name != BEHIND} for each in found]
    roles = owners_of(district.layouts)
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
        # Of minutes by hand the range is that of what is assumed.
        assumed = pd.to_numeric(frame[end]) if end in frame else None
        frame[end] = interval[end] if assumed is None else interval[end].fillna(assumed)
    return as_table("scorecard", frame.loc[order.index])


def records_behind(district: District, links: Links) -> pd.DataFrame:
    """List the records behind the lines of a scorecard: whom somebody has to look at.

    Parameters
    ----------
    district
        A district that was read.
    links
        Who is who in it.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``left_silo``, ``right_silo``, ``column`` (as in the table ``scorecard``), ``silo``,
        ``record``: of each line the records that its example is the first of. A limit that hits a whole
        system has none.
    """
    known = know(district, links, keeps_behind=True)
    return _records(known, _lines(district, links, known))


def _records(known: Known, lines: Lines) -> pd.DataFrame:
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


def _lines(district: District, links: Links, known: Known) -> Lines:
    """Measure all that needs no key."""
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    amiss = irregularities(findings, district.accounts)
    if known.records.empty:
        return amiss
    scope, newest = scope_of(known), newest_days(district)
    membership = membership_of(district, known, newest.days)
    keys = keys_of(known, district.identifiers)
    met, aged = shared_keys(known, keys), ages(known, newest)
    allowed = permission(district, known)
    work = work_shown(district, links, known, keys)
    return [
        *met,
        *fan_out(known, keys),
        *_as_far_as_asked(matches(known, links, scope), [*met, *allowed, *aged]),
        *agreement(known, newest),
        *meaning(district, known),
        *record_ties(known),
        *coverage(known, scope),
        *completeness(known, newest, district.layouts),
        *entries(district, known),
        *aged,
        *endings(known, membership),
        *stale_rows(district, known, membership, newest),
        *sightings(district, known, membership, newest),
        *formats(district, known),
        *drift(district),
        *standards(district, known),
        *allowed,
        *amiss,
        *hand_work_lines(work, known, keys),
    ]


def _as_far_as_asked(found: Lines, between: Lines) -> Lines:
    """Say of who is found in which system what stands between the two; without a way to join, ask nothing."""
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
        told = {**each, "blocked_by": block["blocked_by"], "next_step": block["next_step"]}
        if block["blocked_by"] == "Not joinable":
            told |= {"numerator": None, "value": None, "example_file": None, "example_row": None}
            told.pop(BEHIND, None)
        lines.append(told)
    return lines
