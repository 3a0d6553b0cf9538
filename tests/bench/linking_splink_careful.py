"""The peer: Splink as a careful user runs it, comparisons and blocking tuned on districts not reported on."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from helpers.link.resolve.clusters import components

__all__ = [
    "COMPONENTS",
    "ONE_A_SILO",
    "careful_linker",
    "careful_pairs",
    "cluster_components",
    "cluster_one_a_silo",
]

EM_PAIRS = 1e6
U_PAIRS = 5e6
SEED = 7
MEMORY = "6GB"
# Steps of EM at most. Of a level that no match has, m falls toward 0, and Splink breaks off below 1e-300, as
# with seed 31. A careful user then lets it stop earlier.
STEPS = (25, 20, 15, 10)
# Match weights (log2) among which the best is chosen for it with the truth, as nobody could in earnest.
ONE_A_SILO = (-2.0, -1.0, -3.0, -4.0, -5.0)
COMPONENTS = (-2.0, -1.5, -1.0, -0.5, 0.0, 1.0, 2.0, 3.0)
IDS = ("district_id", "state_id", "login_id")
BLOCKS = (
    ("last_name", "dob"),
    ("first_name", "dob"),
    ("first_token", "last_token"),
    ("first_token", "last_end"),
    ("preferred", "last_name"),
    ("first_name", "school", "grade"),
    ("last_name", "first_start"),
    ("last_start", "school", "grade"),
    ("email",),
    *((name,) for name in IDS),
)
SWAPPED_NAMES = "l.first_name = r.last_name and l.last_name = r.first_name"
# A visit to the nurse and a survey filled in are a record each; other systems are held to keep a child once.
MORE_RECORDS_A_CHILD = frozenset({"health", "survey"})
# Levels of the comparison of names, as Splink numbers them: 0 anything else, 1 surname alone, 2 first name
# alone.
FIRST_NAME_ALONE = 2
SAME_BIRTH_DATE = 7


def careful_linker(records: pd.DataFrame) -> Linker:
    """Set the model up and train it without labels: u by sampling, m by EM over three blocks of pairs.

    Parameters
    ----------
    records
        From `peer_records`.

    Returns
    -------
    Linker
        Ready to predict.
    """
    for steps in STEPS[:-1]:
        try:
            return _trained(records, steps)
        except ValueError as error:
            if "below the minimum" not in str(error):
                raise
    return _trained(records, STEPS[-1])


def _trained(records: pd.DataFrame, steps: int) -> Linker:
    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": MEMORY})
    linker = Linker(DuckDBAPI(connection).register(records), _settings(steps), log_level="ERROR")
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("full_name", "dob"), block_on("full_name", "school", "grade"), block_on("email")],
        recall=0.5,
    )
    train.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
    for block in (("last_name", "first_name"), ("dob",), ("last_name", "school")):
        train.estimate_parameters_using_expectation_maximisation(block_on(*block), max_pairs=EM_PAIRS)
    return linker


def careful_pairs(linker: Linker) -> pd.DataFrame:
    """Predict all blocked pairs.

    Parameters
    ----------
    linker
        From `careful_linker`.

    Returns
    -------
    pandas.DataFrame
        ``number_l``, ``number_r`` (records), their silos, ``match_weight``, ``match_probability``, a gamma
        column a comparison, and ``guarded``: the household guard lets the pair through (first names do not
        plainly differ; where surnames do, birth dates agree; where a name is missing, an id agrees).
    """
    predicted = linker.inference.predict()
    gammas = ", ".join(
        f"gamma_{name}"
        for name in (
            "name",
            "age",
            "middle",
            "sex",
            "school",
            "email",
            "telephone",
            "district_id",
            "state_id",
        )
    )
    same_id = " or ".join(f"gamma_{name} = 1" for name in IDS)
    return linker.misc.query_sql(
        f"""
        select number_l, number_r, source_dataset_l, source_dataset_r, match_weight, match_probability,
            {gammas},
            gamma_name > {FIRST_NAME_ALONE}
                or (gamma_name = {FIRST_NAME_ALONE} and gamma_age = {SAME_BIRTH_DATE})
                or (gamma_name = -1 and ({same_id})) as guarded
        from {predicted.physical_name}
        """,
        output_type="pandas",
    )


def cluster_components(pairs: pd.DataFrame, count: int, threshold: float) -> np.ndarray:
    """Join whatever a pair above the threshold connects, as Splink's plain clustering does.

    Parameters
    ----------
    pairs
        From `careful_pairs`.
    count
        How many records there are.
    threshold
        Lowest match weight.

    Returns
    -------
    numpy.ndarray
        ``int64``: a label a record.
    """
    kept = pairs[pairs["guarded"] & pairs["match_weight"].ge(threshold)]
    return np.asarray(
        components(count, kept["number_l"].to_numpy(), kept["number_r"].to_numpy()), dtype="int64"
    )


def cluster_one_a_silo(linker: Linker, pairs: pd.DataFrame, threshold: float) -> np.ndarray:
    """Join by mutually best pairs so that a child has one record a silo: Splink's one-to-one clustering.

    Parameters
    ----------
    linker
        From `careful_linker`.
    pairs
        From `careful_pairs`.
    threshold
        Lowest match weight.

    Returns
    -------
    numpy.ndarray
        ``int64``: a label a record.
    """
    database = linker._db_api
    # Its query holds a condition that grows with every silo; DuckDB 2.0 rewrites it until memory ends.
    database._con.execute("SET disabled_optimizers = 'expression_rewriter'")
    needed = [
        "number_l",
        "number_r",
        "source_dataset_l",
        "source_dataset_r",
        "match_weight",
        "match_probability",
    ]
    kept = pairs.loc[pairs["guarded"] & pairs["match_weight"].ge(threshold), needed]
    silos = set(pairs["source_dataset_l"]) | set(pairs["source_dataset_r"])
    clustered = linker.clustering.cluster_using_single_best_links(
        database.register(kept.reset_index(drop=True)),
        duplicate_free_datasets=sorted(
            silo for silo in silos if silo.partition("__")[0] not in MORE_RECORDS_A_CHILD
        ),
        threshold_match_weight=threshold,
    ).as_pandas_dataframe()
    database._con.execute("SET disabled_optimizers = ''")
    return pd.factorize(clustered.sort_values("number")["cluster_id"])[0].astype("int64")


def _settings(steps: int) -> SettingsCreator:
    return SettingsCreator(
        max_iterations=steps,
        link_type="link_and_dedupe",
        unique_id_column_name="number",
        source_dataset_column_name="source_dataset",
        blocking_rules_to_generate_predictions=[*(block_on(*columns) for columns in BLOCKS), SWAPPED_NAMES],
        comparisons=[
            _names(),
            _age(),
            cl.CustomComparison(
                output_column_name="middle",
                comparison_levels=[
                    cll.NullLevel("middle"),
                    cll.ExactMatchLevel("middle"),
                    cll.CustomLevel(
                        "middle_initial_l = middle_initial_r and (length(middle_l)=1 or length(middle_r)=1)",
                        "initial",
                    ),
                    cll.ElseLevel(),
                ],
            ),
            cl.ExactMatch("sex"),
            cl.ExactMatch("school"),
            _rare("email"),
            _rare("telephone"),
            *(_rare(name) for name in IDS),
        ],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )


def _age() -> cl.CustomComparison:
    """Compare birth dates, and grades only where a birth date is missing: both tell a child's age."""
    return cl.CustomComparison(
        output_column_name="age",
        comparison_levels=[
            cll.CustomLevel(
                "(dob_l is null or dob_r is null) and (grade_l is null or grade_r is null)", "neither known"
            ).configure(is_null_level=True),
            cll.ExactMatchLevel("dob"),
            cll.CustomLevel(SWAPPED, "day and month swapped"),
            cll.DamerauLevenshteinLevel("dob", 1),
            cll.CustomLevel(TWO_OF_THREE, "two parts of a birth date"),
            cll.CustomLevel("dob_l is not null and dob_r is not null", "birth dates differ"),
            cll.CustomLevel("grade_l = grade_r", "same grade"),
            cll.CustomLevel("abs(grade_l - grade_r) <= 1", "a grade apart"),
            cll.ElseLevel(),
        ],
    )


