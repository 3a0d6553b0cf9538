"""Read native files into silos, and render and write them; every row is used or reported."""

from helpers.files.as_made import NOT_INVENTED, digests_of, foreign_file
from helpers.files.command_line.options import (
    Command,
    Sections,
    folder_argument,
    hyphened,
    one_of,
    out_option,
    spelled,
    with_output,
)
from helpers.files.command_line.output import MOST_LINES, Output, Summary
from helpers.files.command_line.progress import StatusLine
from helpers.files.district import (
    District,
    data_rows,
    district_folders,
    folded_accounts,
    is_region,
    no_child_told,
    read_district,
    what_is_there,
    with_children,
)
from helpers.files.draft import Started, UnknownFile, draft_layouts, explain_draft, tables_of_drafts, told
from helpers.files.draft.columns import head_words, numbered_thing, words_file
from helpers.files.draft.sniff import names_columns, speaks_of_persons
from helpers.files.file_profile import WORDS
from helpers.files.findings import Findings
from helpers.files.folder import (
    CHECK_IN_FILE,
    FoundFile,
    describe_tables,
    file_of,
    files_below,
    harm_in,
    must_be_a_folder,
)
from helpers.files.limits import WORKBOOKS_UNPACKED, no_file, shape_trouble, too_empty, too_wide
from helpers.files.parse.file import ReadFile
from helpers.files.parse.values import written_out
from helpers.files.read_silo import OneTable, Silo, read_ones
from helpers.files.readers.decode import read_text
from helpers.files.readers.delimited import DELIMITERS
from helpers.files.readers.workbook import Cell, as_sheet, is_sheet, rows_of, sheets_in
from helpers.files.run_cache import fingerprint, of_what, shared, sharing
from helpers.files.save import (
    all_or_none,
    guarded,
    guarded_cell,
    is_full,
    is_running,
    lock_file,
    make_folder,
    own_place,
    private_folder,
    read_text_table,
    save_all,
    save_table,
    spare_folder,
    spreadsheet_bytes,
    sweep,
    unguarded,
    without_guard,
    write_atomically,
)
from helpers.files.single_row import OneRow, some_rows
from helpers.files.text_table import TextTable, default_settings, unique_names
from helpers.files.tied_programs import end_tied, ended_by_signals, tied_command, when_parent_ends
from helpers.files.writers.files import table_pieces, write_files, write_table
from helpers.files.writers.values import render, render_column

# Public names, each documented. The other imports serve other rooms.
__all__ = ["District", "Silo", "TextTable", "read_district", "render", "write_files", "write_table"]
