"""A check answers everything and raises nothing; a rule is tried on right and on broken data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.teach import check, expect, solution
from helpers.teach.check import solution_of
from helpers.teach.exercise import is_stub, rule_error
from helpers.teach.exercises.after_the_pandemic import with_another_count
from helpers.teach.exercises.one_child_two_roles import with_two_accounts

HOLDS = {"two different numbers": ([1, 2],), "no number": ([],)}
BREAKS = {"a number that appears twice": ([1, 1],)}


def test_an_unknown_exercise_is_a_reply_that_lists_the_others() -> None:
    reply = check("Z.9", 1)
    assert reply.state == "wrong"
    assert "There are: A.1" in reply
    assert solution("Z.9").state == "wrong"


def test_a_solution_shows_the_first_way_and_why(tmp_path: Path) -> None:
    (tmp_path / "B_x.py").write_text(
        'SOLUTIONS = {"B.1": ["absent = 3", "absent = 2 + 1"]}\nWHY = {"B.1": "A child counts once."}\n',
        encoding="utf-8",
    )
    assert solution_of("B.1", tmp_path) == ("absent = 3", "A child counts once.")


def asserts(numbers: list[int]) -> None:
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    "rule",
    [
        lambda numbers: len(set(numbers)) == len(numbers),
        lambda numbers: pd.Series(numbers, dtype="int64").is_unique,
        asserts,
    ],
)
def test_a_rule_that_holds_and_notices_has_no_error(rule: object) -> None:
    assert rule_error(rule, HOLDS, BREAKS) is None


@pytest.mark.parametrize(
    ("rule", "trouble"),
    [
        (
            lambda numbers: True,
            "It lets through a number that appears twice: there your test should say False.",
        ),
        (
            lambda numbers: None,
            "It lets through a number that appears twice. Yours returned nothing: did you forget return?",
        ),
        (lambda numbers: False, "It complains about two different numbers: there your test should say True."),
        (lambda numbers: bool(numbers), "It complains about no number: there"),
        (lambda numbers: numbers[0] > 0, "It fails on no number: IndexError"),
        (lambda numbers: pd.Series(numbers), "Does a column need .all() or .any()?"),
        (lambda: True, "It fails on two different numbers: TypeError"),
        (
            lambda numbers: pd.Series(numbers).gt(0) and pd.Series(numbers).lt(9),
            "It fails on two different numbers: between two columns write & or |",
        ),
        (
            lambda numbers: pd.DataFrame({"n": numbers})["number"].is_unique,
            "It fails on two different numbers: these rows have no column 'number'",
        ),
        (
            lambda numbers: pd.Series(numbers).lower().is_unique,
            "It fails on two different numbers: what works on each text of a column begins with .str",
        ),
        (True, "yours is a bool"),
    ],
)
def test_a_rule_that_is_wrong_is_told_the_first_case_in_which_it_is(rule: object, trouble: str) -> None:
    assert trouble in str(rule_error(rule, HOLDS, BREAKS))


def test_a_function_of_three_dots_is_no_answer() -> None:
    def stub(name: str) -> object:
        """Write what this returns."""
        return ...

    def written(name: str) -> object:
        return name.casefold()

    def constant() -> int:
        return 3

    assert is_stub(stub)
    assert is_stub(lambda left, right: ...)
    assert not any(is_stub(other) for other in (written, constant, len, 3, "...", stub("a")))


def test_expect_shows_the_first_line_of_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    left = pd.DataFrame({"name": ["Ana Ruiz", "Ana Ruiz"]})
    with expect(pd.errors.MergeError):
        left.merge(left, on="name", how="inner", validate="one_to_one")
    said = capsys.readouterr().out
    assert said.startswith("As expected, MergeError: Merge keys are not unique")
    assert "Ana" not in said


def test_expect_fails_when_nothing_goes_wrong_and_lets_others_pass() -> None:
    with pytest.raises(AssertionError, match="KeyError was expected"), expect(KeyError):
        pass
    with pytest.raises(ZeroDivisionError), expect(KeyError):
        1 / 0  # noqa: B018


def test_a_reply_names_what_it_counts_without_marks() -> None:
    """One child has a row, and two have: the noun and the verb follow the number of the learner's answer."""
    sent = pd.DataFrame({"child": ["Ana"], "mark": ["Tardy"], "day": ["Monday"]})
    for children in (["Ana"], ["Ana", "Ben"]):
        rows = pd.concat([sent.assign(child=name) for name in children], ignore_index=True)
        reply = check("B.1", len(children), sent=rows)
        named = "1 child has a row." if len(children) == 1 else "2 children have a row."
        assert named in reply
        assert "⟦" not in reply
        assert "⟦" not in reply._repr_html_()


@pytest.mark.parametrize(
    ("missed_6", "added"),
    [([3, 3, 0], 1), ([3, 0, 0], 0)],
    ids=["as many in week 6 as in spring", "fewer in week 6"],
)
def test_the_wrong_denominator_gives_another_share_where_both_groups_are_as_large(
    missed_6: list[int], added: int
) -> None:
    days = {"missed_6": missed_6, "expected_6": 30, "missed": [15, 0, 15], "expected": 100}
    progress = with_another_count(pd.DataFrame(days, index=["Ana", "Ben", "Cem"]))
    assert len(progress) == 3 + added
    late, early = progress["missed"] >= 10, progress["missed_6"] >= 3
    assert check("G.3", early[late].mean(), progress=progress).state == "right"
    assert check("G.3", late[early].mean(), progress=progress).state == "wrong"


@pytest.mark.parametrize("second_accounts", range(4))
def test_comparing_with_all_names_at_once_is_noticed_where_children_have_second_accounts(
    second_accounts: int,
) -> None:
    rows = []
    for child in map(str, range(second_accounts)):
        rows += [(child, "sis", "Lee", True), *[(child, "meals", "Li", False)] * 2]
    surnames = with_two_accounts(pd.DataFrame(rows, columns=["child", "system", "says", "chosen"]))
    meals = surnames[surnames["system"].eq("meals")]
    anybodys = int((~meals["says"].isin(surnames[surnames["chosen"]]["says"])).sum())
    assert check("D.4", anybodys, surnames=surnames, first="meals").state == "wrong"
    assert check("D.4", 6 + second_accounts, surnames=surnames, first="meals").state == "right"


@pytest.mark.parametrize(
    ("children", "said"),
    [
        ([41.0, None, 31.0, 100.0], "right"),
        ([41.0, None, None, 100.0], "Exactly one number has to be hidden"),
        ([41.0, 28.0, 31.0, 100.0], "Exactly one number has to be hidden"),
    ],
)
def test_what_is_hidden_is_asked_for_only_where_it_is_one_number(
    children: list[float | None], said: str
) -> None:
    schools = ["Oak", "Elm", "Ash", "all schools"]
    counts = pd.DataFrame({"school": schools, "children": pd.array(children, dtype="Float64")})
    reply = check("E.5", 28, counts=counts)
    assert said in f"{reply.state}: {reply}"
