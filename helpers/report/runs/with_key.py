"""Compute the first page of a district with an answer key: who is mixed up, missing and unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.report.charts.grouped_bars import Bar, BarGroup, grouped_bars
from helpers.report.charts.picture import Picture
from helpers.report.display_names import listed, short_names, system_names_in_text
from helpers.report.pages.explain import explain
from helpers.report.pages.index import IndexFigures, Lead
from helpers.report.runs.actions import Actions, in_order, order_sentence
from helpers.report.runs.figures import apart
from helpers.report.to_do import Action
from helpers.score import AND, MATCHED, Headlines, children_by_system
from helpers.standard import Measured, definition, plain

__all__ = ["MOST_ACTIONS", "judge", "largest_bars", "review_step", "steps_with_key", "with_key"]

# Systems with a bar of their own; the rest share a line.
MOST_BARS = 6
MOST_ACTIONS = 3
# Measures of the first page's sentences, in the order of their table.
_MEASURES = (
    "undetected_by_number", "mixed", "undetected", "complete", "flagged", "flagged_by_number",
    "flagged_by_links",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What the answer key says about a district's links."""

    # Headline measures by name.
    measured: Mapping[str, Measured]
    # Result of `children_by_system`.
    systems: pd.DataFrame
    counted: Headlines
    # Which column is behind most children mixed up by number, as a sentence; empty if none is.
    cause: str

    def __getitem__(self, name: str) -> Measured:
        return self.measured[name]

    @property
    def missing(self) -> pd.DataFrame:
        """List the systems with missing records, those with most children first."""
        rows = self.systems[self.systems["missing"].gt(0)]
        return rows.sort_values(["missing", "silo"], ascending=[False, True], kind="stable")

    def complete_without(self, systems: Sequence[str]) -> Measured:
        """Count who would have a complete page if no record of these systems were missing."""
        return (
            self.counted.of("complete_if_linked", AND.join(sorted(systems))) if systems else self["complete"]
        )


def judge(found: Headlines) -> Judged:
    """Compare a district's links with its answer key."""
    measured = {name: found.of(name) for name in ("children", "mixed_noticed", *_MEASURES)}
    cause = explain(found, "undetected_by_number").cause
    return Judged(measured, children_by_system(found.records[MATCHED]), found, cause)


def with_key(counted: Headlines) -> IndexFigures:
    """Compute the sentences, the picture and the steps."""
    district, found = counted.district, judge(counted)
    in_text = system_names_in_text(district.layouts)
    looked_up = found["undetected_by_number"]
    title = found["complete"].say()
    if looked_up:
        verb = "would be mixed up with another child, and no check would notice"
        title = f"by ID number alone, {looked_up:count of} {verb}"
    worst = found.missing["silo"].head(2).tolist()
    named = [in_text[silo] for silo in worst]
    better = found.complete_without(worst)
    return IndexFigures(
        place=district.title,
        title=f"{district.title}: {title.replace('**', '')}",
        children=found["children"].whole,
        complete=found["complete"].whole,
        undetected=found["undetected"].whole,
        sentences=(
            Lead("Mixed up", _mixed_up(found), "undetected_by_number"),
            Lead("Missing", _missing(found, named, better), "complete"),
            Lead("Unseen", _unseen(found), "flagged"),
        ),
        picture=_picture(found, district),
        numbers=_numbers(found, named, better),
        order=order_sentence(),
        actions=steps_with_key(district, counted.links, found),
    )


def _mixed_up(found: Judged) -> str:
    mixed = found["mixed"]
    if found["undetected_by_number"]:
        by_number = found["undetected_by_number"].say()
        still = f"{mixed:bold} {mixed.verb('does', 'do')}" if mixed else ""
        then = f"{still}, and {_checked(found)}" if still else "**none** does"
        return f"{by_number}. After full matching, {then}."
    if found["undetected"]:
        return f"{found['undetected'].say()}."
    return f"None of {found['children']:count} shares a page with another child unnoticed."


