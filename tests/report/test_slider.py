"""A slider over results: moving it shows another one, and without a kernel all are there at once."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.report import answer, slider, table

POSITIONS = {"0.1": answer("**9** joined"), "0.5": answer("**5** joined"), "0.9": answer("**1** joined")}
STILL = table(pd.DataFrame({"from": list(POSITIONS), "joined": [9, 5, 1]}), "Joined from a probability on")


def test_moving_the_handle_shows_what_follows() -> None:
    handle, shown = slider("Join from", POSITIONS, STILL, start="0.5").widget().children
    assert list(handle.options) == list(POSITIONS)
    assert "<strong>5</strong> joined" in shown.value
    handle.value = "0.9"
    assert "<strong>1</strong> joined" in shown.value
    assert "<strong>5</strong>" not in shown.value


def test_a_saved_page_has_every_position_and_no_slider() -> None:
    still = slider("Join from", POSITIONS, STILL)._repr_mimebundle_()["text/html"]
    assert all(at in still for at in POSITIONS)
    assert "widget" not in still


@pytest.mark.parametrize(("positions", "start"), [({}, ""), (POSITIONS, "0.7")])
def test_a_position_that_is_not_there_is_refused(positions: dict[str, object], start: str) -> None:
    with pytest.raises(ValueError, match="no position"):
        slider("Join from", positions, STILL, start=start)  # type: ignore[arg-type]
