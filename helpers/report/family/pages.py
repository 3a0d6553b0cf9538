"""Create the family pages of many children."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from helpers.files import District
from helpers.gaps import load_presence, scope_of
from helpers.link import Links
from helpers.profile import Source, parts_of
from helpers.report.blocks import Block, frame
from helpers.report.child.shown_elements import page_terms
from helpers.report.child.statements import PageStatements, page_statements
from helpers.report.display_names import short_display_name
from helpers.report.family.page import Office, Page, PageFacts, compose, markup_of
from helpers.report.family.recipients import HELD_COLUMNS, Recipient, families, students
from helpers.report.messages import Voice, language
from helpers.share import (
    Audit,
    View,
    day_of_access,
    is_verified_value,
    joined,
    open_views,
    pages_on_hold,
    view_for_handover,
)
from helpers.standard import STRING, BadInput, each_row
from helpers.systems import declared, systems

__all__ = ["FamilyPage", "Run", "family_pages", "new_codes", "pages_of", "prepare", "shown_on", "shown_page"]


# Letters and digits that nobody confuses on the phone.
DIGITS, ALPHABET = "23456789", "ABCDEFGHJKLMNPQRSTUVWXYZ"
LETTERS = DIGITS + ALPHABET
HALF = 4
# Number of children whose frames we split at once: memory stays small for any number of pages.
AT_ONCE = 500
MOST_TEACHERS = 8
OFF_ROSTER = "not_on_roster"
REFUSED = "refused"
REFUSED_WHY = "The policy gives this adult no view of the child: no right is known, or the student is 18."

Seen = Callable[[Sequence[Recipient]], tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]
"""What recipients may see: values, timeline and indicators, of children who differ."""


@dataclass(frozen=True)
class FamilyPage:
    """A page in memory."""

    # The page's code, which is also its file name.
    code: str
    # Child and recipient.
    recipient: Recipient
    # Content.
    page: Page
    # The whole HTML document.
    markup: Markup
    # Statements that it is based on.
    statements: PageStatements


@dataclass(frozen=True)
class FamilyPages:
    """Pages, and those on hold."""

    # Pages in the order of the children.
    pages: tuple[FamilyPage, ...]
    # ``child, guardian, home, code, reason, citation``.
    held: pd.DataFrame


@dataclass(frozen=True)
class Run:
    """Everything that a run of pages needs, except writing."""

    # Children and recipients.
    recipients: list[Recipient]
    # ``child, guardian, home, code, reason, citation``.
    held: pd.DataFrame
    # Table ``family_page_rules``.
    standing: pd.DataFrame
    # Facts that the pages share.
    facts: PageFacts
    # What recipients may see.
    seen: Seen
    # Audience of the pages.
    voice: Voice
    # Number of linked children on no roster: nobody asks for their page.
    off_roster: int = 0


def new_codes(count: int, taken: Collection[str] = ()) -> list[str]:
    """Draw codes for pages: random, distinct, and meaningless."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        # A letter, then a digit: no spreadsheet mistakes a code for a number, or for a day in March.
        drawn = [secrets.choice(kind) for kind in (ALPHABET, DIGITS, *[LETTERS] * (2 * HALF - 2))]
        if (code := "".join(drawn[:HALF]) + "-" + "".join(drawn[HALF:])) not in taken:
            codes[code] = None
    return list(codes)