def _checked(found: Judged) -> str:
    """Say how many of the children who are mixed up after matching a check notices."""
    noticed = found["mixed_noticed"]
    if not noticed:
        return "no check notices"
    return "a check flags each" if not found["undetected"] else f"a check flags only {noticed} of them"


def _missing(found: Judged, worst: Sequence[str], better: Measured) -> str:
    sentence = f"{found['complete'].say()}."
    if better.whole <= found["complete"].whole or not worst:
        return sentence
    return f"{sentence} Linking {' and '.join(worst)}, too, would make it {better:bold}."


def _unseen(found: Judged) -> str:
    by_number, by_links = found["flagged_by_number"], found["flagged_by_links"]
    shown = f"By ID number alone, {by_number:bold} of their pages show every sign"
    return f"{found['flagged'].say()}. {shown}; after matching, {by_links:bold}."


def _numbers(found: Judged, worst: Sequence[str], better: Measured) -> pd.DataFrame:
    """List the measures of the three sentences, each with its base."""
    rows = [(name, plain(found[name].say()), found[name].number, found[name].base) for name in _MEASURES]
    if worst:
        text = f"{better:of} would have one, if {listed(worst)} were linked"
        rows.insert(_MEASURES.index("complete") + 1, ("", plain(text), better.number, better.base))
    return pd.DataFrame(rows, columns=["measure", "what", "how many", "out of"]).astype({"out of": "Int64"})


def _rest(count: int, most: int) -> str:
    """Describe the systems without a bar of their own."""
    if not count:
        return ""
    others = f"{Measured('other_systems', count):count}"
    return f"{others}: none" if not most else f"{others}: {most:,} or fewer each"


def largest_bars(bars: Sequence[Bar], title: str, mark: str) -> BarGroup:
    """Draw the systems with most children or records, largest first; the others share a line."""
    some = [bar for bar in bars if bar.many not in (0, None)]
    shown, rest = some[:MOST_BARS], [*some[MOST_BARS:], *(bar for bar in bars if bar not in some)]
    hidden = any(isinstance(bar.many, str) for bar in rest)
    most = max((int(bar.many) for bar in rest if isinstance(bar.many, int)), default=0)
    line = f"{Measured('other_systems', len(rest)):count}" if hidden else _rest(len(rest), most)
    return BarGroup(title, mark, shown, plain(line))


def _picture(found: Judged, district: District) -> Picture | None:
    names, in_text = short_names(district.layouts), system_names_in_text(district.layouts)
    harms = (
        ("undetected", "Mixed up with another child, and no check notices", "wrong"),
        ("missing", "Missing from the child's page, in part or whole", "missed"),
    )
    groups = []
    for column, series_title, mark in harms:
        order = found.systems.sort_values([column, "silo"], ascending=[False, True], kind="stable")
        counts = order[["silo", column, "children"]].itertuples(index=False)
        bars = [Bar(names[silo], int(count), int(of)) for silo, count, of in counts]
        groups.append(largest_bars(bars, series_title, mark))
    if not any(group.bars for group in groups):
        return None
    worst = str(found.systems.sort_values("missing", ascending=False, kind="stable")["silo"].iloc[0])
    missing, undetected = found.counted.of("missing_in_system", worst), found["undetected"]
    title = "Every record is on its child's page"
    if missing:
        title = f"{names[worst]}: {missing:count of} miss records"
    if missing.number == missing.base:
        title = f"No record of {in_text[worst]} reaches a page"
    if undetected:
        title += f", and {undetected:count} {undetected.verb('is', 'are')} mixed up unnoticed"
    heads = {
        "silo": "system",
        "children": "children by the answer key",
        "undetected": "mixed up, unnoticed",
        "missing": "missing, in part or whole",
    }
    by_system = found.systems.assign(silo=found.systems["silo"].map(names))
    of_all = {"silo": "All systems", "children": found["children"].whole, "undetected": undetected.whole}
    return grouped_bars(
        groups,
        title=title,
        unit=definition("missing_in_system").noun(None),
        caption="Even with full matching. Outline: all children with a record in the system, this year or "
        "last, by the answer key. It also knows children whom the system doesn't call students. Records in "
        "which the system itself put two children are left out.",
        data=pd.concat([by_system, pd.DataFrame([of_all])], ignore_index=True).rename(columns=heads),
    )


