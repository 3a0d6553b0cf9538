"""Score profile values, and a team's survivorship rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.files import District, of_what, shared
from helpers.link import Links
from helpers.profile import Element, Profiles, build_profiles, declared_elements, folded
from helpers.score.answer_key import AnswerKey, read_answer_key
from helpers.score.truth import RECORD, true_crosswalk
from helpers.standard import Declarations, as_table, empty_table
from helpers.systems import declared_for

__all__ = ["judge_decision", "judge_profiles", "score_profiles", "true_profiles"]


OUTCOMES = ("right", "not_fresh", "wrong", "missing", "not_collected")


def score_profiles(
    district: District,
    profiles: Profiles,
    *,
    key: AnswerKey | None = None,
    rightly: Profiles | None = None,
) -> pd.DataFrame:
    """Count the children with a true profile value, by element.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    profiles
        Its profiles, from any links.
    key
        Answer key; default is the one in the district's folder.
    rightly
        Its profiles from correct links, if you have them; they show what each system records about a child.

    Returns
    -------
    pandas.DataFrame
        Table ``profile_scores``, one row per element in the key, in order of profile columns.

    Raises
    ------
    BadInput
        If the district has no answer key.
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
    """Check for every child and element whether the profile shows the true value.

    A child's profile is the one with its record in the first system, because people look children up on the
    roster.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    profiles
        Its profiles, from any links.
    key
        Answer key; default is the one in the district's folder.
    rightly
        Its profiles from correct links, if you have them; they show what each system records about a child.

    Returns
    -------
    pandas.DataFrame
        ``person, element, true, shown, outcome, of_another_child, silo, record``, one row per child of this
        school year and element. ``outcome``: *right*; *not_fresh*, true on a system's earlier as-of date;
        *wrong*, with ``of_another_child`` if the value is from a linked record of another child; *missing*,
        although a system records it; *not_collected*, no system records it.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    truly = true_crosswalk(district, key=key)
    if _same_ties(profiles.crosswalk, truly):
        rightly = profiles
    elif rightly is None:
        rightly = true_profiles(district, key=key, school_year=profiles.school_year)
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


def true_profiles(
    district: District,
    *,
    key: AnswerKey | None = None,
    school_year: int | None = None,
    terms: Declarations | None = None,
) -> Profiles:
    """Build profiles from correct links: what each system records about each child.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    key
        Answer key; default is the one in the district's folder.
    school_year, terms
        As for `build_profiles`.

    Returns
    -------
    Profiles
        Profiles of the children in the key.

    Raises
    ------
    BadInput
        If the district has no answer key, or no system has data for that school year.

    Examples
    --------
    >>> len(true_profiles(district).profile)
    69
    """
    key = key or read_answer_key(district.folder)
    nothing = (empty_table("pairs"), empty_table("findings"), pd.DataFrame())
    usual = terms is None or terms is declared_for(district.folder)
    known = (of_what(district), of_what(key)) if usual else (None,)
    return shared(
        lambda: f"{known[0]}, profiled by {known[-1]}: {school_year}" if all(known) else None,
        lambda: build_profiles(
            district, Links(true_crosswalk(district, key=key), *nothing), school_year, terms=terms
        ),
    )


def _truth(key: AnswerKey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the truth into current values and earlier ones."""
    values = key.values.rename(columns={"value": "true"})
    newest = values["as_of"].isna() | (values["as_of"] == values["as_of"].max())
    columns = [*ABOUT, "true"]
    return values.loc[newest, columns], values.loc[~newest, columns].drop_duplicates()


def _same_ties(left: pd.DataFrame, right: pd.DataFrame) -> bool:
    parts = [one[[*RECORD, "child"]].sort_values(RECORD, ignore_index=True) for one in (left, right)]
    return bool(parts[0].equals(parts[1]))


def _chosen(profiles: Profiles) -> pd.DataFrame:
    """Return the chosen values, without missing ones."""
    values = profiles.recorded
    of_year = values["school_year"].isna()
    if profiles.school_year is not None:
        of_year |= values["school_year"].eq(profiles.school_year).fillna(False)
    shown = values[values["chosen"] & of_year & values["status"].eq("Reported")]
    return shown[["child", "element", "value", "value_number", *RECORD]]


def _of_another(shown: pd.DataFrame, ties: pd.DataFrame) -> pd.Series:
    """Check whether a shown value comes from a record of another person."""
    owners = ties.dropna(subset=["child"]).groupby(["child", "silo"])["person"].agg(["min", "max"])
    owners = owners.reindex(pd.MultiIndex.from_frame(shown[["child", "silo"]])).set_axis(shown.index)
    mixed = (owners["min"].ne(shown["person"]) | owners["max"].ne(shown["person"])).fillna(False)
    one = shown["record"].notna()
    # A value from several records together belongs to another person if any of them does.
    return (shown["owner"].ne(shown["person"]).fillna(False) & one) | (mixed & ~one)


def _alike(rows: pd.DataFrame) -> pd.Series:
    """Compare shown values with true ones, each element in its own way."""
    same, positions = np.zeros(len(rows), dtype=bool), rows.groupby("element", sort=False).indices
    for element in declared_elements():
        if element.name in positions:
            mine = np.asarray(positions[element.name], dtype="int64")
            same[mine] = _alike_in(rows.take(mine), element)
    return pd.Series(same, index=rows.index)


def _alike_in(rows: pd.DataFrame, element: Element) -> np.ndarray:
    if element.type in ("integer", "number"):
        digits = rows["true"].str.partition(".")[2].str.len().fillna(0).to_numpy(dtype="float64")
        number = pd.to_numeric(rows["true"], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
        apart = np.abs(rows["value_number"].to_numpy(dtype="float64") - number)
        # The truth has limited digits: half a unit of the last one doesn't count.
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
    """Count the values that a decision made right, and those that it made wrong, by element.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    before, after
        Its profiles, by the same links, without and with the decision.
    only
        Elements to score, such as those decided on; default is all.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``decision_scores``, one row per element in the key. ``changed`` counts children with a new
        value; among these, ``made_right`` are right only now and ``made_wrong`` were right only before.
        *Right* means true on the latest day; a value that was true earlier isn't right.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    rightly = true_profiles(district, key=key, school_year=before.school_year)
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
    """Restrict profiles to some elements, with the reasons for missing values."""
    recorded = profiles.recorded[profiles.recorded["element"].isin(list(names))]
    return replace(profiles, recorded=recorded, coverage=profiles.coverage.of(list(names)))
