"""Training finds the probabilities that records were drawn with, whatever the order of pairs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link.model import LinkModel, declared_model, drift, score_pairs, shipped_model, train, weights
from helpers.link.model.estimation import monotone, with_matches
from helpers.link.model.parameters import KINDS, chance_agreement
from helpers.link.model.scoring import frequencies_of_codes
from helpers.link.records import Units
from helpers.standard import BadInput
from tests.link.units import born, crowd, units_of
from tests.tiers import examples

CHILDREN = 700
# How often a second record of a child has another sex, another school, a slip in the birth date.
OTHER_SEX, OTHER_SCHOOL, OTHER_DAY = 0.04, 0.20, 0.10


@pytest.fixture(scope="module")
def records() -> tuple[Units, pd.DataFrame]:
    """Two records a child, and pairs: each child's own, and as many of neighbors."""
    random = np.random.default_rng(8)
    first = crowd(CHILDREN)
    second = []
    for child in first:
        copy = dict(child)
        if random.random() < OTHER_SEX:
            copy["sex"] = ["Male" if child["sex"] == ["Female"] else "Female"]
        if random.random() < OTHER_SCHOOL:
            copy["schools"] = [f"elsewhere {random.integers(8)}"]
        if random.random() < OTHER_DAY:
            year, month, day = child["birth_days"][0].split("-")
            copy |= born(f"{year}-{month}-{int(day) % 28 + 1:02d}")
        second.append(copy)
    own = np.arange(CHILDREN)
    left = np.concatenate((own, own))
    right = np.concatenate((own, np.roll(own, 1))) + CHILDREN
    return units_of([*first, *second]), pd.DataFrame({"left": left, "right": right})


@pytest.fixture(scope="module")
def trained(records: tuple[Units, pd.DataFrame]) -> LinkModel:
    """A model that learned from these records alone."""
    return train(*records, start=declared_model(), trained_on="a test", drawn_pairs=200_000)


def probabilities(model: LinkModel, comparison: str) -> pd.DataFrame:
    table = weights(model)
    return table[table["comparison"].eq(comparison)].set_index("level")


def test_training_finds_how_often_records_of_one_child_differ(trained: LinkModel) -> None:
    m = {name: probabilities(trained, name)["m"] for name in ("Sex", "School", "Birth date", "First name")}
    assert m["Sex"]["Sex different"] == pytest.approx(OTHER_SEX, abs=0.02)
    assert m["School"]["School different"] == pytest.approx(OTHER_SCHOOL, abs=0.04)
    assert m["Birth date"]["Birth date the same"] == pytest.approx(1 - OTHER_DAY, abs=0.04)
    assert m["First name"]["First name the same"] > 0.9


def test_training_finds_how_often_two_children_agree_by_chance(trained: LinkModel) -> None:
    assert probabilities(trained, "Sex")["u"]["Sex the same"] == pytest.approx(0.5, abs=0.02)
    assert probabilities(trained, "School")["u"]["School the same"] == pytest.approx(0.8 / 8, abs=0.04)
    assert probabilities(trained, "Birth date")["u"]["Birth date different"] == pytest.approx(0.9, abs=0.05)


def test_training_says_where_it_learnt_and_what_it_could_not_learn(trained: LinkModel) -> None:
    assert (trained.trained_on, trained.units, trained.pairs) == ("a test", 2 * CHILDREN, 2 * CHILDREN)
    assert set(trained.kept) == {"grade"}
    before = weights(declared_model()).set_index(["comparison", "level"])["weight"]
    after = weights(trained).set_index(["comparison", "level"])["weight"]
    # What these records don't have keeps its weights.
    for kept in ("Middle name", "E-mail", "Grade"):
        assert after[kept].tolist() == pytest.approx(before[kept].tolist(), abs=1e-3)


def test_the_number_of_matches_is_found(trained: LinkModel) -> None:
    # Of two records a child each has one more.
    assert trained.matches[KINDS[0]] == pytest.approx(1.0, abs=0.08)


@pytest.mark.full
def test_training_is_the_same_whatever_the_order_of_pairs(
    records: tuple[Units, pd.DataFrame], trained: LinkModel
) -> None:
    units, pairs = records
    again = train(
        units,
        pairs.sample(frac=1, random_state=3),
        start=declared_model(),
        trained_on="a test",
        drawn_pairs=200_000,
    )
    assert again == trained


def test_a_trained_model_tells_one_child_from_two(
    records: tuple[Units, pd.DataFrame], trained: LinkModel
) -> None:
    units, pairs = records
    likely = score_pairs(units, pairs, trained)["match_probability"] > 0.5
    assert likely[:CHILDREN].mean() > 0.97
    assert likely[CHILDREN:].mean() < 0.01


