"""What linking notices: birth dates and names that disagree inside a child, ids that two children carry."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.layouts import as_table
from helpers.link.dates import comparable, order_free
from helpers.link.identifiers import UNDECLARED_MAY_BE
from helpers.link.students import Students

__all__ = ["find_disagreements", "places_of"]

NAMES = ("first_name", "last_surname", "full_name")


def places_of(
    people: pd.DataFrame, identifiers: pd.DataFrame, person_rows: pd.DataFrame | None
) -> pd.DataFrame:
    """Say where each record stands in the files: its first row.

    Parameters
    ----------
    people, identifiers
        The standard tables of those names.
    person_rows
        The standard table of that name; without it the rows of ids serve, and a record that is named after
        its row.

    Returns
    -------
    pandas.DataFrame
        ``silo``, ``record``, ``file``, ``row``; one row a record of `people`.
    """
    columns = ["silo", "record", "file", "row"]
    known = (identifiers if person_rows is None else person_rows)[columns]
    known = known.sort_values(columns).drop_duplicates(["silo", "record"])
    places = people[["silo", "record"]].merge(known, on=["silo", "record"], how="left", validate="one_to_one")
    named_after = places["record"].str.extract(r"^(?P<file>.*)#(?P<row>\d+)$")
    return places.assign(
        file=places["file"].fillna(named_after["file"]),
        row=places["row"].fillna(pd.to_numeric(named_after["row"]).astype("Int64")),
    )


def find_disagreements(
    students: Students, places: pd.DataFrame, label: np.ndarray, anchor: np.ndarray, refused: pd.DataFrame
) -> pd.DataFrame:
    """Report what contradicts inside a child, and ids by which a join would reach another one.

    Parameters
    ----------
    students
        The records.
    places
        From `places_of`, for these records.
    label, anchor
        Cluster and anchor of each record.
    refused
        ``left``, ``right``: pairs that were refused.

    Returns
    -------
    pandas.DataFrame
        The standard table *findings*, one row a record and column. ``column`` is the column of the standard
        table *people*, or the id's system; ``expected`` is what the anchor says, and where.
    """
    found = [
        *_names_disagree(students, places, anchor),
        _birth_dates_disagree(students, places, anchor),
        _ids_collide(students, label, refused),
    ]
    findings = pd.concat(found, ignore_index=True).sort_values(["number", "kind", "column", "value"])
    where = places[["silo", "file", "row"]].take(findings["number"].to_numpy(dtype="int64"))
    return as_table(
        "findings",
        pd.concat(
            [where.reset_index(drop=True), findings.drop(columns="number").reset_index(drop=True)],
            axis="columns",
        ).assign(done="nothing", times=1),
    )


def _finding(number: np.ndarray, kind: str, column: object, value: object, expected: object) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": number,
            "kind": kind,
            "column": pd.Series(column, index=range(len(number)), dtype="string"),
            "value": pd.Series(value, index=range(len(number)), dtype="string"),
            "expected": pd.Series(expected, index=range(len(number)), dtype="string"),
        }
    )


def _said_by(texts: pd.Series, places: pd.DataFrame, anchor: np.ndarray) -> pd.Series:
    """Put what an anchor says into words: the value, and the file and row where it stands."""
    place = places.take(anchor).reset_index(drop=True)
    where = place["file"] + " row " + place["row"].astype("string")
    return texts.take(anchor).reset_index(drop=True) + " (" + where.fillna(place["silo"]) + ")"


def _birth_dates_disagree(students: Students, places: pd.DataFrame, anchor: np.ndarray) -> pd.DataFrame:
    people = students.people
    known, numbers = comparable(people), order_free(people["birth_date"])
    days = people["birth_date"].to_numpy(dtype="datetime64[us]")
    read_twice = people["birth_date_other"].notna().to_numpy(dtype=bool)
    # A date with two readings disagrees only if neither is the anchor's day.
    same = (days == days[anchor]) | ((numbers == numbers[anchor]) & (read_twice | read_twice[anchor]))
    rows = np.flatnonzero(known & known[anchor] & ~same)
    text = people["birth_date"].dt.strftime("%Y-%m-%d").astype("string")
    expected = _said_by(text, places, anchor[rows])
    return _finding(
        rows, "birth_date_disagrees", "birth_date", text.take(rows).to_numpy(), expected.to_numpy()
    )


def _names_disagree(students: Students, places: pd.DataFrame, anchor: np.ndarray) -> list[pd.DataFrame]:
    """Compare as written: a nickname is a disagreement, even one that the anchor knows as preferred."""
    people = students.people
    usable = people["name_status"].eq("As written").to_numpy(dtype=bool)
    usable &= usable[anchor] & (anchor != np.arange(len(people)))
    texts = {name: people[name].str.strip().str.replace(r"\s+", " ", regex=True) for name in NAMES}
    whole = texts["first_name"] + " " + texts["last_surname"]
    in_one_cell = people["full_name"].notna().to_numpy(dtype=bool) & whole.isna().to_numpy(dtype=bool)
    texts["full_name"] = texts["full_name"].where(whole.isna(), whole)
    found = []
    for column, text in texts.items():
        known = text.notna().to_numpy(dtype=bool)
        # A whole name is compared only where one of the two has nothing else.
        either = in_one_cell | in_one_cell[anchor]
        rows = np.flatnonzero(usable & known & known[anchor] & (either if column == "full_name" else ~either))
        agrees = _written_alike(text.take(rows), text.take(anchor[rows]))
        if column == "full_name":
            unlike = np.flatnonzero(~agrees)
            agrees[unlike] = _same_words(people, text, rows[unlike], anchor[rows[unlike]])
        rows = rows[~agrees]
        expected = _said_by(text, places, anchor[rows])
        found.append(
            _finding(rows, "names_disagree", column, text.take(rows).to_numpy(), expected.to_numpy())
        )
    return found


def _written_alike(left: pd.Series, right: pd.Series) -> np.ndarray:
    """Compare as written; capitals don't count where one of the two is all capitals."""
    left, right = left.reset_index(drop=True), right.reset_index(drop=True)
    one_is_capitals = _true(left.str.isupper()) | _true(right.str.isupper())
    return _true(left == right) | (one_is_capitals & _true(left.str.casefold() == right.str.casefold()))


