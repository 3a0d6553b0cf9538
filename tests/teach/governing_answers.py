"""Exercises of notebook 11: what they are given, right answers, and wrong ones with words of the reply."""

from __future__ import annotations

from typing import Any

import pandas as pd

SCORES = pd.DataFrame(
    {
        "element": ["last_surname", "birth_date"],
        "changed": pd.array([9, 2], dtype="Int64"),
        "made_right": pd.array([1, 1], dtype="Int64"),
        "made_wrong": pd.array([5, 0], dtype="Int64"),
    }
)
MONTHS = pd.DataFrame(
    {
        "end": ["easy"] * 3 + ["likely"] * 3 + ["hard"] * 3,
        "month": pd.array([1, 2, 3] * 3, dtype="Int64"),
        "schools_with_coach": pd.array([2, 4, 4, 0, 2, 4, 0, 0, 2], dtype="Int64"),
    }
)
GIVEN: dict[str, dict[str, Any]] = {
    "11.1": {"scores": SCORES},
    "11.2": {},
    "11.3": {},
    "11.4": {"months": MONTHS, "schools": 4},
}
RIGHT: dict[str, list[Any]] = {
    "11.1": [-3],
    "11.2": [
        "The SIS owns the roster, because the registrar there sees the certificate; only she ends a child, "
        "on the same day, and everybody else calls her.",
        "Attendance owns it since it hears first who is gone: the clerk ends the child by Friday, others "
        "e-mail her and change nothing.",
    ],
    "11.3": [
        "Every row carries the district number from July on; each morning a script counts those without, and "
        "if there is one the vendor mends it at its own cost.",
        "The export comes by 6:00 every weekday, with codes of the district. Our steward checks it; "
        "otherwise the fee of that month is cut, and they fix it within a week.",
    ],
    "11.4": [2],
}
WRONG: dict[str, list[tuple[Any, str]]] = {
    "11.1": [
        (3, "The other way round"),
        (11, "Changed isn't better"),
        (2, "Subtract those"),
        (0, "Add up made_right"),
        (-3.0, "whole number"),
    ],
    "11.2": [
        ("The SIS owns it.", "words are a label"),
        (
            "The SIS owns the roster, because the registrar sees the certificate, and she ends a child.",
            "by when",
        ),
    ],
    "11.3": [
        ("Good data in time.", "words are a label"),
        (
            "Every row of the export carries the district number as text from the first of July onwards.",
            "how you notice",
        ),
    ],
    "11.4": [
        (1, "easy end"),
        (3, "hard end"),
        (0, "first month"),
        ("2", "whole number"),
    ],
}
