"""Compute the first page of a district without an answer key: what nobody could check, link or decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from helpers.files import District
from helpers.gaps import first_steps
from helpers.link import Links
from helpers.report.charts.grouped_bars import Bar, grouped_bars
from helpers.report.charts.picture import Picture
from helpers.report.display_names import named_first, system_names, system_names_in_text
from helpers.report.display_names import short_names as short
from helpers.report.pages.index import IndexFigures, Lead
from helpers.report.runs.actions import Actions, order_sentence
from helpers.report.runs.figures import apart, describe_links, link_statuses_by_system
from helpers.report.runs.with_key import MOST_ACTIONS, largest_bars, review_step
from helpers.report.tables import as_number, shown_count
from helpers.report.to_do import Action, Count
from helpers.share import FEW, Guard, shown_everybody, suppress_complement
from helpers.standard import Measured, definition

__all__ = ["steps_without_key", "without_key"]

UNVERIFIED, UNLINKED, REVIEW = "Unverified", "Unlinked", "Review"
_COLUMNS = (UNVERIFIED, UNLINKED, REVIEW, "Verified")


class _Statuses:
    """Each system's records by link status, as the guard allows: of a real folder, children instead."""

    def __init__(self, crosswalk: pd.DataFrame, guard: Guard) -> None:
        counts = link_statuses_by_system(crosswalk, guard).set_index(["silo", "link_status"])["count"]
        exact = {
            silo: {status: int(counts.get((silo, status), 0)) for status in _COLUMNS}
            for silo in crosswalk["silo"].unique().tolist()
        }
        self.counts: dict[str, dict[str, Count]] = {
            silo: dict(suppress_complement(guard, row)) for silo, row in exact.items()
        }
        self._crosswalk, self._guard = crosswalk, guard

    def of(self, status: str, number: Count, where: str = "") -> Measured:
        """Name a count of one status."""
        return Measured(f"{status.lower()}{'_children' if self._guard.real else ''}", number, where=where)

    def total(self, status: str) -> Measured:
        """Count all records of a status; beside a row as text, their sum would disclose that row."""
        if any(isinstance(part, str) for row in self.counts.values() for part in row.values()):
            return self.of(status, "some" if self._crosswalk["link_status"].eq(status).any() else 0)
        text = shown_count(sum(int(as_number(row[status]) or 0) for row in self.counts.values()), self._guard)
        return self.of(status, text if isinstance(text, int | str) else None)

    def most(self, status: str, silos: Sequence[str]) -> str | None:
        """Find the system with most of a status."""
        some = [silo for silo in silos if self.counts[silo][status] not in (0, None)]
        return max(some, key=lambda silo: as_number(self.counts[silo][status]) or 0.0, default=None)


def without_key(district: District, links: Links, card: pd.DataFrame, guard: Guard) -> IndexFigures:
    """Compute the sentences, the picture and the steps."""
    crosswalk = links.crosswalk
    found = _Statuses(crosswalk, guard)
    everybody = shown_everybody(guard, crosswalk)
    unverified, groups = found.total(UNVERIFIED), Measured("groups", everybody)
    title = f"what {Measured('systems', len(district)):count} show of {groups:count}"
    if len(district) == 1:
        title = f"what one system shows of {groups:count}"
    if unverified.number not in (0, None):
        title = f"{unverified:count} rest on an ID number that nothing could check"
    return IndexFigures(
        place=district.title,
        title=f"{district.title}: {title}",
        children=everybody,
        sentences=(
            Lead("By number", _unchecked(unverified)),
            Lead("Not linked", _not_linked(found, system_names_in_text(district.layouts), len(district))),
            Lead("Waiting", _undecided(found.total(REVIEW))),
        ),
        picture=_picture(found, district),
        order=order_sentence(),
        actions=steps_without_key(district, links, card, guard),
        links=describe_links(crosswalk, system_names(district.layouts), guard),
    )


def _first(found: Measured) -> str:
    """Begin a sentence with a count."""
    begun = found.text[:1].upper() + found.text[1:]
    return f"{replace(found, number=begun) if isinstance(found.number, str) else found:bold count}"


def _unchecked(found: Measured) -> str:
    if found.number == 0:
        return "Every match by ID number agrees with a name or a birth date."
    linked = f"{_first(found)} are linked by an ID number alone, and nothing could check it."
    return f"{linked} If a number is wrong, another child's record is shown, and no one notices."


