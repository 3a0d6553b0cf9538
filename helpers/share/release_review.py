"""What may go home: verified links and values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.link import components, fold, name_keys, parse_names, telephones
from helpers.profile import adults_of, roster_silos
from helpers.standard import STRING, as_table

if TYPE_CHECKING:
    from helpers.files import District
    from helpers.link import Links

__all__ = [
    "REASONS",
    "RECORD",
    "Homes",
    "homes_of",
    "is_verified_value",
    "linked_by_machine_key",
    "reason_withheld",
    "verified_links",
    "verified_pairs",
    "with_namesakes",
]


RECORD = ["silo", "record"]


@dataclass(frozen=True)
class Homes:
    """Children with whom another child may be mixed up: by any name, or by any name and birth date."""

    siblings: frozenset[str]
    twins: frozenset[str]


def homes_of(
    crosswalk: pd.DataFrame, people: pd.DataFrame, contacts: pd.DataFrame, rosters: Sequence[str]
) -> Homes:
    """Find children who share a home with another child of the district."""
    child = crosswalk[[*RECORD, "child", "household"]]
    named = people.merge(child, on=RECORD, how="inner", validate="one_to_one")
    adults = contacts.dropna(subset=["record", "contact_record"])[[*RECORD, "contact_record"]]
    adults = adults.merge(child, on=RECORD, how="inner", validate="many_to_one")
    agents = adults_of(named)
    surname = _surnames(named)
    homes = pd.concat(
        [
            _keys(named["child"], "address", named["household"]),
            _keys(named["child"], "telephone", telephones(named["telephone"])),
            _keys(adults["child"], "adult", adults["silo"] + " " + adults["contact_record"]),
            _keys(agents["child"], "adult", agents["silo"] + " " + agents["agent"]),
        ],
        ignore_index=True,
    ).drop_duplicates()
    born = _keys(
        named["child"], "born", surname + named["birth_date"].dt.strftime(" %Y-%m-%d").astype(STRING)
    )
    twins = _of_several(born)
    listed = named["silo"].isin(list(rosters))
    of_name = _keys(named.loc[listed, "child"], "name", surname[listed])
    unknown = ~of_name["child"].isin(homes["child"])
    alike = of_name["key"].isin(of_name.loc[unknown, "key"])
    of_unknown_home = _of_several(of_name[alike])
    return Homes(frozenset(_of_several(homes) | twins | of_unknown_home), frozenset(twins))


def _keys(children: pd.Series, kind: str, key: pd.Series) -> pd.DataFrame:
    frame = pd.DataFrame({"child": children.to_numpy(), "key": (kind + " " + key.astype(STRING)).to_numpy()})
    return frame.astype(STRING).dropna().drop_duplicates()


def _of_several(ties: pd.DataFrame) -> set[str]:
    """Give the children who share a key with another one."""
    return set(ties.loc[ties["key"].duplicated(keep=False), "child"])


def _surnames(people: pd.DataFrame) -> pd.Series:
    """Give the surname, folded; of a name in one cell what stands before the comma, else the last word."""
    whole = people["full_name"].str.strip()
    before = whole.str.extract(r"^([^,]+),", expand=False).fillna(whole.str.extract(r"(\S+)$", expand=False))
    codes, distinct = pd.factorize(people["last_surname"].fillna(before))
    folded = pd.array([fold(str(text)) or None for text in distinct] + [None], dtype=STRING)
    return pd.Series(folded.take(codes), index=people.index)


def with_namesakes(crosswalk: pd.DataFrame, people: pd.DataFrame) -> frozenset[str]:
    """Find children whose name another child of the district has, in some way of writing both."""
    named = people.merge(crosswalk[[*RECORD, "child"]], on=RECORD, how="inner", validate="one_to_one")
    record, key = name_keys(parse_names(named))
    ties = pd.DataFrame({"child": named["child"].to_numpy()[record], "key": key}).drop_duplicates()
    return frozenset(_of_several(ties))


# Links are made so that few records are missed, and a person looks at what is doubtful. Nobody looks at a
# page before a family does, so a tie counts here only if two of number, name and birth date agree and
# nothing contradicts them, or if a person has said yes. What a model finds likely is likely, and no more.

# The only rule that joins two records by one thing alone.
NUMBER_ALONE = "a strong id alone, nothing to verify it"
# A key of 128 bits, as software makes it: nobody types one, and a slip in it meets nobody.
MACHINE_KEY = r"[0-9a-f]{32}"
ALIKE = ("Same", "Nickname", "Order swapped")
NEARLY = ("Spelling",)
AS_IT_IS = ("Same", "Order swapped")


def verified_pairs(pairs: pd.DataFrame, siblings: np.ndarray, twins: np.ndarray) -> np.ndarray:
    """Tell which pairs are one child for sure."""
    match = pairs["decision"].eq("Match")
    by_person = match & pairs["decided_by"].eq("Person")
    by_rule = match & pairs["decided_by"].eq("Rule") & pairs["rule"].ne(NUMBER_ALONE)
    first, against = pairs["evidence_first_name"], pairs["contradiction"]
    number = pairs["evidence_identifier"].eq("Same")
    born = pairs["evidence_birth_date"].eq("Same")
    new_surname = against.eq("surname") & number & born & first.isin(ALIKE)
    unspoken = against.isna() | new_surname
    nearly, as_it_is = first.isin(NEARLY), first.isin(AS_IT_IS)
    plain = ~(nearly & siblings) & (as_it_is | ~twins)
    sure: np.ndarray = (by_person | by_rule & unspoken & plain).fillna(False).to_numpy(dtype=bool)
    return sure


def linked_by_machine_key(
    pairs: pd.DataFrame, identifiers: pd.DataFrame, by_machines: Sequence[str]
) -> np.ndarray:
    """Tell which pairs share a key that software made and software wrote."""
    alone = pairs["decision"].eq("Match") & pairs["rule"].eq(NUMBER_ALONE)
    nested = pairs["left_silo"].isin(list(by_machines)) | pairs["right_silo"].isin(list(by_machines))
    rows = np.flatnonzero((alone & nested).fillna(False).to_numpy(dtype=bool))
    result = np.zeros(len(pairs), dtype=bool)
    key = identifiers["identifier"].str.casefold().str.replace(r"[-{}]", "", regex=True)
    made = key.str.fullmatch(MACHINE_KEY).fillna(False).to_numpy(dtype=bool)
    keys = identifiers.loc[made, RECORD].assign(key=key[made]).drop_duplicates()
    ends = pairs.iloc[rows].assign(place=rows)
    sides = [
        ends[["place", f"{side}_silo", f"{side}_record"]]
        .set_axis(["place", *RECORD], axis="columns")
        .merge(keys, on=RECORD, how="inner", validate="many_to_many")[["place", "key"]]
        for side in ("left", "right")
    ]
    both = sides[0].merge(sides[1], on=["place", "key"], how="inner", validate="one_to_one")
    result[both["place"].to_numpy(dtype="int64")] = True
    return result


def verified_links(records: pd.DataFrame, pairs: pd.DataFrame, doubted: np.ndarray) -> np.ndarray:
    """Label records that sure ties hold together, none of which leads through a record in doubt."""
    place = pd.MultiIndex.from_frame(records[RECORD])
    ends = [
        place.get_indexer(pd.MultiIndex.from_frame(pairs[[f"{side}_silo", f"{side}_record"]]))
        for side in ("left", "right")
    ]
    both = (ends[0] >= 0) & (ends[1] >= 0)
    left, right = ends[0][both], ends[1][both]
    plain = ~(doubted[left] | doubted[right])
    return components(len(records), left[plain], right[plain])


# Why a system's word about a child doesn't stand, the first that applies.
REASONS: Mapping[str, str] = {
    "not_on_roster": "The child isn't on the roster, so nobody can say whose page it is.",
    "roster_in_doubt": "The roster itself disagrees about who this child is.",
    "record_of_two": "Rows under one number don't agree on a name or birth date: they may be two children's.",
    "number_of_another": "It carries a number that another child has, too.",
    "contradicted": "Number, name and birth date don't all say the same child.",
    "by_name_siblings": "This office files by name, and more than one child of the home is in our schools.",
    "by_name_namesake": "This office files by name, and another child in our schools has the same name.",
    "number_alone": "A number is all that it has; nothing else there says whose it is.",
    "unreviewed": "It was joined because it looks alike. Nobody has looked at it yet.",
    "second_record": "Another record of this system may be the child's, too, and waits for a person.",
    "one_line_siblings": "One line alone gives the child its number here, and families change these lines. "
    "More than one child of the home is in our schools.",
}
# Findings at a record that say that its rows may be two children's.
OF_TWO = ("id_shared", "name_placeholder")
# Columns of people that say who somebody is.
PERSON = ("first_name", "last_surname", "full_name", "birth_date")
# Domains of layouts: systems that, with the roster, show what a child does at school.
SCHOOL_WORK = ("attendance", "assessment")


def is_verified_value(district: District, links: Links) -> pd.DataFrame:
    """Say from which systems a child's values may stand on a page for its family, or for the student."""
    crosswalk = links.crosswalk.reset_index(drop=True)
    rosters = roster_silos(district)
    code = _of_records(district, links, crosswalk, rosters)
    order = {word: place for place, word in enumerate(REASONS)}
    rank = code.map(order).fillna(len(order)).astype("int64")
    worst = pd.DataFrame({"child": crosswalk["child"], "silo": crosswalk["silo"], "rank": rank})
    standing = worst.groupby(["child", "silo"], sort=True)["rank"].min().reset_index()
    words = [*order, None]
    standing["code"] = pd.array([words[place] for place in standing["rank"].tolist()], dtype=STRING)
    return as_table(
        "standing",
        standing[["child", "silo", "code"]].assign(
            may_stand=standing["code"].isna().astype("boolean"),
            reason=standing["code"].map(dict(REASONS)).astype(STRING),
        ),
    )


