"""Native files to silos and back: read, render, write; everything that a file holds is used or reported."""

from helpers.files.read_district import read_district
from helpers.files.render import render
from helpers.files.silo import Silo
from helpers.files.silo__district import District
from helpers.files.text_table import TextTable
from helpers.files.write import write_files, write_table

__all__ = ["District", "Silo", "TextTable", "read_district", "render", "write_files", "write_table"]