def _rare(column: str) -> cl.CustomComparison:
    """Compare what two children share so seldom that a sample of pairs does not show how seldom."""
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.ExactMatchLevel(column).configure(u_probability=1e-4, fix_u_probability=True),
            cll.ElseLevel().configure(u_probability=1 - 1e-4, fix_u_probability=True),
        ],
    )


SWAPPED = (
    "substr(dob_l, 1, 4) = substr(dob_r, 1, 4) and substr(dob_l, 6, 2) = substr(dob_r, 9, 2) "
    "and substr(dob_l, 9, 2) = substr(dob_r, 6, 2)"
)
TWO_OF_THREE = (
    "substr(dob_l, 1, 7) = substr(dob_r, 1, 7) or substr(dob_l, 5, 6) = substr(dob_r, 5, 6) "
    "or (substr(dob_l, 1, 4) = substr(dob_r, 1, 4) and substr(dob_l, 9, 2) = substr(dob_r, 9, 2))"
)
# A nickname that a system itself keeps as the preferred name counts as the first name.
NEAR_FIRST = (
    "(first_token_l = first_token_r or coalesce(preferred_l = first_name_r, false) "
    "or coalesce(preferred_r = first_name_l, false) or coalesce(preferred_l = preferred_r, false))"
)
SHARED_SURNAME = "array_length(list_intersect(last_parts_l, last_parts_r)) >= 1"
INITIAL = (
    "last_name_l = last_name_r and (length(first_name_l) = 1 or length(first_name_r) = 1) "
    "and substr(first_name_l, 1, 1) = substr(first_name_r, 1, 1)"
)
NEAR = "jaro_winkler_similarity({0}_l, {0}_r) >= {1}"


def _names() -> cl.CustomComparison:
    """Compare first and last name together, so that the frequency of the whole name counts."""
    near = {limit: f"({NEAR.format('first_name', limit)} or {NEAR_FIRST})" for limit in (0.92, 0.88)}
    last = {limit: f"({NEAR.format('last_name', limit)} or {SHARED_SURNAME})" for limit in (0.92, 0.88)}
    return cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("full_name"),
            cll.ExactMatchLevel("full_name").configure(tf_adjustment_column="full_name"),
            cll.ExactMatchLevel("core_name").configure(tf_adjustment_column="core_name"),
            cll.CustomLevel(f"{NEAR_FIRST} and {SHARED_SURNAME}", "nickname or part of a surname").configure(
                tf_adjustment_column="core_name"
            ),
            cll.ColumnsReversedLevel("first_name", "last_name", symmetrical=True),
            cll.CustomLevel(f"{near[0.92]} and {last[0.92]}", "both near (.92)").configure(
                tf_adjustment_column="core_name"
            ),
            cll.CustomLevel(f"{near[0.88]} and {last[0.88]}", "both near (.88)"),
            cll.CustomLevel(INITIAL, "same surname, initial"),
            cll.ExactMatchLevel("first_name").configure(tf_adjustment_column="first_name"),
            cll.ExactMatchLevel("last_name").configure(tf_adjustment_column="last_name"),
            cll.ElseLevel(),
        ],
    )
