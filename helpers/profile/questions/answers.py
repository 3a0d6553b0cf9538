"""Answer questions: how many children, how many unknown and why, from how many systems."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from helpers.profile.conditions import Condition, is_element
from helpers.profile.lineage import source_rows
from helpers.profile.questions.definitions import Question, Questions, kit_questions
from helpers.profile.questions.known import REASONS, Input, Knowledge, Seen, elements_behind, roster_of
from helpers.profile.store.source import Source
from helpers.standard import STRING, BadInput, as_table, empty_table
from helpers.systems import element

__all__ = ["Asking", "answer_questions", "children_for", "groups_for", "rows_behind", "status_of"]

ANSWERED, PARTLY, NOT_ANSWERABLE = "Answered", "Partly", "Not answerable"
CONCERNS_NOBODY = "Concerns nobody"


@dataclass(frozen=True)
class Answer:
    """The answer to one question, child by child in roster order."""

    question: Question
    # Whether the question is about the child, or may be.
    concerned: np.ndarray
    # Whether no child whom we know fits its `of`.
    of_nobody: bool
    # Whether the child is one of those looked for; NA: unknown.
    yes: pd.Series
    # Position in `REASONS` of why a part isn't known; -1 if all are.
    reason: np.ndarray
    # The question's inputs.
    inputs: tuple[Input, ...]


class Asking:
    """Questions to one district, with data gathered once for all of them."""

    def __init__(
        self,
        source: Source,
        *,
        children: Sequence[str] | None = None,
        forbidden: Collection[str] = (),
        today: pd.Timestamp | None = None,
        declared: Questions | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Gather the data.

        Parameters
        ----------
        source
            The children's data.
        children
            Only these, such as those of a class; by default everybody on the roster.
        forbidden
            Elements and indicators (``indicator.name``) that the asker may not see.
        today
            Date of the question; by default the latest day of any system.
        declared
            Your own questions, from `read_questions`; by default the kit's.
        seen
            What the asker may see, such as a view; limits the question to its children.
        """
        self.declared = declared or kit_questions()
        self.roster = roster_of(source, today)
        self.known = Knowledge(
            source, self.roster, most_unplaced=self.declared.most_unplaced, forbidden=forbidden, seen=seen
        )
        self.asked = np.ones(len(self.roster.children), dtype=bool)
        if children is not None:
            self.asked &= self.roster.children.isin(list(children))
        if seen is not None:
            self.asked &= self.roster.children.isin(seen.children["child"])

    def answer(self, question: Question) -> Answer:
        """Answer one question for every child."""
        count = len(self.roster.children)
        inputs = tuple(self.known.input(name, question.fresh_days) for name in question.inputs())
        columns = {each.name: each.column for each in inputs}
        everybody = pd.Series(np.ones(count, dtype=bool), dtype="boolean")
        whom = everybody if question.of is None else question.of.holds(columns)
        yes = everybody if question.answer is None else question.answer.holds(columns)
        reason = reduce(
            np.minimum,
            [np.where(each.known, len(REASONS), each.state) for each in inputs],
            np.full(count, len(REASONS)),
        )
        if question.answer is None:
            # A question about one child is answered once all parts are known.
            yes = yes.mask(reason < len(REASONS))
        concerned = self.asked & whom.fillna(True).to_numpy(dtype=bool)
        of_nobody = self._is_of_nobody(question, whom, inputs)
        reason = np.where(reason == len(REASONS), -1, reason)
        return Answer(question, concerned, of_nobody, whom & yes, reason, inputs)

    def _is_of_nobody(self, question: Question, whom: pd.Series, inputs: Sequence[Input]) -> bool:
        """Check whether no known child fits; not if nobody has a part of `of`: then the part is missing."""
        named = () if question.of is None else question.of.inputs()
        part_known = all(each.known[self.asked].any() for each in inputs if each.name in named)
        fits = whom[self.asked].dropna()
        return part_known and len(fits) > 0 and not fits.any()


