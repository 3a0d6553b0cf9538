"""Compute the first page of a run: with an answer key what is wrong, without one what nothing could check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.files import District, read_district
from helpers.gaps import first_steps, measure_gaps
from helpers.link import Links, link_district
from helpers.profile import (
    authority_in,
    build_profiles,
    check_in_protocol,
    compute_indicators,
    latest_days,
    roster_silos,
)
from helpers.report.blocks import where_from
from helpers.report.charts.grouped_bars import Bar, BarGroup, grouped_bars
from helpers.report.charts.picture import Picture
from helpers.report.display_names import (
    listed,
    named_first,
    short_names,
    system_names,
    system_names_in_text,
)
from helpers.report.pages.explain import Explained, explain
from helpers.report.pages.index import IndexFigures, Lead
from helpers.report.runs.actions import Actions, in_order, order_sentence
from helpers.report.runs.changes import RunSnapshot, make_snapshot
from helpers.report.runs.figures import apart, describe_links, describe_rows, link_statuses_by_system
from helpers.report.runs.file_drift import file_facts
from helpers.report.tables import as_number, number_text, shown_count
from helpers.report.to_do import Action, Count
from helpers.score import (
    can_be_judged,
    children_by_system,
    count_complete_without,
    judge_headlines,
    judge_matches,
    rows_not_there,
)
from helpers.share import SMALLEST_GROUP, Guard, shown_everybody, suppress_complement
from helpers.standard import BadInput, Measured

__all__ = [
    "RunFigures",
    "compute_figures",
    "figures_of",
    "first_actions",
    "first_page",
]

# Systems with a bar of their own; the rest share a line.
_MOST_BARS = 6
_MOST_ACTIONS = 3
# A system is behind if its newest record is this many days older than the newest of all: two weeks.
_BEHIND = 14
_MOST_BEHIND = 3
UNVERIFIED, UNLINKED, REVIEW = "Unverified", "Unlinked", "Review"


@dataclass(frozen=True)
class _Judged:
    """What the answer key says about a district's links."""

    # Headline measures by name.
    measured: Mapping[str, Measured]
    # Result of `children_by_system`.
    systems: pd.DataFrame
    records: pd.DataFrame
    # By measure: what it counts and the rows behind it.
    explained: Mapping[str, Explained]

    def many(self, name: str) -> int:
        """Return the number of a measure."""
        return self.measured[name].number

    @property
    def children(self) -> int:
        """Return how many children there are."""
        return self.many("children")

    @property
    def mixed(self) -> int:
        """Return how many children have another child's record after matching."""
        return self.many("mixed")

    @property
    def undetected(self) -> int:
        """Return how many of them no check notices."""
        return self.many("undetected")

    @property
    def looked_up(self) -> int:
        """Return how many would be mixed up unnoticed by number alone."""
        return self.many("undetected_by_number")


# Measures of the first page's sentences, in the order of their table.
_SAID = (
    "undetected_by_number", "mixed", "undetected", "complete", "flagged", "flagged_by_number",
    "flagged_by_links",
)  # fmt: skip


def _judge(district: District, links: Links) -> _Judged:
    found = judge_headlines(district, links)
    records = found.records["matched"]
    measured = {name: found.of(name) for name in ("children", *_SAID)}
    # The lists name children, so that only those of an invented district are made.
    named = [name for name in _SAID if measured[name].number and not Guard.of(district).real]
    explained = {name: explain(district, found, name) for name in named}
    return _Judged(measured, children_by_system(records), records, explained)


def first_page(district: District, links: Links, card: pd.DataFrame, *, judged: bool) -> IndexFigures:
    """Compute the first page of a district.

    Parameters
    ----------
    district
        A district from `read_district`.
    links
        Its links.
    card
        Table ``scorecard``.
    judged
        Whether the folder has an answer key.

    Returns
    -------
    IndexFigures
        The page, with nothing that the guard of a real folder hides.
    """
    guard = Guard.of(district)
    page = _with_key(district, links) if judged else _without_key(district, links, card, guard)
    unknown = district.findings.loc[district.findings["kind"].eq("file_unknown"), "file"]
    return replace(
        page,
        unknown=_unknown(district, links, guard, judged),
        fresh=_fresh(district),
        made=_made(district, links, guard, judged),
        unknown_files=tuple(unknown.dropna().unique().tolist()),
        roster=authority_in(district).why,
    )


