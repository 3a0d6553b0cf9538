"""Simulate contact between school and home, and who has the right to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synthetic_data.columns import pick, positions_in, whole_minutes, within
from synthetic_data.life.absences import Absences
from synthetic_data.life.effects import Effect, effect
from synthetic_data.life.presence import last_days
from synthetic_data.life.traits import Traits
from synthetic_data.life.true_values import Element, a_day, whole_number
from synthetic_data.population import Population
from synthetic_data.population.households import HOME_LANGUAGES
from synthetic_data.scenario import Scenario
from synthetic_data.schooling import Schooling
from synthetic_data.streams import rng_for

__all__ = [
    "CHANNELS",
    "EFFECTS",
    "LANGUAGES",
    "TOPICS",
    "CourtOrders",
    "FamilyContact",
    "Traffic",
    "draw_court_orders",
    "draw_family_contact",
    "draw_traffic",
    "family_elements",
]


# Either parent may see the records unless a court order, a statute or a binding document revokes that right
# (34 CFR 99.4). A portal has a field for it, and people fill it in without a document, too. No published rate
# exists; both shares here are the kit's own.

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Of parents who live apart from the child.
REVOKED = 0.04  # a court has revoked the right
UNDOCUMENTED = 0.02  # somebody entered No, without a document
ORDERED_WITHIN = 6 * 365  # days before the exports


@dataclass(frozen=True)
class CourtOrders:
    """Who may see a child's records, one entry per contact."""

    may_see: Mask
    """The portal says so."""
    number: npt.NDArray[np.object_]
    """Number of the document that revokes the right; ``None`` without one."""
    day: npt.NDArray[np.datetime64]
    """Its day; ``NaT`` without one."""


def draw_court_orders(scenario: Scenario, home: Codes, lives_with: Mask) -> CourtOrders:
    """Draw who may not see a child's records; one document covers all children of a home."""
    rng = rng_for(scenario.seed, "family contact", "court orders")
    homes = int(np.max(home, initial=-1)) + 1
    draw, number = rng.random(homes)[home], rng.permutation(homes)[home]
    before = rng.integers(1, ORDERED_WITHIN, homes)[home]
    revoked = ~lives_with & (draw < REVOKED)
    undocumented = ~lives_with & ~revoked & (draw < REVOKED + UNDOCUMENTED)
    day = np.datetime64(scenario.as_of, "D") - before.astype("timedelta64[D]")
    day[~revoked] = np.datetime64("NaT", "D")
    words = [
        f"FC-{one.year}-{10_000 + at}" if is_one else None
        for one, at, is_one in zip(day.tolist(), number.tolist(), revoked.tolist(), strict=True)
    ]
    return CourtOrders(~(revoked | undocumented), np.array(words, dtype=object), day)


Numbers = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Moments = npt.NDArray[np.datetime64]

DAY = np.timedelta64(1, "D")

CHANNELS = ("E-mail", "Text message")
TOPICS = ("School news", "Report card", "Absences")
NEWS, REPORT, ABSENCES = range(3)
LANGUAGES = tuple(dict.fromkeys(["eng", *(code for code, _ in HOME_LANGUAGES.values())]))
TRANSLATED = ("eng", "spa")  # languages in which the portal has its messages

# The kit's own sizes. Log odds, log rates, and shares.
SIGNED_UP, SUPPORT_IN_SIGNING_UP = 1.9, 0.6
LOGINS_A_YEAR, SUPPORT_IN_LOGINS = 8.0, 0.45
OPENED, SUPPORT_IN_OPENING, OPENED_OF_TOPIC = 0.35, 0.7, (-0.3, 0.4, 0.3)
APART = 0.16  # of two parents
SECOND_HOME, SECOND_GUARDIAN = 0.35, 0.5  # multiple of the first guardian's log-ins
REPORTED_LANGUAGE = 0.85  # of homes that speak another language than English
ONE_ADDRESS = 0.08  # of two parents under one roof who share an e-mail address
NEWS_EVERY = 40  # instructional days
NOTICE_AFTER = (3, 6, 10)  # days missed
HOURS_UNTIL_OPENED, SPREAD_OF_HOURS = 5.0, 1.4  # median, and standard deviation of the logarithm
SENT_AT = np.array([20 * 60 + 30, 21 * 60, 22 * 60 + 15])  # minutes after midnight UTC, by topic

