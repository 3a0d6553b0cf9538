"""Solutions of notebook 03, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-3.1": """
of_left = set(links.crosswalk.loc[links.crosswalk["silo"].eq(left), "child"])
of_right = set(links.crosswalk.loc[links.crosswalk["silo"].eq(right), "child"])
match_rate = len(of_left & of_right) / len(of_left)
"""
}

MISTAKES = {
    "exercise-3.1": """
of_left = set(links.crosswalk.loc[links.crosswalk["silo"].eq(left), "child"])
of_right = set(links.crosswalk.loc[links.crosswalk["silo"].eq(right), "child"])
match_rate = len(of_left & of_right) / len(of_right)
"""
}

WHY = {
    "exercise-3.1": "A match rate belongs to one side: of all children on the left, those who are on the right "
    "too. Dividing by the right answers another question."
}
