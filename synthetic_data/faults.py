"""Each way in which a record goes wrong: one small function on rendered text, by the name of its kind.

Rates, silos, files, columns, sources and what finds them are data: faults.toml. How faults are chosen is in
scene.py, how they are applied and logged in damage.py, how they are undone in undo.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.layouts import STRING
from synthetic_data.names import nicknames
from synthetic_data.scene import Page, Places, Scene
from synthetic_data.silos.observation import look_up

__all__ = ["FUNCTIONS"]

FUNCTIONS: dict[str, Callable[[Scene], None]] = {}

# Letters beside each other on a keyboard with the layout of the United States.
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in KEYBOARD
    for at, letter in enumerate(row)
}


def _kind(function: Callable[[Scene], None]) -> Callable[[Scene], None]:
    FUNCTIONS[function.__name__] = function
    return function


# ------------------------------------------------------------------------------------ text of one cell


def _each(change: Callable[[str], str]) -> Callable[[pd.Series, np.random.Generator], pd.Series]:
    """Make a change of one cell into one of a column."""
    return lambda text, rng: text.map(change)


@_kind
def accents_lost(scene: Scene) -> None:
    """José -> Jose."""
    scene.change_text(
        _each(
            lambda text: "".join(
                c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)
            )
        )
    )


@_kind
def encoding_broken(scene: Scene) -> None:
    """Muñoz -> MuÃ±oz: UTF-8 read as Windows-1252."""
    scene.change_text(_each(lambda text: text.encode("utf-8").decode("cp1252", errors="replace")))


@_kind
def typo(scene: Scene) -> None:
    """Johnson -> Jonhson: two letters change places, or a neighbouring key is hit."""

    def mistyped(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        draws = rng.random((len(text), 2))
        return pd.Series(
            [_mistype(word, where, how) for word, (where, how) in zip(text, draws.tolist(), strict=True)],
            index=text.index,
            dtype=STRING,
        )

    scene.change_text(mistyped)


def _mistype(word: str, where: float, how: float) -> str:
    at = 1 + int(where * (len(word) - 2))
    if len(word) < 4 or not word[at].isalnum():
        return word
    if how < 0.5 and at + 1 < len(word) and word[at + 1].isalnum():
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    near = NEIGHBOURS.get(word[at].lower(), "")
    if word[at].isdigit():
        near = str((int(word[at]) + 1) % 10)
    return word[:at] + near[int(how * 10) % len(near)] + word[at + 1 :] if near else word


@_kind
def digit_mistyped(scene: Scene) -> None:
    """104211 -> 104121: an id typed by hand, two digits changed."""
    typo(scene)


@_kind
def nickname(scene: Scene) -> None:
    """Alexander -> Alex."""
    short = nicknames()
    scene.change_text(_each(lambda text: short[text][0] if text in short else text))


@_kind
def dupe_marker_in_name(scene: Scene) -> None:
    """Lopez -> Lopez_dupe: somebody marked a duplicate where there was room for it."""
    scene.change_text(_each(lambda text: f"{text}_dupe" if text else text), among="Subject")


@_kind
def first_of_january(scene: Scene) -> None:
    """2014-05-23 -> 2014-01-01: the day was not known at the counter."""
    scene.change_text(_each(lambda text: f"{text[:4]}-01-01" if text else text))


@_kind
def month_day_swapped(scene: Scene) -> None:
    """03/11/2014 -> 11/03/2014, where both are months."""

    def swap(text: str) -> str:
        month, day, year = [*text.split("/"), "", ""][:3]
        return f"{day}/{month}/{year}" if day.isdigit() and int(day) <= 12 else text

    scene.change_text(_each(swap))


@_kind
def impossible_year(scene: Scene) -> None:
    """2026-02-01 -> 0226-02-01 or 2126-02-01: a slip of a finger in a year."""

    def slipped(text: pd.Series, rng: np.random.Generator) -> pd.Series:
        early = pd.Series(rng.random(len(text)) < 0.5, index=text.index)
        return text.where(text == "", ("0" + text.str[0] + text.str[2:]).where(early, "21" + text.str[2:]))

    scene.change_text(slipped)


@_kind
def bad_rows_attendance(scene: Scene) -> None:
    """2026-02-01 -> 2026-02-31: a day that no calendar has."""
    scene.change_text(_each(lambda text: f"{text[:5]}02-31" if text else text))


@_kind
def money_as_text(scene: Scene) -> None:
    """-$3.20 -> ($3.20): a debt as an accountant writes it."""
    scene.change_text(_each(lambda text: f"({text[1:]})" if text.startswith("-$") else text))


@_kind
def surname_changed(scene: Scene) -> None:
    """Garcia-Lee -> Garcia: the surname from before a marriage, adoption or custody ruling."""
    former = look_up(
        scene.page.people["person"], scene.truth.population.children, "person", "former_last_surname"
    )
    chosen = scene.choose(np.flatnonzero(former.notna()))
    scene.write(chosen, former.iloc[chosen], groups=np.arange(len(chosen)))


@_kind
def leading_zero_lost(scene: Scene) -> None:
    """004711 -> 4711 in the whole list of a grade: a spreadsheet took ids for numbers. One fault a list."""
    text = scene.text()
    short = text.str.lstrip("0")
    lost = (text.str.startswith("0") & text.str.isdigit() & (short != "")).to_numpy(dtype=bool)
    lists = scene.text("District School Number") + " " + scene.text("Grade")
    names = np.sort(np.asarray(lists.loc[lost].unique(), dtype=object))
    for group, at in enumerate(scene.choose(np.arange(len(names))).tolist()):
        places = np.flatnonzero(lost & (lists == names[at]).to_numpy(dtype=bool))
        scene.write(places, short.iloc[places], groups=np.full(len(places), group))


@_kind
def row_too_long(scene: Scene) -> None:
    """End a row in one separator too many."""
    rows = scene.page.people
    chosen = scene.choose(np.flatnonzero((rows["part"] == "Teacher").to_numpy(dtype=bool)))
    scene.write(chosen, [""] * len(chosen), column="+1", groups=np.arange(len(chosen)))


# ----------------------------------------------------------------------- one record takes from another


def _neighbours(scene: Scene, own: pd.Series) -> pd.DataFrame:
    """Pair every record with the next of the same household: places `one` and `other`."""
    household = look_up(scene.page.people["person"], scene.truth.population.children, "person", "household")
    records = pd.DataFrame({"household": household, "person": scene.page.people["person"], "own": own})
    records["place"] = np.arange(len(records))
    records = records.loc[records["household"].notna() & (records["own"] != "")]
    records = records.drop_duplicates("person").sort_values(["household", "person"])
    following = records.groupby("household")["place"].shift(-1)
    pairs = pd.DataFrame({"one": records["place"], "other": following}).dropna().astype("int64")
    # Nobody is in two pairs: in a family of three, the first two.
    return pairs.loc[~pairs["one"].isin(pairs["other"])].reset_index(drop=True)


@_kind
def sibling_swap(scene: Scene) -> None:
    """Two children of one home have each other's number: right household, wrong child."""
    text = scene.text()
    pairs = _neighbours(scene, text)
    chosen = pairs.iloc[scene.choose(np.arange(len(pairs)))]
    one, other = chosen["one"].to_numpy(), chosen["other"].to_numpy()
    group = np.arange(len(chosen))
    scene.write(np.r_[one, other], pd.concat([text.iloc[other], text.iloc[one]]), groups=np.r_[group, group])


