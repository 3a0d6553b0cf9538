"""Columns of ids: verified, unverified, or refused because their ids stand with other children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.link.id_evidence import ANOTHER, gather_id_evidence
from helpers.link.id_judging import COUNTS, LINE, IdJudgement, Refusal, rated
from helpers.link.id_lists import Lists
from helpers.link.identifiers import records_of
from helpers.link.places import Places
from helpers.link.students import Students
from helpers.standard import as_table

__all__ = ["IdColumns", "verify_id_columns"]


@dataclass(frozen=True)
class IdColumns:
    """What may be used of the ids of all systems.

    Attributes
    ----------
    table
        The standard table *id_columns*.
    ids
        As from `identifiers.comparable_ids`, without the ids of refused columns.
    agreeing, passed_over
        As from `identifiers.agreeing_pairs`, without the pairs that refused columns would make.
    findings
        Standard table: each refused column or list, and each id in one that is another child's elsewhere.
    """

    table: pd.DataFrame
    ids: pd.DataFrame
    agreeing: pd.DataFrame
    passed_over: pd.DataFrame
    findings: pd.DataFrame


def verify_id_columns(students: Students, largest_block: int, places: Places) -> IdColumns:
    """Judge every column of ids by the names and birth dates of the records to which its ids lead.

    Parameters
    ----------
    students
        The records and their ids.
    largest_block
        A value that more records share is no id of a child and is passed over.
    places
        In which file and column ids stand.

    Returns
    -------
    IdColumns
        A column is *Refused*: more of its ids than in any sound column stand with plainly other children; or
        *Verified*: some stand with the right child, and few enough with another; or *Unverified*: nothing can
        be compared, or too little to say. A list within a column (a file, a school's grade, a stretch of
        rows) is refused by itself. An Undeclared column is judged against each system apart: its numbers may
        be the district's, and by chance equal some of the state's.
    """
    evidence = gather_id_evidence(students, largest_block, places)
    judgement = IdJudgement(evidence)
    judgement.judge(Lists.of(students, evidence.ids))
    left, right = evidence.left, evidence.right
    refused = judgement.refuses(left, right) | judgement.refuses(right, left)
    kept = evidence.ids.loc[~judgement.useless(), ["number", "system", "value", "file", "row"]]
    columns = evidence.columns
    return IdColumns(
        table=as_table("id_columns", _table(judgement, columns)),
        ids=kept.reset_index(drop=True),
        agreeing=records_of(evidence.ids, left[~refused], right[~refused]),
        passed_over=evidence.passed_over,
        findings=as_table("findings", _findings(judgement, columns)),
    )


def _table(judgement: IdJudgement, columns: pd.DataFrame) -> pd.DataFrame:
    """Give one row a column and system; then one for each silo that it meets, and for each refused list."""
    met = _met(judgement)
    parts = [_whole(judgement, met), *_by_silo(judgement, met), _lists(judgement)]
    listed = ["column", "target", "against_silo", "part", "ids", "met", *COUNTS]
    rows = pd.concat([part.reindex(columns=listed).astype(object) for part in parts], ignore_index=True)
    rows = rows.astype({"column": "int64", "target": "string", "against_silo": "string", "part": "string"})
    rows = rows.astype(dict.fromkeys(("ids", "met", *COUNTS), "float64"))
    rows = rated(rows.fillna(dict.fromkeys(COUNTS, 0.0)))
    size = np.bincount(judgement.column, minlength=len(columns))[rows["column"].to_numpy()]
    refused = pd.MultiIndex.from_frame(_units_of(judgement, whole=True))
    is_refused = pd.MultiIndex.from_frame(rows[["column", "target"]]).isin(refused)
    is_refused |= rows["part"].notna().to_numpy(dtype=bool)
    sound = (rows["agree"] > 0) & (rows["rate"] <= LINE)
    about = columns.take(rows["column"].to_numpy()).reset_index(drop=True)
    rows = rows.assign(
        place=rows["column"],
        silo=about["silo"],
        file=about["file"],
        column=about["name"],
        identification_system=about["system"],
        against_system=rows["target"],
        ids=rows["ids"].fillna(pd.Series(size, index=rows.index)),
        met=rows["met"].where(rows["part"].notna(), rows["met"].fillna(0.0)),
        status=np.select([is_refused, sound.to_numpy(dtype=bool)], ["Refused", "Verified"], "Unverified"),
    )
    order = ["place", "target", "against_silo", "part"]
    rows = rows.sort_values(order, na_position="first", ignore_index=True)
    return rows.drop(columns=["place", "target"])


def _units_of(judgement: IdJudgement, *, whole: bool) -> pd.DataFrame:
    units = [refusal.unit for refusal in judgement.refusals if (refusal.part is None) == whole]
    return judgement.units.iloc[units].reset_index(drop=True)


def _met(judgement: IdJudgement) -> pd.DataFrame:
    """List the ids that are equal to one in another system: ``column``, ``target``, ``silo``, ``entry``."""
    left, right = judgement.evidence.left, judgement.evidence.right
    silo = judgement.order[judgement.column]
    apart = silo[left] != silo[right]
    entry = np.concatenate([left[apart], right[apart]])
    peer = np.concatenate([right[apart], left[apart]])
    return judgement.sides(entry, peer).assign(silo=silo[peer], entry=entry).drop_duplicates()


def _whole(judgement: IdJudgement, met: pd.DataFrame) -> pd.DataFrame:
    """Count each column against all systems together; a refused one as it was when it was refused."""
    counted = judgement.counted(judgement.alive)[COUNTS]
    for refusal in judgement.refusals:
        if refusal.part is None:
            counted.loc[refusal.unit] = pd.Series(refusal.counts)
    keys = ["column", "target"]
    number = met.drop_duplicates([*keys, "entry"]).groupby(keys, as_index=False).size()
    rows = pd.concat([judgement.units, counted], axis="columns")
    rows = rows.merge(number, on=keys, how="outer", validate="one_to_one").rename(columns={"size": "met"})
    alone = np.setdiff1d(np.arange(len(judgement.order)), rows["column"].to_numpy())
    return pd.concat([rows, pd.DataFrame({"column": alone})], ignore_index=True)


def _by_silo(judgement: IdJudgement, met: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Count each column against each other silo; not against a column that is refused itself."""
    gone = [refusal.unit for refusal in judgement.refusals if refusal.part is None]
    half = len(judgement.unit) // 2
    peer_unit = np.concatenate([judgement.unit[half:], judgement.unit[:half]])
    heard = judgement.counting & (~np.isin(peer_unit, gone) | np.isin(judgement.unit, gone))
    silo = judgement.order[judgement.column[judgement.peer]]
    names = judgement.evidence.columns.drop_duplicates("order").set_index("order")["silo"]
    for place in np.unique(silo[heard]).tolist():
        counted = judgement.counted(heard & (silo == place))[COUNTS]
        rows = pd.concat([judgement.units, counted], axis="columns")
        number = met[met["silo"] == place].groupby(["column", "target"], as_index=False).size()
        rows = rows.merge(number, on=["column", "target"], how="left", validate="one_to_one")
        rows = rows.rename(columns={"size": "met"}).assign(against_silo=names[place])
        yield rows[rows["comparable"] > 0]


