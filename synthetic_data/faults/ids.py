"""Faults of ids, of whole id columns and of RefIds."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.standard import STRING
from synthetic_data.columns import positions_in
from synthetic_data.faults.names import mistyped
from synthetic_data.faults.scene import CellChange, FaultContext, Page, chosen_children, chosen_pieces
from synthetic_data.observation import guids, look_up

__all__ = [
    "activity_renewed",
    "clever_id_reissued",
    "digit_mistyped",
    "email_and_id_disagree",
    "id_case_differs",
    "id_column_of_another_system",
    "id_column_shifted",
    "id_columns_swapped",
    "leading_zero_lost",
    "pin_reused",
    "refid_not_shared",
    "same_test_id_two_children",
    "scientific_notation",
    "sibling_swap",
    "staff_student_same_id",
    "state_id_on_two_children",
    "unknown_id_type",
    "vendor_holds_old_id",
    "zero_or_blank_key",
]


# Files of one system with the same roster: a wrong id column is wrong in both.
ALSO_IN = {"ela": ("math",)}
# Numbers that a column should contain.
SHOULD_HOLD = {
    "Student State ID": "state_id",
    "Student_StateID": "state_id",
    "state_studentnumber": "state_id",
    "Student Number": "district_number",
    "Customer ID": "district_number",
}


def id_column_of_another_system(scene: FaultContext) -> None:
    """Fill a column with another system's numbers, which here belong to other children."""
    children = scene.truth.population.children
    here = children.loc[children["grade_level"].notna(), ["person", SHOULD_HOLD[scene.fault.column]]]
    order = scene.rng.permutation(len(here))
    numbers = pd.DataFrame(
        {
            "person": here["person"].array.take(order),
            "number": here[SHOULD_HOLD[scene.fault.column]].array.take(np.roll(order, 1)),
        }
    ).astype(STRING)
    for page in _pages(scene):
        number = look_up(page.people["person"], numbers, "person", "number")
        _write(scene, page, number.where(page.table.rows[scene.fault.column].fillna("").ne("")))


def id_column_shifted(scene: FaultContext) -> None:
    """Move a column up by one row: a cell was deleted, or the column was pasted one row too high."""
    for page in _pages(scene):
        text = page.table.rows[scene.fault.column]
        _write(scene, page, pd.Series(np.roll(text.to_numpy(dtype=object), -1), dtype=STRING))


def _pages(scene: FaultContext) -> list[Page]:
    return [*scene.pages, *map(scene.of_kind, ALSO_IN.get(scene.fault.file, ()))]


def _write(scene: FaultContext, page: Page, after: pd.Series) -> None:
    """Write a column's new text, all as one fault."""
    before = page.table.rows[scene.fault.column].reset_index(drop=True)
    changes = after.notna().to_numpy(dtype=bool) & before.fillna("").ne(after.fillna("")).to_numpy(dtype=bool)
    at = np.flatnonzero(changes)
    group = np.zeros(len(at), dtype="int64")
    scene.cells.append(CellChange(page, scene.fault.column, at, list(after.iloc[at]), group))


def digit_mistyped(scene: FaultContext) -> None:
    """104211 -> 104121: an id typed by hand, two digits changed."""
    scene.change_text(mistyped)


def leading_zero_lost(scene: FaultContext) -> None:
    """004711 -> 4711 in the whole list of a grade: a spreadsheet took ids for numbers. One fault a list."""
    text = scene.text()
    short = text.str.lstrip("0")
    lost = text.str.startswith("0") & text.str.isdigit() & (short != "")
    for group, (_, positions) in enumerate(chosen_pieces(scene, lost.fillna(False))):
        scene.write(positions, short.iloc[positions], groups=np.full(len(positions), group))


# Without a number, the columns that identify a child.
SWAPPED_WITH = {"First Name": ("Last Name", "Date of Birth")}


def sibling_swap(scene: FaultContext) -> None:
    """Two children of one home have each other's number, or name: right household, wrong child."""
    text = scene.text()
    pairs = _neighbors(scene, text)
    chosen = pairs.iloc[scene.choose(np.arange(len(pairs)))]
    one, other = chosen["one"].to_numpy(), chosen["other"].to_numpy()
    group = np.arange(len(chosen))
    for column in (scene.fault.column, *SWAPPED_WITH.get(scene.fault.column, ())):
        text = scene.text(column)
        after = pd.concat([text.iloc[other], text.iloc[one]])
        scene.write(np.r_[one, other], after, column=column, groups=np.r_[group, group])


