"""Ids typed wrongly, shortened, or given to somebody else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic_data.faults.keyboard import mistyped
from synthetic_data.scene import Scene
from synthetic_data.silos.observation import look_up

__all__ = ["digit_mistyped", "leading_zero_lost", "pin_reused", "sibling_swap", "state_id_on_two_children"]


def digit_mistyped(scene: Scene) -> None:
    """104211 -> 104121: an id typed by hand, two digits changed."""
    scene.change_text(mistyped)


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


def sibling_swap(scene: Scene) -> None:
    """Two children of one home have each other's number: right household, wrong child."""
    text = scene.text()
    pairs = _neighbours(scene, text)
    chosen = pairs.iloc[scene.choose(np.arange(len(pairs)))]
    one, other = chosen["one"].to_numpy(), chosen["other"].to_numpy()
    group = np.arange(len(chosen))
    scene.write(np.r_[one, other], pd.concat([text.iloc[other], text.iloc[one]]), groups=np.r_[group, group])


def _neighbours(scene: Scene, own: pd.Series) -> pd.DataFrame:
    """Pair every record with the next of the same household: places `one` and `other`."""
    household = look_up(scene.people["person"], scene.truth.population.children, "person", "household")
    records = pd.DataFrame({"household": household, "person": scene.people["person"], "own": own})
    records["place"] = np.arange(len(records))
    records = records.loc[records["household"].notna() & (records["own"] != "")]
    records = records.drop_duplicates("person").sort_values(["household", "person"])
    following = records.groupby("household")["place"].shift(-1)
    pairs = pd.DataFrame({"one": records["place"], "other": following}).dropna().astype("int64")
    # Nobody is in two pairs: in a family of three, the first two.
    return pairs.loc[~pairs["one"].isin(pairs["other"])].reset_index(drop=True)


def state_id_on_two_children(scene: Scene) -> None:
    """Give a child the state number of her brother or sister."""
    text = scene.text()
    pairs = _neighbours(scene, text.where(text.str.contains("{State:", regex=False), ""))
    chosen = pairs.iloc[scene.choose(np.arange(len(pairs)))]
    scene.write(chosen["other"], text.iloc[chosen["one"].to_numpy()], groups=np.arange(len(chosen)))


def pin_reused(scene: Scene) -> None:
    """Give the PIN of a customer who left to another child."""
    text, rows = scene.text(), scene.page.table.rows
    left = np.flatnonzero((rows["Active Status"] == "Inactive").to_numpy(dtype=bool))
    givers = scene.rng.permutation(left)
    takers = scene.rng.permutation(np.flatnonzero((rows["Active Status"] == "Active").to_numpy(dtype=bool)))
    number = min(len(givers), len(takers))
    chosen = scene.choose(np.arange(number))
    scene.write(takers[chosen], text.iloc[givers[chosen]], groups=np.arange(len(chosen)))