def reason_withheld(standing: pd.DataFrame, district: District) -> pd.DataFrame:
    """Say of which children too little stands for a page."""
    domain = {name: silo.layout.domain for name, silo in district.silos.items()}
    rosters = roster_silos(district)
    of_roster = standing["silo"].isin(rosters)
    tells = standing["silo"].map(domain).isin(SCHOOL_WORK)
    may = standing["may_stand"].astype(bool)
    counts = pd.DataFrame(
        {
            "child": standing["child"],
            "known": 1,
            "standing": may.astype("int64"),
            "rostered": of_roster & may,
            "told": tells & may,
        }
    )
    counts = counts.groupby("child", sort=True).agg(
        {"standing": "sum", "known": "sum", "rostered": "any", "told": "any"}
    )
    counts["held"] = ~(counts["rostered"] & counts["told"])
    types = {"standing": "Int64", "known": "Int64", "held": "boolean"}
    return counts.reset_index()[["child", *types]].astype({"child": STRING, **types})


def _of_records(district: District, links: Links, crosswalk: pd.DataFrame, rosters: list[str]) -> pd.Series:
    """Give each record the reason why it doesn't stand; NA where it does."""
    doubts = _doubts_at(district, links, crosswalk)
    doubted = doubts.notna().to_numpy(dtype=bool)
    students = _students(district)
    homes = homes_of(crosswalk, students, district.fact("contact"), rosters)
    by_machines = linked_by_machine_key(links.pairs, district.identifiers, _written_by_machines(district))
    by_rules = verified_pairs(links.pairs, *_at_pairs(links.pairs, crosswalk, homes))
    sure = links.pairs[by_rules | by_machines]
    label = verified_links(crosswalk, sure, doubted)

    of_roster = crosswalk["silo"].isin(rosters).to_numpy(dtype=bool)
    root = pd.DataFrame({"child": crosswalk["child"], "label": label, "doubted": doubted})[of_roster]
    roots = root.groupby("child").agg({"label": ["min", "max"], "doubted": "any"})
    roots.columns = ["low", "high", "doubted"]
    torn = roots.index[(roots["low"] != roots["high"]) | roots["doubted"]]
    own = crosswalk["child"].map(roots["low"]).fillna(-1).to_numpy(dtype="int64")
    tied = label == own

    by_name = _filed_by_name(students, crosswalk)
    siblings = _among(crosswalk["child"], homes.siblings)
    namesakes = with_namesakes(crosswalk, students[students["silo"].isin(rosters)])
    waiting = _may_be_more(links, crosswalk)
    # The last that is written holds, so the first reason comes last.
    code = pd.Series(pd.NA, index=crosswalk.index, dtype=STRING)
    for word, applies in (
        ("one_line_siblings", _tied_by_one_line(district, crosswalk) & siblings),
        ("second_record", waiting & ~of_roster),
        ("contradicted", ~tied),
        ("unreviewed", ~tied & _equal(crosswalk["step"], "Scored")),
        ("number_alone", ~tied & _equal(crosswalk["band"], "Unverified")),
        ("by_name_namesake", by_name & _among(crosswalk["child"], namesakes)),
        ("by_name_siblings", by_name & siblings),
    ):
        code = code.mask(applies, word)
    code = code.mask(doubted, doubts)
    code = code.mask(_among(crosswalk["child"], torn), "roster_in_doubt")
    return code.mask(~_among(crosswalk["child"], roots.index), "not_on_roster")