def first_actions(district: District, links: Links, card: pd.DataFrame, *, judged: bool) -> list[Action]:
    """Compute what to do first in a district, alone: the first page's steps, for pages that lead with them.

    See `first_page` for the parameters.
    """
    if judged:
        found = _judge(district, links)
        return _actions_with_key(district, links, found, _systems_with_gaps(found))
    guard = Guard.of(district)
    counts = _status_counts(links.crosswalk, guard)
    waiting = _total(links.crosswalk, REVIEW, counts, guard)
    return _actions_without_key(district, links, card, counts, waiting, guard)


def _systems_with_gaps(found: _Judged) -> pd.DataFrame:
    """List the systems with missing records, those with most children first."""
    missing = found.systems[found.systems["missing"].gt(0)]
    return missing.sort_values(["missing", "silo"], ascending=[False, True], kind="stable")


def _with_key(district: District, links: Links) -> IndexFigures:
    found = _judge(district, links)
    spoken = system_names_in_text(district.layouts)
    title = found.measured["complete"].say().replace("**", "")
    if found.looked_up:
        verb = "would be mixed up with another child, and no one would notice"
        title = f"by ID number alone, {found.looked_up:,} of {found.children:,} children {verb}"
    missing = _systems_with_gaps(found)
    worst = missing["silo"].head(2).tolist()
    better = count_complete_without(found.records, worst)
    return IndexFigures(
        place=district.title,
        title=f"{district.title}: {title}",
        children=found.children,
        complete=found.many("complete"),
        undetected=found.undetected,
        sentences=(
            Lead("Mixed up", _mixed_up(found), "undetected_by_number"),
            Lead("Missing", _missing(found, [spoken[silo] for silo in worst], better)),
            Lead("Unseen", _unseen(found), "flagged"),
        ),
        picture=_picture_with_key(found, district),
        numbers=_numbers_with_key(found, [spoken[silo] for silo in worst], better),
        explained=found.explained,
        order=order_sentence(),
        actions=_actions_with_key(district, links, found, missing),
    )


def _mixed_up(found: _Judged) -> str:
    if found.looked_up:
        by_number = found.measured["undetected_by_number"].say()
        still = f"**{found.mixed:,}** {'does' if found.mixed == 1 else 'do'}" if found.mixed else ""
        then = f"{still}, and {_checked(found)}" if still else "**none** does"
        return f"{by_number}. After full matching, {then}."
    if found.undetected:
        return f"{found.measured['undetected'].say()}."
    return f"None of {found.children:,} children shares a page with another child unnoticed."


def _checked(found: _Judged) -> str:
    """Say how many of the children who are mixed up after matching a check notices."""
    noticed = found.mixed - found.undetected
    if not noticed:
        return "no check notices"
    return "a check flags each" if not found.undetected else f"a check flags only {noticed:,} of them"


def _missing(found: _Judged, worst: Sequence[str], better: int) -> str:
    said = f"{found.measured['complete'].say()}."
    if better <= found.many("complete") or not worst:
        return said
    named = "one more system" if len(worst) == 1 else "two systems"
    return f"{said} Linking {named}, {' and '.join(worst)}, would make it **{better:,}**."


def _unseen(found: _Judged) -> str:
    return (
        f"{found.measured['flagged'].say()}. By ID number alone, **{found.many('flagged_by_number'):,}** of "
        f"their pages show it; after matching, **{found.many('flagged_by_links'):,}**."
    )