def _lists(judgement: IdJudgement) -> pd.DataFrame:
    lists = [refusal for refusal in judgement.refusals if refusal.part is not None]
    numbers = pd.DataFrame([one.counts for one in lists], columns=COUNTS)
    parts = {"part": [one.part for one in lists], "ids": [int(one.members.sum()) for one in lists]}
    return pd.concat([_units_of(judgement, whole=False), pd.DataFrame(parts), numbers], axis="columns")


def _findings(judgement: IdJudgement, columns: pd.DataFrame) -> pd.DataFrame:
    """Tell of each refused column or list, and of each id in one that is plainly another child's."""
    ids = judgement.evidence.ids
    collides = np.zeros(len(judgement.entry), dtype=bool)
    together: dict[tuple[int, str], list[Refusal]] = {}
    for refusal in judgement.refusals:
        collides |= (judgement.unit == refusal.unit) & refusal.members[judgement.entry]
        place = int(judgement.units["column"].iloc[refusal.unit])
        together.setdefault((place, refusal.part or ""), []).append(refusal)
    told = []
    for (place, part), refusals in together.items():
        surest = max((refusal.counts for refusal in refusals), key=lambda counts: counts["comparable"])
        low = rated(pd.DataFrame([surest]))["low"].iloc[0]
        systems = sorted({str(judgement.units["target"].iloc[refusal.unit]) for refusal in refusals})
        told.append(
            {
                "silo": columns["silo"].iloc[place],
                "file": ids.loc[refusals[0].members, "file"].mode().iloc[0],
                "column": columns["name"].iloc[place],
                "kind": "id_column_refused",
                "value": f"{surest['disagree']} of {surest['comparable']}",
                "expected": f"{' or '.join(systems)} ids of the file's own children"
                f"{f' ({part})' if part else ''}: at least {low:.0%} of those that can be compared stand "
                "with other children elsewhere, so nobody is joined by them; have the file exported again "
                "with the right ids in this column",
                "done": "value_set_aside",
            }
        )
    collides &= judgement.equal & (judgement.says == ANOTHER)
    entry = np.unique(judgement.entry[collides])
    colliding = ids[["file", "row", "value"]].take(entry).reset_index(drop=True)
    about = columns.take(judgement.column[entry]).reset_index(drop=True)
    colliding = colliding.assign(
        silo=about["silo"],
        column=about["name"],
        kind="id_colliding",
        expected="an id that no other child has",
        done="nothing",
    )
    return pd.concat([pd.DataFrame(told), colliding], ignore_index=True).assign(times=1)
