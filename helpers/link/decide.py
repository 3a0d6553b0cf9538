"""The decision table: two of three (id, name, birth date), under refusals that keep two children apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.link import dates, names
from helpers.link.identifiers import CONTRADICTING

__all__ = ["cannot_be_one_child", "contradictions", "decide"]

TWO_AGREE = {
    "id, name and birth date": (True, True, True),
    "id and name": (True, True, False),
    "id and birth date": (True, False, True),
    "name and birth date": (False, True, True),
}


def decide(evidence: pd.DataFrame) -> pd.DataFrame:
    """Decide about each pair by the first line of the table that fits it.

    Parameters
    ----------
    evidence
        From `evidence.gather_evidence`.

    Returns
    -------
    pandas.DataFrame
        One row a pair, in the same order: ``rule``, ``decision`` (Match, Review, No match, Refused),
        ``contradiction`` (what disagrees, joined by ``; ``), ``verified`` (boolean: a Match that rests on
        more than one strong id), ``strength`` (of a Match: which one holds where two exclude each other).
    """
    strong, weak = evidence["strong_id"].to_numpy(), evidence["weak_id"].to_numpy()
    plain = evidence["plainly_different"].to_numpy()
    any_id = strong | weak
    id_contradicts = evidence["contradicting_id"].to_numpy() >= 0
    name_agrees, name_disagrees = _name(evidence)
    birth = evidence["birth_date"].to_numpy()
    surname_differs = evidence["last_surname"].to_numpy() == names.DIFFERENT
    date_agrees, date_disagrees = birth <= dates.AMBIGUOUS_DATE, birth == dates.DIFFERENT

    agreeing = np.select(
        [
            (any_id == wants_id) & (name_agrees == wants_name) & (date_agrees == wants_date)
            for wants_id, wants_name, wants_date in TWO_AGREE.values()
        ],
        list(TWO_AGREE),
        default="",
    )
    two_agree = agreeing != ""
    nothing_to_verify = ~name_agrees & ~name_disagrees & ~date_agrees & ~date_disagrees
    table = [
        ("an id agrees and a strong id contradicts", "Refused", any_id & id_contradicts),
        (
            "a strong id agrees, first names and birth dates differ",
            "Refused",
            strong & plain & date_disagrees,
        ),
        (
            "a strong id agrees, whole names differ",
            "Refused",
            strong & plain & surname_differs & ~date_agrees,
        ),
        ("a weak id agrees, first names differ", "Refused", weak & plain),
        ("a strong id agrees, first names differ", "Review", strong & plain),
        ("name and birth date agree, a strong id contradicts", "Review", id_contradicts & two_agree),
        ("a strong id contradicts", "No match", id_contradicts),
        *((rule, "Match", agreeing == rule) for rule in TWO_AGREE),
        ("a strong id alone, nothing to verify it", "Match", strong & nothing_to_verify),
        ("a strong id alone", "Review", strong),
        ("a weak id alone", "No match", weak),
        ("a name alone", "No match", name_agrees),
    ]
    conditions = [condition for _, _, condition in table]
    decision = np.select(conditions, [decided for _, decided, _ in table], default="No match")
    match = decision == "Match"
    return pd.DataFrame(
        {
            "rule": np.select(conditions, [rule for rule, _, _ in table], default="nothing agrees"),
            "decision": decision,
            "contradiction": contradictions(evidence),
            "verified": match & two_agree,
            "strength": np.where(match, _strength(evidence, any_id, name_agrees, date_agrees), 0),
        }
    )


def cannot_be_one_child(evidence: pd.DataFrame) -> np.ndarray:
    """Tell which pairs may not even meet in one cluster through others.

    Parameters
    ----------
    evidence
        From `evidence.gather_evidence`.

    Returns
    -------
    numpy.ndarray
        Boolean: strong ids contradict each other, first names are plainly different, or name and birth date
        both disagree and no strong id agrees.
    """
    _, name_disagrees = _name(evidence)
    date_disagrees = evidence["birth_date"].to_numpy() == dates.DIFFERENT
    return (
        (evidence["contradicting_id"].to_numpy() >= 0)
        | evidence["plainly_different"].to_numpy()
        | (name_disagrees & date_disagrees & ~evidence["strong_id"].to_numpy())
    )


def _name(evidence: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Tell where names agree, and where they disagree; elsewhere they cannot be compared."""
    first, last = evidence["first_name"].to_numpy(), evidence["last_surname"].to_numpy()
    agrees = (first <= names.ORDER_SWAPPED) & (last <= names.ORDER_SWAPPED)
    return agrees, (first == names.DIFFERENT) | (last == names.DIFFERENT)


def _strength(
    evidence: pd.DataFrame, any_id: np.ndarray, name_agrees: np.ndarray, date_agrees: np.ndarray
) -> np.ndarray:
    """Rank matches: what agrees, less what disagrees, then whether it agrees as it stands."""
    _, name_disagrees = _name(evidence)
    date_disagrees = evidence["birth_date"].to_numpy() == dates.DIFFERENT
    agree = any_id.astype("int64") + name_agrees + date_agrees
    as_it_stands = (
        (~any_id | evidence["strong_id"].to_numpy())
        & (~name_agrees | ((evidence["first_name"] == names.SAME) & (evidence["last_surname"] == names.SAME)))
        & (~date_agrees | (evidence["birth_date"] == dates.SAME))
    ).to_numpy()
    return np.where(agree < 2, 1, 4 * agree - 2 * (name_disagrees | date_disagrees) + as_it_stands)


def contradictions(evidence: pd.DataFrame) -> pd.Series:
    """Say in words what disagrees in each pair.

    Parameters
    ----------
    evidence
        From `evidence.gather_evidence`.

    Returns
    -------
    pandas.Series
        Texts joined by ``; ``, NA where nothing disagrees.
    """
    date_disagrees = evidence["birth_date"].to_numpy() == dates.DIFFERENT
    system = evidence["contradicting_id"].to_numpy()
    said = {
        "first name": evidence["first_name"].to_numpy() == names.DIFFERENT,
        "surname": evidence["last_surname"].to_numpy() == names.DIFFERENT,
        "birth date": date_disagrees,
        **{f"{name} id": system == place for place, name in enumerate(CONTRADICTING)},
    }
    # Few combinations occur: each is put into words once.
    code = sum(mask.astype("int64") << place for place, mask in enumerate(said.values()))
    words = [
        "; ".join(word for place, word in enumerate(said) if number >> place & 1) or None
        for number in range(1 << len(said))
    ]
    return pd.Series(words, dtype="string").take(code).reset_index(drop=True)
