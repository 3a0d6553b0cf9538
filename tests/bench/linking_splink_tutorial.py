"""Splink as its tutorial runs it: columns as read, comparisons from the library, a threshold of .95."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from tests.bench.linking_data import LinkingData

__all__ = ["tutorial_clusters"]

THRESHOLD = 0.95
SEED = 7
COLUMNS = ["first_name", "last_surname", "sex", "grade_level", "school_id", "email"]


def tutorial_clusters(data: LinkingData) -> np.ndarray:
    """Link a district's students.

    Parameters
    ----------
    data
        The district.

    Returns
    -------
    numpy.ndarray
        ``int64``: a label a student, in order of silo and record.
    """
    students = data.students
    records = students[COLUMNS].assign(
        unique_id=np.arange(len(students)), dob=students["birth_date"].dt.strftime("%Y-%m-%d")
    )
    records = records.astype(object).where(records.notna(), None).astype({"unique_id": "int64"})
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name"),
            cl.NameComparison("last_surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.ExactMatch("grade_level"),
            cl.ExactMatch("school_id").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "last_surname"),
            block_on("last_surname", "dob"),
            block_on("first_name", "dob"),
            block_on("email"),
        ],
    )
    connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "6GB"})
    linker = Linker(DuckDBAPI(connection).register(records), settings, log_level="ERROR")
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_surname", "dob"), block_on("email")], recall=0.7
    )
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    for block in (("first_name", "last_surname"), ("dob",)):
        train.estimate_parameters_using_expectation_maximisation(block_on(*block))
    predicted = linker.inference.predict(threshold_match_probability=0.2)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, THRESHOLD)
    found: pd.DataFrame = clusters.as_pandas_dataframe().sort_values("unique_id")
    return pd.factorize(found["cluster_id"])[0].astype("int64")
