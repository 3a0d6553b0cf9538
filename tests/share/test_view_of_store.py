"""A view reads from a store only what it may show; it shows what it would show if it had read everything."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.profile import compute_indicators, source_of
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.share import Refused, View, open_view, read_policy, whos
from helpers.share.view import Pseudonyms
from tests.tiers import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.files import District
    from helpers.link import Links
    from helpers.profile import Profiles
    from helpers.profile.store.source import MemorySource

Pair = tuple[View, View]
# Whom `whos` lists; the others have consents, or words of their own.
ROLES = [name for name, role in read_policy().roles.items() if not role.needs_consent and name != "public"]
FRAMES = ("children", "values", "timeline", "indicators", "contacts")


@pytest.fixture(scope="module")
def memory(district: District, district_links: Links, district_profiles: Profiles) -> MemorySource:
    """Where all values are filled in beforehand, of every element."""
    signs = compute_indicators(district, district_links, district_profiles)
    return source_of(district, district_links, district_profiles, signs)


@pytest.fixture(scope="module")
def opened(memory: MemorySource, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Pair]:
    store = ProfileStore.open(save_store(memory, tmp_path_factory.mktemp("profiles") / "store"))

    @cache
    def both(role: str, place: int) -> Pair:
        people = whos(memory, role)
        people = people[people["children"].gt(0).fillna(False).to_numpy(dtype=bool)]
        names, codes = people["who"].tolist(), Pseudonyms()
        # Not everybody who is listed may look: a guardian of a child who is of age may not.
        for who in names[place % len(names) :] + names[: place % len(names)]:
            try:
                whole = open_view(memory, role, who, codes=codes)
            except Refused:
                continue
            return whole, open_view(store, role, who, codes=codes)
        raise AssertionError(f"nobody may look as {role}")

    return both


@pytest.mark.full
@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=st.sampled_from(ROLES), place=st.integers(0, 3), child=st.integers(0, 200))
def test_a_child_is_shown_as_if_all_had_been_read(
    opened: Callable[[str, int], Pair], role: str, place: int, child: int
) -> None:
    whole, pushed = opened(role, place)
    assert whole.ids == pushed.ids
    ids = whole.children["child"]
    one = str(ids.iloc[child % len(ids)])
    ours, theirs = whole.of(one), pushed.of(one)
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(theirs, name), getattr(ours, name))


@pytest.mark.one_in(5)
@pytest.mark.parametrize("role", ROLES)
def test_all_children_are_listed_as_if_all_had_been_read(
    opened: Callable[[str, int], Pair], role: str
) -> None:
    whole, pushed = opened(role, 0)
    pd.testing.assert_frame_equal(pushed.children, whole.children)
    pd.testing.assert_frame_equal(pushed.values, whole.values)
