import unicodedata

import numpy as np
import pytest

from synthetic_data.population.names import (
    ORIGINS,
    child_names,
    family_surnames,
    given_names,
    nicknames,
    pool,
)
from synthetic_data.population.preferred_names import preferred_names

COUNT = 4000


@pytest.fixture(scope="module")
def families():
    return {origin: family_surnames(3, "test", np.full(COUNT, place)) for place, origin in enumerate(ORIGINS)}


def test_the_first_groups_are_there_and_their_pools_are_wide():
    groups = {"Anglo", "Hispanic", "African American", "Vietnamese", "Arabic", "Chinese", "South Asian"}
    assert groups <= set(ORIGINS)
    for origin in ORIGINS:
        assert len(pool(origin, "surname").names) >= 28
        for sex in ("Female", "Male"):
            names = pool(origin, "given", sex)
            assert len(names.names) >= 20
            assert names.cumulative[-1] == pytest.approx(1)
            chances = np.diff(np.r_[0, names.cumulative])
            assert (chances > 0).all()


def test_names_are_latin_letters_in_one_spelling_of_unicode():
    for origin in ORIGINS:
        for part, sex in (("surname", ""), ("given", "Female"), ("given", "Male")):
            for name in pool(origin, part, sex).names:
                assert name == name.strip() == unicodedata.normalize("NFC", name)
                assert "  " not in name
                letters = [sign for sign in name if sign.isalpha()]
                assert all("LATIN" in unicodedata.name(sign) for sign in letters), name
                assert all(sign.isalpha() or sign in " '’-." for sign in name), name


def test_two_surnames_are_a_hispanic_custom_and_accents_are_kept(families):
    compound = {
        origin: np.mean([" " in name for name in names.children]) for origin, names in families.items()
    }
    assert compound["Hispanic"] > 0.3
    assert max(share for origin, share in compound.items() if origin not in ("Hispanic", "Arabic")) < 0.03
    accents = {
        origin: np.mean([not name.isascii() for name in names.children]) for origin, names in families.items()
    }
    assert accents["Hispanic"] > 0.3
    assert accents["Vietnamese"] > 0.7
    hispanic = families["Hispanic"]
    both = [
        name == f"{a} {b}"
        for name, a, b in zip(hispanic.children, hispanic.father, hispanic.mother_at_birth, strict=True)
    ]
    assert 0.3 < np.mean(both) < 0.5


def test_african_american_children_are_named_from_the_same_pools_as_anglo_ones():
    for part, sex in (("surname", ""), ("given", "Female"), ("given", "Male")):
        ours, theirs = pool("African American", part, sex), pool("Anglo", part, sex)
        assert ours.names.tolist() == theirs.names.tolist()
        assert ours.cumulative.tolist() == theirs.cumulative.tolist()


def test_children_of_a_family_have_names_of_their_own_and_those_of_their_sex():
    rng = np.random.default_rng(1)
    home = np.repeat(np.arange(COUNT // 4), 4)
    origins = rng.integers(0, len(ORIGINS), COUNT // 4)[home]
    female = rng.random(COUNT) < 0.5
    fathers = given_names(3, "fathers", origins, np.zeros(COUNT, dtype=bool), adult=True)
    first, middle = child_names(3, "test", origins, female, home, fathers)
    assert len(set(zip(home, first, strict=True))) == COUNT
    girls = set().union(*(pool(origin, "given", "Female").names for origin in ORIGINS))
    assert set(first[female]) <= girls
    arabic = origins == ORIGINS.index("Arabic")
    told = np.array([name is not None for name in middle])
    assert (middle == fathers)[arabic & told].mean() == 1


def test_children_go_by_a_nickname_or_an_english_name():
    girls = np.ones(COUNT, dtype=bool)
    for origin in ("Anglo", "Korean"):
        groups = np.full(COUNT, ORIGINS.index(origin))
        first = given_names(3, "test", groups, girls)
        preferred = preferred_names(3, 0.1, first, groups, girls)
        told = np.array([name is not None for name in preferred])
        assert abs(told.mean() - 0.1) < 0.02
        names = (
            pool("Anglo", "given", "Female").names
            if origin == "Korean"
            else np.concatenate(list(nicknames().values()))
        )
        assert set(preferred[told]) <= set(names)


def test_nicknames_are_other_names():
    assert nicknames()["Alexander"][0] == "Alex"
    assert all(name not in others for name, others in nicknames().items())
