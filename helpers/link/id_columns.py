"""Which id columns are verified, unverified, refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.id_evidence import (
    ANOTHER,
    SAME,
    IdComparison,
    ListEvidence,
    Lists,
    compare_id_holders,
    find_wrong_lists,
    is_sound,
)
from helpers.link.records import Places, Records
from helpers.link.values.identifiers import records_of
from helpers.standard import as_table, wilson

__all__ = ["COUNTS", "LINE", "IdColumnStatus", "IdColumns", "Refusal", "rated", "verify_id_columns"]


# A third of the children of a system may go by a name that no other system knows; half of them don't.
LINE = 0.3
# Fewer ids with other children than this are a matter of those children, not of the column.
FEWEST = 5
# What an Undeclared column says of a declared one counts where so many of its ids meet the other's.
MEET = 0.3
COUNTS = ["comparable", "agree", "disagree"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Refusal:
    """A column, or a list within it, and the figures by which it was refused."""

    unit: int
    """Place in `IdJudgment.units`."""
    part: str | None
    """Name of the list; None: the whole column."""
    members: Mask
    """Of all ids: those that are refused."""
    counts: dict[str, int]


class IdColumnStatus:
    """What is known of each column of ids, and what was refused.

    A *unit* is a column against a kind of numbers: a declared column makes one, an Undeclared one
    up to three. Each pair of ids speaks of two units, until one of them is refused.
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
        # That an Undeclared number stands with another child may only mean that it is of another kind: it
        # says nothing against the declared one, but where a third system confirms it.
        undeclared = self.system == "Undeclared"
        unsure = ~undeclared[self.entry] & undeclared[self.peer] & (self.says != SAME)
        self.counting: Mask = (self.says > 0) & (~unsure | self._confirmed())
        self.alive = self.counting.copy()
        self.refusals: list[Refusal] = []

    def sides(self, entry: Ints, peer: Ints) -> pd.DataFrame:
        """Give the column of each id of a pair, and against which system the other judges it."""
        own, other = self.system[entry], self.system[peer]
        target = pd.Series(np.where(own == "Undeclared", other, own), dtype="string")
        return pd.DataFrame({"column": self.column[entry], "target": target})

    def _confirmed(self) -> Mask:
        """Tell where a third system confirms the other id's column, and many of its ids meet this one's.

        Then both hold numbers of one kind, and chance doesn't explain what disagrees.
        """
        width = len(self.order)
        mine, theirs = self.column[self.entry], self.column[self.peer]
        same, another, equal = (
            np.bincount((mine * width + theirs)[mask], minlength=width * width).reshape(width, width)
            for mask in (self.says == SAME, self.says == ANOTHER, self.equal)
        )
        sound = (same >= FEWEST) & (another <= LINE * (same + another))
        elsewhere = (self.order[:, None] != self.order[None, :]).astype("int64")
        # By a third one: of another system than this column's.
        third = (sound.astype("int64") @ elsewhere) > 0
        size = np.bincount(self.column, minlength=width)
        meet = equal >= MEET * np.minimum.outer(size, size)
        return np.asarray((third.T & meet)[mine, theirs])

    # ---------------------------------------------------------------------------------------- counting

    def verdicts(self, among: Mask) -> tuple[Ints, Ints, Mask, Mask]:
        """Say of each id whether it stands with the right child, or with another one only."""
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
        """Count the other ids that say of a group's that they stand with another child."""
        size = max(len(self.column), 1)
        keys = np.unique(group[among] * size + self.peer[among])
        return np.bincount(keys // size, minlength=groups)

    # ----------------------------------------------------------------------------------------- judging

    def judge(self, lists: Lists) -> None:
        """Refuse what is wrong: columns first, then lists within those that are left.

        Of all columns that are wrong the one goes first that is at odds with most others; of two at odds with
        as many, the one whose system comes later. Where lists within it are wrong, less than half of it, and
        the rest is sound, they go alone. Lists are looked for in later systems first.
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
        """Count the columns with which each unit is at odds."""
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
        """Refuse the wrong lists of a unit; all of it where they are most of it, or the rest isn't sound."""
        _, entry, same, another = self.verdicts(self.alive & (self.unit == unit))
        if another.sum() < FEWEST:
            return
        heard = ListEvidence(entry, same, another)
        # Where next to nothing is right, there is no sound rest to be found.
        all_wrong = whole and same.sum() < FEWEST
        found = [] if all_wrong else find_wrong_lists(lists, heard, LINE, FEWEST)
        listed = np.zeros(len(self.column), dtype=bool)
        for _, members in found:
            listed |= members
        chosen: list[tuple[str | None, Mask]] = [*found]
        rest = heard.among(~listed[entry])
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
        """Tell which pairs of equal ids a refusal of the first one takes away."""
        result = np.zeros(len(entry), dtype=bool)
        own, other = self.system[entry], self.system[peer]
        for refusal in self.refusals:
            target = self.units["target"].iloc[refusal.unit]
            result |= refusal.members[entry] & ((own != "Undeclared") | (other == target))
        return result

    def useless(self) -> Mask:
        """Tell which ids are of no use at all: those refused in a column whose kind is declared."""
        result = np.zeros(len(self.column), dtype=bool)
        for refusal in self.refusals:
            result |= refusal.members
        return np.asarray(result & (self.system != "Undeclared"))


def rated(counted: pd.DataFrame) -> pd.DataFrame:
    """Add the rate of ids that stand with another child."""
    disagree, comparable = (counted[name].astype("float64") for name in ("disagree", "comparable"))
    return counted.assign(rate=disagree / comparable.where(comparable > 0), **wilson(disagree, comparable))


def _wrong(counted: pd.DataFrame) -> Mask:
    """Tell what is wrong for sure: five ids say so, and of five."""
    enough = counted[["disagree", "accusers"]].min(axis="columns") >= FEWEST
    return np.asarray((counted["low"] > LINE) & enough, dtype=bool)


@dataclass(frozen=True)
class IdColumns:
    """What may be used of the ids of all systems."""

    # The standard table *id_columns*.
    table: pd.DataFrame
    # As from `identifiers.comparable_ids`, without the ids of refused columns.
    ids: pd.DataFrame
    # As from `identifiers.agreeing_pairs`, without the pairs that refused columns would make.
    agreeing: pd.DataFrame
    passed_over: pd.DataFrame
    # Standard table: each refused column or list, and each id in one that is another child's elsewhere.
    findings: pd.DataFrame


def verify_id_columns(students: Records, largest_block: int, places: Places) -> IdColumns:
    """Judge every column of ids by the names and birth dates of the records to which its ids lead."""
    evidence = compare_id_holders(students, largest_block, places)
    judgment = IdColumnStatus(evidence)
    judgment.judge(Lists.of(students, evidence.ids))
    left, right = evidence.left, evidence.right
    refused = judgment.refuses(left, right) | judgment.refuses(right, left)
    kept = evidence.ids.loc[~judgment.useless(), ["number", "system", "value", "file", "row"]]
    columns = evidence.columns
    return IdColumns(
        table=as_table("id_columns", _table(judgment, columns)),
        ids=kept.reset_index(drop=True),
        agreeing=records_of(evidence.ids, left[~refused], right[~refused]),
        passed_over=evidence.passed_over,
        findings=as_table("findings", _findings(judgment, columns)),
    )


def _table(judgment: IdColumnStatus, columns: pd.DataFrame) -> pd.DataFrame:
    """Give one row a column and system; then one for each silo that it meets, and for each refused list."""
    met = _met(judgment)
    parts = [_whole(judgment, met), *_by_silo(judgment, met), _lists(judgment)]
    listed = ["column", "target", "against_silo", "part", "ids", "met", *COUNTS]
    rows = pd.concat([part.reindex(columns=listed).astype(object) for part in parts], ignore_index=True)
    rows = rows.astype({"column": "int64", "target": "string", "against_silo": "string", "part": "string"})
    rows = rows.astype(dict.fromkeys(("ids", "met", *COUNTS), "float64"))
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
        met=rows["met"].where(rows["part"].notna(), rows["met"].fillna(0.0)),
        status=np.select([is_refused, sound.to_numpy(dtype=bool)], ["Refused", "Verified"], "Unverified"),
    )
    order = ["place", "target", "against_silo", "part"]
    rows = rows.sort_values(order, na_position="first", ignore_index=True)
    return rows.drop(columns=["place", "target"])


