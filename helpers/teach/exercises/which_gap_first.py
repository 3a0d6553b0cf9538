"""Exercises of session F: measure the gap between two systems by hand, and choose what to pay for first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from helpers.standard import Measured
from helpers.teach.exercise import Exercise, NotYet, function_that, near, rule_error, share_of, single

__all__ = ["EXERCISES"]

FOUND, MISSING, NEVER = "found", "missing", "never meant"

# One way to answer each exercise that later cells build on, used until the learner's is right.


def _match_rate(roster: pd.Series, other: pd.Series) -> float:
    children = set(roster)
    return len(children & set(other)) / len(children)


def _split(roster: pd.DataFrame, other: pd.Series, serves: Collection[str]) -> dict[str, set[str]]:
    there, meant = roster["child"].isin(other), roster["grade"].isin(serves)
    return {
        FOUND: set(roster.loc[there, "child"]),
        MISSING: set(roster.loc[~there & meant, "child"]),
        NEVER: set(roster.loc[~there & ~meant, "child"]),
    }


def _loss(codes: pd.DataFrame) -> float:
    changed = codes["comes_back_as"].ne(codes["writes"])
    return float(codes.loc[changed, "rows"].sum() / codes["rows"].sum())


def _ranked(steps: pd.DataFrame, budget: float) -> list[str]:
    affordable = steps[steps["dollars"].le(budget)]
    worth = affordable["children"] / affordable["dollars"]
    return affordable.loc[worth.sort_values(ascending=False).index, "step"].tolist()


def _column(*values: str) -> pd.Series:
    return pd.Series(list(values), dtype="string", name="child")


def _plain_share(share: object) -> float:
    """Take a share that later cells can use: a number, not a table or a column of one."""
    if single(share) is not share:
        raise NotYet(
            f"Return one number; yours returned a {type(share).__name__}. Take the number out of it."
        )
    return share_of(share)


def _rate(answer: object) -> str | None:
    answer = function_that(answer, "of two columns")
    for roster, other, what in (
        (("a", "b", "c", "d"), ("a", "b", "x", "y", "z"), "four on the roster, five at the other system"),
        (("a", "a", "b"), ("a", "x"), "two children in three rows of the roster"),
        (("a", "b"), ("a", "a", "a"), "one child in three rows of the other system"),
        (("a", "b", "b", "c"), ("x", "b", "b"), "children in several rows of both"),
        (("a", "b"), ("x", "y", "z"), "no child in both"),
        (("a", "b"), ("b", "a", "c"), "every child of the roster in the other system"),
    ):
        rate = _plain_share(answer(_column(*roster), _column(*other)))
        right, back = (
            _match_rate(_column(*roster), _column(*other)),
            _match_rate(_column(*other), _column(*roster)),
        )
        if near(rate, right):
            continue
        if near(rate, back):
            return "That is the share of the other system's children. The question asks for the roster's."
        counted = " Count children, not rows." if len(set(roster)) < len(roster) else ""
        return f"With {what} it is {right:.2f}; yours is {rate:.2f}.{counted}"
    return None


def _each_once(answer: object) -> str | None:
    roster = {"a", "b", "c", "d"}
    # A set of few children may happen to come in the order of their names.
    everybody = {f"child {number}" for number in range(40)}
    return rule_error(
        answer,
        {
            "four children in three parts": (roster, {"a", "b"}, {"c"}, {"d"}),
            "a part in which nobody is": (roster, {"a", "b", "c", "d"}, set(), set()),
            "nobody found": (roster, set(), {"a", "b", "c"}, {"d"}),
            "forty children, one of them missing": (everybody, everybody - {"child 7"}, {"child 7"}, set()),
        },
        {
            "a child in two parts": (roster, {"a", "b"}, {"b", "c"}, {"d"}),
            "a child both missing and never meant": (roster, {"a", "b"}, {"c"}, {"c", "d"}),
            "a child both found and never meant": (roster, {"a", "b"}, {"c"}, {"b", "d"}),
            "a child in all three parts": (roster, {"a", "b"}, {"b", "c"}, {"b", "d"}),
            "a child in no part": (roster, {"a", "b"}, {"c"}, set()),
            "a stranger among the missing": (roster, {"a", "b"}, {"c", "x"}, {"d"}),
            "a stranger who isn't on the roster": (roster, {"a", "b", "x"}, {"c"}, {"d"}),
            "a stranger in place of a child": (roster, {"a", "b"}, {"c"}, {"x"}),
            "a child in two parts and another in none": (roster, {"a", "b"}, {"b", "c"}, set()),
        },
    )


_TRIED = pd.DataFrame(
    [("a", "01"), ("b", "01"), ("c", "06"), ("d", "09"), ("e", "09"), ("f", "12")],
    columns=["child", "grade"],
    dtype="string",
)


def _parts(answer: object) -> str | None:
    answer = function_that(answer, "of a roster, a column and grades")
    for other, serves in (
        (_column("a", "d", "x"), {"01", "06"}),
        (_column("a", "a"), set(_TRIED["grade"])),
        (_column("x"), {"12"}),
        (_column("b", "f"), {"06", "09"}),
    ):
        returned = answer(_TRIED, other, serves)
        returned = returned.to_dict() if isinstance(returned, pd.Series) else returned
        expected = _split(_TRIED, other, serves)
        if not isinstance(returned, Mapping) or set(returned) != set(expected):
            return f'Return a dictionary: {{"{FOUND}": ..., "{MISSING}": ..., "{NEVER}": ...}}.'
        parts: dict[str, set[str]] = {}
        for name, part in returned.items():
            if isinstance(part, str | pd.DataFrame) or not isinstance(part, Iterable):
                return f"{name!r} should be the children; yours is a {type(part).__name__}."
            parts[name] = {str(child) for child in part}
        if parts == expected:
            continue
        if parts[MISSING] >= expected[MISSING] | expected[NEVER]:
            return (
                "Children of grades that the system doesn't serve count as missing in yours. Whom is it for?"
            )
        if parts[NEVER] & expected[FOUND]:
            return "A child who is in the system is found, whatever the grade: look there first."
        off = next(name for name in expected if parts[name] != expected[name])
        yours = Measured("answer_children", len(parts[off]))
        return f"{off!r} has {yours:count} in yours; on a list that we tried it has " + (
            f"{len(expected[off])}."
        )
    return None


_REASONS = {
    "A": "Not joinable",
    "B": "Not fresh",
    "C": "Not meant",
    "D": "Missing",
    "E": "Not permitted",
}
_BECAUSE = {
    "A": "What do both lists have? Can it tell two children apart?",
    "B": "How far apart are the two exports?",
    "C": "Which grades are missing? Whom is it for?",
    "D": "Ask the four questions again: is any answer no?",
    "E": "What would the list itself tell the lunch line?",
}


def _reasons(answer: object) -> str | None:
    if isinstance(answer, pd.Series):
        answer = answer.to_dict()
    if not isinstance(answer, Mapping) or set(answer) != set(_REASONS):
        return 'Give a reason for each pair: {"A": ..., "B": ..., "C": ..., "D": ..., "E": ...}.'
    spelled = {reason.casefold(): reason for reason in _REASONS.values()}
    answer = {pair: spelled.get(str(reason).strip().casefold(), reason) for pair, reason in answer.items()}
    unknown = [reason for reason in answer.values() if reason not in _REASONS.values()]
    if unknown:
        return f"{unknown[0]!r} is none of the five reasons: {', '.join(sorted(_REASONS.values()))}."
    off = [pair for pair, reason in _REASONS.items() if answer[pair] != reason]
    return None if not off else f"Look at pair {off[0]} again. {_BECAUSE[off[0]]}"


def _comparable(answer: object) -> str | None:
    day = pd.Timestamp("2026-04-30")
    return rule_error(
        answer,
        {
            "two exports of one day": (day, day),
            "exports 30 days apart": (day - pd.Timedelta(days=30), day),
            "exports 30 days apart, the other way round": (day, day - pd.Timedelta(days=30)),
        },
        {
            "exports 31 days apart": (day - pd.Timedelta(days=31), day),
            "exports 31 days apart, the newer one first": (day, day - pd.Timedelta(days=31)),
            "an export whose day nobody knows": (day, pd.NaT),
            "an export whose day nobody knows, the first one": (pd.NaT, day),
            "two exports whose days nobody knows": (pd.NaT, pd.NaT),
            "exports a year apart": (day - pd.Timedelta(days=365), day),
            "exports a year apart, the newer one first": (day, day - pd.Timedelta(days=365)),
        },
    )


def _codes(*rows: tuple[str, int, str | None]) -> pd.DataFrame:
    codes = pd.DataFrame(list(rows), columns=["writes", "rows", "comes_back_as"])
    # As the session has it: what doesn't come back is None, and equal to no code.
    return codes.astype({"writes": "object", "comes_back_as": "object"})


_CODES = (
    _codes(("KG", 12, "KG"), ("K", 8, "KG"), ("1", 20, "1"), ("2", 16, "2"), ("Nursery", 4, None)),
    _codes(("KG", 12, "KG"), ("1", 20, "1")),
    # Two codes that change places: each of them comes back, as the other one's.
    _codes(("1", 20, "2"), ("2", 16, "1"), ("3", 4, "3")),
    _codes(("Nursery", 5, None), ("1", 15, "1"), ("2", 30, None)),
    _codes(("1", 3, "1"), ("2", 9, "3"), ("3", 8, "3")),
    _codes(("1", 3, "2"), ("2", 9, None)),
)


def _round_trip(answer: object) -> str | None:
    answer = function_that(answer, "of a table of codes")
    for codes in _CODES:
        given, loss = _plain_share(answer(codes)), _loss(codes)
        if near(given, loss):
            continue
        lost, rows = codes["comes_back_as"].ne(codes["writes"]), codes["rows"].sum()
        if near(given, 1 - loss):
            return "That is the share that does come back. The question asks for the rest."
        if near(given, codes.loc[~codes["writes"].isin(codes["comes_back_as"]), "rows"].sum() / rows):
            return (
                "A code is lost if it comes back as another one, even if that one is in the table: compare "
                "row by row."
            )
        if near(given, codes.loc[codes["comes_back_as"].isna(), "rows"].sum() / rows):
            return "A code that comes back changed is lost, too: K went out, and KG came back."
        if near(given, codes.loc[lost & codes["comes_back_as"].notna(), "rows"].sum() / rows):
            return "A code that doesn't come back at all is lost, too."
        if near(given, lost.mean()):
            return "You counted codes. One code appears in many rows: count rows."
        return f"On a table that we tried, {loss:.2f} of the rows are lost; yours says {given:.2f}."
    return None


_STEPS = pd.DataFrame(
    [
        # In no order of worth, cost, children or name, so that an answer has to sort them.
        ("codes", 50_000.0, 10),
        ("nightly", 120_000.0, 60),
        ("portal", 20_000.0, 0),
        ("numbers", 40_000.0, 30),
        ("desk", 10_000.0, 9),
    ],
    columns=["step", "dollars", "children"],
)


def _rank(answer: object) -> str | None:
    answer = function_that(answer, "of steps and a budget")
    for budget in (200_000, 60_000, 40_000, 10_000):
        returned = answer(_STEPS, budget)
        if isinstance(returned, str) or not isinstance(returned, Iterable):
            return f"Give the names of steps in a list; yours is a {type(returned).__name__}."
        given, right = [str(name) for name in returned], _ranked(_STEPS, budget)
        if given == right:
            continue
        if unknown := [name for name in given if name not in set(_STEPS["step"])]:
            return f"{unknown[0]!r} is no step: give a list of names from the column step."
        within = _STEPS[_STEPS["dollars"].le(budget)]
        if too_much := [name for name in given if name in set(_STEPS["step"]) - set(right)]:
            return f"With {budget:,} dollars nobody can pay for {too_much[0]!r}: leave out what costs more."
        if given == within.sort_values("children", ascending=False)["step"].tolist():
            return "Those that help most children come first, whatever they cost. Divide by dollars."
        if given == within["step"].tolist():
            return "The steps that fit, in the order of the table: sort them by children for each dollar."
        if given == right[::-1]:
            return "The right order, with the worst first: sort the other way round."
        steps = Measured("answer_steps", len(right))
        return (
            f"With {budget:,} dollars, {steps:count} of a list that we tried can be paid: "
            "order them by children for each dollar, best first."
        )
    return None


EXERCISES = (
    Exercise(
        number="F.1",
        asks="What share of the roster's children does the other system know?",
        hints=(
            "A child may be in several rows: count different children, on both sides.",
            "Make a set of each column. Children of both are the intersection: a & b.",
            "len(set(roster) & set(other)) / len(set(roster))",
        ),
        check=_rate,
        stand_in=_match_rate,
    ),
    Exercise(
        number="F.2",
        asks="Say what must be true of a roster split into found, missing and never meant; then test it.",
        hints=(
            "Add the three parts: how many children should that be, and which?",
            "With sets, a | b | c is everybody in some part; len counts how often each part names a child.",
            "found | missing | never == roster, and the three lengths add up to len(roster).",
        ),
        check=_each_once,
        assertion=True,
    ),
    Exercise(
        number="F.3",
        asks="Split the roster into children who are found, missing, or were never meant to be there.",
        hints=(
            "Look first who is found. Ask of the rest only whether the system serves their grade.",
            'roster["child"].isin(other) and roster["grade"].isin(serves) are two columns of True and False.',
            'missing is set(roster.loc[~there & meant, "child"]); never meant has ~meant in its place.',
        ),
        check=_parts,
        stand_in=_split,
    ),
    Exercise(
        number="F.4",
        asks="Which reason explains each of five match rates?",
        hints=(
            "Ask in this order: can you link them? May the list be shared? Are they of one time? Are they "
            "meant?",
            "Not joinable: nothing in both tells children apart. Not permitted: the list itself reveals "
            "something.",
            "If all missing children are of one kind (here: the lower grades), ask whom the system serves.",
        ),
        check=_reasons,
    ),
    Exercise(
        number="F.5",
        asks="Say what must be true of two exports' days before a child counts as missing; then test it.",
        hints=(
            "A child may have moved in between. The session allows 30 days, whichever export is older.",
            "left - right is a time, which may be negative; compare it with pd.Timedelta(days=30).",
            "A day that nobody knows is NaT. A comparison with NaT is False, but abs() of it fails.",
            "-month <= left - right <= month, where month is pd.Timedelta(days=30).",
        ),
        check=_comparable,
        assertion=True,
    ),
    Exercise(
        number="F.6",
        asks="What share of the rows comes back changed, or not at all?",
        hints=(
            "A row is lost if its code comes back changed, or not at all.",
            "Compare the columns writes and comes_back_as, and count rows, not codes.",
            'codes.loc[codes["comes_back_as"].ne(codes["writes"]), "rows"].sum(), divided by all.',
        ),
        check=_round_trip,
        stand_in=_loss,
    ),
    Exercise(
        number="F.7",
        asks="Which steps can a budget pay for, and which helps most children for each dollar?",
        hints=(
            "Leave out the steps that cost more than the budget, then divide children by dollars.",
            "assign a column worth, and sort_values by it, the largest first.",
            'steps[steps["dollars"] <= budget], .sort_values("worth", ascending=False)["step"].tolist()',
        ),
        check=_rank,
        stand_in=_ranked,
    ),
    Exercise(
        number="F.8",
        asks="What do you ask for on Monday, for which children, from which person, and by when?",
        hints=(
            "The scorecard says how many are missing; the table of steps says who acts.",
            "A sentence that somebody can act on names a person's role and a day.",
            "Begin: On Monday I ask the … for …, for the children who …, by …",
        ),
        points=(
            "Would the person whom it names agree that this is their job?",
            "Could you see on the day that it names whether it is done?",
            "What gets better for these children, and does another gap harm them more?",
        ),
    ),
)
