"""Nothing of a real folder's children may be read from what the guard lets through."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.gaps import scorecard
from helpers.link import link_children
from helpers.profile import child_profiles
from helpers.share import Guard

NAMED = ("local_id", "login", "email", "telephone", "first_name", "last_surname", "full_name", "record")


def words_of(text: str) -> set[str]:
    return set("".join(letter if letter.isalnum() or letter in "-@._'" else " " for letter in text).split())


@pytest.mark.parametrize("name", ["grand_bend_joinable", "third_party_oneroster_1p1_school"])
def test_no_name_or_id_of_a_real_folder_gets_past_the_guard(real_files: Path, name: str) -> None:
    district = read_district(real_files / name)
    links = link_children(district.people, district.identifiers, person_rows=district.person_rows)
    guard = Guard.of(district)
    assert guard.real
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    shown = [
        guard.findings(findings, district.layouts).to_csv(index=False),
        guard.scorecard(scorecard(district, links)).to_csv(index=False),
        str(guard.rows(child_profiles(district, links).profile)),
    ]

    people = district.people
    secrets = {str(word) for column in NAMED for word in people[column].dropna() if len(str(word)) > 2}
    secrets |= {str(word) for word in district.identifiers["identifier"].dropna() if len(str(word)) > 2}
    secrets |= set(people["birth_date"].dropna().dt.strftime("%Y-%m-%d"))
    assert not secrets & words_of(" ".join(shown))
    if name == "grand_bend_joinable":  # the test can fail: without the guard there is something to read
        assert secrets & words_of(findings.to_csv(index=False))
