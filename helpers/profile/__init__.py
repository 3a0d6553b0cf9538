"""Build profiles: values with provenance, one row per child, and a timeline."""

from helpers.profile.check_in import (
    OUTCOMES,
    add_check_in,
    check_in_day,
    check_in_path,
    check_in_protocol,
    current_statuses,
    follow_up,
    read_check_ins,
)
from helpers.profile.conditions import TRUE, Column, Condition, ConditionText, Given, parts_of
from helpers.profile.conditions.grammar import Compared
from helpers.profile.example_children import ExampleChild, match_example_rules, pick_example_children
from helpers.profile.facts.attendance import attendance_days
from helpers.profile.facts.context import child_tables
from helpers.profile.facts.systems import LatestDay, authority_in, latest_days, recording_system
from helpers.profile.gather import gather_facts
from helpers.profile.indicators import compute_indicators, declared_indicators, indicator, status_by_child
from helpers.profile.indicators.definitions import (
    GRADES,
    Criterion,
    Definition,
    Indicator,
    definition,
)
from helpers.profile.lineage import account_for_rows, source_rows
from helpers.profile.profiles import Profiles, build_profiles, compare_profiles, stated_values_of_part
from helpers.profile.questions import (
    answer_questions,
    children_for,
    groups_for,
    read_questions,
    rows_behind,
    status_of,
)
from helpers.profile.questions.definitions import input_types, kit_questions
from helpers.profile.questions.known import Roster, children_on_roster, listed_by_roster, roster_of
from helpers.profile.questions.missing import missing_data
from helpers.profile.relations import ADULT, adults_of, of_age, on_the_roster, roster_silos, with_rights
from helpers.profile.rules.yearly_counts import only_handed_in
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.profile.store.source import MemorySource, Source, source_of
from helpers.profile.survivorship import read_survivorship
from helpers.profile.values import folded, folded_word
from helpers.standard import Element
from helpers.systems import declared_elements, element

# Public names, each documented. The other imports serve other rooms.
__all__ = [
    "Element",
    "Profiles",
    "attendance_days",
    "build_profiles",
    "compare_profiles",
    "compute_indicators",
    "declared_elements",
    "element",
    "pick_example_children",
    "source_of",
]
