"""The volunteers that come with the kit are those that the generator makes."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from helpers.sector import read_sector
from helpers.sector.report import KIT_VOLUNTEERS
from synthetic_data.sector import load_sector, make_sector


@pytest.mark.full
def test_they_are_made_again_by_their_settings() -> None:
    """Where this fails: bigpicture make-sector helpers/sector/kit_volunteers --sector volunteers."""
    read = read_sector(KIT_VOLUNTEERS)
    about = json.loads((KIT_VOLUNTEERS / "sector.json").read_text(encoding="utf-8"))
    settings = load_sector("volunteers", seed=about["seed"])
    assert about["settings"] == settings.model_dump(mode="json")
    made = make_sector(settings)
    assert read.findings.empty
    pd.testing.assert_frame_equal(read.frame, made.frame)
    pd.testing.assert_frame_equal(read.simulated, made.simulated, rtol=1e-6)