def _at_pairs(pairs: pd.DataFrame, crosswalk: pd.DataFrame, homes: Homes) -> tuple[np.ndarray, np.ndarray]:
    """Say of each pair whether its child has a brother or sister, and a twin, in the schools."""
    left = pairs[["left_silo", "left_record"]].set_axis(RECORD, axis="columns")
    child = left.merge(crosswalk[[*RECORD, "child"]], on=RECORD, how="left", validate="many_to_one")["child"]
    return _among(child, homes.siblings), _among(child, homes.twins)


def _equal(column: pd.Series, word: str) -> np.ndarray:
    result: np.ndarray = column.eq(word).to_numpy(dtype=bool, na_value=False)
    return result


def _among(children: pd.Series, some: Iterable[str]) -> np.ndarray:
    result: np.ndarray = children.isin(list(some)).to_numpy(dtype=bool)
    return result


def _written_by_machines(district: District) -> list[str]:
    """Name the systems whose files nobody opens in a spreadsheet and sorts: a column can't slip in them."""
    nested = ("xml", "json_lines")
    return [
        name
        for name, silo in district.silos.items()
        if silo.layout.files and all(file.format in nested for file in silo.layout.files)
    ]


def _students(district: District) -> pd.DataFrame:
    people = district.people
    return people[people["role"].eq("Student")].reset_index(drop=True)


