"""Solutions of notebook 05, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-5.1": """
rates = card[card["measure"].eq("match rate")].dropna(subset=["value"]).sort_values("value")
worst_pair = tuple(rates[["left_silo", "right_silo"]].iloc[0])
"""
}

MISTAKES = {
    "exercise-5.1": """
worst_pair = card.sort_values("value")["left_silo"].iloc[0]
"""
}

WHY = {
    "exercise-5.1": "The scorecard has one row a measure and pair. Sorting the match rates puts the lowest "
    "first; rows without a value are not the lowest, they are not known."
}
