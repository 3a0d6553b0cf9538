"""The family portal: who is on record, and what is known of log-ins and messages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.layouts import load_layout
from synthetic_data.district import clean_pages
from synthetic_data.life.family_contact import LANGUAGES, TRANSLATED, FamilyContact
from synthetic_data.observation import Observation
from synthetic_data.observation import Truth as Whole
from synthetic_data.scenario import exchange
from synthetic_data.systems.family import maker as family
from tests.synthetic_data.truth import Truth, truth


def seen(made: Truth) -> Observation:
    whole = Whole(made.population, made.schooling, made.life)
    return family.observe(made.scenario, whole, exchange(made.scenario, "family"))


def tables(made: Truth) -> dict[str, pd.DataFrame]:
    return {
        page.kind: page.table.rows.assign(person=page.people["person"].array)
        for page in clean_pages(seen(made)).values()
    }


@pytest.fixture(scope="module")
def made() -> Truth:
    return truth(students=300, level="governed")


@pytest.fixture(scope="module")
def files(made: Truth) -> dict[str, pd.DataFrame]:
    return tables(made)


def true_numbers(made: Truth, element: str) -> pd.Series:
    values = made.life.values
    values = values[values["element"].eq(element) & values["as_of"].eq(pd.Timestamp(made.scenario.as_of))]
    return values.set_index("person")["value"]


def test_everything_hangs_together_by_the_portals_own_numbers(files: dict[str, pd.DataFrame]) -> None:
    accounts, contacts = files["accounts"], files["contacts"]
    logins, messages = files["logins"], files["messages"]

    assert accounts["Account ID"].is_unique
    assert set(contacts["Account ID"]) == set(accounts["Account ID"])
    assert contacts.groupby("Child ID")["person"].nunique().eq(1).all()
    assert contacts["Student Number"].str.fullmatch(r"\d{6}").all()
    with_address = set(accounts.loc[accounts["Adult E-mail"].ne(""), "Account ID"])
    assert set(logins["Account ID"]) <= with_address
    assert not logins.duplicated(["Account ID", "Date"]).any()
    pairs = set(zip(contacts["Child ID"], contacts["Account ID"], strict=True))
    assert set(zip(messages["Child ID"], messages["Account ID"], strict=True)) <= pairs
    assert messages["Message ID"].is_unique
    late = messages["Opened (UTC)"].ne("")
    assert (messages.loc[late, "Opened (UTC)"] > messages.loc[late, "Sent (UTC)"]).all()
    text = messages["Channel"].eq("Text")
    assert set(messages.loc[~text, "Account ID"]) == with_address & set(messages["Account ID"])


def test_no_birth_date_and_below_rostered_no_number_of_the_district(made: Truth) -> None:
    file = load_layout(family.LAYOUT).file_named("contacts")
    below = tables(truth(students=300, level="manual"))["contacts"]

    assert not any("birth" in column.name.lower() for column in file.columns)
    assert "Student Number" not in below.columns
    assert set(below["Relationship"]) >= {"Mom", "Dad"}, "nobody agreed on words"


def test_one_adult_is_called_first_and_second_homes_exist(files: dict[str, pd.DataFrame]) -> None:
    contacts, accounts = files["contacts"], files["accounts"]
    first = contacts.assign(first=contacts["Call Order"].eq("1")).groupby("Child ID")["first"].sum()

    assert first.eq(1).all()
    assert contacts["Lives With"].eq("No").any()
    assert contacts.loc[contacts["Lives With"].eq("No"), "Call Order"].eq("2").all()
    shared = accounts.loc[accounts["Adult E-mail"].ne(""), "Adult E-mail"].duplicated()
    assert shared.any(), "some couples share one address"


def test_the_truth_is_what_the_portal_counts(made: Truth, files: dict[str, pd.DataFrame]) -> None:
    contacts = files["contacts"]
    here = made.population.children.loc[made.population.children["grade_level"].notna(), "person"]
    contacts = contacts[contacts["person"].isin(here)]
    on_record = contacts.groupby("person")["Account ID"].nunique()
    assert true_numbers(made, "guardians").loc[on_record.index].astype(int).eq(on_record).all()

    logins = files["logins"].assign(day=pd.to_datetime(files["logins"]["Date"], format="%m/%d/%Y"))
    logins = logins[logins["day"] >= "2025-08-01"]
    by_account = logins.groupby("Account ID")["Log-ins"].agg(lambda cells: cells.astype(int).sum())
    times = contacts["Account ID"].map(by_account).fillna(0)
    counted = times.groupby(contacts["person"]).sum()
    assert true_numbers(made, "portal_logins").loc[counted.index].astype(int).eq(counted).all()

    messages = files["messages"][files["messages"]["Sent (UTC)"] >= "2025-08-01"]
    opened = messages[messages["Opened (UTC)"].ne("")]
    absences, reports = messages["Topic"].eq("Absences"), opened["Topic"].eq("Report card")
    for element, rows in (
        ("messages_sent", messages), ("messages_opened", opened),
        ("absence_messages_sent", messages[absences]),
        ("absence_messages_opened", opened[opened["Topic"].eq("Absences")]),
        ("report_card_messages_opened", opened[reports]),
    ):  # fmt: skip
        count = rows.groupby("person").size().reindex(on_record.index, fill_value=0)
        assert true_numbers(made, element).loc[count.index].astype(int).eq(count).all(), element

    codes = load_layout(family.LAYOUT).file_named("accounts").column("Preferred Language").code_map()
    language = files["accounts"].set_index("Account ID")["Preferred Language"].map(dict(codes))
    first = contacts[contacts["Call Order"].eq("1")].set_index("person")["Account ID"].map(language)
    assert true_numbers(made, "contact_language").loc[first.index].eq(first).all()


def test_the_key_holds_the_day_of_the_last_message_about_absences_that_was_opened(
    made: Truth, files: dict[str, pd.DataFrame]
) -> None:
    messages = files["messages"]
    opened = messages[
        messages["Topic"].eq("Absences")
        & messages["Opened (UTC)"].ne("")
        & messages["Sent (UTC)"].ge("2025-07-01")
    ]
    last = opened["Sent (UTC)"].str[:10].groupby(opened["person"]).max()
    assert len(last) > 50
    assert true_numbers(made, "last_absence_message_opened").to_dict() == last.to_dict()
    # Whoever opened none has no such day.
    sent = set(messages.loc[messages["Topic"].eq("Absences"), "person"])
    assert sent - set(last.index)


def test_families_who_have_not_signed_up_are_limits(made: Truth, files: dict[str, pd.DataFrame]) -> None:
    limits = seen(made).limits
    missing = set(limits.loc[limits["reason"].eq("Not served") & limits["person"].notna(), "person"])

    assert missing
    assert not missing & set(files["contacts"]["person"])


def test_every_language_of_a_home_has_a_name_in_the_portal() -> None:
    names = load_layout(family.LAYOUT).file_named("accounts").column("Preferred Language").code_map()

    assert set(LANGUAGES) <= set(names.values())


def opened_by_child(made: Truth) -> tuple[FamilyContact, pd.DataFrame]:
    contacts = made.life.family_contact
    traffic = made.life.traffic
    child = contacts.child[traffic.contact]
    spoken = made.population.children.merge(
        made.population.households, on="household", how="left", validate="many_to_one"
    )["home_language"]
    return contacts, pd.DataFrame(
        {
            "support": made.life.latent.support[child],
            "home": spoken.to_numpy()[child],
            "language": np.array(LANGUAGES)[traffic.language],
            "opened": ~np.isnat(traffic.opened),
        }
    )


def test_support_opens_messages_and_the_language_of_a_message_does_not() -> None:
    _, fair = opened_by_child(truth(students=1500, seed=31, direct_effects=0.0))
    _, other = opened_by_child(truth(students=1500, seed=31, direct_effects=0.0, fair=False))

    assert set(fair["language"]) == set(TRANSLATED)
    assert fair.groupby(pd.qcut(fair["support"], 4), observed=True)["opened"].mean().is_monotonic_increasing
    foreign = fair["language"].ne(fair["home"]).to_numpy(dtype=bool)
    assert foreign.mean() > 0.02
    assert other["opened"].eq(fair["opened"]).all()


def test_without_direct_effects_nobody_is_written_to_about_absences() -> None:
    placebo = truth(students=60, direct_effects=0.0)
    usual = truth(students=60)

    assert (usual.life.traffic.topic == 2).any()
    assert not (placebo.life.traffic.topic == 2).any()


def test_with_people_alone_no_message_is_written_and_no_absence_drawn(made: Truth) -> None:
    assert [one.file for one in seen(made).recorded(people_only=True)] == ["accounts", "contacts"]

    alone = truth(students=60, people_only=True).life
    assert not len(alone.away.day)
    assert not len(alone.absences)
    assert not (alone.traffic.topic == 2).any()
