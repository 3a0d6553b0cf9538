"""What a team's decision on whom to believe changes, by the truth: values gained, values lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile import Profiles, elements
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.profiles import judge_profiles, profiles_by_the_truth
from helpers.standard import as_table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["judge_decision"]

ABOUT = ["person", "element"]


def judge_decision(
    district: District,
    before: Profiles,
    after: Profiles,
    *,
    only: Collection[str] | None = None,
    key: AnswerKey | None = None,
) -> pd.DataFrame:
    """Count, for each element, whose value a decision made right, and whose it made wrong.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    before, after
        Its profiles, by the same links, without and with the decision.
    only
        Elements to judge, such as those decided on; all when not given.
    key
        The truth; by default that of the district's folder.

    Returns
    -------
    pandas.DataFrame
        The standard table *decision_scores*, one row an element that the key knows. ``changed`` are children
        whose value is another one; of these ``made_right`` are right only now and ``made_wrong`` were right
        only before. *Right* is of the newest day; what was true on an earlier day isn't right.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    rightly = profiles_by_the_truth(district, key, before.school_year)
    if only is not None:
        key = replace(key, values=key.values[key.values["element"].isin(list(only))])
        before, after, rightly = (_only(one, only) for one in (before, after, rightly))
    judged = [judge_profiles(district, one, key=key, rightly=rightly) for one in (before, after)]
    both = judged[0].merge(
        judged[1][[*ABOUT, "shown", "outcome"]],
        on=ABOUT,
        how="outer",
        validate="one_to_one",
        suffixes=("", "_now"),
    )
    was, now = both["outcome"].eq("right"), both["outcome_now"].eq("right")
    asked = both["outcome"].ne("not_collected")
    other = both["shown"].fillna("").ne(both["shown_now"].fillna(""))
    counted = pd.DataFrame(
        {
            "element": both["element"],
            "of_children": asked,
            "right_before": was,
            "right_after": now,
            "changed": other,
            "made_right": now & ~was,
            "made_wrong": was & ~now,
        }
    )
    names = [one.name for one in elements() if one.name in set(counted["element"])]
    return as_table("decision_scores", counted.groupby("element").sum().reindex(names).reset_index())


def _only(profiles: Profiles, names: Collection[str]) -> Profiles:
    """Keep what profiles say of some elements, and why they say nothing of them."""
    said = profiles.said[profiles.said["element"].isin(list(names))]
    return replace(profiles, said=said, coverage=profiles.coverage.of(list(names)))
