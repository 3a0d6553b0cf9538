"""Children whose rows a system itself put into one record: whoever joins that record joins both."""

from __future__ import annotations

from helpers.files import District
from helpers.score import read_answer_key
from helpers.score.truth import true_person_of_record

__all__ = ["children_of_mixed_records"]


def children_of_mixed_records(district: District) -> set[str]:
    """List the persons who stand, with another one, behind a record of a made district."""
    behind = true_person_of_record(district, read_answer_key(district.folder))
    several = behind.groupby(["silo", "record"])["person"].transform("nunique") > 1
    return set(behind.loc[several, "person"])
