"""Whoever has left is gone: no system's events of a child lie after its last day at school."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from synthetic_data.life import Life
from synthetic_data.life.presence import last_days
from tests.synthetic_data.truth import truth

Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]


def events(life: Life) -> Iterator[tuple[str, Codes, Days]]:
    """Give the children and days of everything that happens, by what it is."""
    plans, conduct, contacts = life.plans, life.conduct, life.family_contact
    accounts, messages = life.ambitions, life.traffic
    acted = conduct.days > 0
    for name, one in (
        ("incident", conduct),
        ("visit to the nurse", life.visits),
        ("screening", life.screenings),
        ("survey", life.surveys),
        ("sign-in", life.sign_ins),
        ("test", life.tests),
    ):
        yield name, one.child, one.day
    yield "suspension", conduct.child[acted], conduct.end[acted]
    yield "missed day", life.away.child, life.away.day
    yield "activity", life.participation.child, life.participation.end
    yield "club", life.club_members.child, life.club_members.end
    yield "message", contacts.child[messages.contact], messages.sent.astype("datetime64[D]")
    yield "last visit", accounts.child, accounts.last_visit(np.datetime64(life.days[0], "D"))
    yield "application", accounts.child[accounts.account], accounts.applied
    for year, day in plans.meeting.items():
        yield f"plan of {year}", plans.child, day
    yield "end of a plan", plans.child, plans.ended
    # Whoever was enrolled in summer and never came has the first determination of the year all the same.
    again = np.r_[False, life.eligibility.child[1:] == life.eligibility.child[:-1]]
    again[1:] &= life.eligibility.year[1:] == life.eligibility.year[:-1]
    yield "meal eligibility", life.eligibility.child[again], life.eligibility.begin[again]


@pytest.mark.parametrize("seed", [7, 11])
def test_nothing_happens_to_a_child_after_its_last_day(seed: int) -> None:
    made = truth(students=600, seed=seed)
    last = last_days(made.schooling, len(made.population.children))
    assert np.mean(~np.isnat(last)) > 0.1, "graduates, and who left last year or in this one"

    late, all_of_them = {}, {}
    for name, child, day in events(made.life):
        late[name], all_of_them[name] = int(np.sum(day > last[child])), int(np.sum(~np.isnat(day)))
    assert all(all_of_them.values()), all_of_them
    assert late == dict.fromkeys(late, 0)
