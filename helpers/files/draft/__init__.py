"""Draft a layout for an undeclared file from its headers and values, for a person to correct."""

from helpers.files.draft.folder import Drafted, OpenDraft, Started, draft_layouts, open_drafts, told

__all__ = ["Drafted", "OpenDraft", "Started", "draft_layouts", "open_drafts", "told"]
