"""Exercises of session D: what each reader sees of one child, which value wins, and where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.standard import Measured
from helpers.teach.exercise import Exercise, count_of, function_that, rule_error, with_columns

__all__ = ["EXERCISES", "with_a_form", "with_blanks", "with_two_accounts", "with_two_notes"]


def with_two_notes(seen: pd.DataFrame) -> pd.DataFrame:
    """Add a line that only the student reads, and one for the teacher alone: no policy of ours has such."""
    notes = pd.DataFrame(
        [("student", "Note to herself", "I like drums"), ("teacher", "Seating plan", "second row")],
        columns=["reader", "subject", "value"],
    ).assign(element="note", silo="by hand", file="by hand", row=1)
    return pd.concat([seen, notes], ignore_index=True)


def with_blanks(visits: pd.DataFrame) -> pd.DataFrame:
    """Add a child for each reason why a number is blank: a district of this size may lack some."""
    reasons = ["Not linked", "Empty", "Set aside: no date"]
    added = pd.DataFrame({"child": [f"added by hand: {reason}" for reason in reasons], "status": reasons})
    added = added.assign(value_number=None)[visits.columns].astype(visits.dtypes)
    return pd.concat([visits, added], ignore_index=True)


def with_a_form(two: pd.DataFrame) -> pd.DataFrame:
    """Add a form on paper that agrees with the page, and put the row that the page prints last."""
    form = two[two["chosen"]].assign(
        system="Family form", chosen=False, link="on paper", file="a form on paper", row=1
    )
    rows = pd.concat([form, two[~two["chosen"]], two[two["chosen"]]], ignore_index=True)
    return rows.astype(two.dtypes)


def with_two_accounts(surnames: pd.DataFrame) -> pd.DataFrame:
    """Add a child with two lunch accounts, and five whose account has another family's name.

    Without the five, a district with as many second accounts hides who compares with all names at once.
    """
    rows = [("two accounts", "sis", "Ruiz Peña", True), ("two accounts", "meals", "Ruiz", False)]
    rows += [rows[1]]
    for child in ("her brother", "her cousin", "his friend", "his neighbor", "a new child"):
        rows += [(child, "sis", "Okafor", True), (child, "meals", "Ruiz Peña", False)]
    added = pd.DataFrame(rows, columns=["child", "system", "says", "chosen"])
    return pd.concat([surnames, added[surnames.columns].astype(surnames.dtypes)], ignore_index=True)


def _family_only(answer: object, *, seen: pd.DataFrame) -> str | None:
    if isinstance(answer, pd.DataFrame) and answer.shape[1] == 1:
        answer = answer.iloc[:, 0]
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        return f"Give the names of the subjects in a set or a list; yours is a {type(answer).__name__}."
    given = {str(one) for one in answer}
    family, teacher = (set(seen.loc[seen["reader"].eq(who), "subject"]) for who in ("family", "teacher"))
    if given == family - teacher:
        return None
    if unknown := given - set(seen["subject"]):
        return f"{min(unknown)!r} is no subject of this table. Take names from the column subject."
    if alone := given - family - teacher:
        return f"Neither the family nor the teacher reads about {min(alone)!r}. Take the family's subjects."
    if both := given & family & teacher:
        return f"The teacher reads about {min(both)!r}, too. Take away what the teacher reads."
    # Of two homes, each family reads less, so that a teacher may read of a subject alone.
    if given <= teacher - family:
        left = "Only the teacher reads about it." if given else "Nothing is left."
        return f"{left} Take the teacher's subjects away from the family's, not the other way around."
    return f"{min((family - teacher) - given)!r} is missing: only the family may read about it."


ORDER = ("SIS", "Health", "Meals")
COLUMNS = ("what", "system", "says", "export of")
FACTS = (
    ("surname", "SIS", "Ruiz Peña", "2026-04-28"),
    ("surname", "Meals", "Ruiz", "2026-05-01"),
    ("school", "SIS", "Oak Middle School", "2026-04-28"),
    ("school", "Meals", "Elm Elementary School", "2026-05-01"),
    ("allergy", "Health", "peanuts", "2026-03-02"),
)


def _rows(rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def _most_trusted(facts: pd.DataFrame, order: Sequence[str]) -> dict[str, tuple[str, str]]:
    known = facts.dropna(subset="says")
    known = known.assign(place=[order.index(system) for system in known["system"]]).sort_values("place")
    first = known.drop_duplicates("what").set_index("what")
    return {str(what): (str(row["system"]), str(row["says"])) for what, row in first.iterrows()}


def _chooses(answer: Any) -> str | None:
    answer = function_that(answer, "of two arguments that returns a table")
    silent = [(what, system, None if system == "SIS" else says, day) for what, system, says, day in FACTS]
    undated = [(what, system, says, None) for what, system, says, _ in FACTS[:1]] + list(FACTS[1:])
    cases: dict[str, tuple[pd.DataFrame, tuple[str, ...]]] = {
        "the five rows": (_rows(FACTS), ORDER),
        "the same rows from bottom to top": (_rows(FACTS[::-1]), ORDER),
        "an order that begins with Meals": (_rows(FACTS), ("Meals", "SIS", "Health")),
        "an SIS that left its cells empty": (_rows(silent), ORDER),
        "an export whose day nobody knows": (_rows(undated), ORDER),
        "an order that ends with the SIS": (_rows(FACTS), ("Health", "Meals", "SIS")),
    }
    for case, (facts, order) in cases.items():
        page = answer(facts, list(order))
        if not isinstance(page, pd.DataFrame):
            return f"Return a table; for {case} yours returned a {type(page).__name__}."
        page = with_columns(page, ("what", "system", "says"))
        if lost := [name for name in ("what", "system", "says") if name not in page.columns]:
            return f"The column {lost[0]} is gone: a page needs what, system and says, to name its source."
        if page["what"].duplicated().any():
            return f"With {case}, a fact has two rows. Keep the first of each after sorting."
        right = _most_trusted(facts, order)
        printed = {
            str(what): (system, says)
            for what, system, says in zip(page["what"], page["system"], page["says"], strict=True)
        }
        if extra := set(printed) - set(right):
            return f"With {case}, your page has {min(extra)!r}, which nobody said."
        for what, (system, says) in right.items():
            if what not in printed:
                return f"With {case}, the {what} has no row, although {system} knows it."
            if pd.isna(printed[what][1]):
                return f"With {case}, the {what} is empty on the page, although {system} knows it: {says}."
            if printed[what] != (system, says):
                return (
                    f"With {case}, your page prints the {what} of {printed[what][0]}; {system} comes first."
                )
    return None


def _page(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["what", "system", "says"])


def _sound(answer: object) -> str | None:
    rows = _rows(FACTS)
    surname, school = ("surname", "SIS", "Ruiz Peña"), ("school", "SIS", "Oak Middle School")
    allergy = ("allergy", "Health", "peanuts")
    holds = {
        "a page that prints what the SIS and the nurse say": (_page(surname, school, allergy), rows),
        "the same page in another order": (_page(allergy, school, surname), rows),
        "a page of facts that one system each knows": (
            _page(surname, allergy),
            rows[rows["system"].ne("Meals") & rows["what"].ne("school")],
        ),
        "a page that trusts Meals first": (
            _page(("surname", "Meals", "Ruiz"), ("school", "Meals", "Elm Elementary School"), allergy),
            rows,
        ),
    }
    breaks = {
        "a fact that has two rows": (_page(surname, ("surname", "Meals", "Ruiz"), school, allergy), rows),
        "a value under the name of a system that never said it": (
            _page(surname, ("school", "SIS", "Elm Elementary School"), allergy),
            rows,
        ),
        "a page from which one fact is gone": (_page(surname, school), rows),
        "one fact twice and another gone": (_page(surname, ("surname", "Meals", "Ruiz"), allergy), rows),
        "what a system says of something else": (_page(("surname", "SIS", school[2]), school, allergy), rows),
        "a value that no system says": (_page(("surname", "SIS", "Ruis"), school, allergy), rows),
        "a fact that no system knows": (_page(surname, school, allergy, ("phone", "SIS", "555")), rows),
    }
    return rule_error(answer, holds, breaks)


def _another_surname(answer: object, *, surnames: pd.DataFrame, first: str) -> str | None:
    answer = count_of(answer)
    shown = surnames[surnames["chosen"]].set_index("child")["says"]
    differs = surnames["says"].ne(surnames["child"].map(shown))
    other = differs[surnames["system"].eq(first)].groupby(surnames["child"])
    # A child with two records there may have two surnames: we accept either.
    if int(other.min().sum()) <= answer <= int(other.max().sum()):
        return None
    if answer == int(differs.sum()):
        return f"{answer:,} is the count for all systems together. Keep the rows of {first} only."
    if answer == int(other.ngroups):
        named = Measured("answer_children", answer)
        return (
            f"{named:count} {named.verb('has', 'have')} a surname in {first}. For how many is it another one?"
        )
    rows = int(differs[surnames["system"].eq(first)].sum())
    if answer == rows:
        return f"{answer:,} is the count of accounts. A child with two accounts in {first} is one child."
    return (
        f"Yours is {answer:,}. Put the surname on the page next to the one in {first}, child by child, "
        "and count where they differ."
    )


def _place(answer: object, *, two: pd.DataFrame) -> str | None:
    if isinstance(answer, pd.DataFrame) and len(answer) == 1:
        answer = answer.iloc[0]
    if isinstance(answer, Mapping | pd.Series) and {"file", "row"} <= set(answer.keys()):
        answer = (answer["file"], answer["row"])
    if isinstance(answer, pd.Series | np.ndarray):
        answer = np.ravel(answer).tolist()
    if isinstance(answer, list | tuple) and len(answer) == 1:
        answer = answer[0]
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return f"Give a pair, the file and the row in it; yours is a {type(answer).__name__}."
    file, row = str(answer[0]), answer[1]
    row = int(float(row)) if str(row).removesuffix(".0").isdigit() else row
    found = two[two["file"].eq(file) & two["row"].eq(row)]
    if found.empty:
        files = ", ".join(sorted(set(two["file"].astype(str))))
        return f"No date comes from row {row} of {file!r}. The files are {files}."
    printed = two.loc[two["chosen"], "says"].iloc[0]
    if found["says"].eq(printed).any():
        return f"That row says {printed}, which the page prints. Where does the other date come from?"
    return None


def _not_known(answer: object, *, visits: pd.DataFrame) -> str | None:
    answer = count_of(answer)
    known = visits["status"].eq("Reported")
    unknown, zero = int((~known).sum()), int(visits.loc[known, "value_number"].eq(0).sum())
    if answer == unknown:
        return None
    if answer == zero:
        without = Measured("answer_children", zero)
        counted = "Somebody counted them, so their number is known."
        return f"{without:count} {without.verb('has', 'have')} zero visits. {counted}"
    if answer == zero + unknown:
        return (
            f"Of your {answer:,}, some have zero visits, and that is known. Look at status, not at numbers."
        )
    if answer == int(known.sum()):
        others = Measured("answer_children", int(known.sum()))
        return f"For {others:count} it is known. The question asks for the others."
    return f"Yours is {answer:,}. A number of visits is known if the status is Reported."


def _statuses(*rows: tuple[str, float | None]) -> tuple[pd.DataFrame]:
    frame = pd.DataFrame(list(rows), columns=["status", "value_number"])
    return (frame.astype({"status": "string", "value_number": "float64"}),)


def _zeros(answer: object) -> str | None:
    holds = {
        "zero visits that somebody counted": _statuses(("Reported", 0), ("Reported", 3)),
        "a blank that has its reason": _statuses(("Reported", 2), ("Not linked", None), ("Empty", None)),
        "a number that nobody collects and nobody wrote": _statuses(("Not collected", None)),
        "a number set aside for lack of a date": _statuses(("Set aside: no date", None), ("Reported", 0)),
    }
    breaks = {
        "a zero for a child whom the office doesn't list": _statuses(("Reported", 2), ("Not linked", 0)),
        "three visits where nobody collects them": _statuses(("Not collected", 3), ("Reported", 0)),
        "a zero for a child whose cell is empty": _statuses(("Empty", 0), ("Reported", 1)),
        "two visits of no date": _statuses(("Set aside: no date", 2)),
        "a known number that is blank": _statuses(("Reported", None), ("Reported", 1)),
        "a known number that is blank, next to a zero that nobody reported": _statuses(
            ("Reported", None), ("Not linked", 0)
        ),
    }
    return rule_error(answer, holds, breaks)


def _opened(needed: Collection[str]) -> set[str]:
    return {one.strip() for row in needed for one in row.split(";")}


def _different_systems(answer: object, *, questions: pd.DataFrame) -> str | None:
    answer = count_of(answer, "systems")
    needed = [str(row) for row in questions["systems_needed"]]
    right = len(_opened(needed))
    if answer == right:
        return None
    if answer == int(questions["before"].sum()):
        return f"{answer} counts a system again for each question. She logs in once to each."
    if answer == len({one for row in needed for one in row.split(";")}):
        return f"{answer} counts ' family' and 'family' as two systems: mind the space after the semicolon."
    if answer == len(set(needed)):
        return f"{answer} different lists of systems. Split each list into its systems first."
    return f"Yours is {answer}. Each system counts once, however many questions need it."


EXERCISES = (
    Exercise(
        number="D.1",
        asks="Which subjects may the family read about, and the teacher not?",
        hints=(
            "Make two sets of subjects, one for each reader. What is in one and not in the other?",
            'set(seen.loc[seen["reader"].eq("family"), "subject"]) is one of them.',
            "One set minus the other: family - teacher.",
        ),
        check=_family_only,
    ),
    Exercise(
        number="D.2",
        asks="Choose each value by an order of trust, and keep where it comes from.",
        hints=(
            "Three steps: drop empty rows, sort by the place in the order, keep the first row of each fact.",
            'said["system"].map(order.index) gives each row its place: 0 for the first system.',
            'known.sort_values("place").drop_duplicates("what") keeps whole rows, so a value keeps its '
            'system. Before it: known = said.dropna(subset="says").',
        ),
        check=_chooses,
    ),
    Exercise(
        number="D.3",
        asks="What must be true of every page that was chosen from what systems say?",
        hints=(
            "Think of three ways in which a page can be wrong: too many rows, too few, and a made-up source.",
            "Each fact once; every fact that any system knows; each pair of system and value is in said.",
            'set(zip(page["what"], page["system"], page["says"])) <= set(zip(said["what"], said["system"], '
            'said["says"])) is the third.',
        ),
        check=_sound,
        assertion=True,
    ),
    Exercise(
        number="D.4",
        asks="For how many children would the page print another surname if your team trusted meals first?",
        hints=(
            "You need two surnames for each child: the one on the page (chosen), and the one from meals.",
            'shown = surnames[surnames["chosen"]].set_index("child")["says"] has those on the page.',
            "Keep the rows of meals, one for each child; compare their says with their child mapped by shown "
            "(.map and .ne), and add up.",
        ),
        check=_another_surname,
    ),
    Exercise(
        number="D.5",
        asks="Two systems give different birth dates. What does the page print, why, and whom do you ask?",
        hints=(
            "A decision has three parts: what the page prints now, why, and who knows the truth.",
            "Who sees the birth certificate? Who would notice a mistake first?",
            "We print … because …; until then the page shows that … disagrees. We ask ….",
        ),
        points=(
            "Would the family see which date the page prints, and that another system disagrees?",
            "Is there a reason to trust that system (who keeps it, who saw the proof)?",
            "Do you ask somebody who can know, and what happens with the answer?",
        ),
    ),
    Exercise(
        number="D.6",
        asks="From which file and which row does the date come that the page doesn't print?",
        hints=(
            "The row that you look for is not chosen, and its date differs from the chosen one.",
            'printed = two.loc[two["chosen"], "says"].item(); then keep the rows that say something else.',
            'other = two[two["says"].ne(printed)].iloc[0]; the answer is (other["file"], other["row"]).',
        ),
        check=_place,
    ),
    Exercise(
        number="D.7",
        asks="For how many children is it not known how often they visited the nurse?",
        hints=(
            "A missing row alone is no zero here: somebody has to list the child. Look at status.",
            'The number is known if visits["status"] is Reported. Count the others.',
        ),
        check=_not_known,
    ),
    Exercise(
        number="D.8",
        asks="What must be true of every number, and of every blank?",
        hints=(
            "Read two rows aloud: 'Reported, 0' and 'Not linked, blank'. Which pairs may not occur?",
            "A number is there exactly where the status is Reported.",
            'Compare values["value_number"].notna() with values["status"].eq("Reported") by ==, then .all().',
        ),
        check=_zeros,
        assertion=True,
    ),
    Exercise(
        number="D.9",
        asks="How many different systems does she open for her ten questions, if she logs in once to each?",
        hints=(
            "Each cell of systems_needed is a list in one text, such as 'attendance; family'.",
            'questions["systems_needed"].str.split("; ").explode() has one system a row.',
            "Count the different ones: .nunique().",
        ),
        check=_different_systems,
    ),
)