def answer_questions(
    source: Source,
    *,
    questions: Sequence[str] | None = None,
    least_share: float | None = None,
    children: Sequence[str] | None = None,
    forbidden: Collection[str] = (),
    today: pd.Timestamp | None = None,
    declared: Questions | None = None,
    seen: Seen | None = None,
) -> pd.DataFrame:
    """Answer the kit's questions about a district's children, or list the missing data.

    Parameters
    ----------
    source
        The children's data: a store, or ``helpers.profile.source_of(district, links, profiles)``.
    questions
        Ids of questions; by default all.
    least_share
        Share of the children for whom a question must be answerable; by default as declared.
    children, forbidden, today, declared, seen
        As for `Asking`.

    Returns
    -------
    pandas.DataFrame
        Table ``question_answers``, one row per question. ``of_children`` children are answerable (every
        element the question needs is known), and ``concerned = of_children + unknown``.

    Raises
    ------
    BadInput
        When no question has such an id, or the share isn't between 0 and 1.

    Examples
    --------
    >>> answers = answer_questions(source, questions=["growing_in_math"])
    >>> answers[["status", "children", "of_children"]].values.tolist()
    [['Answered', 25, 34]]
    """
    asking = Asking(source, children=children, forbidden=forbidden, today=today, declared=declared, seen=seen)
    declared = asking.declared
    chosen = declared.question if questions is None else [declared.named(name) for name in questions]
    rows = pd.DataFrame([_row(asking.answer(each), asking) for each in chosen])
    cited = pd.Series([declared.source.get(each.source, "the kit's own") for each in chosen], dtype=STRING)
    status = status_of(rows["share_answerable"], least_share, declared)
    return as_table("question_answers", rows.assign(status=status, citation=cited))


def status_of(
    shares: pd.Series, least_share: float | None = None, declared: Questions | None = None
) -> pd.Series:
    """Classify questions as answered or not, by their share of answerable children.

    Parameters
    ----------
    shares
        Share of the concerned children with all parts known; NA: it concerns nobody, and counts as answered.
    least_share
        Minimum share that counts as answered; by default as declared.
    declared
        Declared questions; by default the kit's.

    Returns
    -------
    pandas.Series
        Answered, Partly or Not answerable.

    Raises
    ------
    BadInput
        When the share isn't above 0 and at most 1.

    Examples
    --------
    >>> status_of(pd.Series([1.0, 0.7, 0.1])).tolist()
    ['Answered', 'Partly', 'Not answerable']
    """
    declared = declared or kit_questions()
    least = declared.least_share if least_share is None else least_share
    if not 0 < least <= 1:
        raise BadInput(f"least_share = {least:g} is no share of children: give a number above 0, up to 1.")
    part = min(declared.least_part, least)
    known = shares.fillna(1.0).to_numpy(dtype="float64")
    words = np.select([known >= least, known >= part], [ANSWERED, PARTLY], default=NOT_ANSWERABLE)
    return pd.Series(words, index=shares.index).astype(STRING)