def _numbers_with_key(found: _Judged, worst: Sequence[str], better: int) -> pd.DataFrame:
    """List the measures of the three sentences, each with its base."""
    rows = [
        (name, found.measured[name].say().replace("**", ""), found.many(name), found.measured[name].base)
        for name in _SAID
    ]
    if worst:
        said = f"{better:,} of {found.children:,} children would have one, if {listed(worst)} were linked"
        rows.insert(_SAID.index("complete") + 1, ("", said, better, found.children))
    return pd.DataFrame(rows, columns=["measure", "what", "how many", "out of"]).astype({"out of": "Int64"})


def _rest(count: int, most: int) -> str:
    """Describe the systems without a bar of their own."""
    if not count:
        return ""
    systems = f"{count} other {'system' if count == 1 else 'systems'}"
    return f"{systems}: none" if not most else f"{systems}: {most:,} or fewer each"


def _group(rows: pd.DataFrame, column: str, names: Mapping[str, str], title: str, mark: str) -> BarGroup:
    """Draw the systems with most children in ``column``; the others share a line."""
    order = rows.sort_values([column, "silo"], ascending=[False, True], kind="stable")
    some = order[order[column].gt(0)]
    shown, rest = some.head(_MOST_BARS), order.drop(some.head(_MOST_BARS).index)
    bars = [
        Bar(names[silo], int(count), int(of))
        for silo, count, of in shown[["silo", column, "children"]].itertuples(index=False)
    ]
    return BarGroup(title, mark, bars, _rest(len(rest), int(rest[column].max()) if len(rest) else 0))


def _picture_with_key(found: _Judged, district: District) -> Picture | None:
    names, spoken = short_names(district.layouts), system_names_in_text(district.layouts)
    harms = (
        ("undetected", "Mixed up with another child, and no check notices", "wrong"),
        ("missing", "Missing from the child's page, in part or whole", "missed"),
    )
    groups = [_group(found.systems, column, names, said, mark) for column, said, mark in harms]
    if not any(group.bars for group in groups):
        return None
    missing = found.systems.sort_values("missing", ascending=False, kind="stable").iloc[0]
    title = "Every record is on its child's page"
    if missing["missing"]:
        counts = f"{missing['missing']:,} of {missing['children']:,} children"
        title = f"{names[missing['silo']]}: {counts} miss records"
    if missing["missing"] == missing["children"]:
        title = f"No record of {spoken[missing['silo']]} reaches a page"
    if found.undetected:
        are = "child is" if found.undetected == 1 else "children are"
        title += f", and {found.undetected:,} {are} mixed up unnoticed"
    table = found.systems.assign(silo=found.systems["silo"].map(names)).rename(
        columns={
            "silo": "system",
            "children": "children by the answer key",
            "undetected": "mixed up, unnoticed",
            "missing": "missing, in part or whole",
        }
    )
    return grouped_bars(
        groups,
        title=title,
        unit="children",
        caption="Even with full matching. Outline: all children with a record in the system, this year or "
        "last, by the answer key. It also knows children whom the system doesn't call students. Records in "
        "which the system itself put two children are left out.",
        data=table,
    )


