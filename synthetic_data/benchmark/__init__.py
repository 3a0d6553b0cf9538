"""The K-12 linkage benchmark: frozen sets of synthetic school records, and a scorer for any linker."""

from synthetic_data.benchmark.make import MadeSet, make_benchmark
from synthetic_data.benchmark.plan import Plan, SetPlan, Track, load_plan
from synthetic_data.benchmark.scorer import (
    Entry,
    EntryError,
    LinkageSet,
    Scores,
    read_entry,
    read_set,
    score_entry,
)

__all__ = [
    "Entry",
    "EntryError",
    "LinkageSet",
    "MadeSet",
    "Plan",
    "Scores",
    "SetPlan",
    "Track",
    "load_plan",
    "make_benchmark",
    "read_entry",
    "read_set",
    "score_entry",
]
