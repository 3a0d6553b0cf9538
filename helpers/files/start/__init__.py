"""A file that nobody declared: a layout is drafted from its heads and values, for a person to correct."""

from helpers.files.start.open_questions import OpenDraft, open_drafts
from helpers.files.start.start_folder import Drafted, Started, start_folder
from helpers.files.start.told import told

__all__ = ["Drafted", "OpenDraft", "Started", "open_drafts", "start_folder", "told"]
