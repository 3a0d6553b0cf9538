"""Say which records of which systems are the same child, and on what evidence."""

from helpers.link.ladder import METHODS, Links, Method, link_children

__all__ = ["METHODS", "Links", "Method", "link_children"]