def steps_with_key(district: District, links: Links, found: Judged) -> list[Action]:
    """Choose the steps that help most children: match, check links, then what is missing, then review."""
    to_do = Actions(district)
    actions = [*_match(to_do, found), *_check_links(to_do, found)]
    missing = found.missing
    alone = apart(links.crosswalk) if len(district) > 1 else []
    worst = missing["silo"].head(MOST_ACTIONS - len(actions)).tolist()
    steps = [_step_for(silo, found.counted, alone) for silo in worst]
    before, done = found["complete"], list[str]()
    for place in in_order([kind for kind, _ in steps]):
        silo, (kind, why) = worst[place], steps[place]
        done.append(silo)
        after = found.complete_without(done)
        many = _touched(kind, found, silo)
        then = f"{why} Then {before - after}: {after:of}." if after.whole > before.whole else why
        actions.append(to_do.action(kind, many, then, silo))
        before = after
    waiting = int(links.crosswalk["link_status"].eq("Review").sum())
    return [*actions, *review_step(to_do, Measured("review", waiting))][:MOST_ACTIONS]


def _match(to_do: Actions, found: Judged) -> list[Action]:
    looked_up, undetected, mixed = found["undetected_by_number"], found["undetected"], found["mixed"]
    if looked_up.whole <= undetected.whole:
        return []
    more = found["flagged_by_number"] - found["flagged_by_links"]
    effect = f"Children mixed up unnoticed fall from {looked_up} to {undetected}"
    effect += f"; {mixed} {mixed.verb('is', 'are')} mixed up then, and {_checked(found)}." if mixed else "."
    effect += f" {more}." if more.number < 0 else ""
    effect += f" {found.cause.replace('**', '')}" if found.cause else ""
    return [to_do.action("match", looked_up, effect)]


def _check_links(to_do: Actions, found: Judged) -> list[Action]:
    if not found["undetected"]:
        return []
    most = str(found.systems.sort_values("undetected", kind="stable")["silo"].iloc[-1])
    effect = "Even after matching, each shares a page with another child, and no check notices."
    many = found.counted.of("undetected_in_system", most) or found["undetected"]
    return [to_do.action("check_links", many, effect, most)]


def _touched(kind: str, found: Judged, silo: str) -> Measured:
    """Count the children of a system whom a step is about: unchecked links, or missing records."""
    if kind == "add_names":
        unchecked = found.counted.of("unchecked", silo)
        if unchecked:
            return unchecked
    return found.counted.of("missing_in_system", silo)


def _step_for(silo: str, counted: Headlines, alone: Sequence[str]) -> tuple[str, str]:
    """Choose the step for a system whose records are missing, and why it is needed."""
    own = counted.links.crosswalk[counted.links.crosswalk["silo"].eq(silo)]
    if silo in alone:
        return "add_id", "Today nothing in it matches any child."
    if own["linkable_by"].isin(["Name and birth date", "Name only"]).mean() < 0.5:
        unchecked = counted.of("unchecked_records", silo)
        more = f" ({unchecked:count}), and no name or birth date checks it." if unchecked else "."
        return "add_names", f"Today only a number links it to another system{more}"
    return "check_names", "They are written differently elsewhere."


def review_step(to_do: Actions, waiting: Measured) -> list[Action]:
    """Ask for the review of records that wait, if any do."""
    if not waiting:
        return []
    effect = "Until then, part of what is known of these children stays off their pages."
    return [to_do.action("review", waiting, effect)]
