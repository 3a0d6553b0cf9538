"""Measure identity: shared keys, match rates, duplicate matches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.files import District
from helpers.gaps.measures import WITHOUT_KEY, Lines, line
from helpers.gaps.presence import SMALLEST_GROUP, Presence, Scope
from helpers.link import UNDECLARED_MAY_BE, WEAK, Links, comparable_ids

__all__ = [
    "Keys",
    "correctness",
    "count_duplicate_matches",
    "keys_of",
    "matches",
    "own_files",
    "record_links",
    "shared_keys",
]


@dataclass(frozen=True)
class Keys:
    """Normalized ids of each system."""

    # System -> identification system -> ``number`` (of the record), ``value``, ``code`` (one per value,
    # across systems), ``child``.
    by_silo: dict[str, dict[str, pd.DataFrame]]
    # Number of records.
    count: int
    _found: dict[tuple[str, str], tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]] = field(
        default_factory=dict
    )

    def between(self, left: str, right: str) -> list[tuple[pd.DataFrame, pd.DataFrame, str]]:
        """List the comparable id types of two systems: the same type, or one of them undeclared."""
        mine, theirs = self.by_silo.get(left, {}), self.by_silo.get(right, {})
        found = [(mine[system], theirs[system], system) for system in mine if system in theirs]
        for system in UNDECLARED_MAY_BE[:2]:
            if "Undeclared" in mine and system in theirs:
                found.append((mine["Undeclared"], theirs[system], f"Undeclared = {system}"))
            if system in mine and "Undeclared" in theirs:
                found.append((mine[system], theirs["Undeclared"], f"{system} = Undeclared"))
        return found

    def meeting(self, left: str, right: str) -> npt.NDArray[np.bool_]:
        """Mark left records with an id that also occurs in the right system."""
        return self._marked(left, right)[0]

    def carrying(self, left: str, right: str) -> npt.NDArray[np.bool_]:
        """Mark left records that have an id of a type that matches some right records.

        A child who left the right system still has such an id, but matches nobody.
        """
        return self._marked(left, right)[1]

    def _marked(self, left: str, right: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        if (left, right) not in self._found:
            meet, carry = np.zeros((2, self.count), dtype=bool)
            for mine, theirs, _ in self.between(left, right):
                number = mine["number"].to_numpy()
                found = np.isin(mine["code"].to_numpy(), theirs["code"].to_numpy())
                meet[number[found]] = True
                if found.any():
                    carry[number] = True
            self._found[(left, right)] = meet, carry
        return self._found[(left, right)]


def is_strong(key: str) -> bool:
    """Check whether an id type links two records without further evidence."""
    return key not in WEAK and "Undeclared" not in key


def keys_of(known: Presence, identifiers: pd.DataFrame) -> Keys:
    """Normalize ids for comparison."""
    numbers = known.records[["silo", "record"]].assign(number=np.arange(len(known.records), dtype="int64"))
    ids = comparable_ids(identifiers, numbers)
    ids = ids.assign(
        silo=known.records["silo"].to_numpy()[ids["number"]],
        child=known.child[ids["number"]],
        code=pd.factorize(ids["value"])[0],
    )
    by_silo = {
        str(silo): {str(system): its for system, its in mine.groupby("system")}
        for silo, mine in ids.groupby("silo")
    }
    return Keys(by_silo, len(known.records))


def count_duplicate_matches(known: Presence, keys: Keys) -> list[dict[str, Any]]:
    """Count the extra rows that a join by an id produces, beyond one per left record."""
    lines: list[dict[str, Any]] = []
    for (_, left), (_, right) in known.pairs():
        for mine, theirs, name in keys.between(left, right):
            code, their_code = (each["code"].to_numpy(dtype="int64") for each in (mine, theirs))
            most = int(max(np.max(code), np.max(their_code))) + 1
            times = np.bincount(their_code, minlength=most)
            meets = times[code]
            if not meets.any():
                continue
            shared = (times[their_code] > 1) & np.isin(their_code, code)
            marked = np.zeros(len(known.records), dtype=bool)
            marked[theirs["number"].to_numpy()[shared]] = True
            bearers = len(np.unique(mine["number"].to_numpy()[meets > 0]))
            surplus = int(meets.sum()) - bearers
            lines.append(line("rows too many", left, right, surplus, bearers, name, **known.example(marked)))
    return lines


UNPLACED = "Nothing in {} can be placed: put the district ID, or names and birth dates, into its export."
NAME_AND_DATE = "Name and birth date"


def shared_keys(known: Presence, keys: Keys) -> Lines:
    """Measure which ids or names can join two systems, and how often such a join is one child."""
    lines: Lines = []
    # Whether two systems share a child; a system shares children with itself.
    holds = known.holds.astype("int64")
    tied = holds.T @ holds > 0
    for (left_place, left), (right_place, right) in known.pairs():
        total = int(known.of(left_place).sum())
        named = _by_name(known, left_place, right_place)
        ways: Lines = []
        for mine, theirs, name in keys.between(left, right):
            ways += _key(known, left, right, name, mine, theirs, total)
        # A weak id needs a name to confirm it, and a name alone links nobody.
        meeting = sum(
            way["measure"] == "shared key"
            and way["numerator"] > 0
            and (named is not None or is_strong(way["column"]))
            for way in ways
        )
        if named is not None:
            name, count = named
            meeting += name == NAME_AND_DATE
            ways.append(line("comparable by name", left, right, count, total, name))
        met = bool((tied[left_place] & tied[right_place]).any())
        blocked: dict[str, Any] = {} if meeting or met else {"blocked_by": "Not joinable"}
        lines += [line("ways to join", left, right, meeting, **blocked), *ways]
    return lines


def _by_name(known: Presence, left: int, right: int) -> tuple[str, int] | None:
    """Return the name key that both systems have and its number of left records, or None."""
    dated = (known.records["linkable_by"] == NAME_AND_DATE).to_numpy(dtype=bool)
    named = dated | (known.records["linkable_by"] == "Name only").to_numpy(dtype=bool)
    for name, marked in ((NAME_AND_DATE, dated), ("Name", named)):
        if (known.of(left) & marked).any() and (known.of(right) & marked).any():
            return name, int((known.of(left) & marked).sum())
    return None


def _key(
    known: Presence, left: str, right: str, name: str, mine: pd.DataFrame, theirs: pd.DataFrame, total: int
) -> Lines:
    code, their_code = (each["code"].to_numpy(dtype="int64") for each in (mine, theirs))
    met = np.isin(code, their_code)
    meets = mine[met]
    if meets.empty and "Undeclared" in name:
        return []  # two unrelated numbers, not a key that fails
    bearers = meets["number"].unique()
    # Combine code and child into one number: both count from 0.
    many = len(known.holds)
    same = np.isin(
        code[met] * many + meets["child"].to_numpy(), their_code * many + theirs["child"].to_numpy()
    )
    confirmed = np.unique(meets["number"].to_numpy()[same])
    lost = np.zeros(len(known.records), dtype=bool)
    lost[mine["number"].to_numpy()] = True
    lost[bearers] = False
    doubtful = np.zeros(len(known.records), dtype=bool)
    doubtful[bearers] = True
    doubtful[confirmed] = False
    lines = [line("shared key", left, right, len(bearers), total, name, **known.example(lost))]
    if len(bearers):
        doubt = known.example(doubtful)
        lines.append(line("key confirmed", left, right, len(confirmed), len(bearers), name, **doubt))
    return lines


def matches(known: Presence, links: Links, scope: Scope) -> Lines:
    """Measure how many children of each system match in each other system, and what needs review."""
    pairs = _relabel_refused(links.pairs)
    decided = pairs.groupby(["left_silo", "right_silo", "decision"]).size().to_dict()
    waiting = {decision: _ends(known, pairs, decision) for decision in ("Review", "Refused")}
    lines: Lines = []
    may = scope.meant & scope.placed
    for (left_place, left), (right_place, right) in known.pairs():
        in_left = known.holds[:, left_place] & may[:, right_place]
        in_right = known.holds[:, right_place] & may[:, left_place]
        both, lefts, rights = int((in_left & in_right).sum()), int(in_left.sum()), int(in_right.sum())
        # Systems that serve different grades share a few children by chance: nobody is missing there.
        whole = int((known.holds & known.counts[:, None])[:, [left_place, right_place]].sum())
        serve_all = not (known.is_for_some(left_place) or known.is_for_some(right_place))
        apart = serve_all and min(lefts, rights) < SMALLEST_GROUP and lefts + rights < whole
        orphan = known.example(known.of(left_place) & (in_left & ~in_right)[known.child])
        stranger = known.example(known.of(right_place) & (in_right & ~in_left)[known.child])
        unplaced = [known.silos[at] for at in (left_place, right_place) if not known.has_placed(at)]
        why = {"next_step": UNPLACED.format(" and ".join(unplaced))} if unplaced else {"is_limit": True}
        lines += (
            [
                line("match rate", left, right, None, lefts, **why),
                line("only in left", left, right, None, lefts, **why),
                line("only in right", left, right, None, rights, **why),
            ]
            if apart or unplaced
            else [
                line("match rate", left, right, both, lefts, **orphan),
                line("only in left", left, right, lefts - both, lefts, **orphan),
                line("only in right", left, right, rights - both, rights, **stranger),
            ]
        )
        weighed = {
            decision: decided.get((left, right, decision), 0) + decided.get((right, left, decision), 0)
            for decision in ("Match", "Review", "Refused", "No match")
        }
        total = sum(weighed.values())
        for name, decision in (("pairs to review", "Review"), ("pairs refused", "Refused")):
            if total:
                marked = waiting[decision].get(frozenset((left, right)), [])
                example = known.example(np.isin(np.arange(len(known.records)), marked)) if marked else {}
                lines.append(line(name, left, right, weighed[decision], total, **example))
    return lines


def _relabel_refused(pairs: pd.DataFrame) -> pd.DataFrame:
    """Relabel refused pairs without an equal id as no match: two children with one name need no repair."""
    equal = pairs["evidence_identifier"].eq("Same").fillna(False)
    two = pairs["decision"].eq("Refused").fillna(False) & ~equal
    return pairs.assign(decision=pairs["decision"].mask(two.astype(bool), "No match"))


def _ends(known: Presence, pairs: pd.DataFrame, decision: str) -> dict[frozenset[str], list[int]]:
    """List the records of pairs with a given decision, by the two systems."""
    pairs = pairs[pairs["decision"].eq(decision)]
    found: dict[frozenset[str], list[int]] = {}
    sides = [known.numbers_of(pairs[f"{side}_silo"], pairs[f"{side}_record"]) for side in ("left", "right")]
    systems = zip(pairs["left_silo"].tolist(), pairs["right_silo"].tolist(), strict=True)
    for of, *ends in zip(systems, *(side.tolist() for side in sides), strict=True):
        found.setdefault(frozenset(of), []).extend(end for end in ends if end >= 0)
    return found


NAMES = {"first_name", "last_surname", "full_name"}


def own_files(district: District, known: Presence) -> Lines:
    """Measure whether files without names fit those with names, in systems that have both."""
    lines: Lines = []
    rows = district.person_rows
    number = known.numbers_of(rows["silo"], rows["record"])
    for silo in known.silos:
        named = {
            file.name
            for file in district[silo].layout.files
            if any(makes.table == "people" and NAMES & {*makes.take} for makes in file.makes)
        }
        has_names = {file for file, kinds in district[silo].kinds.items() if named & {*kinds}}
        mine = rows["silo"].eq(silo).to_numpy(dtype=bool) & (number >= 0)
        naming = mine & rows["file"].isin(has_names).to_numpy(dtype=bool)
        there, bare = np.zeros((2, len(known.records)), dtype=bool)
        there[number[naming]], bare[number[mine & ~naming]] = True, True
        if there.any() and bare.any():
            lost = bare & ~there
            count, total = int(lost.sum()), int(bare.sum())
            lines.append(line("own files don't join", silo, None, count, total, **known.example(lost)))
    return lines


def record_links(known: Presence) -> Lines:
    """Measure how confident the record links of each system are."""
    lines: Lines = []
    lonely = known.holds.sum(axis=1) == 1
    for place, silo in enumerate(known.silos):
        mine = known.of(place)
        total = int(mine.sum())
        for name, link_status in (("linked, not verified", "Unverified"), ("records to review", "Review")):
            marked = mine & (known.records["link_status"] == link_status).to_numpy(dtype=bool)
            lines.append(line(name, silo, None, int(marked.sum()), total, **known.example(marked)))
        children = int(known.holds[:, place].sum())
        # In a system without ids of its own, one child may have many records: forms, visits or answers.
        numbered = mine & known.records["local_id"].notna().to_numpy(dtype=bool)
        records = np.bincount(known.child[numbered], minlength=len(known.holds))
        twice = int((records > 1).sum()) if numbered.any() else None
        example = known.example(numbered & (records > 1)[known.child])
        lines.append(
            line("children with two records", silo, None, twice, children, is_limit=twice is None, **example)
        )
        if len(known.silos) > 1:
            alone = mine & lonely[known.child]
            unknown = int((lonely & known.holds[:, place]).sum())
            lines.append(line("in no other system", silo, None, unknown, children, **known.example(alone)))
            lost = known.holds[:, place] & ~known.counts
            nobody = known.example(mine & lost[known.child])
            lines.append(line("can't be placed", silo, None, int(lost.sum()), children, **nobody))
    return lines


def correctness(known: Presence, scores: pd.DataFrame | None, misjudged: pd.DataFrame | None = None) -> Lines:
    """Measure how many matches are correct, which needs the answer key."""
    overall: dict[Any, Any] = {}
    if scores is not None:
        own = scores[(scores["group"] == "All") & (scores["population"] == "All")].dropna(
            subset=["left_silo", "right_silo"]
        )
        for each in own[["left_silo", "right_silo", "right", "linked", "possible"]].to_dict("records"):
            overall[(each["left_silo"], each["right_silo"])] = each
    examples = _to_look_at(known, misjudged)
    lines: Lines = []
    for (_, left), (_, right) in known.pairs():
        row: Any = overall.get((left, right), overall.get((right, left)))
        for name, of, why in (
            ("matches that are right", "linked", "Wrong"),
            ("true matches found", "possible", "Missed"),
        ):
            if scores is None:
                lines.append(line(name, left, right, next_step=WITHOUT_KEY))
            elif row is not None and row[of] > 0:
                example = examples.get((why, frozenset((left, right))), {})
                lines.append(line(name, left, right, int(row["right"]), int(row[of]), **example))
    return lines


def _to_look_at(
    known: Presence, misjudged: pd.DataFrame | None
) -> dict[tuple[str, frozenset[str]], dict[str, Any]]:
    """Return an example record for each misjudged pair."""
    if misjudged is None:
        return {}
    number = known.numbers_of(misjudged["left_silo"], misjudged["left_record"])
    found = {}
    for why, left, right, place in zip(
        misjudged["why"], misjudged["left_silo"], misjudged["right_silo"], number, strict=True
    ):
        if place >= 0:
            first = known.records.iloc[int(place)]
            found[why, frozenset((left, right))] = {
                "example_file": first["file"],
                "example_row": first["row"],
            }
    return found
