"""Findings of linking: contradictions within a child, colliding ids, and placeholder names."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from helpers.link.records import Records, SourceLocations
from helpers.link.values.birth_dates import comparable, ignore_date_order
from helpers.link.values.identifiers import UNDECLARED_MAY_BE
from helpers.link.values.name_variants import fillers_in
from helpers.standard import STRING, as_table

__all__ = ["find_disagreements"]

NAMES = ("first_name", "last_surname", "full_name")
DTYPES = dict.fromkeys(("silo", "file", "column", "kind", "value", "expected"), STRING) | {
    "number": "int64",
    "row": "Int64",
}


def find_disagreements(
    students: Records,
    label: np.ndarray,
    anchor: np.ndarray,
    refused: pd.DataFrame,
    locations: SourceLocations,
) -> pd.DataFrame:
    """Report contradictions within a child, and ids that would join records of different children."""
    against = pd.concat(
        [*_names_disagree(students.people, anchor), _birth_dates_disagree(students.people, anchor)],
        ignore_index=True,
    )
    parts = [
        _placed(students, against, locations),
        _ids_collide(students, label, refused),
        _names_are_fillers(students, locations),
    ]
    found = pd.concat([part.astype(DTYPES) for part in parts])
    order = ["silo", "number", "kind", "column", "value"]
    findings = found.sort_values(order, ignore_index=True).drop(columns="number")
    return as_table("findings", findings.assign(action_taken="nothing", times=1))


@cache
def _no_findings() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in DTYPES.items()})


def _placed(students: Records, against: pd.DataFrame, locations: SourceLocations) -> pd.DataFrame:
    """Locate each disagreement and the anchor's value that it contradicts."""
    if against.empty:
        return _no_findings()

    both = pd.concat([against["number"], against["anchor"]]).to_numpy(dtype="int64")
    records = students.people[["silo", "record"]].take(both).reset_index(drop=True)
    found = locations.of_values(records.assign(about=np.tile(against["about"].to_numpy(), 2)))
    here, there = found.iloc[: len(against)], found.iloc[len(against) :].reset_index(drop=True)
    source = there["file"] + " row " + there["row"].astype("string")
    silo = students.people["silo"]
    anchor_silo = silo.take(against["anchor"].to_numpy(dtype="int64")).reset_index(drop=True)
    return here.assign(
        silo=silo.take(against["number"].to_numpy(dtype="int64")).to_numpy(),
        number=against["number"],
        kind=against["kind"],
        value=against["value"],
        expected=against["anchor_says"] + " (" + source.fillna(anchor_silo) + ")",
    )


def _names_are_fillers(students: Records, locations: SourceLocations) -> pd.DataFrame:
    """Report names that linking ignores: Baby Boy, Student Test. Reading has reported some already."""
    people = students.people
    fillers = fillers_in(people["first_name"], people["last_surname"], people["full_name"])
    untold = people["name_status"].eq("As written").to_numpy(dtype=bool)
    rows = np.flatnonzero((fillers.first | fillers.last | fillers.whole) & untold)
    if not len(rows):
        return _no_findings()
    found = people.take(rows).reset_index(drop=True)
    about = pd.Series("full_name", index=found.index, dtype=STRING)
    about = about.mask(found["last_surname"].notna(), "last_surname").mask(
        found["first_name"].notna(), "first_name"
    )
    both = (found["first_name"].fillna("") + " " + found["last_surname"].fillna("")).str.strip()
    where = locations.of_values(found[["silo", "record"]].assign(about=about))
    return where.assign(
        silo=found["silo"],
        number=rows,
        kind="name_placeholder",
        value=both.mask(both.eq(""), found["full_name"]).astype(STRING),
        expected="a name",
    )


def _against_anchor(
    kind: str, about: str, rows: np.ndarray, anchor: np.ndarray, text: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": rows,
            "anchor": anchor[rows],
            "kind": pd.Series(kind, index=range(len(rows)), dtype="string"),
            "about": pd.Series(about, index=range(len(rows)), dtype="string"),
            "value": text.take(rows).to_numpy(),
            "anchor_says": text.take(anchor[rows]).to_numpy(),
        }
    ).astype({"value": "string", "anchor_says": "string"})


def _birth_dates_disagree(people: pd.DataFrame, anchor: np.ndarray) -> pd.DataFrame:
    known, numbers = comparable(people), ignore_date_order(people["birth_date"])
    days = people["birth_date"].to_numpy(dtype="datetime64[us]")
    read_twice = people["birth_date_other"].notna().to_numpy(dtype=bool)
    # An ambiguous date disagrees only if neither reading is the anchor's date.
    same = (days == days[anchor]) | ((numbers == numbers[anchor]) & (read_twice | read_twice[anchor]))
    rows = np.flatnonzero(known & known[anchor] & ~same)
    text = people["birth_date"].dt.strftime("%Y-%m-%d").astype("string")
    return _against_anchor("birth_date_disagrees", "birth_date", rows, anchor, text)


