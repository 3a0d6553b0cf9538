"""Say which records of which systems are the same child, and on what evidence."""

from helpers.link.crosswalk import Links
from helpers.link.districts import RegionLinks, link_districts
from helpers.link.methods.deterministic import look_up, look_up_everywhere
from helpers.link.pipeline import METHODS, Method, link_children, link_district
from helpers.link.review.compare import beside, two_records
from helpers.link.train import explain_pair, match_weights_of, train_on_district

__all__ = [
    "METHODS",
    "Links",
    "Method",
    "RegionLinks",
    "beside",
    "explain_pair",
    "link_children",
    "link_district",
    "link_districts",
    "look_up",
    "look_up_everywhere",
    "match_weights_of",
    "train_on_district",
    "two_records",
]
