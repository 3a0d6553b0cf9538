"""Generate the true people of the district."""

from synthetic_data.population.population import Population, make_population, ten_digits

__all__ = ["Population", "make_population", "ten_digits"]
