"""The review queue: pairs that need review, namesakes, and what an hour of review buys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.files import read_text_table, spreadsheet_bytes, write_atomically
from helpers.link.decisions import IDS, PAIR, RECORD, SIDES, Name, fingerprints, is_of_a_pair, side_of
from helpers.link.resolve.clusters import pairs_already_decided
from helpers.link.review.compare import compare_records, describe_evidence
from helpers.link.values.identifiers import CONTRADICTING
from helpers.link.values.name_forms import name_keys, parse_names
from helpers.standard import STRING, BadInput, as_table, isin_text

if TYPE_CHECKING:
    from helpers.link.crosswalk import Links

__all__ = [
    "BETWEEN",
    "ERROR_RATE",
    "FIELDS",
    "SECONDS_A_DECISION",
    "UNKNOWN_PROBABILITY",
    "expected_review_gain",
    "first_minutes",
    "namesakes",
    "review_queue",
    "save_queue",
]


BETWEEN = " | "
MOST = 4


def namesakes(pairs: pd.DataFrame, crosswalk: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """List other children with the same name as one of a pair's records."""
    if pairs.empty:
        return pd.Series(None, index=pairs.index, dtype=STRING)
    size = crosswalk.groupby("child")["record"].transform("size")
    dated = crosswalk["linkable_by"].eq("Name and birth date")
    first = crosswalk["step"].isna() & (size.gt(1) | dated)
    known = crosswalk.loc[first, [*RECORD, "child"]]
    asked = crosswalk.loc[is_of_a_pair(crosswalk, pairs), [*RECORD, "child"]]
    rows = pd.concat([known, asked]).drop_duplicates(list(RECORD), ignore_index=True)
    rows = rows.merge(people, on=list(RECORD), how="left", validate="one_to_one")
    number = pd.MultiIndex.from_frame(rows[list(RECORD)].astype(object))
    ends = {
        side: number.get_indexer(
            pd.MultiIndex.from_frame(pairs[[f"{side}_{name}" for name in RECORD]].astype(object))
        )
        for side in SIDES
    }
    asked_rows = np.unique(np.concatenate(list(ends.values())))
    is_known = isin_text(_key(rows), _key(known))
    met = pd.concat([_by_name(rows, asked_rows, is_known), _by_first_name(rows, asked_rows, is_known)])
    others = met.groupby("row")["other"].agg(list).to_dict()
    child = rows["child"].tolist()
    texts = []
    records = [pairs[f"{side}_records"].astype("int64").tolist() for side in SIDES]
    for left, right, many, more in zip(*(ends[side].tolist() for side in SIDES), *records, strict=True):
        own = {child[left], child[right]}
        found = {
            *(others.get(left, []) if many <= more else []),
            *(others.get(right, []) if more <= many else []),
        }
        by_child = {child[row]: row for row in sorted(found, reverse=True) if child[row] not in own}
        texts.append(_named(rows, sorted(by_child.values())) if by_child else None)
    return pd.Series(texts, index=pairs.index, dtype=STRING)


