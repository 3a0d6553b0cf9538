"""Generate a folder like that of a district's data desk: test data of the generator, in no report."""

from synthetic_data.desk.desk_folder import make_desk_folder

__all__ = ["make_desk_folder"]