def _doubts_at(district: District, links: Links, crosswalk: pd.DataFrame) -> pd.Series:
    """Say which findings stand at a record; NA where none does that puts in doubt whose it is."""
    findings = pd.concat([district.findings, links.findings], ignore_index=True)
    kind = findings["kind"]
    found = pd.Series(pd.NA, index=findings.index, dtype=STRING)
    found = found.mask(kind.eq("birth_date_disagrees"), "contradicted")
    found = found.mask(kind.eq("id_colliding"), "number_of_another")
    found = found.mask(kind.isin(OF_TWO) | _names_two(findings, district), "record_of_two")
    rows = district.person_rows[[*RECORD, "file", "row"]].drop_duplicates()
    at = findings[["silo", "file", "row"]].assign(code=found).dropna()
    at = at.merge(rows, on=["silo", "file", "row"], how="inner", validate="many_to_many")
    # Where there are so many that they are no longer listed row by row, any row of the file may be one.
    folded = findings[["silo", "file"]].assign(code=found)[
        findings["times"].gt(1).fillna(False).to_numpy(bool)
    ]
    folded = folded.dropna().drop_duplicates(["silo", "file"])
    whole = folded.merge(rows, on=["silo", "file"], how="inner", validate="one_to_many")
    at = pd.concat([at, whole], ignore_index=True)
    order = {word: place for place, word in enumerate(REASONS)}
    at = at.assign(rank=at["code"].map(order)).sort_values("rank", kind="stable").drop_duplicates(RECORD)
    of_record = crosswalk[RECORD].merge(at[[*RECORD, "code"]], on=RECORD, how="left", validate="one_to_one")
    return of_record["code"]


def _names_two(findings: pd.DataFrame, district: District) -> pd.Series:
    """Tell which findings say that rows of one record name two children."""
    disagree = np.array(findings["kind"].eq("rows_disagree").fillna(False), dtype=bool)
    names = {
        name: {
            column
            for file in silo.layout.files
            for makes in file.makes
            if makes.table == "people"
            for target, column in makes.take.items()
            if target in PERSON
        }
        for name, silo in district.silos.items()
    }
    its = findings[disagree]
    about = [
        str(column) in names.get(str(silo), ()) or str(column) in PERSON
        for silo, column in zip(its["silo"].tolist(), its["column"].tolist(), strict=True)
    ]
    disagree[disagree] = about
    return pd.Series(disagree, index=findings.index)


def _filed_by_name(students: pd.DataFrame, crosswalk: pd.DataFrame) -> np.ndarray:
    """Tell which records have no number at all, not even the system's own."""
    bare = students.loc[students["local_id"].isna(), RECORD]
    result: np.ndarray = pd.MultiIndex.from_frame(crosswalk[RECORD]).isin(pd.MultiIndex.from_frame(bare))
    return result


def _tied_by_one_line(district: District, crosswalk: pd.DataFrame) -> np.ndarray:
    """Tell which records of systems that list adults of a child stand on one row only.

    Two children of one home change places in such a list without a trace where each has one line; where there
    are two, they disagree.
    """
    listing = district.fact("contact")["silo"].dropna().unique()
    rows = district.person_rows[[*RECORD, "file", "row"]].drop_duplicates()
    times = rows.groupby(RECORD, sort=False).size()
    one = pd.MultiIndex.from_frame(crosswalk[RECORD]).isin(times.index[times == 1])
    result: np.ndarray = one & _among(crosswalk["silo"], listing)
    return result


def _may_be_more(links: Links, crosswalk: pd.DataFrame) -> np.ndarray:
    """Tell of which records another one of the same system may be the child's, and waits for a person."""
    waits = links.pairs[links.pairs["decision"].eq("Review")]
    child = crosswalk[[*RECORD, "child"]]
    sides = []
    for mine, theirs in (("left", "right"), ("right", "left")):
        named = waits[[f"{mine}_silo", f"{mine}_record", f"{theirs}_silo"]]
        named.columns = pd.Index(["silo", "record", "other"])
        sides.append(named.merge(child, on=RECORD, how="inner", validate="many_to_one")[["child", "other"]])
    open_to = pd.concat(sides, ignore_index=True).drop_duplicates()
    keys = pd.MultiIndex.from_frame(crosswalk[["child", "silo"]])
    result: np.ndarray = keys.isin(pd.MultiIndex.from_frame(open_to))
    return result