@_kind
def state_id_on_two_children(scene: Scene) -> None:
    """Give a child the state number of her brother or sister."""
    text = scene.text()
    pairs = _neighbours(scene, text.where(text.str.contains("{State:", regex=False), ""))
    chosen = pairs.iloc[scene.choose(np.arange(len(pairs)))]
    scene.write(chosen["other"], text.iloc[chosen["one"].to_numpy()], groups=np.arange(len(chosen)))


@_kind
def pin_reused(scene: Scene) -> None:
    """Give the PIN of a customer who left to another child."""
    text, rows = scene.text(), scene.page.table.rows
    left = np.flatnonzero((rows["Active Status"] == "Inactive").to_numpy(dtype=bool))
    givers = scene.rng.permutation(left)
    takers = scene.rng.permutation(np.flatnonzero((rows["Active Status"] == "Active").to_numpy(dtype=bool)))
    number = min(len(givers), len(takers))
    chosen = scene.choose(np.arange(number))
    scene.write(takers[chosen], text.iloc[givers[chosen]], groups=np.arange(len(chosen)))


# ------------------------------------------------------------------------------------------ whole rows


def _among(page: Page, column: str, new: pd.Series) -> Places:
    """Say behind which row of a file, sorted by a column, each new one belongs."""
    text = page.table.rows[column]
    return (
        np.asarray(np.searchsorted(text.to_numpy(dtype=object), new.to_numpy(dtype=object)), dtype="int64")
        - 1
    )


