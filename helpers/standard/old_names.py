"""Words that version 0.1.0 wrote for users to give back, each with the word of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "OLD_CROSSWALK_COLUMNS",
    "OLD_CROSSWALK_VALUES",
    "OLD_KEY_COLUMNS",
    "OLD_METHODS",
    "OLD_PURPOSES",
    "OLD_SIMULATED",
    "OLD_SPELLINGS",
    "renamed",
    "respelled",
]

# Linkage methods: --method, notebook parameters.
OLD_METHODS: Mapping[str, str] = {
    "standardised": "standardized",
    "scored": "probabilistic",
    "decided": "resolved",
}

# Systems, their folders and layouts, domains of the policy and indicators.
OLD_SPELLINGS: Mapping[str, str] = {"behaviour": "behavior"}

# Elements that were named by one test: which test a value is of is its system now.
_OLD_ELEMENTS: Mapping[str, str] = {
    **{
        f"{test}_{subject}_{kind}": f"{subject}_{'score' if kind == 'rit' else kind}"
        for test in ("map", "iready")
        for subject in ("math", "reading")
        for kind in ("rit", "score", "percentile", "growth")
    },
    **{f"sat_{part}": f"college_test_{part}" for part in ("total", "math", "reading_writing")},
    **{f"bess_{what}": f"screening_{what}" for what in ("risk", "t_score")},
}

# A crosswalk.csv that `score` judges.
OLD_CROSSWALK_COLUMNS: Mapping[str, str] = {"band": "link_status"}
OLD_CROSSWALK_VALUES: Mapping[str, Mapping[str, str]] = {
    "link_status": {"Sure": "Verified", "Alone": "Unlinked"},
    "silo": OLD_SPELLINGS,
    "step": {"Standardised": "Standardized", "Scored": "Probabilistic"},
}

# Purposes in a consents file.
OLD_PURPOSES: Mapping[str, str] = {"partner programme": "partner program", "counselling": "counseling"}

# The end of the name of a file beside a made sector.
OLD_SIMULATED = "_planted.csv"

# The answer key of a synthetic district.
OLD_KEY_COLUMNS: Mapping[str, str] = {"found_by": "detected_by"}


def renamed(word: str, old: Mapping[str, str]) -> str:
    """Give today's word for a word of 0.1.0; any other word stays.

    >>> renamed("decided", OLD_METHODS), renamed("exact", OLD_METHODS)
    ('resolved', 'exact')
    """
    return old.get(word, word)


def respelled(given: Any) -> Any:
    """Give a name, or a declaration with all its keys and texts, in the spelling of today.

    >>> respelled({"behaviour": ["row", "early_warning_behaviour", 1]})
    {'behavior': ['row', 'early_warning_behavior', 1]}
    >>> respelled(["map_math_rit", "iready_math_score", "sat_total"])
    ['math_score', 'college_test_total']
    """
    if isinstance(given, str):
        for old, new in {**OLD_SPELLINGS, **_OLD_ELEMENTS}.items():
            given = given.replace(old, new)
        return given
    if isinstance(given, Mapping):
        return {respelled(key): respelled(value) for key, value in given.items()}
    if not isinstance(given, list):
        return given
    spelled = [respelled(value) for value in given]
    # Two elements of 0.1.0 can be one element today.
    return spelled if spelled == given else [one for at, one in enumerate(spelled) if one not in spelled[:at]]