def _actions_with_key(
    district: District, links: Links, found: _Judged, missing: pd.DataFrame
) -> list[Action]:
    to_do = Actions(district)
    actions = []
    if found.looked_up > found.undetected:
        shown = found.many("flagged_by_links") - found.many("flagged_by_number")
        effect = f"Children mixed up unnoticed fall from {found.looked_up:,} to {found.undetected:,}"
        then = f"{found.mixed:,} {'is' if found.mixed == 1 else 'are'} mixed up then"
        effect += f"; {then}, and {_checked(found)}." if found.mixed else "."
        effect += f" {shown:,} more pages show an early sign of trouble." if shown > 0 else ""
        told = found.explained.get("undetected_by_number")
        effect += f" {told.cause.replace('**', '')}" if told is not None and told.cause else ""
        actions.append(to_do.action("match", found.looked_up, effect))
    if found.undetected:
        most = found.systems.sort_values("undetected", kind="stable").iloc[-1]
        many = int(most["undetected"]) or found.undetected
        effect = "Even after matching, each shares a page with another child, and no check notices."
        actions.append(to_do.action("check_links", many, effect, str(most["silo"])))
    alone = apart(links.crosswalk) if len(district) > 1 else []
    worst = missing["silo"].head(_MOST_ACTIONS - len(actions)).tolist()
    steps = [_step_for(silo, links, alone) for silo in worst]
    before, done = found.many("complete"), list[str]()
    for place in in_order([kind for kind, _ in steps]):
        silo, (kind, why) = worst[place], steps[place]
        done.append(silo)
        after = count_complete_without(found.records, done)
        gain = after - before
        more = f"{gain:,} more {'child has' if gain == 1 else 'children have'} a complete page."
        many = _touched(kind, silo, links, missing)
        actions.append(to_do.action(kind, many, f"{why} Then {more}" if gain else why, silo))
        before = after
    waiting = int(links.crosswalk["link_status"].eq(REVIEW).sum())
    return [*actions, *_review(to_do, waiting, "records")][:_MOST_ACTIONS]


def _touched(kind: str, silo: str, links: Links, missing: pd.DataFrame) -> int:
    """Count the children of a system whom a step is about: unchecked links, or missing records."""
    if kind == "add_names":
        tied = links.crosswalk
        elsewhere = tied.loc[tied["silo"].ne(silo), "child"]
        own = tied[tied["silo"].eq(silo) & tied["child"].isin(elsewhere)]
        unchecked = own.loc[own["link_status"].eq(UNVERIFIED), "child"].nunique()
        if unchecked:
            return int(unchecked)
    return int(missing.set_index("silo")["missing"][silo])


def _step_for(silo: str, links: Links, alone: Sequence[str]) -> tuple[str, str]:
    """Choose the step for a system whose records are missing, and why it is needed."""
    own = links.crosswalk[links.crosswalk["silo"].eq(silo)]
    if silo in alone:
        return "add_id", "Today nothing in it matches any child."
    if own["linkable_by"].isin(["Name and birth date", "Name only"]).mean() < 0.5:
        unverified = int(own["link_status"].eq(UNVERIFIED).sum())
        more = f" ({unverified:,} records), and no name or birth date checks it." if unverified else "."
        return "add_names", f"Today only a number can match it{more}"
    return "check_names", "They are written differently elsewhere."


def _review(to_do: Actions, waiting: Count, unit: str) -> list[Action]:
    if not waiting:
        return []
    effect = "Until then, part of what is known of these children stays off their pages."
    return [to_do.action("review", waiting, effect, unit=unit)]


def _without_key(district: District, links: Links, card: pd.DataFrame, guard: Guard) -> IndexFigures:
    crosswalk, spoken = links.crosswalk, system_names_in_text(district.layouts)
    counts = _status_counts(crosswalk, guard)
    totals = {status: _total(crosswalk, status, counts, guard) for status in (UNVERIFIED, UNLINKED, REVIEW)}
    everybody = shown_everybody(guard, crosswalk)
    unit = "children" if guard.real else "records of children"
    title = f"what {len(district)} systems show of {number_text(everybody)} children"
    if len(district) == 1:
        title = f"what one system shows of {number_text(everybody)} children"
    if totals[UNVERIFIED] not in (0, None):
        title = f"{number_text(totals[UNVERIFIED])} {unit} rest on an ID number that nothing could check"
    return IndexFigures(
        place=district.title,
        title=f"{district.title}: {title}",
        children=everybody,
        sentences=(
            Lead("By number", _unchecked(totals[UNVERIFIED], unit)),
            Lead("Not linked", _not_linked(totals[UNLINKED], unit, counts, spoken, len(district))),
            Lead("Waiting", _undecided(totals[REVIEW], unit)),
        ),
        picture=_picture_without_key(counts, district, unit),
        order=order_sentence(),
        actions=_actions_without_key(district, links, card, counts, totals[REVIEW], guard),
        links=describe_links(crosswalk, system_names(district.layouts), guard),
    )