def _list_spare(scene: Scene, why: str) -> None:
    """List records that the system should not list, with all their rows."""
    spare = scene.page.spare_people
    chosen = scene.choose(np.flatnonzero((spare["why"] == why).to_numpy(dtype=bool)))
    for page in (scene.pages[name] for name in ("users", "roles", "demographics")):
        rows = page.spare.iloc[chosen]
        scene.add_rows(
            _among(page, "sourcedId", rows["sourcedId"]),
            rows,
            page.spare_people.iloc[chosen],
            groups=np.arange(len(chosen)),
            page=page,
        )


@_kind
def new_id_on_return(scene: Scene) -> None:
    """4711 -> 5823: who came back got a new number, and her old record is still listed."""
    _list_spare(scene, "old id")


@_kind
def leaver_still_listed(scene: Scene) -> None:
    """Leave a child who left on the roster."""
    _list_spare(scene, "left")


@_kind
def customer_twice(scene: Scene) -> None:
    """Enter a child a second time, with a number and a PIN of the till's own."""
    rows = scene.page.table.rows
    chosen = scene.choose(np.flatnonzero((rows["Active Status"] == "Active").to_numpy(dtype=bool)))
    again = rows.iloc[chosen].copy()
    again["Customer ID"] = _unused(scene, rows["Customer ID"], len(chosen))
    again["PIN"] = _unused(scene, rows["PIN"], len(chosen))
    again["Balance"] = "$0.00"
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


def _unused(scene: Scene, text: pd.Series, count: int) -> list[str]:
    """Draw numbers as long as those of a column, none of which is in it."""
    width = int(text.str.len().max()) if len(text) else 6
    low, taken = 10 ** (width - 1), set(text.tolist())
    if text.name == "Customer ID":
        taken |= set(scene.truth.population.children["district_number"].tolist())
    drawn = scene.rng.integers(low, 10 * low, size=4 * count + 8)
    free = [str(number) for number in dict.fromkeys(drawn.tolist()) if str(number) not in taken]
    return free[:count]


ENROLLED = "studentReference.studentUniqueId"


@_kind
def event_outside_enrolment(scene: Scene) -> None:
    """Mark a child absent in May who left in March."""
    events, people = scene.page.table.rows, scene.page.people
    spells = scene.pages["studentSchoolAssociations"].table.rows
    last = spells.groupby(ENROLLED)["entryDate"].transform("max") == spells["entryDate"]
    left = spells.loc[last & spells["exitWithdrawDate"].notna()].drop_duplicates(ENROLLED)
    exit_day = look_up(events[ENROLLED], left, ENROLLED, "exitWithdrawDate")
    latest = events["eventDate"].max()
    # The last event of a leaver, said again for a day after she left on which somebody was absent.
    candidates = events.index[(exit_day.notna() & (exit_day < latest)).to_numpy(dtype=bool)]
    candidates = pd.Series(candidates).groupby(events[ENROLLED].loc[candidates].to_numpy()).max()
    chosen = scene.choose(np.sort(candidates.to_numpy(dtype="int64")))
    again = events.iloc[chosen].copy()
    days = np.sort(np.asarray(events["eventDate"].unique(), dtype=object))
    first = np.searchsorted(days, exit_day.iloc[chosen].to_numpy(dtype=object), side="right")
    step = (scene.rng.random(len(chosen)) * np.minimum(len(days) - first, 20)).astype("int64")
    again["eventDate"] = days[first + step]
    scene.add_rows(chosen, again, people.iloc[chosen])


