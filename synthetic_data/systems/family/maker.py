"""Generate the family portal: adults on record, their log-ins, and the messages that they get."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import TextTable, default_settings
from helpers.layouts import load_layout
from synthetic_data.columns import marked, numbered, pick, text, whole
from synthetic_data.columns import truth as yes_or_no
from synthetic_data.life.family_contact import CHANNELS, DAY, LANGUAGES, TOPICS
from synthetic_data.life.one_change import with_order
from synthetic_data.observation import (
    Later,
    Observation,
    Recorded,
    Truth,
    about,
    all_limits,
    not_held,
    own_words,
)
from synthetic_data.scenario import Exchange, Scenario
from synthetic_data.streams import rng_for

__all__ = ["LAYOUT", "SILO", "observe"]

SILO = "family"
LAYOUT = "family/family_portal"
SORTED_BY = {
    "accounts": ("Account ID",),
    "contacts": ("Child ID", "Call Order"),
    "logins": ("Date", "Account ID"),
    "messages": ("Message ID",),
}

Codes = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

columns_not_held = partial(not_held, LAYOUT, held=("school_id",))


def observe(scenario: Scenario, truth: Truth, exchange: Exchange) -> Observation:
    """Record what the family portal contains on the day of its export."""
    day = np.datetime64(exchange.roster_date, "D")
    contacts, population = truth.life.family_contact, truth.population
    children, guardians = population.children, population.guardians
    school = _school_known(truth, day)
    listed = np.flatnonzero(school[contacts.child] >= 0)
    adults = np.unique(contacts.guardian[listed])
    accounts, child_ids = _numbers(scenario, len(guardians), len(children))
    accounts_frame = pd.DataFrame(
        {
            "Account ID": text(accounts[adults]),
            "Adult First Name": guardians["first_name"].array.take(adults),
            "Adult Last Name": guardians["last_surname"].array.take(adults),
            "Adult E-mail": text(contacts.email[adults]),
            "Mobile": guardians["telephone"].array.take(adults),
            "Preferred Language": pick(LANGUAGES, contacts.language[contacts.home[adults]]),
        }
    )
    orders, lives_with = contacts.orders, contacts.lives_with
    if truth.change is not None and truth.change.kind == "custody":
        orders, lives_with = with_order(contacts, truth.change)
    child, guardian = contacts.child[listed], contacts.guardian[listed]
    call_order = np.where(contacts.primary[listed], 1, 2)
    contacts_frame = pd.DataFrame(
        {
            "Child ID": text(child_ids[child]),
            "Child First Name": children["first_name"].array.take(child),
            "Child Last Name": children["last_surname"].array.take(child),
            "School": pick(population.school_list.names, school[child]),
            "Account ID": text(accounts[guardian]),
            "Relationship": guardians["relation"].array.take(guardian),
            "Lives With": yes_or_no(lives_with[listed]),
            "Call Order": whole(call_order),
            "May See Records": yes_or_no(orders.may_see[listed]),
            "Court Order": text(orders.number[listed]),
            "Court Order Date": orders.day[listed].astype("datetime64[us]"),
        }
    )
    if "District" in exchange.ids:
        contacts_frame["Student Number"] = children["district_number"].array.take(child)

    def named(kind: str) -> str:
        return f"family_{kind}_{scenario.as_of:%Y-%m-%d}.csv"

    person, adult = children["person"].array, guardians["person"].array

    def logins() -> list[Recorded]:
        traffic = truth.life.traffic
        mine = np.flatnonzero((traffic.login_day <= day) & np.isin(traffic.login_guardian, adults))
        who = traffic.login_guardian[mine]
        frame = pd.DataFrame(
            {
                "Account ID": text(accounts[who]),
                "Date": traffic.login_day[mine].astype("datetime64[us]"),
                "Log-ins": whole(traffic.login_times[mine]),
            }
        )
        return [Recorded("logins", named("logins"), frame, about(adult.take(who), "Guardian"))]

    def messages() -> list[Recorded]:
        traffic = truth.life.traffic
        mine = np.flatnonzero((traffic.sent < day + DAY) & (school[contacts.child[traffic.contact]] >= 0))
        # Messages of one moment are numbered in any order.
        draw = rng_for(scenario.seed, SILO, "messages").random(len(traffic.sent))
        number = np.empty(len(draw), dtype="int64")
        number[np.lexsort((draw, traffic.sent))] = np.arange(len(draw))
        mine = mine[np.argsort(number[mine])]
        contact = traffic.contact[mine]
        opened = traffic.opened[mine].copy()
        opened[opened >= day + DAY] = np.datetime64("NaT", "m")
        whom = contacts.child[contact]
        file = load_layout(LAYOUT).file_named("messages")
        languages, channels = (
            {meaning: own_word for own_word, meaning in file.column(name).code_map().items()}
            for name in ("Language", "Channel")
        )
        # So many timestamps are formatted together, not one by one.
        cells = {
            "Message ID": text(numbered("", 4_000_001 + number[mine], 7)),
            "Child ID": pick(child_ids, whom),
            "Account ID": pick(accounts, contacts.guardian[contact]),
            "Sent (UTC)": _moments(traffic.sent[mine]),
            "Opened (UTC)": _moments(opened),
            "Channel": pick([channels[word] for word in CHANNELS], traffic.channel[mine]),
            "Topic": pick(TOPICS, traffic.topic[mine]),
            "Language": pick([languages[code] for code in LANGUAGES], traffic.language[mine]),
        }
        frame = TextTable(tuple(cells), pd.DataFrame(cells), default_settings(file))
        return [Recorded("messages", named("messages"), frame, about(person.take(whom), "Subject"))]

    ever = np.unique(truth.schooling.enrollments.child[_begun(truth, np.datetime64(scenario.as_of, "D"))])
    held = marked(contacts.child, len(children))
    late = held[ever] & (school[ever] < 0)
    return Observation(
        silo=SILO,
        layout=LAYOUT,
        files=(
            Recorded(
                "accounts",
                named("accounts"),
                accounts_frame,
                about(adult.take(adults), "Guardian"),
            ),
            Recorded(
                "contacts",
                named("contacts"),
                contacts_frame,
                about(person.take(child), "Subject"),
                wording={} if exchange.agreed_codes else {"Relationship": own_words(SILO, "Relationship")[0]},
            ),
            Later("logins", logins),
            Later("messages", messages),
        ),
        limits=all_limits(
            {"Not served": person.take(ever[~held[ever]]), "Roster date": person.take(ever[late])},
            columns_not_held(),
        ),
    )


def _begun(truth: Truth, day: np.datetime64) -> Codes:
    """Find the enrollment periods of both years that had started by a day, without no-shows."""
    begin = truth.schooling.begin
    return np.flatnonzero((truth.schooling.enrollments.end != -2) & (begin <= day))


def _school_known(truth: Truth, day: np.datetime64) -> Codes:
    """Return each child's latest school in the portal on a day; -1 if none."""
    begun = _begun(truth, day)
    school = np.full(len(truth.population.children), -1)
    school[truth.schooling.enrollments.child[begun]] = truth.schooling.enrollments.school[begun]
    return school


def _numbers(scenario: Scenario, adults: int, children: int) -> tuple[Words, Words]:
    """Return every adult's and child's number in the portal, in an order that reveals no identity."""
    rng = rng_for(scenario.seed, SILO, "numbers")
    width = max(6, len(str(4 * max(adults, children))))
    low = 10 ** (width - 1)
    found = [
        numbered(letter, low + rng.permutation(max(9 * low // 10, count))[:count], width)
        for letter, count in (("A", adults), ("C", children))
    ]
    return found[0], found[1]


def _moments(minutes: npt.NDArray[np.datetime64]) -> Any:
    """Format timestamps like the portal; empty if missing."""
    codes, distinct = pd.factorize(minutes.astype("int64"))
    words = np.datetime_as_string(distinct.astype("datetime64[m]"), unit="m").tolist()
    return pick(["" if word == "NaT" else word.replace("T", " ") for word in words], codes)