_COLUMNS = (UNVERIFIED, UNLINKED, REVIEW, "Verified")


def _status_counts(crosswalk: pd.DataFrame, guard: Guard) -> dict[str, dict[str, Count]]:
    """Count each system's records by link status, as the guard allows."""
    counts = link_statuses_by_system(crosswalk, guard).set_index(["silo", "link_status"])["count"]
    return {
        silo: dict(
            suppress_complement(guard, {status: int(counts.get((silo, status), 0)) for status in _COLUMNS})
        )
        for silo in crosswalk["silo"].unique().tolist()
    }


def _total(
    crosswalk: pd.DataFrame, status: str, counts: Mapping[str, Mapping[str, Count]], guard: Guard
) -> Count:
    """Count all records of a status; beside a row as text, their sum would disclose that row."""
    if any(isinstance(part, str) for row in counts.values() for part in row.values()):
        return "some" if crosswalk["link_status"].eq(status).any() else 0
    whole = sum(int(as_number(row[status]) or 0) for row in counts.values())
    said = shown_count(whole, guard)
    return said if isinstance(said, int | str) else None


def _unchecked(count: Count, unit: str) -> str:
    if count == 0:
        return "Every match by ID number agrees with a name or a birth date."
    said = number_text(count)
    return (
        f"**{said[:1].upper()}{said[1:]}** {unit} are linked by an ID number alone, and nothing could "
        "check it. If a number is wrong, another child's record is shown, and no one notices."
    )


def _not_linked(
    count: Count,
    unit: str,
    counts: Mapping[str, Mapping[str, Count]],
    spoken: Mapping[str, str],
    systems: int,
) -> str:
    if systems == 1:
        return "One system alone has nothing to be linked to: add the exports of another one."
    if count == 0:
        return "Every record of a child is linked to another system."
    order = sorted(counts, key=lambda silo: -(as_number(counts[silo][UNLINKED]) or 0.0))
    numbers = [as_number(counts[silo][UNLINKED]) or 0.0 for silo in order]
    most = named_first([spoken.get(silo, silo) for silo in order], numbers)
    named = f" Most are in {most} (**{numbers[0]:,.0f}**)." if numbers[0] else ""
    said = number_text(count)
    return f"**{said[:1].upper()}{said[1:]}** {unit} are linked to no other system.{named}"


def _undecided(count: Count, unit: str) -> str:
    wrong = "How many links are wrong can't be known here: a real district has no answer key."
    if count == 0:
        return f"No record needs review. {wrong}"
    said = number_text(count)
    return f"**{said[:1].upper()}{said[1:]}** {unit} need review. {wrong}"


def _picture_without_key(
    counts: Mapping[str, Mapping[str, Count]], district: District, unit: str
) -> Picture | None:
    names = short_names(district.layouts)
    groups = []
    for status, title, mark in (
        (UNVERIFIED, "Linked by an ID number alone, not checked", "unverified"),
        (UNLINKED, "Linked to no other system", "missed"),
    ):
        rows = [
            Bar(names[silo], many, _whole(row))
            for silo, row in counts.items()
            if (many := row[status]) is not None and many != 0 and silo in names
        ]
        rows.sort(key=lambda bar: -(as_number(bar.many) or 0.0))
        left = len(counts) - len(rows[:_MOST_BARS])
        most = max((as_number(bar.many) or 0.0 for bar in rows[_MOST_BARS:]), default=0.0)
        hidden = any(isinstance(bar.many, str) for bar in rows[_MOST_BARS:])
        rest = f"{left} other systems" if hidden else _rest(left, int(most))
        groups.append(BarGroup(title, mark, rows[:_MOST_BARS], rest))
    if not any(as_number(bar.many) for group in groups for bar in group.bars):
        return None
    hides = (
        f" Groups of fewer than {SMALLEST_GROUP} children are shown in words." if "children" == unit else ""
    )
    return grouped_bars(
        groups,
        title="What no one could check, system by system",
        unit=unit,
        caption=f"Outline: all {unit} of the system.{hides}",
    )


