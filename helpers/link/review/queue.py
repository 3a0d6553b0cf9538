"""The pairs that wait for a person: what both records say, and what a yes would give, largest gain first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers.files.save import read_text_table, spreadsheet_bytes, write_atomically
from helpers.link.beside import beside
from helpers.link.identifiers import CONTRADICTING
from helpers.link.review.decisions_file import IDS
from helpers.link.review.evidence_words import evidence_in_words
from helpers.link.review.fingerprints import fingerprints
from helpers.link.review.namesakes import namesakes
from helpers.link.review.settled import settled_by_persons
from helpers.link.review.sides import PAIR, RECORD, SIDES, Name, is_of_a_pair, side_of
from helpers.standard import STRING, is_among

if TYPE_CHECKING:
    from helpers.link.crosswalk import Links

__all__ = ["FIELDS", "UNKNOWN_PROBABILITY", "review_queue", "save_queue"]

# What a person looks at, in the order in which it is read.
FIELDS = (
    "first_name",
    "middle_name",
    "last_surname",
    "generation_code_suffix",
    "preferred_first_name",
    "preferred_last_surname",
    "full_name",
    "birth_date",
    "birth_date_other",
    "sex",
    "grade_level",
    "school",
    "ids",
    "street_number_name",
    "city",
    "postal_code",
    "telephone",
    "email",
)
# A rule that hands a pair to a person says nothing of how likely it is: own assumption, even.
UNKNOWN_PROBABILITY = 0.5
GAINS = ("records_joined", "pairs_gained", "expected_pairs")


def review_queue(
    links: Links,
    people: pd.DataFrame,
    *,
    identifiers: pd.DataFrame | None = None,
    schools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Give the pairs that wait for a person, those first of which a yes would join the most.

    Parameters
    ----------
    links
        Who is who so far.
    people
        The standard table *people*.
    identifiers
        The standard table of that name: then numbers of both records that can be compared stand in
        ``left_ids`` and ``right_ids``.
    schools
        The standard fact table *school*: then schools are named as their own system names them.

    Returns
    -------
    pandas.DataFrame
        One row a pair with decision *Review* that no person's answer has settled, in order of expected pairs,
        then pairs gained:

        - ``question`` (1, 2, …): pairs of the same two children are one question, since one answer settles
          them; the likeliest, then the one with most to compare, stands first;
        - ``answer`` (empty), ``probability`` (0–1, NA where a rule sent the pair here), ``evidence`` in
          words, ``namesakes`` (other children whom the name fits as well);
        - for each of `FIELDS` ``left_…`` and ``right_…``; fields that no pair has are left out;
        - ``left_records``, ``right_records`` (records of each side's child), ``left_systems`` and
          ``right_systems`` (where that child is known, joined by ``; ``);
        - ``records_joined`` and ``pairs_gained`` by a yes, ``expected_pairs`` (pairs gained times
          probability, an even chance where there is none): on the first row of a question, 0 on its others;
        - the records' names, and ``fingerprint``.
    """
    waits = links.pairs["decision"].eq("Review") & settled_by_persons(links.pairs, links.crosswalk).isna()
    review = links.pairs[waits].drop_duplicates(list(PAIR), ignore_index=True)
    queue = review[list(PAIR)].assign(
        probability=review["match_probability"], evidence=evidence_in_words(review)
    )
    told = _with_schools(people, schools)
    people = people[is_of_a_pair(people, review)].reset_index(drop=True)
    queue = beside(queue, told, [field for field in FIELDS if field != "ids"])
    queue = queue.assign(**_ids_beside(queue, identifiers))
    queue = queue[[*PAIR, "probability", "evidence", *(f"{side}_{one}" for one in FIELDS for side in SIDES)]]
    said = queue.notna().any()
    unused = [field for field in FIELDS if len(queue) and not any(said[f"{side}_{field}"] for side in SIDES)]
    queue = queue.drop(columns=[f"{side}_{field}" for field in unused for side in SIDES])
    both = sum(
        (queue[f"left_{field}"].notna() & queue[f"right_{field}"].notna()).astype("int64")
        for field in FIELDS
        if field not in unused
    )
    queue = _with_gain(queue.assign(comparable=both), links.crosswalk)
    queue = queue.assign(namesakes=namesakes(queue, links.crosswalk, told))
    queue = queue.assign(fingerprint=fingerprints(queue, people), answer=pd.Series(None, queue.index, STRING))
    first = ["question", "answer", "probability", "evidence", "namesakes"]
    last = [*GAINS, *PAIR, "fingerprint"]
    inner = {"left_child", "right_child", "comparable"}
    middle = [name for name in queue.columns if name not in {*first, *last, *inner}]
    return queue[[*first, *middle, *last]]


def save_queue(queue: pd.DataFrame, path: Path, earlier: Path | None = None) -> list[Path]:
    """Write the questions of a queue for a spreadsheet; answers in an earlier one are kept beside it.

    Each question is one line, the first of its pairs: the answer settles the others, and whoever met the same
    two children again would answer twice, or once so and once otherwise.

    Parameters
    ----------
    queue
        From `review_queue`.
    path
        Ends in ``.csv``. The file holds children's names: it belongs where the exports belong.
    earlier
        Where the earlier one stands, if not at ``path``; it stays there, and what is kept is a copy.

    Returns
    -------
    list of Path
        What was written: the queue, and the earlier file under its new name where it held answers.
    """
    written = [path]
    before = earlier or path
    if before.exists() and _has_answers(before):
        kept = path.with_name(f"{path.stem}_answered_{datetime.now(UTC):%Y-%m-%d_%H%M%S_%f}.csv")
        write_atomically(kept, before.read_bytes())
        written.append(kept)
    asked = queue[~queue["question"].duplicated()]
    write_atomically(path, spreadsheet_bytes(asked, ids=IDS))
    return written