def prepare(
    district: District,
    links: Links,
    source: Source,
    *,
    children: Sequence[str] | None = None,
    chosen_language: str | None = None,
    voice: Voice = "family",
    offices: Mapping[str, Office] | None = None,
    audit: Audit | None = None,
) -> Run:
    """Find the recipients of pages, and the pages on hold."""
    if chosen_language is not None:
        language(chosen_language)
    standing = is_verified_value(district, links)
    everybody = set(standing["child"])
    asked = sorted(everybody) if children is None else list(dict.fromkeys(children))
    strangers = [child for child in asked if child not in everybody]
    if strangers:
        raise BadInput(
            f"No child is called {strangers[0]!r} in {district.folder}: take one from the column child of "
            "crosswalk.csv, which `bigpicture link` writes."
        )
    held = pages_on_hold(district, links, standing, children=asked)
    if children is None:
        # For records without a child on the roster, nobody asked for a page, or knows their child.
        strangers = sorted(set(held.loc[held["code"].eq(OFF_ROSTER), "child"]))
        asked = [child for child in asked if child not in set(strangers)]
        held = held[~held["child"].isin(strangers).to_numpy(dtype=bool)]
    if voice == "family":
        recipients, listed = families(asked, source.relations(), held, chosen_language)
    else:
        recipients, listed = students(asked, held, chosen_language)
    shown, refused = _opened(source, recipients, voice, audit)
    listed = pd.concat([listed, refused], ignore_index=True) if len(refused) else listed
    recipients = [one for one in recipients if (one.child, one.who) in shown]
    listed_systems = source.systems()
    newest = listed_systems["latest_day"].max()
    day = min(day_of_access(district), newest) if pd.notna(newest) else None
    facts = PageFacts(
        school_year=source.school_year,
        as_of=None if day is None else day.date(),
        invented=source.synthetic,
        systems=_system_codes(listed_systems),
        offices=offices or {},
        teachers=_teachers(source.relations(), standing),
        outside=_outside(district, links),
    )

    def seen(batch: Sequence[Recipient]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        together = joined({one.child: shown[one.child, one.who] for one in batch})
        return together.values, together.timeline, together.indicators

    return Run(recipients, listed, standing, facts, seen, voice, len(strangers))


def _opened(
    source: Source, recipients: Sequence[Recipient], voice: Voice, audit: Audit | None
) -> tuple[dict[tuple[str, str | None], View], pd.DataFrame]:
    """Open each recipient's view; recipients refused by the policy get no page, and are listed."""
    named = list(dict.fromkeys(one.who for one in recipients if one.who is not None))
    asked_for = [one.child for one in recipients if one.who is not None]
    opened = open_views(source, voice, named, audit=audit, children=asked_for) if named else {}
    by_hand = [one.child for one in recipients if one.who is None]
    office = view_for_handover(source, by_hand, audit=audit) if by_hand else None
    shown: dict[tuple[str, str | None], View] = {}
    refused = []
    for one in recipients:
        view = office if one.who is None else opened.get(one.who)
        if view is not None and one.child in view.ids:
            shown[one.child, one.who] = view
        else:
            adult = str(one.who).partition(":")[2] or None
            refused.append((one.child, adult, None, REFUSED, REFUSED_WHY, None))
    return shown, pd.DataFrame(refused, columns=HELD_COLUMNS).astype(dict.fromkeys(HELD_COLUMNS, STRING))


def pages_of(run: Run, paper: str = "", taken: Collection[str] = ()) -> Iterator[FamilyPage]:
    """Compose the pages of a run, one at a time."""
    terms = page_terms()
    codes = iter(new_codes(len(run.recipients), taken))
    for batch in _batches(run.recipients):
        values, timeline, indicators = map(each_row, run.seen(batch))
        own = run.standing[run.standing["child"].isin([one.child for one in batch])]
        standing = {(row.child, row.silo): row.may_show is True for row in each_row(own)}
        also = terms.own_page if run.voice == "student" else ()
        stated = page_statements(values, timeline, standing, run.facts.school_year, terms, indicators, also)
        for one in batch:
            code = next(codes)
            child = stated.get(one.child) or PageStatements(one.child)
            page_language = language(one.language)
            page = compose(code, child, run.facts, terms, page_language, run.voice)
            yield FamilyPage(code, one, page, markup_of(page, page_language, paper), child)


def family_pages(
    district: District,
    links: Links,
    source: Source,
    *,
    children: Sequence[str] | None = None,
    language: str | None = None,
    voice: Voice = "family",
) -> FamilyPages:
    """Create the page for each family, in memory.

    Parameters
    ----------
    district, links, source, children, voice
        As in `prepare`.
    language
        Language of all pages; default is each home's own.

    Returns
    -------
    FamilyPages
        ``pages``, and ``held``: one row for each page on hold, with the reason and the rule it follows.

    Examples
    --------
    >>> made = family_pages(district, links, source, language="en")
    >>> len(made.pages), len(made.held)
    (54, 9)
    """
    run = prepare(district, links, source, children=children, chosen_language=language, voice=voice)
    return FamilyPages(tuple(pages_of(run)), run.held)


def shown_on(pages: Iterable[FamilyPage]) -> pd.DataFrame:
    """List what pages show: every value of a line or a sentence, and every event of a chart."""
    domains = {each.name: each.domain for each in declared().element}
    kinds = {each.name: each.domain for each in declared().timeline}
    terms = page_terms()
    rows: list[tuple[object, ...]] = []
    for one in pages:
        for condition_name, value in one.statements.values.items():
            if condition_name in terms.norms:  # what a norm expects is no value of the child
                continue
            _, name = parts_of(condition_name)
            place = (value.silo, value.school_year, value.file, value.row)
            rows.append((one.code, one.statements.child, name, domains.get(name), *place))
        for event in (*one.statements.events, *one.statements.pictured):
            place = (event.silo, None, event.file, event.row)
            rows.append((one.code, one.statements.child, event.kind, kinds.get(event.kind), *place))
    columns = ["page", "child", "name", "domain", "silo", "school_year", "file", "row"]
    types = {name: "Int64" if name in ("school_year", "row") else STRING for name in columns}
    return pd.DataFrame(rows, columns=columns).astype(types)


def _batches(recipients: Sequence[Recipient]) -> Iterator[list[Recipient]]:
    """Yield recipients in batches with each child once: two homes may see different things."""
    waiting: list[Recipient] = list(recipients)
    while waiting:
        batch: dict[str, Recipient] = {}
        later = []
        for one in waiting:
            if one.child in batch or len(batch) >= AT_ONCE:
                later.append(one)
            else:
                batch[one.child] = one
        yield list(batch.values())
        waiting = later


def _outside(district: District, links: Links) -> frozenset[tuple[str, str]]:
    """Return pairs of child and system that doesn't serve her grade or school: these are no gaps."""
    known = load_presence(district, links)
    if not len(known.records):
        return frozenset()
    meant = scope_of(known).meant
    named = pd.factorize(known.records["child"])[1].tolist()
    child, silo = np.nonzero(~meant)
    pairs = zip(child.tolist(), silo.tolist(), strict=True)
    return frozenset((named[at], known.silos[to]) for at, to in pairs)


def _system_codes(listed: pd.DataFrame) -> dict[str, str]:
    """Return the code by which a language names each system; of one of your own, its layout's name."""
    own = short_display_name({row.silo: (row.system, row.title) for row in each_row(listed)})
    return {row.silo: row.system if row.system in systems() else own[row.silo] for row in each_row(listed)}


def _teachers(relations: pd.DataFrame, standing: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Return the teachers of each child, from verified systems."""
    may = standing.loc[standing["may_show"].fillna(False).astype(bool), ["child", "silo"]]
    own = relations[relations["role"].eq("Teacher") & relations["adult_name"].notna()]
    own = own.merge(may, on=["child", "silo"], how="inner", validate="many_to_one")
    named: dict[str, dict[str, None]] = {}
    for child, teacher in zip(own["child"].tolist(), own["adult_name"].tolist(), strict=True):
        named.setdefault(child, {})[teacher] = None
    return {child: tuple(names)[:MOST_TEACHERS] for child, names in named.items()}


def shown_page(page: FamilyPage, height: int = 900) -> Block:
    """Show a page in a notebook.

    Parameters
    ----------
    page
        The page.
    height
        Height of the frame in pixels; longer content scrolls.

    Returns
    -------
    Block
        A frame without scripts or working links; outside a notebook, one line with the page's title.
    """
    shown = frame(page.markup, page.page.title_plain, height, lazy=True)
    return Block(shown, f"{page.page.title_plain} ({page.page.code_words})")
