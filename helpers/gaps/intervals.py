"""How sure a share is: the interval by which linking judges columns of ids, too."""

from helpers.link.intervals import wilson

__all__ = ["wilson"]
