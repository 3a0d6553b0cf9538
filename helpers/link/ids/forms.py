"""Compare ids in their normal form: without lost zeros, letters in front, signs or a check digit.

Two columns may write one id in two ways. Names and birth dates decide whether it is one: a way of writing is
accepted for two columns as a whole, never for a single id.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.link.blocking import components, pairs_between, pairs_within
from helpers.link.ids.evidence import (
    ANOTHER,
    FEWEST,
    LINE,
    MOST_PAIRS,
    SAME,
    compare_holders,
    some_of_each,
)
from helpers.link.records import Records
from helpers.link.values.identifiers import OF_A_HOME, UNDECLARED_MAY_BE, IdParts, split_ids

__all__ = ["NormalizedIds", "normalize_ids"]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNSEEN = -1
# A column has a usual length if this share of its ids has it.
USUAL = 0.9
CHECK_DIGIT = "check digit"


@dataclass(frozen=True)
class NormalizedIds:
    """Ids in normal form, and what was normalized."""

    # As given, with ``raw_value``: the id as in its file. ``value`` is its normal form, ``code`` its number.
    ids: pd.DataFrame
    # One finding per file, column and way of writing.
    findings: pd.DataFrame


@dataclass(frozen=True)
class _Nodes:
    """Distinct ids of each column that another way of writing could equal."""

    column: Ints
    value: Ints
    """Position in the distinct values."""
    entry: Ints
    """An id of a record with a name, if there is one."""
    system: npt.NDArray[np.object_]
    family: Ints
    """Systems whose ids may be equal share a number."""

    def __len__(self) -> int:
        return len(self.column)

    def comparable(self, left: Ints, right: Ints) -> Mask:
        """Test which pairs are of comparable systems: Undeclared may be State or District."""
        one, other = self.system[left], self.system[right]
        both = (one == other) | (one == "Undeclared") | (other == "Undeclared")
        return np.asarray(both & (self.family[left] == self.family[right]), dtype=bool)


@dataclass(frozen=True)
class _Pairs:
    """Pairs of nodes with different values but one core; ``check``: one has one more digit at the end."""

    left: Ints
    right: Ints
    check: Mask

    def among(self, chosen: Mask) -> _Pairs:
        return _Pairs(self.left[chosen], self.right[chosen], self.check[chosen])


@dataclass(frozen=True)
class _Judged:
    """What the holders of each pair say (`UNSEEN` where they weren't asked), and of their two columns."""

    says: npt.NDArray[np.int8]
    refuted: Mask
    accepted: Mask


def normalize_ids(
    students: Records, ids: pd.DataFrame, columns: pd.DataFrame, largest_block: int
) -> NormalizedIds:
    """Give ids that columns write in several ways one form, where names and birth dates confirm it."""
    code, distinct = pd.factorize(ids["value"])
    unchanged = NormalizedIds(
        ids.assign(raw_value=ids.get("raw_value", ids["value"]), code=code), pd.DataFrame()
    )
    parts = split_ids(pd.Series(distinct, dtype="string"))
    core: Ints = pd.factorize(parts.rest.where(parts.rest.ne("")))[0].astype("int64")
    family = _families(ids)
    long, short = _columns_with_check_digit(ids, columns, parts, code, family)
    active = _has_two_forms(family, code, core)
    active |= np.isin(ids["column"].to_numpy(), np.union1d(long, short)) & (core[code] >= 0)
    if not active.any():
        return unchanged
    nodes = _nodes_of(students, ids, code, family, np.flatnonzero(active))
    pairs = _pairs_with_one_core(nodes, parts, core, (long, short), largest_block)
    if not len(pairs.left):
        return unchanged
    judged = _judge(
        students,
        ids,
        nodes,
        pairs,
        pairs.check | _distinguishing(nodes, pairs, parts, columns.get("letters")),
    )
    label = _forms_of_one_id(nodes, pairs, judged)
    representative = _representatives(nodes, label, parts)
    changed = np.flatnonzero(representative != nodes.value)
    if not len(changed):
        return unchanged
    # The ids of changed nodes, with their nodes.
    node = changed[np.argsort(_keys(nodes.column, nodes.value, distinct)[changed])]
    known = _keys(nodes.column, nodes.value, distinct)[node]
    wanted = _keys(ids["column"].to_numpy(dtype="int64"), code, distinct)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    entry = np.flatnonzero(known[at] == wanted)
    node = node[at[entry]]
    new, value = code.copy(), unchanged.ids["value"].copy()
    new[entry] = representative[node]
    value.iloc[entry] = parts.text.take(new[entry]).to_numpy(dtype=object)
    whole = unchanged.ids.assign(value=value, code=new)
    changes = whole.take(entry).reset_index(drop=True).assign(node=node)
    confirmed = _confirmed(len(nodes), pairs, judged)
    findings = _findings(changes, columns, nodes, parts, representative, confirmed)
    # A record with both forms of an id has it once.
    some = np.flatnonzero(whole["number"].isin(changes["number"]).to_numpy(dtype=bool))
    again = whole[["number", "system", "code"]].take(some).duplicated().to_numpy(dtype=bool)
    return NormalizedIds(whole.drop(index=some[again]).reset_index(drop=True), findings)


def _keys(column: Ints, value: Ints, distinct: pd.Index) -> Ints:
    return column * len(distinct) + value


def _families(ids: pd.DataFrame) -> Ints:
    """Assign a number to systems whose ids may be equal; -1 for what a person types in any form."""
    system, names = pd.factorize(ids["system"])
    number = np.arange(1, len(names) + 1)
    number[[name in UNDECLARED_MAY_BE for name in names]] = 0
    number[[name in OF_A_HOME for name in names]] = -1
    return np.asarray(number[system], dtype="int64")


def _has_two_forms(family: Ints, code: Ints, core: Ints) -> Mask:
    """Test which ids have a core that occurs in two forms."""
    width = int(np.max(core, initial=0)) + 1
    active = np.zeros(len(code), dtype=bool)
    for one in np.unique(family[family >= 0]).tolist():
        mine = np.flatnonzero((family == one) & (core[code] >= 0))
        values = np.flatnonzero(np.bincount(code[mine], minlength=len(core)))
        several = np.bincount(core[values], minlength=width) > 1
        active[mine] = several[core[code[mine]]]
    return active


def _columns_with_check_digit(
    ids: pd.DataFrame, columns: pd.DataFrame, parts: IdParts, code: Ints, family: Ints
) -> tuple[Ints, Ints]:
    """List the columns whose ids usually have one digit more than those of another, and these others."""
    column = ids["column"].to_numpy(dtype="int64")
    length = parts.zeros.to_numpy() + parts.rest.str.len().to_numpy(dtype="int64")
    digits = parts.rest.str.isdigit().to_numpy(dtype=bool, na_value=False)
    length = np.where(digits & (length < 64), length, 0)
    counted = np.bincount(column * 64 + length[code], minlength=len(columns) * 64).reshape(-1, 64)
    counted[:, 0] = 0
    total = np.bincount(column, minlength=len(columns))
    usual = np.where(counted.max(axis=1) >= np.maximum(USUAL * total, FEWEST), counted.argmax(axis=1), -9)
    of = np.full(len(columns), -1, dtype="int64")
    of[column] = family
    meets = (usual[:, None] == usual[None, :] + 1) & (of[:, None] == of[None, :]) & (of >= 0)[:, None]
    return np.flatnonzero(meets.any(axis=1)), np.flatnonzero(meets.any(axis=0))


def _nodes_of(students: Records, ids: pd.DataFrame, code: Ints, family: Ints, entries: Ints) -> _Nodes:
    column = ids["column"].to_numpy(dtype="int64")[entries]
    key = column * (int(np.max(code)) + 1) + code[entries]
    bare = students.bare[ids["number"].to_numpy(dtype="int64")[entries]]
    order = np.lexsort((bare, key))
    first = entries[order[np.flatnonzero(np.diff(key[order], prepend=-1))]]
    system = ids["system"].to_numpy(dtype=object)[first]
    return _Nodes(ids["column"].to_numpy(dtype="int64")[first], code[first], first, system, family[first])


def _pairs_with_one_core(
    nodes: _Nodes, parts: IdParts, core: Ints, check: tuple[Ints, Ints], largest_block: int
) -> _Pairs:
    width = int(np.max(core)) + 1
    place = np.arange(len(nodes), dtype="int64")
    left, right, _ = pairs_within(nodes.family * width + core[nodes.value], place, largest_block)
    found = [(left, right, np.zeros(len(left), dtype=bool))]
    longer = np.flatnonzero(np.isin(nodes.column, check[0]))
    shorter = np.flatnonzero(np.isin(nodes.column, check[1]))
    if len(longer) and len(shorter):
        rest = parts.rest.to_numpy(dtype=object)
        both = np.concatenate([[text[:-1] for text in rest[nodes.value[longer]]], rest[nodes.value[shorter]]])
        base = pd.factorize(both)[0] * (int(np.max(nodes.family)) + 1)
        base += nodes.family[np.concatenate([longer, shorter])]
        one, other, _ = pairs_between(
            base[: len(longer)], longer, base[len(longer) :], shorter, largest_block
        )
        found.append((one, other, np.ones(len(one), dtype=bool)))
    left, right, more = (np.concatenate([part[at] for part in found]) for at in range(3))
    # The same two columns always on the same side.
    swap = nodes.column[left] > nodes.column[right]
    left, right = np.where(swap, right, left), np.where(swap, left, right)
    differ = (nodes.value[left] != nodes.value[right]) & nodes.comparable(left, right)
    return _Pairs(left, right, more).among(differ)


def _distinguishing(nodes: _Nodes, pairs: _Pairs, parts: IdParts, usual: pd.Series | None) -> Mask:
    """Test which pairs differ in letters in front, or in capital letters: some systems use both.

    Where numbers of a space are proven, the column's ``usual`` letters and its case distinguish nothing.
    """
    own = parts.letters.to_numpy(dtype=object)[nodes.value]
    proven = np.zeros(len(nodes), dtype=bool)
    if usual is not None:
        proven = usual.notna().to_numpy(dtype=bool)[nodes.column]
        own = np.where(proven & (own == usual.fillna("").to_numpy(dtype=object)[nodes.column]), "", own)
    letters = pd.factorize(own)[0]
    left, right = nodes.value[pairs.left], nodes.value[pairs.right]
    bare, lower = (pd.factorize(one)[0] for one in (parts.bare, parts.lower))
    cased = (lower[left] == lower[right]) & (bare[left] != bare[right])
    cased &= ~(proven[pairs.left] | proven[pairs.right])
    return np.asarray((letters[pairs.left] != letters[pairs.right]) | cased, dtype=bool)


def _judge(students: Records, ids: pd.DataFrame, nodes: _Nodes, pairs: _Pairs, lossy: Mask) -> _Judged:
    """Accept or refute each two columns' ways of writing, by the holders of the ids.

    Two columns that a layout declares as one system's need no confirmation for what programs do to numbers.
    Letters in front and check digits do: they may distinguish children, or pupils from staff.
    """
    left, right = nodes.column[pairs.left], nodes.column[pairs.right]
    group = pd.factorize(((left * (int(np.max(right)) + 1)) + right) * 2 + lossy)[0].astype("int64")
    chosen = some_of_each(group, pairs.left, pairs.right, MOST_PAIRS)
    number = ids["number"].to_numpy(dtype="int64")
    holder, other = (number[nodes.entry[side[chosen]]] for side in (pairs.left, pairs.right))
    says = np.full(len(group), UNSEEN, dtype="int8")
    says[chosen] = compare_holders(students, holder, other)
    count = int(np.max(group)) + 1
    same, another = (np.bincount(group[says == what], minlength=count) for what in (SAME, ANOTHER))
    system = nodes.system[pairs.left]
    declared = (system == nodes.system[pairs.right]) & (system != "Undeclared") & ~lossy
    refuted = (another > LINE * (same + another))[group]
    return _Judged(says, refuted, ~refuted & ((same[group] >= FEWEST) | declared))


def _forms_of_one_id(nodes: _Nodes, pairs: _Pairs, judged: _Judged) -> Ints:
    """Label the nodes that are one id; a label of its own where forms contradict each other."""
    accepted = judged.accepted
    alone = np.arange(len(nodes), dtype="int64")
    touched = np.zeros(len(nodes), dtype=bool)
    touched[pairs.left[accepted]] = touched[pairs.right[accepted]] = True
    # Whoever has the same text in a comparable column has the same id.
    equal_left, equal_right = _equal_texts(nodes, nodes.value)
    label = components(
        len(nodes),
        np.concatenate([pairs.left[accepted], equal_left]),
        np.concatenate([pairs.right[accepted], equal_right]),
    )
    inside = label[pairs.left] == label[pairs.right]
    of_one_column = nodes.column[pairs.left] == nodes.column[pairs.right]
    wrong = np.zeros(len(nodes), dtype=bool)
    wrong[label[pairs.left[inside & (judged.refuted | (of_one_column & ~accepted))]]] = True
    formed = np.zeros(len(nodes), dtype=bool)
    formed[label[touched]] = True
    return np.where(formed[label] & ~wrong[label], label, alone)


def _equal_texts(nodes: _Nodes, value: Ints) -> tuple[Ints, Ints]:
    """Pair the nodes with one text in comparable columns: each with the next, and with Undeclared ones."""
    width = int(np.max(value, initial=0)) + 1
    found = []
    place = np.arange(len(nodes), dtype="int64")
    for system in np.unique(nodes.system.astype(str)).tolist():
        mine = nodes.system == system
        if system in UNDECLARED_MAY_BE:
            mine = mine | (nodes.system == "Undeclared")
        key, own = (nodes.family * width + value)[mine], place[mine]
        order = np.argsort(key, kind="stable")
        next_is_equal = key[order][1:] == key[order][:-1]
        found.append((own[order][:-1][next_is_equal], own[order][1:][next_is_equal]))
    left, right = (np.concatenate([part[side] for part in found]) for side in (0, 1))
    return left, right


def _representatives(nodes: _Nodes, label: Ints, parts: IdParts) -> Ints:
    """Choose the text of each id that most columns have; of several, the longest."""
    length = parts.text.str.len().to_numpy(dtype="int64")
    counted = pd.DataFrame({"label": label, "value": nodes.value, "columns": 1})
    counted = counted.groupby(["label", "value"], as_index=False)[["columns"]].sum()
    value = counted["value"].to_numpy(dtype="int64")
    counted["length"] = length[value]
    counted["text"] = parts.text.to_numpy(dtype=object)[value]
    counted = counted.sort_values(
        ["label", "columns", "length", "text"], ascending=[True, False, False, True]
    ).drop_duplicates("label")
    chosen = np.full(len(nodes), -1, dtype="int64")
    chosen[counted["label"].to_numpy()] = counted["value"].to_numpy()
    representative = chosen[label]
    # A text that another id of a comparable column has would join the two.
    left, right = _equal_texts(nodes, representative)
    clash = np.zeros(len(nodes), dtype=bool)
    apart = label[left] != label[right]
    clash[label[left[apart]]] = clash[label[right[apart]]] = True
    return np.where(clash[label], nodes.value, representative)


def _ways(parts: IdParts, raw: Ints, normal: Ints) -> pd.Series:
    """Describe how raw ids differ from their normal forms."""
    zeros = parts.zeros.to_numpy()
    rest, letters, number, bare, lower, text = (
        getattr(parts, name).to_numpy(dtype=object)
        for name in ("rest", "letters", "number", "bare", "lower", "text")
    )
    size = parts.rest.str.len().to_numpy(dtype="int64")
    one_core = rest[raw] == rest[normal]
    signs = parts.number.str.len().to_numpy(dtype="int64") - parts.bare.str.len().to_numpy(dtype="int64")
    own, other = letters[raw] != "", letters[normal] != ""
    cased = (bare[raw] != bare[normal]) & (lower[raw] == lower[normal])
    ways = {
        "without zeros in front": one_core & (zeros[raw] < zeros[normal]),
        "with more zeros in front": one_core & (zeros[raw] > zeros[normal]),
        "with letters in front": own & ~other,
        "without letters in front": other & ~own,
        "with other letters in front": own & other & (letters[raw] != letters[normal]),
        "with other spaces or signs": signs[raw] != signs[normal],
        "in capital or small letters": cased,
        "as a calculated number": (text[raw] != number[raw]) | (text[normal] != number[normal]),
        f"with a {CHECK_DIGIT}": ~one_core & (size[raw] > size[normal]),
        f"without its {CHECK_DIGIT}": ~one_core & (size[raw] < size[normal]),
    }
    mask = sum(np.asarray(is_so, dtype="int64") << place for place, is_so in enumerate(ways.values()))
    names = {
        one: " and ".join(name for place, name in enumerate(ways) if one >> place & 1) or "in another way"
        for one in np.unique(mask).tolist()
    }
    return pd.Series(mask).map(names)


def _confirmed(count: int, pairs: _Pairs, judged: _Judged) -> pd.DataFrame:
    """Test which nodes' holders agree with those of another form, and which only disagree."""
    agree, differ = np.zeros((2, count), dtype=bool)
    for what, found in ((SAME, agree), (ANOTHER, differ)):
        here = judged.accepted & (judged.says == what)
        found[pairs.left[here]] = found[pairs.right[here]] = True
    return pd.DataFrame({"agree": agree, "comparable": agree | differ})


def _findings(
    changes: pd.DataFrame,
    columns: pd.DataFrame,
    nodes: _Nodes,
    parts: IdParts,
    representative: Ints,
    confirmed: pd.DataFrame,
) -> pd.DataFrame:
    """Report each way of writing, with its number of ids and an example of both forms."""
    node = changes["node"].to_numpy(dtype="int64")
    way = _ways(parts, nodes.value[node], representative[node]).to_numpy()
    confirmation = confirmed.take(node).reset_index(drop=True)
    keys = ["column", "file", "way"]
    ways = changes.assign(way=way, **confirmation, times=1).sort_values([*keys, "row"])
    summed = ways.groupby(keys, as_index=False)[["times", "agree", "comparable"]].sum()
    first = ways.drop_duplicates(keys)[[*keys, "row", "raw_value", "value", "node"]]
    ways = first.merge(summed, on=keys, how="inner", validate="one_to_one").reset_index(drop=True)
    # A column that has the other form.
    value, first_node = np.unique(nodes.value, return_index=True)
    wanted = representative[ways["node"].to_numpy(dtype="int64")]
    source = columns.take(nodes.column[first_node[np.searchsorted(value, wanted)]]).reset_index(drop=True)
    about = columns.take(ways["column"].to_numpy(dtype="int64")).reset_index(drop=True)
    agree, comparable = (ways[name].astype("string") for name in ("agree", "comparable"))
    confirms = "names or birth dates agree for " + agree + " of " + comparable
    confirms = confirms.mask(comparable.eq("0"), "no name or birth date confirms it")
    return pd.DataFrame(
        {
            "silo": about["silo"],
            "file": ways["file"],
            "row": ways["row"],
            "column": about["name"],
            "kind": "id_normalized",
            "value": ways["raw_value"],
            "expected": "the id as in " + source["name"] + " (" + source["silo"] + "); written here "
            + ways["way"] + " and compared in the other form: " + confirms,
            "read_as": ways["value"],
            "action_taken": "read_as",
            "times": ways["times"],
        }
    )  # fmt: skip
