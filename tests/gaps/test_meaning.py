"""Codes of two systems: what differs, what has no counterpart, and what is lost there and back."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.files import District
from helpers.gaps import code_crosswalk, measure_gaps
from helpers.gaps.measures.codes import ANOTHER_SPELLING, NO_CODE, NOT_UNDERSTOOD
from helpers.report.pages.gap_tables import crosswalk_table, lost_codes
from helpers.share.guard import MASK, Guard
from tests.district_by_hand import district, links
from tests.gaps.test_scorecard import figures
from tests.gaps.written_by_hand import written_silo

GRADES = {"KG": "KG", "K": "KG", "01": "01", "TK": "TK"}
BARE = {"K": "KG", "1": "01"}


@pytest.fixture(scope="module")
def two() -> District:
    """The roster writes KG, now and then K, and TK; the clubs know neither TK nor what 1st is."""
    column = {"name": "grade", "type": "code"}
    sis = written_silo(
        "sis",
        [column | {"codes": GRADES}],
        {"grade_level": "grade"},
        codes={("grade", "KG"): ("KG", 6), ("grade", "K"): ("KG", 2), ("grade", "01"): ("01", 8),
               ("grade", "TK"): ("TK", 4)},
    )  # fmt: skip
    clubs = written_silo(
        "clubs",
        [column | {"codes": BARE}],
        {"grade_level": "grade"},
        codes={("grade", "K"): ("KG", 5), ("grade", "1"): ("01", 3), ("grade", "1st"): (None, 2)},
    )
    return district(sis, clubs)


@pytest.fixture(scope="module")
def card(two: District) -> pd.DataFrame:
    who = {(name, f"{name}{at}"): f"c{at}" for name in ("sis", "clubs") for at in range(4)}
    return measure_gaps(two, links(who))


def test_each_code_goes_there_and_back(two: District) -> None:
    walk = code_crosswalk(two)
    mine = walk[walk["left_silo"].eq("sis")].set_index("left_written")
    assert mine["right_written"].fillna("").to_dict() == {"KG": "K", "K": "K", "01": "1", "TK": ""}
    assert mine["comes_back"].to_dict() == {"KG": True, "K": False, "01": True, "TK": False}
    assert mine["why"].dropna().to_dict() == {"K": ANOTHER_SPELLING, "TK": NO_CODE}
    theirs = walk[walk["left_silo"].eq("clubs")].set_index("left_written")
    assert theirs["why"].dropna().to_dict() == {"1st": NOT_UNDERSTOOD}


def test_the_loss_is_counted_in_rows(card: pd.DataFrame) -> None:
    lost = figures(card, "left codes that don't come back", "sis", "clubs", "grade_level")
    assert (lost.numerator, lost.denominator, lost.is_limit) == (6, 20, False)
    assert (lost.example_file, lost.example_row) == ("sis/list.csv", 2)
    bare = figures(card, "left codes without a counterpart", "sis", "clubs", "grade_level")
    # TK is missing from the other system's code set: nobody here can mend that.
    assert (bare.numerator, bare.is_limit) == (4, True)
    other = figures(card, "right codes that don't come back", "sis", "clubs", "grade_level")
    assert (other.numerator, other.denominator, other.is_limit) == (2, 10, False)
    differ = figures(card, "codes written differently", "sis", "clubs", "grade_level")
    assert (differ.value, differ.denominator) == (2, 2)


def test_of_a_real_folder_small_numbers_and_unknown_codes_are_hidden(two: District) -> None:
    walk = code_crosswalk(two)
    shown = crosswalk_table(walk, two.layouts, Guard(real=True))
    assert shown.loc[shown["means"].eq("nobody knows"), "writes"].tolist() == [MASK]
    assert shown["rows"].isna().all()
    lost = lost_codes(walk, two.layouts, Guard(real=False))
    assert lost["writes"].tolist() == ["TK", "K", "1st"]


def test_systems_that_write_no_code_have_no_crosswalk() -> None:
    plain = written_silo("sis", [{"name": "name"}], {"first_name": "name"})
    assert code_crosswalk(district(plain)).empty
