"""Classify id columns as verified, unverified or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.ids.evidence import (
    ANOTHER,
    FEWEST,
    LINE,
    SAME,
    IdComparison,
    ListEvidence,
    Lists,
    compare_id_holders,
    find_wrong_lists,
    is_sound,
    locate_ids,
)
from helpers.link.ids.forms import normalize_ids
from helpers.link.ids.number_spaces import NumberSpaces, find_number_spaces
from helpers.link.ids.reliability import find_own_addresses, find_unmatched_ids
from helpers.link.records import Records, SourceLocations
from helpers.link.values.identifiers import POSSIBLE, records_of
from helpers.standard import as_table, wilson

__all__ = ["COUNTS", "IdColumnStatus", "IdColumns", "Refusal", "rated", "verify_id_columns"]


# An Undeclared column counts as evidence about a declared one only if this share of their ids is equal.
MEET = 0.3
DECLARED = ("State", "District")
COUNTS = ["comparable", "agree", "disagree"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Refusal:
    """A refused column, or a list within it, with the counts that led to the refusal."""

    unit: int
    """Place in `IdJudgment.units`."""
    part: str | None
    """Name of the list; None: the whole column."""
    members: Mask
    """Of all ids: those that are refused."""
    counts: dict[str, int]


class IdColumnStatus:
    """Status of each id column, and the refusals so far.

    A *unit* is a column with an id system: one for a declared column, up to three for an Undeclared one. Each
    pair of ids is evidence about two units, until one of them is refused.
    """

    def __init__(self, evidence: IdComparison) -> None:
        self.evidence = evidence
        self.column: Ints = evidence.ids["column"].to_numpy(dtype="int64")
        self.system = evidence.ids["system"].to_numpy(dtype=object)
        self.order: Ints = evidence.columns["order"].to_numpy(dtype="int64")
        pairs = evidence.pairs
        one, other = (pairs[name].to_numpy(dtype="int64") for name in ("one", "other"))
        self.entry, self.peer = np.concatenate([one, other]), np.concatenate([other, one])
        self.says, self.equal = (np.tile(pairs[name].to_numpy(), 2) for name in ("says", "equal"))
        about = self.sides(self.entry, self.peer)
        self.units = about.drop_duplicates().sort_values(["column", "target"], ignore_index=True)
        self.unit: Ints = pd.MultiIndex.from_frame(self.units).get_indexer(pd.MultiIndex.from_frame(about))
        # An Undeclared id that belongs to a different child may simply be of another kind. So it is no
        # evidence against a declared id, unless a third system confirms it.
        undeclared = self.system == "Undeclared"
        unsure = ~undeclared[self.entry] & undeclared[self.peer] & (self.says != SAME)
        self.counting: Mask = (self.says > 0) & (~unsure | self._confirmed())
        self.alive = self.counting.copy()
        self.refusals: list[Refusal] = []

    def sides(self, entry: Ints, peer: Ints) -> pd.DataFrame:
        """Return the column of each id of a pair, and the system that the other id judges it by."""
        own, other = self.system[entry], self.system[peer]
        target = pd.Series(np.where(own == "Undeclared", other, own), dtype="string")
        return pd.DataFrame({"column": self.column[entry], "target": target})

    def _confirmed(self) -> Mask:
        """Test where a third system confirms the other id's column, and many of its ids equal this one's.

        Then both columns contain ids of one kind, and chance doesn't explain the disagreements.
        """
        width = len(self.order)
        mine, theirs = self.column[self.entry], self.column[self.peer]
        same, another, equal = (
            np.bincount((mine * width + theirs)[mask], minlength=width * width).reshape(width, width)
            for mask in (self.says == SAME, self.says == ANOTHER, self.equal)
        )
        sound = (same >= FEWEST) & (another <= LINE * (same + another))
        elsewhere = (self.order[:, None] != self.order[None, :]).astype("int64")
        # A third system is another than this column's.
        third = (sound.astype("int64") @ elsewhere) > 0
        size = np.bincount(self.column, minlength=width)
        meet = equal >= MEET * np.minimum.outer(size, size)
        return np.asarray((third.T & meet)[mine, theirs])

    # ---------------------------------------------------------------------------------------- counting

    def verdicts(self, among: Mask) -> tuple[Ints, Ints, Mask, Mask]:
        """Classify each id: it belongs to the right child, or only to a different one."""
        keys, place = np.unique(
            self.unit[among] * max(len(self.column), 1) + self.entry[among], return_inverse=True
        )
        same, another = (
            np.bincount(place[self.says[among] == what], minlength=len(keys)) > 0 for what in (SAME, ANOTHER)
        )
        unit, entry = np.divmod(keys, max(len(self.column), 1))
        return unit, entry, same, another & ~same

    def counted(self, among: Mask) -> pd.DataFrame:
        """Count the ids of each unit."""
        unit, _, same, another = self.verdicts(among)
        count = len(self.units)
        numbers = [np.bincount(of, minlength=count) for of in (unit, unit[same], unit[another])]
        counted = rated(pd.DataFrame(dict(zip(COUNTS, numbers, strict=True))))
        return counted.assign(accusers=self._distinct_peers(self.unit, count, among & (self.says == ANOTHER)))

    def _distinct_peers(self, group: Ints, groups: int, among: Mask) -> Ints:
        """Count the distinct ids that place an id of each group with a different child."""
        size = max(len(self.column), 1)
        keys = np.unique(group[among] * size + self.peer[among])
        return np.bincount(keys // size, minlength=groups)

    # ----------------------------------------------------------------------------------------- judging

    def judge(self, lists: Lists) -> None:
        """Refuse wrong columns first, then wrong lists within the remaining columns.

        The wrong column in conflict with most others goes first; on a tie, the one of the later system. If
        only lists within it are wrong, less than half of it, and the rest is sound, only the lists are
        refused. Later systems' lists are searched first.
        """
        order = self.order[self.units["column"].to_numpy(dtype="int64")]
        while True:
            counted = self.counted(self.alive)
            wrong = _wrong(counted)
            if not wrong.any():
                break
            rank = np.lexsort((counted["low"].to_numpy(), order, self._at_odds(), wrong))
            self._refuse(int(rank[-1]), lists, whole=True)
        for unit in np.argsort(-order, kind="stable").tolist():
            self._refuse(unit, lists, whole=False)

    def _at_odds(self) -> Ints:
        """Count the columns in conflict with each unit."""
        width = len(self.order)
        edge = self.unit * width + self.column[self.peer]
        size, another = len(self.units) * width, self.alive & (self.says == ANOTHER)
        numbers = {
            "comparable": np.bincount(edge[self.alive], minlength=size),
            "disagree": np.bincount(edge[another], minlength=size),
            "accusers": self._distinct_peers(edge, size, another),
        }
        wrong = _wrong(rated(pd.DataFrame(numbers)))
        return np.asarray(wrong.reshape(len(self.units), width).sum(axis=1), dtype="int64")

    def _refuse(self, unit: int, lists: Lists, *, whole: bool) -> None:
        """Refuse a unit's wrong lists; the whole unit if they are most of it, or the rest isn't sound."""
        _, entry, same, another = self.verdicts(self.alive & (self.unit == unit))
        if another.sum() < FEWEST:
            return
        evidence = ListEvidence(entry, same, another)
        # With almost no correct ids, there is no sound rest to find.
        all_wrong = whole and same.sum() < FEWEST
        found = [] if all_wrong else find_wrong_lists(lists, evidence, LINE, FEWEST)
        listed = np.zeros(len(self.column), dtype=bool)
        for _, members in found:
            listed |= members
        chosen: list[tuple[str | None, Mask]] = [*found]
        rest = evidence.among(~listed[entry])
        few_lists = 2 * len(rest.entry) > len(entry) and is_sound(rest, LINE, FEWEST)
        if (whole or found) and not few_lists:
            chosen = [(None, np.asarray(self.column == int(self.units["column"].iloc[unit])))]
        for part, members in chosen:
            inside = members[entry]
            answers = (inside, inside & same, inside & another)
            counts = {name: int(answer.sum()) for name, answer in zip(COUNTS, answers, strict=True)}
            self.refusals.append(Refusal(unit, part, members, counts))
            gone = (self.unit == unit) & members[self.entry]
            half = len(gone) // 2
            self.alive &= ~(gone | np.concatenate([gone[half:], gone[:half]]))

    # ----------------------------------------------------------------------------------------- results

    def refuses(self, entry: Ints, peer: Ints) -> Mask:
        """Test which pairs of equal ids are invalid because the first id is refused."""
        result = np.zeros(len(entry), dtype=bool)
        own, other = self.system[entry], self.system[peer]
        for refusal in self.refusals:
            target = self.units["target"].iloc[refusal.unit]
            result |= refusal.members[entry] & ((own != "Undeclared") | (other == target))
        return result

    def useless(self) -> Mask:
        """Test which ids are useless: refused ids in a column of declared kind."""
        result = np.zeros(len(self.column), dtype=bool)
        for refusal in self.refusals:
            result |= refusal.members
        return np.asarray(result & (self.system != "Undeclared"))


def rated(counted: pd.DataFrame) -> pd.DataFrame:
    """Add the rate of ids that belong to a different child, with its interval."""
    disagree, comparable = (counted[name].astype("float64") for name in ("disagree", "comparable"))
    return counted.assign(rate=disagree / comparable.where(comparable > 0), **wilson(disagree, comparable))


def _wrong(counted: pd.DataFrame) -> Mask:
    """Test what is certainly wrong: at least five ids, found by at least five other ids."""
    enough = counted[["disagree", "accusers"]].min(axis="columns") >= FEWEST
    return np.asarray((counted["low"] > LINE) & enough, dtype=bool)


@dataclass(frozen=True)
class IdColumns:
    """The usable ids of all systems."""

    # The standard table *id_columns*.
    table: pd.DataFrame
    # As from `identifiers.comparable_ids` in normal form, with ``raw_value``, without refused columns' ids.
    ids: pd.DataFrame
    # As from `identifiers.agreeing_pairs`, without pairs from refused columns.
    agreeing: pd.DataFrame
    passed_over: pd.DataFrame
    # Standard table: each refused column or list, each of its ids that belongs to a different child, and each
    # way of writing ids that was normalized.
    findings: pd.DataFrame
    # Each two columns that were compared, as from `find_number_spaces`.
    spaces: pd.DataFrame


def verify_id_columns(
    students: Records, largest_block: int, locations: SourceLocations, schools: pd.DataFrame | None = None
) -> IdColumns:
    """Verify every id column by the names and birth dates of the records that its ids connect."""
    located, columns = locate_ids(students, locations)
    written = normalize_ids(students, located, columns, largest_block)
    if _are_declared(columns, locations):
        spaces, forms = NumberSpaces.as_declared(written.ids, columns), written
    else:
        spaces = find_number_spaces(students, written.ids, columns, schools)
        columns = spaces.columns
        # What a space numbers alike may still be written in several ways, where no names confirmed one.
        forms = normalize_ids(students, spaces.ids, columns, largest_block)
    own, shared = find_own_addresses(students, forms.ids, columns, largest_block)
    evidence = compare_id_holders(students, forms.ids.assign(own=own), columns, largest_block)
    judgment = IdColumnStatus(evidence)
    judgment.judge(Lists.of(students, evidence.ids))
    left, right = evidence.left, evidence.right
    refused = judgment.refuses(left, right) | judgment.refuses(right, left)
    kept = evidence.ids[~judgment.useless()].reset_index(drop=True)
    unmatched, unmatched_findings = find_unmatched_ids(students, kept, columns)
    head = columns["name"].take(kept["column"].to_numpy()).to_numpy()
    kept = kept.assign(contradicts=~unmatched, head=head)
    findings = [
        _findings(judgment, columns),
        written.findings,
        spaces.findings,
        forms.findings,
        shared,
        unmatched_findings,
    ]
    return IdColumns(
        table=as_table("id_columns", _table(judgment, columns)),
        ids=kept[["number", "system", "value", "raw_value", "contradicts", "file", "row", "head"]],
        spaces=spaces.pairs,
        agreeing=records_of(evidence.ids, left[~refused], right[~refused]),
        passed_over=evidence.passed_over,
        findings=as_table("findings", pd.concat(findings, ignore_index=True)),
    )


def _are_declared(columns: pd.DataFrame, locations: SourceLocations) -> bool:
    """Test whether layouts that the kit knows declare whose numbers a folder has: nothing is left to find."""
    layouts = locations.layouts.values()
    known = bool(layouts) and not any(layout.is_draft for layout in layouts)
    return known and bool(columns["system"].isin(DECLARED).any())


def _table(judgment: IdColumnStatus, columns: pd.DataFrame) -> pd.DataFrame:
    """Return one row per column and system, then one per silo with shared ids and per refused list."""
    met = _met(judgment)
    parts = [_whole(judgment, met), *_by_silo(judgment, met), _lists(judgment)]
    listed = ["column", "target", "against_silo", "part", "ids", "matched", *COUNTS]
    rows = pd.concat([part.reindex(columns=listed).astype(object) for part in parts], ignore_index=True)
    rows = rows.astype({"column": "int64", "target": "string", "against_silo": "string", "part": "string"})
    rows = rows.astype(dict.fromkeys(("ids", "matched", *COUNTS), "float64"))
    rows = rated(rows.fillna(dict.fromkeys(COUNTS, 0.0)))
    size = np.bincount(judgment.column, minlength=len(columns))[rows["column"].to_numpy()]
    refused = pd.MultiIndex.from_frame(_units_of(judgment, whole=True))
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
        matched=rows["matched"].where(rows["part"].notna(), rows["matched"].fillna(0.0)),
        status=np.select([is_refused, sound.to_numpy(dtype=bool)], ["Refused", "Verified"], "Unverified"),
    )
    order = ["place", "target", "against_silo", "part"]
    rows = rows[rows["identification_system"].ne(POSSIBLE)]
    rows = rows.sort_values(order, na_position="first", ignore_index=True)
    return rows.drop(columns=["place", "target"])


def _units_of(judgment: IdColumnStatus, *, whole: bool) -> pd.DataFrame:
    units = [refusal.unit for refusal in judgment.refusals if (refusal.part is None) == whole]
    return judgment.units.iloc[units].reset_index(drop=True)


def _met(judgment: IdColumnStatus) -> pd.DataFrame:
    """List the ids that equal one in another system: ``column``, ``target``, ``silo``, ``entry``."""
    left, right = judgment.evidence.left, judgment.evidence.right
    silo = judgment.order[judgment.column]
    apart = silo[left] != silo[right]
    entry = np.concatenate([left[apart], right[apart]])
    peer = np.concatenate([right[apart], left[apart]])
    return judgment.sides(entry, peer).assign(silo=silo[peer], entry=entry).drop_duplicates()


def _whole(judgment: IdColumnStatus, met: pd.DataFrame) -> pd.DataFrame:
    """Count each column against all systems together; a refused column with its counts at refusal."""
    counted = judgment.counted(judgment.alive)[COUNTS]
    for refusal in judgment.refusals:
        if refusal.part is None:
            counted.loc[refusal.unit] = pd.Series(refusal.counts)
    keys = ["column", "target"]
    number = met.drop_duplicates([*keys, "entry"]).groupby(keys, as_index=False).size()
    rows = pd.concat([judgment.units, counted], axis="columns")
    rows = rows.merge(number, on=keys, how="outer", validate="one_to_one").rename(columns={"size": "matched"})
    alone = np.setdiff1d(np.arange(len(judgment.order)), rows["column"].to_numpy())
    return pd.concat([rows, pd.DataFrame({"column": alone})], ignore_index=True)


def _by_silo(judgment: IdColumnStatus, met: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Count each column against each other silo, without columns refused themselves."""
    gone = [refusal.unit for refusal in judgment.refusals if refusal.part is None]
    half = len(judgment.unit) // 2
    peer_unit = np.concatenate([judgment.unit[half:], judgment.unit[:half]])
    counting = judgment.counting & (~np.isin(peer_unit, gone) | np.isin(judgment.unit, gone))
    silo = judgment.order[judgment.column[judgment.peer]]
    names = judgment.evidence.columns.drop_duplicates("order").set_index("order")["silo"]
    for place in np.unique(silo[counting]).tolist():
        counted = judgment.counted(counting & (silo == place))[COUNTS]
        rows = pd.concat([judgment.units, counted], axis="columns")
        number = met[met["silo"] == place].groupby(["column", "target"], as_index=False).size()
        rows = rows.merge(number, on=["column", "target"], how="left", validate="one_to_one")
        rows = rows.rename(columns={"size": "matched"}).assign(against_silo=names[place])
        yield rows[rows["comparable"] > 0]


