"""School as it really went, over two school years."""

from synthetic_data.schooling.schooling import Schooling, make_schooling

__all__ = ["Schooling", "make_schooling"]