def _neighbors(scene: FaultContext, own: pd.Series) -> pd.DataFrame:
    """Pair every record with the next of the same household: positions `one` and `other`."""
    household = look_up(scene.people["person"], scene.truth.population.children, "person", "household")
    records = pd.DataFrame({"household": household, "person": scene.people["person"], "own": own})
    records["place"] = np.arange(len(records))
    records = records.loc[records["household"].notna() & (records["own"] != "")]
    records = records.drop_duplicates("person").sort_values(["household", "person"])
    following = records.groupby("household")["place"].shift(-1)
    pairs = pd.DataFrame({"one": records["place"], "other": following}).dropna().astype("int64")
    # Nobody is in two pairs: in a family of three, we use the first two.
    return pairs.loc[~pairs["one"].isin(pairs["other"])].reset_index(drop=True)


STATE_ID = re.compile(r"(\{State:[^}]*\})")


def state_id_on_two_children(scene: FaultContext) -> None:
    """Give a child the state number of her brother or sister."""
    text = scene.text()
    pairs = _neighbors(scene, text.where(text.str.contains("{State:", regex=False), ""))
    chosen = pairs.iloc[scene.choose(np.arange(len(pairs)))]
    theirs = text.iloc[chosen["one"].to_numpy()].str.extract(STATE_ID)[0].tolist()
    own = text.iloc[chosen["other"].to_numpy()].tolist()
    same = [STATE_ID.sub(state, ids) for state, ids in zip(theirs, own, strict=True)]
    scene.write(chosen["other"], same)


def pin_reused(scene: FaultContext) -> None:
    """Give a child the PIN of a customer who left."""
    text, rows = scene.text(), scene.page.table.rows
    left = np.flatnonzero((rows["Active Status"] == "Inactive").to_numpy(dtype=bool))
    givers = scene.rng.permutation(left)
    takers = scene.rng.permutation(np.flatnonzero((rows["Active Status"] == "Active").to_numpy(dtype=bool)))
    number = min(len(givers), len(takers))
    chosen = scene.choose(np.arange(number))
    scene.write(takers[chosen], text.iloc[givers[chosen]])


# Files of one system with the same roster: a wrong id column is wrong in both.


def unknown_id_type(scene: FaultContext) -> None:
    """Fill the id column of a list with another system's numbers, which here are other children's ids.

    The column is full, and its numbers have the right format and match: every test of the key passes, but
    each row matches the wrong child.
    """
    children = scene.truth.population.children
    person = scene.people["person"]
    here = children.loc[children["grade_level"].notna()]
    wrong = []
    for group, (_, positions) in enumerate(chosen_pieces(scene)):
        listed = person.iloc[positions].dropna().drop_duplicates().sort_values()
        others = here.loc[~here["person"].isin(listed), "state_id"].to_numpy(dtype=object)
        theirs = scene.rng.permutation(others)[: len(listed)]
        wrong.append(pd.DataFrame({"person": listed.array[: len(theirs)], "number": theirs, "group": group}))
    if not wrong:
        return
    # A child in two lists, after a move, gets the number of the first.
    numbers = pd.concat(wrong, ignore_index=True).drop_duplicates("person", ignore_index=True)
    numbers["number"] = numbers["number"].astype(STRING)
    for page in (*scene.pages, *map(scene.of_kind, ALSO_IN.get(scene.fault.file, ()))):
        number = look_up(page.people["person"], numbers, "person", "number")
        same = np.flatnonzero(number.notna())
        groups = look_up(page.people["person"], numbers, "person", "group").iloc[same].to_numpy(dtype="int64")
        scene.cells.append(CellChange(page, scene.fault.column, same, list(number.iloc[same]), groups))


def vendor_holds_old_id(scene: FaultContext) -> None:
    """10231 where the roster has 70231: results that came in under an id of an earlier roster."""
    text = scene.text()
    positions, groups = chosen_children(scene)
    width = int(text.str.len().max()) if len(text) else 1
    wanted = int(np.max(groups)) + 1 if len(groups) else 0
    drawn = scene.rng.integers(10 ** (width - 1), 10**width, size=4 * wanted + 8).tolist()
    taken = set(text.dropna().tolist())
    free = [number for number in dict.fromkeys(map(str, drawn)) if number not in taken]
    scene.write(positions, np.array(free, dtype=object)[groups], groups=groups)


def id_case_differs(scene: FaultContext) -> None:
    """jgarcia27 -> JGARCIA27: one list has the log-in name in capitals."""
    scene.change_each(str.upper, among="Subject")