def _lists(judgment: IdColumnStatus) -> pd.DataFrame:
    lists = [refusal for refusal in judgment.refusals if refusal.part is not None]
    numbers = pd.DataFrame([one.counts for one in lists], columns=COUNTS)
    parts = {"part": [one.part for one in lists], "ids": [int(one.members.sum()) for one in lists]}
    return pd.concat([_units_of(judgment, whole=False), pd.DataFrame(parts), numbers], axis="columns")


def _findings(judgment: IdColumnStatus, columns: pd.DataFrame) -> pd.DataFrame:
    """Report each refused column or list, and each of its ids that clearly belongs to a different child."""
    ids = judgment.evidence.ids
    collides = np.zeros(len(judgment.entry), dtype=bool)
    together: dict[tuple[int, str], list[Refusal]] = {}
    for refusal in judgment.refusals:
        collides |= (judgment.unit == refusal.unit) & refusal.members[judgment.entry]
        place = int(judgment.units["column"].iloc[refusal.unit])
        together.setdefault((place, refusal.part or ""), []).append(refusal)
    findings = []
    for (place, part), refusals in together.items():
        surest = max((refusal.counts for refusal in refusals), key=lambda counts: counts["comparable"])
        low = rated(pd.DataFrame([surest]))["low"].iloc[0]
        systems = sorted({str(judgment.units["target"].iloc[refusal.unit]) for refusal in refusals})
        findings.append(
            {
                "silo": columns["silo"].iloc[place],
                "file": ids.loc[refusals[0].members, "file"].mode().iloc[0],
                "column": columns["name"].iloc[place],
                "kind": "id_column_refused",
                "value": f"{surest['disagree']} of {surest['comparable']}",
                "expected": f"{' or '.join(systems)} ids of the file's own children"
                f"{f' ({part})' if part else ''}: at least {low:.0%} of those that can be compared belong "
                "to other children elsewhere, so we link nobody by them; have the file exported again "
                "with the right ids in this column",
                "action_taken": "value_set_aside",
            }
        )
    collides &= judgment.equal & (judgment.says == ANOTHER)
    entry = np.unique(judgment.entry[collides])
    colliding = ids[["file", "row", "raw_value"]].take(entry).reset_index(drop=True)
    colliding = colliding.rename(columns={"raw_value": "value"})
    about = columns.take(judgment.column[entry]).reset_index(drop=True)
    colliding = colliding.assign(
        silo=about["silo"],
        column=about["name"],
        kind="id_colliding",
        expected="an id that no other child has",
        action_taken="nothing",
    )
    return pd.concat([pd.DataFrame(findings), colliding], ignore_index=True).assign(times=1)
