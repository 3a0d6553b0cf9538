"""What is said to whoever may not see: a sentence that holds nothing of a child."""

from __future__ import annotations

from helpers.standard import BadInput

__all__ = ["Refused"]


class Refused(BadInput):
    """A view that no rule allows. Its words name roles, purposes and rules, and nothing of a child."""