EFFECTS = (
    effect("support_in_signing_up", SUPPORT_IN_SIGNING_UP),
    effect("support_in_portal_logins", SUPPORT_IN_LOGINS),
    effect("second_home_in_portal_logins", SECOND_HOME),
    effect("support_in_opening", SUPPORT_IN_OPENING),
    effect("second_guardian_in_portal_logins", SECOND_GUARDIAN),
    *(
        Effect(f"{topic.lower().replace(' ', '_')}_in_opening", topic, "messages opened", size, "log odds")
        for topic, size in zip(TOPICS, OPENED_OF_TOPIC, strict=True)
    ),
    effect("absence_in_messages", 1),
)


@dataclass(frozen=True)
class Traffic:
    """Log-ins and messages of two school years, as arrays of indexes."""

    login_guardian: Codes
    login_day: Days
    login_times: Codes
    contact: Codes
    """By message: the contact who got it."""
    topic: Codes
    channel: Codes
    language: Codes
    sent: Moments
    """Minutes, UTC."""
    opened: Moments
    """Minutes, UTC; ``NaT``: not yet."""


@dataclass(frozen=True)
class FamilyContact:
    """Contacts in the family portal, as arrays; guardians, children and households are indexes."""

    signed_up: Mask
    """By household: it is in the portal."""
    language: Codes
    """By household: the language reported to the portal (position in `LANGUAGES`)."""
    email: npt.NDArray[np.object_]
    """By guardian: the address of the account; ``None`` without one."""
    home: Codes
    """By guardian: the household."""
    guardian: Codes
    """By contact: a guardian of the child's household, in the order of children."""
    child: Codes
    primary: Mask
    lives_with: Mask
    orders: CourtOrders
    """By contact: who may not see the records, and by which document."""


def draw_family_contact(scenario: Scenario, population: Population, traits: Traits) -> FamilyContact:
    """Draw the contacts on record."""
    guardians = population.guardians
    homes = pd.Index(population.households["household"])
    home_of_child, count = population.home, len(homes)
    home = np.asarray(homes.get_indexer(pd.Index(guardians["household"])))
    rng = rng_for(scenario.seed, "family contact")
    support = _of_homes(traits.support, home_of_child, count)
    signed_up = rng.random(count) < _chance(SIGNED_UP + SUPPORT_IN_SIGNING_UP * support)
    home_language = positions_in(LANGUAGES, population.households["home_language"])
    reported = (rng.random(count) < REPORTED_LANGUAGE) & (home_language >= 0)
    relation = guardians["relation"].to_numpy(dtype=object)
    size = np.bincount(home, minlength=count)
    apart = (size == 2) & (rng.random(count) < APART)
    one_address = (size == 2) & ~apart & (rng.random(count) < ONE_ADDRESS)
    # Guardians are sorted by household, the mother first.
    first = np.cumsum(size) - size
    rank = np.arange(len(home)) - first[home]
    email = np.array([None if one is pd.NA else one for one in guardians["email"].tolist()], dtype=object)
    second = (rank == 1) & one_address[home]
    email[second] = email[first[home[second]]]

    listed = np.flatnonzero(signed_up[home_of_child])
    each = size[home_of_child[listed]]
    child = np.repeat(listed, each)
    guardian = first[home_of_child[child]] + within(each)
    parent = np.isin(relation[guardian], ("Mother", "Father"))
    lives_with = ~(apart[home[guardian]] & (rank[guardian] == 1) & parent)
    return FamilyContact(
        signed_up,
        np.where(reported, home_language, 0),
        email,
        home,
        guardian,
        child,
        rank[guardian] == 0,
        lives_with,
        draw_court_orders(scenario, home[guardian], lives_with),
    )