def _by_name(rows: pd.DataFrame, asked: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Find known records that share a name key with a record in question."""
    record, key = name_keys(parse_names(rows))
    keys = pd.DataFrame({"row": record, "key": key}).drop_duplicates()
    # Few names are in question: drop the others before joining.
    mine = keys[keys["row"].isin(asked)]
    theirs = keys[keys["key"].isin(mine["key"]) & known[keys["row"].to_numpy()]]
    met = mine.merge(theirs, on="key", how="inner", suffixes=("", "_other"), validate="many_to_many")
    return met[["row", "row_other"]].drop_duplicates().set_axis(["row", "other"], axis="columns")


def _by_first_name(rows: pd.DataFrame, asked: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Find known records with the first name, grade and school of a record without a surname."""
    first = rows["first_name"].str.normalize("NFKD").str.replace(r"[\W\d]+", "", regex=True).str.casefold()
    # One system's school number can't be compared with another's school name.
    school = rows["school"].mask(rows["school"].str.fullmatch(r"\d+").fillna(False).astype(bool))
    records = pd.DataFrame({"first": first, "grade_level": rows["grade_level"], "school": school})
    records = records.assign(row=np.arange(len(rows))).dropna(subset=["first"])
    bare = rows["last_surname"].isna() & rows["full_name"].isna()
    mine = records[records["row"].isin(asked) & bare.reindex(records.index)]
    met = mine.merge(
        records[known[records["row"].to_numpy()]],
        on="first",
        how="inner",
        suffixes=("", "_other"),
        validate="many_to_many",
    )
    for name in ("grade_level", "school"):
        met = met[met[name].isna() | met[f"{name}_other"].isna() | met[name].eq(met[f"{name}_other"])]
    return met[["row", "row_other"]].set_axis(["row", "other"], axis="columns")


def _key(records: pd.DataFrame) -> pd.Series:
    return records["silo"].astype(STRING) + "\n" + records["record"].astype(STRING)


def _named(rows: pd.DataFrame, positions: list[int]) -> str:
    texts = [_one(rows.iloc[position]) for position in positions[:MOST]]
    if len(positions) > MOST:
        texts.append(f"and {len(positions) - MOST} more")
    return BETWEEN.join(texts)


def _one(row: pd.Series) -> str:
    names = {name: "" if pd.isna(row[name]) else str(row[name]) for name in ("first_name", "last_surname")}
    name = " ".join(part for part in names.values() if part)
    name = name or ("" if pd.isna(row["full_name"]) else str(row["full_name"]))
    parts = [name]
    if not pd.isna(row["birth_date"]):
        parts.append(f"born {row['birth_date']:%Y-%m-%d}")
    if not pd.isna(row["grade_level"]):
        parts.append(f"grade {str(row['grade_level']).lstrip('0') or row['grade_level']}")
    if not pd.isna(row["school"]):
        parts.append(str(row["school"]))
    return f"{row['silo']}: {', '.join(parts)}"


# Fields for the reviewer, in reading order.
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
# A rule that sends a pair to review gives no probability: our own assumption is an even chance.
UNKNOWN_PROBABILITY = 0.5
GAINS = ("records_joined", "pairs_gained", "expected_pairs")


def review_queue(
    links: Links,
    people: pd.DataFrame,
    *,
    identifiers: pd.DataFrame | None = None,
    schools: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the pairs that need review, those first that would join the most records.

    Parameters
    ----------
    links
        The links so far.
    people
        The standard table *people*.
    identifiers
        The standard table of that name: ``left_ids`` and ``right_ids`` then have the comparable ids of both
        records.
    schools
        The standard fact table *school*: schools then have their own system's names.

    Returns
    -------
    pandas.DataFrame
        One row per pair with decision *Review* that no decision answers, sorted by expected pairs,
        then pairs gained:

        - ``question`` (1, 2, …): pairs of the same two children are one question, since one answer resolves
          them; the likeliest, then the one with most to compare, comes first;
        - ``answer`` (empty), ``probability`` (0–1, NA if a rule sent the pair here), ``evidence`` as
          text, ``namesakes`` (other children with that name);
        - for each of `FIELDS` ``left_…`` and ``right_…``; fields that no pair has are left out;
        - ``left_records``, ``right_records`` (records of each side's child), ``left_systems`` and
          ``right_systems`` (that child's systems, joined by ``; ``);
        - ``records_joined`` and ``pairs_gained`` by a yes, ``expected_pairs`` (pairs gained times
          probability, an even chance without one): on the first row of a question, 0 on its others;
        - the records' names, and ``fingerprint``.
    """
    waits = links.pairs["decision"].eq("Review") & pairs_already_decided(links.pairs, links.crosswalk).isna()
    review = links.pairs[waits].drop_duplicates(list(PAIR), ignore_index=True)
    queue = review[list(PAIR)].assign(
        probability=review["match_probability"], evidence=describe_evidence(review)
    )
    with_schools = _with_schools(people, schools)
    people = people[is_of_a_pair(people, review)].reset_index(drop=True)
    queue = compare_records(queue, with_schools, [field for field in FIELDS if field != "ids"])
    queue = queue.assign(**_ids_beside(queue, identifiers))
    queue = queue[[*PAIR, "probability", "evidence", *(f"{side}_{one}" for one in FIELDS for side in SIDES)]]
    known = queue.notna().any()
    unused = [field for field in FIELDS if len(queue) and not any(known[f"{side}_{field}"] for side in SIDES)]
    queue = queue.drop(columns=[f"{side}_{field}" for field in unused for side in SIDES])
    both = sum(
        (queue[f"left_{field}"].notna() & queue[f"right_{field}"].notna()).astype("int64")
        for field in FIELDS
        if field not in unused
    )
    queue = _with_gain(queue.assign(comparable=both), links.crosswalk)
    queue = queue.assign(namesakes=namesakes(queue, links.crosswalk, with_schools))
    queue = queue.assign(fingerprint=fingerprints(queue, people), answer=pd.Series(None, queue.index, STRING))
    first = ["question", "answer", "probability", "evidence", "namesakes"]
    last = [*GAINS, *PAIR, "fingerprint"]
    inner = {"left_child", "right_child", "comparable"}
    middle = [name for name in queue.columns if name not in {*first, *last, *inner}]
    return queue[[*first, *middle, *last]]


def save_queue(queue: pd.DataFrame, path: Path, earlier: Path | None = None) -> list[Path]:
    """Write the questions of a queue for a spreadsheet; save a copy of earlier answers.

    Each question is one line, its first pair. The answer covers the other pairs, so that nobody answers the
    same question twice, or differently.

    Parameters
    ----------
    queue
        From `review_queue`.
    path
        Ends in ``.csv``. The file contains children's names: store it where the exports are.
    earlier
        The earlier queue, if not at ``path``; it stays in place, and its copy goes next to ``path``.

    Returns
    -------
    list of Path
        The saved files: the queue, and the copy of the earlier file if it had answers.
    """
    saved = [path]
    before = earlier or path
    if before.exists() and _has_answers(before):
        kept = path.with_name(f"{path.stem}_answered_{datetime.now(UTC):%Y-%m-%d_%H%M%S_%f}.csv")
        write_atomically(kept, before.read_bytes())
        saved.append(kept)
    asked = queue[~queue["question"].duplicated()]
    write_atomically(path, spreadsheet_bytes(asked, ids=IDS))
    return saved


def _has_answers(path: Path) -> bool:
    earlier = read_text_table(path)
    return "answer" in earlier.columns and bool(earlier["answer"].notna().any())


def _ids_beside(queue: pd.DataFrame, identifiers: pd.DataFrame | None) -> dict[str, pd.Series]:
    """Return each side's ids that can be compared with the other's: equal, or of a contradicting system.

    Each vendor has its own numbers; a difference between two of those means nothing.
    """
    held: dict[Name, list[tuple[str, str]]] = {}
    if identifiers is not None:
        columns = [*RECORD, "identification_system", "identifier"]
        listed = identifiers.loc[is_of_a_pair(identifiers, queue), columns].dropna().drop_duplicates()
        listed = listed[~listed["identification_system"].isin(["Login", "Email", "PIN"])]
        for silo, record, system, number in listed.itertuples(index=False):
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
    """Add school names, from the record's own system or from any other that names the number."""
    school = people["school_name"]
    if schools is not None and not schools.empty:
        named = schools.dropna(subset=["school_id", "school_name"])
        own = named.drop_duplicates(["silo", "school_id"])[["silo", "school_id", "school_name"]]
        found = people[["silo", "school_id"]].merge(
            own, on=["silo", "school_id"], how="left", validate="many_to_one"
        )["school_name"]
        # One number may be two schools in two systems: then it has no name.
        distinct = named.drop_duplicates(["school_id", "school_name"])
        any_system = distinct.drop_duplicates("school_id", keep=False).set_index("school_id")["school_name"]
        school = school.fillna(pd.Series(found.to_numpy(), index=people.index, dtype=STRING))
        school = school.fillna(people["school_id"].map(any_system).astype(STRING))
    return people.assign(school=school.fillna(people["school_id"]).astype(STRING))


def _with_gain(queue: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Add what a yes would join for each pair; sort the largest first."""
    child = crosswalk.loc[is_of_a_pair(crosswalk, queue), [*RECORD, "child"]]
    by_child = crosswalk[isin_text(crosswalk["child"], child["child"])].groupby("child", sort=False)["silo"]
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


# Without an answer key all of this is an estimate, only as good as its probabilities. With a key, pass which
# pairs are one child.

# Our own assumption: we found no figure for two records of a school district. Measure yours: the desk reports
# how long you took.
SECONDS_A_DECISION = 30.0
# Two trained reviewers mostly disagreed on 1 to 5% of pairs ("Manual evaluation of record linkage algorithm
# performance in four real-world datasets", 2024, PubMed 38508580); two who each err on 2% disagree on 4%.
# Yours may be many times that: one reviewer there differed on 59%.
ERROR_RATE = 0.02


def expected_review_gain(
    queue: pd.DataFrame,
    *,
    seconds: float = SECONDS_A_DECISION,
    error_rate: float = ERROR_RATE,
    unknown_probability: float = UNKNOWN_PROBABILITY,
    is_one_child: pd.Series | None = None,
) -> pd.DataFrame:
    """Estimate the gain of review, one row per question in queue order, cumulated from the top."""
    if not seconds > 0:
        raise BadInput(f"seconds is {seconds}: a decision takes more than 0 seconds.")
    if not 0 <= error_rate < 0.5:
        raise BadInput(f"error_rate is {error_rate}: it is 0 to below 0.5; at 0.5 a coin does as well.")
    if not 0 <= unknown_probability <= 1:
        raise BadInput(f"unknown_probability is {unknown_probability}: a probability is 0 to 1.")
    if is_one_child is None:
        chance = queue["probability"].fillna(unknown_probability)
    else:
        chance = is_one_child.astype("float64").reindex(queue.index)
    asked = queue.assign(chance=chance.astype("float64"))
    asked = asked[~asked["question"].duplicated()].reset_index(drop=True)
    gained = asked["pairs_gained"].astype("float64")
    is_one = asked["chance"]
    right_yes, wrong_yes = is_one * (1 - error_rate), (1 - is_one) * error_rate
    # A yes completes nothing if both records belong to one child already.
    mended = right_yes.where(gained > 0, 0.0)
    return as_table(
        "review_gain",
        pd.DataFrame(
            {
                "questions": asked.index + 1,
                "minutes": (asked.index + 1) * (seconds / 60),
                "pairs_gained": (right_yes * gained).cumsum(),
                "wrong_pairs": (wrong_yes * gained).cumsum(),
                "wrong_pairs_avoided": ((1 - is_one) * (1 - error_rate) * gained).cumsum(),
                "children_completed": mended.cumsum(),
                "basis": pd.Series(
                    "Estimate" if is_one_child is None else "Answer key", index=asked.index, dtype=STRING
                ),
            }
        ),
    )


def first_minutes(worth: pd.DataFrame, minutes: float = 60) -> pd.Series:
    """Return the gain of the first minutes.

    >>> one = pd.DataFrame({"question": [1, 2], "probability": [0.9, 0.5], "pairs_gained": [10, 2]})
    >>> bought = first_minutes(expected_review_gain(one, seconds=60, error_rate=0.0), minutes=1)
    >>> int(bought["questions"]), float(bought["pairs_gained"])
    (1, 9.0)
    """
    reached = worth[worth["minutes"] <= minutes + 1e-9]
    if len(reached):
        return reached.iloc[-1]
    return pd.Series(
        {name: 0 if pd.api.types.is_numeric_dtype(kind) else None for name, kind in worth.dtypes.items()}
    )
