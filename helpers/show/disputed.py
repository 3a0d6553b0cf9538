"""A child about whom systems disagree: what each of them says, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from helpers.profile.values import folded
from helpers.show.child_lines import TIES, value_texts
from helpers.show.plain_words import element_words
from helpers.show.systems import short_names

if TYPE_CHECKING:
    from helpers.files import District

__all__ = ["disputed"]

# A name or a birth date: there is one truth, and somebody at home knows it.
OF_WHOM = ("birth_date", "last_surname", "first_name")


def disputed(values: pd.DataFrame, district: District) -> pd.DataFrame:
    """Put what systems say of one thing about one child beside each other, where they disagree.

    Parameters
    ----------
    values
        Table ``values``; only children who may be shown should be in it.
    district
        The district: what its systems are called.

    Returns
    -------
    pandas.DataFrame
        ``what, system, says, of_day, tie``: one row a system and value, all of one birth date or name of one
        child; without rows where no two systems disagree about any.
    """
    said = values[values["element"].isin(list(OF_WHOM)) & values["status"].eq("Reported")]
    said = said.assign(word=folded(said["value"]))
    of_two = said.groupby(["child", "element"], sort=False)["word"].nunique().gt(1)
    against = of_two[of_two].reset_index()
    columns = ["what", "system", "says", "of_day", "tie"]
    if against.empty:
        return pd.DataFrame(columns=columns)
    # A birth date before a name, since no custom explains two of them; then what most systems speak of.
    against = against.assign(
        place=against["element"].map({name: place for place, name in enumerate(OF_WHOM)}),
        systems=-said.groupby(["child", "element"])["silo"]
        .nunique()
        .reindex(pd.MultiIndex.from_frame(against[["child", "element"]]))
        .to_numpy(),
    )
    first = against.sort_values(["place", "systems", "child"], kind="stable").iloc[0]
    hers = said[said["child"].eq(first["child"]) & said["element"].eq(first["element"])]
    hers = hers.drop_duplicates(["element", "silo", "word"])
    return pd.DataFrame(
        {
            "what": element_words(hers["element"]),
            "system": hers["silo"].map(dict(short_names(district.layouts))).astype("string"),
            "says": value_texts(hers),
            "of_day": hers["as_of"],
            "tie": hers["link_band"].map(TIES).astype("string"),
        }
    ).reset_index(drop=True)[columns]
