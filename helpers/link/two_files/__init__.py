"""Link any two files of persons, or find duplicates in one."""

from helpers.link.two_files.link import Linked, link_files
from helpers.link.two_files.mapping import SideMapping, Source, as_toml, read_mapping
from helpers.link.two_files.read import PersonFile, read_person_file

__all__ = [
    "Linked",
    "PersonFile",
    "SideMapping",
    "Source",
    "as_toml",
    "link_files",
    "read_mapping",
    "read_person_file",
]
