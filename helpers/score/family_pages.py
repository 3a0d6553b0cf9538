"""Score family pages: values that belong to another child."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.files import District
from helpers.link import Links
from helpers.profile import Profiles, child_tables, roster_silos
from helpers.score.answer_key import PLACE, AnswerKey, read_answer_key
from helpers.score.truth import RECORD, true_crosswalk
from helpers.share import is_verified_value, pages_on_hold
from helpers.standard import STRING, as_table, empty_table
from helpers.systems import declared

__all__ = ["FamilyPageScores", "judge_family_pages", "score_pages", "score_pages_on_hold"]


def true_child_of_page(links: Links, truly: pd.DataFrame, rosters: list[str]) -> pd.Series:
    """Return the true child of each page: the person of its record on the roster."""
    person = truly[[*RECORD, "child"]].rename(columns={"child": "person"})
    listed = links.crosswalk[links.crosswalk["silo"].isin(rosters)]
    listed = listed.merge(person, on=RECORD, how="inner", validate="one_to_one")
    anchor_first = listed.assign(tied=listed["step"].notna()).sort_values("tied", kind="stable")
    return anchor_first.drop_duplicates("child").set_index("child")["person"]


def rows_of_other_child(district: District, links: Links, owner: pd.Series, key: AnswerKey) -> pd.DataFrame:
    """Count the source rows of a child's values, and those that belong to another person."""
    parts = [district.person_rows.assign(table="people")]
    for table in child_tables():
        facts = district.fact(table)
        parts.append(facts[[*RECORD, "file", "row"]].assign(table=table))
    rows = pd.concat([part[[*RECORD, "file", "row", "table"]] for part in parts if len(part)])
    rows = rows.dropna(subset=[*RECORD, "row"]).drop_duplicates()
    child = links.crosswalk[[*RECORD, "child"]]
    mine = rows.merge(child, on=RECORD, how="inner", validate="many_to_one")
    mine = mine[mine["child"].isin(owner.index)]
    mine = mine.merge(key.people_at("Subject"), on=PLACE, how="left", validate="many_to_many")
    mine = mine.assign(another=mine["person"].ne(mine["child"].map(owner)) & mine["person"].notna())
    counted = pd.concat([mine, _of_adults(district, rows, child, owner, key)], ignore_index=True)
    counted["another"] = counted["another"].fillna(False).astype("int64")
    counts = counted.groupby(["child", "silo", "table"], sort=True)["another"].agg(["size", "sum"])
    counts = counts.rename(columns={"size": "rows", "sum": "of_another"}).astype("Int64")
    return counts.reset_index()


def _of_adults(
    district: District, rows: pd.DataFrame, child: pd.DataFrame, owner: pd.Series, key: AnswerKey
) -> pd.DataFrame:
    """Return the rows of adults' log-ins, assigned to the children listed with them."""
    ties = district.fact("contact").dropna(subset=["record", "contact_record"])
    ties = ties.merge(child, on=RECORD, how="inner", validate="many_to_one")
    ties = ties[["silo", "contact_record", "child"]].drop_duplicates()
    logins = rows[rows["table"].eq("login")].rename(columns={"record": "contact_record"})
    used = logins.merge(ties, on=["silo", "contact_record"], how="inner", validate="many_to_many")
    used = used[used["child"].isin(owner.index)]
    used = used.merge(key.people_at("Guardian"), on=PLACE, how="left", validate="many_to_many")
    theirs, own = used["person"].map(key.households), used["child"].map(owner).map(key.households)
    return used.assign(another=theirs.ne(own) & used["person"].notna())