def children_for(
    source: Source,
    question: str,
    *,
    children: Sequence[str] | None = None,
    forbidden: Collection[str] = (),
    today: pd.Timestamp | None = None,
    declared: Questions | None = None,
    seen: Seen | None = None,
) -> pd.DataFrame:
    """List the children whom a question is about, each with the answer.

    Parameters
    ----------
    source
        The children's data.
    question
        Id of a question.
    children, forbidden, today, declared, seen
        As for `Asking`.

    Returns
    -------
    pandas.DataFrame
        Table ``question_children``: *Yes* first, then *Unknown*, then *No*; an unknown part never makes a No.

    Raises
    ------
    BadInput
        When no question has that id.
    """
    asking = Asking(source, children=children, forbidden=forbidden, today=today, declared=declared, seen=seen)
    answer = asking.answer(asking.declared.named(question))
    at = np.flatnonzero(answer.concerned)
    yes = answer.yes.iloc[at].reset_index(drop=True)
    word = pd.Series(np.where(yes.fillna(False).to_numpy(dtype=bool), "Yes", "No"), dtype=STRING)
    word = word.mask(yes.isna(), "Unknown")
    reason = answer.reason[at]
    frame = pd.DataFrame(
        {
            "question": question,
            "child": asking.roster.children.take(at),
            "answer": word,
            "all_known": reason < 0,
            "why": pd.array([REASONS[each] if each >= 0 else None for each in reason], dtype=STRING),
            "lacks": _joined([np.where(each.known[at], "", each.name) for each in answer.inputs], len(at)),
            "details": _describe_details(answer, at),
            "silos": "; ".join(_silos(answer)),
        }
    )
    order = frame["answer"].map({"Yes": 0, "Unknown": 1, "No": 2})
    return as_table("question_children", frame.iloc[np.argsort(order.to_numpy(dtype="int64"), kind="stable")])


def groups_for(
    source: Source,
    question: str,
    *,
    by: str | None = None,
    children: Sequence[str] | None = None,
    forbidden: Collection[str] = (),
    today: pd.Timestamp | None = None,
    declared: Questions | None = None,
    seen: Seen | None = None,
) -> pd.DataFrame:
    """Count the answers to a question by group.

    Parameters
    ----------
    source
        The children's data.
    question
        Id of a question.
    by
        Grouping element; by default the question's own ``group_by``, else the school.
    children, forbidden, today, declared, seen
        As for `Asking`.

    Returns
    -------
    pandas.DataFrame
        Table ``question_groups``; children without a known group are in an unnamed group. Small groups are
        included: suppress them before anybody sees the table.

    Raises
    ------
    BadInput
        When no question has that id, or no element that name.
    """
    asking = Asking(source, children=children, forbidden=forbidden, today=today, declared=declared, seen=seen)
    asked = asking.declared.named(question)
    answer = asking.answer(asked)
    name = by or asked.group_by or "school"
    group = asking.known.input(name).value.astype(STRING)
    at = answer.concerned
    frame = pd.DataFrame(
        {
            "group": group[at],
            "children": answer.yes[at].fillna(False).astype("int64"),
            "of_children": answer.yes[at].notna().astype("int64"),
            "unknown": answer.yes[at].isna().astype("int64"),
            "answerable": (answer.reason[at] < 0).astype("int64"),
        }
    )
    counted = frame.groupby("group", dropna=False, sort=True).sum().reset_index()
    return as_table("question_groups", counted.assign(question=question, group_by=name))


def rows_behind(source: Source, condition: Condition, child: str) -> pd.DataFrame:
    """List the source rows that decide a condition for one child on the roster, or the values that it lacks.

    Parameters
    ----------
    source
        The children's data.
    condition
        A condition of elements and indicators.
    child
        Id of a child on the roster.

    Returns
    -------
    pandas.DataFrame
        ``input`` and ``lacks`` (why its value isn't known), then the columns of table ``source_rows``: one
        row per source row of an input that makes the condition true or false, or per input that isn't known.

    Raises
    ------
    BadInput
        When the roster has no such child.
    """
    asking = Asking(source)
    positions = np.flatnonzero(asking.roster.children == child)
    if not len(positions):
        raise BadInput(f"No child on the roster is called {child!r}: take one of the column child.")
    at = int(positions[0])
    inputs = {name: asking.known.input(name) for name in condition.inputs()}
    parts = []
    for name in condition.deciding({name: one.column for name, one in inputs.items()}, at):
        state = int(inputs[name].state[at])
        lacks = REASONS[state] if state < len(REASONS) else None
        read = [] if lacks else [source_rows(source, child, *one) for one in _elements_read(name, source)]
        rows = pd.concat(read, ignore_index=True) if read else empty_table("source_rows")
        # A value without a row still decides, such as no incident of a child whom the system lists.
        rows = rows if len(rows) else rows.reindex([0])
        reason = pd.DataFrame({"input": name, "lacks": lacks}, index=rows.index, dtype=STRING)
        parts.append(pd.concat([reason, rows], axis="columns"))
    return pd.concat(parts, ignore_index=True)


