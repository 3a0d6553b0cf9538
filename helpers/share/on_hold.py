"""Put family pages on hold: pages that go to no family, and adults or addresses that get none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import Links, components, emails
from helpers.profile import on_the_roster, roster_silos
from helpers.share.release_review import RECORD, reason_withheld
from helpers.standard import STRING, as_table, empty_table, whole_figure

__all__ = ["HOLDS", "day_of_access", "pages_on_hold"]


class HoldReason(NamedTuple):
    """Reason for the hold, and its rule (an id of the citations; empty for the kit's own)."""

    words: str
    citation: str


HOLDS: Mapping[str, HoldReason] = {
    "not_on_roster": HoldReason(
        "The child isn't on the roster, so nobody can say which child the page is about.", "FERPA-20"
    ),
    "links_in_doubt": HoldReason(
        "Too few records are certain to be this child's. A page needs the roster's record, and attendance, "
        "grades or a test.",
        "FERPA-20",
    ),
    "eighteen": HoldReason(
        "The student is 18. The rights and the page are now the student's own.", "FERPA-22"
    ),
    "birth_date_unknown": HoldReason(
        "No system records a birth date, and a student in this grade may be 18.", "FERPA-22"
    ),
    "adult_in_doubt": HoldReason(
        "The system that has this adult on record isn't tied to the child beyond doubt, and on the roster no "
        "adult of the child has this e-mail address or telephone.",
        "FERPA-13",
    ),
    "no_rights": HoldReason("A named document revokes this adult's right to see the records.", "FERPA-21"),
    "shared_email": HoldReason("Two households read this e-mail address.", "FERPA-13"),
    "shared_home": HoldReason("Two households have this address.", "FERPA-13"),
}
# Doubts about which child of a home, but not about the home.
RIGHT_HOME = ("one_line_siblings",)
ADULT_AT = whole_figure("profile/thresholds.adult_age")
NAMES = ["first_name", "last_surname"]
# Nobody older is a student; such a birth date is a typing error.
OLDEST = 23
GRADES_OF_ADULTS = ("11", "12", "13", "PS", "UG")


def day_of_access(district: District) -> pd.Timestamp:
    """Return the day on which somebody reads a page."""
    as_of = district.about.get("as_of") if district.synthetic else None
    return pd.Timestamp(as_of) if as_of else pd.Timestamp.today().normalize()


def pages_on_hold(
    district: District,
    links: Links,
    standing: pd.DataFrame,
    *,
    today: pd.Timestamp | None = None,
    children: Sequence[str] | None = None,
) -> pd.DataFrame:
    """List the pages on hold, with the reason."""
    day = day_of_access(district) if today is None else today
    parts = [
        _doubtful(standing, district),
        _of_age(district, links, day),
        _adults(district, links, standing),
        _one_address(district, links),
    ]
    held = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    asked = _listed(standing, district) if children is None else children
    held = held[held["child"].isin(list(asked))]
    if held.empty:
        return empty_table("pages_on_hold")
    held = held.assign(
        reason=held["code"].map({code: hold.words for code, hold in HOLDS.items()}),
        citation=held["code"].map({code: hold.citation for code, hold in HOLDS.items()}),
    )
    order = held["code"].map({code: place for place, code in enumerate(HOLDS)})
    table = as_table("pages_on_hold", held).assign(order=order.to_numpy())
    table = table.sort_values(["child", "order", "silo", "guardian", "home"], kind="stable")
    return as_table("pages_on_hold", table.drop(columns="order"))


def _listed(standing: pd.DataFrame, district: District) -> list[str]:
    """Return the children on the roster."""
    of_roster = standing["silo"].isin(roster_silos(district))
    return standing.loc[of_roster, "child"].unique().tolist()


def _doubtful(standing: pd.DataFrame, district: District) -> pd.DataFrame:
    enough = reason_withheld(standing, district)
    held = enough.loc[enough["held"].astype(bool), "child"]
    known = held.isin(_listed(standing, district)).to_numpy(dtype=bool)
    code = np.where(known, "links_in_doubt", "not_on_roster")
    return pd.DataFrame({"child": held, "code": pd.array(code.tolist(), dtype=STRING)})


def _of_age(district: District, links: Links, day: pd.Timestamp) -> pd.DataFrame:
    """Find students aged 18 by their earliest birth date, and older students without any birth date."""
    people = district.people.merge(
        links.crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="one_to_one"
    )
    dates = pd.concat([people[["child", column]].set_axis(["child", "born"], axis="columns")
                       for column in ("birth_date", "birth_date_other")])  # fmt: skip
    dates = dates.dropna()
    dates = dates[(dates["born"] > day - pd.DateOffset(years=OLDEST)) & (dates["born"] <= day)]
    oldest = dates.groupby("child")["born"].min()
    nearly = oldest[oldest <= day - pd.DateOffset(years=ADULT_AT - 1)]
    of_age = nearly.index[_eighteenth(nearly) <= day]
    grown = people["grade_level"].isin(GRADES_OF_ADULTS)
    unknown = people.loc[grown & ~people["child"].isin(list(oldest.index)), "child"].unique()
    return pd.DataFrame(
        {
            "child": pd.array([*of_age, *unknown], dtype=STRING),
            "code": pd.array(
                ["eighteen"] * len(of_age) + ["birth_date_unknown"] * len(unknown), dtype=STRING
            ),
        }
    )


def _eighteenth(born: pd.Series) -> pd.Series:
    """Return the 18th birthday; for 29 February it falls on the 28th if needed."""
    return born.map(lambda one: one + pd.DateOffset(years=ADULT_AT)).astype("datetime64[us]")


def _contacts(district: District, links: Links) -> pd.DataFrame:
    """Return the links of children to adults: ``child``, ``silo``, ``guardian`` and their attributes."""
    ties = district.fact("contact").dropna(subset=["record", "contact_record"])
    ties = ties.rename(columns={"contact_record": "guardian"})
    return ties.merge(links.crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="many_to_one")


def _refused(ties: pd.DataFrame) -> pd.Series:
    return ties["may_see_records"].eq(False).fillna(False).astype(bool)


def _documented(ties: pd.DataFrame) -> pd.Series:
    """Mark the rows that name a document; a date alone names none."""
    return ties["court_order"].notna()


def _adults(district: District, links: Links, standing: pd.DataFrame) -> pd.DataFrame:
    """Hold pages from adults without rights, and from adults who may belong to another child."""
    ties = _contacts(district, links)
    sure = standing[["child", "silo", "may_show", "code"]]
    ties = ties.merge(sure, on=["child", "silo"], how="left", validate="many_to_one")
    doubtful = ~ties["may_show"].fillna(False).astype(bool) & ~ties.pop("code").isin(RIGHT_HOME)
    doubtful &= ~on_the_roster(district, links, ties)
    parts = [
        ties[doubtful].assign(code="adult_in_doubt"),
        ties[_refused(ties) & _documented(ties)].assign(code="no_rights"),
    ]
    held = pd.concat(parts, ignore_index=True)[["child", "silo", "guardian", "code"]].drop_duplicates()
    return held.astype(STRING)


def _one_address(district: District, links: Links) -> pd.DataFrame:
    """Hold pages for an address that two households share."""
    ties = _contacts(district, links)
    if ties.empty:
        return pd.DataFrame({"child": [], "code": []}, dtype=STRING)
    people = district.people[[*RECORD, *NAMES, "email", "street_number_name", "postal_code"]]
    ties = ties.merge(
        people.rename(columns={"record": "guardian"}), on=["silo", "guardian"], how="left",
        validate="many_to_one",
    )  # fmt: skip
    ties = ties.assign(email=emails(ties["email"]))
    home = _households(ties)
    street = ties["street_number_name"].str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()
    parts = []
    for code, address in (
        ("shared_email", ties["email"]),
        ("shared_home", street + ", " + ties["postal_code"].fillna("")),
    ):
        known = pd.DataFrame({"address": address, "home": home}).dropna().drop_duplicates()
        several = known.loc[known["address"].duplicated(keep=False), "address"]
        shared = address.isin(list(several.unique())).to_numpy(dtype=bool)
        parts.append(ties[shared].assign(home=address[shared], code=code))
    held = pd.concat(parts, ignore_index=True)[["child", "silo", "guardian", "home", "code"]]
    return held.drop_duplicates().astype(STRING)


def _households(ties: pd.DataFrame) -> np.ndarray:
    """Group adults into households: adults who live with the same child form one.

    An adult who lives with no child is a household of her own. Adults with the same name and e-mail address
    are one adult, in any system. We use each system's own child records, so that no doubtful link merges two
    homes.
    """
    adult = pd.factorize(ties["silo"] + "\n" + ties["guardian"])[0]
    name = (ties["first_name"].fillna("") + " " + ties["last_surname"].fillna("")).str.casefold()
    same = pd.factorize(ties["email"] + "\n" + name.str.strip().mask(name.str.strip().eq("")))[0]
    child = pd.factorize(ties["silo"] + "\n" + ties["record"])[0]
    adults, persons = int(np.max(adult)) + 1, int(np.max(same, initial=-1)) + 1
    known = same >= 0
    together = ties["lives_with"].fillna(True).to_numpy(dtype=bool)
    left = np.concatenate([adult[known], adult[together]])
    right = np.concatenate([same[known] + adults, child[together] + adults + persons])
    return components(adults + persons + int(np.max(child)) + 1, left, right)[adult]