def _units_of(judgment: IdColumnStatus, *, whole: bool) -> pd.DataFrame:
    units = [refusal.unit for refusal in judgment.refusals if (refusal.part is None) == whole]
    return judgment.units.iloc[units].reset_index(drop=True)


def _met(judgment: IdColumnStatus) -> pd.DataFrame:
    """List the ids that are equal to one in another system: ``column``, ``target``, ``silo``, ``entry``."""
    left, right = judgment.evidence.left, judgment.evidence.right
    silo = judgment.order[judgment.column]
    apart = silo[left] != silo[right]
    entry = np.concatenate([left[apart], right[apart]])
    peer = np.concatenate([right[apart], left[apart]])
    return judgment.sides(entry, peer).assign(silo=silo[peer], entry=entry).drop_duplicates()


def _whole(judgment: IdColumnStatus, met: pd.DataFrame) -> pd.DataFrame:
    """Count each column against all systems together; a refused one as it was when it was refused."""
    counted = judgment.counted(judgment.alive)[COUNTS]
    for refusal in judgment.refusals:
        if refusal.part is None:
            counted.loc[refusal.unit] = pd.Series(refusal.counts)
    keys = ["column", "target"]
    number = met.drop_duplicates([*keys, "entry"]).groupby(keys, as_index=False).size()
    rows = pd.concat([judgment.units, counted], axis="columns")
    rows = rows.merge(number, on=keys, how="outer", validate="one_to_one").rename(columns={"size": "met"})
    alone = np.setdiff1d(np.arange(len(judgment.order)), rows["column"].to_numpy())
    return pd.concat([rows, pd.DataFrame({"column": alone})], ignore_index=True)


