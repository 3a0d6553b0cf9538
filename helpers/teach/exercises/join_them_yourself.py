"""Exercises of session C: join two systems' lists by hand, and count what went right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.standard import Measured
from helpers.teach.exercise import Exercise, function_that, rule_error, single

__all__ = ["EXERCISES", "class_of_six", "with_lone_twins"]

SUFFIXES = ("_roster", "_other")
PAIR = ["record_roster", "record_other"]


def class_of_six() -> pd.DataFrame:
    """Return a class list of six, joined by number to a vendor's file of scores."""
    return pd.read_csv(Path(__file__).with_name("six_rows.csv"), dtype="string").astype({"score": "int64"})


def with_lone_twins(roster: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add three pairs of twins of whom each list knows one: a district of this size may have none."""
    twins = [("Ida", "Pia", "Quill"), ("Jon", "Max", "Vance"), ("Amy", "Zoe", "Yates")]
    here, there = (
        pd.DataFrame(
            [
                (f"twin-{side}{place}", f"9900{side}{place}", names[side], names[2], f"2014-03-1{place}")
                for place, names in enumerate(twins)
            ],
            columns=table.columns,
        ).astype(table.dtypes)
        for side, table in enumerate((roster, other))
    )
    return pd.concat([roster, here], ignore_index=True), pd.concat([other, there], ignore_index=True)


# One way to answer each exercise that later cells build on, used until the learner's is right.


def _join_on_number(roster: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return roster.merge(
        other, on="number", how="outer", suffixes=SUFFIXES, validate="one_to_one", indicator=True
    )


def _same_child(joined: pd.DataFrame) -> pd.Series:
    same = [
        joined[f"{part}_roster"].str.casefold().eq(joined[f"{part}_other"].str.casefold())
        for part in ("first", "last")
    ]
    return same[0] & same[1]


def _standardize_name(text: str) -> str:
    letters = [one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one)]
    return " ".join("".join(letters).casefold().split())


def _standardize_number(text: str) -> str:
    return text.removesuffix(".0").lstrip("P ").lstrip("0")


def _standardize_date(text: str) -> datetime | None:
    for order in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, order)
        except ValueError:
            pass
    return None


def _second_pass(roster: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    keys = ["last", "initial", "birth_date"]
    left, right = (
        table.assign(initial=table["first"].str[0]).dropna(subset=keys).drop_duplicates(keys, keep=False)
        for table in (roster, other)
    )
    return left.merge(right, on=keys, how="inner", suffixes=SUFFIXES, validate="one_to_one")


def _count_pairs(found: pd.DataFrame, truth: pd.DataFrame) -> dict[str, int]:
    claimed, real = (set(table[PAIR].itertuples(index=False, name=None)) for table in (found, truth))
    return {
        "right": len(claimed & real),
        "wrong": len(claimed - real),
        "missed": len(real - claimed),
    }


# Small lists on which answers are tried. They aren't the session's, so that nobody can fit an answer to them.

_NAMES = ["record", "number", "first", "last", "birth_date"]
_ROSTER = pd.DataFrame(
    [
        ("r1", "4711", "ana", "ruiz", "2013-03-05"),
        ("r2", "5812", "ben", "okafor", "2014-06-01"),
        ("r3", "6193", "dev", "patel", "2012-11-30"),
        ("r4", "7240", "mia", "stone", "2012-02-11"),
    ],
    columns=_NAMES,
    dtype="string",
)
_OTHER = pd.DataFrame(
    [
        ("o1", "5812", "ben", "okafor", "2014-06-01"),
        ("o2", "4711", "anna", "ruiz pena", "2013-05-03"),
        ("o3", "9001", "zoe", "king", "2015-08-20"),
    ],
    columns=_NAMES,
    dtype="string",
)


def _column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="string")


def _safe_key(answer: object) -> str | None:
    return rule_error(
        answer,
        {
            "four numbers, each of them once": (_column("4711", "5812", "6193", "7240"),),
            "two numbers that differ in a zero": (_column("4711", "04711"),),
            "one number": (_column("4711"),),
        },
        {
            "a number that two children have": (_column("4711", "5812", "4711"),),
            "a number that two children have, one after the other": (_column("4711", "4711", "5812"),),
            "a child without a number": (_column("4711", None, "5812"),),
            "a first child without a number": (_column(None, "5812"),),
            "a number that two children have, and a child without one": (_column("4711", "4711", None),),
            "a column in which every number is missing": (_column(None, None),),
        },
    )


def _joins(answer: object) -> str | None:
    answer = function_that(answer, "of two lists")
    joined = answer(_ROSTER, _OTHER)
    if not isinstance(joined, pd.DataFrame):
        return f"The function should return the joined list; yours returned a {type(joined).__name__}."
    if "_merge" not in joined:
        return (
            "The result has no column _merge, which says on which list each row was. indicator=True adds it."
        )
    ends = [f"{name}{side}" for name in _NAMES if name != "number" for side in SUFFIXES]
    if missing := [name for name in ends if name not in joined]:
        return (
            f'The result has no column {missing[0]}: merge by number alone; suffixes=("_roster", "_other").'
        )
    sides = joined["_merge"].astype(str).value_counts()
    for side, of, rows in (
        ("left_only", "only on the roster", 2),
        ("right_only", "only on the other list", 1),
        ("both", "on both lists", 2),
    ):
        if sides.get(side, 0) != rows:
            tried = Measured("answer_rows", rows)
            return (
                f"We tried it on lists with {tried:count} {of}; yours has {sides.get(side, 0)}. "
                'how="outer" loses nobody.'
            )
    pairs = set(joined.loc[joined["_merge"].astype(str).eq("both"), PAIR].itertuples(index=False, name=None))
    if pairs != {("r1", "o2"), ("r2", "o1")}:
        return (
            "Columns that end in _roster should have what the roster says, and the others the other list: "
            "which suffix comes first?"
        )
    return _unstopped(answer)


def _unstopped(answer: Any) -> str | None:
    """Say on which list a repeated number doesn't stop a merge."""
    for place in (0, -1):  # a number that both lists have in one of the two, and one that the other lacks
        for left, right, where in (
            (_ROSTER, pd.concat([_OTHER, _OTHER.iloc[[place]]], ignore_index=True), "the other list"),
            (pd.concat([_ROSTER, _ROSTER.iloc[[place]]], ignore_index=True), _OTHER, "the roster"),
        ):
            try:
                answer(left, right)
            except Exception:  # a MergeError, or an error of one's own
                continue
            return f"A number was on {where} twice, and nothing stopped the merge: let validate test it."
    return None


# Six records of one class, as two systems write the same child: the test's file is in capitals.
_RIGHT_ROWS = pd.DataFrame(
    [
        ("Ana", "Ruiz", "ANA", "RUIZ"),
        ("Ben", "Okafor", "BEN", "OKAFOR"),
        ("Bea", "Okafor", "BEA", "OKAFOR"),
        ("Dev", "Patel", "DEV", "PATEL"),
        ("Noé", "Lefèvre", "NOÉ", "LEFÈVRE"),
    ],
    columns=["first_roster", "last_roster", "first_other", "last_other"],
    dtype="string",
)


def _with_row(*names: str) -> pd.DataFrame:
    """Return right rows, and one more."""
    return pd.concat(
        [_RIGHT_ROWS, pd.DataFrame([names], columns=_RIGHT_ROWS.columns, dtype="string")], ignore_index=True
    )


def _flags(answer: Any, rows: pd.DataFrame) -> list[bool] | None:
    """Return what an answer says of each row, or nothing if it isn't one True or False a row."""
    returned = answer(rows)
    if isinstance(returned, str | Mapping | pd.DataFrame) or not isinstance(returned, Iterable):
        return None
    flags = [False if _missing(one) else one for one in returned]
    fits = len(flags) == len(rows) and all(isinstance(one, bool | np.bool_) for one in flags)
    return [bool(one) for one in flags] if fits else None


def _agree(answer: object) -> str | None:
    answer = function_that(answer, "that takes joined rows")
    if _flags(answer, _RIGHT_ROWS) is None:
        return (
            "Give a column with one True or False for each joined row; yours returned a "
            f"{type(answer(_RIGHT_ROWS)).__name__}. A line such as rows[...].eq(rows[...]) gives one."
        )

    def every_row(rows: pd.DataFrame) -> bool:
        return all(_flags(answer, rows) or [False])

    six = class_of_six()
    strangers = {
        "a row with two first names and two surnames": (_with_row("Mia", "Nguyen", "TYRELL", "MOORE"),),
        "a row with one surname and two first names, such as brothers have": (
            _with_row("Ben", "Okafor", "BEA", "OKAFOR"),
        ),
        "a row with one first name and two surnames": (_with_row("Mia", "Nguyen", "MIA", "STONE"),),
        "a row with first name and surname of another child each": (
            _with_row("Ben", "Ruiz", "ANA", "PATEL"),
        ),
        "a row of two names that begin alike": (_with_row("Ann", "Lee", "ANNA", "LEEDS"),),
        "the class of six": (six[_RIGHT_ROWS.columns],),
    }
    if trouble := rule_error(
        every_row,
        {
            "right rows, such as Ana Ruiz with ANA RUIZ": (_RIGHT_ROWS,),
            "names in small letters on one side": (_RIGHT_ROWS.apply(lambda names: names.str.lower()),),
            "a right row": (_RIGHT_ROWS.head(1),),
        },
        strangers,
    ):
        return trouble
    one_stranger = _with_row("Mia", "Nguyen", "TYRELL", "MOORE").iloc[::-1].reset_index(drop=True)
    if _flags(answer, one_stranger) != [False] + [True] * len(_RIGHT_ROWS):
        return "One of six rows was of two children. Say False for that row only: no .all(), no .any()."
    for column in _RIGHT_ROWS.columns:
        with suppress(Exception):  # a later cell takes out rows without a name: no answer has to
            unnamed = _RIGHT_ROWS.assign(**{column: _RIGHT_ROWS[column].mask(_RIGHT_ROWS.index == 0)})
            if every_row(unnamed):
                return "It lets through a row without a name on one side: nothing confirms that row."
    return None


def _missing(one: Any) -> bool:
    return (isinstance(one, str) and one == "") or (pd.api.types.is_scalar(one) and bool(pd.isna(one)))


def _spelled(text: object) -> str:
    """Write a text so that a reply shows each of its spaces."""
    return repr(text).replace("  ", "␣␣").replace("' ", "'␣").replace(" '", "␣'")


def _groups_error(
    answer: object, same: Iterable[tuple[str, ...]], different: Iterable[tuple[str, str]]
) -> str | None:
    """Try a function of one text: each group must become equal, each pair stay different."""
    answer = function_that(answer, "of one text")
    for group in same:
        first, *others = ((text, answer(text)) for text in group)
        if _missing(first[1]):
            return f"Nothing is left of {_spelled(first[0])}."
        for text, made in others:
            if isinstance(made, type) or made != first[1]:
                return (
                    f"{_spelled(first[0])} and {_spelled(text)} are one, and yours gives "
                    f"{_spelled(first[1])} and {_spelled(made)}."
                )
    for left, right in different:
        if answer(left) == answer(right):
            return f"{left!r} and {right!r} differ, and yours makes both {_spelled(answer(left))}."
    return None


def _names(answer: object) -> str | None:
    if callable(answer) and not isinstance(made := answer("Ana"), str):
        return f"Return a text; yours returned a {type(made).__name__}."
    return _groups_error(
        answer,
        (
            ("Ruiz", "RUIZ", "ruiz"),
            ("ana maria", " Ana  Maria ", "Ana Maria"),
            ("lefevre", "Lefèvre", "Lefe\u0300vre", "LEFÈVRE"),
            ("nunez", "Núñez"),
        ),
        (
            ("Ana", "Anna"),
            ("Ana Maria", "Anamaria"),
            ("Ben", "Bea"),
            # Every word counts, the first and the last, and their order.
            ("Ana Maria", "Ana"),
            ("Ana Maria", "Maria"),
            ("Ana Maria", "Ana Marie"),
            ("Ana Maria", "Eva Maria"),
            ("Ana Maria", "Ada Maria"),
            ("Ana Maria", "Maria Ana"),
            ("Ana Maria Ruiz", "Ana Ruiz"),
            ("Alexander", "Alexandra"),
            ("Núñez", "Muñoz"),
            ("Noé", "No"),
        ),
    )


def _numbers(answer: object) -> str | None:
    trouble = _groups_error(
        answer,
        (
            ("4711", "004711", "04711"),
            ("4711", "4711.0"),
            ("4711", "P004711", "P 4711"),
            ("4700", "4700.0", "004700"),
            ("100", "100.0"),
        ),
        (("4711", "47110"), ("47", "470"), ("4711", "4712"), ("1001", "11"), ("123456", "923456")),
    )
    if trouble is None:
        try:
            answer("0")  # type: ignore[operator]  # callable, as tried above
        except Exception as error:
            return f"Some rows have '0' for a number, and yours stops there with a {type(error).__name__}."
    return trouble


def _dates(answer: object) -> str | None:
    if trouble := _groups_error(
        answer,
        (
            ("2013-03-05", "03/05/2013", "3/5/2013"),
            ("2012-12-31", "12/31/2012"),
            ("2015-01-09", "1/9/2015", "01/09/2015"),
        ),
        (("03/05/2013", "05/03/2013"), ("2013-03-05", "2013-05-03")),
    ):
        return trouble
    for text in ("unknown", "2013-02-31", "", "13/13/2013", "25/12/2013", "5 March 2013", "20130305"):
        try:
            made = answer(text)  # type: ignore[operator]  # callable, as tried above
        except Exception as error:
            return f"{text!r} is no date, and yours stops with a {type(error).__name__}: return None for it."
        if not _missing(made):
            return f"{text!r} is in neither order, and yours makes {made!r} of it: a guess. Return None."
    return None


def _nobody_merged(answer: object) -> str | None:
    twice = _column("04", "04", "05")
    return rule_error(
        answer,
        {
            "numbers that lost their zeros": (
                _column("004711", "005812", "061930"),
                _column("4711", "5812", "61930"),
            ),
            "numbers that didn't change": (_column("4711", "5812"), _column("4711", "5812")),
            "a number that was there twice before": (twice, _column("4", "4", "5")),
            "a number that was missing before, too": (_column("04", None), _column("4", None)),
        },
        {
            "two numbers that became one": (_column("4711", "47110"), _column("4711", "4711")),
            "two numbers that became one, next to others": (
                _column("4711", "5812", "6193", "47110"),
                _column("4711", "5812", "6193", "4711"),
            ),
            "three numbers that became one": (_column("47", "470", "4700"), _column("47", "47", "47")),
            "two numbers that became one, where another was there twice before": (
                _column("04", "04", "4711", "47110"),
                _column("4", "4", "4711", "4711"),
            ),
            "two numbers that became one, and each was there twice before": (
                _column("47", "47", "470", "470"),
                _column("47", "47", "47", "47"),
            ),
            "two numbers that became one, where another is missing": (
                _column("4711", None, "47110"),
                _column("4711", None, "4711"),
            ),
        },
    )


def _rows(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=_NAMES, dtype="string")


_LEFT_ROSTER = _rows(
    ("r1", "1", "ana", "ruiz", "2013-03-05"),
    ("r2", None, "robert", "king", "2014-06-01"),
    ("r3", "3", "noah", "reed", "2012-11-30"),
    ("r4", "4", "nina", "reed", "2012-11-30"),
    ("r5", "5", "zoe", "lee", None),
    ("r6", "6", "omar", "haddad", "2012-02-02"),
    ("r7", "7", "ivy", "stone", "2015-05-05"),
    ("r8", "8", "ida", "quill", "2014-03-10"),
    ("r9", "9", "kim", "cole", "2013-09-09"),
)
_LEFT_OTHER = _rows(
    ("o1", "91", "ana", "ruiz", "2013-03-05"),
    ("o2", "92", "rob", "king", "2014-06-01"),
    ("o3", "93", "noah", "reed", "2012-11-30"),
    ("o4", "94", "zoe", "lee", None),
    ("o5", "95", "omar", "haddad", "2012-12-02"),
    ("o6", "96", "ivy", "stone", "2015-05-05"),
    ("o7", "97", "ivy", "stone", "2015-05-05"),
    ("o8", "98", "pia", "quill", "2014-03-10"),
    ("o9", "99", "kai", "boyd", "2013-09-09"),
)


def _second(answer: object) -> str | None:
    answer = function_that(answer, "of two lists")
    made = answer(_LEFT_ROSTER, _LEFT_OTHER)
    if not isinstance(made, pd.DataFrame) or any(name not in made for name in PAIR):
        return f"Return a table with the columns {' and '.join(PAIR)}, as a merge with suffixes gives it."
    pairs = set(made[PAIR].itertuples(index=False, name=None))
    for pair, trouble in (
        (
            ("r3", "o3"),
            "Noah and Nina Reed are twins: two on the roster fit one record, so nobody may choose.",
        ),
        (
            ("r4", "o3"),
            "Noah and Nina Reed are twins: two on the roster fit one record, so nobody may choose.",
        ),
        (
            ("r7", "o6"),
            "Two records of the other list fit Ivy Stone: link only what is unique on both sides.",
        ),
        (
            ("r7", "o7"),
            "Two records of the other list fit Ivy Stone: link only what is unique on both sides.",
        ),
        (("r5", "o4"), "Two missing birth dates agree on nothing, and a merge takes them for equal."),
        (("r6", "o5"), "Omar Haddad has two birth dates here: they should agree."),
        (
            ("r8", "o8"),
            "Ida and Pia Quill are twins, and each list has one of them: the initial tells them apart.",
        ),
        (("r9", "o9"), "Kim Cole and Kai Boyd share a birth date and an initial: surnames should agree."),
    ):
        if pair in pairs:
            return trouble
    if ("r2", "o2") not in pairs:
        return "Robert King and Rob King have one surname, initial and birth date: they should be linked."
    few = answer(_LEFT_ROSTER.iloc[[0, 5]], _LEFT_OTHER.iloc[[0]])
    for expected, found in (
        ({("r1", "o1"), ("r2", "o2")}, pairs),
        ({("r1", "o1")}, set(few[PAIR].itertuples(index=False, name=None))),
    ):
        if found != expected:
            tried = Measured("answer_pairs", len(expected))
            return f"We expected {tried:count} on lists that we tried, and yours has {len(found)}."
    return None


def _pairs(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=PAIR, dtype="string")


_TRUE_PAIRS = _pairs(("r1", "o1"), ("r2", "o2"), ("r3", "o3"), ("r4", "o4"), ("r5", "o5"))
_FOUND_PAIRS = _pairs(("r1", "o1"), ("r2", "o3"), ("r3", "o2"), ("r9", "o4"), ("r5", "o5"), ("r8", "o8"))


def _counts(answer: object) -> str | None:
    answer = function_that(answer, "of found pairs and true pairs")
    for found, expected in (
        (_FOUND_PAIRS, {"right": 2, "wrong": 4, "missed": 3}),
        (_TRUE_PAIRS.iloc[::-1].reset_index(drop=True), {"right": 5, "wrong": 0, "missed": 0}),
        (_TRUE_PAIRS.iloc[1:3].reset_index(drop=True), {"right": 2, "wrong": 0, "missed": 3}),
        (_pairs(("r1", "o2"), ("r8", "o9")), {"right": 0, "wrong": 2, "missed": 5}),
    ):
        counts = answer(found, _TRUE_PAIRS)
        if isinstance(counts, pd.Series):
            counts = counts.to_dict()
        if not isinstance(counts, Mapping) or set(counts) != set(expected):
            return 'Return a dictionary: {"right": ..., "wrong": ..., "missed": ...}.'
        counts = {name: single(number) for name, number in counts.items()}
        if counts["missed"] == abs(len(_TRUE_PAIRS) - len(found)) != expected["missed"]:
            return "A wrong pair doesn't make up for a missed one: missed are true pairs that weren't found."
        for name, count in expected.items():
            if counts[name] != count:
                return (
                    f"Found: {len(found)}; true: {len(_TRUE_PAIRS)}. Of these pairs, {count} are {name}; "
                    f"yours says {counts[name]}. A pair is right only if both of its records belong together."
                )
    return None


_SCORED = pd.DataFrame(
    {
        "probability": [0.999, 0.99, 0.97, 0.938, 0.934, 0.908, 0.803, 0.604, 0.4],
        "right": [True, True, True, True, False, True, True, True, False],
    }
)


def _lowest(scored: pd.DataFrame, share: float) -> float:
    """Return the lowest threshold that keeps to a share of wrong pairs, trying each."""
    safe = [
        line
        for line in scored["probability"]
        if (~scored.loc[scored["probability"].ge(line), "right"]).mean() <= share
    ]
    return float(min(safe))


def _line(answer: object) -> str | None:
    answer = function_that(answer, "of scored pairs and a share")
    shuffled = _SCORED.sample(frac=1, random_state=np.random.default_rng(1))
    tied = pd.DataFrame({"probability": [0.99, 0.907, 0.907], "right": [True, True, False]})
    worse = pd.DataFrame(
        {"probability": [0.9, 0.8, 0.7, 0.6, 0.5], "right": [True, True, False, False, False]}
    )
    for scored, share in (
        (_SCORED, 0.0),
        (_SCORED, 0.15),
        (shuffled, 0.15),
        (_SCORED, 0.5),
        (tied, 0.0),
        (worse, 0.4),
    ):
        line = single(answer(scored, share))
        if isinstance(line, bool) or not isinstance(line, int | float | np.number):
            return f"A threshold is one number; yours returned a {type(line).__name__}."
        kept = scored[scored["probability"] >= float(line)]
        wrong = float((~kept["right"]).mean()) if len(kept) else 0.0
        if wrong > share:
            linked = Measured("answer_pairs", len(kept))
            return (
                f"At most {100 * share:.0f} of 100 may be wrong. From {float(line):g} on, "
                f"{int((~kept['right']).sum())} of {linked:count} are."
            )
        could = int((scored["probability"] >= _lowest(scored, share)).sum())
        if could > len(kept):
            more = Measured("answer_pairs", could - len(kept))
            return (
                f"Safe, but at most {100 * share:.0f} of 100 may be wrong, and {more:count} more "
                "could be linked within that. Try every probability as the threshold."
            )
    return None


EXERCISES = (
    Exercise(
        number="C.1",
        asks="Say what must be true of a column of numbers before you merge by it, then test it.",
        hints=(
            "Two things make a number useless as a key: nobody has written it, or two children have it.",
            "A column knows .notna() and .is_unique. Which of them needs .all()?",
            "numbers.notna().all() and numbers.is_unique",
        ),
        check=_safe_key,
        assertion=True,
    ),
    Exercise(
        number="C.2",
        asks="Merge two lists by number, so that a repeated number stops it and nobody gets lost.",
        hints=(
            "merge takes how, on, validate, indicator and suffixes. Say all five.",
            'Nobody gets lost: how="outer". A repeated number stops it: validate="one_to_one".',
            'roster.merge(other, on="number", how=..., suffixes=("_roster", "_other"), validate=..., '
            "indicator=True)",
        ),
        check=_joins,
        stand_in=_join_on_number,
    ),
    Exercise(
        number="C.3",
        asks="Say what must be true of each joined row if it is one child, then test it in one line.",
        hints=(
            "The number brought the row together, so it can't be the witness. What else do both sides have?",
            "Brothers share a surname, and namesakes a first name: one of them alone isn't enough.",
            "rows['first_roster'].str.casefold().eq(rows['first_other'].str.casefold()), the same for last, "
            "and & between them.",
        ),
        check=_agree,
        stand_in=_same_child,
        assertion=True,
    ),
    Exercise(
        number="C.4",
        asks="Write a name in one way: capitals, accents and spaces make no other child.",
        hints=(
            'casefold() takes capitals away, and " ".join(text.split()) spaces.',
            'unicodedata.normalize("NFD", text) writes é as e and an accent, two characters.',
            "unicodedata.combining(one) is true for an accent: keep the other characters, and join them.",
        ),
        check=_names,
        stand_in=_standardize_name,
    ),
    Exercise(
        number="C.5",
        asks="Write a number in one way: without zeros in front, .0 behind, or a letter P.",
        hints=(
            "Zeros at the end belong to the number, those at the beginning don't.",
            'text.removesuffix(".0") takes .0 from the end only; strip(".0") takes every zero there, too.',
            'text.removesuffix(".0").lstrip("P ").lstrip("0")',
        ),
        check=_numbers,
        stand_in=_standardize_number,
    ),
    Exercise(
        number="C.6",
        asks="Read a date in two orders, and nothing else.",
        hints=(
            "2013-03-05 has the year first; 3/5/2013 has the month first. What is neither isn't guessed.",
            'datetime.strptime(text, "%Y-%m-%d") raises a ValueError if the text isn\'t so: try one order, '
            "then the other.",
            'pd.to_datetime(text, format="%m/%d/%Y", errors="coerce") returns NaT where it can\'t read.',
        ),
        check=_dates,
        stand_in=_standardize_date,
    ),
    Exercise(
        number="C.7",
        asks="Say what must be true after standardizing a system's numbers, then test it.",
        hints=(
            "Standardizing should bring two systems together. What must it never do within one system?",
            "Two numbers that differed must still differ: nunique() counts different ones.",
            "return before.nunique() == after.nunique()",
        ),
        check=_nobody_merged,
        assertion=True,
    ),
    Exercise(
        number="C.8",
        asks="Link what is left by surname, initial and birth date, where one record fits on each side.",
        hints=(
            'table["first"].str[0] is the initial: assign it to both lists.',
            "Drop rows without a birth date (dropna), then drop every key that appears twice, on each side.",
            'drop_duplicates(keys, keep=False) keeps none of the twins; then merge on keys, how="inner".',
        ),
        check=_second,
        stand_in=_second_pass,
    ),
    Exercise(
        number="C.9",
        asks="Count right, wrong and missed pairs against the answer key.",
        hints=(
            "A pair is two records together: compare both columns at once.",
            "Make a set of pairs of each table: set(zip(found['record_roster'], found['record_other'])).",
            "right = both sets (&), wrong = found - true, missed = true - found; count with len.",
        ),
        check=_counts,
        stand_in=_count_pairs,
    ),
    Exercise(
        number="C.10",
        asks="From which probability on do you link, if a given share may be wrong?",
        hints=(
            "Try one threshold: which pairs does it link, and what share of them is wrong?",
            "Only the probabilities in the table matter: try each of them, and keep those within the share.",
            'The lowest of these links most. (~scored.loc[scored["probability"] >= line, "right"]).mean()',
        ),
        check=_line,
    ),
)
