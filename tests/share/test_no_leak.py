"""Nothing of a real folder's children may be read from what the guard lets through."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.gaps import measure_gaps
from helpers.link import link_children
from helpers.profile import build_profiles
from helpers.share import Guard

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
SENTENCES = [*HELPERS.glob("systems/*/system.toml"), *HELPERS.glob("gaps/**/*.toml")]
NAMED = ("local_id", "login", "email", "telephone", "first_name", "last_surname", "full_name", "record")


def words_of(text: str) -> set[str]:
    return set("".join(letter if letter.isalnum() or letter in "-@._'" else " " for letter in text).split())


def nothing_gets_past_the_guard(folder: Path, *, places_are_words: bool = False) -> bool:
    """Look for names, ids and birth dates in what the guard lets through; say if any were there."""
    district = read_district(folder)
    links = link_children(district.people, district.identifiers, person_rows=district.person_rows)
    guard = Guard.of(district)
    assert guard.real
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    shown = [
        guard.findings(findings, district.layouts).to_csv(index=False),
        guard.scorecard(measure_gaps(district, links)).to_csv(index=False),
        str(guard.rows(build_profiles(district, links).profile)),
    ]

    people = district.people
    secrets = {str(word) for column in NAMED for word in people[column].dropna() if len(str(word)) > 2}
    secrets |= {str(word) for word in district.identifiers["identifier"].dropna() if len(str(word)) > 2}
    secrets |= set(people["birth_date"].dropna().dt.strftime("%Y-%m-%d"))
    # A misspelled name may be a word of the kit's own sentences: a Lynch called Lunch.
    secrets -= words_of(" ".join(path.read_text(encoding="utf-8") for path in SENTENCES))
    if places_are_words:
        # A place is no secret: the number of a row may be anybody's number, a head a test user's name.
        places = [*findings["column"].dropna(), *findings["row"].dropna().astype("string")]
        secrets -= words_of(" ".join(places))
    assert not secrets & words_of(" ".join(shown))
    return bool(secrets & words_of(findings.to_csv(index=False)))


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", ["grand_bend_joinable", "third_party_oneroster_1p1_school"])
def test_no_name_or_id_of_a_real_folder_gets_past_the_guard(real_files: Path, name: str) -> None:
    there = nothing_gets_past_the_guard(real_files / name)
    assert there or name != "grand_bend_joinable"  # the check can fail: without the guard there is something


@pytest.mark.full
def test_no_name_or_id_of_a_folder_without_a_mark_gets_past_the_guard(
    unmarked_folder: Path, exports_by_hand: Path
) -> None:
    assert nothing_gets_past_the_guard(unmarked_folder, places_are_words=True)
    nothing_gets_past_the_guard(exports_by_hand)