def _names_disagree(people: pd.DataFrame, anchor: np.ndarray) -> list[pd.DataFrame]:
    """Compare names as entered: a nickname is a disagreement, even if it is the anchor's preferred name."""
    usable = people["name_status"].eq("As written").to_numpy(dtype=bool)
    usable &= usable[anchor] & (anchor != np.arange(len(people)))
    texts = {name: people[name].str.strip().str.replace(r"\s+", " ", regex=True) for name in NAMES}
    whole = texts["first_name"] + " " + texts["last_surname"]
    in_one_cell = people["full_name"].notna().to_numpy(dtype=bool) & whole.isna().to_numpy(dtype=bool)
    texts["full_name"] = texts["full_name"].where(whole.isna(), whole)
    found = []
    for column, text in texts.items():
        known = text.notna().to_numpy(dtype=bool)
        # Compare whole names only if one of the two records has nothing else.
        either = in_one_cell | in_one_cell[anchor]
        rows = np.flatnonzero(usable & known & known[anchor] & (either if column == "full_name" else ~either))
        agrees = _same_text(text.take(rows), text.take(anchor[rows]))
        if column == "full_name":
            unlike = np.flatnonzero(~agrees)
            agrees[unlike] = _same_words(people, text, rows[unlike], anchor[rows[unlike]])
        found.append(_against_anchor("names_disagree", column, rows[~agrees], anchor, text))
    return found


def _same_text(left: pd.Series, right: pd.Series) -> np.ndarray:
    """Compare texts as entered; ignore case if one of them is all capitals."""
    left, right = left.reset_index(drop=True), right.reset_index(drop=True)
    one_is_capitals = _true(left.str.isupper()) | _true(right.str.isupper())
    return _true(left == right) | (one_is_capitals & _true(left.str.casefold() == right.str.casefold()))


def _true(answers: pd.Series) -> np.ndarray:
    return answers.to_numpy(dtype=bool, na_value=False)


def _same_words(people: pd.DataFrame, whole: pd.Series, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compare whole names word by word, ignoring order and middle names."""
    middle = people["middle_name"].fillna("")
    mine, theirs = whole.take(rows).to_list(), whole.take(others).to_list()
    extras = (
        middle.take(rows).reset_index(drop=True) + " " + middle.take(others).reset_index(drop=True)
    ).to_list()
    agree = np.zeros(len(rows), dtype=bool)
    for place, (left, right, extra) in enumerate(zip(mine, theirs, extras, strict=True)):
        if left.isupper() or right.isupper():
            left, right, extra = left.casefold(), right.casefold(), extra.casefold()
        ignored = set(extra.split())
        one, other = (sorted(text.replace(",", " ").split()) for text in (left, right))
        agree[place] = one == other or (
            [word for word in one if word not in ignored] == [word for word in other if word not in ignored]
        )
    return agree


def _ids_collide(students: Records, label: np.ndarray, refused: pd.DataFrame) -> pd.DataFrame:
    """Find ids that point to another child: joining on them would succeed, and be wrong."""
    ids = students.ids[students.ids["system"].isin(UNDECLARED_MAY_BE)]
    number = ids["number"].to_numpy(dtype="int64")
    value = pd.factorize(ids["value"])[0].astype("int64")
    tied = np.bincount(label, minlength=len(label))[label] > 1
    # An unlinked record with neither name nor birth date may be the same child, so it doesn't count as
    # another.
    bare = ~tied & students.bare
    # Ids and records, each pair once; then ids and children.
    bearer = np.unique(value * len(label) + number, return_index=True)[1]
    held = value * len(label) + label[number]
    known = np.unique(held[bearer[~bare[number[bearer]]]]) // max(len(label), 1)
    children = np.bincount(known, minlength=int(np.max(value, initial=-1)) + 1)
    distinct, records = np.unique(held[bearer], return_counts=True)
    own = records[np.searchsorted(distinct, held)]
    # One of the children with this id is the record's own, unless the record has neither name nor birth date.
    others = children[value] - ~bare[number]
    bearers, suspect = ids.iloc[bearer], ids[(others > 0) & (own == 1)]
    if suspect.empty:
        return _no_findings()
    turned = pd.DataFrame(
        {
            "number": np.concatenate([refused["left"], refused["right"]]),
            "other": np.concatenate([refused["right"], refused["left"]]),
        }
    )
    values = bearers[["number", "value"]]
    by_refusal = (
        suspect[["number", "value"]]
        .drop_duplicates()
        .merge(turned, on="number", how="inner", validate="many_to_many")
        .merge(
            values.rename(columns={"number": "other"}),
            on=["other", "value"],
            how="inner",
            validate="many_to_one",
        )
    )
    was_refused = pd.MultiIndex.from_frame(suspect[["number", "value"]]).isin(
        pd.MultiIndex.from_frame(by_refusal[["number", "value"]])
    )
    suspect = suspect[tied[suspect["number"].to_numpy()] | was_refused]
    silo = students.people["silo"].take(suspect["number"].to_numpy()).to_numpy()
    suspect = suspect.assign(silo=silo, kind="id_colliding", expected="an id that no other child has")
    suspect = suspect.assign(value=suspect["raw_value"], column=suspect["head"]).reset_index(drop=True)
    return suspect[["silo", "number", "file", "row", "column", "kind", "value", "expected"]]
