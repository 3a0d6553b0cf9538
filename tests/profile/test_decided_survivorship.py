"""A team's decision on whom to believe: written, read back, honored, and refused where it makes no sense."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.profile import build_profiles, compare_profiles, declared_elements, element
from helpers.profile.survivorship import (
    Survivorship,
    decide_survivorship,
    read_survivorship,
)
from helpers.standard import BadInput
from tests.district_by_hand import district, links, silo
from tests.profile.children_by_hand import chosen, person
from tests.tiers import examples

BOTH = district(
    silo("sis", [person("1", "Ana", "Ruiz Peña", born="2014-03-02"), person("2", "Ben", "Okafor")]),
    silo("meals", [person("1", "Ana", "Ruiz", born="2014-02-03"), person("2", "Ben", "Okafor")]),
)
WHO = links({("sis", "1"): "a", ("meals", "1"): "a", ("sis", "2"): "b", ("meals", "2"): "b"})
SYSTEMS = ("sis", "attendance", "meals", "health")


def decided(**believed: tuple[str, ...]) -> Survivorship:
    return Survivorship(
        decided=dt.date(2026, 5, 4), by="data team", because="the till asks", believed_first=believed
    )


def test_whom_the_team_believes_is_believed_and_nobody_else_moves() -> None:
    before = build_profiles(BOTH, WHO)
    after = build_profiles(BOTH, WHO, survivorship=decided(last_surname=("meals",)))

    assert chosen(before, "a", "last_surname")["value"] == "Ruiz Peña"
    assert chosen(after, "a", "last_surname")["value"] == "Ruiz"
    assert chosen(after, "a", "last_surname")["silo"] == "meals"
    assert chosen(after, "a", "birth_date")["value"] == "2014-03-02"
    changed = compare_profiles(before, after)
    assert changed[["child", "element", "was", "now"]].to_numpy().tolist() == [
        ["a", "last_surname", "Ruiz Peña", "Ruiz"]
    ]
    assert element("last_surname").trust[0] == "sis", "the kit's own order isn't touched"


@pytest.mark.full
def test_the_usual_order_decides_nothing_anew() -> None:
    before = build_profiles(BOTH, WHO)
    usual = decided(birth_date=element("birth_date").trust, last_surname=("sis",))
    after = build_profiles(BOTH, WHO, survivorship=usual)
    assert compare_profiles(before, after).empty
    pd.testing.assert_frame_equal(before.recorded, after.recorded)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() != ""
)
orders = st.lists(st.sampled_from(SYSTEMS), min_size=1, max_size=3, unique=True)
names = st.sampled_from([one.name for one in declared_elements()])


@settings(max_examples=examples(40))
@given(by=texts, because=texts, believed=st.dictionaries(names, orders, min_size=1, max_size=4))
def test_what_was_decided_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, by: str, because: str, believed: dict[str, list[str]]
) -> None:
    path = tmp_path_factory.mktemp("decided") / "survivorship.toml"
    written = decide_survivorship(path, believed, by=by, because=because, decided=dt.date(2026, 5, 4))
    assert read_survivorship(path) == written
    for name, order in believed.items():
        usual = element(name).trust
        assert written.order_of(name, usual)[: len(order)] == tuple(order)
        assert set(written.order_of(name, usual)) == {*order, *usual}
        assert len(set(written.order_of(name, usual))) == len(written.order_of(name, usual))


def test_every_fault_of_a_decision_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "survivorship.toml"
    path.write_text(
        'decided = 2026-05-04\nby = "team"\nbecause = "so"\n'
        '[believed_first]\nbirthdate = ["sis"]\nsex = ["meels"]\nlast_surname = []\n'
        'first_name = ["sis", "sis"]\n',
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as refused:
        read_survivorship(path)
    said = str(refused.value)
    for words in (
        "Did you mean birth_date?",
        "Did you mean meals?",
        "last_surname: names no system",
        "twice",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("decided = [", "isn't valid TOML"),
        ('decided = 2026-05-04\nby = " "\nbecause = "x"\n[believed_first]\nsex = ["sis"]\n', "by"),
        ('decided = 2026-05-04\nby = "x"\n[believed_first]\nsex = ["sis"]\n', "because"),
        ('decided = 2026-05-04\nby = "x"\nbecause = "y"\nbelieve_first = {}\n', "unknown name"),
    ],
)
def test_a_decision_without_who_or_why_is_none(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "survivorship.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=words):
        read_survivorship(path)
    with pytest.raises(BadInput, match="can't be read"):
        read_survivorship(tmp_path / "nothing.toml")


def test_a_bad_decision_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "decisions" / "survivorship.toml"
    decide_survivorship(path, {"sex": ["attendance"]}, by="team", because="so")
    before = path.read_bytes()
    with pytest.raises(BadInput):
        decide_survivorship(path, {"sex": ["nobody"]}, by="team", because="so")
    assert path.read_bytes() == before
