"""Exercises on a lookup by number: five rows by hand, then a district."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from helpers.standard import Measured
from helpers.teach.exercise import Exercise, count_of, function_that, rule_error, single, with_columns

__all__ = ["EXERCISES", "with_blanks"]

# A rule may stop some right pairs, because a person can let them through; not more than this share.
MOST_RIGHT_STOPPED = 0.2


def _looked_up(answer: object, *, roster: pd.DataFrame, lunch_line: pd.DataFrame) -> str | None:
    answer = function_that(answer, "of two lists that returns them merged")
    stranger = roster.tail(1).assign(child="Eli", number="9001")
    cases = (
        (roster, lunch_line),
        (roster.iloc[::-1].reset_index(drop=True), lunch_line.iloc[1:].reset_index(drop=True)),
        (pd.concat([roster, stranger], ignore_index=True), lunch_line),
    )
    for children, line in cases:
        if trouble := _lookup_error(answer(children, line), roster=children, lunch_line=line):
            return trouble
    return _untested_key(answer, roster, lunch_line)


def _untested_key(answer: Callable[..., Any], roster: pd.DataFrame, lunch_line: pd.DataFrame) -> str | None:
    """Say on which list a number may appear twice without stopping the lookup."""
    # Once a number that both lists have, and once a number that the other list lacks.
    repeats = [
        (pd.concat([roster, roster.iloc[[place]]], ignore_index=True), lunch_line, "the roster")
        for place in (0, len(roster) - 1)
    ] + [
        (roster, pd.concat([lunch_line, lunch_line.iloc[[place]]], ignore_index=True), "the lunch line")
        for place in (0, len(lunch_line) - 1)
    ]
    for children, line, where in repeats:
        try:
            answer(children, line)
        except Exception:  # a MergeError, or an error of one's own
            continue
        return f"A number was on {where} twice, and nothing stopped the lookup: let validate test the keys."
    return None


def _lookup_error(answer: object, *, roster: pd.DataFrame, lunch_line: pd.DataFrame) -> str | None:
    if not isinstance(answer, pd.DataFrame):
        return f"Return the merged table; yours returned a {type(answer).__name__}."
    answer = with_columns(answer, ["number", "child", "owes"])
    if lacking := [name for name in ("number", "child", "owes") if name not in answer.columns]:
        return f"Your table has no column {lacking[0]!r}. Merge the roster with the lunch line on 'number'."
    lost = sorted(set(roster["child"]) - set(answer["child"].dropna()))
    if lost:
        return f"{lost[0]} is gone. A child who wasn't found is news, too: which `how` leaves nobody out?"
    if len(answer) != len(roster):
        rows, children = Measured("answer_rows", len(answer)), Measured("answer_children", len(roster))
        return f"Your table has {rows:count} for {children:count}. Keep the children of the roster."
    owed = lunch_line.set_index("number")["owes"]
    numbers = roster.set_index("child")["number"]
    for row in answer.to_dict("records"):
        due = owed.get(numbers[row["child"]])
        if (due is None) != pd.isna(row["owes"]) or (due is not None and due != row["owes"]):
            return (
                f"Look at {row['child']}: by the number {numbers[row['child']]}, the lunch line doesn't say "
                "that."
            )
    found = answer["number"].isin(lunch_line["number"])
    others = [name for name in answer.columns if name not in {*roster.columns, *lunch_line.columns}]
    if not any(_distinguishes(answer[name].astype(str), found) for name in others):
        return (
            "Nobody can see which rows found something. Which argument of merge adds a column that says so?"
        )
    return None


def _distinguishes(column: pd.Series, found: pd.Series) -> bool:
    """Check whether a column has one word for rows that were found and another one for the rest."""
    there, away = set(column[found]), set(column[~found])
    return len(there) == 1 and len(away) <= 1 and not there & away


def _finds_nobody(answer: object, *, roster: pd.DataFrame, lunch_line: pd.DataFrame) -> str | None:
    answer = single(answer)
    if not isinstance(answer, str):
        return f"Give one name as text, in quotes; yours is a {type(answer).__name__}."
    spelled = {name.casefold(): name for name in [*roster["child"], *lunch_line["account_of"]]}
    answer = spelled.get(answer.strip().casefold(), answer)
    names = set(lunch_line["account_of"])
    missing = set(roster["child"]) - names
    if answer in missing:
        return None
    if answer in names - set(roster["child"]):
        return f"{answer} is on the lunch line only (right_only). Which child of the roster has no line?"
    numbers = set(lunch_line["number"])
    if answer in set(roster.loc[~roster["number"].isin(numbers), "child"]):
        return f"{answer} wasn't found by number. By name there is a line. Who has none?"
    if answer in names:
        return f"{answer} is on both lists (both)."
    return f"No list has {answer!r}."


def _key_is_safe(answer: object) -> str | None:
    def keys(*values: str | None) -> tuple[pd.Series]:
        return (pd.Series(values, dtype="string"),)

    return rule_error(
        answer,
        holds={
            "four different numbers": keys("4711", "5812", "5813", "6193"),
            "numbers in no order": keys("6193", "4711", "5812"),
            "one number": keys("4711"),
            "two numbers that differ in a zero": keys("4711", "04711"),
        },
        breaks={
            "a number that appears twice": keys("5812", "4711", "5812"),
            "a number that appears twice, one row after the other": keys("4711", "4711", "5812"),
            "a missing number": keys("4711", None, "5813"),
            "a missing number in the first row": keys(None, "4711"),
            "two missing numbers": keys("4711", None, None),
            "a number that appears twice, and a missing one": keys("4711", "4711", None),
        },
    )


def _once_each(answer: object, *, roster: pd.DataFrame) -> str | None:
    joined = roster[["number", "child"]].assign(owes=range(len(roster)))
    first, last = joined.iloc[:1], joined.iloc[-1:]
    # A stranger has another number and another name: a rule may compare either.
    stranger = last.assign(number="9001", child="Eli")
    return rule_error(
        answer,
        holds={
            "every child once": (roster.copy(), joined.copy()),
            "every child once, in another order": (roster.copy(), joined.iloc[::-1].reset_index(drop=True)),
            "every child once, of a roster in no order": (
                pd.concat([roster.iloc[2:], roster.iloc[:2]], ignore_index=True),
                pd.concat([joined.iloc[3:], joined.iloc[:3]], ignore_index=True),
            ),
        },
        breaks={
            "a child twice": (roster.copy(), pd.concat([joined, first], ignore_index=True)),
            "a child who is gone": (roster.copy(), joined.iloc[:-1].copy()),
            "one child twice and another gone": (
                roster.copy(),
                pd.concat([joined.drop(last.index), first], ignore_index=True),
            ),
            "the first child gone": (roster.copy(), joined.iloc[1:].reset_index(drop=True)),
            "a stranger in place of a child": (
                roster.copy(),
                pd.concat([joined.drop(last.index), stranger], ignore_index=True),
            ),
            "a stranger besides all children": (
                roster.copy(),
                pd.concat([joined, stranger], ignore_index=True),
            ),
        },
    )


def _joined_rows(*rows: tuple[str, str, str | None]) -> tuple[pd.DataFrame]:
    """Join children to accounts as the session does, so that the columns have its types."""
    children = pd.DataFrame([row[:2] for row in rows], columns=["number", "child"])
    accounts = pd.DataFrame([(row[0], row[2]) for row in rows if row[2]], columns=["number", "account_of"])
    joined = children.merge(accounts, on="number", how="left", validate="one_to_one", indicator=True)
    return (joined,)


def _same_child(answer: object) -> str | None:
    ana = ("4711", "Ana", "Ana")
    return rule_error(
        answer,
        holds={
            "rows of the same children": _joined_rows(ana, ("5812", "Ben", "Ben")),
            "a name in capitals: Ana with ANA": _joined_rows(("4711", "Ana", "ANA"), ("5812", "Ben", "BEN")),
            "a child who wasn't found": _joined_rows(ana, ("7240", "Noé", None)),
            "a name in capitals next to a child who wasn't found": _joined_rows(
                ("7240", "Noé", None), ("4711", "Ana", "ANA")
            ),
        },
        breaks={
            "twins with each other's account": _joined_rows(
                ana, ("5812", "Ben", "Bea"), ("5813", "Bea", "Ben")
            ),
            "one stranger's account": _joined_rows(ana, ("6193", "Dev", "Eli")),
            "a stranger's account in the first row": _joined_rows(("6193", "Dev", "Eli"), ana),
            "a stranger's account, in capitals": _joined_rows(ana, ("6193", "Dev", "DAN")),
            "a stranger's account next to a child who wasn't found": _joined_rows(
                ("7240", "Noé", None), ("6193", "Dev", "Eli")
            ),
        },
    )


def _other_birthday(answer: object, *, pairs: pd.DataFrame) -> str | None:
    answer = count_of(answer, "pairs")
    left, right = pairs["left_birth_date"], pairs["right_birth_date"]
    known = left.notna() & right.notna()
    other = int((known & left.ne(right)).sum())
    if answer == other:
        return None
    if answer == int((known & left.eq(right)).sum()):
        same = Measured("answer_pairs", answer)
        return (
            f"{same:count} {same.verb('has', 'have')} the same birth date; the question asks for those that "
            "differ."
        )
    if answer == len(pairs):
        return f"{answer:,} is the number of all pairs. In how many do the two dates differ?"
    if answer == other + int((~known).sum()):
        return "You counted pairs in which a birth date is missing. Not known isn't different."
    return f"Yours is {answer:,}. Compare both birth dates, and count where they differ."


def with_blanks(pairs: pd.DataFrame) -> pd.DataFrame:
    """Blank a surname, and one birth date more than there are that differ, as in lists that people typed."""
    same = pairs["left_birth_date"].eq(pairs["right_birth_date"])
    place, other = same.cumsum().where(same), (~same).cumsum().where(~same)
    return pairs.assign(
        left_birth_date=pairs["left_birth_date"].mask(place.eq(1)),
        right_birth_date=pairs["right_birth_date"].mask(place.between(2, 1 + (~same).sum())),
        right_last_surname=pairs["right_last_surname"].mask(other.eq(1)),
    )


def _with_lookalikes(pairs: pd.DataFrame) -> pd.DataFrame:
    """Add two pairs that a district of this size may lack: twins, and two children of one name."""
    names, days = ["left_first_name", "right_first_name"], ["left_birth_date", "right_birth_date"]
    like = pairs[pairs["outcome"].eq("right") & pairs[[*names, *days]].notna().all(axis="columns")].head(1)
    day = pd.to_datetime(like["left_birth_date"]) + pd.Timedelta(days=400)
    alike = like.assign(
        outcome="wrong", right_first_name=like["left_first_name"], right_birth_date=like["left_birth_date"]
    )
    number = like["identifier"].astype("string")  # in these pairs, too, each number appears once
    twins = alike.assign(left_first_name="Ben", right_first_name="Bea", identifier=number + "-1")
    namesakes = alike.assign(
        right_birth_date=day.astype(like["right_birth_date"].dtype), identifier=number + "-2"
    )
    return pd.concat([pairs, twins, namesakes], ignore_index=True)


def _notices(answer: object, *, pairs: pd.DataFrame) -> str | None:
    answer = function_that(answer, "that takes the pairs")
    if "outcome" not in pairs.columns:
        return "A real district has no answer key, so nobody can judge your rule here."
    # In another order, so that nobody reads the verdict from the session's own table.
    pairs = _with_lookalikes(pairs).sample(frac=1, random_state=1).reset_index(drop=True)
    returned = answer(pairs.drop(columns="outcome"))
    flags = pd.Series(list(returned) if isinstance(returned, Iterable) else [returned])
    if len(flags) != len(pairs):
        gave, asked = Measured("answer_values", len(flags)), Measured("answer_pairs", len(pairs))
        return f"Your function gave {gave:count} for {asked:count}. Give one True or False a row."
    flags = flags.fillna(False)
    if not flags.isin([True, False]).all():
        return f"Give True or False for each row; yours has {str(flags.iloc[0])!r}."
    stopped = flags.astype(bool).to_numpy()
    wrong = pairs["outcome"].eq("wrong").to_numpy()
    if not stopped.any():
        return "It notices nothing. Every number appears once: what else do both systems record?"
    if missed := int((wrong & ~stopped).sum()):
        first = pairs[wrong & ~stopped].iloc[0]
        passed = Measured("wrong_pairs_passed", missed, int(wrong.sum()))
        return (
            f"It lets through {passed:count of}, such as "
            f"{first['left_first_name']} {first['left_last_surname']} with {first['right_first_name']} "
            f"{first['right_last_surname']}."
        )
    too_many = int((stopped & ~wrong).sum())
    if too_many > MOST_RIGHT_STOPPED * int((~wrong).sum()):
        stops = Measured("right_pairs_stopped", too_many, int((~wrong).sum()))
        return (
            f"It notices every wrong pair, and stops {stops:count of}. "
            "Nobody can look at so many. What is no difference between two spellings of one name?"
        )
    return None


FIVE = (
    Exercise(
        number="A.1",
        asks="Look each child of the roster up in the lunch line, by number.",
        hints=(
            "Start from the roster, since every child of it should stay: roster.merge(lunch_line), with more "
            "inside the parentheses.",
            'how="left" keeps every child, validate="one_to_one" tests the keys, indicator=True adds _merge.',
            'return roster.merge(lunch_line, on="number", how="left", validate="one_to_one", indicator=True)',
        ),
        check=_looked_up,
    ),
    Exercise(
        number="A.2",
        asks="Which child of the roster has no line at the lunch line, if you look names up?",
        hints=(
            "The two columns have different names: merge takes left_on and right_on.",
            "With indicator=True, a child without a line has left_only in the column _merge.",
            'roster.merge(lunch_line, left_on="child", right_on="account_of", how="left", '
            'validate="one_to_one", indicator=True), then read the row with left_only.',
        ),
        check=_finds_nobody,
    ),
    Exercise(
        number="A.3",
        asks="What must be true of a column before you look something up by it?",
        hints=(
            "Two things can be wrong with a key: it appears twice, or it isn't there. Begin with "
            "return keys.is_unique, then add a second test after and.",
            "A column of pandas has .is_unique, and .notna() gives a True or False for each row.",
            "return keys.is_unique and keys.notna().all()",
        ),
        check=_key_is_safe,
        assertion=True,
    ),
    Exercise(
        number="A.4",
        asks="What must be true of the rows after a lookup?",
        hints=(
            "Every child of the roster is there, once. Equal lengths aren't enough: why? "
            'joined["number"] is one column; sorted() puts it in order.',
            "One child may be there twice while another is gone. Compare the numbers themselves.",
            'return sorted(joined["number"]) == sorted(roster["number"])',
        ),
        check=_once_each,
        assertion=True,
    ),
    Exercise(
        number="A.5",
        asks="Write the test that would have noticed: does every row that was found show one child?",
        hints=(
            "The number was used to find the row, so it can't also confirm it. What else is on both sides? "
            'Write a line above return: found = joined.dropna(subset=["account_of"])',
            "Compare child with account_of. Capitals are no difference (str.casefold()). A row that "
            "found nobody is no wrong child: leave it out with dropna.",
            'found = joined.dropna(subset=["account_of"]), then '
            'found["child"].str.casefold().eq(found["account_of"].str.casefold()).all()',
        ),
        check=_same_child,
        assertion=True,
    ),
)

DISTRICT = (
    Exercise(
        number="A.6",
        asks="In how many pairs that were found by number do the two birth dates differ?",
        hints=(
            "A lookup compares nothing but the number. Here both systems also record a birth date.",
            "Leave out pairs in which a date is missing (dropna), then compare the two columns (ne).",
            'known = pairs.dropna(subset=["left_birth_date", "right_birth_date"]), then '
            'int(known["left_birth_date"].ne(known["right_birth_date"]).sum())',
        ),
        check=_other_birthday,
    ),
    Exercise(
        number="A.7",
        asks="Write a rule that notices every pair of two children, and stops few right pairs.",
        hints=(
            "Surnames alone miss brothers and sisters. Which columns differ between the two?",
            "Two children rarely share both a first name and a birth date. Capitals are no difference.",
            'Compare pairs["left_first_name"].str.casefold() with the right side (ne), do the same with the '
            "birth dates, and join the two answers with | (or).",
        ),
        check=_notices,
    ),
)

EXERCISES = (*FIVE, *DISTRICT)