def family_elements(
    contacts: FamilyContact,
    traffic: Traffic,
    schooling: Schooling,
    year: int,
    children: int,
    until: np.datetime64,
) -> list[Element]:
    """Return what the portal has on record for each child on a day; missing for children who aren't in it."""
    since = min(laid_out.days[0] for (of_year, _), laid_out in schooling.years.items() if of_year == year)
    on_record = np.bincount(contacts.child, minlength=children)
    language = np.full(children, np.nan)
    language[contacts.child] = contacts.language[contacts.home[contacts.guardian]]
    counted = (traffic.login_day >= since) & (traffic.login_day <= until)
    times = np.bincount(
        traffic.login_guardian[counted], traffic.login_times[counted], minlength=len(contacts.home)
    )
    logins = np.bincount(contacts.child, times[contacts.guardian], minlength=children)
    sent = (traffic.sent >= since) & (traffic.sent < until + DAY)
    opened = sent & (traffic.opened < until + DAY)
    absences, report = traffic.topic == ABSENCES, traffic.topic == REPORT
    messages = [sent, opened, sent & absences, opened & absences, opened & report]
    got, read, noticed, notices_read, reports_read = (
        np.bincount(contacts.child[traffic.contact[which]], minlength=children) for which in messages
    )

    read_day = np.full(children, np.nan)
    about = opened & absences
    np.fmax.at(
        read_day,
        contacts.child[traffic.contact[about]],
        traffic.sent[about].astype("datetime64[D]").astype("float64"),
    )

    def known(numbers: npt.NDArray[Any]) -> Numbers:
        return np.where(on_record > 0, numbers.astype("float64"), np.nan)

    return [
        Element("guardians", known(on_record), whole_number),
        Element("contact_language", language, lambda numbers: pick(LANGUAGES, numbers.astype("int64"))),
        Element("portal_logins", known(logins), whole_number),
        Element("messages_sent", known(got), whole_number),
        Element("messages_opened", known(read), whole_number),
        Element("absence_messages_sent", known(noticed), whole_number),
        Element("absence_messages_opened", known(notices_read), whole_number),
        Element("report_card_messages_opened", known(reports_read), whole_number),
        Element("last_absence_message_opened", read_day, a_day),
    ]


def _chance(log_odds: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-log_odds))


def _of_homes(numbers: Numbers, home: Codes, count: int) -> Numbers:
    """Return the mean of each household's children."""
    size = np.bincount(home, minlength=count)
    return np.bincount(home, numbers, minlength=count) / np.maximum(size, 1)


def draw_traffic(
    scenario: Scenario,
    population: Population,
    schooling: Schooling,
    traits: Traits,
    contacts: FamilyContact,
    away: Absences,
) -> Traffic:
    """Draw the communication between school and home."""
    support = _of_homes(traits.support, population.home, len(contacts.signed_up))
    rank = within(np.bincount(contacts.home, minlength=len(contacts.signed_up)))
    guardian, day, times = _logins(scenario, schooling, support, contacts, rank)
    child, topic, sent = _messages(scenario, schooling, away)
    # Each message goes to all contacts of the child.
    on_record = np.bincount(contacts.child, minlength=len(traits.support))
    start = np.cumsum(on_record) - on_record
    each = on_record[child]
    contact = np.repeat(start[child], each) + within(each)
    order = np.lexsort((contact, np.repeat(sent, each)))
    which = np.repeat(np.arange(len(child)), each)[order]
    contact, child, topic, sent = contact[order], child[which], topic[which], sent[which]

    rng = rng_for(scenario.seed, "family contact", "opened")
    home = contacts.home[contacts.guardian[contact]]
    wanted = contacts.language[home]
    language = np.where(np.isin(wanted, [LANGUAGES.index(one) for one in TRANSLATED]), wanted, 0)
    odds = OPENED + SUPPORT_IN_OPENING * traits.support[child] + np.array(OPENED_OF_TOPIC)[topic]
    hours = HOURS_UNTIL_OPENED * np.exp(SPREAD_OF_HOURS * rng.standard_normal(len(contact)))
    opened = sent + whole_minutes((60 * hours).astype("int64") + 1)
    closing = np.datetime64(scenario.as_of, "m") + np.timedelta64(1, "D")
    opened[(rng.random(len(contact)) >= _chance(odds)) | (opened >= closing)] = np.datetime64("NaT", "m")
    no_email = np.array([one is None for one in contacts.email.tolist()], dtype=bool)
    channel = no_email[contacts.guardian[contact]].astype("int64")
    return Traffic(guardian, day, times, contact, topic, channel, language, sent, opened)


