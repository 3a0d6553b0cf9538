"""A file that nobody declared: a layout is drafted from its heads and values, for a person to correct."""

from helpers.files.draft.folder import Drafted, OpenDraft, Started, open_drafts, start_folder, told

__all__ = ["Drafted", "OpenDraft", "Started", "open_drafts", "start_folder", "told"]