def score_pages(
    district: District,
    links: Links,
    shown: pd.DataFrame,
    *,
    rosters: list[str],
    known: pd.DataFrame | None = None,
    key: AnswerKey | None = None,
) -> pd.DataFrame:
    """Count the values on pages that have a source row of another child.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        Links that the pages use.
    shown
        Values on pages, one row per value or event: ``child``, ``name`` (of the element or the kind of
        event), ``silo`` (several systems are separated by ``;``).
    rosters
        Roster systems, which define the children.
    known
        The same columns, for all values that pages could show without holds; if missing, shares are NA.
    key
        Answer key; default is the one in the district's folder.

    Returns
    -------
    pandas.DataFrame
        Table ``page_scores``, by domain, *All* last. A value counts as another child's if any row of its
        system and table, linked to the child, belongs to another person. If one row in a count is a
        brother's, the value counts as the brother's, so the score errs on the high side.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    key = key or read_answer_key(district.folder)
    owner = true_child_of_page(links, true_crosswalk(district, key=key), rosters)
    bad = rows_of_other_child(district, links, owner, key)
    bad = bad[bad["of_another"] > 0]
    lines = _placed(shown)
    lines = lines.assign(
        another=_behind(lines, bad).to_numpy(), nobody=~lines["child"].isin(owner.index).to_numpy(dtype=bool)
    )
    whole = None if known is None else _placed(known)["domain"].value_counts()
    scores = []
    domains = {*lines["domain"].tolist(), *([] if whole is None else whole.index.tolist())}
    for domain in [*sorted(domains), None]:
        its = lines if domain is None else lines[lines["domain"].eq(domain)]
        could = None if whole is None else int(whole.sum() if domain is None else whole.get(domain, 0))
        scores.append(
            {
                "domain": domain or "All",
                "known": could,
                "shown": len(its),
                "share": len(its) / could if could else None,
                "of_another_child": int((its["another"] | its["nobody"]).sum()),
                "pages": int(its["child"].nunique()),
                "pages_with_another": int(its.loc[its["another"] | its["nobody"], "child"].nunique()),
            }
        )
    return as_table("page_scores", pd.DataFrame(scores)) if scores else empty_table("page_scores")


def _placed(shown: pd.DataFrame) -> pd.DataFrame:
    """Add ``domain`` and, for an event, ``table``; NA if a name can have several tables."""
    terms = declared()
    about: dict[str, tuple[str, str | None]] = {}
    for event in terms.timeline:
        about[event.name] = (event.domain, event.table)
    for element in terms.element:
        # Rules use other tables of their system, too.
        about[element.name] = (element.domain, None)
    named = shown.reset_index(drop=True)
    placed = [about.get(str(name), ("Other", None)) for name in named["name"]]
    return named.assign(
        domain=pd.array([domain for domain, _ in placed], dtype=STRING),
        table=pd.array([table for _, table in placed], dtype=STRING),
    )


def _behind(lines: pd.DataFrame, bad: pd.DataFrame) -> pd.Series:
    """Mark the lines with a source row of another child."""
    single = lines[["child", "silo", "table"]].assign(line=np.arange(len(lines)))
    single = single.assign(silo=single["silo"].str.split(";")).explode("silo", ignore_index=True)
    single["silo"] = single["silo"].astype("string").str.strip()
    tables = bad[["child", "silo", "table"]]
    any_table = single["table"].isna()
    exact = single[~any_table].merge(
        tables, on=["child", "silo", "table"], how="inner", validate="many_to_one"
    )
    loose = single[any_table].merge(
        tables[["child", "silo"]].drop_duplicates(), on=["child", "silo"], how="inner", validate="many_to_one"
    )
    # A system's record of the person is a source of everything from that system.
    people = single.merge(
        tables.loc[tables["table"].eq("people"), ["child", "silo"]],
        on=["child", "silo"],
        how="inner",
        validate="many_to_one",
    )
    found = np.unique(np.concatenate([exact["line"], loose["line"], people["line"]]).astype("int64"))
    return pd.Series(np.isin(np.arange(len(lines)), found))


def score_pages_on_hold(held: pd.DataFrame, children: int) -> pd.DataFrame:
    """Count the pages on hold, by reason.

    Parameters
    ----------
    held
        Table ``pages_on_hold``.
    children
        Number of children with a page.

    Returns
    -------
    pandas.DataFrame
        Table ``hold_scores``: pages that nobody in the family gets, and pages that some adult doesn't
        get. A page may be on hold for several reasons.
    """
    whole = held["guardian"].isna() & held["home"].isna()
    counts = held.assign(whole=whole).groupby(["code", "whole", "citation"], dropna=False)
    table = counts.agg(pages=("child", "nunique"), rows=("child", "size")).reset_index()
    table = table.assign(
        to_whom=np.where(table["whole"], "Nobody", "Others only"),
        of_pages=children,
        share=table["pages"] / max(children, 1),
    )
    return as_table("hold_scores", table.sort_values(["to_whom", "code"]).drop(columns="whole"))


# The student gets these pages instead, so they must meet the same requirements.
SENT_TO_STUDENT = ("eighteen", "birth_date_unknown")


@dataclass(frozen=True)
class FamilyPageScores:
    """Safety of family pages, and its cost.

    Attributes
    ----------
    pages
        Table ``page_scores`` for everything that pages of children on the roster may show, by domain.
    unguarded
        The same, if we trusted every link.
    held
        Table ``hold_scores``.
    systems
        ``silo, children, stand, share``: children in a system, and those for whom it is verified.
    adults
        ``adults, may_get, of_another_home``: links of adults to children on the roster; those without a hold;
        and among these, adults with another home than the child's.
    """

    pages: pd.DataFrame
    unguarded: pd.DataFrame
    held: pd.DataFrame
    systems: pd.DataFrame
    adults: pd.DataFrame


def judge_family_pages(district: District, links: Links, profiles: Profiles) -> FamilyPageScores:
    """Score everything that pages for families and students may show, which is more than any page shows.

    Parameters
    ----------
    district
        A synthetic district from `read_district`, with its answer key.
    links
        What `link_district` returned for it.
    profiles
        What `build_profiles` returned for it.

    Returns
    -------
    FamilyPageScores
        Scores; every reported value of any year and every event counts as a line.

    Raises
    ------
    BadInput
        If the district has no answer key.
    """
    rosters = roster_silos(district)
    standing = is_verified_value(district, links)
    held = pages_on_hold(district, links, standing)
    listed = standing.loc[standing["silo"].isin(rosters), "child"].unique().tolist()
    known = _lines(profiles, listed)
    whole = held["guardian"].isna() & held["home"].isna() & ~held["code"].isin(SENT_TO_STUDENT)
    may = standing.loc[standing["may_show"].astype(bool), ["child", "silo"]]
    shown = known.merge(may, on=["child", "silo"], how="inner", validate="many_to_one")
    shown = shown[~shown["child"].isin(held.loc[whole, "child"].tolist())]
    own = standing[standing["child"].isin(listed)]
    systems = own.groupby("silo", sort=True)["may_show"].agg(["size", "sum"]).reset_index()
    systems.columns = pd.Index(["silo", "children", "stand"])
    systems = systems.assign(share=systems["stand"].astype("float64") / systems["children"])
    return FamilyPageScores(
        pages=score_pages(district, links, shown, rosters=rosters, known=known),
        unguarded=score_pages(district, links, known, rosters=rosters),
        held=score_pages_on_hold(held, len(listed)),
        systems=systems,
        adults=_adults(district, links, held, rosters),
    )


def _adults(district: District, links: Links, held: pd.DataFrame, rosters: list[str]) -> pd.DataFrame:
    """Count the adults who may get a page, and those among them from another home."""
    key = read_answer_key(district.folder)
    owner = true_child_of_page(links, true_crosswalk(district, key=key), rosters)
    ties = district.fact("contact").dropna(subset=["record", "contact_record"])
    ties = ties.merge(
        links.crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="many_to_one"
    ).rename(columns={"contact_record": "guardian"})
    ties = ties.loc[ties["child"].isin(owner.index), ["child", "silo", "guardian"]].drop_duplicates()
    whole = held.loc[held["guardian"].isna(), "child"]
    not_to = held.dropna(subset=["guardian"])[["child", "silo", "guardian"]].drop_duplicates()
    ties = ties.merge(
        not_to.assign(held=True), on=["child", "silo", "guardian"], how="left", validate="one_to_one"
    )
    gets = ties["held"].isna() & ~ties["child"].isin(whole)
    adults = district.person_rows[[*RECORD, "file", "row"]].merge(
        key.people_at("Guardian"), on=PLACE, how="inner", validate="many_to_many"
    )
    adults = adults.assign(home=adults["person"].map(key.households)).rename(columns={"record": "guardian"})
    adults = adults[["silo", "guardian", "home"]].drop_duplicates()
    getting = ties[gets].assign(own=ties["child"].map(owner).map(key.households))
    getting = getting.merge(adults, on=["silo", "guardian"], how="left", validate="many_to_many")
    another = getting["home"].ne(getting["own"]) & getting["home"].notna()
    counts = {"adults": len(ties), "may_get": int(gets.sum()), "of_another_home": int(another.sum())}
    return pd.DataFrame([counts], dtype="Int64")


def _lines(profiles: Profiles, children: Collection[str]) -> pd.DataFrame:
    """Return all reported values and events of some children, one per row."""
    values = profiles.recorded
    reported = values[values["status"].eq("Reported") & values["silo"].notna()]
    reported = reported[["child", "element", "silo"]].set_axis(["child", "name", "silo"], axis="columns")
    events = profiles.timeline[["child", "kind", "silo"]].set_axis(["child", "name", "silo"], axis="columns")
    lines = pd.concat([reported, events], ignore_index=True)
    return lines[lines["child"].isin(list(children))].reset_index(drop=True)
