"""Which columns of ids are wrong: judged one after the other, until what is left agrees.

A number that is equal in two systems ties two records. Whether it ties the *right* two, no test of the key
tells: an id column that holds another system's numbers, or whose rows have moved by one, is full, unique and
found. Names and birth dates tell. In a sound column few ids stand with a child who is plainly another one:
typing slips, sisters' and brothers' numbers exchanged, preferred names. In a wrong one nearly all do. Between
the two lies `LINE`; a column is refused when its rate is above it for sure: the lower end of the 95% interval
is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.id_evidence import ANOTHER, SAME, IdEvidence
from helpers.link.id_lists import Heard, Lists, is_sound, wrong_lists
from helpers.standard.intervals import wilson

__all__ = ["COUNTS", "LINE", "IdJudgement", "Refusal", "rated"]

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
    """Place in `IdJudgement.units`."""
    part: str | None
    """Name of the list; None: the whole column."""
    members: Mask
    """Of all ids: those that are refused."""
    counts: dict[str, int]


class IdJudgement:
    """What is known of each column of ids, and what was refused.

    A *unit* is a column against a kind of numbers: a declared column makes one, an Undeclared one
    up to three. Each pair of ids speaks of two units, until one of them is refused.

    Attributes
    ----------
    evidence
        From `gather_id_evidence`.
    units
        ``column`` (place in ``evidence.columns``), ``target`` (the system against which it is judged).
    refusals
        In the order in which they were made.
    """

    def __init__(self, evidence: IdEvidence) -> None:
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
        """Give the column of each id of a pair, and against which system the other judges it.

        Parameters
        ----------
        entry, peer
            Places in ``evidence.ids``.

        Returns
        -------
        pandas.DataFrame
            ``column``, ``target``.
        """
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
        """Say of each id whether it stands with the right child, or with another one only.

        Parameters
        ----------
        among
            Which halves of pairs are heard.

        Returns
        -------
        tuple of numpy arrays
            Unit, place of the id, and the two answers; an id may give neither.
        """
        keys, place = np.unique(
            self.unit[among] * max(len(self.column), 1) + self.entry[among], return_inverse=True
        )
        same, another = (
            np.bincount(place[self.says[among] == what], minlength=len(keys)) > 0 for what in (SAME, ANOTHER)
        )
        unit, entry = np.divmod(keys, max(len(self.column), 1))
        return unit, entry, same, another & ~same

    def counted(self, among: Mask) -> pd.DataFrame:
        """Count the ids of each unit.

        Parameters
        ----------
        among
            Which halves of pairs are heard.

        Returns
        -------
        pandas.DataFrame
            One row a unit: `COUNTS`, ``rate``, ``low``, ``high``; ``accusers``: ids of other columns that
            speak against it.
        """
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

        Parameters
        ----------
        lists
            Where ids stand: a list is a file, a grade of a school, or a stretch of rows.
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
        heard = Heard(entry, same, another)
        # Where next to nothing is right, there is no sound rest to be found.
        all_wrong = whole and same.sum() < FEWEST
        found = [] if all_wrong else wrong_lists(lists, heard, LINE, FEWEST)
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
        """Tell which pairs of equal ids a refusal of the first one takes away.

        Parameters
        ----------
        entry, peer
            Places in ``evidence.ids``.

        Returns
        -------
        numpy.ndarray
            Boolean, one a pair.
        """
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
    """Add the rate of ids that stand with another child.

    Parameters
    ----------
    counted
        ``comparable``, ``disagree``.

    Returns
    -------
    pandas.DataFrame
        The same, with ``rate`` and its 95% interval, ``low`` and ``high``; NA where nothing is comparable.
    """
    disagree, comparable = (counted[name].astype("float64") for name in ("disagree", "comparable"))
    return counted.assign(rate=disagree / comparable.where(comparable > 0), **wilson(disagree, comparable))


def _wrong(counted: pd.DataFrame) -> Mask:
    """Tell what is wrong for sure: five ids say so, and of five."""
    enough = counted[["disagree", "accusers"]].min(axis="columns") >= FEWEST
    return np.asarray((counted["low"] > LINE) & enough, dtype=bool)