def _whole(row: Mapping[str, Count]) -> Count:
    numbers = [as_number(part) for part in row.values()]
    return None if any(number is None for number in numbers) else int(sum(filter(None, numbers)))


def _actions_without_key(
    district: District,
    links: Links,
    card: pd.DataFrame,
    counts: Mapping[str, Mapping[str, Count]],
    waiting: Count,
    guard: Guard,
) -> list[Action]:
    to_do = Actions(district)
    actions = []
    unit = "children" if guard.real else "records"

    def worst(status: str, silos: Sequence[str]) -> str | None:
        chosen = [
            silo for silo in silos if counts[silo][status] not in (0, None) and silo in district.layouts
        ]
        return max(chosen, key=lambda silo: as_number(counts[silo][status]) or 0.0, default=None)

    refused = first_steps(card[card["measure"].eq("pairs refused")], most=1) if len(card) else card
    if len(refused):
        step = refused.iloc[0]
        sides = {"silo": str(step["left_silo"]), "other": str(step["right_silo"])}
        many = guard.about(int(step["touched"]))
        pairs = "pairs of records"
        actions.append(to_do.action("correct_numbers", many, str(step["effect"]), unit=pairs, **sides))
    if silo := worst(UNVERIFIED, list(counts)):
        effect = "If a number is wrong, the page shows another child's record, and no one notices."
        actions.append(to_do.action("add_names", counts[silo][UNVERIFIED], effect, silo, unit))
    alone = apart(links.crosswalk) if len(district) > 1 else []
    if silo := worst(UNLINKED, alone):
        effect = "Today nothing in it matches any child."
        actions.append(to_do.action("add_id", counts[silo][UNLINKED], effect, silo, unit))
    steps = first_steps(card[card["measure"].eq("match rate")], most=1) if len(card) else card
    if len(steps) and len(district) > 1:
        step = steps.iloc[0]
        effect = str(step["effect"])
        many = guard.about(int(step["touched"]))
        actions.append(to_do.action("find_missing", many, effect, str(step["right_silo"])))
    actions += _review(to_do, waiting, unit)
    return actions[:_MOST_ACTIONS]


def _unknown(district: District, links: Links, guard: Guard, judged: bool) -> list[str]:
    spoken = system_names_in_text(district.layouts)
    alone = [spoken[silo] for silo in apart(links.crosswalk) if silo in spoken] if len(district) > 1 else []
    lines = []
    if alone:
        lines.append(f"Who is in {listed(alone)}: no record there matches any child.")
    waiting = int(links.crosswalk["link_status"].eq(REVIEW).sum())
    if waiting:
        lines.append(
            f"Which child {guard.about(waiting)} records belong to: a person decides at the review desk."
        )
    # Only a page with an answer key counts children with a flag.
    if judged:
        lines.append(check_in_protocol().known.open_question)
    else:
        lines.append("Which links are wrong: no answer key exists for a real district.")
    return lines


def _fresh(district: District) -> list[str]:
    latest = latest_days(district)
    days = latest.days
    if not days:
        return []
    names, newest = short_names(district.layouts), max(days.values())
    behind = {silo: (newest - day).days for silo, day in days.items() if (newest - day).days > _BEHIND}
    said = f"The newest record is of {newest:%B} {newest.day}, {newest.year}."
    if not behind:
        return [said, "No system is more than two weeks behind."]
    # The measure *days behind* of the scorecard parts them in the same way.
    usual = {silo for silo, lag in behind.items() if latest.waits(silo, lag)}
    late = sorted(((lag, names[silo]) for silo, lag in behind.items() if silo not in usual), reverse=True)
    listed = ", ".join(f"{name} {lag} days" for lag, name in late[:_MOST_BEHIND])
    lines = [said, f"Late by more than two weeks: {len(late)} of {len(days)} systems."]
    if late:
        lines[-1] += f" Furthest: {listed}."
    if usual:
        listed = ", ".join(sorted(names[silo] for silo in usual))
        lines.append(f"Probably not late, since such pauses are usual there: {listed}.")
    return lines


