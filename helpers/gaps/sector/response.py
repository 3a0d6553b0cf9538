"""Who answered, and what each answering system stands for, as far as public lists tell."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["alike", "response_weights"]

Floats = npt.NDArray[np.float64]
_FEWEST = 10


def alike(frame: pd.DataFrame, *, it_staff: bool = True) -> Floats:
    """Give what systems are held alike in: size, locale and, where asked for, IT staff.

    Parameters
    ----------
    frame
        Rows of table ``sector``.
    it_staff
        Only those who answered say how many they have.

    Returns
    -------
    numpy.ndarray
        A row a row of `frame`: a constant, the log of students, a column for each locale but the commonest
        (locales of fewer than ten rows count to the commonest), the log of one more than the IT staff.
    """
    students = frame["students"].to_numpy("float64", na_value=np.nan)
    columns = [np.ones(len(frame)), np.log(np.maximum(students, 1))]
    counts = frame["locale"].value_counts()
    for name in sorted(counts.index[counts >= _FEWEST].difference([counts.idxmax()] if len(counts) else [])):
        columns.append(frame["locale"].eq(name).to_numpy("float64", na_value=np.nan))
    if it_staff:
        columns.append(np.log1p(frame["it_staff"].to_numpy("float64", na_value=np.nan)))
    return np.column_stack(columns)


def response_weights(frame: pd.DataFrame, year: int) -> Floats:
    """Weigh each answering system by how rarely systems like it answer.

    The chance of an answer is fitted by a logistic line on what is public of everybody who was invited: size,
    locale, pledge, community, and whether it answered in another year. A weight is one through that chance.
    It makes up for who doesn't answer only as far as that is recorded.

    Parameters
    ----------
    frame
        Table ``sector``, with those who didn't answer.
    year
        Of the survey.

    Returns
    -------
    numpy.ndarray
        One a row of `frame` that answered in the year, with mean 1; all 1 where nobody is recorded who didn't
        answer, or the chances can't be told.
    """
    asked = frame[frame["year"].eq(year)]
    answered = asked["responded"].to_numpy(bool)
    same = np.ones(int(answered.sum()))
    if answered.all() or not answered.any():
        return same
    earlier = frame.loc[frame["year"].lt(year) & frame["responded"], "system"]
    design = np.column_stack(
        [
            alike(asked, it_staff=False),
            asked["pledged"].to_numpy("float64", na_value=np.nan),
            asked["community"].to_numpy("float64", na_value=np.nan),
            asked["system"].isin(earlier).to_numpy("float64"),
        ]
    )
    # A column that nobody filled in, or that is the same for all, tells nothing of who answers.
    tells = [
        place == 0 or len(np.unique(column[~np.isnan(column)])) > 1 for place, column in enumerate(design.T)
    ]
    chance = _chances(answered, design[:, tells])
    if chance is None:
        return same
    weights = 1 / chance[answered]
    return np.asarray(weights / np.nanmean(weights))


def _chances(answered: npt.NDArray[np.bool_], design: Floats) -> Floats | None:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    known = ~np.isnan(design).any(axis=1)
    if known.sum() < design.shape[1] + _FEWEST or np.linalg.matrix_rank(design[known]) < design.shape[1]:
        return None
    with warnings.catch_warnings():
        # Where public lists part those who answer from the others wholly, no weight can be had.
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            fitted = GLM(answered[known].astype("float64"), design[known], family=Binomial()).fit(maxiter=50)
        except (PerfectSeparationWarning, np.linalg.LinAlgError):
            return None
    chance = np.full(len(design), np.nan)
    chance[known] = np.clip(np.asarray(fitted.fittedvalues), 1e-4, 1)
    return chance if fitted.converged else None
