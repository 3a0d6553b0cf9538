"""Solutions of notebook 02, what people answer first, and why the solution is one."""

SOLUTIONS = {
    "exercise-2.1": 'absent_children = events.loc[is_absence, "record"].nunique()',
    "exercise-2.2": "reported = min(held_by, key=lambda silo: len(held_by[silo] ^ enrolled))",
    "exercise-2.3": """
month_first = pd.to_datetime(lunches["start"], format="%m/%d/%Y", errors="coerce")
day_first = pd.to_datetime(lunches["start"], format="%d/%m/%Y", errors="coerce")
first_days = month_first.mask(lunches["layout"].eq("Default"), day_first)
""",
}

MISTAKES = {
    "exercise-2.1": "absent_children = int(is_absence.sum())",
    "exercise-2.2": "reported = max(held_by, key=lambda silo: len(held_by[silo]))",
    "exercise-2.3": 'first_days = pd.to_datetime(lunches["start"], format="mixed")',
}

WHY = {
    "exercise-2.1": "One row is one absence. A child who was absent three times has three rows and counts "
    "once, so different values of record are counted, not rows.",
    "exercise-2.2": "A total is right for a question. For buses it is who comes tomorrow: neither those who "
    "left, whom a system of two years keeps, nor those without an account, whom a till doesn't have.",
    "exercise-2.3": "The text 03/10/2025 is a day in both orders, so nobody can notice the wrong one. Only "
    "the layout says which is meant; and a reader that guesses row by row mixes both in one column.",
}