def _made(district: District, links: Links, guard: Guard, judged: bool) -> list[str]:
    rows = describe_rows(district.accounts, guard).replace("**", "")
    lines = [f"{rows}; every row is used or listed."]
    if district.synthetic:
        origin = where_from(district.about)
        lines.append(f"The district is invented{f' ({origin})' if origin else ''}.")
    else:
        lines.append(
            "The files were read on this machine; nothing was sent anywhere. The page shows no child's name, "
            f"number or record, and no group of fewer than {SMALLEST_GROUP} children."
        )
    if judged:
        roster = links.crosswalk.loc[links.crosswalk["silo"].eq(_roster(district)), "child"].nunique()
        enrolled = district.about.get("students")
        now = (
            f"{enrolled:,} of them belong to this school year, and the"
            if isinstance(enrolled, int)
            else "The"
        )
        lines.append(
            "We count every child with a record in any system, this year or last. "
            f"{now} roster lists {roster:,}."
        )
    return lines


@dataclass(frozen=True)
class RunFigures:
    """Figures of the index for a folder, and the folder's metadata."""

    # Figures of the index.
    index: IndexFigures
    # Content of ``district.json``; empty if there is none.
    about: Mapping[str, Any]
    # Whether the folder is marked as synthetic.
    synthetic: bool
    # Snapshot for the next run; None if it could not be computed.
    kept: RunSnapshot | None = None
    # Note that the answer key no longer matches the files; empty if it does, or there is none.
    misfit: str = ""


def compute_figures(folder: Path) -> RunFigures:
    """Read a folder, link it, score it if it has an answer key, and compute the first page."""
    return figures_of(read_district(folder))


def figures_of(district: District) -> RunFigures:
    """Link a district, score it if it has an answer key, and compute the first page."""
    links = link_district(district)
    guard, judged = Guard.of(district), can_be_judged(district.folder)
    card = measure_gaps(district, links, *(judge_matches(district, links.crosswalk) if judged else ()))
    return RunFigures(
        first_page(district, links, card, judged=judged),
        district.about,
        district.synthetic,
        _kept(district, links, guard.scorecard(card)),
        _misfit(rows_not_there(district), guard) if judged else "",
    )


def _misfit(cut: pd.DataFrame, guard: Guard) -> str:
    """Note that files are shorter than in the answer key, so that nothing scores what is gone."""
    if cut.empty:
        return ""
    first, more = cut.iloc[0], len(cut) - 1
    others = (
        f"; so {'is' if more == 1 else 'are'} {more} more {'file' if more == 1 else 'files'}" if more else ""
    )
    where = (
        f" ({first['file']} ends at row {first['rows']:,}, and the key names row {first['named']:,}{others})"
    )
    return (
        f"The answer key in this folder no longer matches its files{'' if guard.real else where}: missing "
        "rows count neither as right nor as missed. Make the district again, or remove the key from the "
        "folder."
    )


def _kept(district: District, links: Links, card: pd.DataFrame) -> RunSnapshot | None:
    """Collect the snapshot for the next run; a district whose children can't be scored still gets reports."""
    if not len(district):
        return None
    try:
        indicators = compute_indicators(district, links, build_profiles(district, links))
    except BadInput:
        return None
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    # If this user has no writable folder, the next run has nothing to compare with.
    with suppress(OSError):
        return make_snapshot(
            district.about,
            district.folder,
            links.crosswalk,
            indicators,
            findings,
            card,
            _roster(district),
            district.people,
            file_facts(district),
        )
    return None


def _roster(district: District) -> str:
    return next(iter(roster_silos(district)), "")
