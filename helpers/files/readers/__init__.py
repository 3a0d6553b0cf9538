"""Readers of the file formats, one format a module."""
