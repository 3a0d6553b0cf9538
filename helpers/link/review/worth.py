"""What an hour of review buys: expected pairs found, wrong joins made and avoided, question by question.

Without an answer key all of it is an estimate: it is as good as the probabilities that it is made of. Where
there is a key, hand in which pairs are one child.
"""

from __future__ import annotations

import pandas as pd

from helpers.link.review.queue import UNKNOWN_PROBABILITY
from helpers.standard import STRING, BadInput, as_table

__all__ = ["ERROR_RATE", "SECONDS_A_DECISION", "first_minutes", "worth_of_review"]

# Own assumption: no figure was found for two records of a school district. Measure yours: the desk says how
# long you took.
SECONDS_A_DECISION = 30.0
# Two trained reviewers mostly disagreed on 1 to 5% of pairs ("Manual evaluation of record linkage algorithm
# performance in four real-world datasets", 2024, PubMed 38508580); two who each err on 2% disagree on 4%.
# Yours may be many times that: one reviewer there differed on 59%.
ERROR_RATE = 0.02


def worth_of_review(
    queue: pd.DataFrame,
    *,
    seconds: float = SECONDS_A_DECISION,
    error_rate: float = ERROR_RATE,
    unknown_probability: float = UNKNOWN_PROBABILITY,
    is_one_child: pd.Series | None = None,
) -> pd.DataFrame:
    """Say what review buys, one row a question, in the order of the queue and added up from the top.

    Parameters
    ----------
    queue
        From `review_queue`; in another order the curve is that of another order.
    seconds
        How long one decision takes.
    error_rate
        Share of decisions that are wrong, 0 to below 0.5, whatever the truth is.
    unknown_probability
        Of a pair that a rule sent to a person, 0 to 1.
    is_one_child
        Boolean, one a row of `queue`: the truth, where there is an answer key. Without it the pairs'
        probabilities are used.

    Returns
    -------
    pandas.DataFrame
        The standard table *review_worth*: sums over the first ``questions`` questions of the pairs expected
        to be joined rightly (``pairs_gained``), of those joined wrongly by mistake (``wrong_pairs``), of the
        wrong ones that joining all of them unasked would have made and the review doesn't
        (``wrong_pairs_avoided``), of splits that are mended (``children_completed``: a child who stood under
        two numbers stands under one), and ``minutes``; ``basis`` is *Estimate* or *Answer key*.

    Raises
    ------
    BadInput
        When a parameter can't be.
    """
    if not seconds > 0:
        raise BadInput(f"seconds is {seconds}: a decision takes more than 0 seconds.")
    if not 0 <= error_rate < 0.5:
        raise BadInput(f"error_rate is {error_rate}: it is 0 to below 0.5; at 0.5 a coin does as well.")
    if not 0 <= unknown_probability <= 1:
        raise BadInput(f"unknown_probability is {unknown_probability}: a probability is 0 to 1.")
    if is_one_child is None:
        chance = queue["probability"].fillna(unknown_probability)
    else:
        chance = is_one_child.astype("float64").reindex(queue.index)
    asked = queue.assign(chance=chance.astype("float64"))
    asked = asked[~asked["question"].duplicated()].reset_index(drop=True)
    gained = asked["pairs_gained"].astype("float64")
    is_one = asked["chance"]
    right_yes, wrong_yes = is_one * (1 - error_rate), (1 - is_one) * error_rate
    # Nothing is mended where both records stand under one child already.
    mended = right_yes.where(gained > 0, 0.0)
    return as_table(
        "review_worth",
        pd.DataFrame(
            {
                "questions": asked.index + 1,
                "minutes": (asked.index + 1) * (seconds / 60),
                "pairs_gained": (right_yes * gained).cumsum(),
                "wrong_pairs": (wrong_yes * gained).cumsum(),
                "wrong_pairs_avoided": ((1 - is_one) * (1 - error_rate) * gained).cumsum(),
                "children_completed": mended.cumsum(),
                "basis": pd.Series(
                    "Estimate" if is_one_child is None else "Answer key", index=asked.index, dtype=STRING
                ),
            }
        ),
    )


def first_minutes(worth: pd.DataFrame, minutes: float = 60) -> pd.Series:
    """Give what the first minutes buy.

    Parameters
    ----------
    worth
        From `worth_of_review`.
    minutes
        How long somebody reviews.

    Returns
    -------
    pandas.Series
        The last row of `worth` that is reached within these minutes; all 0 where none is.

    Examples
    --------
    >>> one = pd.DataFrame({"question": [1, 2], "probability": [0.9, 0.5], "pairs_gained": [10, 2]})
    >>> bought = first_minutes(worth_of_review(one, seconds=60, error_rate=0.0), minutes=1)
    >>> int(bought["questions"]), float(bought["pairs_gained"])
    (1, 9.0)
    """
    reached = worth[worth["minutes"] <= minutes + 1e-9]
    if len(reached):
        return reached.iloc[-1]
    return pd.Series(
        {name: 0 if pd.api.types.is_numeric_dtype(kind) else None for name, kind in worth.dtypes.items()}
    )