def test_matches_are_counted_anew_where_fewer_birth_dates_are_told(
    records: tuple[Units, pd.DataFrame], trained: LinkModel
) -> None:
    units, pairs = records
    bare = {
        name: values.among(values.unit < CHILDREN) if name.startswith("birth_days") else values
        for name, values in units.values.items()
    }
    counted = with_matches(trained, replace(units, values=bare), pairs)
    assert counted.matches[KINDS[1]] == pytest.approx(1.0, abs=0.1)
    assert counted.matches[KINDS[0]] == trained.matches[KINDS[0]]
    assert counted.m == trained.m


def test_the_more_the_prior_is_worth_the_nearer_the_model_stays(
    records: tuple[Units, pd.DataFrame],
) -> None:
    prior = shipped_model()
    light, heavy = (train(*records, start=prior, worth=worth, drawn_pairs=50_000) for worth in (1.0, 1e6))
    table = {
        name: weights(model).set_index("level")["m"]
        for name, model in (("prior", prior), ("light", light), ("heavy", heavy))
    }
    other = "School different"
    assert table["heavy"][other] == pytest.approx(table["prior"][other], rel=0.02)
    assert table["light"][other] == pytest.approx(OTHER_SCHOOL, abs=0.04)


def test_a_level_that_weighs_otherwise_than_before_is_told() -> None:
    prior = shipped_model()
    assert drift(prior).empty
    m = list(prior.m["sex"])
    told = drift(replace(prior, m={**prior.m, "sex": [m[0], m[1] * 8]}))
    assert told["level"].tolist() == ["Sex different"]
    assert (told["now"] - told["before"]).tolist() == [pytest.approx(3, abs=0.2)]


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(st.floats(1e-4, 1), st.floats(1e-4, 1)), min_size=2, max_size=6),
)
def test_no_level_weighs_more_than_a_better_one(pairs: list[tuple[float, float]]) -> None:
    m, u = (np.array(side) / sum(side) for side in zip(*pairs, strict=True))
    found = monotone(m, u, range(len(m)))
    ratio = found / u
    assert (np.diff(ratio) <= 1e-9 * ratio[:-1]).all()
    assert found.sum() == pytest.approx(1)
    # What already falls stays as it is.
    np.testing.assert_allclose(monotone(found, u, range(len(m))), found)


def test_data_that_teach_nothing_are_refused_in_one_sentence() -> None:
    units = units_of(crowd(40))
    strangers = pd.DataFrame({"left": np.arange(20), "right": np.arange(20, 40)})
    with pytest.raises(BadInput, match=r"weights cannot be trained: .* of 20 \(units: 40\)"):
        train(units, strangers)
    with pytest.raises(BadInput, match=r"of 0 \(units: 40\)"):
        train(units, strangers.iloc[:0])
    with pytest.raises(BadInput, match="weights cannot be trained"):
        train(units_of(crowd(1)), strangers.iloc[:0])


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = replace(shipped_model(), kept=("home",), accept=0.8)
    assert LinkModel.load(model.save(tmp_path / "models" / "own.json")) == model


def test_a_file_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no model"):
        LinkModel.load(tmp_path / "nowhere.json")
    for text in ("", "[]", "{}", '{"m": {"sex": [0.5]}, "u": {}}', '{"m": {"sex": [2, 1]}, "u": {}}', "\xff"):
        path = tmp_path / "odd.json"
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(BadInput, match="isn't a model"):
            LinkModel.load(path)


@settings(max_examples=examples(50))
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=120))
def test_commoner_values_are_likelier_and_rare_ones_rarer_than_their_share(values: list[str]) -> None:
    column = pd.Series(values, dtype="string")
    codes, distinct = pd.factorize(column)
    found = pd.Series(frequencies_of_codes(codes, np.ones(len(codes), dtype=bool)), index=distinct)
    counts = column.value_counts().reindex(found.index).astype("float64")
    assert found.iloc[np.argsort(counts, kind="stable")].is_monotonic_increasing
    assert (found <= counts / len(values) + 1e-12).all()
    assert (found > 0).all()


@settings(max_examples=examples(50))
@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_chance_lies_between_what_was_thought_and_what_was_counted(counts: list[int]) -> None:
    before = np.array([0.0001, 0.0099, 0.09, 0.90])
    found = chance_agreement(np.array(counts, dtype="float64"), before, 5.0)
    for count, share, thought in zip(counts, found, before, strict=True):
        seen = count / max(sum(counts), 1)
        assert min(seen, thought) - 1e-12 <= share <= max(seen, thought) + 1e-12
        assert 0 < share < 1


def test_enough_pairs_make_forget_what_was_thought_and_none_leave_it() -> None:
    before, rare = np.array([0.5, 0.5]), np.array([0.0001, 0.9999])
    assert chance_agreement(np.array([1e6, 9e6]), before, 5.0) == pytest.approx([0.1, 0.9], rel=1e-4)
    assert chance_agreement(np.array([0.0, 0.0]), before, 5.0).tolist() == before.tolist()
    # One pair of one kind doesn't unsettle the other levels.
    assert chance_agreement(np.array([1.0, 0.0]), rare, 5.0)[0] < 0.0002
