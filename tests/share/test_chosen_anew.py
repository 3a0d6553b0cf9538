"""Why a value is chosen, said anew for a role: by the same order of trust, whoever decided it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from helpers.files import read_district
from helpers.link import link_district
from helpers.profile import build_profiles
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.profile.store.source import source_of
from helpers.share.policy import read_policy
from helpers.share.scope import Ties
from helpers.share.visible_values import seen_values
from helpers.systems import copy_of_elements
from tests.district_by_hand import district, layout, links, silo
from tests.profile.children_by_hand import person
from tests.profile.test_authority import EXAMS, ROSTER, write_folder
from tests.profile.test_own_elements import MEALS_FIRST, NAME, TRUST, changed_after

KEYS = ["child", "element", "school_year", "silo", "record"]


def reasons(source: object, names: tuple[str, ...] = ("first_name", "last_surname")) -> pd.DataFrame:
    """Give the chosen values that systems contradict, as they were chosen and as a role is told."""
    values = source.values()  # type: ignore[attr-defined]
    everybody = frozenset(values["child"])
    # A hidden system that says nothing changes nothing.
    told = seen_values(
        values, dict.fromkeys(names, "identity"), {"identity": everybody}, frozenset({"nobody"}), {},
        source.trust(),  # type: ignore[attr-defined]
    )  # fmt: skip
    known = values[values["element"].isin(names) & values["chosen"] & values["status"].eq("Reported")]
    both = known.merge(told[[*KEYS, "chosen", "chosen_by"]], on=KEYS, suffixes=("", "_told"))
    assert both["chosen_told"].all()
    both = both[~both["chosen_by"].isin(["Only one", "All agree"])]
    assert len(both)
    return both


@pytest.mark.full
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {EXAMS: 'authority = ["roster"]'},
        {ROSTER: 'authority = ["roster"]'},
        {EXAMS: 'silo = "sis"'},
        {ROSTER: 'silo = "sis"'},
    ],
)
def test_of_a_district_s_own_systems_a_role_is_told_the_reason_by_which_the_value_was_chosen(
    tmp_path: Path, claims: dict[str, str]
) -> None:
    read = read_district(write_folder(tmp_path / "district", **claims))
    linked = link_district(read)
    source = source_of(read, linked, build_profiles(read, linked))
    store = ProfileStore.open(save_store(source, tmp_path / "store"))
    for kept in (source, store):
        both = reasons(kept)
        assert both["chosen_by"].eq("Trusted most").any()
        assert both["chosen_by_told"].tolist() == both["chosen_by"].tolist()


@pytest.mark.full
def test_a_folder_s_own_order_of_trust_is_the_reason_that_a_role_is_told_even_after_it_is_gone(
    tmp_path: Path,
) -> None:
    both = district(
        silo("sis", [person("1", "Ana", "Ruiz Peña")]), silo("meals", [person("1", "Ana", "Ruiz")])
    )
    who = links({("sis", "1"): "a", ("meals", "1"): "a"})
    copy = copy_of_elements(tmp_path)
    changed_after(copy, NAME, TRUST, MEALS_FIRST)
    ours = dataclasses.replace(both, folder=tmp_path)
    source = source_of(ours, who, build_profiles(ours, who), relations=None)
    store = ProfileStore.open(save_store(source, tmp_path / "store"))
    copy.unlink()
    for kept in (source, store):
        row = reasons(kept).iloc[0]
        assert (row["silo"], row["chosen_by"], row["chosen_by_told"]) == (
            "meals", "Trusted most", "Trusted most",
        )  # fmt: skip


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("authority", "school"), [(["roster"], "Acme"), (["assessment"], "Counted"), ([], "Counted")]
)
def test_a_layout_s_claim_decides_at_which_school_a_child_is_and_what_files_show_doesn_t(
    authority: list[str], school: str
) -> None:
    def at(school: str, many: int) -> list[dict[str, object]]:
        return [person(str(n), f"Ana{n}", school_name=school) for n in range(many)]

    acme = layout("acme", authority=authority)
    both = district(silo("acme", at("Acme", 5), acme), silo("attendance", at("Counted", 4)))
    who = {(system, str(n)): f"c{n}" for n in range(5) for system in ("acme", "attendance")}
    tied = links({key: child for key, child in who.items() if key != ("attendance", "4")})
    source = source_of(both, tied, build_profiles(both, tied))
    ties = Ties(source, read_policy())
    # Of the fifth child the other system says nothing.
    assert ties.at_school(school, frozenset()) >= {"c0", "c1", "c2", "c3"}
    other = "Acme" if school == "Counted" else "Counted"
    assert ties.at_school(other, frozenset()) == ({"c4"} if other == "Acme" else frozenset())