def _logins(
    scenario: Scenario, schooling: Schooling, support: Numbers, contacts: FamilyContact, rank: Codes
) -> tuple[Codes, Days, Codes]:
    """Draw the days of guardians' log-ins while a child of the home attended a school here."""
    enrollments = schooling.enrollments
    homes = len(contacts.signed_up)
    home_of_child = np.full(len(contacts.child) and int(np.max(contacts.child)) + 1, -1)
    home_of_child[contacts.child] = contacts.home[contacts.guardian]
    with_them = np.ones(len(rank), dtype=bool)
    with_them[contacts.guardian[~contacts.lives_with]] = False
    share = np.where(rank == 0, 1.0, np.where(with_them, SECOND_GUARDIAN, SECOND_HOME))
    can = contacts.signed_up[contacts.home] & np.array([one is not None for one in contacts.email.tolist()])
    rate = LOGINS_A_YEAR * np.exp(SUPPORT_IN_LOGINS * support - SUPPORT_IN_LOGINS**2 / 2)
    parts = []
    for year in sorted({year for year, _ in schooling.years}):
        rng = rng_for(scenario.seed, "family contact", "log-ins", year)
        # Levels end a day apart, which doesn't matter here.
        laid_out = schooling.years[year, "elementary"]
        past = min(laid_out.past, len(laid_out.days))
        mine = enrollments.attended(year)
        mine = mine[enrollments.child[mine] < len(home_of_child)]
        home = home_of_child[enrollments.child[mine]]
        mine, home = mine[home >= 0], home[home >= 0]
        begin, end = np.full(homes, past), np.full(homes, -1)
        np.minimum.at(begin, home, enrollments.begin[mine])
        np.maximum.at(end, home, np.where(enrollments.is_open[mine], past - 1, enrollments.end[mine]))
        length = np.maximum(np.minimum(end, past - 1) - begin + 1, 0)
        number = rng.poisson(can * share * rate[contacts.home] * length[contacts.home] / 180)
        guardian = np.repeat(np.arange(len(rank)), number)
        at = begin[contacts.home[guardian]] + (
            rng.random(len(guardian)) * length[contacts.home[guardian]]
        ).astype("int64")
        key, times = np.unique(guardian * 1000 + at, return_counts=True)
        parts.append((key // 1000, laid_out.days[key % 1000], times))
    guardian, day, times = (np.concatenate([part[n] for part in parts]) for n in range(3))
    order = np.lexsort((guardian, day))
    return guardian[order], day[order], times[order]


def _messages(scenario: Scenario, schooling: Schooling, away: Absences) -> tuple[Codes, Codes, Moments]:
    """Draw the child, topic and time of portal messages: to schools on fixed days, or to a child's family."""
    enrollments = schooling.enrollments
    parts = []
    for (year, level), laid_out in schooling.years.items():
        news = np.arange(5, len(laid_out.days), NEWS_EVERY)
        reports = np.minimum(np.array(laid_out.period_end) + 2, len(laid_out.days) - 1)
        at = np.r_[news, reports]
        topics = np.r_[np.full(len(news), NEWS), np.full(len(reports), REPORT)]
        sent_already = at < laid_out.past
        at, topics = at[sent_already], topics[sent_already]
        mine = enrollments.attended(year, level)
        here = (enrollments.begin[mine, None] <= at) & (
            enrollments.is_open[mine, None] | (enrollments.end[mine, None] >= at)
        )
        row, event = np.nonzero(here)
        minute = SENT_AT[topics[event]] + 5 * (enrollments.school[mine[row]] % 12)
        sent = laid_out.days[at[event]].astype("datetime64[m]") + whole_minutes(minute)
        parts.append((enrollments.child[mine[row]], topics[event], sent))
    missed = np.flatnonzero(away.missed)
    child, day = away.child[missed], away.day[missed]
    order = np.lexsort((day, child))
    child, day = child[order], day[order]
    so_far = 1 + np.arange(len(child)) - np.searchsorted(child, child)
    notified = np.isin(so_far, NOTICE_AFTER) & (day + DAY <= np.datetime64(scenario.as_of, "D"))
    notified &= (
        rng_for(scenario.seed, "family contact", "notices").random(len(child)) < scenario.direct_effects
    )
    # After a child leaves, nobody gets messages about her.
    latest = last_days(schooling, int(np.max(enrollments.child, initial=-1)) + 1)[child]
    notified &= ~(day + DAY > latest)
    sent = (day[notified] + DAY).astype("datetime64[m]") + whole_minutes(SENT_AT[ABSENCES])
    parts.append((child[notified], np.full(int(notified.sum()), ABSENCES), sent))
    found = [np.concatenate([part[n] for part in parts]) for n in range(3)]
    return found[0], found[1], found[2]