def _has_answers(path: Path) -> bool:
    earlier = read_text_table(path)
    return "answer" in earlier.columns and bool(earlier["answer"].notna().any())


def _ids_beside(queue: pd.DataFrame, identifiers: pd.DataFrame | None) -> dict[str, pd.Series]:
    """Give each side the numbers that can be held against the other's: equal, or of one whole system.

    Each vendor has a number of its own; that two of those differ says nothing.
    """
    held: dict[Name, list[tuple[str, str]]] = {}
    if identifiers is not None:
        columns = [*RECORD, "identification_system", "identifier"]
        told = identifiers.loc[is_of_a_pair(identifiers, queue), columns].dropna().drop_duplicates()
        told = told[~told["identification_system"].isin(["Login", "Email", "PIN"])]
        for silo, record, system, number in told.itertuples(index=False):
            held.setdefault((silo, record), []).append((system, number))
    ends = [side_of(queue, side) for side in SIDES]
    ids = {}
    for side, mine, others in zip(SIDES, ends, reversed(ends), strict=True):
        texts = [
            "; ".join(
                f"{'Number' if system == 'Undeclared' else system} {number}"
                for system, number in held.get(one, [])
                if any(
                    number == its or (system == of and of in CONTRADICTING) for of, its in held.get(other, [])
                )
            )
            for one, other in zip(mine, others, strict=True)
        ]
        ids[f"{side}_ids"] = pd.Series([text or None for text in texts], index=queue.index, dtype=STRING)
    return ids


def _with_schools(people: pd.DataFrame, schools: pd.DataFrame | None) -> pd.DataFrame:
    """Say a record's school by its name, where its own system or any other one names that number."""
    school = people["school_name"]
    if schools is not None and not schools.empty:
        named = schools.dropna(subset=["school_id", "school_name"])
        own = named.drop_duplicates(["silo", "school_id"])[["silo", "school_id", "school_name"]]
        found = people[["silo", "school_id"]].merge(
            own, on=["silo", "school_id"], how="left", validate="many_to_one"
        )["school_name"]
        # One number may be two schools in two systems: then it is nobody's name.
        distinct = named.drop_duplicates(["school_id", "school_name"])
        any_system = distinct.drop_duplicates("school_id", keep=False).set_index("school_id")["school_name"]
        school = school.fillna(pd.Series(found.to_numpy(), index=people.index, dtype=STRING))
        school = school.fillna(people["school_id"].map(any_system).astype(STRING))
    return people.assign(school=school.fillna(people["school_id"]).astype(STRING))


def _with_gain(queue: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Say of each pair whose children it would join, and how much that is; put the largest first."""
    child = crosswalk.loc[is_of_a_pair(crosswalk, queue), [*RECORD, "child"]]
    by_child = crosswalk[is_among(crosswalk["child"], child["child"])].groupby("child", sort=False)["silo"]
    known = pd.DataFrame(
        {"records": by_child.size(), "systems": by_child.agg(lambda silos: "; ".join(dict.fromkeys(silos)))}
    )
    for side in SIDES:
        names = [f"{side}_{name}" for name in RECORD]
        own = child.set_axis([*names, f"{side}_child"], axis="columns")
        queue = queue.merge(own, on=names, how="left", validate="many_to_one")
        of_child = known.reindex(queue[f"{side}_child"])
        queue[f"{side}_records"] = of_child["records"].astype("Int64").to_numpy()
        queue[f"{side}_systems"] = pd.Series(of_child["systems"].to_numpy(), index=queue.index, dtype=STRING)
    apart = queue["left_child"].ne(queue["right_child"]).fillna(True)
    ends = queue[["left_child", "right_child"]].to_numpy(dtype=str, na_value="")
    children = pd.Series(["\n".join(sorted(pair)) for pair in ends.tolist()], index=queue.index, dtype=STRING)
    chance = queue["probability"].fillna(UNKNOWN_PROBABILITY)
    gained = (queue["left_records"] * queue["right_records"]).where(apart, 0)
    queue = queue.assign(
        records_joined=(queue["left_records"] + queue["right_records"]).where(apart, 0),
        pairs_gained=gained,
        expected_pairs=(gained.astype("float64") * chance).astype("float64"),
        children=children,
        chance=chance,
    )
    best = queue.groupby("children")["expected_pairs"].transform("max")
    queue = (
        queue.assign(best=best)
        .sort_values(
            ["best", "pairs_gained", "children", "chance", "comparable", *PAIR],
            ascending=[False, False, True, False, False, True, True, True, True],
            ignore_index=True,
        )
        .drop(columns=["best", "chance"])
    )
    question = pd.Series(pd.factorize(queue["children"])[0] + 1, index=queue.index, dtype="Int64")
    again = question.duplicated().to_numpy()
    return queue.assign(
        question=question,
        **{name: queue[name].mask(again, 0) for name in GAINS},
    ).drop(columns="children")
