"""Say which records of which systems are the same child, and on what evidence."""

from helpers.link.crosswalk import Links
from helpers.link.districts import RegionLinks, link_districts
from helpers.link.methods.deterministic import join_all_on_id, join_on_id
from helpers.link.pipeline import METHODS, Method, link_children, link_district
from helpers.link.review.compare import compare_records, record_pair
from helpers.link.train import explain_pair, match_weights_of, train_on_district

__all__ = [
    "METHODS",
    "Links",
    "Method",
    "RegionLinks",
    "compare_records",
    "explain_pair",
    "join_all_on_id",
    "join_on_id",
    "link_children",
    "link_district",
    "link_districts",
    "match_weights_of",
    "record_pair",
    "train_on_district",
]