def _true(answers: pd.Series) -> np.ndarray:
    return answers.to_numpy(dtype=bool, na_value=False)


def _same_words(people: pd.DataFrame, whole: pd.Series, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compare whole names word by word: neither order nor a middle name in the cell is a disagreement."""
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


def _ids_collide(students: Students, label: np.ndarray, refused: pd.DataFrame) -> pd.DataFrame:
    """Find ids that point at another child: a join on them would succeed, and be wrong."""
    ids = students.ids[students.ids["system"].isin(UNDECLARED_MAY_BE)]
    ids = ids.assign(child=label[ids["number"].to_numpy()])
    bearers = ids.drop_duplicates(["number", "value"])
    tied = np.bincount(label, minlength=len(label))[label] > 1
    # A record alone that has neither name nor birth date may well be the same child: it is no other one.
    bare = ~tied & students.people["linkable_by"].isin(["Identifier only", "Nothing"]).to_numpy(dtype=bool)
    known = bearers[~bare[bearers["number"].to_numpy()]]
    children = known.groupby("value")["child"].nunique()
    own = bearers.groupby(["value", "child"])["number"].nunique()
    keys = pd.MultiIndex.from_frame(ids[["value", "child"]])
    number = ids["number"].to_numpy()
    # One child among the bearers is the record's own, unless the record is bare.
    others = children.reindex(ids["value"]).fillna(0).to_numpy() - ~bare[number]
    suspect = ids[(others > 0) & (own.reindex(keys).to_numpy() == 1)]
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
    return _finding(
        suspect["number"].to_numpy(),
        "id_colliding",
        suspect["system"].to_numpy(),
        suspect["value"].to_numpy(),
        "an id that no other child has",
    )
