"""Processes that help to make a district begin anew, and tell what went wrong in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.layouts import BadInput
from synthetic_data.workers import Workers, context

HERE = ["this module, as it was imported"]


def write_what_is_here(place: Path) -> None:
    place.write_text("; ".join(HERE), encoding="utf-8")


def refuse(place: Path) -> None:
    raise BadInput(f"{place.name} can't be made.")


def test_a_process_begins_anew_and_takes_no_thread_s_half_done_work_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fork would have this, and every lock that a thread of Arrow holds just now.
    monkeypatch.setattr("tests.synthetic_data.test_workers.HERE", ["what a fork takes along"])
    with Workers(context(), 1, write_what_is_here, tmp_path / "told"):
        pass
    assert (tmp_path / "told").read_text(encoding="utf-8") == "this module, as it was imported"


def test_what_goes_wrong_in_a_process_is_raised_here(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match="silo can't be made"),
        Workers(context(), 1, refuse, tmp_path / "silo"),
    ):
        pass
