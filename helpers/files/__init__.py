"""Native files to silos and back: read, render, write; everything that a file holds is used or reported."""

from helpers.files.district import District, read_district
from helpers.files.read_silo import Silo
from helpers.files.text_table import TextTable
from helpers.files.writers.files import write_files, write_table
from helpers.files.writers.values import render

__all__ = ["District", "Silo", "TextTable", "read_district", "render", "write_files", "write_table"]
