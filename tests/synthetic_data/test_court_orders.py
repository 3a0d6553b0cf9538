"""Who may not see a child's records: parents who live apart, by a document of the home, or by a bare No."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from helpers.files.text_table import TextTable
from helpers.layouts import load_layout
from synthetic_data.district import clean_pages
from synthetic_data.life import family_contact as court_orders
from synthetic_data.observation import Truth as Whole
from synthetic_data.scenario import exchange
from synthetic_data.systems.family import maker as family
from tests.synthetic_data.truth import Truth, truth


@pytest.fixture(scope="module")
def made() -> Truth:
    as_usual = truth(students=150)
    assert as_usual.life.family_contact  # drawn now, before anything is changed
    return as_usual


@pytest.fixture(scope="module")
def often(made: Truth) -> Iterator[Truth]:
    """The same district, in which courts revoke nearly every such right."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(court_orders, "REVOKED", 0.9)
        # Two settings that mean the same: made districts are kept by what they are called.
        yield truth(students=150, faults=0.0)


def contacts_of(made: Truth) -> TextTable:
    whole = Whole(made.population, made.schooling, made.life)
    seen = family.observe(made.scenario, whole, exchange(made.scenario, "family"))
    return next(page.table for page in clean_pages(seen).values() if page.kind == "contacts")


def test_only_parents_apart_and_one_document_for_all_children_of_a_home(made: Truth) -> None:
    homes = np.repeat(np.arange(4_000), 2)
    lives_with = np.tile([True, False], 4_000)
    children = np.r_[homes, homes]
    orders = court_orders.draw_court_orders(made.scenario, children, np.r_[lives_with, lives_with])
    with_one = np.array([number is not None for number in orders.number])

    assert orders.may_see[np.r_[lives_with, lives_with]].all()
    assert not orders.may_see[with_one].any()
    assert np.isnat(orders.day).tolist() == (~with_one).tolist()
    half = len(homes)
    assert orders.number[:half].tolist() == orders.number[half:].tolist()
    given = orders.number[:half][with_one[:half]]
    assert len(set(given)) == len(given)
    assert (orders.day[with_one] < np.datetime64(made.scenario.as_of)).all()
    apart = ~lives_with
    assert with_one[:half][apart].mean() == pytest.approx(court_orders.REVOKED, abs=0.012)
    undocumented = ~orders.may_see[:half] & ~with_one[:half]
    assert undocumented[apart].mean() == pytest.approx(court_orders.UNDOCUMENTED, abs=0.009)


def test_the_portal_writes_what_was_drawn(often: Truth) -> None:
    rows = contacts_of(often).rows.fillna("")
    named = rows["Court Order"].ne("")

    assert named.any()
    assert all(re.fullmatch(r"FC-\d{4}-\d{5}", number) for number in rows.loc[named, "Court Order"])
    assert named.tolist() == rows["Court Order Date"].ne("").tolist()
    assert rows["May See Records"].isin(["Yes", "No"]).all()
    assert rows.loc[named, "May See Records"].eq("No").all()
    assert rows.loc[rows["May See Records"].eq("No"), "Lives With"].eq("No").all()


def test_nothing_else_of_a_family_hangs_on_it(made: Truth, often: Truth) -> None:
    usual, other = made.life.family_contact, often.life.family_contact

    assert (~other.orders.may_see).sum() > (~usual.orders.may_see).sum()
    assert usual.lives_with.tolist() == other.lives_with.tolist()
    assert made.life.traffic.login_day.tolist() == often.life.traffic.login_day.tolist()
    assert made.life.traffic.sent.tolist() == often.life.traffic.sent.tolist()
    columns = ["May See Records", "Court Order", "Court Order Date"]
    before, after = (contacts_of(one).rows.drop(columns=columns) for one in (made, often))
    assert before.equals(after)


def test_an_older_export_without_these_columns_is_read_without_a_finding() -> None:
    file = load_layout(family.LAYOUT).file_named("contacts")
    assert all(file.column(name).optional for name in ("May See Records", "Court Order", "Court Order Date"))
