"""A file that nobody declared: a layout is drafted from its heads and values, for a person to correct."""

from helpers.files.draft.folder import Drafted, OpenDraft, Started, draft_layouts, open_drafts, told

__all__ = ["Drafted", "OpenDraft", "Started", "draft_layouts", "open_drafts", "told"]
