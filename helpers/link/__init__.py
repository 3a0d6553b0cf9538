"""Say which records of which systems are the same child, and on what evidence."""

from helpers.link.ladder import METHODS, Links, Method, link_children
from helpers.link.lookup import look_up, look_up_everywhere

__all__ = ["METHODS", "Links", "Method", "link_children", "look_up", "look_up_everywhere"]
