"""Records on another child's page: whose they are, whose page it is, and which number joined them."""

from __future__ import annotations

import pandas as pd

from helpers.files import District
from helpers.score.truth import RECORD, commonest, of_one_person
from helpers.standard import STRING

__all__ = ["list_strays", "main_cause"]

PAIR = ["child", "owner", "person"]


def list_strays(district: District, records: pd.DataFrame) -> pd.DataFrame:
    """List who shares a page with whom unnoticed, and by which number.

    Parameters
    ----------
    district
        A district from `read_district`.
    records
        Result of `judge_records` for links by number.

    Returns
    -------
    pandas.DataFrame
        One row for each child on another child's page: ``child`` (the group), ``owner`` and ``person`` (whose
        page, whose records), ``records`` (how many), ``silo`` and ``column`` of the number that joined them,
        missing if no number is written alike: of the two that have it, the one where fewer of the same
        child's other records agree.
    """
    own = of_one_person(records)
    strays = own[own["silent"]]
    rest = own[~own["silent"] & own["is_child"]]
    owner = commonest(rest, "child", "person")
    strays = strays.assign(owner=strays["child"].map(owner)).dropna(subset=["owner"])
    pairs = strays.groupby(PAIR, as_index=False).size().rename(columns={"size": "records"})

    ids = district.identifiers[[*RECORD, "identifier", "column"]]
    held = ids.merge(own[[*RECORD, "person", "child"]], on=RECORD, how="inner", validate="many_to_one")
    holders = held.groupby(["person", "identifier"]).size().rename("holders").reset_index()
    held = held.merge(holders, on=["person", "identifier"], how="left", validate="many_to_one")
    met = pairs.merge(held, on=["child", "person"], how="inner", validate="many_to_many").merge(
        held.rename(columns={"person": "owner"}),
        on=["child", "owner", "identifier"],
        how="inner",
        suffixes=("", "_owner"),
        validate="many_to_many",
    )
    # The number is at home where more of the child's records have it.
    his = met["holders"].gt(met["holders_owner"])
    for name in ("silo", "column"):
        met[name] = met[name].mask(his, met[f"{name}_owner"])
    met["doubt"] = met[["holders", "holders_owner"]].min(axis="columns")
    met = met.sort_values(["doubt", "silo", "column"], kind="stable").drop_duplicates(PAIR)
    found = pairs.merge(met[[*PAIR, "silo", "column"]], on=PAIR, how="left", validate="one_to_one")
    return found.astype({"silo": STRING, "column": STRING})


def main_cause(strays: pd.DataFrame) -> tuple[str, str, int] | None:
    """Find the system and column behind most children, and their number; None if they are fewer than half."""
    located = strays.dropna(subset=["column"])
    if located.empty:
        return None
    touched = pd.concat(
        [located[["silo", "column", name]].set_axis(["silo", "column", "who"], axis="columns")
         for name in ("owner", "person")]
    ).drop_duplicates()  # fmt: skip
    counts = touched.groupby(["silo", "column"]).size().sort_values(ascending=False, kind="stable")
    everybody = pd.concat([strays["owner"], strays["person"]]).nunique()
    (silo, column), many = counts.index[0], int(counts.iloc[0])
    return (str(silo), str(column), many) if 2 * many >= everybody else None
