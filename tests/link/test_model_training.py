"""Training finds the probabilities that records were drawn with, whatever the order of rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.link.model import LinkModel, score_pairs, shipped_model, train, weights, with_matches
from helpers.link.model.comparisons import KINDS
from helpers.link.model.inputs import chance_agreement, frequencies
from helpers.link.model.training import untrained
from helpers.standard import BadInput
from tests.link.units import born, crowd, frame
from tests.tiers import examples

CHILDREN = 700
# How often a second record of a child has another sex, another school, a slip in the birth date.
OTHER_SEX, OTHER_SCHOOL, OTHER_DAY = 0.04, 0.20, 0.10


@pytest.fixture(scope="module")
def records() -> tuple[pd.DataFrame, pd.DataFrame]:
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
    return frame([*first, *second]), pd.DataFrame({"left": left, "right": right})


@pytest.fixture(scope="module")
def trained(records: tuple[pd.DataFrame, pd.DataFrame]) -> LinkModel:
    """A model that learned from these records alone."""
    return train(*records, start=untrained(), trained_on="a test", drawn_pairs=200_000)


def probabilities(model: LinkModel, comparison: str) -> pd.DataFrame:
    table = weights(model)
    return table[table["comparison"].eq(comparison)].set_index("level")


def test_training_finds_how_often_records_of_one_child_differ(trained: LinkModel) -> None:
    m = {name: probabilities(trained, name)["m"] for name in ("Sex", "School", "Birth date", "Name")}
    assert m["Sex"]["Sex different"] == pytest.approx(OTHER_SEX, abs=0.02)
    assert m["School"]["School different"] == pytest.approx(OTHER_SCHOOL, abs=0.04)
    assert m["Birth date"]["Birth date the same"] == pytest.approx(1 - OTHER_DAY, abs=0.04)
    assert m["Name"]["Full name the same"] > 0.95


def test_training_finds_how_often_two_children_agree_by_chance(trained: LinkModel) -> None:
    assert probabilities(trained, "Sex")["u"]["Sex the same"] == pytest.approx(0.5, abs=0.02)
    assert probabilities(trained, "School")["u"]["School the same"] == pytest.approx(0.8 / 8, abs=0.04)
    assert probabilities(trained, "Birth date")["u"]["Birth date different"] == pytest.approx(0.9, abs=0.05)


def test_training_says_where_it_learnt_and_what_it_could_not_learn(trained: LinkModel) -> None:
    assert (trained.trained_on, trained.units, trained.pairs) == ("a test", 2 * CHILDREN, 2 * CHILDREN)
    assert set(trained.kept) == {"grade", "middle_name", "e_mail", "home"}
    before = weights(untrained()).set_index(["comparison", "level"])["weight"]
    after = weights(trained).set_index(["comparison", "level"])["weight"]
    for kept in ("Middle name", "E-mail", "Home", "Grade"):
        assert after[kept].tolist() == pytest.approx(before[kept].tolist(), abs=1e-3)


def test_the_number_of_matches_is_found(trained: LinkModel) -> None:
    # Of two records a child each has one more.
    assert trained.matches[KINDS[0]] == pytest.approx(1.0, abs=0.08)


@pytest.mark.full
def test_training_is_the_same_whatever_the_order_of_rows(
    records: tuple[pd.DataFrame, pd.DataFrame], trained: LinkModel
) -> None:
    units, pairs = (one.sample(frac=1, random_state=3) for one in records)
    again = train(units, pairs, start=untrained(), trained_on="a test", drawn_pairs=200_000)
    assert again == trained


def test_a_trained_model_tells_one_child_from_two(
    records: tuple[pd.DataFrame, pd.DataFrame], trained: LinkModel
) -> None:
    units, pairs = records
    likely = score_pairs(units, pairs, trained)["match_probability"] > 0.5
    assert likely[:CHILDREN].mean() > 0.97
    assert likely[CHILDREN:].mean() < 0.01


def test_matches_are_counted_anew_where_fewer_birth_dates_are_told(
    records: tuple[pd.DataFrame, pd.DataFrame], trained: LinkModel
) -> None:
    units, pairs = records
    second = units["unit"] >= CHILDREN
    bare = units.assign(
        **{name: units[name].where(~second, None) for name in ("birth_days", "birth_days_free")}
    )
    counted = with_matches(trained, bare, pairs)
    assert counted.matches[KINDS[1]] == pytest.approx(1.0, abs=0.1)
    assert counted.matches[KINDS[0]] == trained.matches[KINDS[0]]
    assert counted.settings == trained.settings


def test_data_that_teach_nothing_are_refused_in_one_sentence() -> None:
    units = frame(crowd(40))
    strangers = pd.DataFrame({"left": np.arange(20), "right": np.arange(20, 40)})
    with pytest.raises(BadInput, match="weights cannot be trained: among 20 candidate pairs of 40 units"):
        train(units, strangers)
    with pytest.raises(BadInput, match="among 0 candidate pairs"):
        train(units, strangers.iloc[:0])
    with pytest.raises(BadInput, match="weights cannot be trained"):
        train(units.iloc[:1], strangers.iloc[:0])


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = replace(shipped_model(), kept=("home",), accept=0.8)
    assert LinkModel.load(model.save(tmp_path / "models" / "own.json")) == model


def test_a_file_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no model"):
        LinkModel.load(tmp_path / "nowhere.json")
    for text in ("", "[]", '{"settings": {}}', "\xff"):
        path = tmp_path / "odd.json"
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(BadInput, match="holds no model"):
            LinkModel.load(path)


@settings(max_examples=examples(50))
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=120))
def test_commoner_values_are_likelier_and_rare_ones_rarer_than_their_share(values: list[str]) -> None:
    column = pd.Series(values, dtype="string")
    found = frequencies(column, pd.Series(True, index=column.index)).set_index("value")["frequency"]
    counts = column.value_counts().reindex(found.index).astype("float64")
    assert found.iloc[np.argsort(counts, kind="stable")].is_monotonic_increasing
    assert (found <= counts / len(values) + 1e-12).all()
    assert (found > 0).all()


@settings(max_examples=examples(50))
@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_chance_lies_between_what_was_thought_and_what_was_counted(counts: list[int]) -> None:
    before = [0.0001, 0.0099, 0.09, 0.90]
    found = chance_agreement(np.array(counts, dtype="float64"), before, 5.0)
    for count, share, thought in zip(counts, found, before, strict=True):
        seen = count / max(sum(counts), 1)
        assert min(seen, thought) - 1e-12 <= share <= max(seen, thought) + 1e-12
        assert 0 < share < 1


def test_enough_pairs_make_forget_what_was_thought_and_none_leave_it() -> None:
    before = [0.5, 0.5]
    assert chance_agreement(np.array([1e6, 9e6]), before, 5.0) == pytest.approx([0.1, 0.9], rel=1e-4)
    assert chance_agreement(np.array([0.0, 0.0]), before, 5.0) == before
    # One pair of one kind doesn't unsettle the other levels.
    assert chance_agreement(np.array([1.0, 0.0]), [0.0001, 0.9999], 5.0)[0] < 0.0002