def _by_silo(judgment: IdColumnStatus, met: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Count each column against each other silo; not against a column that is refused itself."""
    gone = [refusal.unit for refusal in judgment.refusals if refusal.part is None]
    half = len(judgment.unit) // 2
    peer_unit = np.concatenate([judgment.unit[half:], judgment.unit[:half]])
    heard = judgment.counting & (~np.isin(peer_unit, gone) | np.isin(judgment.unit, gone))
    silo = judgment.order[judgment.column[judgment.peer]]
    names = judgment.evidence.columns.drop_duplicates("order").set_index("order")["silo"]
    for place in np.unique(silo[heard]).tolist():
        counted = judgment.counted(heard & (silo == place))[COUNTS]
        rows = pd.concat([judgment.units, counted], axis="columns")
        number = met[met["silo"] == place].groupby(["column", "target"], as_index=False).size()
        rows = rows.merge(number, on=["column", "target"], how="left", validate="one_to_one")
        rows = rows.rename(columns={"size": "met"}).assign(against_silo=names[place])
        yield rows[rows["comparable"] > 0]


def _lists(judgment: IdColumnStatus) -> pd.DataFrame:
    lists = [refusal for refusal in judgment.refusals if refusal.part is not None]
    numbers = pd.DataFrame([one.counts for one in lists], columns=COUNTS)
    parts = {"part": [one.part for one in lists], "ids": [int(one.members.sum()) for one in lists]}
    return pd.concat([_units_of(judgment, whole=False), pd.DataFrame(parts), numbers], axis="columns")


def _findings(judgment: IdColumnStatus, columns: pd.DataFrame) -> pd.DataFrame:
    """Tell of each refused column or list, and of each id in one that is plainly another child's."""
    ids = judgment.evidence.ids
    collides = np.zeros(len(judgment.entry), dtype=bool)
    together: dict[tuple[int, str], list[Refusal]] = {}
    for refusal in judgment.refusals:
        collides |= (judgment.unit == refusal.unit) & refusal.members[judgment.entry]
        place = int(judgment.units["column"].iloc[refusal.unit])
        together.setdefault((place, refusal.part or ""), []).append(refusal)
    told = []
    for (place, part), refusals in together.items():
        surest = max((refusal.counts for refusal in refusals), key=lambda counts: counts["comparable"])
        low = rated(pd.DataFrame([surest]))["low"].iloc[0]
        systems = sorted({str(judgment.units["target"].iloc[refusal.unit]) for refusal in refusals})
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
    collides &= judgment.equal & (judgment.says == ANOTHER)
    entry = np.unique(judgment.entry[collides])
    colliding = ids[["file", "row", "value"]].take(entry).reset_index(drop=True)
    about = columns.take(judgment.column[entry]).reset_index(drop=True)
    colliding = colliding.assign(
        silo=about["silo"],
        column=about["name"],
        kind="id_colliding",
        expected="an id that no other child has",
        done="nothing",
    )
    return pd.concat([pd.DataFrame(told), colliding], ignore_index=True).assign(times=1)