def _elements_read(name: str, source: Source) -> list[tuple[str, int | None]]:
    """Name the elements behind an input, each with the school year that it is read of."""
    year, earlier = source.school_year, "last_year." in name
    return [(one, year - 1 if year is not None and earlier else year) for one in elements_behind(name)]


def _row(answer: Answer, asking: Asking) -> dict[str, object]:
    question, mine = answer.question, answer.concerned
    concerned = int(mine.sum())
    yes = answer.yes[mine]
    unknown = int(yes.isna().sum())
    answerable = int((mine & (answer.reason < 0)).sum())
    share = answerable / concerned if concerned else float("nan")
    reasons = np.bincount(answer.reason[mine & (answer.reason >= 0)], minlength=len(REASONS))
    found = {
        REASONS[place]: int(reasons[place]) for place in np.argsort(-reasons, kind="stable") if reasons[place]
    }
    lacking = [(int((mine & ~each.known).sum()), each.name) for each in answer.inputs]
    silos = _silos(answer)
    nowhere = [each for each in answer.inputs if each.silo is None]
    missing = sorted({system for each in nowhere if each.missing for system in each.system.split("; ")})
    needed = [*silos, *sorted({system for each in nowhere for system in each.system.split("; ")} - {*silos})]
    roster = asking.roster.silo
    own = {each.name: element(each.name).days_until_stale for each in answer.inputs if is_element(each.name)}
    fresh = [f"{name} {days}" for name, days in {**own, **question.fresh_days}.items()]
    return {
        "question": question.id,
        "text": question.text,
        "asked_by": "; ".join(question.asked_by),
        "grain": question.grain,
        "concerned": concerned,
        "children": int(yes.fillna(False).sum()),
        "of_children": concerned - unknown,
        "unknown": unknown,
        "answerable": answerable,
        "share_answerable": share,
        "why": CONCERNS_NOBODY if answer.of_nobody else next(iter(found), None),
        "reasons": "; ".join(f"{name} {number}" for name, number in found.items()) or None,
        "lacks": max(lacking)[1] if lacking and max(lacking)[0] else None,
        "inputs": "; ".join(question.inputs()),
        "silos_needed": "; ".join(needed),
        "missing_silos": "; ".join(missing) or None,
        "keys_needed": "; ".join(f"{roster} + {silo}" for silo in needed if silo != roster) or None,
        "fresh_days": "; ".join(fresh) or None,
        "platforms_before": len(needed),
        "platforms_after": 1,
        "source": question.source,
    }


def _silos(answer: Answer) -> list[str]:
    """List the systems that one would have to open, in order of need."""
    return list(dict.fromkeys(silo for each in answer.inputs if each.silo for silo in each.silo.split("; ")))


def _joined(parts: Sequence[np.ndarray], count: int) -> pd.Series:
    words = ["; ".join(part[place] for part in parts if part[place]) or None for place in range(count)]
    return pd.Series(pd.array(words, dtype=STRING))


def _describe_details(answer: Answer, at: np.ndarray) -> pd.Series:
    """Format each child's values as name and value, or the reason for none."""
    by_name = {each.name: each for each in answer.inputs}
    parts = []
    for name in answer.question.details:
        given = by_name[name]
        words = given.value.astype(STRING).fillna("").to_numpy(dtype=object)
        words = np.where(given.nothing, "none", words)
        unknown = np.array([REASONS[state].lower() if state < len(REASONS) else "" for state in given.state])
        parts.append(
            np.array(
                [f"{name}: {word or why}" for word, why in zip(words[at], unknown[at], strict=True)],
                dtype=object,
            )
        )
    return _joined(parts, len(at))
