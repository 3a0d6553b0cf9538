"""Draft a layout for an undeclared file from its headers and values, for a person to correct."""

from helpers.files.draft.explain import explain_draft, tables_of_drafts
from helpers.files.draft.folder import Drafted, Started, draft_layouts, told
from helpers.files.draft.sniff import UnknownFile

__all__ = [
    "Drafted",
    "Started",
    "UnknownFile",
    "draft_layouts",
    "explain_draft",
    "tables_of_drafts",
    "told",
]
