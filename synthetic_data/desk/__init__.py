"""A folder as a district's desk has it: the maker's own test data, which stands in no report."""

from synthetic_data.desk.desk_folder import make_desk_folder

__all__ = ["make_desk_folder"]
