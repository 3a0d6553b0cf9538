"""Score links, findings, profiles and gaps against the answer key."""

from helpers.score.answer_key import AnswerKey, can_be_judged, read_answer_key
from helpers.score.card_sort import (
    agreement_of_teams,
    blank_card_sort,
    deal_cards,
    read_card_sorts,
    score_card_sorts,
    score_sheet,
    true_card_groups,
)
from helpers.score.children import (
    children_by_system,
    complete_without,
    judge_records,
    score_cases,
    score_children,
)
from helpers.score.family_pages import FamilyPageScores, judge_family_pages, score_pages, score_pages_on_hold
from helpers.score.findings import detected_faults, is_detectable
from helpers.score.flags import (
    KNOWN,
    SIGNS,
    children_at_risk,
    missed_flags,
    signs_of,
    systems_of_signs,
    true_flags,
)
from helpers.score.groups import AS_THEY_ARE, MADE_EQUAL, GroupScores, missed_by_group, score_groups
from helpers.score.headlines import (
    AND,
    COUNTED,
    COUNTED_IN,
    MATCHED,
    NUMBER,
    Headlines,
    list_strays,
    main_cause,
    measure,
)
from helpers.score.links import crosswalk_from, judge_matches, must_be_of, score_links, score_pairs
from helpers.score.profiles import judge_decision, judge_profiles, score_profiles, true_profiles
from helpers.score.regions import score_movers, score_region, score_roster_owners, true_region
from helpers.score.review import score_calibration, with_review
from helpers.score.summary import (
    NAMED_RECORDS,
    LinkSummary,
    compare_methods,
    measure_separable_pairs,
    summarize_links,
)
from helpers.score.truth import misjudged_pairs, rows_not_there, true_crosswalk

# Public names, each documented. Other imports here are for other rooms.
__all__ = [
    "AnswerKey",
    "GroupScores",
    "LinkSummary",
    "can_be_judged",
    "compare_methods",
    "crosswalk_from",
    "detected_faults",
    "is_detectable",
    "judge_decision",
    "judge_family_pages",
    "judge_matches",
    "judge_profiles",
    "measure",
    "misjudged_pairs",
    "missed_by_group",
    "missed_flags",
    "read_answer_key",
    "score_calibration",
    "score_cases",
    "score_children",
    "score_groups",
    "score_links",
    "score_movers",
    "score_pages",
    "score_pages_on_hold",
    "score_pairs",
    "score_profiles",
    "score_region",
    "score_roster_owners",
    "summarize_links",
    "true_crosswalk",
    "true_flags",
    "true_profiles",
    "true_region",
    "with_review",
]