def clever_id_reissued(scene: FaultContext) -> None:
    """Give a child a second account: some of the classes list her with a new login and number."""
    login, number = scene.text(), scene.text("ID")
    # Only a number from the roster shows that both are one child.
    has_number = ((scene.text("SIS User ID") != login) & (scene.people["part"] == "Subject")).fillna(False)
    rows = pd.DataFrame({"person": scene.people["person"], "place": np.arange(len(login))})
    rows = rows.loc[has_number.to_numpy(dtype=bool)].sort_values(["person", "place"])
    rows["later"] = rows.groupby("person").cumcount(ascending=False)
    several = rows.groupby("person")["place"].transform("size") > 1
    rows = rows.loc[several.to_numpy(dtype=bool)]
    persons = np.sort(np.asarray(rows["person"].unique(), dtype=object))
    chosen = persons[scene.choose(np.arange(len(persons)))]
    group = positions_in(chosen, rows["person"])
    size = rows.groupby("person")["place"].transform("size").to_numpy()
    moved = (group >= 0) & (rows["later"].to_numpy() < size // 2)
    positions, groups = rows["place"].to_numpy()[moved], group[moved]
    highest = int(pd.to_numeric(number, errors="coerce").max()) if len(positions) else 0
    scene.write(positions, (login + "b").iloc[positions], groups=groups)
    scene.write(positions, [str(highest + 1000 + 7 * one) for one in groups.tolist()], "ID", groups)


def staff_student_same_id(scene: FaultContext) -> None:
    """4711 is a teacher and a child: staff and children are numbered apart, and meet in one column."""
    part, text = scene.people["part"], scene.text()
    children = np.flatnonzero((text.str.isdigit() & (part == "Subject")).to_numpy(dtype=bool))
    teachers = np.flatnonzero((part == "Teacher").to_numpy(dtype=bool))
    # The number already belongs to a child when the teacher gets it.
    listed_before = np.searchsorted(children, teachers)
    chosen = scene.choose(listed_before > 0)
    same = (scene.rng.random(len(chosen)) * listed_before[chosen]).astype("int64")
    scene.write(teachers[chosen], text.iloc[children[same]])


def email_and_id_disagree(scene: FaultContext) -> None:
    """Give an account the e-mail address of another child."""
    text = scene.text()
    with_one = np.flatnonzero(((text != "") & (scene.people["part"] == "Subject")).to_numpy(dtype=bool))
    order = scene.rng.permutation(with_one)
    chosen = scene.choose(np.arange(len(order) - 1 if len(order) else 0))
    scene.write(order[chosen], text.iloc[order[chosen + 1]])


# Vendor's number -> state's number.
STATES_NUMBER_OF = {"StudentID": "Student_StateID"}


def id_columns_swapped(scene: FaultContext) -> None:
    """Put two ids under each other's header, in all results of a school in a term: one fault a list."""
    other = STATES_NUMBER_OF[scene.fault.column]
    own, state = scene.text(), scene.text(other)
    for group, (_, positions) in enumerate(chosen_pieces(scene, state.fillna("") != "")):
        groups = np.full(len(positions), group)
        scene.write(positions, state.iloc[positions], groups=groups)
        scene.write(positions, own.iloc[positions], column=other, groups=groups)


def scientific_notation(scene: FaultContext) -> None:
    """1047110815 -> 1.05E+09, in the whole list of a grade: saved from a column too narrow for it."""
    text = scene.text()
    long = (text.str.isdigit() & (text.str.len() >= 8)).fillna(False)
    for group, (_, positions) in enumerate(chosen_pieces(scene, long)):
        rounded = [f"{float(number):.2E}" for number in text.iloc[positions]]
        scene.write(positions, rounded, groups=np.full(len(positions), group))


def same_test_id_two_children(scene: FaultContext) -> None:
    """Give a result the number of another child's result."""
    text, person = scene.text(), scene.people["person"]
    others = scene.rng.permutation(len(text))
    differs = (person.array != person.iloc[others].array).fillna(False).to_numpy(dtype=bool)
    chosen = scene.choose(differs)
    scene.write(chosen, text.iloc[others[chosen]])


def zero_or_blank_key(scene: FaultContext) -> None:
    """104211 -> 0: what a form takes when the number isn't known, for one child after the other."""
    scene.change_each(lambda text: "0" if text else text)


def refid_not_shared(scene: FaultContext) -> None:
    """Name a child by a RefId of the system's own, in all her rows: no other export has it."""
    positions, groups = chosen_children(scene)
    scene.write(positions, _new(scene, groups), groups=groups)


def activity_renewed(scene: FaultContext) -> None:
    """List an activity again under another RefId: participants still refer to the old one."""
    for group, (_, positions) in enumerate(chosen_pieces(scene)):
        groups = np.full(len(positions), group)
        scene.write(positions, _new(scene, groups - group), groups=groups)


def _new(scene: FaultContext, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Give each group an id that nothing else has."""
    count = int(np.max(groups)) + 1 if len(groups) else 0
    return np.asarray(guids(scene.rng, count), dtype=object)[groups]
