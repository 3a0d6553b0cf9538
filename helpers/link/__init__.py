"""Link the records of each child across systems, with the evidence for each link."""

from helpers.link.blocking import components
from helpers.link.crosswalk import Links
from helpers.link.decisions import fingerprints
from helpers.link.districts import RegionLinks, link_districts
from helpers.link.ids.columns import verify_id_columns
from helpers.link.matches import LARGEST_BLOCK
from helpers.link.methods.deterministic import join_all_on_id, join_on_id
from helpers.link.model import LinkModel, declared_model, drift
from helpers.link.model.calibration import (
    CALIBRATION,
    DOUBTS,
    calibrate,
    log_odds,
    share_of_errors,
    uncalibrate,
)
from helpers.link.model.parameters import SHIPPED
from helpers.link.pipeline import METHODS, Method, link_children, link_district, method_named
from helpers.link.quality import BANDS, LEARNED, estimate_caveat, estimate_quality, probability_bands
from helpers.link.records import Records, SourceLocations, prepare_records
from helpers.link.records_a_child import records_a_child
from helpers.link.review import read_decisions, review_queue, save_queue
from helpers.link.review.compare import SHOWN, compare_records, record_pair
from helpers.link.review.queue import (
    BETWEEN,
    ERROR_RATE,
    FIELDS,
    SECONDS_A_DECISION,
    expected_review_gain,
    first_minutes,
)
from helpers.link.review.session import ReviewSession
from helpers.link.train import explain_pair, match_weights_of, train_on_district, train_on_districts
from helpers.link.two_files import Linked, PersonFile, as_toml, link_files, read_mapping, read_person_file
from helpers.link.values.contacts import emails, telephones
from helpers.link.values.identifiers import UNDECLARED_MAY_BE, WEAK, comparable_ids, equal_ids
from helpers.link.values.name_forms import name_keys, parse_names
from helpers.link.values.names import fold
from helpers.link.values.schools import school_name, school_year_end

# Public names, each documented. The other imports serve other rooms.
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
    "method_named",
    "record_pair",
    "train_on_district",
]
