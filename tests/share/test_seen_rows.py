"""Names of other children don't stand in what a view says of an event."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.share.visible_values import without_names


@pytest.mark.parametrize("written", ["Hit García López", "Hit García", "Hit López, who fell"])
def test_a_surname_of_two_words_is_taken_out_whole_and_in_part(written: str) -> None:
    (told,) = without_names(pd.Series([written], dtype="string"), ["García López", "de la Cruz"])
    assert told.startswith("Hit …")
    assert "García" not in told
    assert "López" not in told


def test_a_particle_of_a_name_is_no_name() -> None:
    (told,) = without_names(pd.Series(["Ran out de la Cruz saw it"], dtype="string"), ["de la Cruz"])
    assert told == "Ran out de la … saw it"
