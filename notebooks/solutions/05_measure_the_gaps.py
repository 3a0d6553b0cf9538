"""Solutions of notebook 05, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-5.1": """
rates = card[card["measure"].eq("match rate")].dropna(subset=["value"]).sort_values("value")
worst_pair = tuple(rates[["left_silo", "right_silo"]].iloc[0])
""",
    "exercise-5.2": 'reasons = {"A": "Not joinable", "B": "Not fresh", "C": "Not meant", "D": "Missing"}',
}

MISTAKES = {
    "exercise-5.1": """
worst_pair = card.sort_values("value")["left_silo"].iloc[0]
""",
    "exercise-5.2": 'reasons = {"A": "Missing", "B": "Missing", "C": "Missing", "D": "Missing"}',
}

WHY = {
    "exercise-5.1": "The scorecard has one row a measure and pair. Sorting the match rates puts the lowest "
    "first; rows without a value are not the lowest, they are not known.",
    "exercise-5.2": "Four low numbers, four steps. With nothing to join by one agrees on an id; exports of "
    "different times are made again; whoever was never meant to be there is no gap; only who is left is "
    "looked for.",
}
