"""Exercises of session E: who may see what, what gives a child away, and who notices."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.share import Policy
from helpers.teach.exercise import Exercise, count_of, rule_error, single

__all__ = ["EXERCISES"]

# From nothing to each child.
WIDTH = ("none", "aggregate", "row")
MONEY = ("charged", "balance")
# Reveals nothing by itself, but opens what does.
OPENS = "pin"


def _not_of_a_child(answer: object, *, rules: pd.DataFrame, role: str) -> str | None:
    answer = count_of(answer, "domains")
    allowed = list(rules.loc[rules["role"].eq(role), "allow"])
    if answer == len(allowed) - allowed.count("row"):
        return None
    if answer == allowed.count("none"):
        return (
            f"{answer} have nothing at all. Counts of the whole class show no single child either: which "
            "rules say 'aggregate'?"
        )
    if answer == allowed.count("row"):
        return f"{answer} are those in which a {role} sees single children. The question asks for the others."
    return f"Yours is {answer}. Keep the rules of a {role}, and count those that don't allow 'row'."


def _with(rules: pd.DataFrame, role: str, domain: str, **cells: str) -> pd.DataFrame:
    """Change one rule."""
    one = rules["role"].eq(role) & rules["domain"].eq(domain)
    return rules.assign(**{name: rules[name].mask(one, value) for name, value in cells.items()})


def _same_rules(answer: object, *, rules: pd.DataFrame) -> str | None:
    reworded = _with(rules, "teacher", "grades", reason="gives the grades")
    holds = {
        "a policy that nobody changed": (rules, rules.copy()),
        "the same rules in another order": (rules, rules.iloc[::-1].reset_index(drop=True)),
        "a reason that is worded differently": (rules, reworded),
    }
    opened = _with(rules, "teacher", "meals_eligibility", allow="row", scope="own class")
    breaks = {
        "a teacher who now sees who eats free": (rules, opened),
        "a nurse who now sees only counts of the sick": (
            rules,
            _with(rules, "nurse", "health", allow="aggregate"),
        ),
        "a teacher who now sees the grades of the whole district": (
            rules,
            _with(rules, "teacher", "grades", scope="district"),
        ),
        "a rule that was taken out": (rules, rules.drop(index=rules.index[3])),
        "a rule that was put in": (rules.drop(index=rules.index[3]), rules),
        "a teacher and a nurse who exchanged their rules": (
            rules,
            rules.assign(role=rules["role"].replace({"teacher": "nurse", "nurse": "teacher"})),
        ),
    }
    return rule_error(answer, holds, breaks)


def _mended(answer: object, *, policy: Policy) -> str | None:
    if not isinstance(answer, Policy):
        return f"Give the policy that .changed(…) returns; yours is a {type(answer).__name__}."
    too_narrow = None
    for role in policy.roles:
        for domain in policy.domains:
            was, now = policy.rule(role, domain), answer.rule(role, domain)
            if WIDTH.index(now.allow) > WIDTH.index(was.allow):
                return (
                    f"A {role} still sees more of {domain} than the rule gives: {now.allow}, not "
                    f"{was.allow} ({was.rule_id}: {was.reason})."
                )
            if now.allow == was.allow != "none" and now.scope != was.scope:
                return f"A {role} sees {domain} of {now.scope}; the rule says {was.scope}."
            if now.allow != was.allow:
                too_narrow = too_narrow or (role, domain, was)
    if too_narrow:
        role, domain, was = too_narrow
        return f"Nothing leaks, but a {role} can't work any more: {domain} is needed ({was.reason})."
    return None


def _gives_money_away(answer: object, *, columns: Sequence[str]) -> str | None:
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        return f"Give the columns in a list; yours is a {type(answer).__name__}."
    called = {name.casefold(): name for name in columns}
    given = {called.get(str(name).strip().casefold(), str(name)) for name in answer}
    if unknown := given - set(columns):
        return f"There is no column {min(unknown)!r}; there are {', '.join(columns)}."
    telling = {name for name in columns if any(word in name.casefold() for word in MONEY)}
    opens = {name for name in columns if OPENS in name.casefold()}
    if given - opens == telling:
        return None
    if missing := telling - given:
        return f"{min(missing)} stays: what does it reveal about a child who never pays?"
    return f"{min(given - telling - opens)} says nothing about money, and the cook needs it."


def _worked_out(answer: object, *, counts: pd.DataFrame) -> str | None:
    answer = count_of(answer)
    whole = counts["school"].eq("all schools")
    parts = counts.loc[~whole, "children"]
    if int(parts.isna().sum()) != 1:
        return "Exactly one number has to be hidden for this exercise: build the table again."
    total, shown = int(counts.loc[whole, "children"].sum()), int(parts.sum())
    if answer == total - shown:
        return None
    if answer == shown:
        return f"{answer} are in the schools that are shown. How many of {total} are left?"
    if answer == total:
        return f"{answer} are in all schools. Take away those that are shown."
    return f"Yours is {answer}. All schools together minus the schools in the table: what is left?"


def _published(hidden: Sequence[tuple[int, int]]) -> tuple[pd.DataFrame]:
    """Hide cells of a table of counts with its totals."""
    cells = pd.DataFrame(
        {"free": [31, 6, 12], "reduced": [8, 14, 7], "full price": [40, 22, 19]}, index=["Oak", "Elm", "Ash"]
    )
    whole = cells.assign(all=cells.sum(axis="columns"))
    whole.loc["all schools"] = whole.sum()
    whole = whole.astype("float64")
    for row, column in hidden:
        whole.iloc[row, column] = float("nan")
    return (whole,)


def _nothing_recomputed(answer: object) -> str | None:
    holds = {
        "a table in which nothing is hidden": _published([]),
        "four hidden cells, two in each of their rows and columns": _published(
            [(1, 0), (1, 1), (2, 0), (2, 1)]
        ),
        "six hidden cells, all of two columns": _published(
            [(row, column) for row in range(3) for column in range(2)]
        ),
    }
    breaks = {
        "a single hidden cell": _published([(1, 0)]),
        "two hidden cells of one row, each alone in its column": _published([(1, 0), (1, 1)]),
        "two hidden cells of one column, each alone in its row": _published([(0, 1), (2, 1)]),
        "five hidden cells, one of them alone in its row and column": _published(
            [(1, 0), (1, 1), (2, 0), (2, 1), (0, 2)]
        ),
        "four hidden cells, two of them alone in their rows": _published([(0, 0), (0, 1), (1, 0), (2, 1)]),
        "four hidden cells, two of them alone in their columns": _published([(0, 0), (1, 0), (0, 1), (1, 2)]),
        "a single hidden total": _published([(3, 1)]),
        "two hidden totals of one row": _published([(3, 0), (3, 1)]),
        "two hidden totals of one column": _published([(0, 3), (1, 3)]),
        "a hidden cell and its school's total, each alone in its column": _published([(1, 0), (1, 3)]),
    }
    return rule_error(answer, holds, breaks)


def _behind_the_code(answer: object, *, code: str) -> str | None:
    answer = single(answer)
    if isinstance(answer, str) and answer.strip() == code:
        return "That is the code itself. Which student number becomes this code?"
    number = count_of(
        int(answer) if isinstance(answer, str) and answer.strip().isdigit() else answer, "student numbers"
    )
    its = hashlib.sha256(str(number).encode()).hexdigest()[: len(code)]
    if its == code:
        return None
    if number < 400_000:
        return (
            f"Student numbers begin at 400000; yours is {number}. Give the number, not its place in a list."
        )
    return f"{number} becomes {its}, and not {code}. Try every number from 400000 to 499999."


def _chain(answer: object, *, log: pd.DataFrame) -> str | None:
    changed, swapped = log.copy(), log.copy()
    changed.loc[1, "entry"] = str(changed.loc[1, "entry"]).replace("nurse", "clerk")
    first, forged = log.copy(), log.copy()
    first.loc[0, "entry"] = str(first.loc[0, "entry"]).replace("teacher", "clerk")
    forged.loc[len(log) - 1, "before"] = hashlib.sha256(b"forged").hexdigest()[:12]
    order = [0, 2, 1, *range(3, len(log))]
    swapped = swapped.iloc[order].reset_index(drop=True)
    other, before = [], "begin"
    for entry in ("07:55 clerk, enrollment, 2 children", "10:10 nurse, care, 1 child"):
        other.append((entry, before))
        before = hashlib.sha256(f"{entry} {before}".encode()).hexdigest()[:12]
    holds = {
        "a log that nobody touched": (log.copy(),),
        "a log with a single line": (log.head(1).copy(),),
        "the log of another day": (pd.DataFrame(other, columns=["entry", "before"]),),
    }
    breaks = {
        "a log in which one word was changed": (changed,),
        "a log in which the first line was changed": (first,),
        "a log with a forged fingerprint in the last line": (forged,),
        "a log of one line that doesn't begin": (log.iloc[[1]].reset_index(drop=True),),
        "a log from which a line was taken": (log.drop(index=2).reset_index(drop=True),),
        "a log from which the first line was taken": (log.drop(index=0).reset_index(drop=True),),
        "a log in which two lines changed places": (swapped,),
    }
    return rule_error(answer, holds, breaks)


EXERCISES = (
    Exercise(
        number="E.1",
        asks="In how many domains does a teacher see no single child?",
        hints=(
            "A rule allows one of three: row (each child), aggregate (counts only), none.",
            'teacher = rules[rules["role"].eq("teacher")] has one row for each domain.',
            'Count those whose allow is not "row": .ne("row").sum().',
        ),
        check=_not_of_a_child,
    ),
    Exercise(
        number="E.2",
        asks="Write the test that would have noticed the three changes.",
        hints=(
            "What has to stay the same for each role and domain: who sees how much, of which children?",
            "Compare the columns role, domain, allow and scope. Leave out the order of rows and the reasons' "
            "wording.",
            'set(map(tuple, before[["role", "domain", "allow", "scope"]].to_numpy())) is one side.',
        ),
        check=_same_rules,
        assertion=True,
    ),
    Exercise(
        number="E.3",
        asks="Fix the policy that somebody loosened in three places.",
        hints=(
            "compare_policies(policy, loosened) lists where the two differ, and how.",
            "Change each of them back with .changed(role, domain, allow=…); one .changed after the other.",
            "The scope counts, too: it says which children a rule covers. compare_policies shows it.",
        ),
        check=_mended,
    ),
    Exercise(
        number="E.4",
        asks="Which columns of the lunchroom's list reveal who eats free?",
        hints=(
            "Eligibility isn't in the list. What does the lunch line record for a child who doesn't pay?",
            "A price of nothing, and a balance that never moves.",
            "Two columns: what was charged, and the balance. The PIN opens both: count it or not.",
        ),
        check=_gives_money_away,
    ),
    Exercise(
        number="E.5",
        asks="One number is hidden. What is it?",
        hints=(
            "Which number in the table is the sum of the others?",
            'Take the row "all schools" and subtract the sum of the others (a sum leaves NA out).',
        ),
        check=_worked_out,
    ),
    Exercise(
        number="E.6",
        asks="What must be true of a table with totals, so that nobody can work out a hidden cell?",
        hints=(
            "When can you subtract? When a row, or a column, has exactly one hidden cell.",
            'table.isna().sum(axis="columns") counts hidden cells by row, and axis="index" by column.',
            "No row and no column may have exactly 1: .ne(1).all(), once for rows and once for columns.",
        ),
        check=_nothing_recomputed,
        assertion=True,
    ),
    Exercise(
        number="E.7",
        asks="Which student number is behind the code?",
        hints=(
            "You can't compute a hash backward. But you can hash every number there is, and look.",
            "Go through range(400_000, 500_000), hash each one, and compare with the code.",
            "next(number for number in range(400_000, 500_000) if hashed(number) == code)",
        ),
        check=_behind_the_code,
    ),
    Exercise(
        number="E.8",
        asks="What must be true of a log that nobody changed?",
        hints=(
            "Each line carries the fingerprint of the line before it. Compute it again, and compare.",
            'The whole line counts: fingerprint(f"{entry} {before}"). The first line has "begin".',
            'Walk through the lines with expected = "begin": compare before with expected, then compute the '
            "next expected.",
        ),
        check=_chain,
        assertion=True,
    ),
    Exercise(
        number="E.9",
        asks="A club asks for the attendance of the children who come to it. How do you answer?",
        hints=(
            "A club is outside the school. What lets you hand a child's record to somebody outside?",
            "A consent names which records, for what, and to whom; a parent signs and dates it.",
            "Write what you share, who signs, on what form, for what purpose, and when it ends.",
        ),
        points=(
            "Do you share nothing unless a parent has signed and dated a form that names the records, the "
            "purpose and the club? (No, until then, is a sound answer.)",
            "Do you share only what the purpose needs, and does it end?",
            "Do you tell the club what it can do, such as giving the form to the families?",
        ),
    ),
)
