"""What to do next: the items that stand lowest, and what to begin with from where they stand."""

from __future__ import annotations

import pandas as pd

from helpers.gaps.survey.agreement import AGREE, agreement
from helpers.gaps.survey.scores import item_scores
from helpers.standard.survey_items import declared_survey

__all__ = ["TALK_FIRST", "next_steps"]

TALK_FIRST = "First those who answered differently tell one another what they see. Then: "


def next_steps(answers: pd.DataFrame, most: int = 5) -> pd.DataFrame:
    """List what to do next.

    Parameters
    ----------
    answers
        Table ``survey_answers`` of one year.
    most
        How many steps.

    Returns
    -------
    pandas.DataFrame
        Rows of ``survey_items``, the lowest first (where it stands, then the mean, then the order of items),
        and ``talk_first``: the respondents differ on it, so that they talk before anybody acts. Items that
        stand at the highest anchor are never among them.
    """
    items = item_scores(answers)
    items = items[items["stands_at"].lt(declared_survey().highest).fillna(False)]
    lowest = items.sort_values(["stands_at", "mean"], kind="stable").head(most)
    apart = agreement(answers).dropna(subset=["item"]).set_index("item")["average_deviation"]
    differ = lowest["item"].map(apart).gt(AGREE).fillna(False).astype(bool)
    said = lowest["next_step"].where(~differ, TALK_FIRST + lowest["next_step"])
    return lowest.assign(next_step=said, talk_first=differ).reset_index(drop=True)