def _not_linked(found: _Statuses, names: Mapping[str, str], systems: int) -> str:
    unlinked = found.total(UNLINKED)
    if systems == 1:
        return "One system alone has nothing to be linked to: add the exports of another one."
    if unlinked.number == 0:
        return "Every record of a child is linked to another system."
    order = sorted(found.counts, key=lambda silo: -(as_number(found.counts[silo][UNLINKED]) or 0.0))
    numbers = [as_number(found.counts[silo][UNLINKED]) or 0.0 for silo in order]
    most = named_first([names.get(silo, silo) for silo in order], numbers)
    here = found.of(UNLINKED, int(numbers[0]), order[0])
    named = f" Most are in {most} ({here:bold})." if numbers[0] else ""
    return f"{_first(unlinked)} are linked to no other system.{named}"


def _undecided(found: Measured) -> str:
    wrong = "How many links are wrong can't be known here: a real district has no answer key."
    if found.number == 0:
        return f"No record needs review. {wrong}"
    return f"{_first(found)} need review. {wrong}"


def _picture(found: _Statuses, district: District) -> Picture | None:
    names, counts = short(district.layouts), found.counts
    groups = []
    for status, title, mark in (
        (UNVERIFIED, "Linked by an ID number alone, not checked", "unverified"),
        (UNLINKED, "Linked to no other system", "missed"),
    ):
        # A system without any such record has no bar, and neither has one whose count can't be told.
        rows = [
            Bar(names[silo], 0 if (many := row[status]) is None else many, _whole(row))
            for silo, row in counts.items()
            if silo in names
        ]
        rows.sort(key=lambda bar: -(as_number(bar.many) or 0.0))
        groups.append(largest_bars(rows, title, mark))
    if not any(as_number(bar.many) for group in groups for bar in group.bars):
        return None
    unit = definition(found.total(UNVERIFIED).measure).noun(None)
    hides = f" Groups of {FEW} are shown in words." if Guard.of(district).real else ""
    return grouped_bars(
        groups,
        title="What no one could check, system by system",
        unit=unit,
        caption=f"Outline: all {unit} of the system.{hides}",
    )


def _whole(row: Mapping[str, Count]) -> Count:
    numbers = [as_number(part) for part in row.values()]
    return None if any(number is None for number in numbers) else int(sum(filter(None, numbers)))


def steps_without_key(district: District, links: Links, card: pd.DataFrame, guard: Guard) -> list[Action]:
    """Choose the steps: wrong numbers first, then what nothing checks, links or finds, then review."""
    to_do, found = Actions(district), _Statuses(links.crosswalk, guard)
    actions = []
    refused = first_steps(card[card["measure"].eq("pairs refused")], most=1) if len(card) else card
    if len(refused):
        step = refused.iloc[0]
        sides = {"silo": str(step["left_silo"]), "other": str(step["right_silo"])}
        where = " and ".join(sides.values())
        many = guard.shown(Measured("refused_by_number", int(step["touched"]), where=where))
        actions.append(to_do.action("correct_numbers", many, str(step["effect"]), **sides))
    here = [silo for silo in found.counts if silo in district.layouts]
    if silo := found.most(UNVERIFIED, here):
        effect = "If a number is wrong, the page shows another child's record, and no one notices."
        unchecked = found.of(UNVERIFIED, found.counts[silo][UNVERIFIED], silo)
        actions.append(to_do.action("add_names", unchecked, effect, silo))
    alone = apart(links.crosswalk) if len(district) > 1 else []
    if silo := found.most(UNLINKED, [one for one in alone if one in here]):
        effect = "Today nothing in it matches any child."
        unlinked = found.of(UNLINKED, found.counts[silo][UNLINKED], silo)
        actions.append(to_do.action("add_id", unlinked, effect, silo))
    steps = first_steps(card[card["measure"].eq("match rate")], most=1) if len(card) else card
    if len(steps) and len(district) > 1:
        step = steps.iloc[0]
        where = f"{step['left_silo']} and {step['right_silo']}"
        many = guard.shown(Measured("not_found", int(step["touched"]), where=where))
        actions.append(to_do.action("find_missing", many, str(step["effect"]), str(step["right_silo"])))
    return [*actions, *review_step(to_do, found.total(REVIEW))][:MOST_ACTIONS]
