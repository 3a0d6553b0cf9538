import unicodedata

import numpy as np
import pytest

from synthetic_data.facts import rows
from synthetic_data.population.name_pools import from_cyrillic, other_spellings
from synthetic_data.population.names import (
    ORIGINS,
    child_names,
    family_surnames,
    given_names,
    nicknames,
    pool,
    preferred_names,
)

COUNT = 4000


@pytest.fixture(scope="module")
def families():
    return {origin: family_surnames(3, "test", np.full(COUNT, place)) for place, origin in enumerate(ORIGINS)}


def test_groups_are_many_and_their_pools_are_wide():
    assert len(ORIGINS) >= 10
    families = {row["name_origin"] for row in rows("name_origins")}
    assert families == set(ORIGINS), "every group occurs, and none that has no custom"
    for origin in ORIGINS:
        # All Hmong bear the name of one of some eighteen clans.
        assert len(pool(origin, "surname").names) >= (18 if origin == "Hmong" else 28), origin
        for sex in ("Female", "Male"):
            names = pool(origin, "given", sex)
            assert len(names.names) >= 18
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


def share(names):
    return float(np.mean(list(names)))


def test_two_surnames_are_a_custom_of_two_groups_in_opposite_order(families):
    compound = {
        origin: share(sum(word[:1].isupper() for word in name.split()) > 1 for name in names.children)
        for origin, names in families.items()
    }
    assert compound["Hispanic"] > 0.3
    assert compound["Portuguese"] > 0.3
    # Of these two a surname itself may be of two words: Abu Salem, Two Bulls; and Dela Cruz.
    of_words = ("Hispanic", "Portuguese", "Arabic", "Native American", "Filipino")
    assert max(value for origin, value in compound.items() if origin not in of_words) < 0.03
    for origin, order in (
        ("Hispanic", ("father", "mother_at_birth")),
        ("Portuguese", ("mother_at_birth", "father")),
    ):
        names = families[origin]
        first, second = (getattr(names, whose) for whose in order)
        both = [name == f"{a} {b}" for name, a, b in zip(names.children, first, second, strict=True)]
        assert 0.3 < np.mean(both) < 0.55


def test_particles_and_accents_are_kept(families):
    particles = {
        origin: share(
            name.startswith(("da ", "dos ", "de ", "do ", "Dela ", "De ", "Delos ", "Del "))
            for name in made.father
        )
        for origin, made in families.items()
    }
    assert particles["Portuguese"] > 0.1
    assert particles["Filipino"] > 0.08
    accents = {
        origin: share(not name.isascii() for name in made.children) for origin, made in families.items()
    }
    for origin, at_least in (("Hispanic", 0.3), ("Vietnamese", 0.7), ("Portuguese", 0.1), ("Haitian", 0.15)):
        assert accents[origin] > at_least, origin
    assert share("'" in name for name in families["Pacific Islander"].children) > 0.1


def children_of(origin, families, count=COUNT):
    home = np.arange(count)
    origins = np.full(count, ORIGINS.index(origin))
    female = np.arange(count) % 2 == 0
    fathers = given_names(3, "test fathers", origins, np.zeros(count, dtype=bool), adult=True)
    mothers = families[origin].mother_at_birth
    first, middle = child_names(3, "test", origins, female, home, fathers, mothers)
    told = np.array([name is not None for name in middle])
    return first, middle, told, female, fathers, mothers


def test_what_stands_in_the_middle_follows_the_custom(families):
    for origin in ("Arabic", "East African"):
        _, middle, told, _, fathers, _ = children_of(origin, families)
        assert told.mean() > 0.8
        assert (middle == fathers)[told].all(), "the father's given name"
    _, middle, told, _, _, mothers = children_of("Filipino", families)
    assert 0.8 < told.mean() < 0.9
    assert (middle == mothers)[told].all(), "the mother's surname"
    _, middle, told, female, fathers, _ = children_of("Slavic", families)
    girls, boys = middle[told & female], middle[told & ~female]
    assert all(name.endswith("na") for name in girls)
    assert all(name.endswith("ich") for name in boys)
    assert all(name[0] == father[0] for name, father in zip(middle[told], fathers[told], strict=True))
    _, middle, told, _, _, _ = children_of("Vietnamese", families)
    only_middle = set(pool("Vietnamese", "middle", "Female").names) | {"Văn", "Hữu"}
    assert share(name in only_middle for name in middle[told]) > 0.3
    for origin in ("Chinese", "Korean", "Hmong"):
        first, _, told, _, _, _ = children_of(origin, families)
        english = share(
            name in pool("Anglo", "given", "Female").names or name in pool("Anglo", "given", "Male").names
            for name in first
        )
        assert english > 0.2, "an English name first"
        assert abs(told.mean() - english) < 0.1, "and then the other one stands in the middle"


def test_daughters_of_slavic_families_may_bear_another_form_of_the_surname(families):
    slavic = families["Slavic"]
    differs = slavic.daughters != slavic.children
    assert 0.2 < differs.mean() < 0.6
    assert all(name.endswith("a") for name in slavic.daughters[differs])
    for origin in set(ORIGINS) - {"Slavic"}:
        assert (families[origin].daughters == families[origin].children).all()


def test_in_a_chain_of_names_father_and_child_have_no_name_in_common(families):
    chain = families["East African"]
    assert share(chain.father == chain.children) < 0.15
    assert set(chain.children) <= set(pool("East African", "given", "Male").names)


def test_wives_keep_their_surname_where_that_is_the_custom(families):
    keeps = {origin: share(made.mother == made.mother_at_birth) for origin, made in families.items()}
    for origin in ("Hmong", "Chinese", "Korean", "Arabic", "Vietnamese", "East African"):
        assert keeps[origin] > 0.75, origin
    assert keeps["Anglo"] < 0.5


@pytest.mark.parametrize("origin", ["Arabic", "Chinese", "Korean", "South Asian", "Slavic", "East African"])
def test_a_second_clerk_spells_names_of_other_scripts_in_another_way(origin, families):
    other = other_spellings(origin)
    assert all(name != spelling for name, spelling in other.items())
    names = [*families[origin].children, *pool(origin, "given", "Female").names]
    assert share(name in other for name in names) > 0.03
    assert not other_spellings("Anglo")


def test_two_ways_lead_from_cyrillic():
    for name, one, other in (
        ("Юлия", "Yuliya", "Iuliia"),
        ("Алексеев", "Alekseyev", "Alekseev"),
        ("Щербаков", "Shcherbakov", "Shcherbakov"),
    ):
        assert (from_cyrillic(name), from_cyrillic(name, passport=True)) == (one, other)
    assert from_cyrillic("Григоренко", ukrainian=True) == "Hryhorenko"


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
    mothers = family_surnames(3, "test", origins).mother_at_birth
    first, middle = child_names(3, "test", origins, female, home, fathers, mothers)
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