@_kind
def absent_and_tardy_same_day(scene: Scene) -> None:
    """Absent in the office's list, late in the teacher's: two marks for one day."""
    events = scene.page.table.rows
    text = scene.text()
    absent = text.str.endswith("Absence").to_numpy(dtype=bool)
    chosen = scene.choose(np.flatnonzero(absent))
    again = events.iloc[chosen].copy()
    again[scene.fault.column] = again[scene.fault.column].str.replace(r"#.*$", "#Tardy", regex=True)
    again["attendanceEventReason"] = pd.NA
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


@_kind
def year_carried_over(scene: Scene) -> None:
    """Children who left last summer are enrolled again, by a roster that was copied."""
    spells = scene.page.table.rows
    year = spells["schoolYearTypeReference.schoolYear"]
    this, before = year.max(), year.min()
    still = set(spells.loc[year == this, ENROLLED])
    gone = ((year == before) & ~spells[ENROLLED].isin(still)).to_numpy(dtype=bool)
    gone &= ~spells[ENROLLED].duplicated(keep="last").to_numpy(dtype=bool)
    chosen = scene.choose(np.flatnonzero(gone)) if this != before else np.zeros(0, "int64")
    again = spells.iloc[chosen].copy()
    again["schoolYearTypeReference.schoolYear"] = this
    again["entryDate"] = spells.loc[year == this, "entryDate"].min()
    again["exitWithdrawDate"] = pd.NA
    again["exitWithdrawTypeDescriptor"] = pd.NA
    scene.add_rows(chosen, again, scene.page.people.iloc[chosen])


@_kind
def counter_restarts_on_transfer(scene: Scene) -> None:
    """Lose the absences at the first school of a child who changed school."""
    events = scene.page.table.rows
    spells = scene.pages["studentSchoolAssociations"].table.rows
    year = "schoolYearTypeReference.schoolYear"
    school = "schoolReference.schoolId"
    now = spells.loc[spells[year] == spells[year].max()].sort_values([ENROLLED, "entryDate"])
    latest = now.drop_duplicates(ENROLLED, keep="last")
    moved = sorted(set(now.loc[now[school] != look_up(now[ENROLLED], latest, ENROLLED, school), ENROLLED]))
    chosen = scene.choose(np.arange(len(moved)))
    whose = pd.DataFrame(
        {ENROLLED: pd.array([moved[at] for at in chosen], dtype=STRING), "group": range(len(chosen))}
    )
    group = look_up(events[ENROLLED], whose, ENROLLED, "group")
    there = look_up(events[ENROLLED], latest, ENROLLED, school)
    lost = group.notna() & (events[school] != there)
    lost &= events["sessionReference.schoolYear"] == spells[year].max()
    places = np.flatnonzero(lost.to_numpy(dtype=bool))
    scene.drop_rows(places, group.iloc[places].astype("int64"))


# ----------------------------------------------------------------------------------------- whole files


@_kind
def byte_order_mark(scene: Scene) -> None:
    """Save as "CSV UTF-8" from a spreadsheet: three bytes stand before the first header."""
    if len(scene.choose([0])):
        scene.settings.append(("encoding", "utf-8-sig"))


@_kind
def semicolon_csv(scene: Scene) -> None:
    """Save on a computer whose list separator is a semicolon."""
    if len(scene.choose([0])):
        scene.settings.append(("delimiter", ";"))
