"""Names of other children don't stand in what a view says of an event."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.share.visible_values import name_parts, without_words


@pytest.mark.parametrize("written", ["Hit García López", "Hit García", "Hit López, who fell"])
def test_a_surname_of_two_words_is_taken_out_whole_and_in_part(written: str) -> None:
    parts = name_parts(["García López", "de la Cruz"])
    (told,) = without_words(pd.Series([written], dtype="string"), parts)
    assert told.startswith("Hit …")
    assert "García" not in told
    assert "López" not in told


def test_a_particle_of_a_name_is_no_name() -> None:
    written = pd.Series(["Ran out de la Cruz saw it"], dtype="string")
    (told,) = without_words(written, name_parts(["de la Cruz"]))
    assert told == "Ran out de la … saw it"
