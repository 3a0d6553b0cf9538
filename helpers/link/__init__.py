"""Say which records of which systems are the same child, and on what evidence."""

from helpers.link.beside import beside, two_records
from helpers.link.crosswalk import Links
from helpers.link.districts import RegionLinks, link_districts
from helpers.link.ladder import METHODS, Method, link_children
from helpers.link.lookup import look_up, look_up_everywhere
from helpers.link.model_of_district import explain_pair, match_weights_of, train_on_district
from helpers.link.of_district import link_district

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
