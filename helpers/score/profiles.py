"""Wrong values, and a team's rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link import Links
from helpers.profile import Element, Profiles, build_profiles, declared_elements, folded
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, true_crosswalk
from helpers.standard import as_table, empty_table

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["judge_decision", "judge_profiles", "profiles_by_the_truth", "score_profiles"]


OUTCOMES = ("right", "not_fresh", "wrong", "missing", "not_collected")


def score_profiles(
    district: District,
    profiles: Profiles,
    *,
    key: AnswerKey | None = None,
    rightly: Profiles | None = None,
) -> pd.DataFrame:
    """Count, for each element, of how many children the profile says what is true.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    profiles
        Its profiles, by whichever links.
    key
        The truth; by default that of the district's folder.
    rightly
        Its profiles by the truth, where they are at hand; they say what each system holds of a child.

    Returns
    -------
    pandas.DataFrame
        The standard table *profile_scores*, one row an element that the key knows, in the order of the
        profile's columns.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    judged = judge_profiles(district, profiles, key=key, rightly=rightly)
    counts = judged.groupby(["element", "outcome"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(OUTCOMES), fill_value=0)
    counts["of_another_child"] = judged.groupby("element")["of_another_child"].sum()
    counts["of_children"] = counts[list(OUTCOMES[:-1])].sum(axis="columns")
    counts["share_right"] = counts["right"] / counts["of_children"].where(counts["of_children"] > 0)
    declared = {each.name: each.domain for each in declared_elements()}
    counts = counts.reindex([name for name in declared if name in counts.index])
    return as_table(
        "profile_scores",
        counts.rename_axis("element")
        .reset_index()
        .assign(domain=pd.Series([declared[name] for name in counts.index], dtype="string")),
    )


def judge_profiles(
    district: District,
    profiles: Profiles,
    *,
    key: AnswerKey | None = None,
    rightly: Profiles | None = None,
) -> pd.DataFrame:
    """Say of every child and element whether the profile shows what is true.

    A child's profile is the one that holds its record in the first system, as the roster is where people
    look a child up.

    Parameters
    ----------
    district
        A district that was read, with its answer key.
    profiles
        Its profiles, by whichever links.
    key
        The truth; by default that of the district's folder.
    rightly
        Its profiles by the truth, where they are at hand; they say what each system holds of a child.

    Returns
    -------
    pandas.DataFrame
        ``person, element, true, shown, outcome, of_another_child, silo, record``, one row a child of this
        school year and element. ``outcome``: *right*; *not_fresh*, true on an earlier day for which a system
        speaks; *wrong*, and then ``of_another_child`` says whether a record of another child was joined;
        *missing*, although a system records it; *not_collected*, no system records it.

    Raises
    ------
    BadInput
        When the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    truly = true_crosswalk(district, key=key)
    if _same_ties(profiles.crosswalk, truly):
        rightly = profiles
    elif rightly is None:
        rightly = profiles_by_the_truth(district, key, profiles.school_year)
    now, earlier = _truth(key)
    owner = truly[[*RECORD, "child"]].rename(columns={"child": "person"})

    ties = owner.merge(profiles.crosswalk[[*RECORD, "child"]], on=RECORD, how="left", validate="one_to_one")
    opened = ties.dropna(subset=["child"]).drop_duplicates("person")[["person", "child"]]
    shown = _chosen(profiles).merge(opened, on="child", how="inner", validate="many_to_many")
    shown = shown.merge(
        owner.rename(columns={"person": "owner"}), on=RECORD, how="left", validate="many_to_one"
    )
    shown = shown.assign(another=_of_another(shown, ties))
    held = _chosen(rightly).rename(columns={"child": "person"})[ABOUT].assign(held=True)

    judged = now.merge(earlier[ABOUT].drop_duplicates(), on=ABOUT, how="outer", validate="one_to_one")
    known = judged["person"].unique()
    foreign = shown.loc[shown["another"] & shown["person"].isin(known), ABOUT]
    foreign = foreign[foreign["element"].isin(judged["element"].unique())]
    judged = judged.merge(foreign, on=ABOUT, how="outer", validate="one_to_one")
    judged = judged.merge(shown.drop(columns="child"), on=ABOUT, how="left", validate="one_to_one")
    judged = judged.merge(held, on=ABOUT, how="left", validate="one_to_one")
    says = judged["value"].notna()
    right = _alike(judged)
    was = judged[[*ABOUT, "value", "value_number"]].merge(
        earlier, on=ABOUT, how="inner", validate="one_to_many"
    )
    was = was[_alike(was)]
    stale = pd.MultiIndex.from_frame(judged[ABOUT]).isin(pd.MultiIndex.from_frame(was[ABOUT]))
    outcome = np.select(
        [says & right, says & stale, says, judged["held"].notna()],
        ["right", "not_fresh", "wrong", "missing"],
        default="not_collected",
    )
    judged = judged.assign(outcome=outcome, shown=judged["value"])
    another = judged["another"].fillna(False).astype(bool) & (outcome == "wrong")
    columns = [*ABOUT, "true", "shown", "outcome", "of_another_child", *RECORD]
    return judged.assign(of_another_child=another)[columns].astype(
        {
            **dict.fromkeys([*ABOUT, "true", "shown", "outcome", *RECORD], "string"),
            "of_another_child": "boolean",
        }
    )


def profiles_by_the_truth(district: District, key: AnswerKey, school_year: int | None) -> Profiles:
    """Put the children together as they really are: what each system holds of whom."""
    nothing = (empty_table("pairs"), empty_table("findings"), pd.DataFrame())
    return build_profiles(district, Links(true_crosswalk(district, key=key), *nothing), school_year)


def _truth(key: AnswerKey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the truth into that of the newest day, and what was otherwise before."""
    values = key.values.rename(columns={"value": "true"})
    newest = values["as_of"].isna() | (values["as_of"] == values["as_of"].max())
    columns = [*ABOUT, "true"]
    return values.loc[newest, columns], values.loc[~newest, columns].drop_duplicates()


def _same_ties(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    parts = [one[[*RECORD, "child"]].sort_values(RECORD, ignore_index=True) for one in (left, right)]
    return bool(parts[0].equals(parts[1]))


def _chosen(profiles: Profiles) -> pd.DataFrame:
    """Take what profiles show, without what they have no value for."""
    values = profiles.values
    of_year = values["school_year"].isna()
    if profiles.school_year is not None:
        of_year |= values["school_year"].eq(profiles.school_year).fillna(False)
    shown = values[values["chosen"] & of_year & values["status"].eq("Reported")]
    return shown[["child", "element", "value", "value_number", *RECORD]]


def _of_another(shown: pd.DataFrame, ties: pd.DataFrame) -> pd.Series:
    """Say of what is shown whether a record of another person stands behind it."""
    owners = ties.dropna(subset=["child"]).groupby(["child", "silo"])["person"].agg(["min", "max"])
    owners = owners.reindex(pd.MultiIndex.from_frame(shown[["child", "silo"]])).set_axis(shown.index)
    mixed = (owners["min"].ne(shown["person"]) | owners["max"].ne(shown["person"])).fillna(False)
    one = shown["record"].notna()
    # A value that several records give together is another's as soon as one of them is.
    return (shown["owner"].ne(shown["person"]).fillna(False) & one) | (mixed & ~one)


def _alike(rows: pd.DataFrame) -> pd.Series:
    """Compare what is shown with what is true, each element in its own way."""
    same = np.zeros(len(rows), dtype=bool)
    for element in declared_elements():
        mine = rows["element"].eq(element.name).to_numpy(dtype=bool)
        if mine.any():
            same[mine] = _alike_in(rows[mine], element)
    return pd.Series(same, index=rows.index)


def _alike_in(rows: pd.DataFrame, element: Element) -> np.ndarray:
    if element.type in ("integer", "number"):
        digits = rows["true"].str.partition(".")[2].str.len().fillna(0).to_numpy(dtype="float64")
        number = pd.to_numeric(rows["true"], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
        apart = np.abs(rows["value_number"].to_numpy(dtype="float64") - number)
        # The truth is written with so many digits: half a unit of the last is nothing.
        return np.asarray(apart <= 0.5 * 10.0**-digits + 1e-9)
    shown, true = rows["value"], rows["true"]
    if element.compare == "folded":
        shown, true = folded(shown), folded(true)
    return shown.eq(true).fillna(False).to_numpy(dtype=bool)


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
    names = [one.name for one in declared_elements() if one.name in set(counted["element"])]
    return as_table("decision_scores", counted.groupby("element").sum().reindex(names).reset_index())


def _only(profiles: Profiles, names: Collection[str]) -> Profiles:
    """Keep what profiles say of some elements, and why they say nothing of them."""
    said = profiles.said[profiles.said["element"].isin(list(names))]
    return replace(profiles, said=said, coverage=profiles.coverage.of(list(names)))
